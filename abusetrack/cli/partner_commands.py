"""share, blocklist and receive: exchange with partners."""

from __future__ import annotations

from pathlib import Path

import click

from abusetrack.cli.session import Session, counted
from abusetrack.errors import InputError
from abusetrack.exchange import block_lists, extra, giving, leaving, receiving
from abusetrack.exchange.errand import Doing, Errand, Step

_TO = click.option("--to", "partner", required=True, help="Partner, as in [partners.NAME].")
_OUT = click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="New file.")
_ENCRYPT = click.option(
    "--encrypt/--plain",
    default=True,
    show_default=True,
    help="To the partner's OpenPGP key, or as it is where it goes another safe way.",
)
_PREVIEW = click.option("--preview", is_flag=True, help="Only say what the partner would see.")


@click.command()
@_TO
@click.option(
    "--format", "form", type=click.Choice(list(giving.FORMATS)), default="stix", show_default=True
)
@_OUT
@_PREVIEW
@_ENCRYPT
@click.pass_obj
def share(
    session: Session, partner: str, form: str, out: Path | None, preview: bool, encrypt: bool
) -> None:
    """Write what a partner may see as STIX 2.1 or MISP JSON; a person sends it.

    Confirmed domains only, none behind an open gate or withdrawn, and no more of each than
    the partner's level. What it was given before and no longer stands is taken back.
    """
    with session.case("sharing") as case:
        found = leaving.outgoing(session.context, case, partner)
        if preview:
            session.out.print(leaving.preview(found))
            return
        given = giving.give(session.context, case, found, form, _named(out), encrypt=encrypt)
    _say(session, given)


@click.command()
@_TO
@click.option(
    "--format", "form", type=click.Choice(list(block_lists.FORMATS)), default="rpz",
    show_default=True,
)  # fmt: skip
@_OUT
@_PREVIEW
@_ENCRYPT
@click.pass_obj
def blocklist(
    session: Session, partner: str, form: str, out: Path | None, preview: bool, encrypt: bool
) -> None:
    """Write a block list for a partner: confirmed, dedicated names only, for seven days.

    A compromised site, a platform or a protected name is never on it; what is held, gone or
    withdrawn leaves by itself.
    """
    with session.case("sharing") as case:
        if preview:
            found, names = block_lists.block_list(session.context, case, partner)
            session.out.print(leaving.preview(found))
            session.out.print(f"{counted(len(names.names), 'name')} to be blocked")
            return
        given = giving.give_block_list(
            session.context, case, partner, form, _named(out), encrypt=encrypt
        )
    _say(session, given)


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--from", "partner", required=True, help="Partner, as in [partners.NAME].")
@click.option("--preview", is_flag=True, help="Only say what it would bring; keep nothing.")
@click.pass_obj
def receive(session: Session, file: Path, partner: str, preview: bool) -> None:
    """Take in a partner's STIX 2.1 bundle or MISP event.

    It is kept apart, with its origin, and counts in no verdict, figure or draft, unless the
    partner is trusted for it in the settings.
    """
    with session.case("receiving") as case:
        found = receiving.read(session.context, partner, file)
        session.out.print(receiving.text(receiving.preview(session.context, case, partner, found)))
        if preview:
            return
        kept = receiving.receive(session.context, case, partner, found)
    session.out.print(f"kept: {counted(kept.records, 'record')}; reports of ours: {kept.reports}")


@click.group()
def taxii() -> None:
    """Exchange with a partner's TAXII 2.1 collection."""


@taxii.command("push")
@click.argument("partner")
@click.pass_obj
def push(session: Session, partner: str) -> None:
    """Add to PARTNER's collection what it may see and does not have yet."""
    with session.case("sharing") as case:
        found = extra.taxii().push(session.context, case, partner, errand=_errand(session, partner))
    session.out.print(
        f"added for {partner}: {counted(len(found.domains), 'domain')}, "
        f"{len(found.withdrawn)} taken back"
    )


@taxii.command("pull")
@click.argument("partner")
@click.pass_obj
def pull(session: Session, partner: str) -> None:
    """Take what was added to PARTNER's collection since the last time."""
    with session.case("receiving") as case:
        seen, kept = extra.taxii().pull(
            session.context, case, partner, errand=_errand(session, partner)
        )
    session.out.print(receiving.text(seen))
    session.out.print(f"kept: {counted(kept.records, 'record')}; reports of ours: {kept.reports}")


@taxii.command("password")
@click.argument("partner")
@click.pass_obj
def password(session: Session, partner: str) -> None:
    """Keep the password of our account at PARTNER in the system's keyring."""
    leaving.partner_of(session.context, partner)
    secret = click.prompt("Password", hide_input=True)
    extra.taxii().keep_password(session.context, partner, secret)
    session.out.print("kept in the keyring")


def _errand(session: Session, partner: str) -> Errand:
    def tell(step: Step) -> None:
        if step.doing is Doing.WAITING:
            session.err.print(f"The server of {partner} is busy; waiting {step.number} s.")

    return Errand(tell)


def _named(out: Path | None) -> Path:
    if out is None:
        raise InputError("Say into which new file it is written: --out (or --preview).")
    return out


def _say(session: Session, given: giving.Given) -> None:
    found = given.found
    how = "encrypted" if given.encrypted else "not encrypted"
    session.out.print(
        f"{counted(len(found.domains), 'domain')} for {found.partner}, "
        f"{len(found.withdrawn)} taken back, {found.held_back} held back -> {given.path} ({how}); "
        "nothing was sent"
    )


COMMANDS = (share, blocklist, receive, taxii)
