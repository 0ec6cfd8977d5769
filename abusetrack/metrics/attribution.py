"""To whom a domain counts: what was seen nearest after its first confirmed report.

A domain counts once in a period. It counts for the registrar, registry, network, CDN and
country of the answers asked for at or after the first confirmed report received in the
period, the nearest ones, at most seven days later. Later facts never rewrite earlier
figures; what was not looked up in time is "not known at the time" and stays in the
denominator. On demand (``Filters.at_the_time`` is off) what is known now counts instead.
"""

from __future__ import annotations

from collections.abc import Mapping

from abusetrack.casefile import CaseFile
from abusetrack.metrics.filters import Filters

DAYS = 7

CDN = "CDN: origin unknown"
DISPUTED = "disputed"
NOT_KNOWN = "not known at the time"
NOT_KNOWN_NOW = "not known"

# The same URL with the same reference is one report, as in the lists.
_CONFIRMED = """
WITH one AS (
    SELECT domain, url, reference, min(received_at) AS first FROM report
    WHERE {conditions} GROUP BY domain, url, reference
), confirmed AS (
    SELECT domain, min(first) AS first, count(*) AS reports, count(DISTINCT url) AS urls
    FROM one GROUP BY domain
)"""

# A registrar and a host each have the time of their own answers.
_AT_THE_TIME = """, limited AS (
    SELECT confirmed.*, strftime('%Y-%m-%dT%H:%M:%S', substr(first, 1, 19), :days)
        || substr(first, 20) AS limit_at FROM confirmed
), timed AS MATERIALIZED (
    SELECT limited.*,
        (SELECT at FROM sighting WHERE sighting.domain = limited.domain
            AND at >= first AND registration_at BETWEEN first AND limit_at
            ORDER BY at LIMIT 1) AS registered,
        (SELECT at FROM sighting WHERE sighting.domain = limited.domain
            AND at >= first AND hosting_at BETWEEN first AND limit_at
            ORDER BY at LIMIT 1) AS hosted
    FROM limited
), counted AS (
    SELECT timed.domain, timed.first, timed.reports, timed.urls, domain_now.tld, registered,
        registration.registrar_key, registration.registrar, hosted,
        hosting.asn, hosting.as_name, hosting.cdn, hosting.hosting_verdict,
        hosting.hosting_country
    FROM timed JOIN domain_now ON domain_now.id = timed.domain
    LEFT JOIN sighting AS registration
        ON registration.domain = timed.domain AND registration.at = registered
    LEFT JOIN sighting AS hosting ON hosting.domain = timed.domain AND hosting.at = hosted
)"""

_NOW = """, counted AS (
    SELECT confirmed.domain, first, confirmed.reports, confirmed.urls, tld,
        looked_up_at AS registered, registrar_key, registrar, looked_up_at AS hosted,
        asn, as_name, cdn, hosting_verdict, hosting_country
    FROM confirmed JOIN domain_now ON domain_now.id = confirmed.domain
)"""

# Reported in the period, and nothing of them confirmed ever; by what is known now.
_OTHERS = """
WITH chosen AS (
    SELECT id AS domain, tld, looked_up_at AS registered, registrar_key, registrar,
        looked_up_at AS hosted, asn, as_name, cdn, hosting_verdict, hosting_country
    FROM domain_now WHERE confirmed_reports = 0
        AND id IN (SELECT domain FROM report WHERE {conditions})
)"""

# What domains are counted by -> SQL of the key (NULL: not known) and of the readable name.
BY: Mapping[str, tuple[str, str]] = {
    "registrars": ("registrar_key", "registrar"),
    "registries": ("tld", "'.' || tld"),
    "registrars or registries": (
        "coalesce(registrar_key, CASE WHEN registered IS NOT NULL THEN 'tld:' || tld END)",
        "coalesce(registrar, '.' || tld || ' (registry)')",
    ),
    "networks": ("asn", "'AS' || asn || coalesce(' ' || as_name, '')"),
    "cdns": (
        "CASE WHEN hosted IS NOT NULL THEN coalesce(cdn, 'none') END",
        "coalesce(cdn, 'no CDN in front')",
    ),
    "countries": (
        """CASE hosting_verdict WHEN 'cdn' THEN 'cdn' WHEN 'disputed' THEN 'disputed'
            ELSE hosting_country END""",
        f"""CASE hosting_verdict WHEN 'cdn' THEN '{CDN}' WHEN 'disputed' THEN '{DISPUTED}'
            ELSE hosting_country END""",
    ),
}


_COLUMNS = (
    "domain INTEGER PRIMARY KEY, first TEXT, reports INTEGER, urls INTEGER, tld TEXT,"
    " registered TEXT, registrar_key TEXT, registrar TEXT, hosted TEXT, asn INTEGER,"
    " as_name TEXT, cdn TEXT, hosting_verdict TEXT, hosting_country TEXT"
)
_OTHER_COLUMNS = (
    "domain INTEGER PRIMARY KEY, tld TEXT, registered TEXT, registrar_key TEXT, registrar TEXT,"
    " hosted TEXT, asn INTEGER, as_name TEXT, cdn TEXT, hosting_verdict TEXT,"
    " hosting_country TEXT"
)


def others(case: CaseFile, filters: Filters) -> str:
    """Return SQL that defines ``chosen``: the domains without any confirmed report."""
    conditions, parameters = filters.conditions(confirmed=False)
    sql = f"{_OTHERS.format(conditions=conditions)} SELECT * FROM chosen ORDER BY domain"
    return _named(case.kept_table(sql, parameters, _OTHER_COLUMNS))


def counted(case: CaseFile, filters: Filters) -> str:
    """Return SQL that defines ``chosen``, one row per counted domain.

    All panels rest on it: it is read once for each filter.
    """
    conditions, parameters = filters.conditions()
    if filters.at_the_time:
        parameters["days"] = f"+{DAYS} days"
    sql = _CONFIRMED.format(conditions=conditions)
    sql += (
        _AT_THE_TIME if filters.at_the_time else _NOW
    ) + " SELECT * FROM counted ORDER BY domain"
    table = case.kept_table(sql, parameters, _COLUMNS)
    narrowed = {
        "registrar_key = :registrar": filters.registrar,
        "hosting_country = :country": filters.country,
    }
    wanted = {text: value for text, value in narrowed.items() if value is not None}
    if wanted:
        part = f"SELECT * FROM {table} WHERE {' AND '.join(wanted)}"
        named = {text.rpartition(":")[2]: value for text, value in wanted.items()}
        table = case.kept_table(part, named, _COLUMNS)
    return _named(table)


def _named(table: str) -> str:
    return f"WITH chosen AS (SELECT * FROM {table})"
