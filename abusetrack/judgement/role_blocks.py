"""What stops a notice to a role, and what an analyst has to answer with a typed reason."""

from __future__ import annotations

from collections.abc import Sequence

from abusetrack.judgement.persistence import CONTENT_ROLES, sent
from abusetrack.judgement.role_case import (
    ALL,
    DOMAIN_LEVEL,
    SHARED_SUFFIXES,
    SUSPENDING,
    RoleCase,
    Rule,
    is_unanswered,
)
from abusetrack.records import Advice, HostKind, Role, SiteKind, State, SuffixKind

_SUFFIX_REASONS = {
    None: "is no registrable domain by the suffix list in use: others' sites may stand under it",
    SuffixKind.PLATFORM: "stands under a platform's suffix: ask the platform, not a registrar",
    SuffixKind.DYNAMIC_DNS: "stands under a dynamic DNS suffix: ask that service, not a registrar",
    SuffixKind.PRIVATE_REGISTRY: "stands under a private registry's suffix, which has no registrar",
    SuffixKind.UNKNOWN: "its ending is not on the suffix list in use",
}
_GONE = {State.HELD_BY_REGISTRY, State.PENDING_DELETE, State.REDEMPTION, State.NOT_REGISTERED}
_NOTHING_TO_ASK = {
    Role.REGISTRY: _GONE,
    Role.REGISTRAR: {*_GONE, State.HELD_BY_REGISTRAR},
    Role.RESELLER: {*_GONE, State.HELD_BY_REGISTRAR},
}
# How some registrars suspend; it may also be the owner's doing, so that people look first.
_NOT_SHOWN = {State.NOT_DELEGATED, State.PARKED}


def _no_registration(case: RoleCase, role: Role) -> str | None:
    if case.now.host_kind is not HostKind.NAME:
        return f"{case.now.host_kind.value}: no registrar"
    if role is Role.REGISTRY and case.now.suffix_kind is SuffixKind.PRIVATE_REGISTRY:
        return None
    return _SUFFIX_REASONS.get(case.now.suffix_kind)


def _not_confirmed(case: RoleCase, _role: Role) -> str | None:
    return "not assessed" if case.now.confirmed_reports == 0 else None


def _gate_open(case: RoleCase, _role: Role) -> str | None:
    return "; ".join(reason.text for reason in case.gate.reasons) if case.gate.open else None


def _kind_unknown(case: RoleCase, _role: Role) -> str | None:
    return "kind of site not assessed" if case.now.kind is SiteKind.UNKNOWN else None


def _kind_differs(case: RoleCase, _role: Role) -> str | None:
    return case.now.kind_reason if case.now.kind is None and case.now.confirmed_reports else None


def _protected(case: RoleCase, _role: Role) -> str | None:
    if (name := case.protected) is None:
        return None
    whose = f" of {name.party}" if name.party else ""
    return f"{name.name} is a protected name ({name.category.value}{whose})"


def _infrastructure(case: RoleCase, _role: Role) -> str | None:
    if not case.infrastructure:
        return None
    return "others depend on it: " + "; ".join(reason.text for reason in case.infrastructure)


def _perhaps_shared(case: RoleCase, _role: Role) -> str | None:
    own = {case.now.domain, f"www.{case.now.domain}"}
    if not case.other_hosts or own & set(case.confirmed_hosts):
        return None
    return (
        "confirmed only on names below it, while others below it are reported and not confirmed: "
        "assess those first; where different people have them, it is a platform"
    )


def _nothing_to_ask(case: RoleCase, role: Role) -> str | None:
    if (state := case.now.findings.state) in _NOTHING_TO_ASK[role]:
        return f"nothing to ask: {state.value}"
    return None


def _registered_anew(case: RoleCase, _role: Role) -> str | None:
    created, confirmed = case.now.findings.created, case.now.last_confirmed
    if created is None or confirmed is None or created <= confirmed:
        return None
    return (
        f"registered anew on {created:%Y-%m-%d}, after its last confirmed report; its holder may "
        "be another: assess it again"
    )


def _no_contract(case: RoleCase, _role: Role) -> str | None:
    return None if case.generic else "not under a generic top-level domain: ICANN has no contract"


def _registrar_not_asked(case: RoleCase, _role: Role) -> str | None:
    if any(is_unanswered(case, item) for item in sent(case.told, frozenset({Role.REGISTRAR}))):
        return None
    days = case.policy.reply_by.days
    return f"no notice to its registrar was refused, bounced or unanswered for {days} days"


def _no_send(case: RoleCase, role: Role) -> str | None:
    return "its contact is on the no-send list" if role in case.no_send else None


_NOBODY = {
    Role.HOST: "the network is not known",
    Role.CDN: "no content delivery network is known to stand in front",
    Role.PLATFORM: "it stands on no platform that is known",
    Role.RESELLER: "no reseller is named",
    Role.SEARCH_ENGINE: "the directory has no search engine",
    Role.HOTLINE: "the hosting country is not known",
    Role.AUTHORITY: "the hosting country is not known",
}


def _nobody(case: RoleCase, role: Role) -> str | None:
    if role is Role.REGISTRAR:
        if case.now.findings.registrar_key is not None:
            return None
        return f"registrar not known: {case.now.findings.registrar_reason}"
    if role in _NOBODY and not case.knows(role):
        return f"nobody to address: {_NOBODY[role]}"
    return None


def _not_dedicated(case: RoleCase, role: Role) -> str | None:
    kind = case.now.kind
    if kind in {None, SiteKind.UNKNOWN, SiteKind.DEDICATED}:
        return None
    if role is Role.RESELLER and kind is SiteKind.COMPROMISED:
        return None
    return f"assessed as {kind}, not as dedicated"


def _may_be_the_operator(case: RoleCase, _role: Role) -> str | None:
    if case.now.kind is not SiteKind.DEDICATED:
        return None
    return "the reseller of a dedicated site may be its operator"


def _tips_off(case: RoleCase, _role: Role) -> str | None:
    if case.now.kind is SiteKind.DEDICATED and case.now.suffix_kind not in SHARED_SUFFIXES:
        return "writing to the operator of a dedicated site warns him"
    return None


def _held_already(case: RoleCase, _role: Role) -> str | None:
    if case.now.findings.state is State.HELD_BY_REGISTRAR:
        return "the registrar holds it already"
    return None


def _not_shown(case: RoleCase, _role: Role) -> str | None:
    found = case.now.findings
    # Not only the strongest: a name in its grace period may be suspended as well.
    for state in (found.state, *found.states):
        if state in _NOT_SHOWN:
            return f"perhaps suspended already: {state.value}"
    return None


def _content_gone(case: RoleCase, _role: Role) -> str | None:
    seen = case.contents
    if len(seen) < max(case.now.confirmed_urls, 1) or any(
        item.present is not False for item in seen
    ):
        return None
    return f"its content was reported gone on {max(item.at for item in seen):%Y-%m-%d}"


_ASSESS = "assess it: 'abusetrack assess'"
_BLOCK, _AGAINST = Advice.BLOCKED, Advice.NOT_ADVISED

# In the order in which an analyst would want to hear them.
BLOCKS: Sequence[Rule] = (
    Rule("no_registration", _BLOCK, DOMAIN_LEVEL, _no_registration, "another suffix list"),
    Rule("not_confirmed", _BLOCK, ALL, _not_confirmed, _ASSESS),
    Rule("gate_open", _BLOCK, ALL, _gate_open, "the gate is cleared: 'abusetrack gate'"),
    Rule("kind_unknown", _BLOCK, ALL, _kind_unknown, _ASSESS),
    Rule("kind_differs", _BLOCK, DOMAIN_LEVEL, _kind_differs, "the assessments agree"),
    Rule("protected", _BLOCK, DOMAIN_LEVEL, _protected, "'abusetrack protect remove'"),
    Rule(
        "infrastructure",
        _BLOCK,
        DOMAIN_LEVEL,
        _infrastructure,
        "nobody depends on it",
        lambda case: case.infrastructure,
    ),
    Rule("perhaps_shared", _BLOCK, DOMAIN_LEVEL, _perhaps_shared, "the other hosts are assessed"),
    Rule("nothing_to_ask", _BLOCK, SUSPENDING, _nothing_to_ask, "it is seen back"),
    Rule("registered_anew", _BLOCK, DOMAIN_LEVEL, _registered_anew, "a new confirmed report"),
    Rule("no_contract", _BLOCK, frozenset({Role.ICANN}), _no_contract),
    Rule(
        "registrar_not_asked",
        _BLOCK,
        frozenset({Role.ICANN}),
        _registrar_not_asked,
        "a notice to the registrar stays without an answer",
    ),
    Rule("no_send", _BLOCK, ALL, _no_send, "another contact of the party"),
    Rule("no_registrar", _BLOCK, frozenset({Role.REGISTRAR}), _nobody, "it is looked up again"),
    Rule("nobody", _BLOCK, ALL - {Role.REGISTRAR}, _nobody, "it is looked up again"),
)
OBJECTIONS: Sequence[Rule] = (
    Rule("not_dedicated", _AGAINST, SUSPENDING, _not_dedicated, "it is assessed as dedicated"),
    Rule("operator", _AGAINST, frozenset({Role.RESELLER}), _may_be_the_operator),
    Rule("tips_off", _AGAINST, frozenset({Role.PLATFORM}), _tips_off),
    Rule("held_already", _AGAINST, frozenset({Role.REGISTRY}), _held_already, "the hold is lifted"),
    Rule("not_shown", _AGAINST, SUSPENDING, _not_shown, "it is seen back"),
    Rule(
        "content_gone",
        _AGAINST,
        frozenset({*CONTENT_ROLES, Role.SEARCH_ENGINE}),
        _content_gone,
        "it is reported present",
    ),
)
