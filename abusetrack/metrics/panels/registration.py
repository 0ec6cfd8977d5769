"""Panels of concentration: registrars, registries, networks, CDNs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from abusetrack.casefile import CaseFile
from abusetrack.metrics import attribution
from abusetrack.metrics.concentration import TOP, Concentration, Figures, Row, concentration
from abusetrack.metrics.conduct import Conduct, conduct
from abusetrack.metrics.filters import Filters
from abusetrack.metrics.panels.model import (
    NOT_KNOWN,
    Bars,
    Cell,
    Panel,
    PanelKind,
    Surroundings,
    Table,
    days,
    nothing,
    percent,
    plural,
)

SHOWN = 20  # bars; the table has all
_PER = 10_000

_DEFINITION = (
    "Registrable domains with at least one confirmed report received in the period. A domain "
    "counts once, for the {one} seen nearest after its first confirmed report in the period, at "
    f"most {attribution.DAYS} days later; what was not known then stays in the denominator. The "
    f"share of the top {TOP} has a 95 % bootstrap interval, a single share an exact one; HHI is "
    "the sum of squared shares of the known parties, 0 to 10,000."
)


@dataclass(frozen=True, slots=True)
class _By:
    key: str
    name: str
    counted: str
    one: str  # "registrar"
    many: str
    key_kind: str
    families: bool = False


_PANELS = (
    _By("registrars", "Registrars", "registrars", "registrar", "registrars", "registrar"),
    _By("families", "Registrar families", "registrars", "registrar or family of sister registrars",
        "registrars or families", "registrar", families=True),
    _By("registries", "Registries (TLDs)", "registries", "top-level domain", "TLDs", "tld"),
    _By("parties", "Registrars or registries", "registrars or registries",
        "registrar, or the registry where it names none", "registrars or registries", "party"),
    _By("networks", "Networks", "networks", "origin AS of its first address", "networks", "asn"),
    _By("cdns", "CDNs", "cdns", "CDN or reverse proxy in front", "CDNs", "cdn"),
)  # fmt: skip


def _build(by: _By, case: CaseFile, filters: Filters, around: Surroundings) -> Panel:
    found = concentration(
        case, by.counted, filters, families=around.families if by.families else None
    )
    definition = _DEFINITION.format(one=by.one)
    neutral = f"Confirmed domains by {by.one}"
    headers, rows = _table(by, found, _conduct(by, case, filters), around.managed)
    if found.domains == 0:
        why = (
            "No domain has a confirmed report in this period. Assess reports, or widen the period."
        )
        return nothing(by.key, definition, headers, why, neutral)
    shown = [row for row in found.rows if row.key is not None and row.domains][:SHOWN]
    unknown = next((row.domains for row in found.rows if row.key is None), 0)
    return Panel(
        key=by.key,
        title=_title(by, found, neutral),
        unit="domains",
        chart=_bars(shown) if shown else None,
        table=Table(
            headers,
            rows,
            counts=(1, 3, 4),
            keys=tuple(_key(row) for row in found.rows),
        ),
        definition=definition,
        notes=tuple(_notes(found, unknown)),
        empty=""
        if shown
        else "Of none of the domains it was known at the time: look them up soon "
        "after they are reported.",
        figures=tuple(_figures(found)),
    )


def _conduct(by: _By, case: CaseFile, filters: Filters) -> Mapping[str, Conduct]:
    return conduct(case, filters) if by.key in {"registrars", "parties"} else {}


def _key(row: Row) -> str | None:
    return (row.key or NOT_KNOWN) if row.domains else None


def _bars(shown: list[Row]) -> Bars:
    return Bars(
        labels=tuple(row.name for row in shown),
        values=tuple(float(row.domains) for row in shown),
        keys=tuple(row.key for row in shown),
        line=tuple(row.cumulative or 0.0 for row in shown) if len(shown) > 1 else (),
        highlighted=tuple(range(min(TOP, len(shown)))),
    )


def _title(by: _By, found: Concentration, neutral: str) -> str:
    figures = found.figures
    known = sum(row.key is not None and row.domains > 0 for row in found.rows)
    if found.few or figures.top_share is None or figures.top_interval is None or known <= TOP:
        return neutral
    return f"Ten {by.many} hold {percent(figures.top_share)} of the confirmed domains"


def _notes(found: Concentration, unknown: int) -> list[str]:
    notes = []
    if found.few:
        notes.append(f"Only {plural(found.domains, 'domain')}: shares of so few say little.")
    if unknown:
        notes.append(f"Not known at the time: {plural(unknown, 'domain')}.")
    if found.other_domains:
        notes.append(f"Without a confirmed report, not counted: {found.other_domains:,}.")
    return notes


def _figures(found: Concentration) -> list[tuple[str, str]]:
    now, before = found.figures, found.before
    sure = now.top_interval
    between = f" ({percent(sure.low)} to {percent(sure.high)})" if sure else ""
    rows = [
        ("Domains", f"{found.domains:,}"),
        (f"Top {TOP}", percent(now.top_share) + between),
        ("Three quarters are with", "more than are known" if now.three_quarters is None
         else f"{now.three_quarters:,}"),
        ("HHI", "not known" if now.hhi is None else f"{now.hhi:,.0f}"),
    ]  # fmt: skip
    if before is not None and before.top_share is not None:
        rows.append(
            (f"Top {TOP}, period before", percent(before.top_share) + _changed(now, before))
        )
        if before.hhi is not None:
            rows.append(("HHI, period before", f"{before.hhi:,.0f}"))
        if before.three_quarters is not None:
            rows.append(("Three quarters, before", f"{before.three_quarters:,}"))
    return rows


def _changed(now: Figures, before: Figures) -> str:
    """Say which way the share went where the intervals do not overlap."""
    if now.top_interval is None or before.top_interval is None:
        return ""
    if now.top_interval.low > before.top_interval.high:
        return " (it rose)"
    if now.top_interval.high < before.top_interval.low:
        return " (it fell)"
    return " (no clear change)"


def _table(
    by: _By, found: Concentration, conducted: Mapping[str, Conduct], managed: Mapping[str, int]
) -> tuple[tuple[str, ...], tuple[tuple[Cell, ...], ...]]:
    headers = [by.name, "domains", "share", "URLs", "reports", "interval of the share"]
    rows: list[list[Cell]] = [
        [row.name, row.domains, row.share, row.urls, row.reports,
         f"{percent(row.interval.low)} to {percent(row.interval.high)}" if row.interval else None]
        for row in found.rows
    ]  # fmt: skip
    if conducted:
        headers += ["told of", "reported again after", "median from notice"]
        for row, cells in zip(found.rows, rows, strict=True):
            what = conducted.get(row.key or "")
            cells += [what.told, what.again, days(what.median_days)] if what else [0, None, None]
    if managed and by.key_kind == "registrar":
        headers.append(f"domains per {_PER:,} names managed")
        for row, cells in zip(found.rows, rows, strict=True):
            names = managed.get(row.key or "")
            cells.append(_PER * row.domains / names if names else None)
    return tuple(headers), tuple(tuple(cells) for cells in rows)


PANELS = tuple(
    PanelKind(by.key, by.name, "Registration" if by.key_kind in {"registrar", "tld", "party"}
              else "Hosting", partial(_build, by))
    for by in _PANELS
)  # fmt: skip
