"""hashes: import, list, export."""

from __future__ import annotations

from pathlib import Path

import click

from abusetrack.casefile import audit, hashes
from abusetrack.cli.session import Session, counted
from abusetrack.errors import InputError
from abusetrack.exchange import giving, leaving
from abusetrack.triage import dossier, hash_references

_SHOWN = 20


@click.group("hashes")
def hashes_() -> None:
    """Hashes of material that reports were about (hashes.enabled); never the material."""


@hashes_.command("import")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--of", "subject", default="", help="URL or domain, where the list does not say.")
@click.pass_obj
def import_(session: Session, file: Path, subject: str) -> None:
    """Attach the hashes of a list (CSV, JSON lines, VICS JSON) to reports; media are left out."""
    with session.case("importing the hashes") as case:
        found = hash_references.attach(session.context, case, file, subject)
    session.out.print(f"{counted(found.new, 'item')} attached, {found.known} known")
    for name, count in found.media.items():
        session.out.print(f"  {count} of the field {name!r} left out unread: no media are kept")
    for item in found.complaints[:_SHOWN]:
        session.err.print(f"  line {item.line}: {item.reason}")
    if len(found.complaints) > _SHOWN:
        session.err.print(f"  and {len(found.complaints) - _SHOWN} more")


@hashes_.command("list")
@click.argument("domain")
@click.pass_obj
def list_(session: Session, domain: str) -> None:
    """Say what is attached to a domain, by kind, and where else the same material was seen."""
    with session.case() as case:
        name = dossier.domain_of(session.context, domain)
        items = hashes.of_domain(case, name)
        same = hashes.same_items(case, name, limit=_SHOWN)
    kinds = hash_references.counted(stored.item for stored in items)
    said = ", ".join(f"{kind} {count}" for kind, count in kinds.items())
    session.out.print(f"{counted(len(items), 'item')}{f' ({said})' if said else ''}")
    for other in same:
        session.out.print(f"  the same material ({other.kind}) on {other.domain}")


@hashes_.command("export")
@click.option("--to", "partner", required=True, help="Partner, as in [partners.NAME].")
@click.option(
    "--format",
    "form",
    type=click.Choice([*hash_references.FORMATS, "xarf"]),
    default="csv",
    show_default=True,
)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), required=True)
@click.option(
    "--encrypt/--plain",
    default=True,
    show_default=True,
    help="To the partner's OpenPGP key, or as it is where it goes another safe way.",
)
@click.pass_obj
def export(session: Session, partner: str, form: str, out: Path, encrypt: bool) -> None:
    """Write the hashes of what may leave for a hotline or authority; a person sends them."""
    settings = leaving.partner_of(session.context, partner)
    if not leaving.for_hotline_or_authority(settings):
        raise InputError(f"{partner} is neither hotline nor authority: hashes are for those alone.")
    with session.case("sharing") as case:
        may = {item.domain for item in leaving.outgoing(session.context, case, partner).domains}
        items = [
            (domain, stored.item)
            for domain in hashes.domains(case)
            if domain in may
            for stored in hashes.of_domain(case, domain)
        ]
        wanted, without = hash_references.items_for(items, photodna=True), 0
        if form == "xarf":
            text, without = hash_references.to_xarf(session.context, case, wanted)
        else:
            text = hash_references.FORMATS[form](wanted)
        body = text.encode()
        if encrypt:
            body = giving.encrypted(session.context, partner, body)
            out = out.with_name(f"{out.name}.asc")
        _write(out, body)
        given = len(items) - without
        audit.append(case, "share hashes", partner, {"items": given, "form": form})
    how = "encrypted" if encrypt else "not encrypted"
    session.out.print(f"{counted(given, 'item')} for {partner} -> {out} ({how}); nothing was sent")
    if without:
        session.out.print(
            f"{counted(without, 'item')} left out: no analyst has said XARF classification and "
            "detection method of the domain, or no hash is of a kind that XARF knows."
        )


def _write(out: Path, body: bytes) -> None:
    try:
        with out.open("xb") as file:
            out.chmod(0o600)
            file.write(body)
    except OSError as error:
        raise InputError(f"{out} cannot be written: {error.strerror}.") from error


COMMANDS = (hashes_,)
