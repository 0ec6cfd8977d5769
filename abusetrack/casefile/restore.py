"""Putting a backup in the place of the case file, without bringing back what was erased."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from abusetrack.casefile import audit, erased, facts, files
from abusetrack.casefile.check import check
from abusetrack.casefile.connection import CaseFile, open_case_file
from abusetrack.casefile.encoding import id_text
from abusetrack.casefile.faults import InUseError, spoken
from abusetrack.casefile.keys import RawKey
from abusetrack.errors import CaseFileError, InputError
from abusetrack.records import Clock

_CHUNK = 500  # tombstones that one fact names


@dataclass(frozen=True, slots=True)
class Restored:
    """What was put in place."""

    kept: Path | None  # the file that was there
    head: str  # of the backup's audit chain, in hex
    erased: int  # texts and pieces that had been erased since, and were erased in it again
    unread: str  # why the file that was there could not be asked what it erased; "" if it could


@dataclass(frozen=True, slots=True)
class _Current:
    """What has to outlive the file that is replaced."""

    tombstones: Sequence[tuple[bytes, str, bytes | None]] = ()
    counters: Sequence[tuple[str, int]] = ()
    unread: str = ""


def restore(
    source: Path,
    target: Path,
    *,
    clock: Clock,
    actor: str,
    passphrase: str | None = None,
    current_passphrase: str | None = None,
    current_key: RawKey | None = None,
) -> Restored:
    """Check the backup ``source``, then put a copy of it at ``target``; keep what was there.

    ``passphrase`` is the backup's, which the restored file then has. References go on being
    unique, and what was erased since is erased again. The restored file goes on under an
    origin of its own, so that it can be merged with what was written after the backup.

    Raises:
        InputError: the backup is the case file itself.
        WrongPassphraseError: the passphrase does not open the backup.
        CaseFileError: the backup is not sound, or the case file is open elsewhere. Nothing
            was replaced.
    """
    source, target = source.absolute(), target.absolute()
    if source.exists() and target.exists() and source.samefile(target):
        raise InputError("The backup and the case file are the same file; name a backup.")
    new = target.with_name(f"{target.name}.restoring")
    _remove(new)  # left by an attempt that was stopped
    try:
        key = _take_copy(source, new, passphrase)
        current = _Current()
        if target.exists():
            current = _read_current(target, clock, current_passphrase, current_key)
        with open_case_file(new, clock=clock, actor=actor, key=key, create=False) as case:
            head = _accept(case, current)
        with files.alone(new, key):
            pass  # one file, without a write-ahead log
        kept = None
        if target.exists():
            stamp = files.time_of_name(clock.now())
            kept = target.with_name(f"{target.name}.replaced-{stamp}")
            if kept.exists():
                raise InputError(f"{kept} exists already; wait a second, or move it away.")
        files.put_in_place(new, target, keep=kept)
    except BaseException:
        _remove(new)
        raise
    for old in target.parent.glob(f"{new.name}.version-*"):
        old.unlink()  # what the backup itself still is
    return Restored(kept, head, len(current.tombstones), current.unread)


def _remove(new: Path) -> None:
    files.remove(new)
    for old in new.parent.glob(f"{new.name}.version-*"):
        old.unlink()


def _take_copy(source: Path, new: Path, passphrase: str | None) -> RawKey | None:
    """Copy the backup, and give the copy an origin of its own."""
    if not source.exists():
        raise InputError(f"There is no backup {source}; check the path.")
    key = files.key_for(source, passphrase, None, may_be_empty=False)
    with spoken(source):
        reader = files.connect(source, key, read_only=True)
        try:
            files.copy(reader, new, key)
        finally:
            reader.close()
    return key


def _read_current(
    target: Path, clock: Clock, passphrase: str | None, key: RawKey | None
) -> _Current:
    """Read what must not be lost, and bring everything into the one file that is kept."""
    try:
        with open_case_file(
            target, clock=clock, actor="", passphrase=passphrase, key=key, create=False
        ) as case:
            tombstones = case.rows("SELECT target, field, token FROM tombstone")
            counters = case.rows("SELECT name, value FROM counter")
            key = case.key
        with files.alone(target, key):
            pass
    except InUseError:
        raise
    except CaseFileError as error:
        return _Current(unread=str(error))
    return _Current(tombstones, counters)


def _accept(case: CaseFile, current: _Current) -> str:
    """Make the copy the case file: check it, let it go on by itself, erase what was erased."""
    report = check(case)
    if not report.sound:
        raise CaseFileError(
            f"The backup is not sound, so nothing was replaced: {report.problems[0]}"
        )
    with case.transaction():
        case.start_origin(secrets.token_bytes(16))
        case.executemany(
            "INSERT INTO counter VALUES (?, ?) ON CONFLICT (name) DO UPDATE"
            " SET value = excluded.value WHERE excluded.value > value",
            current.counters,
        )
        rows = list(current.tombstones)
        for start in range(0, len(rows), _CHUNK):
            content = _named(rows[start : start + _CHUNK])
            written = facts.append(case, [facts.NewFact("erasure", content)])
            erased.fold(case, facts.read(case, [fact.n for fact in written]))
        audit.append(case, "restore", "", {"backup_head": report.head, "erased": len(rows)})
    case.truncate_log()
    return report.head


def _named(rows: Sequence[tuple[bytes, str, bytes | None]]) -> dict[str, object]:
    texts: dict[str, dict[str, str]] = {}
    pieces = []
    for target, field, token in rows:
        if len(target) == 32:
            pieces.append(target.hex())
        else:
            texts.setdefault(id_text(target), {})[field] = (token or b"").hex()
    return {"reason": "restore", "facts": texts, "evidence": pieces}
