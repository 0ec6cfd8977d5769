"""Which domains stand behind a row of a panel: what a row or a point of a chart leads to.

From the same columns as the figure, with the same filters, so that the list has the domains that
were counted, whatever became of them since.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from abusetrack.casefile import CaseFile
from abusetrack.metrics import attribution, columns, displacement, hosting, work
from abusetrack.metrics.filters import Filters
from abusetrack.metrics.panels.model import ALL, NOT_KNOWN, Surroundings
from abusetrack.metrics.takedown import (
    COUNTRY,
    Clock,
    Clocks,
    by_country,
    by_party,
    content_clock,
    domain_clock,
)

Behind = Callable[[CaseFile, Filters, Surroundings, str], Iterable[int]]


def domains_behind(
    case: CaseFile, panel: str, filters: Filters, around: Surroundings, row: str
) -> tuple[int, ...]:
    """Return the ids, in ``domain_now``, of the domains that a row counts.

    Where the unit of the row is another one (pages, reports, notices, moves) they are the
    domains of these.

    Raises:
        KeyError: no row of the panel leads anywhere.
    """
    return tuple(sorted(_BEHIND[panel](case, filters, around, row)))


def _numbers(column: Any) -> list[int]:
    return sorted(set(column.tolist()))


def _party(
    counted: str, families: bool, case: CaseFile, filters: Filters, around: Surroundings, row: str
) -> list[int]:
    found = attribution.counted(case, filters)
    parties = attribution.BY[counted](found)
    if row == NOT_KNOWN:
        return _numbers(found.domain[parties.rows_of(lambda key: key is None)])
    keys = {row}
    if families and row.startswith("family:"):
        keys = {one for one, family in around.families.items() if f"family:{family}" == row}
    return _numbers(found.domain[parties.rows_of(lambda key: key is not None and str(key) in keys)])


def _country(case: CaseFile, filters: Filters, _around: Surroundings, row: str) -> list[int]:
    return hosting.seen_in(case, filters, None if row == NOT_KNOWN else row)


def _move(case: CaseFile, filters: Filters, _around: Surroundings, row: str) -> list[int]:
    before, _, after = row.partition(">")
    return hosting.moved(case, filters, before, after)


def _month(case: CaseFile, filters: Filters, _around: Surroundings, row: str) -> list[int]:
    found = attribution.counted(case, filters)
    return _numbers(found.domain[columns.during(found.first, row)])


def _after(case: CaseFile, filters: Filters, around: Surroundings, row: str) -> Iterable[int]:
    return displacement.followed(case, filters, hop_tlds=around.hop_tlds)[row]


def _of_group(clocks: Clocks, row: str) -> list[int]:
    if row == ALL:
        return _numbers(clocks.cases.subject)
    grouped = by_country if row.startswith(COUNTRY) else by_party
    wanted = None if row == NOT_KNOWN else row
    return [
        number
        for (key, _), cases in grouped(clocks).items()
        if key == wanted
        for number in _numbers(cases.subject)
    ]


def _domain_cases(
    clock: Clock, case: CaseFile, filters: Filters, _around: Surroundings, row: str
) -> list[int]:
    return _of_group(domain_clock(case, filters, clock), row)


def _page_cases(
    clock: Clock, case: CaseFile, filters: Filters, _around: Surroundings, row: str
) -> list[int]:
    import numpy as np

    reports = columns.reports(case)
    pages = _of_group(content_clock(case, filters, clock), row)
    return _numbers(reports.domain[np.isin(reports.url, pages)])


def _received(case: CaseFile, filters: Filters, _around: Surroundings, row: str) -> list[int]:
    reports = columns.reports(case)
    rows = reports.chosen(filters, confirmed=False)
    return _numbers(reports.domain[rows[columns.during(reports.received[rows], row)]])


def _told(case: CaseFile, filters: Filters, _around: Surroundings, row: str) -> list[int]:
    return work.told_domains(case, filters, row)


_BEHIND: dict[str, Behind] = {
    "registrars": partial(_party, "registrars", False),
    "families": partial(_party, "registrars", True),
    "registries": partial(_party, "registries", False),
    "parties": partial(_party, "registrars or registries", False),
    "networks": partial(_party, "networks", False),
    "cdns": partial(_party, "cdns", False),
    "countries": _country,
    "regions": _month,
    "moves": _move,
    "domains-from-report": partial(_domain_cases, Clock.REPORT),
    "domains-from-notice": partial(_domain_cases, Clock.NOTICE),
    "pages-from-report": partial(_page_cases, Clock.REPORT),
    "pages-from-notice": partial(_page_cases, Clock.NOTICE),
    "displacement": _after,
    "kinds": _month,
    "work": _received,
    "answers": _told,
}
