"""Filters of the list, saved under a name inside the case file."""

from __future__ import annotations

from dataclasses import fields
from difflib import get_close_matches

from pydantic import TypeAdapter, ValidationError

from abusetrack.casefile.connection import CaseFile
from abusetrack.casefile.encoding import canonical, clean, column
from abusetrack.casefile.filters import ListQuery
from abusetrack.errors import InputError

_QUERY = TypeAdapter(ListQuery)


def save(case: CaseFile, name: str, query: ListQuery) -> None:
    """Save a query under a name; one of that name is replaced.

    Raises:
        InputError: the name is empty.
    """
    name = clean(name.strip())
    if not name:
        raise InputError("Give the filter a name to save it under.")
    with case.transaction():
        case.execute(
            "INSERT OR REPLACE INTO saved_filter VALUES (?, ?, ?, ?)",
            [name, encode(query), case.now(), clean(case.actor)],
        )


def encode(query: ListQuery) -> str:
    """Return a query as text."""
    return canonical(
        {
            field.name: value if isinstance(value, tuple) else column(value)
            for field in fields(query)
            if (value := getattr(query, field.name)) != field.default
        }
    )


def decode(text: str) -> ListQuery | None:
    """Return the query of a text; None where another version wrote it."""
    try:
        return _QUERY.validate_json(text)
    except ValidationError:
        return None


def load(case: CaseFile, name: str) -> ListQuery:
    """Return the query that was saved under a name.

    Raises:
        InputError: there is none, or it is of another version.
    """
    text = case.value("SELECT query FROM saved_filter WHERE name = ?", [clean(name.strip())])
    if text is None:
        close = get_close_matches(name, names(case), n=3)
        hint = f" (near: {', '.join(close)})" if close else ""
        raise InputError(f"No filter is saved as {name!r}{hint}; see 'abusetrack search --list'.")
    query = decode(text)
    if query is None:
        raise InputError(
            f"The filter {name!r} was saved by another version of abusetrack; save it again."
        )
    return query


def names(case: CaseFile) -> list[str]:
    """Return the names under which filters are saved, in order."""
    return [name for (name,) in case.rows("SELECT name FROM saved_filter ORDER BY name")]


def remove(case: CaseFile, name: str) -> bool:
    """Forget a saved filter; say whether there was one."""
    with case.transaction():
        gone = case.execute("DELETE FROM saved_filter WHERE name = ?", [clean(name.strip())])
    return gone > 0
