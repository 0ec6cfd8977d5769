from __future__ import annotations

import dataclasses
import json

import pytest

from abusetrack.errors import InputError
from abusetrack.notices import export
from abusetrack.records import Page, Role, Terms

FORM = "https://registrar.example/abuse"


@pytest.fixture
def sheet(organisation):
    """Export the sheet; return the JSON, and the text."""

    def run(draft) -> tuple[dict, str]:
        files = {file.name: file.body for file in export(draft, organisation, ["sheet"])}
        (data,) = [json.loads(body) for name, body in files.items() if name.endswith("form.json")]
        (text,) = [body.decode() for name, body in files.items() if name.endswith("form.txt")]
        return data, text

    return run


@pytest.fixture
def by_form(contact):
    return dataclasses.replace(contact, email=None, form=FORM)


def _fields(submission) -> dict[str, str]:
    return {field["field"]: field["value"] for field in submission["fields"]}


def test_without_a_known_form_everything_is_there(draft, sheet, by_form):
    made = draft(recipient=by_form)
    data, text = sheet(made)
    (one,) = data["submissions"]
    fields = _fields(one)
    assert data["form"] == FORM
    assert fields["domains"] == "bad-one.example"
    assert fields["description"] == made.body.rstrip("\n")
    assert fields["reference"] == "HE-2026-000017"
    assert "urls" not in fields
    assert f"Web form: {FORM}" in text
    assert all(f"[{name}]\n{value}" in text for name, value in fields.items())


def test_the_fields_of_the_form_come_in_its_order_and_the_rest_is_named(draft, sheet, by_form):
    terms = Terms(form_fields=("Domain name(s)", "Your e-mail", "Captcha", "Message"))
    data, text = sheet(draft(recipient=by_form, terms=terms))
    (one,) = data["submissions"]
    assert list(_fields(one)) == ["Domain name(s)", "Your e-mail", "Message"]
    assert _fields(one)["Your e-mail"] == "notices@hotline.example"
    assert one["fill_in_yourself"] == ["Captcha"]
    assert {item["what"] for item in one["no_field"]} >= {"organisation", "reference", "law"}
    assert "No field of this form was known for:" in text
    assert "Fill in yourself: Captcha." in text


def test_a_form_with_few_rows_gets_several_submissions(draft, sheet, by_form, row):
    rows = [row(f"n{number:02}.example") for number in range(12)]
    data, _text = sheet(draft(recipient=by_form, rows=rows, terms=Terms(form_rows=5)))
    lists = [_fields(one)["domains"].splitlines() for one in data["submissions"]]
    assert [len(names) for names in lists] == [5, 5, 2]
    assert [name for names in lists for name in names] == [one.domain for one in rows]
    assert "(part 2 of 3)" in _fields(data["submissions"][1])["subject"]


def test_a_form_with_few_characters_gets_the_short_text(draft, sheet, by_form, organisation):
    made = draft(recipient=by_form, terms=Terms(form_characters=1000))
    text = _fields(sheet(made)[0]["submissions"][0])["description"]
    assert len(text) <= 1000
    for said in (
        "Hotline Exempla", "HE-2026-000017", "clientHold", "bad-one[.]example", "do not open",
        "6\N{NO-BREAK SPACE}March".replace("\N{NO-BREAK SPACE}", " "), organisation.dispute_email,
        organisation.verification_url, "Category A", "HE-R-20417",
    ):  # fmt: skip
        assert said in text


def test_a_form_with_too_few_characters_is_said(draft, sheet, by_form):
    with pytest.raises(InputError, match="takes 200 characters"):
        sheet(draft(recipient=by_form, terms=Terms(form_characters=200)))


def test_a_delivery_network_gets_one_host_name_at_a_time(drafted, sheet):
    row = drafted(Role.CDN).rows[0]
    at = row.last_confirmed
    pages = tuple(
        Page(f"https://{host}bad-one.example/{number}", at, "A", "§ 1")
        for host in ("", "www.")
        for number in range(300)
    )
    many = dataclasses.replace(row, pages=pages, confirmed_urls=600)
    data, _text = sheet(drafted(Role.CDN, rows=[many]))
    lists = [_fields(one)["urls"].splitlines() for one in data["submissions"]]
    assert [len(urls) for urls in lists] == [250, 50, 250, 50]
    assert all(len({url.split("/")[2] for url in urls}) == 1 for urls in lists)
    assert len({url for urls in lists for url in urls}) == 600
    fields = _fields(data["submissions"][0])
    assert (fields["owner notification"], fields["host notification"]) == ("none", "anonymous")


def test_a_host_gets_exact_urls_and_a_registrar_none(drafted, sheet):
    assert "https://bad-one.example/a/b?c=7" in sheet(drafted(Role.HOST))[1]
    assert "/a/b" not in sheet(drafted(Role.REGISTRAR))[1]
