"""Panels of what lasts: returns and hops, kinds of sites, the desk's work, answers of parties."""

from __future__ import annotations

from abusetrack.casefile import CaseFile, withdrawals
from abusetrack.metrics.displacement import (
    DOMAINS,
    HOPPING,
    HOPS,
    MOVED,
    REGISTERED_AGAIN,
    REMOVED,
    RETURNED,
    TRANSFERRED,
    Ages,
    Held,
    displacement,
)
from abusetrack.metrics.filters import Filters
from abusetrack.metrics.kinds import Share, kinds
from abusetrack.metrics.panels.model import (
    NO_DOMAINS,
    Bars,
    Panel,
    PanelKind,
    Stack,
    Surroundings,
    Table,
    days,
    nothing,
    percent,
)
from abusetrack.metrics.work import compliance, work

_NOTHING_AFTER = "Nothing of this was seen yet. It shows once domains are looked up again."
_FEW = 5
_DAYS_SHOWN = 62  # more are shown by month


def _displacement(case: CaseFile, filters: Filters, around: Surroundings) -> Panel:
    definition = (
        "From the changes seen between lookups after the first confirmed report of the period. A "
        "removal is a hold or the loss of the name from the DNS; it held where the domain was "
        "looked at so many days later and had not come back. Hopping strings are exact "
        f"second-level strings of dedicated sites under at least {around.hop_tlds} endings."
    )
    found = displacement(case, filters, now=around.now, hop_tlds=around.hop_tlds)
    headers = ("what", "number")
    title = "What became of the domains after"
    if found.domains == 0:
        return nothing("displacement", definition, headers, NO_DOMAINS, title)
    rows = (
        (DOMAINS, found.domains),
        (REMOVED, found.removals),
        (RETURNED, found.returned),
        (TRANSFERRED, found.transferred_after_notice),
        (REGISTERED_AGAIN, found.registered_again),
        (MOVED, found.moved),
        (HOPPING, found.hopping_strings),
        (HOPS, found.hops),
    )
    bars = rows[1:]
    return Panel(
        key="displacement",
        title=title,
        unit="domains",
        chart=Bars(
            labels=tuple(name for name, _ in bars),
            values=tuple(float(number) for _, number in bars),
            keys=tuple(name if number else None for name, number in bars),
        )
        if any(number for _, number in bars)
        else None,
        table=Table(
            headers,
            rows,
            counts=(1,),
            keys=tuple(name if number else None for name, number in rows),
        ),
        empty="" if any(number for _, number in bars) else _NOTHING_AFTER,
        definition=definition,
        figures=(
            *((f"Held for {held.days} days", _held(held)) for held in found.held),
            ("Age at first report, median", _age(found.age_at_report)),
            ("Known to us, median", _age(found.known_for)),
        ),
    )


def _held(held: Held) -> str:
    if held.share is None:
        return "no removal is old enough"
    more = f", {held.unknown} not looked at again" if held.unknown else ""
    return f"{percent(held.share)} of {held.removals}{more}"


def _age(ages: Ages) -> str:
    if ages.median is None or ages.lower is None or ages.upper is None:
        return "not known"
    return f"{days(ages.median)} (quartiles {days(ages.lower)}, {days(ages.upper)})"


def _kinds(case: CaseFile, filters: Filters, _around: Surroundings) -> Panel:
    definition = (
        "Domains with a confirmed report in the period, by the kind of site that the findings "
        "agree on, by the month of the first of these reports. Commercial and disguised are "
        "shares of the domains of which it was stated."
    )
    found = kinds(case, filters)
    names = [name for name, _ in found.kinds]
    headers = ("month", *names, "commercial")
    title = "Kinds of sites over time"
    if found.domains == 0:
        return nothing("kinds", definition, headers, NO_DOMAINS, title)
    commercial = dict(found.commercial_months)
    counted = [(month, dict(counts)) for month, counts in found.months]
    return Panel(
        key="kinds",
        title=title,
        unit="domains",
        chart=Stack(
            tuple(month for month, _ in counted),
            tuple((n, tuple(float(counts.get(n, 0)) for _, counts in counted)) for n in names),
        ),
        table=Table(
            headers,
            tuple(
                (month, *(counts.get(name, 0) for name in names), commercial[month].share)
                for month, counts in counted
            ),
            counts=tuple(range(1, len(names) + 1)),
            keys=tuple(month for month, _ in counted),
        ),
        definition=definition,
        figures=(
            ("Domains", f"{found.domains:,}"),
            ("Commercial", _stated(found.commercial)),
            ("Disguised", _stated(found.disguised)),
        ),
    )


def _stated(share: Share) -> str:
    if share.share is None:
        return "never stated"
    return f"{percent(share.share)} of {share.stated:,}"


def _work(case: CaseFile, filters: Filters, around: Surroundings) -> Panel:
    definition = (
        "Reports by the day they were received, by source; of all outcomes. What waits and what is "
        "overdue is of now, whatever the period."
    )
    found = work(case, filters, now=around.now)
    sources = sorted({source for _, counts in found.days for source, _ in counts})
    steps: dict[str, dict[str, int]] = {}
    size = 10 if len(found.days) <= _DAYS_SHOWN else 7
    for day, counts in found.days:
        for source, number in counts:
            at = steps.setdefault(day[:size], {})
            at[source] = at.get(source, 0) + number
    headers = ("day" if size == 10 else "month", *sources)
    figures = (
        *((outcome, f"{count:,}") for outcome, count in found.outcomes),
        ("Waiting for assessment", f"{found.waiting:,}"),
        ("Queued for lookup", f"{found.queued:,}"),
        ("Overdue answers", f"{found.overdue:,}"),
    )
    title = "Reports received"
    if not steps:
        why = "No report was received in this period."
        return nothing("work", definition, headers, why, title)
    return Panel(
        key="work",
        title=title,
        unit="reports",
        chart=Stack(
            tuple(steps),
            tuple(
                (source, tuple(float(counts.get(source, 0)) for counts in steps.values()))
                for source in sources
            ),
        ),
        table=Table(
            headers,
            tuple(
                (step, *(counts.get(source, 0) for source in sources))
                for step, counts in steps.items()
            ),
            counts=tuple(range(1, len(headers))),
            keys=tuple(steps),
        ),
        definition=definition,
        figures=figures,
    )


def _compliance(case: CaseFile, filters: Filters, _around: Surroundings) -> Panel:
    definition = (
        "Notices sent in the period, by what was marked on them last. Silent: sent, and no mark "
        "since. The first answer is the median time from sent to acknowledged, actioned, refused "
        "or disputed. Withdrawn domains are those that were taken back since of all that notices "
        "exported in the period were about, a domain of two notices counted twice."
    )
    parties = compliance(case, filters)
    headers = (
        "party", "role", "notices", "acknowledged", "actioned", "refused", "silent", "bounced",
        "disputed", "withdrawn", "first answer",
    )  # fmt: skip
    title = "How parties answered"
    if not parties:
        why = "No notice was marked as sent in this period."
        return nothing("answers", definition, headers, why, title)
    counts = ("acknowledged", "actioned", "refused", "silent", "bounced", "disputed", "withdrawn")
    told = withdrawals.share(case, filters.since, filters.until)
    sums = [sum(getattr(party, name) for party in parties) for name in counts]
    return Panel(
        key="answers",
        title=title,
        unit="notices",
        chart=Bars(
            counts,
            tuple(float(number) for number in sums),
            tuple(name if number else None for name, number in zip(counts, sums, strict=True)),
        ),
        table=Table(
            headers,
            tuple(
                (party.name, party.role, party.notices, *(getattr(party, n) for n in counts),
                 "none yet" if party.first_answer_days is None else days(party.first_answer_days))
                for party in parties
            ),
            counts=tuple(range(2, 10)),
            keys=tuple(f"{party.role}>{party.key}" for party in parties),
        ),
        definition=definition,
        figures=(
            ("Notices", f"{sum(party.notices for party in parties):,}"),
            ("Domains told of", f"{told.told:,}"),
            ("Withdrawn", f"{told.withdrawn:,}"),
            ("Share withdrawn", _share_withdrawn(told)),
        ),
    )  # fmt: skip


def _share_withdrawn(told: withdrawals.Share) -> str:
    """Say the share where it does not point at single cases."""
    if 0 < told.withdrawn < _FEW:
        return f"fewer than {_FEW} domains"
    return percent(told.of_told)


PANELS = (
    PanelKind("displacement", "Returns and hops", "Lasting", _displacement),
    PanelKind("kinds", "Kinds of sites", "Kind", _kinds),
    PanelKind("work", "Reports", "Work", _work),
    PanelKind("answers", "Answers", "Takedown", _compliance),
)
