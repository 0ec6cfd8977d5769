from __future__ import annotations

import threading

import pytest

from abusetrack.casefile import reports
from abusetrack.casefile.faults import QueryStoppedError
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


def number_in(case, table):
    return case.value(f"SELECT number FROM {table}")


def table_of(case, sql=COUNT):
    return case.kept_table(sql, (), "number INTEGER")


def test_a_value_is_made_once_while_the_file_stays_as_it_is(case, made):
    first = count_of(case, made)
    assert count_of(case, made) == first
    assert len(made) == 1


def test_what_another_connection_writes_is_seen(case, made, report):
    with case.opener(read_only=True)() as reader:
        before = count_of(reader, made)
        held = number_in(reader, table_of(reader))
        reports.add(case, [report("https://a.test/x")], (), Discarded(), label="list")
        assert count_of(reader, made) > before
        assert number_in(reader, table_of(reader)) > held


def test_what_the_same_connection_writes_is_seen(case, made, report):
    before, held = count_of(case, made), number_in(case, table_of(case))
    reports.add(case, [report("https://a.test/x")], (), Discarded(), label="list")
    assert count_of(case, made) > before
    assert number_in(case, table_of(case)) > held


def test_a_table_does_not_let_go_of_a_value(case, made):
    count_of(case, made)
    table_of(case)
    count_of(case, made)
    assert len(made) == 1


def test_a_reading_connection_still_refuses_to_write(case):
    with case.opener(read_only=True)() as reader:
        table_of(reader)
        assert reader.value("PRAGMA query_only") == 1


def test_few_tables_are_kept(case):
    for number in range(12):
        table_of(case, f"SELECT {number}")
    tables = case.rows("SELECT name FROM temp.sqlite_schema WHERE type = 'table'")
    assert len(tables) <= 4
    assert number_in(case, table_of(case, "SELECT 11")) == 11


def test_what_was_stopped_leaves_no_table(case):
    endless = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT max(x) FROM n"
    stopper = threading.Timer(0.2, case.interrupt)
    stopper.start()
    with pytest.raises(QueryStoppedError):
        table_of(case, endless)
    stopper.join()
    assert case.rows("SELECT name FROM temp.sqlite_schema WHERE type = 'table'") == []
