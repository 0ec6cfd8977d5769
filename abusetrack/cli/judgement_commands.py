"""gate, protect, hops, links, worklist."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from abusetrack.casefile import CaseFile, gates, projection, protected
from abusetrack.casefile.hops import HopString
from abusetrack.cli.session import Session, counted
from abusetrack.errors import InputError
from abusetrack.records import GateEntry, ProtectedCategory, ProtectedName
from abusetrack.triage import dossier, judged, links, protected_lists, worklist
from abusetrack.triage import gates as gating

_SHOWN = 50


@click.command()
@click.argument("domains", nargs=-1)
@click.option("--cleared-by", default="", help="Who cleared them: an office, or a person there.")
@click.option("--reference", default="", help="Their reference.")
@click.option("--country", default="", help="Cleared by this country alone (two letters).")
@click.option("--at", help="When, if not now: 2026-03-01, 2026-03-01T12:00Z.")
@click.option("--expires", help="Until when; it is open again afterwards.")
@click.option("--open", "open_", is_flag=True, help="Open it again; without names: list open ones.")
@click.option("--list", "listed", is_flag=True, help="List what was said of gates.")
@click.option("--json", "as_json", is_flag=True, help="Machine-readable output.")
@click.pass_obj
def gate(
    session: Session,
    domains: tuple[str, ...],
    cleared_by: str,
    reference: str,
    country: str,
    at: str | None,
    expires: str | None,
    open_: bool,
    listed: bool,
    as_json: bool,
) -> None:
    """Record that police or lawyers cleared domains; until then nothing about them leaves.

    Which domains need a clearance is said by organisation.police_gate and
    organisation.gate_countries in the settings.
    """
    country = country.strip().upper()
    if country and not (len(country) == 2 and country.isascii() and country.isalpha()):
        raise InputError("--country takes two letters: GB.")
    if not domains:
        _list_gates(session, open_ones=open_, listed=listed, as_json=as_json)
        return
    if listed or open_ == bool(cleared_by):
        raise InputError("Say with the names either --cleared-by ... or --open.")
    with session.case() as case:
        names = [_reported(session, case, text) for text in domains]
        if open_:
            gates.open_again(case, names, country=country)
        else:
            gates.clear(
                case,
                names,
                cleared_by=cleared_by,
                reference=reference,
                at=_time(at),
                country=country,
                expires_at=_time(expires),
            )
        verdicts = gating.of_many(session.context, case, names)
    if as_json:
        session.print_json([_gate_json(name, verdicts[name].open, ()) for name in names])
        return
    still = [name for name in names if verdicts[name].open]
    session.out.print(
        f"{counted(len(names) - len(still), 'domain')} cleared, {counted(len(still), 'gate')} open"
    )
    for name in still:
        reasons = "; ".join(reason.text for reason in verdicts[name].reasons)
        session.out.print(f"  open: {name}: {reasons}")


def _list_gates(session: Session, *, open_ones: bool, listed: bool, as_json: bool) -> None:
    if open_ones == listed:
        raise InputError("Name domains, or list gates with --open or --list.")
    found: dict[str, tuple[bool, Sequence[GateEntry]]]
    with session.case() as case:
        if open_ones:
            found = {name: (True, ()) for name, _ in gating.open_ones(session.context, case)}
        else:
            said = gates.all_of(case)
            verdicts = gating.of_many(session.context, case, said)
            found = {name: (verdicts[name].open, entries) for name, entries in said.items()}
    if as_json:
        session.print_json([_gate_json(name, *state) for name, state in found.items()])
        return
    for name, (is_open, entries) in found.items():
        session.out.print(f"{name}: {'open' if is_open else 'cleared'}")
        for entry in entries:
            session.out.print(f"  {_entry(entry)}")
    if not found:
        session.out.print("No gate is open." if open_ones else "Nothing was said of any gate.")


def _entry(entry: GateEntry) -> str:
    whose = f" for {entry.country}" if entry.country else ""
    by = f" by {entry.cleared_by}" if entry.cleared_by else ""
    reference = f", their reference {entry.reference}" if entry.reference else ""
    until = f", until {entry.expires_at:%Y-%m-%d %H:%M UTC}" if entry.expires_at else ""
    return f"{entry.status.value}{whose}{by} on {entry.at:%Y-%m-%d}{reference}{until}"


def _gate_json(domain: str, is_open: bool, entries: Sequence[GateEntry]) -> dict[str, Any]:
    return {
        "domain": domain,
        "open": is_open,
        "entries": [judged.gate_entry_json(entry) for entry in entries],
    }


@click.group()
def protect() -> None:
    """Names under which nobody above host and platform is asked to act."""


@protect.command("list")
@click.option("--json", "as_json", is_flag=True, help="Machine-readable output.")
@click.pass_obj
def protect_list(session: Session, as_json: bool) -> None:
    """List the names kept in the case file; your own from the settings are protected as well."""
    with session.case_to_read() as case:
        found = protected.everything(case)
    if as_json:
        session.print_json(
            [{"name": i.name, "category": i.category.value, "party": i.party} for i in found]
        )
        return
    table = session.table("name", "category", "party")
    for item in found:
        table.add_row(item.name, item.category.value, item.party)
    session.out.print(table)


@protect.command("add")
@click.argument("names", nargs=-1, required=True)
@click.option(
    "--category",
    type=click.Choice([item.value for item in ProtectedCategory]),
    default=ProtectedCategory.OTHER.value,
    show_default=True,
)
@click.option("--party", default="", help="Whose the names are.")
@click.pass_obj
def protect_add(session: Session, names: tuple[str, ...], category: str, party: str) -> None:
    """Protect names, each with what stands under it and the domain it stands under."""
    wanted = [
        ProtectedName(
            protected_lists.name_of(session.context.names, text), ProtectedCategory(category), party
        )
        for text in names
    ]
    with session.case(create=True) as case:
        changed = protected.add(case, wanted)
    session.out.print(f"{counted(changed, 'name')} new or changed")


@protect.command("import")
@click.argument("path", type=click.Path(path_type=Path, dir_okay=False))
@click.pass_obj
def protect_import(session: Session, path: Path) -> None:
    """Protect the names of a CSV file with the columns name, category, party."""
    with session.case(create=True) as case:
        changed = protected_lists.add_list(session.context.names, case, path)
    session.out.print(f"{counted(changed, 'name')} new or changed")


@protect.command("remove")
@click.argument("name")
@click.pass_obj
def protect_remove(session: Session, name: str) -> None:
    """Protect a name no longer."""
    with session.case() as case:
        protected.remove(case, protected_lists.name_of(session.context.names, name))
    session.out.print("Removed; the record keeps that it was protected.")


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Machine-readable output.")
@click.pass_obj
def hops(session: Session, as_json: bool) -> None:
    """List hopping strings, and those to watch because they stand under two endings already.

    The exact same second-level string, assessed as a dedicated site under each ending;
    near-variants never count.
    """
    with session.case_to_read() as case:
        hopping, watched = links.hop_strings(session.context, case)
    if as_json:
        session.print_json(
            {"hopping": list(map(_hop_json, hopping)), "watch": list(map(_hop_json, watched))}
        )
        return
    for title, strings in (("hopping", hopping), ("to watch", watched)):
        session.out.print(f"{title}: {counted(len(strings), 'string')}")
        for string in strings:
            session.out.print(f"  {string.label}  {', '.join(string.domains)}")


def _hop_json(string: HopString) -> dict[str, Any]:
    return {"string": string.label, "endings": string.endings, "domains": list(string.domains)}


@click.command("links")
@click.argument("domain")
@click.option("--json", "as_json", is_flag=True, help="Machine-readable output.")
@click.pass_obj
def links_command(session: Session, domain: str, as_json: bool) -> None:
    """Show what links a domain to others of the case file, each with its evidence.

    A link is a question to look into, never a finding on the other domain.
    """
    with session.case() as case:
        now = projection.read(case, _reported(session, case, domain))
        if now is None:
            raise AssertionError("_reported lets only reported names through")
        found = links.of_domain(session.context, case, now)
    if as_json:
        session.print_json(
            {
                "domain": now.domain,
                "links": [judged.link_json(link) for link in found.links],
                "shared_with_too_many": list(found.too_shared),
            }
        )
        return
    for link in found.links:
        session.out.print(f"{link.domain}: {link.text}")
    for text in found.too_shared:
        session.out.print(f"no link: {text}")
    if not found.links:
        session.out.print("Nothing links it to another domain of the case file.")


@click.command("worklist")
@click.option("--limit", type=click.IntRange(min=1), default=_SHOWN, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Machine-readable output.")
@click.pass_obj
def worklist_command(session: Session, limit: int, as_json: bool) -> None:
    """List what to do next, the most urgent first; the points are set in [worklist]."""
    with session.case_to_read() as case:
        found = worklist.worklist(session.context, case)
    if as_json:
        session.print_json([_item_json(item) for item in found[:limit]])
        return
    table = session.table("points", "domain", "next step", "why", right=("points",))
    for item in found[:limit]:
        why = ", ".join(f"{part.text} +{part.points:g}" for part in item.points)
        table.add_row(f"{item.priority:g}", item.domain, item.step.value, why)
    session.out.print(table)
    if len(found) > limit:
        session.out.print(f"and {len(found) - limit} more (--limit)")


def _item_json(item: worklist.Item) -> dict[str, Any]:
    return {
        "domain": item.domain,
        "step": item.step.value,
        "since": judged.time_json(item.since),
        "priority": item.priority,
        "points": [{"text": part.text, "points": part.points} for part in item.points],
    }


def _reported(session: Session, case: CaseFile, text: str) -> str:
    domain = dossier.domain_of(session.context, text)
    if projection.read(case, domain) is None:
        raise InputError("A name given was never reported to this case file; check it.")
    return domain


def _time(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise InputError("Times are written like 2026-03-01 or 2026-03-01T12:00Z.") from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


COMMANDS = (gate, protect, hops, links_command, worklist_command)
