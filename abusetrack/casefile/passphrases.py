"""The passphrase of a case file: set on a plain one, changed, left off in a copy.

Copies made before keep what they had: an old backup opens with its old passphrase, and a
backup of a plain file without any.
"""

from __future__ import annotations

import os
from pathlib import Path

from abusetrack.casefile import audit, files
from abusetrack.casefile.check import check
from abusetrack.casefile.connection import CaseFile, open_case_file
from abusetrack.casefile.keys import RawKey, derive, head_of
from abusetrack.errors import CaseFileError, InputError
from abusetrack.records import Clock

_SALT_BYTES = 16
_PIECE = 1 << 20  # bytes overwritten at a time


def change(
    path: Path,
    *,
    clock: Clock,
    actor: str,
    old: str | None = None,
    key: RawKey | None = None,
    new: str,
) -> RawKey:
    """Give a case file the passphrase ``new``; return its key. A plain file is encrypted.

    Nobody else may have the file open. It opens either with the old passphrase or with the
    new one, whenever the machine stops.

    Raises:
        InputError: the new passphrase is empty.
        WrongPassphraseError: the old one is wrong, missing, or given for a plain file.
        CaseFileError: somebody else has it open.
    """
    if not new:
        raise InputError("The new passphrase is empty; nothing was changed.")
    open_case_file(path, clock=clock, actor=actor, passphrase=old, key=key, create=False).close()
    _clear_away(path)
    was_encrypted = files.is_encrypted(path)
    if was_encrypted:
        made = _rekey(path, files.key_for(path, old, key, may_be_empty=False), new)
    else:
        made = _encrypt(path, clock, actor, new)
    with open_case_file(path, clock=clock, actor=actor, key=made, create=False) as case:
        audit.append(case, "passphrase", "", {"encrypted_before": was_encrypted})
    return made


def _rekey(path: Path, key: RawKey | None, new: str) -> RawKey:
    # The salt stays. It is all that is read of a file before its journal is rolled back: with
    # another one, a file that was left in between would open with neither passphrase.
    made = derive(new, head_of(path))
    with files.alone(path, key) as connection:
        connection.execute(f"PRAGMA rekey = \"x'{made.hexadecimal}'\"")
    return made


def _encrypt(path: Path, clock: Clock, actor: str, new: str) -> RawKey:
    target = path.with_name(f"{path.name}.encrypting")
    files.remove(target)  # left by an attempt that was stopped
    made = derive(new, os.urandom(_SALT_BYTES))
    try:
        with files.alone(path, None) as connection:
            files.export(connection, target, made)
        _must_be_sound(target, clock, actor, made)
        with files.alone(path, None):
            pass  # nobody opened it meanwhile
        files.put_in_place(target, path, keep=_plain_of(path))
    except BaseException:
        files.remove(target)
        raise
    _clear_away(path)
    return made


def decrypted_copy(case: CaseFile, target: Path, *, actor: str) -> None:
    """Write a copy without a passphrase to ``target``.

    Raises:
        InputError: there is something of that name already.
        StorageFullError: it cannot be written; nothing is left behind.
    """
    try:
        case.export_plain(target)
    except FileExistsError as error:
        raise InputError(f"{target} exists already; choose another name.") from error
    try:
        _must_be_sound(target, case.clock, actor, None)
        audit.append(case, "decrypted copy", "", {})
    except BaseException:
        files.remove(target)
        raise


def _must_be_sound(path: Path, clock: Clock, actor: str, key: RawKey | None) -> None:
    with open_case_file(path, clock=clock, actor=actor, key=key, create=False) as copy:
        report = check(copy)
    if not report.sound:
        raise CaseFileError(f"Nothing was changed, because of this: {report.problems[0]}")
    with files.alone(path, key):
        pass  # one file again, without a write-ahead log


def _plain_of(path: Path) -> Path:
    return path.with_name(f"{path.name}.plain")


def _clear_away(path: Path) -> None:
    """Overwrite the plain file that was encrypted; also one that a stopped attempt left."""
    plain = _plain_of(path)
    if not plain.exists():
        return
    if plain.samefile(path):  # stopped before the encrypted one took its place
        plain.unlink()
    else:
        _overwrite(plain)


def _overwrite(path: Path) -> None:
    """Overwrite a plain file before its name goes; a disk may keep older blocks all the same."""
    with path.open("r+b") as file:
        left = path.stat().st_size
        while left > 0:
            left -= file.write(bytes(min(left, _PIECE)))
        file.flush()
        os.fsync(file.fileno())
    files.remove(path)
