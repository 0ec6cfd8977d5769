from __future__ import annotations

import pytest

from abusetrack import settings
from abusetrack.settings import Settings
from abusetrack.ui.dialogs.first_run import FirstRun


@pytest.fixture
def wizard(qtbot, tmp_path, clock):
    made = FirstRun(tmp_path / "config.toml", Settings(), tmp_path / "case.abusetrack", clock)
    qtbot.addWidget(made)
    made.show()
    made.config_path = tmp_path / "config.toml"
    return made


def test_three_pages_set_up_the_work(wizard, tmp_path):
    wizard.next.click()
    assert wizard.page() is wizard.organisation
    wizard.fields["organisation.email"].set_text("nobody")
    assert not wizard.next.isEnabled()
    wizard.fields["organisation.email"].set_text("desk@hotline.example")
    wizard.fields["organisation.name"].set_text("Example Hotline")
    wizard.next.click()
    assert wizard.page() is wizard.case
    wizard.case.first.setText("right horse")
    assert not wizard.next.isEnabled()
    wizard.case.second.setText("right horse")
    wizard.case.place.setText(str(tmp_path / "safe" / "ours.case"))
    wizard.next.click()
    wizard.fields["resolver.nameservers"].set_text("192.0.2.53")
    wizard.next.click()
    chosen = wizard.chosen
    assert not chosen.practice
    assert chosen.case_path == tmp_path / "safe" / "ours.case"
    assert chosen.passphrase == "right horse"
    saved = settings.load(wizard.config_path)
    assert saved == chosen.settings
    assert saved.organisation.name == "Example Hotline"
    assert saved.resolver.nameservers == ("192.0.2.53:53",)
    assert saved.case.file == chosen.case_path
    assert "right horse" not in wizard.config_path.read_text("utf-8")


def test_everything_may_be_left_for_later(wizard):
    for _ in range(3):
        wizard.next.click()
    wizard.next.click()
    assert wizard.chosen.passphrase is None
    assert settings.load(wizard.config_path) == Settings(base=wizard.config_path.parent)


def test_practice_leaves_the_rest_out_and_writes_nothing(wizard):
    wizard.welcome.practice.setChecked(True)
    assert wizard.next.text() == "Begin"
    wizard.next.click()
    assert wizard.chosen.practice
    assert not wizard.config_path.exists()
