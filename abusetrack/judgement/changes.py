"""The whole history of a domain -> what changed, with the sightings before and after.

A failure is no change, and neither is a block by the resolver: only answers are
compared, each with answers to the same question. Gone is said by the rule of
:mod:`abusetrack.judgement.gone` alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from abusetrack.judgement import gone
from abusetrack.judgement.moves import Covering, host_changes
from abusetrack.judgement.registrars import Registrars, fold_party
from abusetrack.judgement.registration import merge
from abusetrack.judgement.sightings import Sighting, Step, steps
from abusetrack.judgement.state import parking_service, states_by_status
from abusetrack.records import (
    Change,
    ChangeKind,
    Kind,
    NameFacts,
    Observation,
    Outcome,
    Question,
    Registrar,
    State,
)

_HELD = frozenset({State.HELD_BY_REGISTRY, State.HELD_BY_REGISTRAR})
_LEAVING = frozenset({State.PENDING_DELETE, State.REDEMPTION, State.NOT_REGISTERED})
_ONE_CHECK = timedelta(minutes=30)  # answers within it are of one occasion
_DAY = timedelta(days=1)
# What another registration of the same name makes different is no change of the old one.
_OF_THE_REGISTRATION = frozenset(
    {
        ChangeKind.HOLD_SET,
        ChangeKind.HOLD_LIFTED,
        ChangeKind.REGISTRAR_CHANGED,
        ChangeKind.STATE_CHANGED,
    }
)


@dataclass(frozen=True, slots=True)
class Rules:
    """What the comparison needs besides the observations."""

    registrars: Registrars
    parking: Sequence[tuple[str, str]] = ()  # (name server suffix, service)
    registration_max_age: timedelta = timedelta(hours=24)


def judge_changes(
    domain: str,
    hosts: Iterable[str],
    history: Iterable[Observation],
    *,
    covering: Covering,
    rules: Rules,
    registered: bool = True,
) -> tuple[Change, ...]:
    """Return what changed about ``domain`` and its reported ``hosts``, oldest first.

    ``history`` has their observations in any order; ``covering`` gives the newest
    network answers for an address. A name that is not ``registered`` by itself (below a
    platform's suffix, an address) has changes of its hosts only.
    """
    past = sorted(history, key=lambda o: o.asked_at)
    names = list(dict.fromkeys(hosts))
    found: list[Change] = []
    if registered:
        found += _of_registration(domain, past, rules)
        found += _of_name_servers(domain, past, rules)
        found += _presence(domain, past, rules)
    of_hosts = [c for host in names if host != domain for c in _presence(host, past, rules)]
    found += [c for c in of_hosts if not any(_says_as_much(c, other) for other in found)]
    for host in names:
        found += host_changes(host, past, covering)
    order = tuple(ChangeKind)
    return tuple(
        sorted(found, key=lambda c: (c.first_seen_after, order.index(c.kind), c.subject, c.after))
    )


def _says_as_much(host: Change, domain: Change) -> bool:
    """Whether a host went or came only because its domain did."""
    return (
        host.kind is domain.kind
        and abs(host.first_seen_after - domain.first_seen_after) <= _ONE_CHECK
    )


# --- what the registry says


@dataclass(frozen=True, slots=True)
class _Entry:
    """One answer of a registry, by its own service or by WHOIS."""

    question: Question
    states: frozenset[State]
    silent: bool  # it gives no status at all
    created: datetime | None
    registrar: Registrar | None


def _of_registration(domain: str, past: Sequence[Observation], rules: Rules) -> list[Change]:
    seen = _entries(domain, past, rules)
    anew = [
        step.change(
            ChangeKind.REREGISTERED,
            domain,
            _registration(step.last.value),
            _registration(step.first.value),
        )
        for step in _anew(seen)
    ]
    others = [_of_states(domain, step) for step in steps(seen, _same_states)]
    others += [
        step.change(
            ChangeKind.REGISTRAR_CHANGED,
            domain,
            _named(step.last.value.registrar),
            _named(step.first.value.registrar),
        )
        for step in steps([s for s in seen if s.value.registrar], _same_registrar)
    ]
    moments = {change.first_seen_after for change in anew}
    return anew + [
        change
        for change in others
        if not (change.kind in _OF_THE_REGISTRATION and change.first_seen_after in moments)
    ]


def _entries(domain: str, past: Sequence[Observation], rules: Rules) -> list[Sighting[_Entry]]:
    answers = [
        o
        for o in past
        if o.kind is Kind.REGISTRATION
        and o.subject == domain
        and o.question in gone.REGISTRIES
        and o.outcome in {Outcome.OK, Outcome.NOT_FOUND}
    ]
    rdap = [o.asked_at for o in answers if o.question is Question.REGISTRY_RDAP]
    return [
        Sighting(_entry(domain, o, rules), o.asked_at, (o.id,))
        for o in answers
        # Where both answer, the registry's RDAP speaks: WHOIS may lag behind it.
        if o.question is Question.REGISTRY_RDAP
        or not any(abs(o.asked_at - at) <= _ONE_CHECK for at in rdap)
    ]


def _entry(domain: str, observation: Observation, rules: Rules) -> _Entry:
    tld = domain.rpartition(".")[2]
    merged = merge([observation], tld=tld, registrars=rules.registrars)
    states = states_by_status(merged, observation.asked_at)
    if observation.outcome is Outcome.NOT_FOUND:
        states = {State.NOT_REGISTERED}
    silent = observation.outcome is Outcome.OK and not merged.statuses
    return _Entry(observation.question, frozenset(states), silent, merged.created, merged.registrar)


def _same_states(before: _Entry, after: _Entry) -> bool | None:
    if before.states == after.states:
        return True
    # A service that gives no statuses at all does not deny those that another one gave.
    if before.question is not after.question and (before.silent or after.silent):
        return None
    return False


def _of_states(domain: str, step: Step[_Entry]) -> Change:
    before, after = step.last.value.states, step.first.value.states
    kind = ChangeKind.STATE_CHANGED
    if (after & _HELD) - before:
        kind = ChangeKind.HOLD_SET
    elif (before & _HELD) - after and not after & _LEAVING:
        kind = ChangeKind.HOLD_LIFTED
    return step.change(kind, domain, _worded(before), _worded(after))


def _worded(states: Iterable[State]) -> str:
    said = set(states)
    return ", ".join(state.value for state in State if state in said) or "registered"


def _anew(seen: Iterable[Sighting[_Entry]]) -> Iterator[Step[_Entry]]:
    """Yield where the name was registered again.

    The new date lies after the name was last seen under the old one. Any other later
    date is a correction, another zone or another way to write it.
    """
    last: Sighting[_Entry] | None = None
    for sighting in seen:
        created = sighting.value.created
        if created is None:
            continue
        if last is not None and last.value.created is not None:
            later = created - last.value.created > _DAY
            if later and created > last.at - _DAY:
                yield Step(last, last, sighting)
        last = sighting


def _registration(entry: _Entry) -> str:
    day = entry.created.date().isoformat() if entry.created else "at a date not given"
    return f"created {day}, {_named(entry.registrar)}"


def _same_registrar(before: _Entry, after: _Entry) -> bool | None:
    old, new = before.registrar, after.registrar
    if old is None or new is None:
        return None
    if old.key == new.key or fold_party(old.name) == fold_party(new.name):
        return True
    # Where one answer gives an ID and another service a name only, they may mean the same.
    if (old.iana_id is None) != (new.iana_id is None) and before.question is not after.question:
        return None
    return False


def _named(registrar: Registrar | None) -> str:
    if registrar is None:
        return "registrar not named"
    number = f" (IANA ID {registrar.iana_id})" if registrar.iana_id else ""
    return f"{registrar.name}{number}"


# --- what the DNS says


def _of_name_servers(domain: str, past: Sequence[Observation], rules: Rules) -> Iterator[Change]:
    seen = [
        Sighting(frozenset(o.facts.names), o.asked_at, (o.id,))
        for o in past
        if o.subject == domain and o.question is Question.NS and isinstance(o.facts, NameFacts)
    ]
    for step in steps(seen, frozenset.__eq__):
        before, after = step.last.value, step.first.value
        kind = ChangeKind.NAME_SERVERS_CHANGED
        yield step.change(kind, domain, ", ".join(sorted(before)), ", ".join(sorted(after)))
        parked = [parking_service(sorted(names), rules.parking) for names in (before, after)]
        if parked[0] != parked[1]:
            words = [_parked(service) for service in parked]
            yield step.change(ChangeKind.STATE_CHANGED, domain, *words)


def _parked(service: str | None) -> str:
    return f"{State.PARKED.value} ({service})" if service else f"no {State.PARKED.value}"


def _presence(name: str, past: Sequence[Observation], rules: Rules) -> Iterator[Change]:
    """Yield where a name went from the DNS, and where it came back."""
    registered = [o for o in past if o.kind is Kind.REGISTRATION and o.question in gone.REGISTRIES]
    seen: Observation | None = None
    denied: list[Observation] = []
    left: Change | None = None
    for observation in past:
        if observation.subject != name or observation.question not in gone.QUESTIONS:
            continue
        if observation.outcome is Outcome.NOT_FOUND:
            denied.append(observation)
        elif observation.outcome in gone.SEEN:
            left = _left(name, seen, denied, registered, rules)
            if left is not None:
                yield left
                yield _back(left, denied[-1], observation)
            seen, denied = observation, []
    if (left := _left(name, seen, denied, registered, rules)) is not None:
        yield left


def _left(
    name: str,
    seen: Observation | None,
    denied: Sequence[Observation],
    registered: Sequence[Observation],
    rules: Rules,
) -> Change | None:
    """Say that a name is gone that was seen before; one never seen has not changed."""
    if seen is None:
        return None
    agreed = gone.agreeing(denied, registered, rules.registration_max_age)
    second = next((o for o in agreed if o.asked_at - agreed[0].asked_at >= gone.APART), None)
    if second is None:
        return None
    return Change(
        ChangeKind.GONE,
        name,
        "in the DNS",
        "no such name",
        last_seen_before=seen.asked_at,
        first_seen_after=agreed[0].asked_at,
        established_at=second.asked_at,
        facts=(seen.id, agreed[0].id, second.id),
    )


def _back(left: Change, denied: Observation, seen: Observation) -> Change:
    return Change(
        ChangeKind.RETURNED,
        left.subject,
        left.after,
        left.before,
        last_seen_before=denied.asked_at,
        first_seen_after=seen.asked_at,
        established_at=seen.asked_at,
        facts=(denied.id, seen.id),
    )
