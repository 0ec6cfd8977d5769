"""What changed about domains, judged from their whole history and kept for the lists."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from abusetrack.casefile import CaseFile, changes, observations
from abusetrack.judgement.changes import Rules, judge_changes
from abusetrack.records import Change, DomainNow, SuffixKind
from abusetrack.triage.context import Context
from abusetrack.triage.views import Facts

# Names below these are nobody's registration of their own.
_HANDED_OUT = frozenset({SuffixKind.PLATFORM, SuffixKind.DYNAMIC_DNS})


def renew(
    context: Context,
    case: CaseFile,
    rows: Iterable[DomainNow],
    hosts: Mapping[str, Iterable[str]],
    facts: Facts,
) -> None:
    """Judge anew what changed about domains that were looked up more than once; store it."""
    known = {now.domain: now for now in rows}
    changes.write(
        case,
        {
            domain: of_domain(context, case, known[domain], hosts[domain], facts)
            for domain in changes.with_history(case, known)
        },
    )


def of_domain(
    context: Context, case: CaseFile, now: DomainNow, hosts: Iterable[str], facts: Facts
) -> tuple[Change, ...]:
    """Return what changed about a domain and its hosts, from everything ever asked of them."""
    names = list(hosts)
    return judge_changes(
        now.domain,
        names,
        observations.histories(case, [now.domain, *names]),
        covering=facts.covering,
        rules=Rules(context.reference.registrars, context.parking, context.registration_max_age),
        registered=now.suffix_kind is not None and now.suffix_kind not in _HANDED_OUT,
    )
