"""party: show, set, list, import, export."""

from __future__ import annotations

from pathlib import Path

import click

from abusetrack.casefile import parties
from abusetrack.cli.intake_commands import complaints_json, print_complaints
from abusetrack.cli.session import Session, counted
from abusetrack.errors import InputError
from abusetrack.records import role_of
from abusetrack.triage import contact_tables, party_view
from abusetrack.triage.party_view import PartyView

_MOST = 20


@click.group()
def party() -> None:
    """What we know of parties: registrars, registries, hosts, platforms and others."""


@party.command("show")
@click.argument("key")
@click.option("--json", "as_json", is_flag=True, help="Machine-readable output.")
@click.pass_obj
def show(session: Session, key: str, as_json: bool) -> None:
    """Whom we know at KEY (such as iana:9999), what they accept, how they have answered."""
    with session.case() as case:
        page = party_view.view(session.context, case, key)
    if as_json:
        session.print_json(party_view.as_json(page))
        return
    say = session.out.print
    say(f"{page.party.name}  ({key}, {page.party.role.value})")
    say(f"{counted(page.domains, 'domain')} of this case file with them now")
    _say_contacts(session, page)
    _say_notes(session, page)
    say("")
    for line in party_view.sentences(page.record):
        say(line)
    for item in page.notices[:_MOST]:
        row = item.row
        late = "  OVERDUE" if item.overdue else ""
        say(
            f"  {row.exported_at:%Y-%m-%d}  {row.reference}  {row.rung.value}, "
            f"{counted(row.domains, 'domain')}: {row.status.value}{late}"
        )
    if len(page.notices) > _MOST:
        say(f"  and {len(page.notices) - _MOST} older ones (--json lists all)")
    for template, counts in page.quality.items():
        said = ", ".join(f"{quality.value} {count}" for quality, count in counts.items())
        say(f"said of notices by {template}: {said}")


def _say_contacts(session: Session, page: PartyView) -> None:
    say = session.out.print
    if not page.reaches:
        say("no contact is known; add one with 'abusetrack contacts add'")
    for item in page.reaches:
        contact = item.contact
        ways = ", ".join(filter(None, (contact.email, contact.form, contact.phone)))
        only = " (web form only)" if contact.form and not contact.email else ""
        seal = f"confirmed by {contact.confirmed_by}" if contact.confirmed_at else "NOT CONFIRMED"
        say(f"as {contact.role.value}: {ways}{only}; {seal}; from {contact.source}")
        if item.no_send:
            say(f"  NO-SEND: {item.no_send}")
        for reason in item.warnings:
            say(f"  beware: {reason.text}")
    for event in page.ledger[-_MOST:]:
        note = f" ({event.note})" if event.note else ""
        say(f"  {event.at:%Y-%m-%d}  {event.address}: {event.outcome.value}{note}")


def _say_notes(session: Session, page: PartyView) -> None:
    for name in parties.FIELDS:
        text = contact_tables.cell(page.party, name)
        if text and name not in {"name", "openpgp_key"}:
            own = "" if name in page.party.manual else "  (from a table)"
            session.out.print(f"{name.replace('_', ' ')}: {text}{own}")
    if page.party.openpgp_key:
        session.out.print("openpgp key: known")


@party.command("set")
@click.argument("key")
@click.argument("values", nargs=-1, required=True, metavar="FIELD=VALUE...")
@click.option(
    "--key-file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Read the value of openpgp_key from this file.",
)
@click.pass_obj
def set_(session: Session, key: str, values: tuple[str, ...], key_file: Path | None) -> None:
    """Note what you know of a party; it wins over every table.

    FIELD is one of name, policy, policy_url, trusted_notifier, framework, union,
    online_platform, exact_urls, one_domain, language, country, openpgp_fingerprint,
    openpgp_key, form_fields, form_characters, form_rows, comment. Yes and no are written so;
    an empty VALUE takes a note back.
    """
    texts: dict[str, str] = {}
    for value in values:
        name, equals, text = value.partition("=")
        name = name.strip().replace("-", "_")
        if not equals or name not in parties.FIELDS:
            raise InputError(
                f"{value!r} is not FIELD=VALUE with a field of {', '.join(parties.FIELDS)}."
            )
        texts[name] = text
    if key_file is not None:
        texts["openpgp_key"] = _read_key(key_file)
    with session.case("noting", create=True) as case:
        changed = parties.note(case, key, contact_tables.note_values(texts))
        found = parties.party(case, key)
    session.out.print(f"{found.name} ({key}): {'noted' if changed else 'nothing new'}")


def _read_key(path: Path) -> str:
    try:
        text = path.read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"The key file {path} cannot be read as text.") from error
    if "BEGIN PGP PUBLIC KEY BLOCK" not in text and "PRIVATE KEY" not in text:
        raise InputError(f"{path} holds no armoured OpenPGP public key; export it with --armor.")
    return text


@party.command("list")
@click.option("--json", "as_json", is_flag=True, help="Machine-readable output.")
@click.pass_obj
def list_(session: Session, as_json: bool) -> None:
    """List the parties that have a note."""
    with session.case() as case:
        found = parties.many(case, dict.fromkeys(parties.noted(case), ""))
    if as_json:
        session.print_json(
            [
                {"party": item.key, "name": item.name, "role": role_of(item.key).value}
                for item in found.values()
            ]
        )
        return
    if not found:
        session.out.print("No notes on parties; use 'abusetrack party set' or 'party import'.")
        return
    table = session.table("party", "name", "role", "country", "accepts", "own notes")
    for item in found.values():
        table.add_row(
            item.key,
            item.name,
            item.role.value,
            item.country,
            ", ".join(
                text
                for wanted, text in (
                    (item.exact_urls, "exact URLs"),
                    (item.one_domain, "one domain each"),
                    (item.trusted_notifier, "trusted notifier"),
                    (item.openpgp_fingerprint or item.openpgp_key, "OpenPGP"),
                )
                if wanted
            ),
            ", ".join(name.replace("_", " ") for name in item.manual),
        )
    session.out.print(table)


@party.command("import")
@click.argument("table", type=click.Path(path_type=Path))
@click.option("--own", is_flag=True, help="As our own word, which wins over tables.")
@click.pass_obj
def import_parties(session: Session, table: Path, own: bool) -> None:
    """Import a CSV of notes on parties: column party, and fields as in 'party set'."""
    with session.case("importing the parties", create=True) as case:
        count, complaints = contact_tables.import_parties(session.context, case, table, own=own)
    session.out.print(f"{count} of the parties changed")
    print_complaints(session, complaints_json(complaints))


@party.command("export")
@click.argument("table", type=click.Path(path_type=Path))
@click.pass_obj
def export_parties(session: Session, table: Path) -> None:
    """Write the notes on every party into a new CSV file."""
    with session.case() as case:
        count = contact_tables.export_parties(case, table)
    session.out.print(f"{count} of the parties -> {table}")


COMMANDS = (party,)
