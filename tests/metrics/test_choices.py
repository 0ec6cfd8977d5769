from __future__ import annotations

from datetime import UTC, datetime

import pytest

from abusetrack.casefile import saved_figures
from abusetrack.errors import InputError
from abusetrack.metrics import choices
from abusetrack.metrics.choices import Chosen
from abusetrack.metrics.filters import Filters, Period
from abusetrack.records import SiteKind

DAY = datetime(2026, 5, 4, tzinfo=UTC)
LATER = datetime(2026, 6, 9, 8, tzinfo=UTC)
EVERYTHING = Filters(
    since=DAY, until=LATER, category="A", commercial=False, kind=SiteKind.DEDICATED,
    source="public", country="NL", registrar="iana:1", at_the_time=False,
)  # fmt: skip


def test_a_named_period_moves_with_the_time():
    chosen = Chosen(Filters(category="A"), Period.LAST_MONTH)
    assert chosen.at(LATER).since == datetime(2026, 5, 1, tzinfo=UTC)
    assert chosen.at(LATER).until == datetime(2026, 6, 1, tzinfo=UTC)
    assert chosen.at(LATER).category == "A"


def test_days_of_ones_own_stay():
    assert Chosen(EVERYTHING, None).at(LATER) == EVERYTHING


@pytest.mark.parametrize("named", [None, Period.THIS_YEAR])
def test_what_was_saved_comes_back(case, named):
    choices.save(case, "mine", Chosen(EVERYTHING, named))
    assert choices.load(case, "mine").at(LATER) == Chosen(EVERYTHING, named).at(LATER)


def test_none_and_one_of_another_version_are_told(case):
    with pytest.raises(InputError, match="No filters"):
        choices.load(case, "mine")
    saved_figures.save(case, "mine", '{"named": "in the year of the rat"}')
    with pytest.raises(InputError, match="another version"):
        choices.load(case, "mine")


def test_choices_are_what_the_case_file_has(case, report):
    report("a.test", category="B", source="partner")
    report("b.test", category="A", source="public")
    choices.save(case, "mine", Chosen())
    found = choices.choices(case)
    assert found.categories == ("A", "B")
    assert found.sources == ("partner", "public")
    assert found.saved == ("mine",)
