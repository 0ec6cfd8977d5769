"""From passphrase to key, as SQLCipher 4 derives it."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from abusetrack import held

SALT_BYTES = 16
_ROUNDS = 256_000  # SQLCipher 4's default
_PLAIN = b"SQLite format 3\0"


@dataclass(frozen=True, slots=True)
class RawKey:
    """The derived key and the file's salt; opens the file without deriving again."""

    hexadecimal: str

    @property
    def salt(self) -> bytes:
        """The 16 bytes with which the file begins."""
        return bytes.fromhex(self.hexadecimal)[-SALT_BYTES:]

    def __repr__(self) -> str:
        return "RawKey(...)"  # never in a log or a traceback


def derive(passphrase: str, salt: bytes) -> RawKey:
    """Return the raw key that SQLCipher would derive from ``passphrase`` (about 0.2 s)."""
    key = hashlib.pbkdf2_hmac("sha512", passphrase.encode("utf-8", "replace"), salt, _ROUNDS, 32)
    return RawKey(key.hex() + salt.hex())


def salt_of(path: Path) -> bytes:
    """Return the salt an encrypted file begins with; a fresh one where there is no file yet."""
    head = head_of(path)
    return head if len(head) == SALT_BYTES else os.urandom(SALT_BYTES)


def head_of(path: Path) -> bytes:
    """Return the first 16 bytes of the file: SQLite's magic, or the salt."""
    return held.first_bytes(path, SALT_BYTES)


def is_plain(head: bytes) -> bool:
    """Say whether a file that begins so is an unencrypted SQLite file."""
    return head == _PLAIN
