"""The ZIP for whoever mends the app says how large things are, and names nobody."""

from __future__ import annotations

import json
import logging
import stat
import zipfile

import pytest

from abusetrack import log
from abusetrack import settings as settings_module
from abusetrack.casefile import open_case_file, reports
from abusetrack.casefile.sizes import sizes
from abusetrack.errors import InputError
from abusetrack.names import Names
from abusetrack.records import Discarded, Report
from abusetrack.triage import diagnostics

MARKER = "zz-marker"
CONFIG = f"""
[organisation]
name = "{MARKER} hotline"

[case]
keyring = true

[partners."{MARKER}"]
level = "domain"
"""


@pytest.fixture
def collected(tmp_path, clock):
    config = tmp_path / "config.toml"
    config.write_text(CONFIG)
    path = tmp_path / "logs" / "abusetrack.log"
    log.setup(path, "INFO")
    try:
        raise ValueError(f"https://{MARKER}.test/page")
    except ValueError:
        logging.getLogger("abusetrack.test").exception("one name failed")
    target = Names().target(f"https://{MARKER}.test/page")
    with open_case_file(tmp_path / f"{MARKER}.case", clock=clock, actor=MARKER) as case:
        given = Report(target, received_at=clock.now(), source=MARKER)
        reports.add(case, [given], (), Discarded(), label=MARKER)
        found = sizes(case)
    yield diagnostics.collect(settings_module.load(config), path, found)
    log.setup(None, "INFO")


def test_it_tells_sizes_versions_and_the_log_and_names_nobody(collected, tmp_path):
    place = tmp_path / "out.zip"
    diagnostics.write(place, collected)
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    with zipfile.ZipFile(place) as archive:
        assert archive.testzip() is None
        texts = {name: archive.read(name).decode() for name in archive.namelist()}
    assert all(MARKER not in name + text for name, text in texts.items())
    assert json.loads(texts["case-file.json"])["rows of report"] == 1
    assert "PySide6-Essentials" in json.loads(texts["versions.json"])
    told = json.loads(texts["settings.json"])
    assert told["organisation.name"] == told["partners"] == "set"
    assert told["case.keyring"] is True
    assert "ValueError" in texts["log/abusetrack.log"]


def test_what_stands_there_is_not_written_over(collected, tmp_path):
    place = tmp_path / "out.zip"
    place.write_text("mine")
    with pytest.raises(InputError, match="exists already"):
        diagnostics.write(place, collected)
    assert place.read_text() == "mine"
