"""The one rule of what may leave for a partner, whatever the format.

Confirmed, not withdrawn, and no gate open; of that, no more than the partner's level. Who
reported, who assessed, our references and notes are not among it. What a partner was given
and that no longer stands is named, so that it can be taken back there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from abusetrack.casefile import CaseFile, filters, hashes, partners, projection, told
from abusetrack.casefile.filters import ListQuery
from abusetrack.errors import InputError
from abusetrack.judgement.hosting import HostView
from abusetrack.names import defang
from abusetrack.records import (
    DomainNow,
    HashItem,
    Level,
    NoticeStatus,
    PartnerKind,
    Role,
    SiteKind,
    State,
)
from abusetrack.settings import PartnerSettings
from abusetrack.triage import gates
from abusetrack.triage.context import Context
from abusetrack.triage.notice_rows import Confirmed, confirmed_of
from abusetrack.triage.refresh import View, host_names, look
from abusetrack.triage.views import StoredFacts

_CHUNK = 200
_SHOWN = 20
# That the police or another hotline knows is not for others to hear.
_OPEN_ROLES = frozenset(Role) - {Role.AUTHORITY, Role.HOTLINE}


class LeftOut(StrEnum):
    """Why a confirmed domain is not among what a partner gets."""

    GATE = "a gate is open, has run out, or was never cleared"
    WITHDRAWN = "withdrawn since it was confirmed"
    KIND = "not a site of its own that exists for the abuse"
    GONE = "held, or registered no longer"
    PROTECTED = "protected, or infrastructure of many"


@dataclass(frozen=True, slots=True)
class SharedPage:
    """One confirmed page; only at the level of URLs."""

    url: str
    confirmed_at: datetime
    legal_category: str


@dataclass(frozen=True, slots=True)
class SharedAddress:
    """An address of a confirmed host; only from the level of hosts on."""

    host: str
    ip: str
    asn: int | None
    as_name: str


@dataclass(frozen=True, slots=True)
class SharedNotice:
    """A notice on a domain: whom we told, when, and what became of it."""

    role: Role
    party: str
    sent_at: datetime
    status: NoticeStatus


@dataclass(frozen=True, slots=True)
class SharedDomain:
    """What a partner may know of one domain; what its level leaves out is empty."""

    domain: str
    unicode: str
    kind: SiteKind | None
    states: tuple[State, ...]
    first_confirmed: datetime
    last_confirmed: datetime
    confirmed_pages: int
    since: datetime  # dates its ids; never changes once it was given
    changed_at: datetime  # of the newest of all this
    registrar: str
    registrar_iana_id: int | None
    created: datetime | None
    country: str
    asn: int | None
    as_name: str
    cdn: str
    persistent: bool
    notices: tuple[SharedNotice, ...] = ()
    hosts: tuple[str, ...] = ()
    addresses: tuple[SharedAddress, ...] = ()
    pages: tuple[SharedPage, ...] = ()
    items: tuple[HashItem, ...] = ()  # hashes of material: hotlines and authorities alone


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """A domain that the partner was given and that no longer stands."""

    domain: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Outgoing:
    """Exactly what a partner gets, in whatever format."""

    partner: str
    settings: PartnerSettings
    as_of: datetime
    domains: tuple[SharedDomain, ...]
    withdrawn: tuple[Withdrawn, ...]
    counts: Mapping[str, int] = field(default_factory=dict)
    left_out: Mapping[LeftOut, int] = field(default_factory=dict)  # confirmed domains

    @property
    def held_back(self) -> int:
        """How many confirmed domains are not among it."""
        return sum(self.left_out.values())

    @property
    def level(self) -> Level:
        """How much the partner sees."""
        return self.settings.level


def partner_of(context: Context, name: str) -> PartnerSettings:
    """Return the settings of a partner.

    Raises:
        InputError: none is known under this name.
    """
    found = context.settings.partners.get(name)
    if found is None:
        known = ", ".join(sorted(context.settings.partners)) or "none yet"
        raise InputError(
            f"No partner is called {name!r} ([partners.NAME] in the settings; there: {known})."
        )
    return found


def outgoing(
    context: Context, case: CaseFile, name: str, query: ListQuery | None = None
) -> Outgoing:
    """Gather what a partner may see of the domains that ``query`` asks for, all where None.

    Raises:
        InputError: there is no such partner.
    """
    settings = partner_of(context, name)
    wanted = replace(query or ListQuery(sort="domain", descending=False), confirmed_only=True)
    organisation = context.settings.organisation
    may = filters.may_leave(
        context.clock.now(),
        needs_gate=organisation.police_gate,
        countries=organisation.gate_countries,
    )
    numbers = projection.ids(case, wanted, may, filters.not_withdrawn())
    given = partners.given(case, name)
    everything = len(projection.ids(case, wanted))
    standing = len(projection.ids(case, wanted, filters.not_withdrawn()))
    found = [
        _domain(context, case, now, settings, given.get(now.domain))
        for start in range(0, len(numbers), _CHUNK)
        for now in projection.rows(case, numbers[start : start + _CHUNK])
        # The list's own columns may be older than the gate of the country it is in now.
        if gates.may_leave(context, case, now.domain)
    ]
    counts = {
        "domains": len(found),
        "pages": sum(item.confirmed_pages for item in found),
        **{f"kind: {kind}": n for kind, n in Counter(str(item.kind) for item in found).items()},
    }
    counted_only = settings.level is Level.COUNTS
    return Outgoing(
        partner=name,
        settings=settings,
        as_of=context.clock.now(),
        domains=() if counted_only else tuple(sorted(found, key=lambda item: item.domain)),
        withdrawn=_withdrawn(context, case, name),
        counts=counts,
        left_out={
            reason: number
            for reason, number in (
                (LeftOut.GATE, standing - len(found)),
                (LeftOut.WITHDRAWN, everything - standing),
            )
            if number
        },
    )


def _withdrawn(context: Context, case: CaseFile, name: str) -> tuple[Withdrawn, ...]:
    given = partners.given(case, name)
    return tuple(
        Withdrawn(domain, given[domain])
        for domain in partners.gone_since(case, name)
        if gates.may_leave(context, case, domain)
    )


def _domain(
    context: Context,
    case: CaseFile,
    now: DomainNow,
    partner: PartnerSettings,
    since: datetime | None,
) -> SharedDomain:
    level = partner.level
    facts = StoredFacts(case)
    hosts = host_names(case, now.domain)
    view = look(context, facts, now.domain, hosts, suffix_kind=now.suffix_kind)
    confirmed = confirmed_of(case, now.domain)
    seen = [host for host in view.hosts if host.host in confirmed.hosts]
    notices = tuple(
        SharedNotice(item.role, item.party_name, item.sent_at, item.status)
        for item in told.of_domain(case, now.domain)
        if item.sent_at is not None and item.role in _OPEN_ROLES
    )
    if now.first_confirmed is None or now.last_confirmed is None:
        raise AssertionError("only confirmed domains are asked for")
    found = now.findings
    shows_hosts = level in {Level.URL, Level.HOST}
    return SharedDomain(
        domain=now.domain,
        unicode=now.unicode,
        kind=now.kind,
        states=view.state.states,
        first_confirmed=now.first_confirmed,
        last_confirmed=now.last_confirmed,
        confirmed_pages=now.confirmed_urls,
        since=since or now.first_confirmed,
        changed_at=_changed(now, view, notices),
        registrar=found.registrar or "",
        registrar_iana_id=found.registrar_iana_id,
        created=found.created,
        country=found.hosting_country or "",
        asn=found.asn,
        as_name=found.as_name or "",
        cdn=found.cdn or "",
        persistent=bool(found.persistent),
        notices=notices,
        hosts=confirmed.hosts if shows_hosts else (),
        addresses=_addresses(seen) if shows_hosts else (),
        pages=_pages(confirmed) if level is Level.URL else (),
        items=_items(context, case, now.domain, partner),
    )


def _items(
    context: Context, case: CaseFile, domain: str, partner: PartnerSettings
) -> tuple[HashItem, ...]:
    """Return hashes where they are kept, for whom they are, at the highest level."""
    wanted = partner.level is Level.URL and for_hotline_or_authority(partner)
    if not (wanted and context.settings.hashes.enabled):
        return ()
    return tuple(stored.item for stored in hashes.of_domain(case, domain))


def _changed(now: DomainNow, view: View, notices: Sequence[SharedNotice]) -> datetime:
    moments = [now.last_confirmed, now.findings.looked_up_at, *(n.sent_at for n in notices)]
    moments += [item.asked_at for item in view.observations]
    return max(moment for moment in moments if moment is not None)


def _addresses(hosts: Sequence[HostView]) -> tuple[SharedAddress, ...]:
    return tuple(
        SharedAddress(
            host.host,
            address.ip,
            min(address.origin.asns) if address.origin and address.origin.asns else None,
            (address.origin.as_name or "") if address.origin else "",
        )
        for host in hosts
        for address in host.addresses
    )


def _pages(confirmed: Confirmed) -> tuple[SharedPage, ...]:
    return tuple(
        SharedPage(page.url, page.confirmed_at, page.legal_category)
        for page in confirmed.pages(confirmed.hosts)
    )


def preview(found: Outgoing) -> str:
    """Say exactly what a partner will see, names defanged."""
    tlp = found.settings.tlp.upper()
    lines = [
        f"To {found.partner} ({found.settings.kind}), level {found.level}, TLP:{tlp}",
        "Never among it: who reported or assessed, our references and notes.",
        *(f"{name}: {number}" for name, number in found.counts.items()),
    ]
    lines += [f"held back, {reason}: {number}" for reason, number in found.left_out.items()]
    for item in found.domains[:_SHOWN]:
        lines.append(_line(item))
        lines += [f"    {defang(page.url)}" for page in item.pages]
        if item.items:
            lines.append(f"    hashes of {len(item.items)} pieces of material")
    if len(found.domains) > _SHOWN:
        lines.append(f"and {len(found.domains) - _SHOWN} more")
    lines += [f"taken back: {defang(item.domain)}" for item in found.withdrawn[:_SHOWN]]
    if len(found.withdrawn) > _SHOWN:
        lines.append(f"and {len(found.withdrawn) - _SHOWN} more taken back")
    return "\n".join(lines)


def _line(item: SharedDomain) -> str:
    kind = str(item.kind) if item.kind else "kind not agreed"
    parts = [
        kind,
        ", ".join(item.states),
        item.registrar,
        item.country,
        f"hosts {', '.join(map(defang, item.hosts))}" if item.hosts else "",
        *(f"told {n.party} ({n.role}) on {n.sent_at:%Y-%m-%d}: {n.status}" for n in item.notices),
    ]
    return f"  {defang(item.domain)}: " + "; ".join(part for part in parts if part)


def for_hotline_or_authority(settings: PartnerSettings) -> bool:
    """Whether a partner is one that may have what only hotlines and authorities may."""
    return settings.kind in {PartnerKind.HOTLINE, PartnerKind.AUTHORITY}
