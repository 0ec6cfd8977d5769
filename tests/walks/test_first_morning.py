"""The first start: what the wizard asks, and what is there afterwards."""

from __future__ import annotations

import pytest

from abusetrack import settings
from abusetrack.errors import WrongPassphraseError

PREVIEW = "Preview: what becomes of every row"


def test_who_only_tries_it_practises_and_leaves_nothing(sit_down, read, tmp_path):
    newcomer = sit_down()
    newcomer.click("Try it with the practice internet first")
    newcomer.click("Begin")
    newcomer.row(PREVIEW, "new")
    newcomer.press("ctrl+i")
    (case,) = newcomer.wait(lambda: list(tmp_path.rglob("practice.abusetrack")), "the case file")
    newcomer.wait(
        lambda: read(case, lambda c: c.value("SELECT count(*) FROM report")) > 50, "reports"
    )
    newcomer.wait(
        lambda: read(case, lambda c: c.value("SELECT count(*) FROM observation")) > 50, "lookups"
    )
    newcomer.close()
    assert not case.exists()


def test_who_sets_it_up_has_settings_and_a_sealed_case_file(sit_down, read, tmp_path):
    case = tmp_path / "desk" / "case.abusetrack"
    newcomer = sit_down()
    newcomer.click("Set it up for work")
    newcomer.press("Return")
    newcomer.fill("Name", "Hotline of Tests")
    newcomer.press("Return")
    newcomer.fill("Place", str(case))
    newcomer.fill("Passphrase", "correct horse")
    assert not newcomer.find("Next", enabled=False)["enabled"]  # it is to be typed twice
    newcomer.fill("Passphrase again", "correct horse")
    newcomer.click("Next")
    newcomer.click("Begin")
    newcomer.find("Names or URLs to type")
    newcomer.close()
    with pytest.raises(WrongPassphraseError):
        read(case, lambda c: None, passphrase="wrong")
    assert (
        read(case, lambda c: c.value("SELECT count(*) FROM report"), passphrase="correct horse")
        == 0
    )
    (config,) = tmp_path.rglob("config.toml")
    assert settings.load(config).organisation.name == "Hotline of Tests"
    assert settings.load(config).case.file == case
