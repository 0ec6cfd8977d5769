"""The raw key of a case file in the system's keyring, for who wants to type no passphrase.

Kept under the file's salt, its first 16 bytes: they name the file wherever it is moved,
and say nothing of it. Needs the extra ``keyring``; which one is used is the system's choice.
"""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

from abusetrack.casefile import files
from abusetrack.casefile.connection import CaseFile
from abusetrack.casefile.keys import RawKey, head_of
from abusetrack.errors import ExternalError, InputError, WrongPassphraseError

_SERVICE = "abusetrack"
_UNUSABLE = (
    "The system's keyring cannot be used ({kind}); unlock it, or set case.keyring = false and give "
    "the passphrase instead."
)


def remember(case: CaseFile) -> None:
    """Put the key of an open case file into the keyring.

    Raises:
        InputError: the file has no passphrase, or the extra is not installed.
        ExternalError: the keyring cannot be used.
    """
    if case.key is None:
        raise InputError("The case file is not encrypted, so there is nothing to remember.")
    keyring = _keyring()
    try:
        keyring.set_password(_SERVICE, _name(case.path), case.key.hexadecimal)
    except keyring.errors.KeyringError as error:
        raise ExternalError(_UNUSABLE.format(kind=type(error).__name__)) from error


def recall(path: Path) -> RawKey | None:
    """Return the key that was remembered for a case file; None where there is none.

    One that does not open it any more is forgotten.

    Raises:
        InputError: the extra is not installed.
        ExternalError: the keyring cannot be used.
    """
    keyring = _keyring()
    try:
        found = keyring.get_password(_SERVICE, _name(path))
    except keyring.errors.KeyringError as error:
        raise ExternalError(_UNUSABLE.format(kind=type(error).__name__)) from error
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
    keyring = _keyring()
    try:
        keyring.delete_password(_SERVICE, _name(path))
    except keyring.errors.PasswordDeleteError:
        return False
    except keyring.errors.KeyringError as error:
        raise ExternalError(_UNUSABLE.format(kind=type(error).__name__)) from error
    return True


def _name(path: Path) -> str:
    return head_of(path).hex()


def _keyring() -> ModuleType:
    try:
        import keyring
        import keyring.errors
    except ImportError as error:
        raise InputError(
            "The keyring needs the package keyring: install abusetrack[keyring], or set "
            "case.keyring = false."
        ) from error
    module: ModuleType = keyring
    return module
