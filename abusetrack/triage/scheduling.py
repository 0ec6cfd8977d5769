"""When each host is to be looked up again, written into the queue so that it survives."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from functools import cache
from importlib import resources

from abusetrack.casefile import CaseFile, changes, observations, queue, told
from abusetrack.casefile.queue import Plan
from abusetrack.judgement.schedule import Standing, WatchPolicy, next_check
from abusetrack.judgement.tokens import not_again
from abusetrack.lookup.reference import tld_kind
from abusetrack.records import ChangeKind, DomainNow, Findings, NoticeStatus, State, TldKind
from abusetrack.settings import WatchSettings
from abusetrack.triage.context import Context

_LEAVING = frozenset({State.REDEMPTION, State.PENDING_DELETE, State.NOT_REGISTERED})
_DOMAIN_ONLY = "only its domain is asked for"


def policy_of(settings: WatchSettings) -> WatchPolicy:
    """Return the intervals of the settings, with the shipped table of endings."""
    return WatchPolicy(
        hourly=timedelta(hours=settings.hourly_hours),
        daily=timedelta(days=settings.daily_days),
        held=timedelta(days=settings.held_days),
        gone=timedelta(days=settings.gone_days),
        active=timedelta(days=settings.active_days),
        after_drop=timedelta(days=settings.after_drop_days),
        kept_back=_kept_back(),
    )


def plan(
    context: Context,
    case: CaseFile,
    rows: Iterable[DomainNow],
    found: Iterable[Findings],
    hosts: Mapping[str, Iterable[str]],
) -> None:
    """Say when the hosts of domains are due again; what is due earlier stays so.

    ``found`` are the newest findings of ``rows``, in their order.
    """
    known = list(rows)
    sent = _sent(case, (now.domain for now in known))
    policy = policy_of(context.settings.watch)
    plans: list[Plan] = []
    for now, findings in zip(known, found, strict=True):
        if findings.looked_up_at is None or now.domain.endswith(".onion"):
            continue
        standing = _standing(case, now, findings, findings.looked_up_at, sent.get(now.domain))
        check = next_check(standing, policy, as_of=context.clock.now())
        names = list(hosts[now.domain])
        if check.at is not None:
            plans += _of_hosts(now.domain, names, check.at, check.reason)
        elif standing.confirmed:
            plans += [Plan(host, None, check.reason) for host in names]
    queue.plan(case, plans)


def _of_hosts(domain: str, hosts: list[str], at: datetime, reason: str) -> Iterable[Plan]:
    tokens = not_again(domain, hosts)
    for host in hosts:
        if host not in tokens:
            yield Plan(host, at, reason)
    if len(tokens) == len(hosts):  # then one of them stands for the domain
        first = min(hosts)
        yield Plan(first, at, f"{reason}; {_DOMAIN_ONLY}: {tokens.pop(first)}")
    for host, why in tokens.items():
        yield Plan(host, None, f"not asked again: {why}")


def _standing(
    case: CaseFile,
    now: DomainNow,
    findings: Findings,
    looked_up_at: datetime,
    sent_at: datetime | None,
) -> Standing:
    states = frozenset(findings.states)
    return Standing(
        states=states,
        tld=now.tld or "",
        generic=now.tld is not None and tld_kind(now.tld) is TldKind.GTLD,
        confirmed=now.confirmed_reports > 0,
        looked_up_at=looked_up_at,
        gone_since=_gone_since(case, now.domain) if states & _LEAVING else None,
        sent_at=sent_at,
    )


def _gone_since(case: CaseFile, domain: str) -> datetime | None:
    """Return when a name was first seen on its way out; if never otherwise, when first asked."""
    of_state = [c for c in changes.of_domain(case, domain) if c.kind is ChangeKind.STATE_CHANGED]
    if of_state:
        return of_state[-1].first_seen_after
    return observations.first_asked(case, domain)


def _sent(case: CaseFile, domains: Iterable[str]) -> dict[str, datetime]:
    """Return when the newest notice about each domain was sent that reached somebody."""
    found: dict[str, datetime] = {}
    for domain, notices in told.of_many(case, domains).items():
        moments = [
            notice.sent_at
            for notice in notices
            if notice.sent_at
            and notice.status not in {NoticeStatus.WITHDRAWN, NoticeStatus.BOUNCED}
        ]
        if moments:
            found[domain] = max(moments)
    return found


@cache
def _kept_back() -> Mapping[str, timedelta]:
    table = resources.files("abusetrack.resources") / "data" / "kept_back.toml"
    days = tomllib.loads(table.read_text("utf-8"))["days"]
    return {ending: timedelta(days=number) for ending, number in days.items()}
