"""What every step of the main job needs: settings, clock, names, tables, and who works."""

from __future__ import annotations

import getpass
from dataclasses import dataclass
from datetime import timedelta

from abusetrack.names import Names
from abusetrack.records import Clock
from abusetrack.settings import Settings
from abusetrack.triage import parking
from abusetrack.triage.reference import Reference


@dataclass(frozen=True, slots=True)
class Context:
    """Made once by a face and handed to every step."""

    settings: Settings
    clock: Clock
    names: Names
    actor: str
    parking: tuple[tuple[str, str], ...]  # (name server suffix, service)
    reference: Reference

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
    return Context(
        settings=settings,
        clock=clock,
        names=Names(settings.path(extra) if extra else None),
        actor=actor_of(settings),
        parking=parking.read(
            map(settings.path, settings.network.parking_tables),
            map(settings.path, settings.network.sinkhole_tables),
        ),
        reference=Reference(settings),
    )
