from __future__ import annotations

import pytest

from abusetrack.errors import InputError
from abusetrack.ui.widgets.form import Field, Form


def _number(text):
    if not text.isdigit():
        raise ValueError("a number is needed.")
    return int(text)


@pytest.fixture
def form(qtbot):
    made = Form(
        (
            Field("said", "Said", (("nothing", None), ("yes", True))),
            Field("count", "Count", read=_number),
            Field("text", "Text", long=True),
        )
    )
    qtbot.addWidget(made)
    return made


def test_what_is_left_open_is_left_out_and_a_choice_of_nothing_is_not(form):
    assert form.values() == {}
    form.editors["said"].setCurrentText("nothing")
    form.editors["count"].setText(" 7 ")
    form.editors["text"].setPlainText(" a\nb ")
    assert form.values() == {"said": None, "count": 7, "text": "a\nb"}


def test_a_wrong_value_is_said_with_its_field(form):
    form.editors["count"].setText("many")
    with pytest.raises(InputError, match=r"Count: a number is needed\."):
        form.values()
