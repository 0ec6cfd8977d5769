"""Second-level strings that were assessed as dedicated under several endings."""

from __future__ import annotations

import json
from dataclasses import dataclass

from abusetrack.casefile.connection import CaseFile
from abusetrack.records import SiteKind, SuffixKind

_OWN_NAMES = (SuffixKind.PLATFORM.value, SuffixKind.DYNAMIC_DNS.value)
_STRINGS = """
SELECT label, count(DISTINCT suffix) AS endings, json_group_array(domain ORDER BY domain)
FROM domain_now
WHERE kind = :kind AND label IS NOT NULL AND suffix_kind NOT IN (:platform, :dynamic)
GROUP BY label HAVING endings >= :least ORDER BY endings DESC, label
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
