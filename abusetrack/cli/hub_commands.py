"""hub, sync: one case base for a team."""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from abusetrack import settings as settings_file
from abusetrack.casefile import syncs
from abusetrack.cli.session import Session, counted, first_line
from abusetrack.errors import InputError
from abusetrack.settings import Settings
from abusetrack.triage import dossier

if TYPE_CHECKING:
    from abusetrack.hub.sync import Synced


def _need_extra() -> None:
    """See that what the hub needs is installed.

    Raises:
        InputError: it is not.
    """
    try:
        import cryptography  # noqa: F401
        import psycopg  # noqa: F401
    except ImportError as error:
        raise InputError(
            f"The hub needs a package that is not installed ({error.name}): install "
            "abusetrack[hub]."
        ) from error


@click.group()
def hub() -> None:
    """Join the case files of a team through a PostgreSQL server (docs/team.md)."""
    _need_extra()


_SERVER = click.option(
    "--server", help="postgresql://USER@HOST:PORT/DATABASE; kept in the settings. [default: as set]"
)
_PASSWORD = click.option(
    "--password-file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="A file whose first line is the password of the user on the server.",
)


def _with_server(session: Session, server: str | None) -> Settings:
    if server is None or server == session.settings.hub.server:
        return session.settings
    return settings_file.changed(session.settings, {"hub.server": server})


def _password(settings: Settings, file: Path | None) -> str | None:
    from abusetrack.hub import membership

    return first_line(file) if file else membership.password_of(settings)


def _keep_server(session: Session, settings: Settings) -> None:
    if settings.hub.server != session.settings.hub.server:
        settings_file.save(session.config_path, {"hub.server": settings.hub.server})


@hub.command()
@click.argument("key_file", type=click.Path(path_type=Path, dir_okay=False))
@_SERVER
@_PASSWORD
@click.pass_obj
def init(session: Session, key_file: Path, server: str | None, password_file: Path | None) -> None:
    """Make the hub in a database, or bring an older one up to date.

    The user needs the right to make a schema and roles. KEY_FILE is where the team's key is
    written, or stands already: who has it and a user of the database reads everything.
    """
    from abusetrack.hub import membership, schema
    from abusetrack.hub.server import connected

    settings = _with_server(session, server)
    with connected(settings, _password(settings, password_file)) as connection:
        key, made = membership.read_key_or_make(key_file)
        is_new = schema.init(connection, key)
    _keep_server(session, settings)
    session.out.print("The hub was made." if is_new else "The hub was there, and is up to date.")
    if made:
        session.out.print(
            f"The team's key stands in {key_file}. Give it to colleagues by hand, never by mail; "
            "keep a copy where only the team's lead gets at it: without it nothing on the hub can "
            "be read again."
        )
    session.out.print("Each workstation joins with 'abusetrack hub join KEY-FILE'.")


@hub.command()
@click.argument("key_file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@_SERVER
@_PASSWORD
@click.pass_obj
def join(session: Session, key_file: Path, server: str | None, password_file: Path | None) -> None:
    """Let this workstation take part: keep the key, and make the first exchange.

    Key and password go into the system's keyring; with hub.key_file set, the key stays in
    that file. Everything in this case file goes to the hub, sealed.
    """
    from abusetrack.hub import membership, schema
    from abusetrack.hub.server import connected, run
    from abusetrack.hub.team_key import TeamKey

    settings = _with_server(session, server)
    key = TeamKey.read(key_file)
    password = _password(settings, password_file)
    with connected(settings, password) as connection:
        run(connection, lambda cursor: schema.team_of(cursor, key), reads_only=True)
    membership.keep(settings, key, password)
    _keep_server(session, settings)
    session.settings = settings
    session.__dict__.pop("context", None)  # made of the settings before
    _say(session, _exchange(session))


@hub.command()
@click.pass_obj
def leave(session: Session) -> None:
    """Take key and password out of the keyring; what is here and there stays."""
    from abusetrack.hub import membership

    membership.forget(session.settings)
    session.out.print("This workstation takes part no longer. What it had stays in the case file.")


@hub.command()
@click.option("--json", "as_json", is_flag=True, help="Machine-readable output.")
@click.pass_obj
def status(session: Session, as_json: bool) -> None:
    """Say who takes part, how far each has come, and who works on what."""
    from abusetrack.hub import claiming, membership, workstations
    from abusetrack.hub.server import run
    from abusetrack.hub.sync import behind

    with session.case() as case:
        with membership.meeting(session.settings) as (connection, key):
            there = run(connection, lambda cursor: workstations.read(cursor, key), reads_only=True)
            claims = claiming.current(connection, key)
        down, up = behind(case, {origin: one.standing for origin, one in there.items()})
        last = syncs.last(case)
        own = case.origin_id.hex()
    if as_json:
        session.print_json(
            {
                "last_sync": last and last.at.isoformat(),
                "facts_to_come": down,
                "facts_to_send": up,
                "workstations": [
                    {
                        "name": one.name,
                        "origin": one.origin,
                        "own": one.origin == own,
                        "facts": one.standing.facts,
                        "seen_at": one.seen_at.isoformat(),
                    }
                    for one in there.values()
                ],
                "claims": [
                    {"domain": one.domain, "who": one.who, "until": one.expires_at.isoformat()}
                    for one in claims
                ],
            }
        )
        return
    since = f"Last exchange {last.at:%Y-%m-%d %H:%M} UTC." if last else "No exchange yet."
    session.out.print(f"{since} To come: {counted(down, 'fact')}; to send: {counted(up, 'fact')}.")
    table = session.table("workstation", "facts", "last sent (UTC)", right=("facts",))
    for one in there.values():
        mark = " (this one)" if one.origin == own else ""
        table.add_row(one.name + mark, str(one.standing.facts), f"{one.seen_at:%Y-%m-%d %H:%M}")
    session.out.print(table)
    for held in claims:
        session.out.print(f"{held.domain}: {held.who}, until {held.expires_at:%Y-%m-%d %H:%M} UTC")


@hub.command()
@click.argument("domains", nargs=-1, required=True)
@click.option("--hours", type=click.FloatRange(min=0, min_open=True), help="[default: as set]")
@click.pass_obj
def claim(session: Session, domains: tuple[str, ...], hours: float | None) -> None:
    """Say that you work on domains, until the claim runs out; colleagues are warned."""
    from abusetrack.hub import claiming, membership

    lasting = timedelta(hours=hours or session.settings.hub.claim_hours)
    with session.case() as case, membership.meeting(session.settings) as (connection, key):
        wanted = [dossier.domain_of(session.context, text) for text in domains]
        who = membership.name_of(session.context)
        rivals = claiming.take(
            connection, key, wanted, origin=case.origin_id.hex(), who=who, lasting=lasting
        )
        membership.note_claims(case, connection, key)
    for one in rivals:
        session.err.print(
            f"{one.domain} is claimed by {one.who} until {one.expires_at:%Y-%m-%d %H:%M} UTC."
        )
    session.out.print(f"Claimed: {counted(len(wanted) - len(rivals), 'domain')}.")
    if rivals:
        sys.exit(1)


@hub.command()
@click.argument("domains", nargs=-1, required=True)
@click.pass_obj
def release(session: Session, domains: tuple[str, ...]) -> None:
    """Give claimed domains back before the claim runs out."""
    from abusetrack.hub import claiming, membership

    with session.case() as case, membership.meeting(session.settings) as (connection, key):
        wanted = [dossier.domain_of(session.context, text) for text in domains]
        given = claiming.release(connection, key, wanted, case.origin_id.hex())
        membership.note_claims(case, connection, key)
    session.out.print(f"Given back: {counted(given, 'domain')}.")


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Machine-readable output.")
@click.pass_obj
def sync(session: Session, as_json: bool) -> None:
    """Exchange facts with the team's hub: take what is new there, leave what is new here."""
    _need_extra()
    synced = _exchange(session)
    if not as_json:
        _say(session, synced)
        return
    session.print_json(
        {
            "sent": {
                "facts": synced.sent.facts,
                "evidence": synced.sent.evidence,
                "audit_rows": synced.sent.audit_rows,
            },
            "arrived": {
                "facts": synced.arrived.facts,
                "evidence": synced.arrived.evidence,
                "audit_rows": synced.arrived.audit_rows,
                "erased": synced.arrived.erased,
                "domains": len(synced.arrived.domains),
            },
        }
    )


def _exchange(session: Session) -> Synced:
    from abusetrack.hub import membership

    with session.case(create=True) as case, session.progress("judging") as bar:
        return membership.exchange(
            session.context, case, lambda _what, done, total: bar.update(done, total)
        )


def _say(session: Session, synced: Synced) -> None:
    arrived, sent = synced.arrived, synced.sent
    session.out.print(
        f"Taken in: {counted(arrived.facts, 'fact')} on {counted(len(arrived.domains), 'domain')}; "
        f"left: {counted(sent.facts, 'fact')}."
    )
    if arrived.erased:
        session.out.print(
            "Erased here, because a colleague erased it: "
            f"{counted(arrived.erased, 'text or piece')}."
        )


COMMANDS = (hub, sync)
