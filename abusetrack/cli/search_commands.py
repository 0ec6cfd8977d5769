"""search, export."""

from __future__ import annotations

from pathlib import Path

import click

from abusetrack.casefile import CaseFile, projection, saved, search
from abusetrack.casefile.filters import ListQuery
from abusetrack.cli.filtering import Ask, described, filter_options
from abusetrack.cli.session import Session, counted
from abusetrack.errors import InputError
from abusetrack.records import DomainNow
from abusetrack.triage import exporting
from abusetrack.triage.exporting import COLUMNS, Share

_SHARES = [share.name.lower() for share in reversed(Share)]


@click.command("search")
@click.argument("text", default="")
@filter_options
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True, help="At most.")
@click.option("--save", "save_as", metavar="NAME", help="Save text and filters in the case file.")
@click.option("--forget", metavar="NAME", help="Forget a saved filter, and do nothing else.")
@click.option("--list", "list_", is_flag=True, help="List the saved filters, and nothing else.")
@click.option("--json", "as_json", is_flag=True, help="Machine-readable output.")
@click.pass_obj
def search_(
    session: Session,
    text: str,
    ask: Ask,
    limit: int,
    save_as: str | None,
    forget: str | None,
    list_: bool,
    as_json: bool,
) -> None:
    """Find domains: by any part of a name, registrar, reference or note, by address or network.

    TEXT may be part of a name (also as people read it, defanged, or a URL), of a
    registrar's name, a reference or a note; AS64500; an IP address or prefix. One or two
    characters find what begins with them. The best hits come first; without TEXT the
    filters alone decide, in the order of --sort.
    """
    with session.case("searching") as case:
        if list_ or forget:
            _saved(session, case, forget, as_json=as_json)
            return
        query = ask(case, text)
        if save_as:
            saved.save(case, save_as, query)
        rows, wheres, more = _found(case, query, limit)
    if as_json:
        session.print_json(
            {
                "query": described(query),
                "more": more,
                "hits": [
                    {
                        "domain": row.domain,
                        "unicode": row.unicode,
                        "found_in": where,
                        "state": row.findings.state,
                        "registrar": row.findings.registrar,
                        "hosting_country": row.findings.hosting_country,
                        "asn": row.findings.asn,
                        "reports": row.reports,
                        "confirmed_reports": row.confirmed_reports,
                    }
                    for row, where in zip(rows, wheres, strict=True)
                ],
            }
        )
        return
    _print(session, rows, wheres, more=more)


def _found(
    case: CaseFile, query: ListQuery, limit: int
) -> tuple[list[DomainNow], list[str | None], bool]:
    if query.text.strip():
        page = search.first(case, query, limit)
        numbers = [hit.id for hit in page.hits]
        return projection.rows(case, numbers), [hit.where.value for hit in page.hits], page.more
    numbers = projection.ids(case, query)
    rows = projection.rows(case, numbers[:limit])
    return rows, [None] * len(rows), len(numbers) > limit


def _print(
    session: Session, rows: list[DomainNow], wheres: list[str | None], *, more: bool
) -> None:
    if not rows:
        session.out.print("Nothing found; search for less, or take a filter away.")
        return
    table = session.table("domain", "state", "registrar", "country", "network", "found in")
    for row, where in zip(rows, wheres, strict=True):
        found = row.findings
        table.add_row(
            row.unicode,
            found.state.value,
            found.registrar or f"({found.registrar_reason})",
            found.hosting_country or "",
            "" if found.asn is None else f"AS{found.asn}",
            where or "",
        )
    session.out.print(table)
    session.out.print(
        f"the first {len(rows)}; there are more (--limit)" if more else counted(len(rows), "domain")
    )


def _saved(session: Session, case: CaseFile, forget: str | None, *, as_json: bool) -> None:
    if forget is not None and not saved.remove(case, forget):
        raise InputError(f"No filter is saved as {forget!r}; see 'abusetrack search --list'.")
    found = {name: described(saved.load(case, name)) for name in saved.names(case)}
    if as_json:
        session.print_json(found)
        return
    for name, values in found.items():
        session.out.print(f"{name}: {', '.join(f'{k} {v}' for k, v in values.items()) or 'all'}")
    if not found:
        session.out.print("No filter is saved; save one with 'abusetrack search --save NAME'.")


@click.command()
@click.argument("target", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--text", default="", help="Only what 'abusetrack search TEXT' would find.")
@filter_options
@click.option("--columns", help=f"Which, by commas, of: {', '.join(COLUMNS)}.")
@click.option("--exact", is_flag=True, help="Write names as they are, not defanged.")
@click.option(
    "--share",
    type=click.Choice(_SHARES),
    default="full",
    show_default=True,
    help="For whom: what others get is cut, confirmed, and not behind a shut gate.",
)
@click.option("--json", "as_json", is_flag=True, help="Machine-readable output.")
@click.pass_obj
def export(
    session: Session,
    target: Path,
    text: str,
    ask: Ask,
    columns: str | None,
    exact: bool,
    share: str,
    as_json: bool,
) -> None:
    """Write the filtered list as CSV, XLSX or JSON lines, by the ending of FILE."""
    names = [name.strip() for name in (columns or "").split(",") if name.strip()]
    with session.case("exporting") as case:
        done = exporting.export(
            session.context,
            case,
            target,
            ask(case, text),
            columns=names,
            share=Share[share.upper()],
            exact=exact,
        )
    if as_json:
        session.print_json(
            {
                "file": str(done.path),
                "rows": done.rows,
                "columns": list(done.columns),
                "sha256": done.sha256,
                "audit_head": done.head,
            }
        )
        return
    session.out.print(f"{counted(done.rows, 'domain')} written to {done.path}")


COMMANDS = (search_, export)
