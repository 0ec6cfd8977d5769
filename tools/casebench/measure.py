"""Measure one thing on one case file, in a process of its own; prints JSON."""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from abusetrack.casefile import (
    CaseFile,
    CaseFileThread,
    QueryStoppedError,
    driver,
    open_case_file,
    projection,
    search,
)
from abusetrack.casefile.filters import ListQuery
from abusetrack.casefile.keys import derive, salt_of
from abusetrack.records import SiteKind, State, SuffixKind, SystemClock

SORTS = (
    "unicode", "state", "registrar", "hosting_country", "asn", "kind", "confirmed_reports",
    "reports", "last_reported", "looked_up_at", "id",
)  # fmt: skip
_FILTERS: dict[str, dict[str, Any]] = {
    "state": {"state": State.ACTIVE},
    "suffix kind": {"suffix_kind": SuffixKind.ICANN},
    "kind": {"kind": SiteKind.DEDICATED},
    "confirmed": {"confirmed_only": True},
    "category": {"category": "A"},
    "not persistent": {"persistent": False},
    "without notice": {"without_notice": True},
}
_BEST_OF = 3


def _milliseconds(call: Callable[[], Any]) -> float:
    """Return the best of a few runs: others use this machine too."""
    times = []
    for _ in range(_BEST_OF):
        began = time.perf_counter()
        call()
        times.append(time.perf_counter() - began)
    return min(times) * 1000


def _cpu(reader: CaseFileThread, job: Callable[[CaseFile], Any]) -> float:
    """Return the milliseconds of CPU that a job takes in the reader thread, best of a few.

    Nothing there waits for anybody, so this is what passes on a machine that is not shared.
    """

    def timed(case: CaseFile) -> float:
        began = time.thread_time()
        job(case)
        return time.thread_time() - began

    return min(reader.submit(timed).result() for _ in range(_BEST_OF)) * 1000


def _on_reader(path: str, passphrase: str) -> CaseFileThread:
    with _open(path, passphrase) as case:
        return CaseFileThread(case.opener(read_only=True), name="reader")


def _open(path: str, passphrase: str) -> CaseFile:
    return open_case_file(
        Path(path), clock=SystemClock(), actor="bench", passphrase=passphrase or None, create=False
    )


def lists(path: str, passphrase: str) -> dict[str, float]:
    """Sort by each column both ways, and filter by each, as the window does."""
    with _on_reader(path, passphrase) as reader:

        def ask(query: ListQuery) -> float:
            return _cpu(reader, lambda case: projection.ids(case, query))

        sql = "SELECT id FROM domain_now INDEXED BY domain_now_suffix_kind"
        found = {"floor: every id, in no order": _cpu(reader, lambda case: case.rows(sql))}
        for sort in SORTS:
            for descending in (True, False):
                name = f"sort {sort} {'down' if descending else 'up'}"
                found[name] = ask(ListQuery(sort=sort, descending=descending))
        values = reader.submit(_common).result()
        for name, values_ in (_FILTERS | values).items():
            for sort in ("last_reported", "unicode"):
                found[f"filter {name}, sort {sort}"] = ask(ListQuery(sort=sort, **values_))
        both = _FILTERS["state"] | values["tld"]
        found["filter state and tld"] = ask(ListQuery(**both))
        found["stop a sort"] = _stopped(reader)
    return found


def _common(case: CaseFile) -> dict[str, dict[str, Any]]:
    """Return filters by the most frequent value of a column."""
    found = {}
    for name, column in (
        ("registrar", "registrar_key"), ("tld", "tld"), ("country", "hosting_country"),
        ("asn", "asn"),
    ):  # fmt: skip
        sql = (
            f"SELECT {column} FROM domain_now WHERE {column} IS NOT NULL"
            f" GROUP BY {column} ORDER BY count(*) DESC LIMIT 1"
        )
        found[name] = {name: case.value(sql)}
    return found


def _stopped(reader: CaseFileThread) -> float:
    """Return how long the longest query goes on after it was told to stop."""
    times = []
    for wait in (0.005, 0.01, 0.02):
        future = reader.submit(lambda case: projection.ids(case, ListQuery(sort="id")))
        time.sleep(wait)
        began = time.perf_counter()
        reader.interrupt()
        try:
            future.result()
        except QueryStoppedError:
            times.append(time.perf_counter() - began)
    return max(times, default=0.0) * 1000


def searches(path: str, passphrase: str) -> dict[str, float]:
    """Ask for the first 50 hits of texts that are rare, frequent, or nowhere."""
    with _on_reader(path, passphrase) as reader:
        some = reader.submit(_texts).result()

        def first(text: str) -> float:
            return _cpu(reader, lambda case: search.first(case, ListQuery(text=text), 50))

        def whole(text: str) -> float:
            return _cpu(reader, lambda case: projection.ids(case, ListQuery(text=text)))

        sql = "SELECT count(*) FROM host WHERE name LIKE '%qzxj%'"
        found = {"floor: LIKE over all names": _cpu(reader, lambda case: case.value(sql))}
        for name, text in some.items():
            found[f"first page: {name}"] = first(text)
        for name in ("part of one name", "part of many names"):
            found[f"all of them, in order: {name}"] = whole(some[name])
    return found


def _texts(case: CaseFile) -> dict[str, str]:
    (name,) = case.rows("SELECT name FROM host ORDER BY id LIMIT 1 OFFSET 777")[0]
    (registrar,) = case.rows("SELECT max(registrar) FROM domain_now")[0]
    return {
        "a whole name": name,
        "part of one name": name.partition(".")[0][3:],
        "part of many names": "lomi",
        "ending of many names": ".test",
        "no name": "qzxjqzxj",
        "frequent trigrams, no name": "lolokalokalo",
        "one character": "k",
        "two characters": "ka",
        "registrar": registrar[:12],
        "network": f"AS{case.value('SELECT max(asn) FROM domain_now')}",
        "address": "192.0.2.7",
        "prefix": "198.51.100.0/24",
        "whole reference": "H-0000777",
        "part of all references": "H-00",
    }


def opening(path: str, passphrase: str) -> dict[str, float]:
    """Open the file with its key derived, and the floor: the driver reads one page of it."""
    with _open(path, passphrase) as case:
        opener = case.opener()
    raw = derive(passphrase, salt_of(Path(path))) if passphrase else None

    def floor() -> None:
        connection = driver.connect(path, isolation_level=None)
        if raw is not None:
            connection.execute(f"PRAGMA key = \"x'{raw.hexadecimal}'\"")
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        connection.close()

    def opened() -> None:
        opener().close()

    return {"floor: connect, read a page": _milliseconds(floor), "open": _milliseconds(opened)}


def writing(path: str, passphrase: str) -> dict[str, float]:
    """Write 2,000 findings with the indexes of the list and without; nothing is kept."""
    with _open(path, passphrase) as case:
        rows = projection.rows(case, projection.ids(case, ListQuery(sort="unicode"))[::37][:2000])
        found = [row.findings for row in rows]
        indexes = [
            name
            for (name,) in case.rows(
                "SELECT name FROM sqlite_schema WHERE type = 'index' AND tbl_name = 'domain_now'"
                " AND sql IS NOT NULL"
            )
        ]
        times = {}
        for what in ("with the list's indexes", "without them"):
            case.execute("BEGIN IMMEDIATE")
            if what == "without them":
                for name in indexes:
                    case.execute(f"DROP INDEX {name}")
            runs = []
            for _ in range(_BEST_OF):
                began = time.perf_counter()
                projection.write(case, found)
                runs.append(time.perf_counter() - began)
            case.execute("ROLLBACK")
            times[f"findings written {what}, us each"] = min(runs) / len(found) * 1e6
    return times


def bytes_of(path: str, passphrase: str) -> dict[str, float]:
    """Say what the file's bytes are spent on."""
    with _open(path, passphrase) as case:
        case.rows("PRAGMA wal_checkpoint(TRUNCATE)")
        observed = case.value("SELECT count(*) FROM observation")
        size = Path(path).stat().st_size
        ((pieces, raw, kept),) = case.rows(
            "SELECT count(*), sum(size), sum(length(body)) FROM evidence"
        )
        content = case.value("SELECT sum(length(content)) FROM fact WHERE kind = 'observation'")
        lengths = [
            length for (length,) in case.rows("SELECT length(body) FROM evidence LIMIT 100000")
        ]
    return {
        "names": float(_count(path, passphrase)),
        "observations": float(observed),
        "file, MB": size / 1e6,
        "bytes per observation, all of the file": size / max(1, observed),
        "facts' content, bytes per observation": content / max(1, observed),
        "pieces of evidence": float(pieces),
        "evidence as answered, bytes per observation": raw / max(1, observed),
        "evidence as stored, bytes per observation": kept / max(1, observed),
        "evidence, stored to answered": kept / max(1, raw),
        "a piece as stored, median bytes": float(statistics.median(lengths)) if lengths else 0.0,
    }


def _count(path: str, passphrase: str) -> int:
    with _open(path, passphrase) as case:
        return int(case.value("SELECT count(*) FROM domain_now"))


WHAT = {
    "lists": lists,
    "searches": searches,
    "opening": opening,
    "writing": writing,
    "bytes": bytes_of,
}

if __name__ == "__main__":
    what, *rest = sys.argv[1:]
    print(json.dumps(WHAT[what](*rest)))
