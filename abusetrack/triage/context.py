"""What every step of the main job needs: settings, clock, names, tables, and who works."""

from __future__ import annotations

import getpass
import tomllib
from dataclasses import dataclass
from datetime import timedelta
from importlib import resources
from pathlib import Path

from abusetrack.errors import SettingsError
from abusetrack.names import Names
from abusetrack.records import Clock
from abusetrack.settings import Settings


@dataclass(frozen=True, slots=True)
class Context:
    """Made once by a face and handed to every step."""

    settings: Settings
    clock: Clock
    names: Names
    actor: str
    parking: tuple[tuple[str, str], ...]  # (name server suffix, service)

    @property
    def registration_max_age(self) -> timedelta:
        """How old a registration answer may be to be used again."""
        return timedelta(hours=self.settings.policy.registration_max_age_hours)

    @property
    def network_max_age(self) -> timedelta:
        """How old a network answer may be to be used again."""
        return timedelta(hours=self.settings.policy.network_max_age_hours)


def actor_of(settings: Settings) -> str:
    """Return who works here: the analyst of the settings, else the login name."""
    if settings.organisation.analyst:
        return settings.organisation.analyst
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "analyst"


def make_context(settings: Settings, clock: Clock) -> Context:
    """Read the tables that the settings name.

    Raises:
        SettingsError: a table is missing or malformed; the message names it.
    """
    extra = settings.names.extra_suffixes
    tables = [settings.path(path) for path in settings.network.parking_tables]
    return Context(
        settings=settings,
        clock=clock,
        names=Names(settings.path(extra) if extra else None),
        actor=actor_of(settings),
        parking=_parking(tables),
    )


def _parking(tables: list[Path]) -> tuple[tuple[str, str], ...]:
    shipped = resources.files("abusetrack.resources") / "data" / "parking_ns.toml"
    rows: list[tuple[str, str]] = []
    for source, text in [("the shipped table", shipped.read_text("utf-8"))] + [
        (str(path), _read(path)) for path in tables
    ]:
        try:
            for entry in tomllib.loads(text)["parking"]:
                rows += [(suffix.lower(), entry["name"]) for suffix in entry["name_servers"]]
        except (tomllib.TOMLDecodeError, KeyError, TypeError, AttributeError) as error:
            raise SettingsError(
                f"The parking table {source} is not usable: it needs [[parking]] entries with "
                "name and name_servers."
            ) from error
    return tuple(rows)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(
            f"The parking table {path} cannot be read; check network.parking_tables."
        ) from error
