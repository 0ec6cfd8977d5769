"""Counts and kind of a domain, folded from its reports in one statement."""

from __future__ import annotations

from collections.abc import Iterable

from abusetrack.casefile.connection import CaseFile
from abusetrack.casefile.encoding import canonical

# The same URL with the same reference is one report, also where two desks that were
# merged both took it in; it is confirmed where one of them confirmed it and none denies
# it. A kind that was not stated does not disagree with one that was.
_FOLD = """
WITH one AS (
    SELECT domain, url,
        min(received_at) AS first, max(received_at) AS last,
        max(outcome = 'confirmed') AS confirmed,
        min(CASE WHEN outcome = 'confirmed' THEN assessed_at END) AS first_confirmed,
        max(CASE WHEN outcome = 'confirmed' THEN assessed_at END) AS last_confirmed,
        min(CASE WHEN outcome = 'confirmed' THEN nullif(kind, 'unknown') END) AS kind,
        max(CASE WHEN outcome = 'confirmed' THEN nullif(kind, 'unknown') END) AS other_kind,
        min(CASE WHEN outcome = 'confirmed' THEN commercial END) AS commercial,
        max(CASE WHEN outcome = 'confirmed' THEN commercial END) AS other_commercial,
        min(CASE WHEN outcome = 'confirmed' THEN disguised END) AS disguised,
        max(CASE WHEN outcome = 'confirmed' THEN disguised END) AS other_disguised
    FROM report WHERE domain IN (SELECT value FROM json_each(:domains))
    GROUP BY domain, url, reference
), folded AS (
    SELECT domain,
        count(*) AS reports, sum(confirmed) AS confirmed_reports,
        count(DISTINCT url) AS urls,
        count(DISTINCT CASE WHEN confirmed THEN url END) AS confirmed_urls,
        min(first) AS first_reported, max(last) AS last_reported,
        min(first_confirmed) AS first_confirmed, max(last_confirmed) AS last_confirmed,
        min(kind) AS kind, max(other_kind) AS other_kind,
        min(commercial) AS commercial, max(other_commercial) AS other_commercial,
        min(disguised) AS disguised, max(other_disguised) AS other_disguised
    FROM one GROUP BY domain
)
UPDATE domain_now SET
    reports = folded.reports,
    confirmed_reports = folded.confirmed_reports,
    urls = folded.urls,
    confirmed_urls = folded.confirmed_urls,
    first_reported = folded.first_reported,
    last_reported = folded.last_reported,
    first_confirmed = folded.first_confirmed,
    last_confirmed = folded.last_confirmed,
    kind = CASE
        WHEN folded.confirmed_reports = 0 OR folded.kind <> folded.other_kind THEN NULL
        ELSE coalesce(folded.kind, 'unknown') END,
    kind_reason = CASE
        WHEN folded.confirmed_reports = 0 THEN 'no confirmed report'
        WHEN folded.kind <> folded.other_kind
            THEN 'the confirmed assessments differ: ' || folded.kind || ', ' || folded.other_kind
        WHEN folded.kind IS NULL THEN 'no confirmed assessment states a kind'
        ELSE '' END,
    commercial = CASE WHEN folded.commercial = folded.other_commercial
        THEN folded.commercial END,
    disguised = CASE WHEN folded.disguised = folded.other_disguised
        THEN folded.disguised END
FROM folded WHERE domain_now.id = folded.domain
"""


def fold(case: CaseFile, domains: Iterable[int]) -> None:
    """Bring counts, dates and what was assessed up to date, for these rows of ``domain_now``."""
    case.execute(_FOLD, {"domains": canonical(sorted(set(domains)))})
