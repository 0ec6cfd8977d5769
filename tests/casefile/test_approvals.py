from __future__ import annotations

import pytest

from abusetrack.casefile import approvals, open_case_file
from abusetrack.errors import InputError
from abusetrack.records import Role

DRAFT = "ab" * 32


def approve(case, drafted_by="Ben", draft=DRAFT):
    return approvals.approve(
        case,
        draft,
        drafted_by=drafted_by,
        role=Role.REGISTRAR,
        party_key="iana:9999",
        domains=["a.test"],
    )


def test_another_analyst_approves_one_exact_draft(case):
    given = approve(case)
    assert given.actor == "Ann"
    assert approvals.of_draft(case, DRAFT) == (given,)
    assert approvals.of_draft(case, "cd" * 32) == ()
    (row,) = case.query("SELECT action, subject FROM audit")
    assert tuple(row.values()) == ("approve draft", "iana:9999")


@pytest.mark.parametrize("name", ["Ann", " ann", "ANN "])
def test_nobody_approves_a_draft_of_their_own(case, name):
    with pytest.raises(InputError, match="another analyst"):
        approve(case, drafted_by=name)
    assert approvals.of_draft(case, DRAFT) == ()


def test_an_approval_needs_a_name(path, clock):
    with (
        open_case_file(path, clock=clock, actor="") as case,
        pytest.raises(InputError, match=r"organisation\.analyst"),
    ):
        approve(case)
