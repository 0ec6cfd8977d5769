from __future__ import annotations

from datetime import timedelta

import pytest

from abusetrack.casefile import gates
from abusetrack.casefile.check import check
from abusetrack.errors import InputError
from abusetrack.records import GateStatus


def test_a_clearance_is_kept_with_who_when_and_their_reference(case, clock):
    until = clock.now() + timedelta(days=30)
    gates.clear(
        case, ["a.test"], cleared_by="Police of Exampleland", reference="P-7", expires_at=until
    )
    (entry,) = gates.of_domain(case, "a.test")
    assert (entry.status, entry.cleared_by, entry.reference) == (
        GateStatus.CLEARED,
        "Police of Exampleland",
        "P-7",
    )
    assert (entry.at, entry.expires_at) == (clock.now(), until)
    assert gates.of_domain(case, "b.test") == ()
    assert check(case).sound


def test_a_clearance_holds_until_it_expires(case, clock):
    until = clock.now() + timedelta(days=30)
    gates.clear(case, ["a.test"], cleared_by="Police", reference="", expires_at=until)
    (entry,) = gates.of_domain(case, "a.test")
    assert entry.cleared(until - timedelta(seconds=1))
    assert not entry.cleared(until)


def test_a_gate_is_opened_again_for_one_country_alone(case):
    gates.clear(case, ["a.test"], cleared_by="Police", reference="1")
    gates.clear(case, ["a.test"], cleared_by="Police", reference="2", country="AA")
    gates.open_again(case, ["a.test"], country="AA")
    entries = gates.all_of(case)["a.test"]
    assert [(entry.country, entry.status) for entry in entries] == [
        ("", GateStatus.CLEARED),
        ("AA", GateStatus.OPEN),
    ]


def test_each_word_supersedes_the_one_before_and_has_its_audit_row(case):
    gates.clear(case, ["a.test", "b.test"], cleared_by="Police", reference="secret-7")
    gates.open_again(case, ["a.test"])
    first, _second, third = case.query("SELECT id, supersedes FROM fact WHERE kind = 'gate'")
    assert third["supersedes"] == first["id"]
    rows = case.query("SELECT * FROM audit WHERE action = 'gate' ORDER BY seq")
    assert [row["subject"] for row in rows] == ["a.test", "b.test", "a.test"]
    assert "secret-7" not in str(rows)  # a row of the audit cannot be erased


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"cleared_by": " "}, "who cleared"),
        ({"days": 1}, "in the future"),
        ({"expires": -1}, "end before it begins"),
    ],
)
def test_what_cannot_be_is_refused(case, clock, changes, words):
    at = clock.now() + timedelta(days=changes.get("days", 0))
    expires = at + timedelta(days=changes["expires"]) if "expires" in changes else None
    with pytest.raises(InputError, match=words):
        gates.clear(
            case,
            ["a.test"],
            cleared_by=changes.get("cleared_by", "Police"),
            reference="",
            at=at,
            expires_at=expires,
        )
    assert gates.all_of(case) == {}
