"""The top command, and how errors become exit codes.

Exit codes: 0 done, 1 some names failed (listed) or the world is broken, 2 bad usage
or input, 3 the case file cannot be used.
"""

from __future__ import annotations

import ctypes
import gc
import importlib
import logging
import os
import sys
from pathlib import Path
from typing import Any

import click

from abusetrack import __version__, settings
from abusetrack.cli.session import Session
from abusetrack.errors import AbusetrackError, CaseFileError, InputError, SettingsError

_LOG = logging.getLogger(__name__)
EXIT_FAILED, EXIT_INPUT, EXIT_CASE_FILE = 1, 2, 3

# The commands of each module's COMMANDS: a module is imported when one of them is called.
MODULES = {
    "backup_commands": ("backup", "restore"),
    "case_commands": ("check", "practice"),
    "contact_commands": ("contacts",),
    "data_commands": ("update-data",),
    "diagnostics_commands": ("diagnostics",),
    "exchange_commands": ("dump", "merge"),
    "hash_commands": ("hashes",),
    "hub_commands": ("hub", "sync"),
    "history_commands": ("timeline", "since", "content", "note", "amend"),
    "intake_commands": ("import", "assess"),
    "judgement_commands": ("gate", "protect", "hops", "links", "worklist"),
    "lookup_commands": ("resolve", "lookup", "show"),
    "watch_commands": ("watch",),
    "notice_commands": ("draft", "approve", "notice"),
    "partner_commands": ("share", "blocklist", "receive", "taxii"),
    "party_commands": ("party",),
    "safety_commands": ("passphrase", "retention", "erase"),
    "report_commands": ("report",),
    "search_commands": ("search", "export"),
    "stats_commands": ("stats",),
}
_MODULE_OF = {name: module for module, names in MODULES.items() for name in names}


class _Group(click.Group):
    """Turns the errors of errors.py into one sentence on stderr and an exit code."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands."""
        del ctx
        return sorted(_MODULE_OF)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command; its module is imported for it."""
        if cmd_name in _MODULE_OF and cmd_name not in self.commands:
            module = importlib.import_module(f"abusetrack.cli.{_MODULE_OF[cmd_name]}")
            for command in module.COMMANDS:
                self.add_command(command)
        return super().get_command(ctx, cmd_name)

    def invoke(self, ctx: click.Context) -> Any:
        """Say of a setting that is missing or wrong in which file to mend it."""
        try:
            return super().invoke(ctx)
        except SettingsError as error:
            if ctx.obj is None or str(ctx.obj.config_path) in str(error):
                raise
            raise SettingsError(f"{error} The settings file is {ctx.obj.config_path}.") from error

    def main(self, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().main(*args, **kwargs)
        except AbusetrackError as error:
            from abusetrack.names.plain import seen  # a room that few commands need

            click.echo(f"abusetrack: {seen(str(error))}", err=True)
            sys.exit(exit_code(error))
        except Exception as error:  # noqa: BLE001  (the process's border: its text may hold names)
            _LOG.error("stopped by a bug", exc_info=error)
            kind, place = type(error).__name__, settings.default_log_path()
            click.echo(
                f"abusetrack: a bug in abusetrack stopped this command ({kind}); what was stored "
                f"before is kept. Please report it with the end of {place}, which holds no names.",
                err=True,
            )
            sys.exit(EXIT_FAILED)


def exit_code(error: AbusetrackError) -> int:
    """Return the exit code of an error."""
    if isinstance(error, CaseFileError):
        return EXIT_CASE_FILE
    return EXIT_INPUT if isinstance(error, InputError) else EXIT_FAILED


@click.group(cls=_Group, invoke_without_command=True)
@click.option(
    "--case",
    "case_path",
    type=click.Path(path_type=Path, dir_okay=False),
    envvar="ABUSETRACK_CASE",
    help="The case file. [default: in the user's data folder]",
)
@click.option(
    "--config",
    "config_path",
    type=click.Path(path_type=Path, dir_okay=False),
    envvar="ABUSETRACK_CONFIG",
    help="The settings file. [default: in the user's configuration folder]",
)
@click.option(
    "--passphrase-file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="A file whose first line is the passphrase of the case file.",
)
@click.option("--debug", is_flag=True, help="Log more; names are never logged.")
@click.version_option(__version__, prog_name="abusetrack")
@click.pass_context
def main(
    ctx: click.Context,
    case_path: Path | None,
    config_path: Path | None,
    passphrase_file: Path | None,
    debug: bool,
) -> None:
    """From reported domains to registrars, and to notices they can act on.

    Without a command the window opens. abusetrack never fetches reported content,
    never stores media and never sends anything.
    """
    ctx.obj = session = Session(
        case_named=case_path,
        config_path=config_path or settings.default_config_path(),
        config_named=config_path is not None,
        passphrase_file=passphrase_file,
        debug=debug,
    )
    session.start_log()
    # What a command makes lives about as long as the command: looked through less often for
    # cycles, a long list is taken in a tenth quicker.
    gc.set_threshold(50_000, 20, 100)
    if ctx.invoked_subcommand is None:
        _open_window(session)


def _open_window(session: Session) -> None:
    _need_display()
    try:
        from abusetrack import app  # Qt is loaded for the window only
    except ImportError as error:
        raise InputError(
            f"The window cannot open, because a system library of Qt is missing ({error}). On "
            "Debian and Ubuntu: apt-get install libgl1 libegl1 libxkbcommon0 libdbus-1-3 "
            "libfontconfig1. The commands work without it; see 'abusetrack --help'."
        ) from error
    sys.exit(
        app.run(
            case_path=session.case_path,
            config_path=session.config_path,
            settings=session.settings,
            passphrase=session.given_passphrase,  # the window asks for it itself
            first=_is_first(session),
        )
    )


def _is_first(session: Session) -> bool:
    """Whether nothing was named and nothing is there: then the window asks for what it needs."""
    named = session.case_named is not None or session.config_named
    return not (named or session.config_path.exists() or session.case_path.exists())


def _need_display() -> None:
    """Say what is missing where Qt would only abort.

    Raises:
        InputError: there is no display, or X11 without the library that Qt needs for it.
    """
    if sys.platform in {"darwin", "win32"} or os.environ.get("QT_QPA_PLATFORM"):
        return
    if os.environ.get("WAYLAND_DISPLAY"):
        return
    if not os.environ.get("DISPLAY"):
        raise InputError(
            "The window cannot open, because there is no display. The commands work without it; "
            "see 'abusetrack --help'."
        )
    try:
        ctypes.CDLL("libxcb-cursor.so.0")
    except OSError as error:
        raise InputError(
            "The window cannot open, because a system library of Qt is missing. On Debian and "
            "Ubuntu: apt-get install libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1 "
            "libxkbcommon-x11-0. The commands work without it; see 'abusetrack --help'."
        ) from error
