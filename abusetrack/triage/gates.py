"""May anything about a domain leave the organisation? Ask here before every way out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from abusetrack.casefile import CaseFile, gates, projection
from abusetrack.judgement.gate import GatePolicy, judge_gate
from abusetrack.records import GateEntry, GateVerdict
from abusetrack.triage.context import Context

_CHUNK = 500


def may_leave(context: Context, case: CaseFile, domain: str) -> bool:
    """Whether anything about ``domain`` may leave the organisation now."""
    return not of_domain(context, case, domain).open


def of_domain(context: Context, case: CaseFile, domain: str) -> GateVerdict:
    """Judge the gate of one domain."""
    return of_many(context, case, [domain])[domain]


def of_many(context: Context, case: CaseFile, domains: Iterable[str]) -> dict[str, GateVerdict]:
    """Judge the gates of domains; what was never looked up may be hosted anywhere."""
    wanted = list(dict.fromkeys(domains))
    found: dict[str, GateVerdict] = {}
    for start in range(0, len(wanted), _CHUNK):
        part = wanted[start : start + _CHUNK]
        entries = gates.of_many(case, part)
        countries = {
            now.domain: now.findings.hosting_country for now in projection.read_many(case, part)
        }
        for domain in part:
            said = entries.get(domain, ())
            found[domain] = judge(context, said, hosting_country=countries.get(domain))
    return found


def open_ones(context: Context, case: CaseFile) -> Iterator[tuple[str, GateVerdict]]:
    """Yield the reported domains whose gate is open and that have a confirmed report."""
    query = projection.ListQuery(confirmed_only=True, sort="domain", descending=False)
    numbers = projection.ids(case, query)
    for start in range(0, len(numbers), _CHUNK):
        rows = projection.rows(case, numbers[start : start + _CHUNK])
        entries = gates.of_many(case, [now.domain for now in rows])
        for now in rows:
            country = now.findings.hosting_country
            verdict = judge(context, entries.get(now.domain, ()), hosting_country=country)
            if verdict.open:
                yield now.domain, verdict


def judge(
    context: Context, entries: Sequence[GateEntry], *, hosting_country: str | None
) -> GateVerdict:
    """Judge a gate by the settings, as of now."""
    organisation = context.settings.organisation
    policy = GatePolicy(organisation.police_gate, organisation.gate_countries)
    return judge_gate(entries, policy, hosting_country=hosting_country, as_of=context.clock.now())
