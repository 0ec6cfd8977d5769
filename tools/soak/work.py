"""What is killed: one job in a process of its own, over and over, on one case file.

``python -m soak.work JOB FOLDER START`` prints a line for everything that is committed.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from abusetrack.casefile import (
    CaseFile,
    CaseFileThread,
    assessments,
    merge,
    open_case_file,
    passphrases,
    reports,
    restore,
    retention,
    transfer,
)
from abusetrack.casefile.migrations import STEPS
from abusetrack.errors import NewerCaseFileError, WrongPassphraseError
from abusetrack.records import (
    Assessment,
    AssessmentOutcome,
    Discarded,
    Domain,
    Host,
    HostKind,
    Report,
    SiteKind,
    SuffixKind,
    SystemClock,
    Target,
)

NOW = datetime(2026, 3, 1, tzinfo=UTC)
CLOCK = SystemClock()
PASSPHRASES = ("sesame", "open barley")
ENCRYPTED = frozenset({"import", "rekey", "restore", "erasure"})
BATCH = 30


def reports_of(number: int) -> list[Report]:
    """Return the reports of one list; each of a domain of its own, with texts to erase."""
    made = []
    for i in range(BATCH):
        name = f"d{number}-{i}.example"
        host = Host(name, name, HostKind.NAME, Domain(name, name, "example", SuffixKind.ICANN))
        url = f"https://{name}/secret-{number}"
        target = Target(url, url, host)
        made.append(Report(target, NOW, "public", f"R{number}-{i}", note=f"note {number}"))
    return made


def passphrase_of(job: str) -> str | None:
    """Return the passphrase that the case file of a job has at first."""
    return PASSPHRASES[0] if job in ENCRYPTED else None


def open_it(path: Path, passphrase: str | None) -> CaseFile:
    """Open a case file, as the one analyst who does everything here."""
    return open_case_file(path, clock=CLOCK, actor="Ann", passphrase=passphrase)


def add(case: CaseFile, number: int) -> None:
    """Take in one list and assess one of its domains."""
    reports.add(case, reports_of(number), [], Discarded(), label="x")
    finding = Assessment(AssessmentOutcome.CONFIRMED, NOW, "Ann", SiteKind.DEDICATED)
    assessments.add(case, f"d{number}-0.example", finding)


def done(*words: object) -> None:
    """Say that something is committed."""
    print(*words, flush=True)


def import_(folder: Path, start: int) -> Iterator[None]:
    """Take in list after list."""
    with open_it(folder / "case", PASSPHRASES[0]) as case:
        done("ready")
        for number in count(start):
            add(case, number)
            done("list", number)
            yield


def resolve(folder: Path, start: int) -> Iterator[None]:
    """Look up names of the practice internet, again and again."""
    from abusetrack import settings  # what only this job needs, and takes its time
    from abusetrack.triage import resolving
    from abusetrack.triage.context import make_context

    del start
    context = make_context(settings.load(folder / "config.toml"), CLOCK)
    path = folder / "case"
    with open_it(path, None) as case:
        opener = case.opener()
    while True:
        with CaseFileThread(opener) as db:
            db.submit(_all_due).result()
            done("ready")
            asyncio.run(
                resolving.resolve(
                    context,
                    db,
                    opener=opener,
                    on_stored=lambda domains: done("stored", *domains),
                )
            )
        yield


def _all_due(case: CaseFile) -> None:
    from abusetrack.casefile import queue

    queue.enqueue(case)


class _Soak:
    STATEMENTS = (
        "CREATE TABLE soak(n INTEGER PRIMARY KEY, kind TEXT) STRICT",
        *20 * ("INSERT INTO soak(kind) SELECT kind FROM fact",),
    )


def migrate(folder: Path, start: int) -> Iterator[None]:
    """Bring a file up to date to a version that this program alone knows."""
    del start

    STEPS.append(_Soak)
    done("ready")
    open_it(folder / "case", None).close()
    done("migrated")
    yield


def rekey(folder: Path, start: int) -> Iterator[None]:
    """Change the passphrase there and back."""
    path = folder / "case"
    now = start
    try:
        open_it(path, PASSPHRASES[now % 2]).close()
    except WrongPassphraseError:
        now += 1
    done("ready")
    for number in count(now):
        old, new = PASSPHRASES[number % 2], PASSPHRASES[(number + 1) % 2]
        passphrases.change(path, clock=CLOCK, actor="Ann", old=old, new=new)
        done("changed", number + 1)
        yield


def put_back(folder: Path, start: int) -> Iterator[None]:
    """Restore a backup, go on working, restore it again."""
    path = folder / "case"
    done("ready")
    for number in count(start):
        with open_it(path, PASSPHRASES[0]) as case:
            add(case, number)
            done("list", number)
        restored = restore.restore(
            folder / "backup",
            path,
            clock=CLOCK,
            actor="Ann",
            passphrase=PASSPHRASES[0],
            current_passphrase=PASSPHRASES[0],
        )
        done("restored", number)
        if restored.kept is not None:
            restored.kept.unlink()  # a second later there would be one of the same name
        yield


def erase(folder: Path, start: int) -> Iterator[None]:
    """Take in a list, erase what it can be erased of."""
    with open_it(folder / "case", PASSPHRASES[0]) as case:
        done("ready")
        for number in count(start):
            add(case, number)
            done("list", number)
            retention.erase(
                case, retention.due(case, CLOCK.now()), reason="retention", before=CLOCK.now()
            )
            done("erased", number)
            yield


def merge_(folder: Path, start: int) -> Iterator[None]:
    """Merge the dumps of another desk one after the other."""
    with open_it(folder / "case", None) as case:
        done("ready")
        for number in count(start):
            add(case, number + 1_000_000)
            done("list", number + 1_000_000)
            dumps = sorted(folder.glob("dump-*"))
            merge.merge(case, dumps[number % len(dumps)])
            done("merged", number % len(dumps))
            yield


def back_up(folder: Path, start: int) -> Iterator[None]:
    """Take in lists, make a backup after each."""
    with open_it(folder / "case", None) as case:
        done("ready")
        for number in count(start):
            add(case, number)
            done("list", number)
            made = transfer.backup(case, folder / f"backup-{number}")
            done("backed-up", number)
            made.path.unlink()
            yield


JOBS: dict[str, Callable[[Path, int], Iterator[None]]] = {
    "import": import_,
    "resolve": resolve,
    "migration": migrate,
    "rekey": rekey,
    "restore": put_back,
    "erasure": erase,
    "merge": merge_,
    "backup": back_up,
}


def main(job: str, folder: str, start: str) -> None:
    """Do a job until killed."""
    try:
        for _ in JOBS[job](Path(folder), int(start)):
            pass
    except NewerCaseFileError:
        done("newer")


if __name__ == "__main__":
    main(*sys.argv[1:])
