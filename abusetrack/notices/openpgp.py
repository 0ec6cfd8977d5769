"""OpenPGP through the gpg program: a notice encrypted to its recipient, signed by us.

gpg is run without a shell and without questions; keys given as text are used without
entering any keyring. Nothing is sent anywhere: no key server is asked.
"""

from __future__ import annotations

import re
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from abusetrack.errors import ExternalError, InputError

_SECONDS = 60
_FINGERPRINT = re.compile(r"[0-9A-F]{40}|[0-9A-F]{64}")
_QUIET = (
    "--batch", "--no-tty", "--quiet", "--no-auto-key-locate", "--no-auto-key-retrieve",
    "--disable-dirmngr", "--status-fd", "2",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Keys:
    """Whose keys: ``key`` is the recipient's as text, else the keyring has the fingerprint."""

    fingerprint: str
    key: str
    own_fingerprint: str  # signs, and can read what it encrypted; "" where there is none
    sign: bool
    home: Path | None  # gpg's folder; its own where None


def fingerprint(text: str) -> str:
    """Return a fingerprint as gpg writes it: 40 or 64 hexadecimal digits without spaces.

    Raises:
        InputError: it is none; a short key id could be anybody's.
    """
    found = "".join(text.split()).upper().removeprefix("0X")
    if not _FINGERPRINT.fullmatch(found):
        raise InputError(
            "An OpenPGP fingerprint has 40 hexadecimal digits (64 for newer keys); correct it in "
            "the directory or in organisation.openpgp_fingerprint."
        )
    return found


def encrypt(plain: bytes, keys: Keys) -> bytes:
    """Return ``plain`` encrypted to the recipient, and to ourselves where we have a key; armoured.

    Raises:
        InputError: the key does not have the fingerprint, or cannot be used.
        ExternalError: gpg is not there or does not answer.
    """
    with tempfile.TemporaryDirectory(prefix="abusetrack-key-") as folder:
        arguments = ["--armor", "--trust-model", "always", *_recipient(keys, Path(folder))]
        if keys.own_fingerprint:
            arguments += ["--encrypt-to", fingerprint(keys.own_fingerprint)]
        if keys.sign:
            arguments += ["--local-user", fingerprint(keys.own_fingerprint), "--sign"]
        return _gpg([*arguments, "--encrypt"], plain, keys.home, "encrypted to the recipient")


def sign(plain: bytes, keys: Keys) -> bytes:
    """Return an armoured detached signature over ``plain`` (SHA-256).

    Raises:
        InputError: the key cannot be used.
        ExternalError: gpg is not there or does not answer.
    """
    own = fingerprint(keys.own_fingerprint)
    arguments = ["--armor", "--digest-algo", "SHA256", "--local-user", own, "--detach-sign"]
    return _gpg(arguments, plain, keys.home, "signed")


def _recipient(keys: Keys, folder: Path) -> list[str]:
    if not keys.key:
        return ["--recipient", fingerprint(keys.fingerprint)]
    file = folder / "recipient.asc"
    file.write_text(keys.key, encoding="utf-8")
    if keys.fingerprint:
        listed = _gpg(
            ["--with-colons", "--show-keys", str(file)], b"", keys.home, "read as a key"
        ).decode(errors="replace")
        found = [line.split(":")[9] for line in listed.splitlines() if line.startswith("fpr:")]
        primary = listed.count("pub:")
        if primary != 1 or found[:1] != [fingerprint(keys.fingerprint)]:
            raise InputError(
                "The party's OpenPGP key is not the one of its fingerprint; correct one of them in "
                "the directory."
            )
    return ["--recipient-file", str(file)]


def _gpg(arguments: Sequence[str], given: bytes, home: Path | None, what: str) -> bytes:
    where = ["--homedir", str(home)] if home else []
    try:
        done = subprocess.run(  # noqa: S603  (fixed program, arguments of our own)
            ["gpg", *_QUIET, *where, *arguments],  # noqa: S607  (the user's own gpg)
            input=given,
            capture_output=True,
            timeout=_SECONDS,
            check=False,
        )
    except FileNotFoundError as error:
        raise ExternalError(
            "The program gpg was not found; install GnuPG, or take the OpenPGP key out of the "
            "directory and notices.sign out of the settings."
        ) from error
    except subprocess.TimeoutExpired as error:
        raise ExternalError(
            f"gpg did not answer within {_SECONDS} seconds; unlock your key, then try again."
        ) from error
    if done.returncode != 0 or not (done.stdout or "--show-keys" in arguments):
        raise InputError(
            f"The notice could not be {what} by gpg ({_why(done.stderr)}); check the key in the "
            "directory and in your keyring."
        )
    return done.stdout


def _why(said: bytes) -> str:
    """Return gpg's own last sentence, without names of keys."""
    lines = said.decode(errors="replace").splitlines()
    sentences = [line.removeprefix("gpg: ") for line in lines if line.startswith("gpg: ")]
    return sentences[-1].rpartition(": ")[2].strip() if sentences else "no reason given"
