"""The values that a filter can be set to: those that the case file has."""

from __future__ import annotations

from abusetrack.casefile.connection import CaseFile

MOST = 1000  # of one column

# Column to filter by -> its table. One step in the index for each distinct value.
_TABLES = {
    "registrar_key": "domain_now",
    "tld": "domain_now",
    "hosting_country": "domain_now",
    "legal_category": "report",
}
_DISTINCT = """
WITH RECURSIVE one(value) AS (
    SELECT min({column}) FROM {table} WHERE {column} IS NOT NULL
    UNION ALL
    SELECT (SELECT min({column}) FROM {table} WHERE {column} > one.value) FROM one
    WHERE one.value IS NOT NULL
) SELECT value FROM one WHERE value IS NOT NULL LIMIT ?
"""


def values(case: CaseFile, column: str) -> list[str]:
    """Return the first distinct values of a column, in order, at most :data:`MOST`.

    Raises:
        KeyError: it is no column with choices.
    """
    sql = _DISTINCT.format(column=column, table=_TABLES[column])
    return [value for (value,) in case.rows(sql, [MOST])]


def registrars(case: CaseFile) -> list[tuple[str, str]]:
    """Return key and name of registrars, by name."""
    found = []
    for key in values(case, "registrar_key"):
        name = case.value("SELECT registrar FROM domain_now WHERE registrar_key = ? LIMIT 1", [key])
        found.append((key, name or key))
    return sorted(found, key=lambda item: (item[1].casefold(), item[0]))
