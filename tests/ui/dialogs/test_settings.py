from __future__ import annotations

import pytest
from PySide6.QtWidgets import QDialogButtonBox

from abusetrack import settings
from abusetrack.ui import setting_values
from abusetrack.ui.dialogs.settings import SettingsDialog

FILE = """\
# ours since 2024
[policy]
hop_tlds = 4  # the board wants four
"""


@pytest.fixture
def dialog(qtbot, tmp_path, clock):
    path = tmp_path / "config.toml"
    path.write_text(FILE, encoding="utf-8")
    made = SettingsDialog(path, settings.load(path), clock)
    qtbot.addWidget(made)
    made.show()
    made.path = path
    return made


def save_button(dialog):
    return dialog.buttons.button(QDialogButtonBox.StandardButton.Save)


def test_what_is_changed_is_written_and_comments_survive(dialog, qtbot):
    dialog.fields["organisation.name"].set_text("Example Hotline")
    dialog.fields["resolver.nameservers"].set_text("192.0.2.53\n192.0.2.54:5300")
    dialog.fields["notices.page_size"].set_text("Letter")
    dialog.fields["policy.second_analyst"].set_text("true")
    with qtbot.waitSignal(dialog.saved) as saved:
        save_button(dialog).click()
    text = dialog.path.read_text("utf-8")
    assert text.startswith("# ours since 2024")
    assert "hop_tlds = 4  # the board wants four" in text
    assert "retention" not in text  # what was not touched is not written
    loaded = settings.load(dialog.path)
    assert loaded == saved.args[0]
    assert loaded.organisation.name == "Example Hotline"
    assert loaded.resolver.nameservers == ("192.0.2.53:53", "192.0.2.54:5300")
    assert loaded.notices.page_size == "Letter"
    assert loaded.policy.second_analyst


def test_a_value_put_back_to_its_default_leaves_the_file(dialog, qtbot):
    dialog.fields["policy.hop_tlds"].set_text("3")
    with qtbot.waitSignal(dialog.saved):
        save_button(dialog).click()
    assert "hop_tlds" not in dialog.path.read_text("utf-8")
    assert settings.load(dialog.path).policy.hop_tlds == 3


def test_what_is_wrong_is_said_as_it_is_typed_and_cannot_be_saved(dialog):
    field = dialog.fields["policy.hop_tlds"]
    dialog.show_option("policy.hop_tlds")
    assert dialog.chapters.currentItem().text() == "Policy"
    field.set_text("1")
    assert f'The setting "{field.field.accessibleName()}" is wrong' in field._wrong.text()
    assert "policy.hop_tlds" not in field._wrong.text()
    assert not save_button(dialog).isEnabled()
    field.set_text("5")
    assert field._wrong.text() == ""
    assert save_button(dialog).isEnabled()
    assert dialog.path.read_text("utf-8") == FILE


def test_a_file_that_became_wrong_meanwhile_keeps_the_dialog_open(dialog):
    dialog.fields["organisation.name"].set_text("Example Hotline")
    dialog.path.write_text("[policy\n", encoding="utf-8")
    save_button(dialog).click()
    assert "not valid TOML" in dialog._wrong.text()
    assert dialog.isVisible()


def test_the_default_and_the_help_stand_with_every_field(dialog):
    for field in dialog.fields.values():
        assert "Default: " in field.field.accessibleDescription()
        assert field.field.accessibleName()
    calm = dialog.fields["window.calm"].field
    assert calm.accessibleDescription().endswith(f"Default: {calm.currentText()}")


def test_resolvers_are_tried_as_they_are_typed(dialog, qtbot, world, tmp_path):
    from abusetrack import practice

    dialog.resolver_test.test()
    assert "Name a resolver" in dialog.resolver_test.answer.text()
    with practice.PracticeThread(world, tmp_path / "practice") as served:
        found = settings.load(served.config_path).resolver.nameservers
        dialog.fields["resolver.nameservers"].set_text("\n".join(found))
        with qtbot.waitSignal(dialog.resolver_test.tested, timeout=20000):
            dialog.resolver_test.button.click()
    assert found[0] in dialog.resolver_test.answer.text()


def test_every_option_has_its_place(dialog):
    assert dialog.fields.keys() == setting_values.options().keys()


def test_a_setting_is_found_by_its_words_and_its_key(dialog):
    def shown():
        return {key for key, field in dialog.fields.items() if not field.isHidden()}

    dialog.search.setText("hop_tlds")
    assert shown() == {"policy.hop_tlds"}
    assert dialog.chapters.currentItem().text() == "Policy"
    assert dialog.fields["policy.hop_tlds"].isVisible()
    dialog.search.setText("E-MAIL contest")
    assert shown() == {"organisation.dispute_email"}
    dialog.search.setText("no such words")
    assert shown() == set()
    dialog.search.clear()
    assert shown() == dialog.fields.keys()
    assert not any(dialog.chapters.isRowHidden(row) for row in range(dialog.chapters.count()))


def test_what_is_typed_in_a_hidden_field_is_kept(dialog, qtbot):
    dialog.fields["organisation.name"].set_text("Example Hotline")
    dialog.search.setText("hop_tlds")
    with qtbot.waitSignal(dialog.saved) as saved:
        save_button(dialog).click()
    assert saved.args[0].organisation.name == "Example Hotline"
