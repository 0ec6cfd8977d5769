from __future__ import annotations

from datetime import UTC, datetime

import pytest

from abusetrack.errors import ExternalError, InputError
from abusetrack.metrics.filters import Filters
from abusetrack.triage import reporting


def day(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("since", "until", "said"),
    [
        ("2026-02-01", "2026-03-01", "2026-02"),
        ("2025-12-01", "2026-01-01", "2025-12"),
        ("2026-02-01", "2026-02-28", "2026-02-01 to 2026-02-27"),
        (None, "2026-03-01", "the beginning to 2026-02-28"),
        ("2026-02-01", None, "2026-02-01 to now"),
        (None, None, "the beginning to now"),
    ],
)
def test_a_period_is_named_by_its_month_or_its_days(since, until, said):
    filters = Filters(since=since and day(since), until=until and day(until))
    assert reporting.period_of(filters) == said


def test_the_ending_chooses_the_format(context, case, tmp_path):
    for name, begins in (("report.PDF", b"%PDF"), ("report.html", b"<!DOCTYPE html>")):
        reporting.write_report(context, case, Filters(), tmp_path / name)
        assert (tmp_path / name).read_bytes().lstrip().startswith(begins)
    with pytest.raises(InputError, match=r"\.pdf or \.html"):
        reporting.write_report(context, case, Filters(), tmp_path / "report.doc")
    with pytest.raises(ExternalError, match="cannot be written"):
        reporting.write_report(context, case, Filters(), tmp_path / "none" / "report.pdf")
