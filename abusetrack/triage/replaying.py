"""What each past lookup came to, judged anew from what was stored up to it.

So that figures rest on facts alone: they are the same after a rebuild, and on both sides
of a merge.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from ipaddress import ip_address

from abusetrack.casefile import CaseFile, past, projection, reports, sightings
from abusetrack.casefile.past import Networks, Seen
from abusetrack.casefile.sightings import Sighting
from abusetrack.records import ANSWERED, DomainNow, Observation
from abusetrack.triage.context import Context
from abusetrack.triage.refresh import look, sighting_of
from abusetrack.triage.views import addresses_of_host


def replay(
    context: Context,
    case: CaseFile,
    domains: Iterable[str],
    advance: Callable[[int], object] = lambda _done: None,
) -> int:
    """Make the sightings of ``domains`` anew; return how many of the rows were different."""
    rows = projection.read_many(case, domains)
    hosts = reports.hosts_of_many(case, (now.domain for now in rows))
    networks: Networks | None = None
    differing = 0
    for number, now in enumerate(rows):
        advance(number)
        names = [host.name for host in hosts[now.domain]]
        own = past.of_subjects(case, [now.domain, *names])
        if own and networks is None:
            networks = Networks(case)
        found = _judged(context, case, now, names, own, networks) if networks else ()
        differing += sightings.rewrite(case, now.domain, found)
    return differing


def _judged(
    context: Context,
    case: CaseFile,
    now: DomainNow,
    hosts: Sequence[str],
    own: Sequence[Seen],
    networks: Networks,
) -> Iterator[Sighting]:
    """Yield what each lookup came to, oldest first."""
    by_subject = _grouped(own)
    addresses = {
        address
        for host in hosts
        for address in addresses_of_host(
            host, (seen.observation for seen in by_subject.get(host, ()))
        )
    }
    of_addresses = past.of_subjects(case, addresses - by_subject.keys())
    facts = _PastFacts(_grouped([*own, *of_addresses]), networks)
    ends: dict[int, str] = {}
    for seen in (*own, *of_addresses):
        ends[seen.batch] = max(ends.get(seen.batch, networks.ends.get(seen.batch, "")), seen.id)
    registrars = context.reference.registrars
    for end in sorted({ends[seen.batch] for seen in own}):
        facts.until = end
        asked = [seen for seen in own if seen.id <= end]
        known = {seen.observation.subject for seen in asked}
        at = max(seen.observation.asked_at for seen in asked)
        view = look(
            context,
            facts,
            now.domain,
            [host for host in hosts if host in known or _is_address(host)],
            suffix_kind=now.suffix_kind,
            registrars=registrars,
            as_of=at,
        )
        if (sighting := sighting_of(now.domain, view)) is not None:
            yield sighting


class _PastFacts:
    """The observations of a case file as they stood when the fact ``until`` was stored."""

    def __init__(self, by_subject: dict[str, list[Seen]], networks: Networks) -> None:
        self._by_subject = by_subject
        self._networks = networks
        self.until = ""

    def latest(self, subject: str) -> Sequence[Observation]:
        """Return the newest observations of a subject, as ``observations.latest`` does."""
        by_question: dict[str, list[Seen]] = defaultdict(list)
        for seen in self._by_subject.get(subject, ()):
            if seen.id <= self.until:
                by_question[seen.observation.question].append(seen)
        chosen = [
            seen
            for items in by_question.values()
            for seen in items
            if seen.batch in {_newest(items), _newest(_answered(items))}
        ]
        chosen.sort(key=lambda seen: (seen.observation.asked_at, seen.id))
        return list({_source(seen): seen.observation for seen in chosen}.values())

    def covering(self, address: str) -> Sequence[Observation]:
        """Return the newest network observations that cover an address."""
        prefixes = self._networks.covering(address, self.until)
        said = {item.question for item in prefixes}
        return [*prefixes, *(o for o in self.latest(address) if o.question not in said)]


def _grouped(items: Iterable[Seen]) -> dict[str, list[Seen]]:
    found: dict[str, list[Seen]] = defaultdict(list)
    for seen in items:
        found[seen.observation.subject].append(seen)
    return found


def _newest(items: Sequence[Seen]) -> int | None:
    """Return the lookup with the newest of some observations."""
    newest = max(items, key=lambda seen: (seen.observation.asked_at, seen.id), default=None)
    return newest.batch if newest else None


def _answered(items: Iterable[Seen]) -> list[Seen]:
    return [seen for seen in items if seen.observation.outcome in ANSWERED]


def _source(seen: Seen) -> tuple[str, str, bool]:
    found = seen.observation
    return found.question, found.source, found.outcome in ANSWERED


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
