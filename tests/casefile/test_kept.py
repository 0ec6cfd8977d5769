from __future__ import annotations

import pytest

from abusetrack.casefile import reports
from abusetrack.records import Discarded

COUNT = "SELECT count(*) FROM fact"


@pytest.fixture
def made():
    """How often something was made anew."""
    return []


def count_of(case, made):
    def make():
        made.append(1)
        return case.value(COUNT)

    return case.kept_value("facts", make)


def test_a_value_is_made_once_while_the_file_stays_as_it_is(case, made):
    first = count_of(case, made)
    assert count_of(case, made) == first
    assert len(made) == 1


def test_what_another_connection_writes_is_seen(case, made, report):
    with case.opener(read_only=True)() as reader:
        before = count_of(reader, made)
        reports.add(case, [report("https://a.test/x")], (), Discarded(), label="list")
        assert count_of(reader, made) > before


def test_what_the_same_connection_writes_is_seen(case, made, report):
    before = count_of(case, made)
    reports.add(case, [report("https://a.test/x")], (), Discarded(), label="list")
    assert count_of(case, made) > before


def test_what_is_made_while_another_connection_writes_is_not_kept(case, made, report):
    with case.opener(read_only=True)() as reader:

        def make():
            made.append(1)
            before = reader.value(COUNT)
            if len(made) == 1:
                reports.add(case, [report("https://a.test/x")], (), Discarded(), label="list")
            return before, reader.value(COUNT)

        torn = reader.kept_value("both", make)
        whole = reader.kept_value("both", make)
        assert torn[0] < torn[1] == whole[0] == whole[1]


def test_the_values_used_last_are_kept(case, made):
    count_of(case, made)
    for number in range(100):
        case.kept_value(number, object)
        count_of(case, made)
    assert len(made) == 1
    first = case.kept_value(0, object)
    assert case.kept_value(0, object) is first
