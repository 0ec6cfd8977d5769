"""Is a domain persistently abusive? Six reasons, each with its dates and facts.

The hopping string is defined as the Internet Watch Foundation does: the exact same
second-level string, assessed as a dedicated site, seen under several top-level
domains. Near-variants never count.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from abusetrack.records import (
    ContentSeen,
    NoticeStatus,
    Reason,
    Removal,
    Role,
    State,
    Told,
    Verdict,
)

DOMAIN_ROLES = frozenset({Role.REGISTRAR, Role.REGISTRY})
CONTENT_ROLES = frozenset({Role.HOST, Role.PLATFORM, Role.CDN})
_UP = frozenset({State.ACTIVE, State.EXPIRED})  # delegated, and nobody holds it


@dataclass(frozen=True, slots=True)
class PersistencePolicy:
    """The thresholds."""

    days: int  # with a confirmed report
    hop_tlds: int
    after: timedelta  # a report so long after a notice or removal is a new one
    still_up: timedelta
    still_present: timedelta


@dataclass(frozen=True, slots=True)
class ConfirmedReport:
    """When a confirmed report was received, and its fact."""

    received_at: datetime
    fact: str = ""


@dataclass(frozen=True, slots=True)
class Hop:
    """A domain with the string, since when it is confirmed as dedicated, and by which fact."""

    domain: str
    confirmed_at: datetime | None = None
    fact: str = ""


@dataclass(frozen=True, slots=True)
class PersistenceCase:
    """What is known of one domain.

    ``hops`` are the domains with the same second-level string that were assessed as
    dedicated, this one among them if it was. ``seen_at`` is when the older of the
    answers ``seen_facts`` was asked that ``states`` rest on. ``contents`` has the
    last word on each URL.
    """

    confirmed: tuple[ConfirmedReport, ...] = ()
    hops: tuple[Hop, ...] = ()
    told: tuple[Told, ...] = ()
    removals: tuple[Removal, ...] = ()
    contents: tuple[ContentSeen, ...] = ()
    states: tuple[State, ...] = (State.UNKNOWN,)
    seen_at: datetime | None = None
    seen_facts: tuple[str, ...] = ()
    looked_at: datetime | None = None  # when an analyst last saw it confirmed


def judge_persistence(
    case: PersistenceCase, policy: PersistencePolicy, *, as_of: datetime
) -> Verdict:
    """Say whether a domain is persistently abusive by the policy, and what would change it."""
    tried = [rule(case, policy) for rule in _RULES]
    met = tuple(reason for holds, reason in tried if holds)
    not_met = tuple(reason for holds, reason in tried if not holds)
    if met:
        return Verdict(True, met, as_of, not_met)
    near = [not_met[0].text]
    if case.hops:
        near.append(next(reason.text for reason in not_met if reason.code == "hopping"))
    return Verdict(False, (Reason("below", "; ".join(near)),), as_of, not_met)


def sent(told: Sequence[Told], roles: frozenset[Role] = frozenset(Role)) -> list[Told]:
    """Return the notices to these roles that were sent and stand, oldest first."""
    found = [
        item
        for item in told
        if item.role in roles
        and item.sent_at is not None
        and item.status is not NoticeStatus.WITHDRAWN
    ]
    return sorted(found, key=_sent_at)


def _sent_at(told: Told) -> datetime:
    if told.sent_at is None:
        raise AssertionError("sent() returns none that was not sent")
    return told.sent_at


_Tried = tuple[bool, Reason]
_KEPT_TO_OURSELVES = frozenset({Role.HOTLINE, Role.AUTHORITY})


def _repeated(case: PersistenceCase, policy: PersistencePolicy) -> _Tried:
    first: dict[object, ConfirmedReport] = {}
    for report in sorted(case.confirmed, key=lambda item: item.received_at):
        first.setdefault(report.received_at.date(), report)
    found = list(first.values())
    dates = tuple(report.received_at for report in found)
    facts = tuple(report.fact for report in found)
    if len(found) >= policy.days:
        text = (
            f"confirmed reports on {len(found)} separate days, from {_day(dates[0])} to "
            f"{_day(dates[-1])} (policy: {policy.days})"
        )
        changes = f"confirmed reports on fewer than {policy.days} days, after corrections"
        return True, Reason("repeated", text, facts, dates, changes)
    missing = policy.days - len(found)
    text = f"confirmed reports on {len(found)} of {policy.days} separate days"
    changes = f"confirmed reports on {_counted(missing, 'more day')}"
    return False, Reason("repeated", text, facts, dates, changes)


def _after(case: PersistenceCase, policy: PersistencePolicy) -> _Tried:
    ends: list[tuple[datetime, str, tuple[str, ...]]] = [
        *((_sent_at(item), _notice(item), (item.fact,)) for item in sent(case.told)),
        *((item.seen_at, f"it was seen {item.what}", item.facts) for item in case.removals),
    ]
    if not ends:
        text = "no notice was sent and no removal seen, after which a report could come"
        return False, Reason("after", text, changes="a notice, and a confirmed report after it")
    at, what, facts = min(ends)
    later = sorted(
        (item for item in case.confirmed if item.received_at >= at + policy.after),
        key=lambda item: item.received_at,
    )
    hours = f"policy: {_hours(policy.after)} later or more"
    if not later:
        text = f"no confirmed report since {what} on {_day(at)} ({hours})"
        return False, Reason("after", text, facts, (at,), "a confirmed report from now on")
    last = later[-1].received_at
    text = (
        f"{_counted(len(later), 'confirmed report')} after {what} on {_day(at)}, the last on "
        f"{_day(last)} ({hours})"
    )
    return True, Reason(
        "after",
        text,
        (*facts, *(item.fact for item in later)),
        (at, *(item.received_at for item in later)),
        "these reports are no longer confirmed, or the notice is withdrawn",
    )


def _returned(case: PersistenceCase, _policy: PersistencePolicy) -> _Tried:
    back = sorted(
        ((item.back_at, item) for item in case.removals if item.back_at is not None),
        key=lambda pair: pair[0],
    )
    if not back:
        changes = "it is seen to return after a hold or a removal"
        if not case.removals:
            return False, Reason("returned", "no hold or removal was seen", changes=changes)
        last = max(case.removals, key=lambda item: item.seen_at)
        text = f"not seen to return since it was seen {last.what} on {_day(last.seen_at)}"
        return False, Reason("returned", text, last.facts, (last.seen_at,), changes)
    at, removal = back[-1]
    text = (
        f"seen back on {_day(at)}, after it was seen {removal.what} on {_day(removal.seen_at)}"
        + (f" ({len(back)} returns in all)" if len(back) > 1 else "")
    )
    facts = tuple(fact for _, item in back for fact in item.facts)
    dates = tuple(when for moment, item in back for when in (item.seen_at, moment))
    changes = "nothing: it stays in the record that it returned"
    return True, Reason("returned", text, facts, dates, changes)


def _hopping(case: PersistenceCase, policy: PersistencePolicy) -> _Tried:
    endings = sorted({hop.domain.partition(".")[2] for hop in case.hops})
    facts = tuple(hop.fact for hop in case.hops)
    dates = tuple(sorted(hop.confirmed_at for hop in case.hops if hop.confirmed_at))
    listed = ", ".join(f".{ending}" for ending in endings)
    if len(endings) >= policy.hop_tlds:
        text = (
            f"the same second-level string, assessed as a dedicated site, stands under "
            f"{len(endings)} endings: {listed} (policy: {policy.hop_tlds})"
        )
        changes = "one of these names is no longer assessed as dedicated"
        return True, Reason("hopping", text, facts, dates, changes)
    if not endings:
        text = "not assessed as a dedicated site, so its string is not looked for"
        return False, Reason("hopping", text, changes="it is assessed as dedicated")
    text = f"the string under {len(endings)} of {policy.hop_tlds} endings"
    missing = _counted(policy.hop_tlds - len(endings), "more ending")
    changes = f"the same string, assessed as dedicated, under {missing}"
    return False, Reason("hopping", text, facts, dates, changes)


def _still_up(case: PersistenceCase, policy: PersistencePolicy) -> _Tried:
    notices = sent(case.told, DOMAIN_ROLES)
    days = f"policy: {_days(policy.still_up)} after the notice"
    if not notices:
        text = "no notice to registrar or registry was sent"
        return False, Reason("still_up", text, changes="such a notice, and no hold after it")
    first = notices[0]
    at = _sent_at(first)
    if not _UP.issuperset(case.states):
        text = f"since {_notice(first)} on {_day(at)}: {case.states[0].value}"
        changes = "it is seen registered, delegated and not held"
        return False, Reason("still_up", text, (first.fact,), (at,), changes)
    if case.seen_at is None or case.seen_at < at + policy.still_up:
        since = f"last seen up on {_day(case.seen_at)}" if case.seen_at else "not looked up yet"
        text = f"{since}; {_notice(first)} was on {_day(at)} ({days})"
        changes = f"it is looked up on {_day(at + policy.still_up)} or later, and is still up"
        return False, Reason("still_up", text, (first.fact,), (at,), changes)
    text = (
        f"still registered, delegated and not held on {_day(case.seen_at)}, after {_notice(first)} "
        f"on {_day(at)} ({days})"
    )
    changes = "a hold, or its removal from the DNS"
    facts = (first.fact, *case.seen_facts)
    return True, Reason("still_up", text, facts, (at, case.seen_at), changes)


def _still_present(case: PersistenceCase, policy: PersistencePolicy) -> _Tried:
    notices = sent(case.told, CONTENT_ROLES)
    if not notices:
        text = f"no notice to host, platform or CDN was sent; {_checked(case)}"
        return False, Reason("still_present", text, changes="such a notice, and a later check")
    first = notices[0]
    at, due = _sent_at(first), _sent_at(first) + policy.still_present
    days = f"policy: {_days(policy.still_present)} after the notice"
    checked = [item for item in case.contents if item.at >= due and item.present is not None]
    present = sorted((item for item in checked if item.present), key=lambda item: item.at)
    if present:
        last = present[-1].at
        text = (
            f"{_counted(len(present), 'URL')} reported present, last on {_day(last)}, after "
            f"{_notice(first)} on {_day(at)} ({days})"
        )
        facts = (first.fact, *(item.fact for item in present))
        dates = (at, *(item.at for item in present))
        return True, Reason("still_present", text, facts, dates, "its content is reported gone")
    if checked:
        gone = max(item.at for item in checked)
        text = f"content reported gone on {_day(gone)}"
    else:
        text = f"{_checked(case)}; {_notice(first)} was on {_day(at)} ({days})"
    changes = "a person reports the content present ('abusetrack content')"
    return False, Reason("still_present", text, (first.fact,), (at,), changes)


def _checked(case: PersistenceCase) -> str:
    dates = [item.at for item in case.contents if item.present is not None]
    last = max((*dates, *((case.looked_at,) if case.looked_at else ())), default=None)
    return f"content not re-checked since {_day(last)}" if last else "content never checked"


_RULES: Sequence[Callable[[PersistenceCase, PersistencePolicy], _Tried]] = (
    _repeated,
    _after,
    _returned,
    _hopping,
    _still_up,
    _still_present,
)


def _notice(told: Told) -> str:
    if told.role in _KEPT_TO_OURSELVES:  # drafts say the same words, and go to providers
        return "an earlier notice"
    return f"the notice {told.reference} to {told.party_name} ({told.role.value})"


def _day(moment: datetime) -> str:
    return moment.date().isoformat()


def _counted(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def _hours(span: timedelta) -> str:
    return _counted(round(span.total_seconds() / 3600), "hour")


def _days(span: timedelta) -> str:
    return _counted(span.days, "day")
