"""Secrets in the system's keyring; which keyring is used is the system's choice.

Needs the extra ``keyring``. What is kept never stands in a settings file, an argument
or a log.
"""

from __future__ import annotations

from types import ModuleType

from abusetrack.errors import ExternalError, InputError

_SERVICE = "abusetrack"


def put(name: str, secret: str) -> None:
    """Keep a secret under a name; one that is there already is replaced.

    Raises:
        InputError: the extra is not installed.
        ExternalError: the keyring cannot be used.
    """
    keyring = _keyring()
    try:
        keyring.set_password(_SERVICE, name, secret)
    except keyring.errors.KeyringError as error:
        raise _unusable(error) from error


def get(name: str) -> str | None:
    """Return what is kept under a name; None where there is nothing.

    Raises:
        InputError: the extra is not installed.
        ExternalError: the keyring cannot be used.
    """
    keyring = _keyring()
    try:
        found: str | None = keyring.get_password(_SERVICE, name)
    except keyring.errors.KeyringError as error:
        raise _unusable(error) from error
    return found


def drop(name: str) -> bool:
    """Take a secret out of the keyring; return whether it was there.

    Raises:
        InputError: the extra is not installed.
        ExternalError: the keyring cannot be used.
    """
    keyring = _keyring()
    try:
        keyring.delete_password(_SERVICE, name)
    except keyring.errors.PasswordDeleteError:
        return False
    except keyring.errors.KeyringError as error:
        raise _unusable(error) from error
    return True


def _unusable(error: Exception) -> ExternalError:
    return ExternalError(
        f"The system's keyring cannot be used ({type(error).__name__}); unlock it, or do without: "
        "case.keyring = false, and files for the secrets of others."
    )


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
