"""backup, restore: whole copies of the case file, out and in."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from abusetrack.casefile import is_encrypted, passphrases, transfer
from abusetrack.casefile.restore import restore as put_back
from abusetrack.cli.session import Session, counted, first_line
from abusetrack.errors import ExternalError, InputError


@click.command()
@click.argument("target", type=click.Path(path_type=Path), required=False)
@click.option("--keep", type=click.IntRange(min=1), help="So many in the folder. [backup.keep]")
@click.option("--decrypted", is_flag=True, help="Write a copy without a passphrase.")
@click.pass_obj
def backup(session: Session, target: Path | None, keep: int | None, *, decrypted: bool) -> None:
    """Copy the case file while it is in use, and verify the copy.

    TARGET is a file, or a folder (backup.folder unless given) in which backups get names
    with the time and the oldest are removed. Beside the copy stand its heads, signed with
    gpg where organisation.openpgp_fingerprint is set, for 'check --against'.
    """
    folder = _folder(session, target)
    with session.case("copying") as case:
        place = target if folder is None else transfer.next_in(folder, case.path, case.clock.now())
        if place is None:
            raise InputError("Name a file or a folder, or set backup.folder in the settings.")
        if decrypted:
            passphrases.decrypted_copy(case, place.absolute(), actor=case.actor)
            session.out.print(f"Copied to {place} and verified. It is NOT encrypted.")
            return
        done = transfer.backup(case, place)
    opens = "; it opens with the same passphrase" if is_encrypted(place) else ", not encrypted"
    session.out.print(f"Copied to {place} and verified{opens}.")
    _sign(session, done.heads)
    if folder is not None:
        gone = transfer.rotate(folder, session.case_path, keep or session.settings.backup.keep)
        if gone:
            session.out.print(f"Removed: {counted(len(gone), 'older backup')}.")


def _folder(session: Session, target: Path | None) -> Path | None:
    configured = session.settings.backup.folder
    if target is not None:
        return target if target.is_dir() else None
    return None if configured is None else session.settings.path(configured)


def _sign(session: Session, heads: Path) -> None:
    fingerprint = session.settings.organisation.openpgp_fingerprint
    gpg = session.gpg
    if not fingerprint or not gpg.is_there:
        return
    try:
        signature = gpg.sign(heads, fingerprint)
    except ExternalError as error:
        session.err.print(f"The backup is made, but its heads are not signed. {error}")
    else:
        session.out.print(f"Heads signed: {signature}")


@click.command()
@click.argument("source", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--backup-passphrase-file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Where the backup has another passphrase than the case file has now.",
)
@click.pass_obj
def restore(session: Session, source: Path, backup_passphrase_file: Path | None) -> None:
    """Put a backup in the place of the case file, after checking it.

    The file that was there is kept under another name. What was erased since the backup
    was made is erased in it again.
    """
    current = session.unlocked(ask=False)
    passphrase = None
    if backup_passphrase_file is not None:
        passphrase = first_line(backup_passphrase_file)
    elif source.exists() and is_encrypted(source):
        passphrase = current.passphrase or _ask()
    with session.busy("checking"):
        done = put_back(
            source,
            session.case_path,
            clock=session.context.clock,
            actor=session.context.actor,
            passphrase=passphrase,
            current_passphrase=current.passphrase,
            current_key=current.key,
        )
    session.out.print(f"Restored from {source}, verified; audit chain head {done.head}")
    if passphrase is not None:
        session.out.print("It opens with the passphrase that the backup has.")
    if done.erased:
        session.out.print(f"Erased in it again: {counted(done.erased, 'text or piece')}.")
    if done.kept is not None:
        session.out.print(f"The file that was there is kept as {done.kept}.")
    if done.unread:
        session.out.print(
            f"What it had erased since could not be read from it: {done.unread} Run 'abusetrack "
            "retention', and erase on demand what you had erased by hand."
        )


def _ask() -> str:
    if not sys.stdin.isatty():
        raise InputError(
            "The backup is encrypted; give its passphrase in a file with --backup-passphrase-file."
        )
    return str(click.prompt("Passphrase of the backup", hide_input=True, err=True))


COMMANDS = (backup, restore)
