"""The addresses of a host over time -> moves, countries, delivery networks taken up or left.

An address is judged by the newest answers on its network, also where it was seen long
ago: a table that changes its mind moves no host.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from ipaddress import ip_address, ip_network

from abusetrack.judgement.hosting import AddressView, HostView, addresses_of, judge_hosting
from abusetrack.judgement.sightings import Sighting, Step, steps
from abusetrack.records import (
    AddressFacts,
    CdnFacts,
    Change,
    ChangeKind,
    Observation,
    Outcome,
    Question,
)

Covering = Callable[[str], Sequence[Observation]]

_QUESTIONS = (Question.A, Question.AAAA)
_TOLD = frozenset({Outcome.OK, Outcome.NO_DATA})
_ONE_LOOKUP = timedelta(minutes=5)  # A and AAAA of one lookup lie no further apart
_SHOWN = 3  # addresses named in a change


def host_changes(host: str, past: Iterable[Observation], covering: Covering) -> list[Change]:
    """Return what changed about where ``host`` stands; ``past`` comes oldest first."""
    of_host = [o for o in past if o.subject == host]
    aliases = {
        o.facts.rule.removeprefix("alias *."): o for o in of_host if isinstance(o.facts, CdnFacts)
    }
    seen = [
        Sighting(place, place.answers[0].asked_at, tuple(o.id for o in place.answers))
        for place in _places(host, of_host, aliases, covering)
    ]
    found = [_of_presence(host, step) for step in steps(_with(seen, "present"), _same("present"))]
    found += [_of_cdn(host, step) for step in steps(_with(seen, "cdn_known"), _same("cdn"))]
    there = [s for s in seen if s.value.present and s.value.cdn is None]
    found += [_of_move(host, step) for step in steps(there, _same_place)]
    found += [
        step.change(
            ChangeKind.COUNTRY_CHANGED,
            host,
            step.last.value.country or "",
            step.first.value.country or "",
        )
        for step in steps([s for s in there if s.value.country], _same("country"))
    ]
    return found


@dataclass(frozen=True)
class _Place:
    """What one lookup said of a host: the answers to A and AAAA that came."""

    host: str
    answers: tuple[Observation, ...]
    alias: Observation | None  # the delivery network that its alias leads into
    covering: Covering = field(repr=False)

    @cached_property
    def view(self) -> HostView:
        views = tuple(
            AddressView(ip, tuple(self.covering(ip))) for ip in addresses_of(self.answers)
        )
        own = (*self.answers, self.alias) if self.alias else self.answers
        return HostView(self.host, own, views)

    @property
    def present(self) -> bool | None:
        """Whether it has addresses; None where a question that may tell failed."""
        if self.view.addresses:
            return True
        told = {o.question for o in self.answers}
        return False if told == set(_QUESTIONS) else None

    @property
    def cdn(self) -> str | None:
        return self.view.cdn

    @property
    def cdn_known(self) -> bool | None:
        """Whether it can be said what it is behind: no address of an unknown network."""
        views = self.view.addresses
        known = bool(views) and all(view.origin is not None for view in views)
        return True if known or self.cdn else None

    @cached_property
    def country(self) -> str | None:
        """The hosting country, only where both questions were answered."""
        return judge_hosting([self.view]).country if self.whole else None

    @property
    def whole(self) -> bool:
        """Whether both questions were answered."""
        return {o.question for o in self.answers} == set(_QUESTIONS)

    @property
    def nowhere(self) -> str:
        """The sinkhole or parking service that answers in its stead."""
        for answer in self.answers:
            if isinstance(answer.facts, AddressFacts):
                for kind, name in (
                    ("sinkhole", answer.facts.sinkhole),
                    ("parking service", answer.facts.parking),
                ):
                    if name:
                        return f"{kind} {name}"
        return ""

    def by_question(self) -> dict[Question, tuple[AddressView, ...]]:
        views = {view.ip: view for view in self.view.addresses}
        return {
            o.question: tuple(views[ip] for ip in addresses_of([o]))
            for o in self.answers
            if isinstance(o.facts, AddressFacts)
        }

    def __str__(self) -> str:
        if self.nowhere:
            return self.nowhere
        views = self.view.addresses
        listed = ", ".join(view.ip for view in views[:_SHOWN])
        more = f" and {len(views) - _SHOWN} more" if len(views) > _SHOWN else ""
        networks = {
            f"AS{min(origin.asns)} {origin.as_name or ''}".strip(): None
            for view in views
            if (origin := view.origin) and origin.asns
        }
        return f"{', '.join(networks) or 'AS not known'}: {listed}{more}"


def _places(
    host: str,
    of_host: Iterable[Observation],
    aliases: dict[str, Observation],
    covering: Covering,
) -> Iterator[_Place]:
    """Yield the answers of each lookup together; a question counts once in each."""
    lookup: dict[Question, Observation] = {}

    def place() -> _Place:
        chain = [host]
        for answer in lookup.values():
            if isinstance(answer.facts, AddressFacts):
                chain += answer.facts.cname_chain
        match = next((o for suffix, o in aliases.items() if _under(chain, suffix)), None)
        return _Place(host, tuple(lookup.values()), match, covering)

    for observation in of_host:
        if observation.question not in _QUESTIONS or observation.outcome not in _TOLD:
            continue
        first = next(iter(lookup.values()), observation)
        late = observation.asked_at - first.asked_at > _ONE_LOOKUP
        if late or observation.question in lookup:
            yield place()
            lookup.clear()
        lookup[observation.question] = observation
    if lookup:
        yield place()


def _under(chain: Iterable[str], suffix: str) -> bool:
    return any(f".{name}".endswith(f".{suffix}") for name in chain)


def _with(seen: Iterable[Sighting[_Place]], attribute: str) -> list[Sighting[_Place]]:
    return [s for s in seen if getattr(s.value, attribute) is not None]


def _same(attribute: str) -> Callable[[_Place, _Place], bool]:
    def same(before: _Place, after: _Place) -> bool:
        return bool(getattr(before, attribute) == getattr(after, attribute))

    return same


def _of_presence(host: str, step: Step[_Place]) -> Change:
    if step.first.value.present:
        return step.change(ChangeKind.ADDRESSES_BACK, host, "no address", str(step.first.value))
    return step.change(ChangeKind.ADDRESSES_REMOVED, host, str(step.last.value), "no address")


def _of_cdn(host: str, step: Step[_Place]) -> Change:
    before, after = step.last.value.cdn, step.first.value.cdn
    kind = ChangeKind.CDN_TAKEN_UP if after else ChangeKind.CDN_LEFT
    return step.change(kind, host, before or str(step.last.value), after or str(step.first.value))


def _same_place(before: _Place, after: _Place) -> bool | None:
    """Compare address by address; an overlap in one family is enough to be the same place."""
    if before.nowhere or after.nowhere:
        return before.nowhere == after.nowhere
    old, new = before.by_question(), after.by_question()
    shared = [question for question in old if question in new]
    if not shared:  # of one family before and of the other now, where both were asked for
        return False if before.whole and after.whole else None
    return any(
        _overlap(old[question], new[question]) or _one_network(old[question], new[question])
        for question in shared
    )


def _overlap(old: Sequence[AddressView], new: Sequence[AddressView]) -> bool:
    return bool({view.ip for view in old} & {view.ip for view in new})


def _one_network(old: Sequence[AddressView], new: Sequence[AddressView]) -> bool:
    """Whether an address of the one lies in an announced prefix of the other: a pool."""
    prefixes = {view.origin.prefix for view in old if view.origin}
    return any(
        ip_address(view.ip) in ip_network(prefix, strict=False)
        for view in new
        for prefix in prefixes
    )


def _of_move(host: str, step: Step[_Place]) -> Change:
    before, after = step.base.value, step.first.value  # the last may be on the way
    kind = ChangeKind.HOST_MOVED
    if not (before.nowhere or after.nowhere):
        old, new = _asns(before), _asns(after)
        if not old or not new or old & new:
            kind = ChangeKind.ADDRESSES_CHANGED
    return step.change(kind, host, str(before), str(after))


def _asns(place: _Place) -> set[int]:
    """Return the networks of all its addresses; none where one of them is not known."""
    views = place.view.addresses
    if not all(view.origin and view.origin.asns for view in views):
        return set()
    return {asn for view in views if view.origin for asn in view.origin.asns}
