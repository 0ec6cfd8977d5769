from __future__ import annotations

import dataclasses
from datetime import timedelta

import pytest

from abusetrack.notices import lint
from abusetrack.records import SiteKind


def _texts(draft, organisation) -> list[str]:
    return [finding.text for finding in lint(draft, organisation)]


def test_a_good_draft_has_no_finding(draft, organisation):
    assert lint(draft(), organisation) == ()


def test_every_finding_says_how_to_mend_it(draft, organisation, row):
    bad = dataclasses.replace(draft(), rows=(row(confirmed_urls=0),), subject="", body="")
    findings = lint(bad, organisation.but({"name": ""}))
    assert len(findings) > 5
    assert all(finding.mend.endswith(".") for finding in findings)
    assert str(findings[0]) == f"{findings[0].text} {findings[0].mend}"


def test_no_finding_holds_a_reported_name(draft, organisation, row):
    bad = dataclasses.replace(draft(), rows=(row(confirmed_urls=0, law=""),) * 2, body="")
    assert not [finding for finding in lint(bad, organisation) if "bad-one" in str(finding)]


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"confirmed_urls": 0}, "has no confirmed report"),
        ({"kind": SiteKind.COMPROMISED}, "not assessed as a dedicated site"),
        ({"legal_category": " "}, "lacks the legal category"),
        ({"law": ""}, "lacks the legal category"),
        ({"reference": ""}, "lacks a reference"),
        ({"reference": "https://other.example/page"}, "has a URL for a reference"),
        ({"evidence_sha256": ""}, "lacks the answer it rests on"),
        ({"iana_id": 64501}, "another registrar"),
    ],
)
def test_each_row_stands_alone(draft, organisation, row, changes, says):
    made = draft(rows=[row("first.example"), row(**changes)])
    assert any(text.startswith("Row 2 ") and says in text for text in _texts(made, organisation))


@pytest.mark.parametrize("late", [{"first_confirmed": 1}, {"last_confirmed": 40}])
def test_dates_that_cannot_be_are_found(draft, organisation, row, late):
    plain = row()
    changes = {key: plain.last_confirmed + timedelta(days=days) for key, days in late.items()}
    assert _texts(draft(rows=[row(**changes)]), organisation) == [
        "Row 1 has dates of confirmation that cannot be."
    ]


def test_a_row_without_an_iana_id_may_go_to_a_registrar_with_one(draft, organisation, row):
    assert lint(draft(rows=[row(iana_id=None)]), organisation) == ()


def test_a_domain_stands_once(draft, organisation, row):
    assert "A domain stands in it twice." in _texts(draft(rows=[row(), row()]), organisation)


def test_too_many_rows_are_found(draft, organisation, row):
    rows = tuple(row(f"n{number}.example") for number in range(51))
    assert "The notice has 51 rows." in _texts(
        dataclasses.replace(draft(), rows=rows), organisation
    )


def test_an_unconfirmed_contact_is_found(draft, organisation):
    made = draft()
    unconfirmed = dataclasses.replace(made.recipient, confirmed_at=None)
    assert _texts(dataclasses.replace(made, recipient=unconfirmed), organisation) == [
        "This contact may not be written to."
    ]


@pytest.mark.parametrize(
    ("cut", "says"),
    [
        ("clientHold", "what is asked"),
        ("clientUpdateProhibited", "what is asked"),
        ("copy or forward", "not to look"),
        ("Preserve", "what is asked"),
        ("HE-2026-000017", "the reference"),
        ("Hotline Exempla", "who writes"),
        ("https://hotline.example/who-writes", "how to check the sender"),
        ("disputes@hotline.example", "how to contest"),
        ("bad-one[.]example", "each domain"),
        ("HE-R-20417", "each row's reference"),
    ],
)
def test_what_the_text_must_say(draft, organisation, cut, says):
    made = draft()
    without = dataclasses.replace(made, body=made.body.replace(cut, ""))
    assert f"The text does not say {says}." in _texts(without, organisation)


def test_the_subject_holds_the_reference(draft, organisation):
    other = dataclasses.replace(draft(), subject="Please suspend")
    assert _texts(other, organisation) == ["The subject does not hold the reference."]


@pytest.mark.parametrize("wrong", ["section 3.18.2", "section\n3.18.3"])
def test_duties_that_do_not_cover_it_are_not_named(draft, organisation, wrong):
    made = draft()
    found = _texts(dataclasses.replace(made, body=f"{made.body}{wrong}\n"), organisation)
    assert len(found) == 1
    assert "does not cover this material" in found[0]


def test_a_law_may_have_any_number(draft, organisation, row):
    assert lint(draft(rows=[row(law="Exempla Code 3.18.2 <a>")]), organisation) == ()


@pytest.mark.parametrize("tag", ["<img src='https://hotline.example/pixel'>", "</HTML>", "<a\nb>"])
def test_no_html(draft, organisation, tag):
    made = draft()
    assert _texts(dataclasses.replace(made, body=made.body + tag), organisation) == [
        "The text holds HTML."
    ]


@pytest.mark.parametrize(
    "leak",
    [
        "hxxps://bad-one[.]example/page",
        "http://www.bad-one.example:8080/page",
        "BAD-ONE.example?id=1",
        "cdn[.]bad-one[.]example/x",
    ],
)
def test_no_page_address_of_a_reported_site(draft, organisation, row, leak):
    said = "A page address of a reported site stands in it."
    made = draft()
    assert _texts(dataclasses.replace(made, body=f"{made.body}{leak}\n"), organisation) == [said]
    assert said in _texts(draft(rows=[row(legal_category=f"Category A {leak}")]), organisation)


@pytest.mark.parametrize(
    "fine", ["https://other-bad-one.example/rules", "https://hotline.example/bad-one.example"]
)
def test_other_addresses_are_no_leak(draft, organisation, fine):
    made = draft()
    assert lint(dataclasses.replace(made, body=f"{made.body}{fine}\n"), organisation) == ()


def test_practice_without_its_mark_is_found(draft, organisation, contact):
    nobody = dataclasses.replace(contact, email="abuse@registrar.invalid")
    made = draft(recipient=nobody, practice=True)
    assert lint(made, organisation) == ()
    plain = dataclasses.replace(made, subject="[HE-2026-000017]")
    assert "does not say PRACTICE - NOT A NOTICE" in _texts(plain, organisation)[0]
