"""The links and hops of domains, from what they were seen with."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from abusetrack.casefile import CaseFile, hashes, hops, projection, traits
from abusetrack.casefile.hops import HopString
from abusetrack.casefile.traits import Holder
from abusetrack.judgement.links import Registered, Seen, Shared, is_a_providers, judge_links
from abusetrack.judgement.state import parking_service
from abusetrack.records import (
    CdnFacts,
    DomainNow,
    Link,
    LinkKind,
    OriginFacts,
    SiteKind,
    SuffixKind,
    Trait,
    TraitKind,
)
from abusetrack.triage.context import Context
from abusetrack.triage.views import Facts, StoredFacts

_KINDS = {
    TraitKind.NAME_SERVER: LinkKind.NAME_SERVER,
    TraitKind.MAIL_HOST: LinkKind.MAIL_HOST,
    TraitKind.ADDRESS: LinkKind.ADDRESS,
    TraitKind.REGISTRANT: LinkKind.REGISTRANT,
}
_SHARED_SUFFIXES = {SuffixKind.PLATFORM, SuffixKind.DYNAMIC_DNS}
_WATCHED = 2  # endings from which a string is watched


@dataclass(frozen=True, slots=True)
class Links:
    """What links a domain to others, and what it shares with too many to say anything."""

    links: tuple[Link, ...]
    too_shared: tuple[str, ...]


def of_domain(context: Context, case: CaseFile, now: DomainNow) -> Links:
    """Return the links of one domain; a name under a platform shares its servers by nature."""
    if now.suffix_kind in _SHARED_SUFFIXES:
        return Links((), ())
    most = context.settings.policy.shared_names
    found = list(_shared(context, case, now, StoredFacts(case), most))
    others = {seen.domain for one in found for seen in one.others}
    same_string: tuple[str, ...] = ()
    if now.kind is SiteKind.DEDICATED:
        same_string = projection.same_label(case, now.domain, kind=SiteKind.DEDICATED)
    rows = {row.domain: row for row in projection.read_many(case, {*others, *same_string})}
    too_shared = tuple(
        f"{one.kind.value} {one.value}: more than {most} names of the case file"
        for one in found
        if is_a_providers(one, most)
    )
    found = [_without(one, rows) for one in found if not is_a_providers(one, most)]
    registered = {
        row.domain: Registered(row.findings.created, row.findings.registrar_key)
        for row in (now, *rows.values())
    }
    links = judge_links(found, registered, same_string, domain=now.domain, most=most)
    return Links(links, too_shared)


def hop_strings(context: Context, case: CaseFile) -> tuple[list[HopString], list[HopString]]:
    """Return the hopping strings by the policy, and those to watch: under two endings or more."""
    found = hops.strings(case, endings=_WATCHED)
    enough = context.settings.policy.hop_tlds
    hopping = [string for string in found if string.endings >= enough]
    return hopping, [string for string in found if string.endings < enough]


def _shared(
    context: Context, case: CaseFile, now: DomainNow, facts: Facts, most: int
) -> Iterator[Shared]:
    yield from _same_material(case, now, most)
    prefixes: dict[str, Seen] = {}
    for trait in traits.of_domain(case, now.domain):
        mine = Seen(now.domain, trait.first_seen, trait.last_seen, trait.fact)
        if _is_a_services(context, trait, facts):
            continue
        others = traits.holders(case, trait, but=now.domain, limit=most + 1)
        yield Shared(_KINDS[trait.kind], trait.value, mine, tuple(map(_seen, others)))
        if trait.kind is TraitKind.ADDRESS and (prefix := _prefix(facts, trait.value)):
            prefixes.setdefault(prefix, mine)
    for prefix, mine in prefixes.items():
        others = traits.in_prefix(case, prefix, but=now.domain, limit=most + 1)
        yield Shared(LinkKind.PREFIX, prefix, mine, tuple(map(_seen, others)))


def _same_material(case: CaseFile, now: DomainNow, most: int) -> Iterator[Shared]:
    """Yield the others of which the same material was reported; which, is not said."""
    own = hashes.of_domain(case, now.domain)
    found = hashes.same_items(case, now.domain, limit=most + 1)
    if own and found:
        mine = Seen(now.domain, own[0].at, own[-1].at, own[0].id)
        others = tuple(Seen(o.domain, o.first_seen, o.last_seen, o.fact) for o in found)
        yield Shared(LinkKind.ITEM, "by its hash", mine, others)


def _is_a_services(context: Context, trait: Trait, facts: Facts) -> bool:
    """Whether a table knows it as a parking service's or a delivery network's."""
    if trait.kind is TraitKind.NAME_SERVER:
        return parking_service([trait.value], context.parking) is not None
    if trait.kind is TraitKind.ADDRESS:
        return any(isinstance(item.facts, CdnFacts) for item in facts.covering(trait.value))
    return False


def _prefix(facts: Facts, address: str) -> str | None:
    found = [
        item.facts.prefix for item in facts.covering(address) if isinstance(item.facts, OriginFacts)
    ]
    return found[0] if found else None


def _without(shared: Shared, rows: dict[str, DomainNow]) -> Shared:
    """Leave out names under a platform."""
    others = tuple(
        seen
        for seen in shared.others
        if seen.domain in rows and rows[seen.domain].suffix_kind not in _SHARED_SUFFIXES
    )
    return Shared(shared.kind, shared.value, shared.mine, others)


def _seen(holder: Holder) -> Seen:
    return Seen(holder.domain, holder.first_seen, holder.last_seen, holder.fact)
