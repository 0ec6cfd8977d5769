"""Second-level strings that were assessed as dedicated under several endings."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from abusetrack.casefile.connection import CaseFile
from abusetrack.casefile.encoding import canonical, clean, id_text, moment
from abusetrack.records import SiteKind, SuffixKind

_OWN_NAMES = (SuffixKind.PLATFORM.value, SuffixKind.DYNAMIC_DNS.value)
_STRINGS = """
SELECT label, count(DISTINCT suffix) AS endings, json_group_array(domain ORDER BY domain)
FROM domain_now
WHERE kind = :kind AND label IS NOT NULL AND suffix_kind NOT IN (:platform, :dynamic)
GROUP BY label HAVING endings >= :least ORDER BY endings DESC, label
"""

# The plus keeps SQLite from the index of kinds, where most rows are of one kind.
_REGISTERED = (
    f"suffix_kind NOT IN ('{SuffixKind.PLATFORM.value}', '{SuffixKind.DYNAMIC_DNS.value}')"
)
_SAME = f"""
SELECT domain_now.domain, min(report.assessed_at), fact.id FROM domain_now
JOIN report ON report.domain = domain_now.id AND report.outcome = 'confirmed'
JOIN fact ON fact.n = report.assessment
WHERE +domain_now.kind = :kind AND {_REGISTERED} AND label =
    (SELECT label FROM domain_now WHERE domain = :domain AND {_REGISTERED})
GROUP BY domain_now.id ORDER BY domain_now.domain
"""


@dataclass(frozen=True, slots=True)
class HopString:
    """One exact string and the domains it stands in."""

    label: str
    endings: int
    domains: tuple[str, ...]


def strings(case: CaseFile, *, endings: int) -> tuple[HopString, ...]:
    """Return the strings under at least so many endings, the most first."""
    platform, dynamic = _OWN_NAMES
    rows = case.rows(
        _STRINGS,
        {
            "kind": SiteKind.DEDICATED.value,
            "platform": platform,
            "dynamic": dynamic,
            "least": endings,
        },
    )
    return tuple(HopString(label, count, tuple(json.loads(names))) for label, count, names in rows)


@dataclass(frozen=True, slots=True)
class SameString:
    """A domain with the string, and the finding that first confirmed it as dedicated."""

    domain: str
    confirmed_at: datetime
    fact: str


def same_string(case: CaseFile, domain: str) -> tuple[SameString, ...]:
    """Return the dedicated domains with the second-level string of one, itself included.

    A name that a platform or dynamic DNS service handed out has no such string.
    """
    rows = case.rows(_SAME, {"domain": clean(domain), "kind": SiteKind.DEDICATED.value})
    return tuple(SameString(name, moment(at), id_text(fact)) for name, at, fact in rows)


def siblings(case: CaseFile, domains: Iterable[str]) -> tuple[str, ...]:
    """Return the other domains with the second-level string of one of ``domains``."""
    rows = case.rows(
        "SELECT DISTINCT other.domain FROM json_each(:domains) AS wanted"
        " JOIN domain_now AS mine ON mine.domain = wanted.value"
        " JOIN domain_now AS other ON other.label = mine.label AND other.id <> mine.id"
        " WHERE +other.kind = :kind ORDER BY other.domain",
        {"domains": canonical(list(domains)), "kind": SiteKind.DEDICATED.value},
    )
    return tuple(domain for (domain,) in rows)
