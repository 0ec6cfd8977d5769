from __future__ import annotations

import pytest

from abusetrack.casefile import protected
from abusetrack.casefile.check import check
from abusetrack.errors import InputError
from abusetrack.records import ProtectedCategory, ProtectedName


def test_names_are_kept_changed_and_removed_with_an_audit_row_each(case):
    protected.add(case, [ProtectedName("partner.example", ProtectedCategory.PARTNER, "Partner")])
    assert protected.add(case, protected.everything(case)) == 0  # nothing new: no fact
    protected.add(case, [ProtectedName("partner.example", ProtectedCategory.OTHER)])
    (item,) = protected.everything(case)
    assert (item.name, item.category, item.party) == (
        "partner.example",
        ProtectedCategory.OTHER,
        "",
    )
    protected.remove(case, "partner.example")
    assert protected.everything(case) == ()
    actions = [row["action"] for row in case.query("SELECT action FROM audit ORDER BY seq")]
    assert actions == ["protect name", "protect name", "unprotect name"]
    before = [row["supersedes"] for row in case.query("SELECT supersedes FROM fact ORDER BY n")]
    assert [row is None for row in before] == [True, False, False]
    assert check(case).sound


def test_a_list_is_one_audit_row(case):
    names = [ProtectedName(f"{n}.example", ProtectedCategory.REGISTRY) for n in ("a", "b", "a")]
    assert protected.add(case, names, imported=True) == 2
    (row,) = case.query("SELECT action, detail FROM audit")
    assert (row["action"], row["detail"]) == ("import protected names", '{"names":2}')


def test_a_name_that_is_not_protected_cannot_be_removed(case):
    with pytest.raises(InputError, match="not protected"):
        protected.remove(case, "a.example")
