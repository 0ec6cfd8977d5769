"""The tables that figures are made of, as columns of numbers: read once while the file stays.

A filter changes which rows count, never what they say. So what the case file holds of
reports, lookups, domains and changes is read whole, and every figure is worked out over
columns. Times are microseconds since 1970, UTC; a subject is its number in the case file.

SQLite hands over a whole column as one text, which is read ten times as fast as row by row.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from abusetrack.casefile import CaseFile
from abusetrack.casefile.encoding import clean, stamp
from abusetrack.metrics.filters import Filters

DAY = 86_400_000_000  # microseconds
_UNSET = "0001-01-01T00:00:00.000000Z"
NEVER = -62_135_596_800_000_000  # what it says as a time
_STAMP = len(_UNSET)
_STEP = 50_000  # keys read at once: a text of some megabytes, and a place to stop


@dataclass(frozen=True, slots=True, eq=False)
class Facts:
    """What was judged of each row. Few rows differ: ``number`` leads to one of ``values``."""

    names: tuple[str, ...]
    number: Any
    values: Sequence[tuple[Any, ...]]

    def of(self, name: str) -> list[Any]:
        """Return what each of ``values`` says of ``name``."""
        at = self.names.index(name)
        return [value[at] for value in self.values]

    def where(self, test: Callable[[Mapping[str, Any]], bool]) -> Any:
        """Return whether each row passes."""
        import numpy as np

        passed = [test(dict(zip(self.names, value, strict=True))) for value in self.values]
        return np.array(passed, dtype=bool)[self.number]


@dataclass(frozen=True, slots=True, eq=False)
class Reports:
    """Reports by domain, URL, reference and time of receipt."""

    domain: Any
    url: Any
    same: Any  # with the same URL and the same number it is the same report
    received: Any
    facts: Facts  # outcome, legal_category, commercial, kind, source

    def chosen(self, filters: Filters, *, confirmed: bool = True) -> Any:
        """Return the rows that the filters count, in order.

        Not ``confirmed``: of any outcome, by period and source alone; the rest is said of
        what was assessed.
        """
        import numpy as np

        wanted: dict[str, object] = {}
        if filters.source is not None:
            wanted["source"] = clean(filters.source)
        if confirmed:
            wanted["outcome"] = "confirmed"
            if filters.category is not None:
                wanted["legal_category"] = clean(filters.category)
            if filters.commercial is not None:
                wanted["commercial"] = int(filters.commercial)
            if filters.kind is not None:
                wanted["kind"] = filters.kind.value
        passed = self.facts.where(lambda said: wanted.items() <= said.items())
        if filters.since is not None:
            passed &= self.received >= micros(stamp(filters.since))
        if filters.until is not None:
            passed &= self.received < micros(stamp(filters.until))
        return np.flatnonzero(passed)


@dataclass(frozen=True, slots=True, eq=False)
class Lookups:
    """Lookups by domain and time; those of ``subjects[i]`` are ``bounds[i]`` to ``bounds[i+1]``."""

    subjects: Any
    bounds: Any
    at: Any
    registered_at: Any  # when the answers were asked for that the registrar rests on
    hosted_at: Any
    facts: Facts

    def of(self, domains: Any) -> tuple[Any, Any]:
        """Return the rows of these domains, and for each row the place in ``domains``."""
        import numpy as np

        if not len(self.subjects):
            nothing = np.zeros(0, dtype=np.int64)
            return nothing, nothing
        place = np.searchsorted(self.subjects, domains).clip(max=len(self.subjects) - 1)
        low = self.bounds[place]
        length = np.where(self.subjects[place] == domains, self.bounds[place + 1] - low, 0)
        owner = np.repeat(np.arange(len(domains)), length)
        begins = np.cumsum(length) - length
        return np.arange(len(owner)) + np.repeat(low - begins, length), owner


@dataclass(frozen=True, slots=True, eq=False)
class Domains:
    """What is known now of every domain, by number."""

    numbers: Any
    created: Any
    first_reported: Any
    last_reported: Any
    said: Facts  # tld, kind, commercial, disguised, confirmed
    now: Facts  # as those of lookups; looked_up

    def place(self, domains: Any) -> Any:
        """Return where these domains stand."""
        import numpy as np

        return np.searchsorted(self.numbers, domains)


@dataclass(frozen=True, slots=True, eq=False)
class Changes:
    """Changes by domain and in the order in which they were established."""

    domain: Any
    seen: Any  # first, after the change
    facts: Facts  # kind


PARTIES = (
    "registrar_key", "registrar", "asn", "as_name", "cdn", "hosting_verdict", "hosting_country",
)  # fmt: skip
# Whether the registration had run out when the lookup was made.
_LATE = "expires <= max(coalesce(registration_at, ''), coalesce(hosting_at, ''))"


def reports(case: CaseFile) -> Reports:
    """Return all reports."""
    return case.kept_value("reports", lambda: _reports(case))


def _reports(case: CaseFile) -> Reports:
    import numpy as np

    said = ("outcome", "legal_category", "commercial", "kind", "source")
    found = _Reading(
        case, "report", "fact", "fact",
        numbers=("domain", "url"), times=("received_at",), digests=("reference",),
        facts={"said": dict(zip(said, said, strict=True))},
    )  # fmt: skip
    domain, url = found.numbers["domain"], found.numbers["url"]
    same, received = found.numbers["reference"], found.times["received_at"]
    order = np.lexsort((received, same, url, domain))
    facts = found.facts["said"]
    return Reports(
        domain[order], url[order], same[order], received[order],
        Facts(facts.names, facts.number[order], facts.values),
    )  # fmt: skip


def lookups(case: CaseFile) -> Lookups:
    """Return what every lookup came to."""
    return case.kept_value("lookups", lambda: _lookups(case))


def _lookups(case: CaseFile) -> Lookups:
    import numpy as np

    said = {**dict(zip(PARTIES, PARTIES, strict=True)), "state": "state", "late": _LATE}
    found = _Reading(
        case, "sighting", "domain", "domain, at",
        numbers=("domain",), times=("at", "registration_at", "hosting_at"), facts={"said": said},
    )  # fmt: skip
    domain = found.numbers["domain"]
    begins = np.flatnonzero(np.diff(domain, prepend=-1))
    return Lookups(
        subjects=domain[begins],
        bounds=np.append(begins, len(domain)),
        at=found.times["at"],
        registered_at=found.times["registration_at"],
        hosted_at=found.times["hosting_at"],
        facts=found.facts["said"],
    )


def domains(case: CaseFile) -> Domains:
    """Return all domains."""
    return case.kept_value("domains", lambda: _domains(case))


def _domains(case: CaseFile) -> Domains:
    said = ("tld", "kind", "commercial", "disguised")
    found = _Reading(
        case, "domain_now", "id", "id",
        numbers=("id",), times=("created", "first_reported", "last_reported"),
        facts={
            "said": {
                **dict(zip(said, said, strict=True)), "confirmed": "confirmed_reports > 0",
            },
            "now": {
                **dict(zip(PARTIES, PARTIES, strict=True)), "looked_up": "looked_up_at NOT NULL",
            },
        },
    )  # fmt: skip
    return Domains(found.numbers["id"], **found.times, **found.facts)


def changes(case: CaseFile) -> Changes:
    """Return all changes."""
    return case.kept_value("changes", lambda: _changes(case))


def _changes(case: CaseFile) -> Changes:
    found = _Reading(
        case, "change", "domain", "domain, established_at, position",
        numbers=("domain",), times=("first_seen_after",), facts={"said": {"kind": "kind"}},
    )  # fmt: skip
    return Changes(found.numbers["domain"], found.times["first_seen_after"], found.facts["said"])


def distinct(values: Any) -> Any:
    """Return the values in ascending order, each once; sorting beats a table of hashes here."""
    import numpy as np

    ordered = np.sort(values, kind="stable")
    kept = np.ones(len(ordered), dtype=bool)
    kept[1:] = ordered[1:] != ordered[:-1]
    return ordered[kept]


def tally(*whole: Any) -> list[tuple[tuple[int, ...], int]]:
    """Count the rows by what stands in columns of whole numbers, in the order of these."""
    import numpy as np

    if not len(whole[0]):
        return []
    lows = [column.min() for column in whole]
    spans = [int(column.max() - low) + 1 for column, low in zip(whole, lows, strict=True)]
    mixed = np.ravel_multi_index([c - low for c, low in zip(whole, lows, strict=True)], spans)
    if math.prod(spans) <= 4 * len(mixed):
        counted = np.bincount(mixed)
        found = np.flatnonzero(counted)
        counts = counted[found]
    else:  # too many places to have one for each
        ordered = np.sort(mixed)
        begins = np.flatnonzero(np.diff(ordered, prepend=-1))
        found, counts = ordered[begins], np.diff(begins, append=len(ordered))
    back = [(c + low).tolist() for c, low in zip(np.unravel_index(found, spans), lows, strict=True)]
    return list(zip(zip(*back, strict=True), counts.tolist(), strict=True))


def micros(text: str) -> int:
    """Return the time of one stamp as the case file writes them."""
    return int(instants(text)[0])


def months(times: Any) -> Any:
    """Return the month of each time, as months since 1970."""
    return times.astype("datetime64[us]").astype("datetime64[M]").astype("int64")


def during(times: Any, step: str) -> Any:
    """Return which times lie in a day or month, "2026-03-01" or "2026-03"."""
    import numpy as np

    wanted = np.datetime64(step)
    return times.astype("datetime64[us]").astype(wanted.dtype) == wanted


def named_month(number: int) -> str:
    """Return a month as "2026-03"."""
    return f"{1970 + number // 12:04}-{number % 12 + 1:02}"


def named_day(number: int) -> str:
    """Return a day, as days since 1970, as "2026-03-01"."""
    return str(date(1970, 1, 1) + timedelta(days=number))


def instants(text: str) -> Any:
    """Return the times of stamps that stand side by side."""
    import numpy as np

    stamps = np.frombuffer(text.encode("ascii"), f"S{_STAMP}")
    return stamps.astype(f"S{_STAMP - 1}").astype("datetime64[us]").astype(np.int64)


class _Reading:
    """Whole columns of a table, read over ranges of its key.

    ``facts`` (name to SQL) go together in one text per row, as JSON: a line is a row
    whatever stands in it.
    """

    def __init__(
        self,
        case: CaseFile,
        table: str,
        key: str,
        order: str,
        *,
        numbers: Sequence[str],
        times: Sequence[str],
        facts: Mapping[str, Mapping[str, str]],
        digests: Sequence[str] = (),
    ) -> None:
        asked = [
            *(f"group_concat({name})" for name in numbers),
            *(f"group_concat(coalesce({name}, '{_UNSET}'), '')" for name in times),
            *(f"group_concat(substr(hex({name}) || '{0:016}', 1, 16), '')" for name in digests),
            *(
                f"group_concat(json_array({', '.join(said.values())}), char(10))"
                for said in facts.values()
            ),
        ]
        sql = (
            f"SELECT {', '.join(asked)} FROM (SELECT * FROM {table}"
            f" WHERE {key} > :after AND {key} <= :until ORDER BY {order})"
        )
        known: list[dict[str, int]] = [{} for _ in facts]
        reads: list[Callable[[str], Any]] = [
            *(_whole_numbers for _ in numbers),
            *(instants for _ in times),
            *(_digests for _ in digests),
            *(_coded(numbered) for numbered in known),
        ]
        columns = _read(case, sql, case.value(f"SELECT max({key}) FROM {table}") or 0, reads)
        named = iter(columns)
        self.numbers = {name: next(named) for name in numbers}
        self.times = {name: next(named) for name in times}
        self.numbers |= {name: next(named) for name in digests}
        self.facts = {
            name: Facts(tuple(said), next(named), [tuple(json.loads(text)) for text in numbered])
            for (name, said), numbered in zip(facts.items(), known, strict=True)
        }


def _read(
    case: CaseFile, sql: str, largest: int, reads: Sequence[Callable[[str], Any]]
) -> list[Any]:
    import numpy as np

    parts: list[list[Any]] = [[read("")] for read in reads]
    for after in range(0, largest, _STEP):
        (row,) = case.rows(sql, {"after": after, "until": after + _STEP})
        if row[0] is not None:
            for part, read, text in zip(parts, reads, row, strict=True):
                part.append(read(text))
    return [np.concatenate(part) for part in parts]


def _whole_numbers(text: str) -> Any:
    import numpy as np

    return np.fromstring(text, dtype=np.int64, sep=",")


def _digests(text: str) -> Any:
    import numpy as np

    return np.frombuffer(bytes.fromhex(text), ">u8").astype(np.uint64)


def _coded(numbered: dict[str, int]) -> Callable[[str], Any]:
    """Return a reader of lines that gives each its number, new ones the next."""

    def read(text: str) -> Any:
        import numpy as np

        lines = text.split("\n") if text else []
        numbers = [numbered.setdefault(line, len(numbered)) for line in lines]
        return np.array(numbers, dtype=np.int32)

    return read
