"""update-data."""

from __future__ import annotations

import sys
from datetime import datetime

import click

from abusetrack.cli.session import Session
from abusetrack.triage import reference, running


@click.command("update-data")
@click.option("--json", "as_json", is_flag=True, help="Machine-readable output.")
@click.pass_obj
def update_data(session: Session, as_json: bool) -> None:
    """Fetch IANA's reference data again: RDAP services, registrar IDs, registries."""
    folder = session.context.reference.folder
    if folder is not None:
        _tell_folder(session, as_json=as_json)
        return
    found = running.run(reference.update(session.settings, session.context.clock))
    if as_json:
        session.print_json(
            {
                "folder": None,
                "files": [
                    {"name": f.name, "as_of": _time(f.as_of), "problem": f.problem or None}
                    for f in found
                ],
            }
        )
    else:
        table = session.table("what", "current as of", "")
        for file in found:
            table.add_row(file.name, _time(file.as_of) or "not there", file.problem)
        session.out.print(table)
    if any(file.problem for file in found):
        sys.exit(1)


def _tell_folder(session: Session, *, as_json: bool) -> None:
    held = session.context.reference
    if as_json:
        files = [{"name": n, "as_of": _time(d), "problem": None} for n, d in held.files()]
        session.print_json({"folder": str(held.folder), "files": files})
        return
    session.out.print(
        f"Reference data is read from the folder {held.folder} (rdap.bootstrap); nothing is "
        "fetched. Put newer files there to bring it up to date."
    )
    table = session.table("what", "as of")
    for name, day in held.files():
        table.add_row(name, _time(day) or "not there")
    session.out.print(table)


def _time(moment: datetime | None) -> str | None:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ") if moment else None


COMMANDS = (update_data,)
