"""dump, merge: the facts of one case file for another."""

from __future__ import annotations

from pathlib import Path

import click

from abusetrack.casefile import dump as dumping
from abusetrack.casefile import merge as merging
from abusetrack.cli.session import Session, counted
from abusetrack.triage.rejudging import rejudge


@click.command()
@click.argument("target", type=click.Path(path_type=Path, dir_okay=False))
@click.pass_obj
def dump(session: Session, target: Path) -> None:
    """Write all facts as JSON lines, for another case file to merge.

    The file holds everything reported, in the clear: send it encrypted, and delete it
    afterwards. Lists for reading are what 'export' is for.
    """
    with session.case("writing") as case:
        done = dumping.write(case, target)
    session.out.print(
        f"Written to {target}: {counted(done.facts, 'fact')}, "
        f"{counted(done.evidence, 'piece')} of evidence, "
        f"{counted(done.audit_rows, 'audit row')}. It is not encrypted."
    )


@click.command()
@click.argument("source", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--json", "as_json", is_flag=True, help="Machine-readable output.")
@click.pass_obj
def merge(session: Session, source: Path, as_json: bool) -> None:
    """Take in the facts that another case file dumped.

    Everything is verified first; what is here already changes nothing, and what was
    erased here or there stays erased.
    """
    with session.case() as case:
        with session.busy("merging"):
            merged = merging.merge(case, source)
        with session.progress("judging") as bar:
            rejudge(
                session.context,
                case,
                merged.domains,
                lambda _what, done, total: bar.update(done, total),
            )
    if as_json:
        session.print_json(
            {
                "facts": merged.facts,
                "evidence": merged.evidence,
                "audit_rows": merged.audit_rows,
                "erased": merged.erased,
                "domains": len(merged.domains),
            }
        )
    elif merged.facts or merged.evidence or merged.audit_rows:
        session.out.print(
            f"Merged: {counted(merged.facts, 'new fact')}, "
            f"{counted(merged.evidence, 'new piece')} of evidence, on "
            f"{counted(len(merged.domains), 'domain')}."
        )
        if merged.erased:
            session.out.print(
                "Erased here, because it was erased there: "
                f"{counted(merged.erased, 'text or piece')}."
            )
    else:
        session.out.print("Everything in it was here already; nothing was changed.")


COMMANDS = (dump, merge)
