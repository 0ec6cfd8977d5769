"""The command line as its users run it: subprocesses, real files, loopback servers."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner

from abusetrack.cli import main


@dataclass(frozen=True)
class Abusetrack:
    """Runs ``abusetrack`` on one case file, in a process of its own or in this one."""

    folder: Path
    config: Path

    @property
    def case(self) -> Path:
        return self.folder / "case.abusetrack"

    def run(self, *words, check=True, stdin=None, env=None):
        done = subprocess.run(
            [sys.executable, "-W", "error", "-m", "abusetrack", *self._options(), *map(str, words)],
            cwd=self.folder,
            input=stdin,
            capture_output=True,
            text=True,
            env={**os.environ, **self.home, **(env or {})},
            timeout=100,
        )
        if check:
            assert done.returncode == 0, (done.returncode, done.stdout[-2000:], done.stderr[-2000:])
        return done

    def json(self, *words, check=True):
        return json.loads(self.run(*words, "--json", check=check).stdout)

    def here(self, *words):
        """Run in this process: for many calls where starting one each would take minutes."""
        return json.loads(self.said(*words).stdout)

    def said(self, *words, code=0, env=None):
        """Run in this process; return what was said, with the exit code that it must have."""
        with contextlib.chdir(self.folder):
            result = CliRunner().invoke(
                main, [*self._options(), *map(str, words)], env={**self.home, **(env or {})}
            )
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert result.exit_code == code, result.output[-2000:]
        return result

    @property
    def home(self):
        """Everything that goes by the user's folders stays in the test's own."""
        home = str(self.folder / "home")
        return {"HOME": home, "XDG_STATE_HOME": home, "XDG_CACHE_HOME": home, "LOCALAPPDATA": home}

    def _options(self):
        return ["--case", str(self.case), "--config", str(self.config)]


@pytest.fixture
def abusetrack(tmp_path):
    """An installation without any settings."""
    config = tmp_path / "config.toml"
    config.write_text("", encoding="utf-8")
    return Abusetrack(tmp_path, config)
