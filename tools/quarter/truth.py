"""The figures of a quarter twice: from the world and the diary, and from the case file.

The first side knows the schedule of the world and what stands on the disk, and nothing of
how the case file counts.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from ipaddress import ip_address

from abusetrack.casefile import CaseFile, changes, ledger, notices, withdrawals
from abusetrack.metrics import displacement, takedown, work
from abusetrack.metrics.filters import Filters
from abusetrack.metrics.survival import End
from abusetrack.practice import EventKind, World
from abusetrack.practice.model import (
    DomainRecord,
    Event,
    RdapStyle,
    RegistrarEntry,
    Standing,
    WhoisStyle,
)
from abusetrack.records import (
    AssessmentOutcome,
    ChangeKind,
    NoticeStatus,
    Role,
    Rung,
    SiteKind,
    SuffixKind,
)
from abusetrack.triage import party_view
from quarter.desk import Desk, Entry
from quarter.play import Quarter

_HOP_ENDINGS = 3
_SEEN_BY = timedelta(days=8)
_ABOVE_THE_HOST = frozenset({Role.REGISTRAR, Role.REGISTRY})
_NO_NAMES_OF_THEIR_OWN = frozenset({SuffixKind.PLATFORM, SuffixKind.DYNAMIC_DNS})
_ENDED = frozenset({EventKind.HOLD_SET, EventKind.DELETED})
_DOWN = frozenset({"clientHold", "serverHold", "pendingDelete", "redemptionPeriod"})

Counts = Mapping[object, int]


@dataclass(frozen=True, slots=True)
class Figures:
    """What is compared. Sets of domains where the domains can be named, else counts."""

    notices: Counts  # by role and rung
    notices_of_party: Counts  # sent, by party and role; no withdrawals
    marks: Counts  # of notices, by what was marked last
    registrar_told: frozenset[str]
    actions: frozenset[str]  # held after a notice to registrar or registry was sent
    ended: frozenset[str]  # held or deleted after it
    returned: frozenset[str]
    transferred_after_notice: int
    moved: frozenset[str]
    registered_again: frozenset[str]
    hopping_strings: int
    hops: int
    told: int  # domains, counted per notice
    withdrawn: int  # of these
    parties_told_of_withdrawal: frozenset[tuple[str, Role]]

    def differences(self, other: Figures) -> list[str]:
        """Say in which figures the two differ."""
        return [
            f"{field.name}: {_shown(mine, theirs)}"
            for field in fields(self)
            if (mine := getattr(self, field.name)) != (theirs := getattr(other, field.name))
        ]


def _shown(mine: object, theirs: object) -> str:
    if isinstance(mine, frozenset) and isinstance(theirs, frozenset):
        return f"only in truth {sorted(mine - theirs)}, only counted {sorted(theirs - mine)}"
    if isinstance(mine, Mapping) and isinstance(theirs, Mapping):
        keys = {key for key in {*mine, *theirs} if mine.get(key) != theirs.get(key)}
        return "; ".join(f"{key}: {mine.get(key)}, counted {theirs.get(key)}" for key in keys)
    return f"{mine}, counted {theirs}"


# --- from the world ----------------------------------------------------------------


def true(quarter: Quarter, diary: Sequence[Entry], until: datetime) -> Figures:
    """Work the figures out from the schedule of the world and what was written to the disk."""
    world = quarter.world
    reported = {
        record.name: quarter.opening + timedelta(days=day)
        for day, records in quarter.dealt.items()
        for record in records
        if record.finding.outcome is AssessmentOutcome.CONFIRMED and record is not quarter.revised
    }
    events = [
        event
        for event in world.events
        if event.domain in reported and reported[event.domain] <= event.at <= until
    ]
    real = [entry for entry in diary if entry.rung is not Rung.WITHDRAWAL]
    first_told = _first_told(real)
    above = _first_told([entry for entry in real if entry.role in _ABOVE_THE_HOST])
    endings = _endings(quarter, reported)
    last = {entry.reference: _last_mark(entry) for entry in diary}
    return Figures(
        notices=Counter((entry.role, entry.rung) for entry in diary),
        notices_of_party=Counter((entry.party_key, entry.role) for entry in real),
        marks=Counter(last.values()),
        registrar_told=_to_be_told(quarter),
        actions=frozenset(_after(events, above, {EventKind.HOLD_SET})),
        ended=frozenset(_after(events, above, _ENDED)),
        returned=frozenset(
            _of_kind(events, {EventKind.HOLD_LIFTED}) | _back_in_the_dns(world, events, reported)
        ),
        transferred_after_notice=len(_after(events, first_told, {EventKind.REGISTRAR_CHANGED})),
        moved=frozenset(e.domain for e in events if _moves(world, e)),
        registered_again=frozenset(_of_kind(events, {EventKind.REREGISTERED})),
        hopping_strings=len(endings),
        hops=sum(len(found) - 1 for found in endings.values()),
        told=sum(len(entry.domains) for entry in real),
        withdrawn=len(quarter.revised_told),
        parties_told_of_withdrawal=frozenset(
            (entry.party_key, entry.role) for entry in quarter.revised_told
        ),
    )


def _last_mark(entry: Entry) -> NoticeStatus:
    if entry.withdrawn and entry.withdrawn >= set(entry.domains):
        return NoticeStatus.WITHDRAWN
    return entry.said or NoticeStatus.SENT


def _first_told(entries: Sequence[Entry]) -> dict[str, datetime]:
    found: dict[str, datetime] = {}
    for entry in entries:
        for domain in entry.domains:
            if entry.sent_at is not None:
                found[domain] = min(entry.sent_at, found.get(domain, entry.sent_at))
    return found


def _of_kind(events: Sequence[Event], wanted: set[EventKind]) -> set[str]:
    return {event.domain for event in events if event.kind in wanted}


def _back_in_the_dns(
    world: World, events: Sequence[Event], reported: Mapping[str, datetime]
) -> set[str]:
    """Return names that went and came back with another registration, both seen from here."""
    return {
        event.domain
        for event in events
        if event.kind is EventKind.REREGISTERED
        and event.after.delegated
        and world.at(reported[event.domain]).standings[event.domain].delegated
    }


def _after(
    events: Sequence[Event],
    told: Mapping[str, datetime],
    wanted: set[EventKind] | frozenset[EventKind],
) -> set[str]:
    return {
        event.domain
        for event in events
        if event.kind in wanted and event.domain in told and told[event.domain] < event.at
    }


def _moves(world: World, event: Event) -> bool:
    """Whether a host now stands in another network, seen on both sides of the move."""
    if event.kind is not EventKind.HOST_MOVED:
        return False
    before = world.at(event.at - timedelta(seconds=1)).standings[event.domain]
    (old, hidden_before), (new, hidden_after) = (
        _networks(world, before),
        _networks(world, event.after),
    )
    return bool(old and new) and not (old & new or hidden_before or hidden_after)


def _networks(world: World, standing: Standing) -> tuple[set[int], bool]:
    found = [
        network
        for host in standing.hosts
        for address in host.addresses
        if (network := world.network(ip_address(address)))
    ]
    return {asn for _, network in found for asn in network.asns}, any(n.cdn for _, n in found)


def _endings(quarter: Quarter, reported: Mapping[str, datetime]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for record in quarter.domains:
        dedicated = record.finding.kind is SiteKind.DEDICATED and record.name in reported
        if dedicated and record.suffix_kind not in _NO_NAMES_OF_THEIR_OWN:
            found[record.label].add(record.ending)
    return {label: endings for label, endings in found.items() if len(endings) >= _HOP_ENDINGS}


def _to_be_told(quarter: Quarter) -> frozenset[str]:
    """Return the domains whose registrar has something to suspend, when reported or later on.

    What happens is seen within eight days at the latest: some is looked at weekly. A name that
    was registered anew is another's until it is reported again.
    """
    found = set()
    anew = {
        event.domain: event.at
        for event in quarter.world.events
        if event.kind is EventKind.REREGISTERED
    }
    for day, records in quarter.dealt.items():
        reported = quarter.opening + timedelta(days=day, hours=1)
        for record in records:
            until = min(anew.get(record.name, quarter.closing), quarter.closing - _SEEN_BY)
            later = [
                event.at + _SEEN_BY
                for event in quarter.world.events
                if event.domain == record.name and reported < event.at < until
            ]
            if any(_to_suspend(quarter.world, record, at) for at in (reported, *later)):
                found.add(record.name)
    return frozenset(found)


def _to_suspend(world: World, record: DomainRecord, at: datetime) -> bool:
    finding = record.finding
    standing = world.at(at).standings[record.name]
    registration = standing.registration
    registrar = world.registrars.get(registration.registrar or "") if registration else None
    return (
        finding.outcome is AssessmentOutcome.CONFIRMED
        and finding.kind is SiteKind.DEDICATED
        and record.suffix_kind not in _NO_NAMES_OF_THEIR_OWN
        and registration is not None
        and registrar is not None
        and _can_be_written_to(world, record, registrar)
        and not _DOWN & set(registration.statuses)
        and standing.delegated
        and not any(
            f".{server}".endswith(f".{suffix}")
            for server in standing.name_servers or registration.name_servers
            for parking in world.tables.parking
            for suffix in parking.name_servers
        )
    )


def _can_be_written_to(world: World, record: DomainRecord, registrar: RegistrarEntry) -> bool:
    """Registrars with an IANA ID are known by hand, others by the answers of their registry."""
    registry = world.registries[record.registry or ""]
    silent = registry.rdap is RdapStyle.NONE and registry.whois is WhoisStyle.BLOCK
    return registrar.iana_id is not None or bool(registrar.abuse_email and not silent)


# --- from the case file ------------------------------------------------------------


def counted(quarter: Quarter, desk: Desk, case: CaseFile) -> Figures:
    """Take the figures from the lists, pages and statistics that an analyst sees."""
    now = desk.clock.now()
    rows = ledger.rows(case)
    moved = displacement.displacement(
        case, Filters(), now=now, hop_tlds=desk.context.settings.policy.hop_tlds
    )
    clock = takedown.domain_clock(case, Filters(), takedown.Clock.NOTICE)
    names = dict(case.rows("SELECT id, domain FROM domain_now"))
    share = withdrawals.share(case)
    stored = notices.list_all(case)
    compliance = work.compliance(case, Filters())
    pages = {key: party_view.view(desk.context, case, key).record for key, _ in _parties(rows)}
    by_page: Counter[str] = Counter()
    for party in compliance:
        by_page[party.key] += party.notices
    wrong = {key: page.sent for key, page in pages.items() if page.sent != by_page[key]}
    assert not wrong, f"the pages of parties count otherwise: {wrong}"
    seen = _seen(case, quarter)
    assert moved.returned == len(seen["returned"]), (moved.returned, seen["returned"])
    assert moved.moved == len(seen["moved"]), (moved.moved, seen["moved"])
    assert moved.registered_again == len(seen["again"]), (moved.registered_again, seen["again"])
    return Figures(
        notices=Counter((row.role, row.rung) for row in rows),
        notices_of_party=Counter({(p.key, Role(p.role)): p.notices for p in compliance}),
        marks=Counter(row.status for row in rows),
        registrar_told=frozenset(
            row.domain for n in stored if n.role is Role.REGISTRAR for row in n.rows
        ),
        actions=frozenset(_held_after(desk, case)),
        ended=frozenset(names[c.subject] for c in clock.cases if c.end is not End.OPEN),
        returned=frozenset(seen["returned"]),
        transferred_after_notice=moved.transferred_after_notice,
        moved=frozenset(seen["moved"]),
        registered_again=frozenset(seen["again"]),
        hopping_strings=moved.hopping_strings,
        hops=moved.hops,
        told=share.told,
        withdrawn=share.withdrawn,
        parties_told_of_withdrawal=frozenset(
            (row.party_key, row.role) for row in rows if row.rung is Rung.WITHDRAWAL
        ),
    )


def _parties(rows: Sequence[ledger.LedgerRow]) -> set[tuple[str, Role]]:
    return {(row.party_key, row.role) for row in rows}


def _seen(case: CaseFile, quarter: Quarter) -> dict[str, set[str]]:
    """Return of which domains the timeline shows a return, a move, another registration."""
    kinds = {
        "returned": {ChangeKind.HOLD_LIFTED, ChangeKind.RETURNED},
        "moved": {ChangeKind.HOST_MOVED},
        "again": {ChangeKind.REREGISTERED},
    }
    found: dict[str, set[str]] = {name: set() for name in kinds}
    for record in quarter.domains:
        if record is quarter.revised:
            continue
        for change in changes.of_domain(case, record.name):
            for name, wanted in kinds.items():
                if change.kind in wanted:
                    found[name].add(record.name)
    return found


def _held_after(desk: Desk, case: CaseFile) -> set[str]:
    """Return the domains on whose notices to registrar or registry a hold is shown as outcome."""
    from abusetrack.triage import ledger as shown_ledger

    return {
        outcome.domain
        for row in ledger.rows(case)
        if row.role in _ABOVE_THE_HOST and row.rung is not Rung.WITHDRAWAL
        for outcome in shown_ledger.shown(desk.context, case, row.reference).outcomes
        for change in outcome.changes
        if change.kind is ChangeKind.HOLD_SET
    }
