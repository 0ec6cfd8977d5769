"""resolve, lookup, show."""

from __future__ import annotations

import asyncio
import re
import signal
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import timedelta

import click

from abusetrack.casefile import CaseFile, CaseFileThread, queue
from abusetrack.cli.session import Session, counted
from abusetrack.errors import InputError
from abusetrack.triage import describe, dossier, resolving, running
from abusetrack.triage.batch import ResolveResult

_AGE = re.compile(r"(\d{1,5})\s*([hd])", re.ASCII)
_SHOWN = 20


@click.command()
@click.argument("names", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="Also what was looked up before.")
@click.option("--older-than", help="Also what was last looked up longer ago than 24h, 7d, ...")
@click.option("--afresh", is_flag=True, help="Ask registries again, however young their answers.")
@click.option("--limit", type=click.IntRange(min=1), help="Stop after so many names.")
@click.option("--json", "as_json", is_flag=True, help="Machine-readable output.")
@click.pass_obj
def resolve(
    session: Session,
    names: tuple[str, ...],
    everything: bool,
    older_than: str | None,
    afresh: bool,
    limit: int | None,
    as_json: bool,
) -> None:
    """Look up what is queued and store every answer; interrupt and resume at any time."""
    session.context  # noqa: B018  # settings are read before the case file is touched
    wanted = [dossier.domain_of(session.context, name) for name in names] or None
    with session.case() as case:
        opener = case.opener()
        if everything or wanted:
            queue.enqueue(case, domains=wanted)
        elif older_than:
            queue.enqueue(case, older_than=session.context.clock.now() - _age(older_than))
    result = look_up(session, opener, wanted, limit, afresh=afresh)
    if as_json:
        session.print_json(
            {
                "done": result.done,
                "left": result.left,
                "failed": [{"host": item.host, "reason": item.reason} for item in result.failures],
            }
        )
    else:
        session.out.print(f"{counted(result.done, 'name')} looked up, {result.left} still queued")
        if not (result.done or result.left or result.failures):
            session.out.print("Nothing was queued; --all looks up again what was looked up before.")
        for failure in result.failures[:_SHOWN]:
            session.err.print(f"  not known: {failure.host}: {failure.reason}")
        if len(result.failures) > _SHOWN:
            session.err.print(f"  and {len(result.failures) - _SHOWN} more (--json lists all)")
    if result.failures:
        sys.exit(1)


def look_up(
    session: Session,
    opener: Callable[[], CaseFile],
    names: Sequence[str] | None,
    limit: int | None,
    *,
    afresh: bool,
) -> ResolveResult:
    """Look up what is queued, with a bar; an interrupt ends the program."""

    async def work() -> ResolveResult:
        task = asyncio.current_task()
        if task is not None:
            asyncio.get_running_loop().add_signal_handler(signal.SIGINT, task.cancel)
        return await resolving.resolve(
            session.context,
            db,
            opener,
            names=names,
            limit=limit,
            afresh=afresh,
            on_progress=lambda p: bar.update(p.done, p.total),
        )

    db = CaseFileThread(opener)
    try:
        with session.progress("looking up") as bar:
            return running.run(work())
    except asyncio.CancelledError:
        session.err.print("Interrupted: what was looked up is stored, the rest stays queued.")
        sys.exit(130)
    finally:
        db.close()


@click.command()
@click.argument("name", required=False)
@click.option("--check-resolver", is_flag=True, help="Try the resolvers of the settings instead.")
@click.option("--json", "as_json", is_flag=True, help="Machine-readable output.")
@click.pass_obj
def lookup(session: Session, name: str | None, check_resolver: bool, as_json: bool) -> None:
    """Look one name up; nothing is stored."""
    if check_resolver == (name is not None):
        raise InputError("lookup takes either one name or --check-resolver.")
    if name is None:
        _check_resolvers(session, as_json=as_json)
        return
    host = dossier.host_of(session.context, name)
    answer = running.run(resolving.lookup_once(session.context, host))
    _print(session, dossier.fresh(session.context, answer), as_json=as_json)


def _check_resolvers(session: Session, *, as_json: bool) -> None:
    checks = running.run(resolving.check_resolvers(session.context))
    if as_json:
        session.print_json([asdict(check) for check in checks])
    else:
        for check in checks:
            session.out.print(
                f"{check.resolver}: {'' if check.findings else 'nothing wrong found'}"
            )
            for finding in check.findings:
                session.out.print(f"  {finding.code}: {finding.text}")
        session.out.print(
            "Only the root zone and a name that cannot exist were asked for. Whether a resolver "
            "blocks single names was not tried: that would take asking for one."
        )
    if any(check.findings for check in checks):
        sys.exit(1)


@click.command()
@click.argument("domain")
@click.option("--json", "as_json", is_flag=True, help="Machine-readable output.")
@click.pass_obj
def show(session: Session, domain: str, as_json: bool) -> None:
    """Show everything known of a domain, with sources."""
    with session.case() as case:
        found = dossier.stored(session.context, case, domain)
    _print(session, found, as_json=as_json)


def _age(text: str) -> timedelta:
    match = _AGE.fullmatch(text.strip())
    if match is None:
        raise InputError("--older-than takes hours or days, at most five digits: 24h, 7d.")
    number = int(match[1])
    return timedelta(hours=number) if match[2] == "h" else timedelta(days=number)


def _print(session: Session, found: dossier.Dossier, *, as_json: bool) -> None:
    if as_json:
        session.print_json(dossier.as_json(found))
        return
    table = session.table("", "")
    table.show_header = False
    for name, value in describe.lines(found):
        table.add_row(name, value)
    session.out.print(table)


COMMANDS = (resolve, lookup, show)
