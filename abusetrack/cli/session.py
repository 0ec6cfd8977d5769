"""What one run of the command line shares: settings, case file, passphrase, output."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from abusetrack import log, settings
from abusetrack.casefile import CaseFile, is_encrypted, open_case_file
from abusetrack.errors import InputError
from abusetrack.records import SystemClock
from abusetrack.settings import Settings
from abusetrack.triage.context import Context, make_context

if TYPE_CHECKING:  # imported when something is printed, which takes its time
    from rich.console import Console
    from rich.table import Table

    from abusetrack.casefile.keys import RawKey
    from abusetrack.casefile.signing import Gpg

PASSPHRASE_VARIABLE = "ABUSETRACK_PASSPHRASE"  # noqa: S105  # the variable's name


@dataclass(frozen=True, slots=True)
class Unlocked:
    """What opens the case file; neither for a plain one."""

    passphrase: str | None
    key: RawKey | None


@dataclass
class Session:
    """Made by the top command, handed to every other one."""

    case_named: Path | None
    config_path: Path
    config_named: bool
    passphrase_file: Path | None
    debug: bool

    @cached_property
    def settings(self) -> Settings:
        """The settings, read once."""
        return settings.load(self.config_path, must_exist=self.config_named)

    @cached_property
    def case_path(self) -> Path:
        """Where the case file stands: as named, as set, or where it does by default."""
        if self.case_named is not None:
            return self.case_named
        chosen = self.settings.case.file
        return self.settings.path(chosen) if chosen else settings.default_case_path()

    @cached_property
    def context(self) -> Context:
        """Settings, clock, names and tables."""
        return make_context(self.settings, SystemClock())

    @cached_property
    def out(self) -> Console:
        """Results."""
        return self._console(stderr=False)

    @cached_property
    def err(self) -> Console:
        """Progress and complaints."""
        return self._console(stderr=True)

    def _console(self, *, stderr: bool) -> Console:
        from abusetrack.cli.console import open_console

        return open_console(stderr=stderr)

    @cached_property
    def given_passphrase(self) -> str | None:
        """The passphrase from file or environment; None where neither is given."""
        from_environment = os.environ.pop(PASSPHRASE_VARIABLE, None)
        if self.passphrase_file is not None:
            return first_line(self.passphrase_file)
        if from_environment == "":
            raise InputError(
                f"{PASSPHRASE_VARIABLE} is set but empty; set it to the passphrase, or unset it."
            )
        return from_environment

    @cached_property
    def passphrase(self) -> str | None:
        """The passphrase from file, environment or prompt; None for a plain case file."""
        if self.given_passphrase is not None:
            return self.given_passphrase
        if self.case_path.exists() and is_encrypted(self.case_path):
            if not sys.stdin.isatty():
                raise InputError(
                    "The case file is encrypted; give its passphrase with --passphrase-file or "
                    f"{PASSPHRASE_VARIABLE}."
                )
            return str(click.prompt("Passphrase of the case file", hide_input=True, err=True))
        return None

    def unlocked(self, *, ask: bool = True) -> Unlocked:
        """Return what opens the case file: a passphrase, the keyring's key, or nothing.

        Without ``ask`` nobody is asked: then it may be nothing for an encrypted file.
        """
        locked = self.case_path.exists() and is_encrypted(self.case_path)
        if locked and self.given_passphrase is None and self.settings.case.keyring:
            from abusetrack.casefile import remembered  # which takes its time

            if (key := remembered.recall(self.case_path)) is not None:
                return Unlocked(None, key)
        return Unlocked(self.passphrase if ask else self.given_passphrase, None)

    @property
    def gpg(self) -> Gpg:
        """The gpg of the settings."""
        from abusetrack.casefile.signing import Gpg

        home = self.settings.notices.gnupg_home
        return Gpg(None if home is None else self.settings.path(home))

    def start_log(self) -> None:
        """Open the log file."""
        log.setup(settings.default_log_path(), "DEBUG" if self.debug else "INFO")

    @contextmanager
    def case(self, doing: str = "", *, create: bool = False) -> Iterator[CaseFile]:
        """Open the case file for one command; ``doing`` is shown while it takes its time."""
        if not create and not self.case_path.exists():
            raise InputError(
                f"There is no case file {self.case_path} yet; import a list first, "
                "or name another with --case."
            )
        unlocked = self.unlocked()
        with open_case_file(
            self.case_path,
            clock=self.context.clock,
            actor=self.context.actor,
            passphrase=unlocked.passphrase,
            key=unlocked.key,
            create=create,
        ) as case:
            log.set_key(case.log_key)
            with self.busy(doing):
                yield case

    @contextmanager
    def case_to_read(self) -> Iterator[CaseFile]:
        """Open the case file, or an empty one that is thrown away where there is none yet."""
        if self.case_path.exists():
            with self.case() as case:
                yield case
            return
        with tempfile.TemporaryDirectory() as folder:
            empty = Path(folder) / "empty"
            with open_case_file(empty, clock=self.context.clock, actor="") as case:
                yield case

    def busy(self, doing: str) -> AbstractContextManager[object]:
        """Show on a terminal that a step takes its time."""
        if not doing or not sys.stderr.isatty():
            return nullcontext()
        return self.err.status(doing)

    def print_json(self, value: Any) -> None:
        """Write one JSON value to stdout, in ASCII: nothing in it acts on a terminal."""
        click.echo(json.dumps(value, indent=2))

    def table(self, *columns: str, right: tuple[str, ...] = ()) -> Table:
        """Return an empty table in the house's look."""
        from abusetrack.cli.console import empty_table

        return empty_table(*columns, right=right)

    @contextmanager
    def progress(self, what: str) -> Iterator[ProgressBar]:
        """Show how far a long step has come, on stderr, when that is a terminal."""
        if not sys.stderr.isatty():
            yield ProgressBar(lambda _done, _total: None)
            return
        from abusetrack.cli.console import moving_bar

        with moving_bar(self.err, what) as move:
            yield ProgressBar(move)


@dataclass(frozen=True, slots=True)
class ProgressBar:
    """One bar, if there is somebody to see it."""

    update: Callable[[int, int | None], None]  # to so many done, of so many if that is known


def counted(number: int, thing: str) -> str:
    """Return "1 domain", "2 domains"."""
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def moment_of(text: str | None, option: str) -> datetime | None:
    """Return the time that an option gives; UTC where it names no zone.

    Raises:
        InputError: it is none.
    """
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        raise InputError(
            f"{option} is no ISO 8601 time; write it like 2026-03-01 or 2026-03-01T14:30+01:00."
        ) from None


def first_line(path: Path) -> str:
    """Return the passphrase that a file holds in its first line.

    Raises:
        InputError: it cannot be read, or is empty.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"The passphrase file {path} cannot be read.") from error
    line = text.splitlines()[0] if text else ""
    if not line:
        raise InputError(f"The passphrase file {path} is empty.")
    return line
