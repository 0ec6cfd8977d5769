"""draft, approve, and of the group notice: withdraw and export."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypeVar

import click

from abusetrack import notices
from abusetrack.casefile import queue
from abusetrack.cli.ledger_commands import notice
from abusetrack.cli.lookup_commands import look_up
from abusetrack.cli.session import Session, counted
from abusetrack.errors import InputError
from abusetrack.notices import FORMATS
from abusetrack.records import Role, Rung
from abusetrack.triage import dossier, drafting
from abusetrack.triage.addressing import Wish
from abusetrack.triage.drafting import Exported, Plan

_SHOWN = 20
_ROLES = {role.value.replace(" ", "-").lower(): role for role in notices.RULES}
_RUNGS = {rung.value: rung for rung in Rung if rung is not Rung.WITHDRAWAL}
_Command = TypeVar("_Command", bound=Callable[..., Any])


def _wished(command: _Command) -> _Command:
    """Add the options that say what is to be drafted."""
    options = (
        click.option(
            "--to",
            "role",
            type=click.Choice(list(_ROLES)),
            default="registrar",
            show_default=True,
            help="In which role a party is written to.",
        ),
        click.option(
            "--rung",
            type=click.Choice(list(_RUNGS)),
            default="first",
            show_default=True,
            help="Which step of the ladder; withdrawals are drafted by themselves.",
        ),
        click.option("--domain", "domains", multiple=True, help="Only this domain; repeatable."),
        click.option("--all-persistent", is_flag=True, help="Only persistently abusive domains."),
        click.option(
            "--again", is_flag=True, help="Also domains that the same party was told of lately."
        ),
        click.option(
            "--reason",
            default="",
            help="Why it is drafted although not advised (with --domain); kept, not sent.",
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


_OUT = click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), required=True, help="Folder."
)
_FORMAT = click.option(
    "--format",
    "formats",
    default="eml,txt",
    show_default=True,
    help=f"Comma-separated: {', '.join(FORMATS)}.",
)
_JSON = click.option("--json", "as_json", is_flag=True, help="Machine-readable output.")


@click.command()
@_wished
@click.option("--offline", is_flag=True, help="Do not look up again what is not fresh enough.")
@_OUT
@_FORMAT
@_JSON
@click.pass_obj
def draft(
    session: Session,
    role: str,
    rung: str,
    domains: tuple[str, ...],
    all_persistent: bool,
    again: bool,
    reason: str,
    offline: bool,
    out: Path,
    formats: str,
    as_json: bool,
) -> None:
    """Draft notices into a folder; a person sends them, abusetrack never does."""
    chosen = _formats(formats)
    wish = _wish(role, rung, reason, domains, again=again)

    def plan() -> Plan:
        with session.case("drafting") as case:
            return drafting.plan(
                session.context,
                case,
                wish,
                domains=_named(session, domains),
                only_persistent=all_persistent,
            )

    planned = plan()
    if planned.stale and not offline and session.settings.resolver.nameservers:
        with session.case() as case:
            opener = case.opener()
            queue.enqueue(case, domains=planned.stale)
        look_up(session, opener, planned.stale, None, afresh=True)
        planned = plan()
    with session.case("drafting") as case:
        exported = drafting.export(session.context, case, planned.drafts, out, chosen)
    _report(session, out, exported, planned, as_json=as_json)
    for complaint in planned.complaints:
        session.err.print(complaint)


@click.command()
@_wished
@click.option("--drafted-by", required=True, help="The analyst who drafted it.")
@click.pass_obj
def approve(
    session: Session,
    role: str,
    rung: str,
    domains: tuple[str, ...],
    all_persistent: bool,
    again: bool,
    reason: str,
    drafted_by: str,
) -> None:
    """Approve, as a second analyst, the drafts that 'draft' would make with these options.

    Read them first: 'abusetrack draft' says which wait for it. The approval holds for exactly
    what they say now.
    """
    wish = _wish(role, rung, reason, domains, again=again)
    with session.case("drafting") as case:
        planned = drafting.plan(
            session.context,
            case,
            wish,
            domains=_named(session, domains),
            only_persistent=all_persistent,
        )
        count = drafting.approve(case, planned.drafts, drafted_by=drafted_by)
    session.out.print(f"{counted(count, 'draft')} approved")


@notice.command("withdraw")
@click.argument("reference")
@click.option("--domain", "domains", multiple=True, help="Only for this domain; repeatable.")
@click.option("--reason", required=True, help="Why; kept in the case file, not sent.")
@click.option(
    "--approve", "drafted_by", help="Approve it as a second analyst; the name of the first."
)
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="Folder.")
@_FORMAT
@_JSON
@click.pass_obj
def withdraw(
    session: Session,
    reference: str,
    domains: tuple[str, ...],
    reason: str,
    drafted_by: str | None,
    out: Path | None,
    formats: str,
    as_json: bool,
) -> None:
    """Withdraw a notice, or some of its domains: draft the withdrawal and record it."""
    chosen = _formats(formats)
    with session.case("drafting") as case:
        drafts = drafting.withdrawal(
            session.context, case, reference, _named(session, domains), reason=reason
        )
        if drafted_by is not None:
            count = drafting.approve(case, drafts, drafted_by=drafted_by)
            session.out.print(f"{counted(count, 'draft')} approved")
            return
        if out is None:
            raise InputError("Say into which folder the withdrawal is written: --out.")
        exported = drafting.export(session.context, case, drafts, out, chosen)
    _report(session, out, exported, Plan((), (), ()), as_json=as_json)


@notice.command("export")
@click.argument("reference")
@_OUT
@click.pass_obj
def export(session: Session, reference: str, out: Path) -> None:
    """Write the files of an exported notice once more, byte for byte as they were."""
    with session.case() as case:
        files = drafting.exported_before(session.context, case, reference)
    written = notices.write_files(out, files)
    session.out.print(f"{counted(len(written), 'file')} of {reference} written to {out}")


def _wish(role: str, rung: str, reason: str, domains: Sequence[str], *, again: bool) -> Wish:
    if reason.strip() and not domains:
        raise InputError("--reason is for domains named one by one; add --domain.")
    return Wish(_ROLES[role], _RUNGS[rung], reason, again=again)


def _named(session: Session, domains: Sequence[str]) -> list[str] | None:
    return [dossier.domain_of(session.context, name) for name in domains] or None


def _formats(text: str) -> tuple[str, ...]:
    chosen = tuple(part.strip() for part in text.split(",") if part.strip())
    if unknown := sorted(set(chosen) - set(FORMATS)):
        raise InputError(f"--format knows {', '.join(FORMATS)}, not {', '.join(unknown)}.")
    return chosen


def _report(
    session: Session,
    out: Path,
    exported: Sequence[Exported],
    planned: Plan,
    *,
    as_json: bool,
) -> None:
    if as_json:
        session.print_json(
            {
                "notices": [_notice_json(item) for item in exported],
                "not_drafted": [
                    {"domain": item.domain, "reason": item.reason, "code": item.code or None}
                    for item in planned.not_drafted
                ],
                "cautions": [asdict(caution) for caution in planned.cautions],
            }
        )
        return
    for item in exported:
        rung = "" if item.draft.rung is Rung.FIRST else f" ({item.draft.rung.value})"
        session.out.print(
            f"{item.draft.reference}{rung}  {item.draft.recipient.party_name}: "
            f"{counted(len(item.draft.rows), 'domain')} -> {', '.join(_names(item.files))}"
        )
        for finding in item.warnings:
            session.err.print(f"  note: {finding}")
    drafted = counted(len(exported), "notice")
    session.out.print(f"{drafted} drafted{f' in {out}' if exported else ''}; nothing was sent")
    for caution in planned.cautions:
        session.err.print(f"  note: {caution.domain}: {caution.text}")
    reasons = Counter(item.reason for item in planned.not_drafted)
    if reasons:
        left = counted(reasons.total(), "domain")
        session.out.print(f"{left} not drafted (--json lists each):")
        for reason, count in reasons.most_common(_SHOWN):
            session.out.print(f"  {count:>6}  {reason}")


def _notice_json(item: Exported) -> dict[str, Any]:
    made = item.draft
    return {
        "reference": made.reference,
        "role": made.role.value,
        "rung": made.rung.value,
        "party": made.recipient.party_name,
        "party_key": made.recipient.party_key,
        "registrar": made.recipient.party_name if made.role is Role.REGISTRAR else None,
        "domains": [row.domain for row in made.rows],
        "earlier": [step.reference for step in made.earlier],
        "files": [str(path) for path in item.files],
        "warnings": [str(finding) for finding in item.warnings],
    }


def _names(files: Sequence[Path]) -> Iterator[str]:
    """Name the first file, and of its like only the ending."""
    for number, path in enumerate(files):
        yield path.suffix if number and path.stem == files[0].stem else path.name


COMMANDS = (draft, approve, notice)
