"""What the filters of figures can be set to, and sets of them saved under a name."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime

from pydantic import TypeAdapter, ValidationError

from abusetrack.casefile import CaseFile, saved_figures
from abusetrack.errors import InputError
from abusetrack.metrics.filters import Filters, Period, period


@dataclass(frozen=True, slots=True)
class Chosen:
    """Filters as a person chose them; ``named`` moves with the time, None: the filters' own."""

    filters: Filters = field(default_factory=Filters)
    named: Period | None = Period.ALL

    def at(self, now: datetime) -> Filters:
        """Return the filters as of ``now``."""
        if self.named is None:
            return self.filters
        since, until = period(self.named, now)
        return replace(self.filters, since=since, until=until)


@dataclass(frozen=True, slots=True)
class Choices:
    """What stands in the case file, each in order."""

    categories: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    registrars: tuple[tuple[str, str], ...] = ()  # (key, name), by name
    saved: tuple[str, ...] = ()


def choices(case: CaseFile) -> Choices:
    """Read what filters can be set to."""

    def distinct(column: str, table: str) -> tuple[str, ...]:
        sql = f"SELECT DISTINCT {column} FROM {table} WHERE {column} IS NOT NULL ORDER BY 1"
        return tuple(value for (value,) in case.rows(sql))

    registrars = case.rows(
        "SELECT registrar_key, min(registrar) AS name FROM domain_now"
        " WHERE registrar_key IS NOT NULL GROUP BY registrar_key ORDER BY name, registrar_key"
    )
    return Choices(
        categories=distinct("legal_category", "report"),
        sources=distinct("source", "report"),
        countries=distinct("hosting_country", "domain_now"),
        registrars=tuple((key, name) for key, name in registrars),
        saved=tuple(saved_figures.names(case)),
    )


_CHOSEN = TypeAdapter(Chosen)


def save(case: CaseFile, name: str, chosen: Chosen) -> None:
    """Save filters under a name; those of that name are replaced.

    Raises:
        InputError: the name is empty.
    """
    saved_figures.save(case, name, encode(chosen))


def encode(chosen: Chosen) -> str:
    """Return filters as text."""
    if chosen.named is not None:  # the dates follow from the name of the period
        chosen = replace(chosen, filters=replace(chosen.filters, since=None, until=None))
    return _CHOSEN.dump_json(chosen).decode()


def decode(text: str) -> Chosen | None:
    """Return the filters of a text; None where another version wrote it."""
    try:
        return _CHOSEN.validate_json(text)
    except ValidationError:
        return None


def load(case: CaseFile, name: str) -> Chosen:
    """Return the filters that were saved under a name.

    Raises:
        InputError: there are none, or they are of another version.
    """
    text = saved_figures.load(case, name)
    if text is None:
        raise InputError(f"No filters of the dashboards are saved as {name!r}.")
    chosen = decode(text)
    if chosen is None:
        raise InputError(
            f"The filters {name!r} were saved by another version of abusetrack; save them again."
        )
    return chosen
