from __future__ import annotations

import csv
import hashlib
import io
import json
import stat
from datetime import UTC, datetime, timedelta

import pytest

from abusetrack.casefile import audit, check, gates, notices, projection, withdrawals
from abusetrack.casefile.filters import ListQuery
from abusetrack.errors import InputError
from abusetrack.records import Assessment, AssessmentOutcome, NoticeStatus, SiteKind
from abusetrack.settings import Organisation, Settings
from abusetrack.triage import exporting, taking
from abusetrack.triage.context import make_context
from abusetrack.triage.exporting import COLUMNS, Share

LIST = (
    "url,source,reference,note\n"
    "https://www.amber.example/secret-path?q=1,hotline of X,=REF-77,a secret note\n"
    "https://amber.example/,hotline of Y,REF-78,\n"
    "https://birch.example/,,,\n"
    "https://cedar.test/,,,\n"
)


@pytest.fixture
def filled(context, case, take):
    take(LIST, filename="list.csv")
    found = Assessment(AssessmentOutcome.CONFIRMED, context.clock.now(), "Ann", SiteKind.DEDICATED)
    taking.assess(context, case, ["https://amber.example/", "https://birch.example/"], found)
    return case


@pytest.fixture
def export(context, filled, tmp_path):
    def run(name="out.csv", query=None, **options):
        query = query or ListQuery(sort="domain", descending=False)
        return exporting.export(context, filled, tmp_path / name, query, **options)

    return run


def table(path):
    head, *rows = csv.reader(io.StringIO(path.read_text(encoding="utf-8"), newline=""))
    return [dict(zip(head, row, strict=True)) for row in rows]


def test_a_list_is_written_defanged_with_the_chain_in_it(export, filled, context):
    head = audit.head(filled)
    done = export(columns=["domain", "sources", "references", "reports"])
    assert (done.rows, done.head) == (3, head)
    rows = table(done.path)
    about = {f"chain_head={head}", "share=full", "names=defanged"}
    assert about <= rows[0].keys()
    assert f"exported_at={context.clock.now():%Y-%m-%dT%H:%M:%SZ}" in rows[0]
    assert [row["domain"] for row in rows] == ["amber[.]example", "birch[.]example", "cedar[.]test"]
    assert rows[0]["sources"] == "hotline of X; hotline of Y"
    assert rows[0]["references"] == "'=REF-77; REF-78"
    assert rows[0]["reports"] == "2"
    assert stat.S_IMODE(done.path.stat().st_mode) == 0o600
    assert hashlib.sha256(done.path.read_bytes()).hexdigest() == done.sha256


def test_exact_names_are_asked_for(export):
    rows = table(export(exact=True).path)
    assert [row["domain"] for row in rows] == ["amber.example", "birch.example", "cedar.test"]
    assert "names=exact" in rows[0]


def test_each_export_is_audited_by_what_it_was_not_by_what_it_said(export, filled):
    query = ListQuery(text="amber", confirmed_only=True)
    done = export(query=query, share=Share.PARTNER, exact=True)
    (row,) = filled.query("SELECT subject, detail FROM audit WHERE action = 'export list'")
    assert row["subject"] == done.sha256
    assert json.loads(row["detail"]) == {
        "rows": 1,
        "columns": list(done.columns),
        "share": "partner",
        "exact": True,
        "filters": ["confirmed_only", "text"],
    }
    assert "amber" not in row["detail"]
    assert check.check(filled).sound


@pytest.mark.parametrize("share", list(Share))
def test_a_circle_sees_no_column_of_a_narrower_one(export, share):
    done = export("out.jsonl", share=share)
    assert all(COLUMNS[name] <= share for name in done.columns)
    told = done.path.read_text(encoding="ascii")
    for secret in ("hotline of X", "REF-77", "secret"):
        assert secret not in told
    if share is Share.PUBLIC:
        assert "amber" not in told
        assert "2026" not in told.partition("\n")[2]


@pytest.mark.parametrize(
    ("share", "name"),
    [
        *((Share.PARTNER, name) for name in ("references", "sources", "first_reported", "reports")),
        *((Share.PUBLIC, name) for name in ("domain", "unicode", "created", "looked_up_at")),
    ],
)
def test_a_column_of_a_narrower_circle_is_refused(export, tmp_path, share, name):
    with pytest.raises(InputError, match="is not for --share"):
        export(columns=["state", name], share=share)
    assert not (tmp_path / "out.csv").exists()


def test_every_column_has_its_circle():
    assert projection.SORTABLE - {"id", "as_of", "states", "kind_reason"} == COLUMNS.keys() - {
        "sources",
        "references",
    }


def test_only_what_is_confirmed_and_may_leave_leaves(export, filled, context):
    assert [row["domain"] for row in table(export("a.csv", share=Share.PARTNER).path)] == [
        "amber[.]example",
        "birch[.]example",
    ]
    gates.open_again(filled, ["amber.example"])
    gates.clear(
        filled, ["birch.example"], cleared_by="police", reference="", at=context.clock.now()
    )
    assert [row["domain"] for row in table(export("b.csv", share=Share.PARTNER).path)] == [
        "birch[.]example"
    ]
    assert len(table(export("c.csv").path)) == 3


@pytest.fixture
def told(filled, export_notice):
    """The reference of a notice about both confirmed domains."""
    return export_notice(filled, "amber.example", "birch.example")


def test_what_was_taken_back_does_not_leave(export, filled, told, clock, context):
    withdrawals.withdraw(filled, told, ["amber.example"])
    names = [row["domain"] for row in table(export("a.csv", share=Share.PARTNER).path)]
    assert names == ["birch[.]example"]
    clock.move(hours=1)
    notices.mark(filled, told, NoticeStatus.WITHDRAWN)
    assert table(export("b.csv", share=Share.PARTNER).path) == []
    clock.move(hours=1)
    found = Assessment(AssessmentOutcome.CONFIRMED, clock.now(), "Ann", SiteKind.DEDICATED)
    taking.assess(context, filled, ["https://birch.example/"], found)
    names = [row["domain"] for row in table(export("c.csv", share=Share.PARTNER).path)]
    assert names == ["birch[.]example"]


def test_where_the_police_say_first_only_what_they_cleared_leaves(filled, clock, tmp_path):
    context = make_context(Settings(organisation=Organisation(police_gate=True)), clock)

    def leaving(name):
        done = exporting.export(
            context, filled, tmp_path / name, ListQuery(), share=Share.PARTNER, exact=True
        )
        return [row["domain"] for row in table(done.path)]

    assert leaving("a.csv") == []
    gates.clear(
        filled,
        ["birch.example"],
        cleared_by="police",
        reference="",
        expires_at=clock.now() + timedelta(days=1),
    )
    assert leaving("b.csv") == ["birch.example"]
    clock.move(days=2)
    assert leaving("c.csv") == []


def test_what_is_there_is_not_overwritten(export, tmp_path):
    (tmp_path / "out.csv").write_text("mine")
    with pytest.raises(InputError, match="exists already"):
        export()
    assert (tmp_path / "out.csv").read_text() == "mine"
    assert {path.name for path in tmp_path.iterdir() if "out" in path.name} == {"out.csv"}


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"name": "out.pdf"}, "ends in none of"),
        ({"columns": ["domain", "password"]}, "no column 'password'"),
        ({"name": "missing/out.csv"}, "cannot be written"),
    ],
)
def test_what_cannot_be_written_is_told_and_leaves_nothing(export, filled, tmp_path, options, said):
    before = audit.head(filled)
    with pytest.raises(InputError, match=said):
        export(**options)
    assert audit.head(filled) == before
    assert not list(tmp_path.rglob("out.*"))


def test_a_fixed_day_is_written_as_such(export, filled):
    filled.execute("UPDATE domain_now SET created = '2020-02-03T04:05:06.700000Z'")
    (first, *_rest) = table(export(columns=["created"]).path)
    assert first["created"] == "2020-02-03T04:05:06Z"
    assert datetime.fromisoformat(first["created"]).tzinfo is not None
    assert datetime.fromisoformat(first["created"]) < datetime(2020, 2, 4, tzinfo=UTC)
