from __future__ import annotations

import pytest

from abusetrack.errors import InputError
from abusetrack.notices.templates import render

GOOD = "Subject: {{ reference }}\n\nBody of {{ reference }}.\n"


@pytest.fixture
def own(tmp_path):
    """Write a user's template; returns its folder."""

    def write(text: str | bytes, name: str = "registrar/first"):
        file = tmp_path / f"{name}.txt.jinja"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        return tmp_path

    return write


def test_a_users_template_stands_in_front(own):
    rendered = render("registrar/first", {"reference": "X-1"}, own(GOOD))
    assert (rendered.subject, rendered.body) == ("X-1", "Body of X-1.\n")
    assert rendered.template.startswith("registrar/first own ")


def test_the_version_changes_with_the_text(own):
    first = render("registrar/first", {"reference": "X-1"}, own(GOOD)).template
    assert render("registrar/first", {"reference": "X-1"}, own(GOOD + "!")).template != first


def test_the_shipped_one_is_used_where_the_folder_has_none(draft, tmp_path):
    assert draft(template_folder=tmp_path).template.startswith("registrar/first shipped ")
    assert draft(template_folder=tmp_path) == draft()


def test_no_escapes_of_html_in_plain_text(own):
    rendered = render("registrar/first", {"reference": "A & <B>"}, own(GOOD))
    assert rendered.body == "Body of A & <B>.\n"


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("{{ reference", "unexpected"),
        ("{% if %}", "Expected an expression"),
        ("{{ refrence }}", "'refrence' is undefined"),
        ("{{ sender.pasword }}", "pasword"),
        ("{{ 1 / 0 }}", "division"),
        ("{{ reference.nothing() }}", "nothing"),
        ("{{ reference + 1 }}", "str"),
        ("{% include 'nowhere.txt.jinja' %}", "there is no template nowhere.txt.jinja"),
        ("{% include '../../etc/passwd' %}", "there is no template"),
        ("{{ '%q' | format(1) }}", "format"),
        ("{{ reference | nofilter }}", "nofilter"),
    ],
)
def test_a_broken_template_is_named_with_its_line(own, draft, line, says):
    folder = own(f"Subject: {{{{ reference }}}}\n\nfirst\nsecond\n{line}\n")
    with pytest.raises(InputError) as caught:
        draft(template_folder=folder)
    message = str(caught.value)
    assert f"{folder}/registrar/first.txt.jinja, line 5," in message.replace("\\", "/")
    assert says in message
    assert draft().body  # the shipped one stays usable


@pytest.mark.parametrize(
    "text", ["", "No subject\n\nBody", "Subject: \n\nBody", "Subject: x\n\n", b"Subject: \xff\n\nx"]
)
def test_a_template_without_subject_or_body_is_broken(own, text):
    with pytest.raises(InputError, match=r"registrar.first\.txt\.jinja, line 1,"):
        render("registrar/first", {"reference": "X"}, own(text))


@pytest.mark.parametrize(
    "trick",
    [
        "{{ reference.__class__.__mro__[1].__subclasses__() }}",
        "{{ rows[0].__class__ }}",
        "{{ fill.__globals__ }}",
        "{{ ''.__class__.__base__ }}",
        "{{ '{0.__class__}'.format(reference) }}",
        "{{ reference | attr('__class__') }}",
        "{{ self.__init__.__globals__ }}",
        "{{ cycler.__init__.__globals__.os }}",
        "{{ namespace.__init__.__globals__ }}",
        "{{ range(10 ** 9) | list }}",
        "{% set x = rows.append(1) %}",
        "{% set rows[0].name = 'x' %}",
    ],
)
def test_the_sandbox_holds(own, draft, trick):
    with pytest.raises(InputError):
        draft(template_folder=own(f"Subject: x\n\n{trick}\n"))


def test_a_value_is_not_a_template(draft, row):
    body = draft(rows=[row(registrar="{{ 7 * 7 }} {% raw %}")]).body
    assert "{{ 7 * 7 }} {% raw %}" in body
