"""Observations in the order in which they were stored, to judge again what was known when.

The ids of facts are in that order, and are the same in every case file that has them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from ipaddress import ip_address, ip_network
from typing import NamedTuple

from abusetrack.casefile import facts
from abusetrack.casefile.connection import CaseFile
from abusetrack.casefile.encoding import canonical, clean
from abusetrack.casefile.observations import decode
from abusetrack.records import FACTS, NetworkFacts, Observation, OriginFacts

_CHUNK = 2_000
_OF_PREFIXES = [str(q) for q, kind in FACTS.items() if kind in (OriginFacts, NetworkFacts)]


class Seen(NamedTuple):
    """An observation, and the lookup (a number in this file) that it came with."""

    batch: int
    observation: Observation

    @property
    def id(self) -> str:
        """The id of the fact; ids are in the order in which facts were stored."""
        return self.observation.id or ""


def of_subjects(case: CaseFile, subjects: Iterable[str]) -> list[Seen]:
    """Return every observation of hosts, domains and addresses, in the order of their ids."""
    rows = case.rows(
        "SELECT observation.fact, observation.batch FROM json_each(?) AS wanted"
        " JOIN subject ON subject.name = wanted.value"
        " JOIN observation ON observation.subject = subject.id",
        [canonical(sorted(set(map(clean, subjects))))],
    )
    return sorted(_seen(case, rows), key=lambda seen: seen.id)


def _seen(case: CaseFile, rows: Sequence[tuple[int, int]]) -> Iterator[Seen]:
    batches = dict(rows)
    numbers = list(batches)
    for start in range(0, len(numbers), _CHUNK):
        for fact in facts.read(case, numbers[start : start + _CHUNK]):
            yield Seen(batches[fact.n], decode(fact, None))


class Networks:
    """All answers on networks, by the prefix that they speak of; read once for many domains."""

    def __init__(self, case: CaseFile) -> None:
        self._of: dict[tuple[int, int, int], list[Seen]] = defaultdict(list)
        self.ends: dict[int, str] = {}  # lookup -> id of its last answer on a network
        rows = case.rows(
            "SELECT fact, batch FROM observation WHERE question IN"
            " (SELECT value FROM json_each(?))",
            [canonical(_OF_PREFIXES)],
        )
        for seen in _seen(case, rows):
            self.ends[seen.batch] = max(self.ends.get(seen.batch, ""), seen.id)
            said = seen.observation.facts
            if isinstance(said, OriginFacts | NetworkFacts):
                prefix = ip_network(said.prefix, strict=False)
                key = prefix.version, prefix.prefixlen, int(prefix.network_address)
                self._of[key].append(seen)
        self._lengths = sorted({key[:2] for key in self._of}, reverse=True)

    def covering(self, address: str, until: str) -> tuple[Observation, ...]:
        """Return one answer per question of those stored up to the id ``until``.

        Of the most specific prefix that covers the address, the newest.
        """
        parsed = ip_address(address)
        number, found = int(parsed), dict[str, Observation]()
        for version, length in self._lengths:
            if version != parsed.version:
                continue
            low = parsed.max_prefixlen - length
            known: dict[str, Seen] = {}
            for seen in self._of.get((version, length, number >> low << low), ()):
                before = known.get(seen.observation.question)
                if seen.id <= until and (before is None or _age(before) < _age(seen)):
                    known[seen.observation.question] = seen
            found = {key: seen.observation for key, seen in known.items()} | found
        return tuple(found.values())


def _age(seen: Seen) -> tuple[object, str]:
    return seen.observation.asked_at, seen.id
