"""passphrase, retention, erase: who can read the case file, and what it no longer holds."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from abusetrack.casefile import CaseFile, passphrases, remembered, retention, transfer
from abusetrack.casefile.retention import Erasure
from abusetrack.cli.session import Session, counted, first_line
from abusetrack.errors import InputError
from abusetrack.records import Refusal
from abusetrack.triage.taking import subject_of

NEW_VARIABLE = "ABUSETRACK_NEW_PASSPHRASE"


@click.group()
def passphrase() -> None:
    """Set or change the passphrase; let the system's keyring remember it."""


@passphrase.command()
@click.option(
    "--new-passphrase-file",
    type=click.Path(path_type=Path, dir_okay=False),
    help=f"A file whose first line is the new passphrase; else {NEW_VARIABLE} or a prompt.",
)
@click.pass_obj
def change(session: Session, new_passphrase_file: Path | None) -> None:
    """Give the case file another passphrase; a plain one is encrypted.

    Close the window and every other abusetrack first.
    """
    new = _new_passphrase(new_passphrase_file)
    current = session.unlocked()
    with session.busy("encrypting"):
        passphrases.change(
            session.case_path,
            clock=session.context.clock,
            actor=session.context.actor,
            old=current.passphrase,
            key=current.key,
            new=new,
        )
    session.out.print(
        "The case file opens with the new passphrase only. Backups and copies made before keep "
        "what they had: the old passphrase, or none. Make a new backup, and remove those that "
        "nobody should read any more."
    )
    if current.key is not None:
        remembered.forget(session.case_path)
        session.out.print(
            "The keyring has no key any more; 'passphrase remember' puts the new one there."
        )


@passphrase.command()
@click.pass_obj
def remember(session: Session) -> None:
    """Put the key into the system's keyring (needs case.keyring = true to be used)."""
    with session.case() as case:
        remembered.remember(case)
    session.out.print("The keyring has the key of the case file.")
    if not session.settings.case.keyring:
        session.out.print("It is used once case.keyring = true stands in the settings.")


@passphrase.command()
@click.pass_obj
def forget(session: Session) -> None:
    """Take the key out of the system's keyring."""
    if not session.case_path.exists():
        raise InputError(f"There is no case file {session.case_path}; name another with --case.")
    gone = remembered.forget(session.case_path)
    session.out.print(
        "The keyring has the key no longer." if gone else "The keyring did not have the key."
    )


def _new_passphrase(path: Path | None) -> str:
    from_environment = os.environ.pop(NEW_VARIABLE, None)
    if path is not None:
        return first_line(path)
    if from_environment:
        return from_environment
    if from_environment is not None or not sys.stdin.isatty():
        raise InputError(
            f"Give the new passphrase with --new-passphrase-file or in {NEW_VARIABLE}."
        )
    return str(
        click.prompt(
            "New passphrase", hide_input=True, confirmation_prompt="The same again", err=True
        )
    )


@click.command("retention")
@click.option("--dry-run", is_flag=True, help="Say what is due, erase nothing.")
@click.option("--json", "as_json", is_flag=True, help="Machine-readable output.")
@click.pass_obj
def retention_(session: Session, *, dry_run: bool, as_json: bool) -> None:
    """Erase for ever what is older than policy.retention_months.

    Addresses of pages, references, notes, answers, exported files, raw registration and
    network answers go; names, dates, outcomes and counts stay. Copies older than that, in
    backup.folder and beside the case file, are removed.
    """
    months = session.settings.policy.retention_months
    before = retention.months_before(session.context.clock.now(), months)
    folder = session.settings.backup.folder
    with session.case("looking" if dry_run else "erasing") as case:
        what = retention.due(case, before)
        gone = []
        emptied = True
        if not dry_run:
            emptied = retention.erase(case, what, reason="retention", before=before)
            place = None if folder is None else session.settings.path(folder)
            gone = transfer.expire(place, case.path, before)
    if as_json:
        session.print_json(
            {
                "before": before.strftime("%Y-%m-%dT%H:%M:%SZ"),
                "erased": not dry_run,
                "counts": what.counts,
                "copies_removed": len(gone),
            }
        )
        return
    session.out.print(f"Recorded before {before:%Y-%m-%d} ({months} months):")
    _tell(session, what, "would be erased" if dry_run else "erased", emptied=emptied)
    if gone:
        session.out.print(f"Removed: {counted(len(gone), 'older copy').replace('copys', 'copies')}")


@click.command()
@click.argument("subjects", nargs=-1, required=True, metavar="DOMAIN|URL...")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def erase(session: Session, subjects: tuple[str, ...], *, yes: bool) -> None:
    """Erase for ever what can be erased of domains or URLs, however young it is."""
    with session.case() as case:
        named = [_subject(session, text) for text in subjects]
        plans = [plan for plan in (retention.of_subject(case, name) for name in named) if plan]
        if not plans:
            session.out.print("Nothing of these can be erased (any more).")
            return
        if not yes:
            if not sys.stdin.isatty():
                raise InputError("Erasing cannot be undone; say --yes to do it without a question.")
            click.confirm("This cannot be undone. Erase?", abort=True, err=True)
        for plan in plans:
            _erase_one(session, case, plan)
    session.out.print(
        "Backups and dumps made before still hold it; a restore or merge does not bring it back."
    )


def _erase_one(session: Session, case: CaseFile, plan: Erasure) -> None:
    emptied = retention.erase(case, plan, reason="on demand")
    _tell(session, plan, "erased", emptied=emptied)


def _subject(session: Session, text: str) -> str:
    named = subject_of(session.context.names, text)
    if named is None or isinstance(named, Refusal):
        raise InputError("Name a whole domain or a URL, as 'abusetrack show' has it.")
    return named[0]


def _tell(session: Session, what: Erasure, verb: str, *, emptied: bool) -> None:
    if not what:
        session.out.print("nothing")
        return
    for field, number in what.counts.items():
        if number:
            session.out.print(f"{verb}: {field} {number}")
    if not emptied:
        session.err.print(
            "Another program has the case file open, or the disk is full: its write-ahead log "
            "still holds older pages. They go when the last program closes it."
        )


COMMANDS = (passphrase, retention_, erase)
