"""What happens in the synthetic world while its clock runs: ninety days of events."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from abusetrack.practice import fiction
from abusetrack.practice.generate import Generator
from abusetrack.practice.model import DomainRecord, Event, EventKind, HostRecord, Standing
from abusetrack.practice.plans import Hosting, Plan
from abusetrack.records import AssessmentOutcome, SiteKind, State, SuffixKind

DAYS = 90

_HOLD = ("clientDeleteProhibited", "clientHold", "clientTransferProhibited")
_NOTHING = Standing(None, delegated=False, name_servers=(), hosts=())
# What becomes of an active dedicated domain, by weight.
_FATES: Mapping[EventKind | None, int] = {
    None: 30,
    EventKind.HOLD_SET: 38,
    EventKind.HOST_MOVED: 10,
    EventKind.CDN_TAKEN_UP: 6,
    EventKind.REGISTRAR_CHANGED: 5,
    EventKind.HOST_GONE: 5,
    EventKind.DELETED: 6,
}
_RETURN_SHARE = 0.25  # of holds that are lifted again
_HOP_SHARE = 0.3  # of holds after which the string appears under another ending


def draw(
    generator: Generator, domains: Sequence[DomainRecord]
) -> tuple[tuple[DomainRecord, ...], tuple[Event, ...]]:
    """Draw the events, and the domains that appear because of them."""
    maker = _Schedule(generator, {domain.name for domain in domains})
    for record in domains:
        finding, registration = record.finding, record.standing.registration
        if registration is None or finding.kind is not SiteKind.DEDICATED:
            continue
        if record.standing.delegated:
            maker.fate(record)
        elif "redemptionPeriod" in registration.statuses:
            maker.drop(record, record.standing, generator.start)
    events = sorted(maker.events, key=lambda event: (event.at, event.domain))
    return tuple(maker.appeared), tuple(events)


class _Schedule:
    def __init__(self, generator: Generator, names: set[str]) -> None:
        self.generator = generator
        self.rng = generator.rng
        self.names = names
        self.events: list[Event] = []
        self.appeared: list[DomainRecord] = []

    def fate(self, record: DomainRecord) -> None:
        """Draw what becomes of one active domain."""
        kind = self.rng.choices(list(_FATES), list(_FATES.values()))[0]
        if kind is None:
            return
        at = self._after(self.generator.start, 1, 60)
        standing = record.standing
        if kind is EventKind.HOLD_SET:
            self._hold(record, at)
        elif kind is EventKind.DELETED:
            deleted = _offline(standing, ("pendingDelete", "redemptionPeriod"))
            self._add(at, record, kind, deleted)
            self.drop(record, deleted, at)
        elif kind is EventKind.REGISTRAR_CHANGED:
            self._add(at, record, kind, self._other_registrar(record))
        else:
            self._add(at, record, kind, replace(standing, hosts=self._hosts(record, kind)))

    def drop(self, record: DomainRecord, standing: Standing, deleted: datetime) -> None:
        """Let a deleted name go (RFC 3915 and 5731: 30 days, then five); some are taken again."""
        pending = deleted + timedelta(days=30)
        gone = pending + timedelta(days=5)
        self._add(pending, record, EventKind.DELETED, _offline(standing, ("pendingDelete",)))
        self._add(gone, record, EventKind.DROPPED, _NOTHING)
        if self.rng.random() < 0.5:
            at = self._after(gone, 1, 15)
            fresh = self._appear(record.label, record.ending, at)
            self._add(at, record, EventKind.REREGISTERED, fresh.standing)

    def _hold(self, record: DomainRecord, at: datetime) -> None:
        self._add(at, record, EventKind.HOLD_SET, _offline(record.standing, _HOLD))
        if self.rng.random() < _RETURN_SHARE:
            lifted = self._after(at, 3, 20)
            self._add(lifted, record, EventKind.HOLD_LIFTED, record.standing)
        elif self.rng.random() < _HOP_SHARE and record.suffix_kind is SuffixKind.ICANN:
            self._hop(record, self._after(at, 1, 10))

    def _hop(self, record: DomainRecord, at: datetime) -> None:
        endings = [e for e in fiction.ENDING_WEIGHTS if f"{record.label}.{e}" not in self.names]
        if not endings:
            return
        fresh = self._appear(record.label, self.rng.choice(endings), at)
        self.names.add(fresh.name)
        self.appeared.append(replace(fresh, standing=_NOTHING))
        self._add(at, fresh, EventKind.HOPPED, fresh.standing)

    def _appear(self, label: str, ending: str, at: datetime) -> DomainRecord:
        """Draw a dedicated domain that is registered at ``at`` and reported a day later."""
        registry = next(r for r in fiction.REGISTRIES if ending in r.endings)
        accredited = [r.key for r in self.generator.registrars if r.iana_id is not None]
        keys = fiction.LOCAL_REGISTRARS.get(registry.key, accredited)
        plan = Plan(
            label=label,
            ending=ending,
            suffix_kind=SuffixKind.ICANN,
            kind=SiteKind.DEDICATED,
            outcome=AssessmentOutcome.CONFIRMED,
            state=State.ACTIVE,
            hosting=Hosting.SINGLE,
            registrar=self.rng.choice(keys),
        )
        record = self.generator.record(plan, reported=at + timedelta(days=1))
        return replace(record, standing=_changed(record.standing, created=at, updated=at))

    def _other_registrar(self, record: DomainRecord) -> Standing:
        registration = record.standing.registration
        local = fiction.LOCAL_REGISTRARS.get(record.registry or "")
        keys = local or [r.key for r in self.generator.registrars if r.iana_id is not None]
        old = registration.registrar if registration else None
        key = self.rng.choice([key for key in keys if key != old])
        return _changed(record.standing, registrar=key)

    def _hosts(self, record: DomainRecord, kind: EventKind) -> tuple[HostRecord, ...]:
        names = [host.name for host in record.standing.hosts]
        if kind is EventKind.HOST_GONE:
            return tuple(HostRecord(name, ()) for name in names)
        drawn = self.generator
        network = drawn.cdn() if kind is EventKind.CDN_TAKEN_UP else drawn.network()
        return tuple(drawn.serve(name, network) for name in names)

    def _after(self, moment: datetime, first: int, last: int) -> datetime:
        days = self.rng.randrange(first, last) + self.rng.random()
        return (moment + timedelta(days=days)).replace(microsecond=0)

    def _add(self, at: datetime, record: DomainRecord, kind: EventKind, after: Standing) -> None:
        self.events.append(Event(at, record.name, kind, after))


def _changed(standing: Standing, **changes: Any) -> Standing:
    if standing.registration is None:
        return standing
    return replace(standing, registration=replace(standing.registration, **changes))


def _offline(standing: Standing, statuses: tuple[str, ...]) -> Standing:
    gone = replace(standing, delegated=False, name_servers=(), hosts=())
    return _changed(gone, statuses=statuses)
