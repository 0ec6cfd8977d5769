from __future__ import annotations

import importlib
from pathlib import Path

from abusetrack import cli
from abusetrack.cli import main as _group
from abusetrack.cli.main import MODULES


def test_the_table_of_commands_is_what_the_modules_have():
    """A new command has to be entered there; without it nobody can call it."""
    folder = Path(cli.__file__).parent
    modules = {path.stem for path in folder.glob("*.py") if "\nCOMMANDS = (" in path.read_text()}
    assert set(MODULES) == modules
    for name, commands in MODULES.items():
        module = importlib.import_module(f"abusetrack.cli.{name}")
        assert tuple(command.name for command in module.COMMANDS) == commands


def test_every_command_is_found_by_its_name():
    context = _group.make_context("abusetrack", ["--help"], resilient_parsing=True)
    for name in _group.list_commands(context):
        command = _group.get_command(context, name)
        assert command is not None
        assert command.name == name
    assert _group.get_command(context, "no-such-command") is None
