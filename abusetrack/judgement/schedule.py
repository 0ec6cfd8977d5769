"""When a domain is to be checked again: by its state, and by the notices about it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from abusetrack.records import State

_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
_HELD = frozenset({State.HELD_BY_REGISTRY, State.HELD_BY_REGISTRAR})
_LEAVING = frozenset({State.REDEMPTION, State.PENDING_DELETE, State.NOT_REGISTERED})
_BEFORE_DROP = timedelta(days=3)  # a drop may come a little before its day


@dataclass(frozen=True, slots=True)
class WatchPolicy:
    """How often what is asked; an interval of zero is never."""

    hourly: timedelta = _DAY  # after a notice was sent
    daily: timedelta = 30 * _DAY  # and then for so long after it
    held: timedelta = 7 * _DAY
    gone: timedelta = 7 * _DAY
    active: timedelta = 7 * _DAY
    after_drop: timedelta = 14 * _DAY  # a dropped name may be taken again at once
    # Country-code ending -> how long its registry keeps a deleted name back.
    kept_back: Mapping[str, timedelta] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of a domain that decides on its next check.

    ``generic``: its ending is a generic one (RFC 3915 holds). ``gone_since`` is when it
    was first seen deleted or not registered. ``sent_at`` is when the newest notice about
    it that was not withdrawn was sent.
    """

    states: frozenset[State]
    tld: str
    generic: bool
    confirmed: bool
    looked_up_at: datetime
    gone_since: datetime | None = None
    sent_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Check:
    """The next check; ``at`` is None where there is none. ``reason`` says why, in words."""

    at: datetime | None
    reason: str


_Interval = tuple[timedelta, str]
_Rule = Callable[[Standing, WatchPolicy, datetime], _Interval | None]


def next_check(standing: Standing, policy: WatchPolicy, *, as_of: datetime) -> Check:
    """Return when to look next: the shortest interval that a rule asks for."""
    if not standing.confirmed and standing.sent_at is None:
        return Check(None, "not watched: no confirmed report")
    wanted = list(_wanted(standing, policy, as_of))
    if not wanted:
        return Check(None, "not watched: the settings say never")
    interval, reason = min(wanted, key=lambda one: one[0])
    return Check(standing.looked_up_at + interval, reason)


def _wanted(standing: Standing, policy: WatchPolicy, as_of: datetime) -> Iterable[_Interval]:
    for rule in _RULES:
        found = rule(standing, policy, as_of)
        if found is not None and found[0]:
            yield found


def _by_notice(standing: Standing, policy: WatchPolicy, as_of: datetime) -> _Interval | None:
    if standing.sent_at is None:
        return None
    age = as_of - standing.sent_at
    if age < policy.hourly:
        return _HOUR, "hourly: a notice was just sent"
    if age < policy.daily:
        return _DAY, "daily: a notice was sent lately"
    return None


def _by_state(standing: Standing, policy: WatchPolicy, as_of: datetime) -> _Interval | None:
    if standing.states & _LEAVING:
        return _leaving(standing, policy, as_of)
    if standing.states & _HELD:
        return policy.held, "held: it may be lifted"
    if standing.states & {State.NOT_DELEGATED, State.PARKED}:
        return policy.gone, "not in use: it may return"
    return policy.active, "still there"


def _leaving(standing: Standing, policy: WatchPolicy, as_of: datetime) -> _Interval:
    since = as_of - (standing.gone_since or standing.looked_up_at)
    if standing.generic:
        if State.NOT_REGISTERED not in standing.states:
            return _DAY, "daily: deleted, to be dropped soon"
        if since <= policy.after_drop:
            return _DAY, "daily: dropped, and may be registered again"
        return policy.gone, "gone: it may be registered again"
    kept_back = policy.kept_back.get(standing.tld)
    if kept_back is None:
        return policy.gone, "gone: it may be registered again"
    if kept_back - _BEFORE_DROP <= since <= kept_back + policy.after_drop:
        return _DAY, f"daily: .{standing.tld} keeps deleted names back {kept_back.days} days"
    return policy.gone, f"gone: .{standing.tld} keeps deleted names back {kept_back.days} days"


_RULES: tuple[_Rule, ...] = (_by_notice, _by_state)
