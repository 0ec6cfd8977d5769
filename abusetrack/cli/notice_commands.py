"""draft."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from abusetrack.cli.session import Session, counted
from abusetrack.errors import InputError
from abusetrack.notices import FORMATS
from abusetrack.triage import dossier, drafting

_SHOWN = 20


@click.command()
@click.option("--to", "role", type=click.Choice(["registrar"]), default="registrar")
@click.option("--domain", "domains", multiple=True, help="Only this domain; may be repeated.")
@click.option("--all-persistent", is_flag=True, help="Only persistently abusive domains.")
@click.option("--again", is_flag=True, help="Also domains already drafted to the same registrar.")
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), required=True, help="Folder."
)
@click.option(
    "--format",
    "formats",
    default="eml,txt",
    show_default=True,
    help=f"Comma-separated: {', '.join(FORMATS)}.",
)
@click.option("--json", "as_json", is_flag=True, help="Machine-readable output.")
@click.pass_obj
def draft(
    session: Session,
    role: str,
    domains: tuple[str, ...],
    all_persistent: bool,
    again: bool,
    out: Path,
    formats: str,
    as_json: bool,
) -> None:
    """Draft notices into a folder; a person sends them, abusetrack never does."""
    del role  # one role so far; the option keeps scripts right when there are more
    chosen = tuple(part.strip() for part in formats.split(",") if part.strip())
    if unknown := sorted(set(chosen) - set(FORMATS)):
        raise InputError(f"--format knows {', '.join(FORMATS)}, not {', '.join(unknown)}.")
    with session.case("drafting") as case:
        named = [dossier.domain_of(session.context, name) for name in domains] or None
        plan = drafting.plan(
            session.context, case, domains=named, only_persistent=all_persistent, again=again
        )
        exported = drafting.export(session.context, case, plan.drafts, out, chosen)
    if as_json:
        session.print_json(
            {
                "notices": [
                    {
                        "reference": item.draft.reference,
                        "registrar": item.draft.recipient.party_name,
                        "domains": [row.domain for row in item.draft.rows],
                        "files": [str(path) for path in item.files],
                    }
                    for item in exported
                ],
                "not_drafted": [
                    {"domain": item.domain, "reason": item.reason} for item in plan.not_drafted
                ],
            }
        )
        return
    for item in exported:
        session.out.print(
            f"{item.draft.reference}  {item.draft.recipient.party_name}: "
            f"{counted(len(item.draft.rows), 'domain')} -> {', '.join(_names(item.files))}"
        )
    drafted = counted(len(exported), "notice")
    session.out.print(f"{drafted} drafted{f' in {out}' if exported else ''}; nothing was sent")
    reasons = Counter(item.reason for item in plan.not_drafted)
    if reasons:
        left = counted(reasons.total(), "domain")
        session.out.print(f"{left} not drafted (--json lists each):")
        for reason, count in reasons.most_common(_SHOWN):
            session.out.print(f"  {count:>6}  {reason}")


def _names(files: Sequence[Path]) -> Iterator[str]:
    """Name the first file, and of its like only the ending."""
    for number, path in enumerate(files):
        yield path.suffix if number and path.stem == files[0].stem else path.name


COMMANDS = (draft,)
