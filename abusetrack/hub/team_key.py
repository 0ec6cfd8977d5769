"""The team's key: seals what leaves the workstation, and makes the ids under which it is kept.

Two keys are derived from it (HKDF-SHA256, RFC 5869): one seals with AES-256-GCM under a
random nonce, bound to the place where it stands, so that nothing can be moved or put in
another's place; the other makes HMAC-SHA256 ids of content, which say nothing to
who lacks the key.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import zlib
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from abusetrack.errors import InputError

_BYTES = 32
_NONCE = 12
_SUM = 4  # bytes of the checksum in the written form
_PREFIX = "abusetrack-team-key-1:"


class SealError(Exception):
    """What was sealed does not open: another key, another place, or changed bytes."""


@dataclass(frozen=True)
class TeamKey:
    """32 random bytes that a team has in common."""

    secret: bytes = field(repr=False)

    @staticmethod
    def make() -> TeamKey:
        """Return a new one."""
        return TeamKey(os.urandom(_BYTES))

    @cached_property
    def _aead(self) -> AESGCM:
        return AESGCM(self._derived(b"seal"))

    @cached_property
    def _mac(self) -> bytes:
        return self._derived(b"id")

    def _derived(self, purpose: bytes) -> bytes:
        return HKDF(SHA256(), _BYTES, salt=None, info=b"abusetrack team " + purpose).derive(
            self.secret
        )

    def seal(self, plain: bytes, *place: object) -> bytes:
        """Return ``plain``, compressed and sealed for the place where it is to stand."""
        nonce = os.urandom(_NONCE)
        return nonce + self._aead.encrypt(nonce, zlib.compress(plain, 6), _place(place))

    def unseal(self, sealed: bytes, *place: object) -> bytes:
        """Return what was sealed for this place.

        Raises:
            SealError: it was not, or was changed.
        """
        try:
            packed = self._aead.decrypt(sealed[:_NONCE], sealed[_NONCE:], _place(place))
            return zlib.decompress(packed)
        except (InvalidTag, ValueError, zlib.error) as error:
            raise SealError from error

    def id_of(self, kind: str, content: str) -> bytes:
        """Return 32 bytes that stand for ``content`` among things of a kind."""
        return hmac.digest(self._mac, f"{kind}\0{content}".encode(), "sha256")

    @property
    def mark(self) -> str:
        """What the hub keeps to tell the right key from a wrong one, in hex."""
        return self.id_of("mark", "").hex()

    def text(self) -> str:
        """Return the written form: one line, with a checksum against typing errors."""
        raw = self.secret + hashlib.sha256(self.secret).digest()[:_SUM]
        return _PREFIX + base64.b32encode(raw).decode("ascii").rstrip("=")

    @staticmethod
    def parse(text: str) -> TeamKey:
        """Read the written form.

        Raises:
            InputError: it is none, or was mistyped.
        """
        body = "".join(text.split()).removeprefix(_PREFIX)
        try:
            raw = base64.b32decode(body + "=" * (-len(body) % 8), casefold=True)
        except ValueError:
            raw = b""
        secret, check = raw[:_BYTES], raw[_BYTES:]
        if len(secret) != _BYTES or hashlib.sha256(secret).digest()[:_SUM] != check:
            raise InputError("This is no team key, or was mistyped; take it from 'hub init' again.")
        return TeamKey(secret)

    @staticmethod
    def read(path: Path) -> TeamKey:
        """Read the key that a file holds.

        Raises:
            InputError: the file cannot be read, or holds none.
        """
        try:
            return TeamKey.parse(path.read_text(encoding="ascii"))
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(f"The team key {path} cannot be read; check the path.") from error

    def write(self, path: Path) -> None:
        """Write the key to a new file that only its owner reads.

        Raises:
            InputError: there is something of that name, or it cannot be written.
        """
        try:
            handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        except OSError as error:
            raise InputError(
                f"The team key cannot be written to {path}: {error.strerror}; name another file."
            ) from error
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(self.text() + "\n")


def _place(place: tuple[object, ...]) -> bytes:
    return "\0".join(map(str, place)).encode()
