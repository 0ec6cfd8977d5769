"""EPP and RDAP statuses, free-text statuses and DNS outcomes -> the state of a domain.

Statuses in EPP spelling (RFC 5731, RFC 3915; RDAP's spelling is mapped by RFC 8056
before they come here). A hold never proves that a notice caused it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from abusetrack.judgement.answers import newest
from abusetrack.records import (
    AddressFacts,
    NameFacts,
    Observation,
    Outcome,
    Question,
    Registration,
    State,
    StateVerdict,
    SuffixKind,
)

# Folded (letters only, lower case) -> state. The first group is EPP, the second the
# free text of registries outside it.
STATUS_STATES: Mapping[str, State] = {
    "serverhold": State.HELD_BY_REGISTRY,
    "clienthold": State.HELD_BY_REGISTRAR,
    "pendingdelete": State.PENDING_DELETE,
    "redemptionperiod": State.REDEMPTION,
    "autorenewperiod": State.EXPIRED,
    "inactive": State.NOT_DELEGATED,
    "hold": State.HELD_BY_REGISTRY,
    "onhold": State.HELD_BY_REGISTRY,
    "registryhold": State.HELD_BY_REGISTRY,
    "suspended": State.HELD_BY_REGISTRY,
    "blocked": State.HELD_BY_REGISTRY,
    "registrarhold": State.HELD_BY_REGISTRAR,
    "pendingdeletion": State.PENDING_DELETE,
    "todelete": State.PENDING_DELETE,
    "deletecandidate": State.PENDING_DELETE,
    "quarantine": State.REDEMPTION,
    "inquarantine": State.REDEMPTION,
    "redemption": State.REDEMPTION,
    "pendingdeleterestorable": State.REDEMPTION,
    "expired": State.EXPIRED,
    "notdelegated": State.NOT_DELEGATED,
    "nodelegation": State.NOT_DELEGATED,
}

# Words in the sentences with which some country-code registries say it.
_WORD_STATES: Mapping[str, State] = {
    "suspended": State.HELD_BY_REGISTRY,
    "cancelled": State.HELD_BY_REGISTRY,
    "blocked": State.HELD_BY_REGISTRY,
    "quarantine": State.REDEMPTION,
    "redemption": State.REDEMPTION,
    "expired": State.EXPIRED,
}
_DENIED = frozenset({"not", "no", "never"})

_REASONS: Mapping[State, str] = {
    State.HELD_BY_REGISTRY: "held by the registry; it does not say why, and only the registry "
    "can lift it",
    State.HELD_BY_REGISTRAR: "held by the registrar; holds are also set for unpaid or unverified "
    "names",
    State.PENDING_DELETE: "about to be dropped; anyone can register it again afterwards",
    State.REDEMPTION: "deleted, and restorable by the registrar for about 30 days",
    State.EXPIRED: "past its expiry date, in the grace period in which it is usually renewed",
}

_NO_ANSWER: Mapping[Outcome, str] = {
    Outcome.BLOCKED_BY_RESOLVER: "the resolver blocks the name; ask an unfiltered one",
    Outcome.LAME: "delegated to name servers that do not serve it, as the resolver says",
    Outcome.BOGUS: "its DNSSEC signatures do not verify, as the resolver says",
    Outcome.SERVER_ERROR: "the resolver could not answer (SERVFAIL)",
    Outcome.TIMED_OUT: "the resolver did not answer in time",
    Outcome.REFUSED: "the resolver refused the question",
    Outcome.UNREACHABLE: "the resolver cannot be reached",
    Outcome.MALFORMED: "the resolver's answer was malformed",
}

_NOT_A_REGISTRATION: Mapping[SuffixKind | None, str] = {
    None: "no domain name: nothing is registered or delegated",
    SuffixKind.PLATFORM: "a name below a platform's suffix: the platform decides, nobody else",
    SuffixKind.DYNAMIC_DNS: "a name below a dynamic DNS suffix: that service decides, nobody else",
}

_ORDER = tuple(State)


def judge_state(
    registration: Registration,
    observations: Iterable[Observation],
    *,
    suffix_kind: SuffixKind | None = SuffixKind.ICANN,
    parking: Sequence[tuple[str, str]] = (),
    as_of: datetime,
) -> StateVerdict:
    """Judge a domain's state from its merged registration and its newest DNS answers.

    ``suffix_kind`` is None for a host without a registrable domain. ``parking`` holds
    (name server suffix, name of the service).
    """
    if (why := _NOT_A_REGISTRATION.get(suffix_kind)) is not None:
        return StateVerdict((State.UNKNOWN,), why)
    seen = list(observations)
    delegation = newest(seen).get(Question.NS)
    states = states_by_status(registration, as_of)
    if registration.found is False:
        states.add(State.NOT_REGISTERED)
    if _not_delegated(delegation):
        states.add(State.NOT_DELEGATED)
    if (parked := _parked(delegation, registration, parking) or _parked_address(seen)) is not None:
        states.add(State.PARKED)
    if states:
        ordered = tuple(state for state in _ORDER if state in states)
        return StateVerdict(ordered, _reason(ordered[0], registration, delegation, parked))
    if delegation is not None and delegation.outcome is Outcome.OK:
        also = "" if registration.found else "; its registration could not be seen"
        return StateVerdict((State.ACTIVE,), f"registered and delegated{also}")
    return StateVerdict((State.UNKNOWN,), _why_unknown(registration, delegation))


def states_by_status(registration: Registration, as_of: datetime) -> set[State]:
    """Return what the registration alone says, by its statuses and its expiry date."""
    folded = {"".join(filter(str.isalpha, status.lower())) for status in registration.statuses}
    states = {STATUS_STATES[status] for status in folded if status in STATUS_STATES}
    for status in registration.statuses:
        states.update(_by_words(status))
    if State.REDEMPTION in states:
        return states - {State.PENDING_DELETE}  # RFC 3915: both are set while it is restorable
    expired = registration.found and registration.expires and registration.expires < as_of
    if expired and State.PENDING_DELETE not in states:
        states.add(State.EXPIRED)
    return states


def _by_words(status: str) -> Iterable[State]:
    words = re.findall(r"[a-z]+", status.lower())
    if len(words) > 2 and not _DENIED & set(words):
        yield from (_WORD_STATES[word] for word in words if word in _WORD_STATES)


def _not_delegated(delegation: Observation | None) -> bool:
    return delegation is not None and delegation.outcome in {Outcome.NOT_FOUND, Outcome.NO_DATA}


def _parked(
    delegation: Observation | None,
    registration: Registration,
    parking: Sequence[tuple[str, str]],
) -> str | None:
    servers: tuple[str, ...] = registration.name_servers
    if delegation is not None and isinstance(delegation.facts, NameFacts):
        servers = delegation.facts.names
    service = parking_service(servers, parking)
    if service is None:
        return None
    return f"its name servers are those of a parking or suspension service ({service})"


def parking_service(servers: Iterable[str], parking: Sequence[tuple[str, str]]) -> str | None:
    """Name the parking or suspension service that one of ``servers`` belongs to, by suffix."""
    for server in servers:
        for suffix, service in parking:
            if server == suffix or server.endswith(f".{suffix}"):
                return service
    return None


def _parked_address(observations: Iterable[Observation]) -> str | None:
    for observation in observations:
        if isinstance(observation.facts, AddressFacts) and observation.facts.parking:
            return f"its addresses are those of a parking service ({observation.facts.parking})"
    return None


def _reason(
    state: State,
    registration: Registration,
    delegation: Observation | None,
    parked: str | None,
) -> str:
    if state is State.NOT_REGISTERED:
        return f"no such domain, says {registration.source}"
    if state is State.NOT_DELEGATED:
        if delegation is None or not _not_delegated(delegation):
            return "registered without name servers, says its registration"
        seen = "registered, but " if registration.found else "registration not seen, and "
        what = "NXDOMAIN" if delegation.outcome is Outcome.NOT_FOUND else "no name servers"
        return f"{seen}DNS says {what}"
    if state is State.PARKED and parked:
        return parked
    return _REASONS[state]


def _why_unknown(registration: Registration, delegation: Observation | None) -> str:
    if delegation is None and registration.found is None:
        return "not looked up yet" if not registration.source else registration.registrar_reason
    dns = "name servers not asked"
    if delegation is not None:
        dns = _NO_ANSWER.get(delegation.outcome, f"DNS: {delegation.outcome.value}")
    return f"registered, but {dns}" if registration.found else dns
