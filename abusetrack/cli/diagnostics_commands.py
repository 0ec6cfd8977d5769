"""diagnostics: what helps to find a fault."""

from __future__ import annotations

from pathlib import Path

import click

from abusetrack import settings
from abusetrack.casefile import is_encrypted, sizes
from abusetrack.cli.session import Session, counted
from abusetrack.triage import diagnostics as collecting


@click.command()
@click.option(
    "--out",
    "place",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="The ZIP to write; nothing may stand there.",
)
@click.pass_obj
def diagnostics(session: Session, place: Path) -> None:
    """Collect versions, sizes and the log in a ZIP that names nobody.

    Of the settings, numbers and switches are told; of texts that they are set. An encrypted
    case file is only looked into where its passphrase is given with the command or kept in the
    keyring.
    """
    files = collecting.collect(session.settings, settings.default_log_path(), _sizes(session))
    collecting.write(place, files)
    session.out.print(f"{counted(len(files), 'file')} in {place}:")
    for name, text in files.items():
        session.out.print(f"  {name} ({len(text.encode()):,} bytes)")


def _sizes(session: Session) -> sizes.Sizes | str:
    if not session.case_path.exists():
        return "there is no case file"
    unlocked = session.unlocked(ask=False)
    if is_encrypted(session.case_path) and unlocked.passphrase is None and unlocked.key is None:
        return "encrypted, and no passphrase was given"
    with session.case() as case:
        return sizes.sizes(case)


COMMANDS = (diagnostics,)
