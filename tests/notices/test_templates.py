from __future__ import annotations

import dataclasses
import re

import pytest

from abusetrack.notices import RULES, lint, stopping
from abusetrack.notices.templates import languages, render
from abusetrack.records import Role, Rung, Terms

GOOD = "Subject: {{ reference }}\n\nBody of {{ reference }}.\n"


@pytest.fixture
def own(tmp_path):
    """Write a user's template; returns its folder."""

    def write(text: str | bytes, name: str = "registrar/first"):
        file = tmp_path / "en" / f"{name}.txt.jinja"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        return tmp_path

    return write


def test_a_users_template_stands_in_front(own):
    rendered = render("registrar/first", {"reference": "X-1"}, own(GOOD))
    assert (rendered.subject, rendered.body) == ("X-1", "Body of X-1.\n")
    assert rendered.template.startswith("en/registrar/first own ")


def test_the_version_changes_with_the_text(own):
    first = render("registrar/first", {"reference": "X-1"}, own(GOOD)).template
    assert render("registrar/first", {"reference": "X-1"}, own(GOOD + "!")).template != first


def test_the_shipped_one_is_used_where_the_folder_has_none(draft, tmp_path):
    assert draft(template_folder=tmp_path).template.startswith("en/registrar/first shipped ")
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
    made = draft(template_folder=folder)
    assert f"{folder}/en/registrar/first.txt.jinja, line 5," in made.complaint.replace("\\", "/")
    assert says in made.complaint
    assert dataclasses.replace(made, complaint="") == draft()  # the shipped one was used


@pytest.mark.parametrize(
    "text", ["", "No subject\n\nBody", "Subject: \n\nBody", "Subject: x\n\n", b"Subject: \xff\n\nx"]
)
def test_a_template_without_subject_or_body_is_broken(own, draft, text):
    complaint = draft(template_folder=own(text)).complaint
    assert re.search(r"registrar.first\.txt\.jinja, line 1,", complaint)


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
    made = draft(template_folder=own(f"Subject: x\n\n{trick}\n"))
    assert made.complaint
    assert made.template.split()[1] == "shipped"


def test_a_value_is_not_a_template(draft, row):
    body = draft(rows=[row(registrar="{{ 7 * 7 }} {% raw %}")]).body
    assert "{{ 7 * 7 }} {% raw %}" in body


ROLES = [role for role in Role if role is not Role.RESELLER]


@pytest.mark.parametrize("rung", list(Rung), ids=lambda rung: rung.value)
@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.value)
def test_every_role_and_rung_has_a_text_of_its_own(drafted, organisation, role, rung):
    made = drafted(role, rung)
    others = [drafted(a, rung).body for a in ROLES if a is not role]
    others += [drafted(role, b).body for b in Rung if b is not rung]
    assert _without_party(made.body) not in map(_without_party, others)
    assert made.template.startswith(f"en/{RULES[role].folder}/{rung.value} ")
    assert stopping(lint(made, organisation)) == ()


def _without_party(body):
    return re.sub(r"^To  .*$", "", body, flags=re.MULTILINE)


def test_a_part_can_be_replaced_alone(own, draft):
    folder = own("Mine alone.\n", "parts/look")
    made = draft(template_folder=folder)
    assert "Mine alone." in made.body
    assert made.body.count("clientHold") == draft().body.count("clientHold")
    assert made.template.split()[1] == "own"


def test_a_language_is_a_folder_and_english_fills_its_gaps(tmp_path, draft):
    part = tmp_path / "xx" / "parts" / "look.txt.jinja"
    part.parent.mkdir(parents=True)
    part.write_text("Bitte nicht ansehen.\n", encoding="utf-8")
    assert languages(tmp_path) == ("en", "xx")
    made = draft(template_folder=tmp_path, terms=Terms(language="xx"))
    assert "Bitte nicht ansehen." in made.body
    assert made.template.startswith("xx/registrar/first own ")
    assert "Bitte" not in draft(template_folder=tmp_path).body
    assert draft(terms=Terms(language="zz")).template.startswith("en/")
