"""Backups: verified copies of the whole case file, made while the app runs; rotated.

Beside each stands a file of heads (``NAME.heads``), from which the case file can be
checked later without the backup's passphrase, and which can be signed.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from abusetrack.casefile import files, heads
from abusetrack.casefile.check import check
from abusetrack.casefile.connection import CaseFile
from abusetrack.errors import CaseFileError, InputError, StorageFullError

HEADS, SIGNATURE = ".heads", ".heads.asc"
_TIME = r"(?P<time>\d{8}T\d{6}Z)"


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup that was checked after writing."""

    path: Path
    heads: Path
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
    try:
        with case.opener(path=target, read_only=True)() as copy:
            report = check(copy)
            noted = write_heads(target, heads.of(copy))
    except BaseException:
        files.remove(target)
        raise
    if not report.sound:
        _discard(target)
        raise CaseFileError(
            f"The backup was not kept, because the case file is not sound: {report.problems[0]}"
        )
    return Backup(target, noted, report.head, target.stat().st_size)


def write_heads(beside: Path, found: heads.Heads) -> Path:
    """Write heads to ``NAME.heads``; return its path.

    Raises:
        StorageFullError: it cannot be written.
    """
    path = beside.with_name(beside.name + HEADS)
    try:
        with path.open("w", encoding="ascii", newline="\n") as file:
            file.write(heads.encode(found) + "\n")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise StorageFullError(
            f"{path} cannot be written: {error.strerror}; make room or choose another folder."
        ) from error
    return path


def next_in(folder: Path, case_path: Path, now: datetime) -> Path:
    """Return where today's backup stands in a folder of rotated ones."""
    return folder / f"{case_path.stem}-{files.time_of_name(now)}{case_path.suffix}"


def rotate(folder: Path, case_path: Path, keep: int) -> list[Path]:
    """Remove all but the newest ``keep`` rotated backups of a case file; return what went."""
    gone = [path for path, _ in _rotated(folder, case_path)][:-keep]
    for path in gone:
        _discard(path)
    return gone


def expire(folder: Path | None, case_path: Path, before: datetime) -> list[Path]:
    """Remove copies made before an instant, because they hold what was erased since.

    Rotated backups in ``folder``, and what stands beside the case file: copies from before
    an upgrade, and files that a restore replaced. Return what went.
    """
    copies = _beside(case_path) + (_rotated(folder, case_path) if folder else [])
    gone = [path for path, made in copies if made < before]
    for path in gone:
        _discard(path)
    return gone


def _rotated(folder: Path, case_path: Path) -> list[tuple[Path, datetime]]:
    name = f"{re.escape(case_path.stem)}-{_TIME}{re.escape(case_path.suffix)}"
    return _dated(folder, name)


def _beside(case_path: Path) -> list[tuple[Path, datetime]]:
    name = rf"{re.escape(case_path.name)}\.(version-\d+|replaced)-{_TIME}"
    return _dated(case_path.absolute().parent, name)


def _dated(folder: Path, pattern: str) -> list[tuple[Path, datetime]]:
    """Return the files of a folder whose names match, by the time in the name; oldest first."""
    found = []
    for path in folder.iterdir() if folder.is_dir() else ():
        if match := re.fullmatch(pattern, path.name):
            made = datetime.strptime(match["time"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
            found.append((path, made))
    return sorted(found, key=lambda item: item[1])


def _discard(path: Path) -> None:
    files.remove(path)
    for suffix in (HEADS, SIGNATURE):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
