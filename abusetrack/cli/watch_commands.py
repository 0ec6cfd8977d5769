"""watch."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Callable
from contextlib import suppress

import click

from abusetrack.casefile import CaseFile, CaseFileThread
from abusetrack.cli.session import Session, counted
from abusetrack.triage import watching
from abusetrack.triage.batch import ResolveResult


@click.command()
@click.option("--once", is_flag=True, help="One round only, for a timer of the system.")
@click.option("--json", "as_json", is_flag=True, help="Machine-readable output (with --once).")
@click.pass_obj
def watch(session: Session, once: bool, as_json: bool) -> None:
    """Look up again what is due; safe beside the window and other watches.

    Without --once it goes on until interrupted. docs/watch.md says how to start it from a
    timer, and how often what is asked.
    """
    session.context  # noqa: B018  # settings are read before the case file is touched
    with session.case() as case:
        opener = case.opener()
    result = _run(session, opener, once=once)
    if as_json:
        session.print_json(
            {
                "done": result.done,
                "left": result.left,
                "failed": [{"host": item.host, "reason": item.reason} for item in result.failures],
            }
        )


def _run(session: Session, opener: Callable[[], CaseFile], *, once: bool) -> ResolveResult:
    def tell(result: ResolveResult) -> None:
        if result.done or once:
            failed = f", {len(result.failures)} not learnt" if result.failures else ""
            session.err.print(f"{counted(result.done, 'name')} looked up{failed}")

    async def work() -> ResolveResult:
        task = asyncio.current_task()
        if task is not None:
            loop = asyncio.get_running_loop()
            for number in (signal.SIGINT, signal.SIGTERM):
                with suppress(NotImplementedError):  # Windows: KeyboardInterrupt instead
                    loop.add_signal_handler(number, task.cancel)
        return await watching.watch(session.context, db, opener, once=once, on_round=tell)

    db = CaseFileThread(opener)
    try:
        return asyncio.run(work())
    except (asyncio.CancelledError, KeyboardInterrupt):
        session.err.print("Stopped: what was looked up is stored, the rest stays due.")
        sys.exit(130)
    finally:
        db.close()


COMMANDS = (watch,)
