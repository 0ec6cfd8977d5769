"""contacts: list, import, export, add, confirm, no-send, replace, outcome."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from abusetrack.casefile import address_rules, contact_ledger, directory
from abusetrack.cli.intake_commands import complaints_json, print_complaints
from abusetrack.cli.session import Session, counted, moment_of
from abusetrack.errors import InputError
from abusetrack.records import Contact, ContactOrigin, ContactOutcome, Role, role_of
from abusetrack.triage import contact_tables
from abusetrack.triage import contacts as triage_contacts
from abusetrack.triage.contacts import Reach

_ROLE = click.option(
    "--role",
    type=click.Choice([item.value for item in Role]),
    help="In which role. [default: the party's own]",
)


@click.group()
def contacts() -> None:
    """How parties are reached: registrars, registries, hosts, platforms and others."""


@contacts.command("list")
@click.option("--unconfirmed", is_flag=True, help="Only those not yet confirmed.")
@click.option("--used", is_flag=True, help="Only parties of domains in the case file.")
@click.option("--doubtful", is_flag=True, help="Only those with a warning, or on no-send.")
@_ROLE
@click.option("--json", "as_json", is_flag=True, help="Machine-readable output.")
@click.pass_obj
def list_(
    session: Session,
    unconfirmed: bool,
    used: bool,
    doubtful: bool,
    role: str | None,
    as_json: bool,
) -> None:
    """List the contacts, the one that a draft would use per party."""
    with session.case() as case:
        found = triage_contacts.listed(
            session.context, case, role=Role(role) if role else None, used_only=used
        )
    found = [item for item in found if not (unconfirmed and item.contact.confirmed_at)]
    found = [item for item in found if not doubtful or item.no_send or item.warnings]
    if as_json:
        session.print_json([as_dict(item) for item in found])
        return
    if not found:
        session.out.print("No contacts; look names up, or use 'abusetrack contacts import'.")
        return
    table = session.table("party", "name", "role", "address", "origin", "confirmed", "beware")
    for item in found:
        contact = item.contact
        beware = [item.no_send] if item.no_send else [reason.text for reason in item.warnings]
        table.add_row(
            contact.party_key,
            contact.party_name,
            contact.role.value,
            contact.email or contact.form or contact.phone or "",
            contact.origin.value,
            f"by {contact.confirmed_by}" if contact.confirmed_at else "no",
            "; ".join(beware),
        )
    session.out.print(table)


def as_dict(item: Reach) -> dict[str, Any]:
    """Return a contact as ``--json`` prints it."""
    contact = item.contact
    return {
        "party": contact.party_key,
        "name": contact.party_name,
        "role": contact.role.value,
        "email": contact.email,
        "form": contact.form,
        "phone": contact.phone,
        "origin": contact.origin.value,
        "source": contact.source,
        "as_of": contact.as_of.date().isoformat(),
        "confirmed_by": contact.confirmed_by,
        "no_send": item.no_send,
        "warnings": [reason.text for reason in item.warnings],
    }


@contacts.command("import")
@click.argument("table", type=click.Path(path_type=Path))
@click.option(
    "--with-confirmations",
    is_flag=True,
    help="Take over who confirmed a contact, from a table that abusetrack exported.",
)
@click.pass_obj
def import_contacts(session: Session, table: Path, with_confirmations: bool) -> None:
    """Import a CSV of contacts: by IANA ID, by TLD, or as exported."""
    with session.case("importing the contacts", create=True) as case:
        count, complaints = contact_tables.import_contacts(
            session.context, case, table, with_confirmations=with_confirmations
        )
    session.out.print(f"{counted(count, 'contact')} imported")
    print_complaints(session, complaints_json(complaints))


@contacts.command("export")
@click.argument("table", type=click.Path(path_type=Path))
@click.pass_obj
def export_contacts(session: Session, table: Path) -> None:
    """Write every contact into a new CSV file."""
    with session.case() as case:
        count = contact_tables.export_contacts(case, table)
    session.out.print(f"{counted(count, 'contact')} -> {table}")


@contacts.command("add")
@click.argument("party")
@click.option("--email", default="", help="E-mail address.")
@click.option("--form", default="", help="Web form, https://...")
@click.option("--phone", default="", help="Telephone number.")
@click.option("--name", default="", help="Name of the party.")
@click.option("--comment", default="", help="How you know, whom to ask for.")
@_ROLE
@click.pass_obj
def add_contact(
    session: Session,
    party: str,
    email: str,
    form: str,
    phone: str,
    name: str,
    comment: str,
    role: str | None,
) -> None:
    """Add a contact that you found yourself; it wins over every table, and is confirmed."""
    if not (email or form or phone):
        raise InputError("Say how the party is reached: --email, --form or --phone.")
    now = session.context.clock.now()
    with session.case("adding the contact", create=True) as case, case.transaction():
        chosen = Role(role) if role else role_of(party)
        known = directory.contact_for(case, party, chosen)
        contact = Contact(
            party_key=party,
            party_name=name or (known.party_name if known else party),
            role=chosen,
            email=email or None,
            form=form or None,
            phone=phone or None,
            origin=ContactOrigin.MANUAL,
            source="by hand",
            as_of=now,
            comment=comment,
            confirmed_by=session.context.actor,
            confirmed_at=now,
        )
        directory.upsert(case, [contact])
    session.out.print(f"{party} is now reached by {', '.join(filter(None, (email, form, phone)))}")


@contacts.command()
@click.argument("parties", nargs=-1, required=True, metavar="PARTY...")
@_ROLE
@click.pass_obj
def confirm(session: Session, parties: tuple[str, ...], role: str | None) -> None:
    """Confirm that you have checked a party's contact (PARTY as listed, e.g. iana:9999)."""
    with session.case() as case, case.transaction():
        confirmed = [
            directory.confirm(case, party, Role(role) if role else role_of(party))
            for party in parties
        ]
    for contact in confirmed:
        reached = ", ".join(filter(None, (contact.email, contact.form, contact.phone)))
        session.out.print(f"  {contact.party_key}  {contact.party_name}: {reached}")
    session.out.print(f"{counted(len(parties), 'contact')} confirmed")


@contacts.command("no-send")
@click.argument("patterns", nargs=-1, metavar="[ADDRESS|@DOMAIN]...")
@click.option("--remove", is_flag=True, help="Take them off the list again.")
@click.option("--note", default="", help="Why.")
@click.pass_obj
def no_send(session: Session, patterns: tuple[str, ...], remove: bool, note: str) -> None:
    """Never draft to an address or to @DOMAIN; without arguments shows your list.

    The addresses of registries that host nothing ship with abusetrack and are not shown.
    """
    with session.case("the no-send list", create=bool(patterns)) as case, case.transaction():
        for pattern in patterns:
            if remove:
                address_rules.send_again(case, pattern)
            else:
                address_rules.never_send(case, pattern, note=note)
        entries = address_rules.no_send(case)
    table = session.table("never written to", "why", "by", "since")
    for entry in entries:
        table.add_row(entry.pattern, entry.note, entry.by, f"{entry.at:%Y-%m-%d}")
    session.out.print(table if entries else "Your no-send list is empty.")


@contacts.command("replace")
@click.argument("wrong", required=False)
@click.argument("right", nargs=-1)
@click.option("--note", default="", help="How you know.")
@click.pass_obj
def replace_(session: Session, wrong: str | None, right: tuple[str, ...], note: str) -> None:
    """Use RIGHT addresses wherever a source names WRONG; without RIGHT takes that back.

    Without arguments shows the list.
    """
    with session.case("replacing an address", create=wrong is not None) as case:
        if wrong is not None:
            address_rules.replace(case, wrong, right, note=note)
        entries = list(address_rules.replacements(case).values())
    table = session.table("wrong", "right", "note", "by", "since")
    for entry in entries:
        rights = ", ".join(entry.rights)
        table.add_row(entry.wrong, rights, entry.note, entry.by, f"{entry.at:%Y-%m-%d}")
    session.out.print(table if entries else "Nothing is replaced.")


@contacts.command("outcome")
@click.argument("party")
@click.argument("outcome", type=click.Choice([item.value for item in ContactOutcome]))
@click.option("--address", help="Which address. [default: the one in use]")
@click.option("--at", help="When, ISO 8601. [default: now]")
@click.option("--note", default="", help="What they said.")
@_ROLE
@click.pass_obj
def outcome_(
    session: Session,
    party: str,
    outcome: str,
    address: str | None,
    at: str | None,
    note: str,
    role: str | None,
) -> None:
    """Record what came of writing to a party."""
    with session.case() as case:
        event = contact_ledger.record(
            case,
            party,
            Role(role) if role else role_of(party),
            ContactOutcome(outcome),
            address=address,
            at=moment_of(at, "--at"),
            note=note,
        )
    session.out.print(f"{party}, {event.address}: {event.outcome.value} ({event.at:%Y-%m-%d})")


COMMANDS = (contacts,)
