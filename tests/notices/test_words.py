from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from abusetrack.notices import lint, stopping, words
from abusetrack.notices.roles import ALWAYS_ASKED, RULES
from abusetrack.records import Role, Terms

MONTHS = [f"Monat{number:02}" for number in range(1, 13)]
ASKED = (*RULES[Role.REGISTRAR].asked, *(text for texts in ALWAYS_ASKED.values() for text in texts))


@pytest.fixture
def own(tmp_path):
    """Write the words of a language of the user's; returns the folder of the templates."""

    def write(text: str):
        file = tmp_path / "xx" / "words.toml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        return tmp_path

    return write


def german(**said):
    lines = "\n".join(f'"{english}" = "{other}"' for english, other in said.items())
    return f'months = {MONTHS}\nday = "{{day}}. {{month}} {{year}}"\n[said]\n{lines}\n'


def test_days_are_written_as_the_language_does(own):
    found = words.find("xx", own(german()))
    assert found.complaint == ""
    day = found.words.on(datetime(2026, 3, 6, 23, 59, tzinfo=UTC))
    assert day.replace("\N{NO-BREAK SPACE}", " ") == "6. Monat03 2026"
    english = words.find("en").words.on(datetime(2026, 3, 6, tzinfo=UTC))
    assert english.replace("\N{NO-BREAK SPACE}", " ") == "6 March 2026"


def test_a_draft_says_days_and_kinds_in_the_partys_language(own, draft):
    made = draft(template_folder=own(german(dedicated="eigens")), terms=Terms(language="xx"))
    assert "6. Monat03 2026" in made.body
    assert "Kind of site    eigens" in made.body
    assert "Monat" not in draft(template_folder=own(german())).body


def test_what_must_be_said_is_looked_for_in_the_language(own, draft, organisation, tmp_path):
    base = tmp_path / "xx" / "registrar" / "first.txt.jinja"
    base.parent.mkdir(parents=True)
    english = draft()
    text = english.body
    spoken = {asked: f"[{number}]" for number, asked in enumerate(ASKED)}
    flat = " ".join(text.split())
    for asked, other in spoken.items():
        flat = re.sub(re.escape(asked), other, flat, flags=re.IGNORECASE)
    base.write_text(f"Subject: {english.subject}\n\n{{% raw %}}{flat}{{% endraw %}}\n", "utf-8")
    folder = own(german(**spoken))
    made = draft(template_folder=folder, terms=Terms(language="xx"))
    assert stopping(lint(made, organisation)) == ()
    del spoken[ASKED[0]]
    lacking = draft(template_folder=own(german(**spoken)), terms=Terms(language="xx"))
    assert any("does not say" in finding.text for finding in lint(lacking, organisation))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("months = [", "Invalid value"),
        (f"months = {MONTHS[:11]}\nday = '{{day}} {{month}} {{year}}'", "months"),
        (f"months = {MONTHS}\nday = '{{day.__class__}} {{month}} {{year}}'", "day"),
        (f"months = {MONTHS}\nday = '{{day}} {{month}} {{year}}'\nweeks = 1", "weeks"),
    ],
)
def test_a_broken_file_is_named_and_english_used(own, draft, text, says):
    folder = own(text)
    made = draft(template_folder=folder, terms=Terms(language="xx"))
    assert str(folder / "xx" / "words.toml") in made.complaint
    assert says.lower() in made.complaint.lower()
    assert "6 March 2026" in made.body


def test_the_version_of_a_template_changes_with_its_words(own, draft):
    one = draft(template_folder=own(german()), terms=Terms(language="xx")).template
    assert (
        draft(template_folder=own(german(host="Haus")), terms=Terms(language="xx")).template != one
    )
