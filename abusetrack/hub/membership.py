"""What a workstation needs to meet the hub: the team's key and a password, kept safely."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from abusetrack import keyrings
from abusetrack.casefile import CaseFile, claims
from abusetrack.errors import ExternalError, InputError
from abusetrack.hub import claiming
from abusetrack.hub.server import Connection, connected
from abusetrack.hub.sync import Synced, sync
from abusetrack.hub.team_key import TeamKey
from abusetrack.settings import Settings
from abusetrack.triage.context import Context
from abusetrack.triage.rejudging import Progress, rejudge

PASSWORD_VARIABLE = "ABUSETRACK_HUB_PASSWORD"  # noqa: S105  (the variable's name)


@dataclass(frozen=True, slots=True)
class Membership:
    """The key of the team, and the password of this user on the server, if one is needed."""

    key: TeamKey
    password: str | None


def find(settings: Settings) -> Membership:
    """Return what was kept when this workstation joined.

    The password comes from the environment (and is removed there), else from the keyring,
    else libpq looks for it in its own password file.

    Raises:
        InputError: no hub is set, or the key is nowhere to be found.
        ExternalError: the keyring cannot be used.
    """
    if not settings.hub.server:
        raise InputError("No hub is set; join one with 'abusetrack hub join'.")
    return Membership(_key(settings), password_of(settings))


def keep(settings: Settings, key: TeamKey, password: str | None) -> None:
    """Keep the key, and the password if there is one, in the system's keyring.

    With ``hub.key_file`` set the key stands in that file, and nothing is kept.

    Raises:
        InputError: the keyring is not installed, or the file holds another key.
        ExternalError: the keyring cannot be used.
    """
    if settings.hub.key_file is None:
        keyrings.put(_named("key", settings), key.text())
    elif TeamKey.read(settings.path(settings.hub.key_file)) != key:
        raise InputError("hub.key_file holds another key than the one given; mend the setting.")
    if password is not None:
        keyrings.put(_named("password", settings), password)


def forget(settings: Settings) -> None:
    """Take key and password out of the keyring."""
    for what in ("key", "password"):
        keyrings.drop(_named(what, settings))


def password_of(settings: Settings) -> str | None:
    """Return the password of this user, if it is known here."""
    from_environment = os.environ.pop(PASSWORD_VARIABLE, None)
    if from_environment:
        return from_environment
    with suppress(InputError, ExternalError):  # without a keyring libpq has its own ways
        return keyrings.get(_named("password", settings))
    return None


def _key(settings: Settings) -> TeamKey:
    if settings.hub.key_file is not None:
        return TeamKey.read(settings.path(settings.hub.key_file))
    kept = keyrings.get(_named("key", settings))
    if kept is None:
        raise InputError(
            "The team's key is not in the keyring; join with 'abusetrack hub join KEY-FILE', or "
            "set hub.key_file."
        )
    return TeamKey.parse(kept)


def _named(what: str, settings: Settings) -> str:
    return f"hub {what} {settings.hub.server}"


def name_of(context: Context) -> str:
    """Return under which name this workstation shows to the others."""
    return f"{context.actor} at {platform.node() or 'a workstation'}"


@contextmanager
def meeting(settings: Settings) -> Iterator[tuple[Connection, TeamKey]]:
    """Hold a connection to the hub, with the key to what is there.

    Raises:
        InputError: this workstation did not join.
        ExternalError: the hub cannot be reached.
    """
    member = find(settings)
    with connected(settings, member.password) as connection:
        yield connection, member.key


def exchange(context: Context, case: CaseFile, progress: Progress) -> Synced:
    """Make one exchange with the hub, and judge anew what it brought.

    Raises:
        InputError: as :func:`abusetrack.hub.sync.sync`, or this workstation did not join.
        CaseFileError: this case file was changed by hand.
        ExternalError: the hub cannot be reached; nothing was lost.
    """
    with meeting(context.settings) as (connection, key):
        synced = sync(case, connection, key, name_of(context))
    rejudge(context, case, synced.arrived.domains, progress)
    return synced


def note_claims(case: CaseFile, connection: Connection, key: TeamKey) -> None:
    """Bring here who works on what now."""
    claims.replace(case, claiming.current(connection, key))


def read_key_or_make(path: Path) -> tuple[TeamKey, bool]:
    """Return the key that a file holds, or a new one written to it; and whether it is new."""
    if path.exists():
        return TeamKey.read(path), False
    key = TeamKey.make()
    key.write(path)
    return key, True
