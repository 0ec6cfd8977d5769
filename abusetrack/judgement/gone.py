"""Is a name gone from the DNS? Said late rather than wrongly.

One "no such name" can be a block, a slip of a resolver, or a minute without a zone. A
name is gone when it was denied twice, at least an hour apart, each time with the
registry's agreement or by two resolvers, and nobody has seen it since the first time.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from abusetrack.records import (
    Kind,
    Observation,
    Outcome,
    Question,
    Reason,
    RegistrationFacts,
    Verdict,
)

APART = timedelta(hours=1)
TOGETHER = timedelta(minutes=30)  # what two resolvers say within it is one occasion
QUESTIONS = frozenset({Question.A, Question.AAAA, Question.NS})
# These say that the name exists. Whatever else fails to deny it says nothing: a block, a
# time-out, a lame delegation.
SEEN = frozenset({Outcome.OK, Outcome.NO_DATA, Outcome.CNAME_LOOP})
# The registrar's own service speaks for the registrar, not for what is registered.
REGISTRIES = frozenset({Question.REGISTRY_RDAP, Question.WHOIS})
# EPP statuses under which a name is not in the DNS (RFC 5731, RFC 3915).
_OUT_OF_DNS = frozenset(
    {"clienthold", "serverhold", "inactive", "pendingdelete", "redemptionperiod"}
)


def judge_gone(
    name: str,
    history: Iterable[Observation],
    *,
    as_of: datetime,
    registration_max_age: timedelta = timedelta(hours=24),
) -> Verdict:
    """Judge whether ``name`` (a host or a domain) is gone as of ``as_of``.

    ``history`` holds its DNS observations and the registration observations of its
    domain, in any order; a registration answer agrees for ``registration_max_age``.
    """
    past = sorted((o for o in history if o.asked_at <= as_of), key=lambda o: o.asked_at)
    asked = [o for o in past if o.subject == name and o.question in QUESTIONS]
    registered = [o for o in past if o.kind is Kind.REGISTRATION and o.question in REGISTRIES]
    seen = [o for o in asked if o.outcome in SEEN]
    denied = [
        o
        for o in asked
        if o.outcome is Outcome.NOT_FOUND and (not seen or o.asked_at > seen[-1].asked_at)
    ]
    if not denied:
        return Verdict(False, (_why_not_denied(asked, seen),), as_of)
    agreed = agreeing(denied, registered, registration_max_age)
    if not agreed:
        text = "no such name, says one resolver only, and the registry does not agree"
        return Verdict(False, (_reason("not agreed", text, denied),), as_of)
    if agreed[-1].asked_at - agreed[0].asked_at < APART:
        text = "no such name, but seen so only once; it is gone if the same is seen an hour later"
        return Verdict(False, (_reason("only once", text, agreed),), as_of)
    first, last = agreed[0], agreed[-1]
    text = (
        f"no such name, seen {first.asked_at:%Y-%m-%d %H:%M} and {last.asked_at:%Y-%m-%d %H:%M} "
        "UTC, each time with the registry's agreement or by two resolvers"
    )
    return Verdict(True, (_reason("gone", text, (first, last)),), as_of)


def agreeing(
    denied: Sequence[Observation], registered: Sequence[Observation], max_age: timedelta
) -> list[Observation]:
    """Return the denials that the registry or another resolver agrees with, oldest first.

    ``denied`` are those since the name was last seen, ``registered`` the answers of its
    registry, both oldest first. It is gone once two of them are :data:`APART`.
    """
    return [o for o in denied if _is_agreed(o, denied, registered, max_age)]


def _is_agreed(
    denial: Observation,
    denied: Sequence[Observation],
    registered: Sequence[Observation],
    max_age: timedelta,
) -> bool:
    if any(
        other.source != denial.source and abs(other.asked_at - denial.asked_at) <= TOGETHER
        for other in denied
    ):
        return True
    near = [
        o
        for o in registered
        if -TOGETHER <= denial.asked_at - o.asked_at <= max_age
        and o.outcome in {Outcome.OK, Outcome.NOT_FOUND}
    ]
    return bool(near) and _is_out_of_dns(near[-1])


def _is_out_of_dns(registration: Observation) -> bool:
    if registration.outcome is Outcome.NOT_FOUND:
        return True
    facts = registration.facts
    return isinstance(facts, RegistrationFacts) and any(
        status.lower() in _OUT_OF_DNS for status in facts.statuses
    )


def _why_not_denied(asked: Sequence[Observation], seen: Sequence[Observation]) -> Reason:
    last = asked[-1:]
    if last and last[0].outcome is Outcome.BLOCKED_BY_RESOLVER:
        return _reason("blocked", "the resolver blocks the name; that never counts as gone", last)
    if seen:
        return _reason("exists", "the name exists, says the resolver", seen[-1:])
    if last:
        text = f"the resolver could not say: {last[0].outcome.value}"
        return _reason("not answered", text, last)
    return _reason("not asked", "not looked up yet", ())


def _reason(code: str, text: str, observations: Iterable[Observation]) -> Reason:
    return Reason(code, text, tuple(o.id for o in observations))
