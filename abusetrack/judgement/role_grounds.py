"""What speaks for a notice to a role: the one nearest to the content comes first."""

from __future__ import annotations

from collections.abc import Sequence

from abusetrack.judgement.persistence import CONTENT_ROLES, sent
from abusetrack.judgement.role_case import (
    SHARED_SUFFIXES,
    RoleCase,
    Rule,
    had_no_effect,
    is_unanswered,
    name_of,
)
from abusetrack.records import Advice, Role, SiteKind, SuffixKind


def _acts_on_content(_case: RoleCase, _role: Role) -> str | None:
    return "can remove the content alone"


def _hosts_alone(case: RoleCase, _role: Role) -> str | None:
    if case.now.suffix_kind in SHARED_SUFFIXES:
        return None
    if case.now.kind in {SiteKind.DEDICATED, SiteKind.COMPROMISED}:
        return "nearest to the content, apart from the operator"
    return None


def _content_still_there(case: RoleCase, _role: Role) -> str | None:
    failed = [item for item in sent(case.told, CONTENT_ROLES) if had_no_effect(case, item)]
    return f"{name_of(failed[-1])} had no effect" if failed else None


def _site_first(_case: RoleCase, _role: Role) -> str | None:
    return "the site's own abuse desk first"


def _in_front(_case: RoleCase, _role: Role) -> str | None:
    return "stands in front and knows the origin"


def _lives_for_abuse(case: RoleCase, _role: Role) -> str | None:
    now = case.now
    if case.persistent.holds:
        return "a dedicated site, persistently abusive: " + case.persistent.reasons[0].text
    if now.confirmed_urls > 1:
        return f"a dedicated site with {now.confirmed_urls} confirmed URLs"
    if (why := _content_still_there(case, Role.REGISTRAR)) is not None:
        return f"a dedicated site, and {why}"
    created = now.findings.created
    if created is not None and now.first_reported - created >= case.policy.old_domain:
        return None
    return "a dedicated site with confirmed reports"


def _old_domain(case: RoleCase, _role: Role) -> str | None:
    created = case.now.findings.created
    day = f"{created:%Y-%m-%d}" if created else "long ago"
    return (
        f"a dedicated site with one confirmed URL, but registered on {day}: make sure that it was "
        "not hacked"
    )


def _registrar_failed(case: RoleCase, _role: Role) -> str | None:
    told = sent(case.told, frozenset({Role.REGISTRAR}))
    failed = [item for item in told if had_no_effect(case, item)]
    return f"{name_of(failed[-1])} had no effect" if failed else None


def _hopping(case: RoleCase, _role: Role) -> str | None:
    hopping = [reason for reason in case.persistent.reasons if reason.code == "hopping"]
    return hopping[0].text if case.persistent.holds and hopping else None


def _private_registry(case: RoleCase, _role: Role) -> str | None:
    if case.now.suffix_kind is SuffixKind.PRIVATE_REGISTRY:
        return "the private registry registered it; there is no registrar"
    return None


def _registrar_first(_case: RoleCase, _role: Role) -> str | None:
    return "after the registrar, or with it"


def _link_only(_case: RoleCase, _role: Role) -> str | None:
    return "deletes the link only; the content stays"


def _knows_the_country(_case: RoleCase, _role: Role) -> str | None:
    return "knows law and police of the hosting country"


def _commercial(case: RoleCase, _role: Role) -> str | None:
    return "a commercial site: payments can be traced" if case.now.commercial else None


def _at_any_time(_case: RoleCase, _role: Role) -> str | None:
    return "may be told at any time"


def _reseller_of_hacked(_case: RoleCase, _role: Role) -> str | None:
    return "often hosts the site as well, and knows its owner"


def _complaint(case: RoleCase, _role: Role) -> str | None:
    told = sent(case.told, frozenset({Role.REGISTRAR}))
    failed = [item for item in told if is_unanswered(case, item)]
    return f"about how {name_of(failed[-1])} was handled; ICANN takes no site down"


_YES, _MAYBE = Advice.ADVISED, Advice.POSSIBLE
GROUNDS: Sequence[Rule] = (  # the first that applies decides
    Rule("acts_on_content", _YES, frozenset({Role.PLATFORM}), _acts_on_content),
    Rule("nearest", _YES, frozenset({Role.HOST}), _hosts_alone),
    Rule("still_there", _YES, frozenset({Role.HOST, Role.SEARCH_ENGINE}), _content_still_there),
    Rule("site_first", _MAYBE, frozenset({Role.HOST}), _site_first),
    Rule("in_front", _YES, frozenset({Role.CDN}), _in_front),
    Rule("dedicated", _YES, frozenset({Role.REGISTRAR}), _lives_for_abuse),
    Rule("old_domain", _MAYBE, frozenset({Role.REGISTRAR}), _old_domain),
    Rule("registrar_failed", _YES, frozenset({Role.REGISTRY}), _registrar_failed),
    Rule("hopping", _YES, frozenset({Role.REGISTRY}), _hopping),
    Rule("private_registry", _YES, frozenset({Role.REGISTRY}), _private_registry),
    Rule("registrar_first", _MAYBE, frozenset({Role.REGISTRY}), _registrar_first),
    Rule("link_only", _MAYBE, frozenset({Role.SEARCH_ENGINE}), _link_only),
    Rule("country", _YES, frozenset({Role.HOTLINE}), _knows_the_country),
    Rule("commercial", _YES, frozenset({Role.AUTHORITY}), _commercial),
    Rule("any_time", _MAYBE, frozenset({Role.AUTHORITY}), _at_any_time),
    Rule("reseller", _MAYBE, frozenset({Role.RESELLER}), _reseller_of_hacked),
    Rule("complaint", _MAYBE, frozenset({Role.ICANN}), _complaint),
)
