"""Where the abuse concentrates: domains by registrar, registry, network or country.

Unit: the registrable domain (a host without one counts as itself). Only domains
with at least one confirmed report count; the others are counted apart. What is not
known is a row of its own and stays in the denominator, so shares are never
flattered by what could not be looked up.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from abusetrack.casefile import CaseFile
from abusetrack.casefile.encoding import stamp

TOP = 10

# What is counted -> SQL of the key (NULL: not known) and of its readable name.
_COUNTED: Mapping[str, tuple[str, str]] = {
    "registrars": ("registrar_key", "registrar"),
    "registries": ("tld", "'.' || tld"),
    "networks": ("asn", "'AS' || asn || coalesce(' ' || as_name, '')"),
    "countries": (
        """CASE hosting_verdict WHEN 'cdn' THEN 'cdn' WHEN 'disputed' THEN 'disputed'
            ELSE hosting_country END""",
        """CASE hosting_verdict WHEN 'cdn' THEN 'CDN: origin unknown'
            WHEN 'disputed' THEN 'disputed' ELSE hosting_country END""",
    ),
}

COUNTED = tuple(_COUNTED)


@dataclass(frozen=True, slots=True)
class Row:
    """One party. ``share`` is of all confirmed domains, 0 to 1."""

    key: str | None  # None: not known
    name: str
    domains: int
    urls: int
    reports: int
    share: float
    other_domains: int  # without a confirmed report; in no share
    members: tuple[str, ...] = ()  # of a family: who of it is counted here


@dataclass(frozen=True, slots=True)
class Concentration:
    """The ranked rows; the row of what is not known stands last."""

    counted: str
    rows: tuple[Row, ...]
    domains: int
    other_domains: int
    top_share: float | None  # of the ten largest known parties; None without domains


def concentration(
    case: CaseFile,
    counted: str,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    families: Mapping[str, str] | None = None,
) -> Concentration:
    """Count domains first confirmed (else first reported) in ``since <= t < until``.

    ``families`` (key to family) puts the parties of one family into one row.
    """
    key, name = _COUNTED[counted]
    when = "coalesce(first_confirmed, first_reported)"
    conditions, parameters = ["1"], []
    for operator, moment in ((">=", since), ("<", until)):
        if moment is not None:
            conditions.append(f"{when} {operator} ?")
            parameters.append(stamp(moment))
    rows = case.query(
        f"SELECT {key} AS key, max({name}) AS name,"  # noqa: S608  # fragments of the table above
        " sum(confirmed_reports > 0) AS domains,"
        " sum(iif(confirmed_reports > 0, confirmed_urls, 0)) AS urls,"
        " sum(iif(confirmed_reports > 0, confirmed_reports, 0)) AS reports,"
        " sum(confirmed_reports = 0) AS other_domains"
        f" FROM domain_now WHERE {' AND '.join(conditions)} GROUP BY 1",
        parameters,
    )
    return rank(counted, by_family(rows, families) if families else rows)


def by_family(
    rows: Sequence[Mapping[str, Any]], families: Mapping[str, str]
) -> list[Mapping[str, Any]]:
    """Put the counted rows of one family together; the others stay as they are."""
    together: dict[str, dict[str, Any]] = {}
    apart: list[Mapping[str, Any]] = []
    for row in rows:
        family = families.get(row["key"]) if row["key"] is not None else None
        if family is None:
            apart.append(row)
            continue
        sums = together.setdefault(family, {"key": f"family:{family}", "name": family})
        for number in ("domains", "urls", "reports", "other_domains"):
            sums[number] = sums.get(number, 0) + row[number]
        sums["members"] = (*sums.get("members", ()), str(row["name"]))
    return [*together.values(), *apart]


def rank(counted: str, rows: Sequence[Mapping[str, Any]]) -> Concentration:
    """Order the counted rows and work out the shares."""
    total = sum(row["domains"] for row in rows)
    ranked = sorted(
        (
            Row(
                key=None if row["key"] is None else str(row["key"]),
                name="not known" if row["key"] is None else str(row["name"]),
                domains=row["domains"],
                urls=row["urls"],
                reports=row["reports"],
                share=row["domains"] / total if total else 0.0,
                other_domains=row["other_domains"],
                members=tuple(sorted(row.get("members", ()))),
            )
            for row in rows
        ),
        key=lambda row: (row.key is None, -row.domains, -row.other_domains, row.name),
    )
    known = [row.domains for row in ranked if row.key is not None]
    return Concentration(
        counted=counted,
        rows=tuple(ranked),
        domains=total,
        other_domains=sum(row["other_domains"] for row in rows),
        top_share=sum(known[:TOP]) / total if total else None,
    )
