"""Backups: a verified copy of the whole case file, made while the app runs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from abusetrack.casefile.check import check
from abusetrack.casefile.connection import CaseFile
from abusetrack.errors import CaseFileError, InputError


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup that was checked after writing."""

    path: Path
    head: str  # of its audit chain, in hex
    size: int  # bytes


def backup(case: CaseFile, target: Path | str) -> Backup:
    """Write a copy to ``target``, open it and check it; an encrypted file stays encrypted.

    Raises:
        InputError: there is something of that name already.
        StorageFullError: it cannot be written; nothing is left behind.
        CaseFileError: the copy is not sound, because the case file is not.
    """
    target = Path(target).absolute()
    try:
        case.copy_to(target)
    except FileExistsError as error:
        raise InputError(f"{target} exists already; choose another name.") from error
    with case.opener(path=target, read_only=True)() as copy:
        report = check(copy)
    if not report.sound:
        target.unlink()
        raise CaseFileError(
            f"The backup was not kept, because the case file is not sound: {report.problems[0]}"
        )
    return Backup(target, report.head, target.stat().st_size)
