"""The raw key of a case file in the system's keyring, for who wants to type no passphrase.

Kept under the file's salt, its first 16 bytes: they name the file wherever it is moved,
and say nothing of it.
"""

from __future__ import annotations

from pathlib import Path

from abusetrack import keyrings
from abusetrack.casefile import files
from abusetrack.casefile.connection import CaseFile
from abusetrack.casefile.keys import RawKey, head_of
from abusetrack.errors import InputError, WrongPassphraseError


def remember(case: CaseFile) -> None:
    """Put the key of an open case file into the keyring.

    Raises:
        InputError: the file has no passphrase, or the extra is not installed.
        ExternalError: the keyring cannot be used.
    """
    if case.key is None:
        raise InputError("The case file is not encrypted, so there is nothing to remember.")
    keyrings.put(_name(case.path), case.key.hexadecimal)


def recall(path: Path) -> RawKey | None:
    """Return the key that was remembered for a case file; None where there is none.

    One that does not open it any more is forgotten.

    Raises:
        InputError: the extra is not installed.
        ExternalError: the keyring cannot be used.
    """
    found = keyrings.get(_name(path))
    if found is None:
        return None
    key = RawKey(found)
    try:
        files.connect(path, key, read_only=True).close()
    except WrongPassphraseError:
        forget(path)
        return None
    return key


def forget(path: Path) -> bool:
    """Take the key of a case file out of the keyring; return whether it was there.

    Raises:
        InputError: the extra is not installed.
        ExternalError: the keyring cannot be used.
    """
    return keyrings.drop(_name(path))


def _name(path: Path) -> str:
    return head_of(path).hex()
