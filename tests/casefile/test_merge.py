from __future__ import annotations

import json
import stat
from dataclasses import replace

import pytest

from abusetrack.casefile import (
    assessments,
    audit,
    check,
    dump,
    facts,
    folding,
    merge,
    observations,
    open_case_file,
    projection,
    reports,
    visits,
)
from abusetrack.errors import InputError, StorageFullError
from abusetrack.records import AddressFacts, AssessmentOutcome, Question


@pytest.fixture
def desk(tmp_path, clock):
    """Open a case file of a name, as an analyst of that name."""
    opened = []

    def make(name: str, **options):
        case = open_case_file(tmp_path / name, clock=clock, actor=name, **options)
        opened.append(case)
        return case

    yield make
    for case in opened:
        case.close()


@pytest.fixture
def send(tmp_path):
    """Merge one case file into another; return what it brought."""
    counter = iter(range(1_000))

    def go(source, target):
        path = tmp_path / f"dump-{next(counter)}.jsonl"
        dump.write(source, path)
        return merge.merge(target, path)

    return go


# Digests mean something in one file only.
_OWN = ("hex(digest)", "hex(url.digest)", "hex(reference)")


def facts_of(case):
    return sorted(case.rows("SELECT id, seq, kind, at, actor, content, sha256 FROM fact"))


def shown(case):
    views = {}
    for table, sql in folding.VIEWS.items():
        for column in _OWN:
            sql = sql.replace(column, "''")
        views[table] = sorted(map(repr, case.rows(sql)))
    return views


def test_both_ways_both_have_the_same(desk, send, live):
    ann, bob = desk("Ann"), desk("Bob", passphrase="sesame")
    live(ann)
    live(bob, "B")
    brought = send(ann, bob)
    assert brought.facts == ann.value("SELECT count(*) FROM fact")
    assert brought.domains[0] == "192.0.2.7"
    send(bob, ann)
    assert facts_of(ann) == facts_of(bob)
    assert shown(ann) == shown(bob)
    for case in (ann, bob):
        assert check.check(case).problems == ()
        assert folding.rebuild(case) == []


def test_a_second_time_nothing_changes(desk, live, tmp_path):
    ann, bob = desk("Ann"), desk("Bob")
    live(ann)
    live(bob, "B")
    dump.write(ann, tmp_path / "dump")
    merge.merge(bob, tmp_path / "dump")
    before = shown(bob), facts_of(bob), bob.rows("SELECT * FROM audit")
    again = merge.merge(bob, tmp_path / "dump")
    assert (again.facts, again.evidence, again.audit_rows, again.erased) == (0, 0, 0, 0)
    assert (shown(bob), facts_of(bob), bob.rows("SELECT * FROM audit")) == before


def test_that_it_was_dumped_is_noted(desk, live, tmp_path):
    ann = desk("Ann")
    live(ann)
    dump.write(ann, tmp_path / "dump")
    action, detail = ann.rows("SELECT action, detail FROM audit ORDER BY seq DESC LIMIT 1")[0]
    assert (action, json.loads(detail)["facts"]) == ("dump", len(facts_of(ann)))


def test_three_desks_in_any_order_come_to_the_same(desk, send, live):
    desks = [desk(name) for name in ("Ann", "Bob", "Cyd")]
    for one in desks:
        live(one, one.actor)
    ann, bob, cyd = desks
    send(cyd, ann)
    send(ann, bob)
    send(bob, cyd)
    send(bob, ann)
    assert facts_of(ann) == facts_of(bob) == facts_of(cyd)
    assert shown(ann) == shown(bob) == shown(cyd)


def test_the_same_list_at_two_desks_counts_once(desk, send, report, discarded, confirmed):
    ann, bob = desk("Ann"), desk("Bob")
    same = [report(f"https://a.example/{i}", f"R{i}", assessment=confirmed()) for i in range(3)]
    for case in (ann, bob):
        reports.add(case, same, [], discarded, label="list.csv")
    reports.add(bob, [report("https://a.example/0", "other")], [], discarded, label="more.csv")
    send(ann, bob)
    send(bob, ann)
    for case in (ann, bob):
        row = projection.read(case, "a.example")
        assert (row.reports, row.confirmed_reports, row.urls) == (4, 3, 3)
        again = reports.preview(case, same)
        assert {arrived.arrival.value for arrived in again} == {"duplicate"}


def test_what_merging_brought_is_looked_up(desk, send, live):
    ann, bob = desk("Ann"), desk("Bob")
    live(ann)
    send(ann, bob)
    assert bob.value("SELECT count(*) FROM queue WHERE due_at IS NOT NULL") == bob.value(
        "SELECT count(*) FROM host"
    )


def test_rivals_stay_and_the_one_that_does_not_confirm_counts(
    desk, send, clock, report, discarded, confirmed
):
    ann, bob = desk("Ann"), desk("Bob")
    reports.add(ann, [report("https://a.example/", assessment=confirmed())], [], discarded,
                label="x")  # fmt: skip
    send(ann, bob)
    clock.move(hours=1)
    assessments.add(bob, "a.example", replace(confirmed(), outcome=AssessmentOutcome.NOT_ILLEGAL))
    clock.move(hours=1)
    assessments.add(ann, "a.example", confirmed())
    send(ann, bob)
    send(bob, ann)
    for case in (ann, bob):
        assert projection.read(case, "a.example").confirmed_reports == 0
        assert case.value(
            "SELECT count(*) FROM fact WHERE supersedes = (SELECT supersedes FROM fact"
            " WHERE supersedes IS NOT NULL LIMIT 1)"
        ) == 2  # fmt: skip
    assert shown(ann) == shown(bob)


@pytest.mark.parametrize("first", ["Ann", "Bob"])
def test_a_page_that_another_desk_denies_is_confirmed_nowhere_until_that_is_settled(
    desk, send, report, discarded, confirmed, first
):
    ann, bob = desk("Ann"), desk("Bob")
    for case in (ann, bob):
        reports.add(case, [report("https://a.example/1", "R1")], [], discarded, label="list")
    assessments.add(ann, "a.example", confirmed())
    assessments.add(bob, "a.example", replace(confirmed(), outcome=AssessmentOutcome.OUTSIDE_REMIT))
    for source, target in ((ann, bob), (bob, ann)) if first == "Ann" else ((bob, ann), (ann, bob)):
        send(source, target)
    for case in (ann, bob):
        outcomes = [r.report.assessment.outcome for r in reports.of_domain(case, "a.example")]
        assert AssessmentOutcome.CONFIRMED not in outcomes
        assert case.value("SELECT count(*) FROM report WHERE outcome = 'confirmed'") == 0
        assert check.check(case).problems == ()
    assert shown(ann) == shown(bob)
    assessments.amend(bob, "a.example", {"outcome": AssessmentOutcome.CONFIRMED})
    send(bob, ann)
    for case in (ann, bob):
        assert projection.read(case, "a.example").confirmed_reports == 1
        assert case.value("SELECT count(*) FROM report WHERE outcome = 'confirmed'") == 2
    assert shown(ann) == shown(bob)


def test_who_changed_what_comes_along(desk, send, live):
    ann, bob = desk("Ann"), desk("Bob")
    live(ann)
    rows = ann.rows("SELECT actor, action, sha256 FROM audit ORDER BY seq")
    send(ann, bob)
    merged = bob.rows(
        "SELECT actor, action, sha256 FROM audit WHERE origin <> ? ORDER BY seq", [bob.origin]
    )
    assert merged == rows
    own = bob.rows("SELECT action, subject, detail FROM audit WHERE origin = ?", [bob.origin])
    assert [(action, subject) for action, subject, _ in own] == [("merge", ann.origin_id.hex())]
    assert json.loads(own[0][2])["facts"] == ann.value("SELECT count(*) FROM fact")
    assert audit.head(bob) != audit.head(ann)


@pytest.fixture
def dumped(desk, live, tmp_path):
    ann = desk("Ann")
    live(ann)
    path = tmp_path / "ann.jsonl"
    dump.write(ann, path)
    return path


def test_a_dump_is_the_owners_alone_and_overwrites_nothing(dumped, desk, tmp_path):
    assert stat.S_IMODE(dumped.stat().st_mode) == 0o600
    with pytest.raises(InputError, match="exists already"):
        dump.write(desk("Ann"), dumped)
    with pytest.raises(StorageFullError, match="cannot be written"):
        dump.write(desk("Ann"), tmp_path / "none" / "x.jsonl")


def place(lines, kind, number=0):
    return [at for at, line in enumerate(lines) if line.startswith(f'{{"{kind}"')][number]


def change(kind, **values):
    def apply(lines):
        at = place(lines, kind, 1)
        line = json.loads(lines[at])
        line[kind] |= values
        lines[at] = json.dumps(line)
        return at + 1

    return apply


def drop(kind):
    def apply(lines):
        at = place(lines, kind, 1)
        del lines[at]
        return at + 1

    return apply


def cut(lines):
    del lines[-1]
    return len(lines) + 1


def add(lines):
    lines.append(lines[1])
    return len(lines)


@pytest.mark.parametrize(
    ("tamper", "words"),
    [
        (change("fact", actor="Eve"), "was changed: its hash differs"),
        (change("fact", content={}), "was changed: its hash differs"),
        (change("fact", seq=7), "a fact before it is missing"),
        (change("fact", sha256="00"), "not as abusetrack writes it"),
        (change("fact", extra=1), "not as abusetrack writes it"),
        (change("evidence", body="AAAA"), "evidence that was changed"),
        (change("evidence", body="!"), "not as abusetrack writes it"),
        (change("audit", actor="Eve"), "breaks the audit chain"),
        (drop("fact"), "a fact before it is missing"),
        (drop("audit"), "breaks the audit chain"),
        (drop("evidence"), None),
        (cut, "the file was cut"),
        (add, "does not belong there"),
    ],
    ids=[
        "actor", "content", "seq", "short", "extra", "body", "base64", "audit", "no fact",
        "no audit row", "no evidence", "cut", "more",
    ],
)  # fmt: skip
def test_a_changed_dump_is_refused_with_its_first_bad_line(dumped, desk, tamper, words):
    lines = dumped.read_text().splitlines()
    at = tamper(lines)
    dumped.write_text("\n".join(lines) + "\n")
    bob = desk("Bob")
    before = bob.rows("SELECT (SELECT count(*) FROM fact), (SELECT count(*) FROM evidence)")
    with pytest.raises(InputError, match=words and f"line {at} .*{words}") as caught:
        merge.merge(bob, dumped)
    assert "a.example" not in str(caught.value)
    assert bob.rows("SELECT (SELECT count(*) FROM fact), (SELECT count(*) FROM evidence)") == before
    assert bob.value("SELECT count(*) FROM audit") == 0


def test_a_text_that_was_changed_is_refused(dumped, desk):
    text = dumped.read_text()
    assert "a way in" in text
    dumped.write_text(text.replace("a way in", "a way on"))
    with pytest.raises(InputError, match="text that was changed"):
        merge.merge(desk("Bob"), dumped)


@pytest.mark.parametrize("text", ["", "{}", "null\n", "[1]\n", '{"header":{}}\n', '{"fact":{}}\n',
                                  '{"header":NaN}\n', "\xff", "[" * 5_000])  # fmt: skip
def test_what_is_no_dump_is_refused(desk, tmp_path, text):
    path = tmp_path / "x.jsonl"
    path.write_text(text, encoding="latin-1")
    with pytest.raises(InputError, match="line 1 "):
        merge.merge(desk("Bob"), path)
    with pytest.raises(InputError, match="cannot be read"):
        merge.merge(desk("Bob"), tmp_path / "none")


def test_a_copy_that_went_on_by_itself_is_refused(desk, send, tmp_path, report, discarded):
    ann = desk("Ann")
    reports.add(ann, [report("a.example")], [], discarded, label="x")
    ann.copy_to(tmp_path / "copy")
    copy = desk("copy")
    reports.add(ann, [report("b.example")], [], discarded, label="y")
    reports.add(copy, [report("c.example")], [], discarded, label="y")
    with pytest.raises(InputError, match="tells another story than this case file"):
        send(copy, ann)


def test_a_fact_with_a_right_hash_and_no_sense_is_refused(desk, send):
    ann, bob = desk("Ann"), desk("Bob")
    with ann.transaction():
        facts.append(ann, [facts.NewFact("report", {"host": 7, "list": "x"})])
    with pytest.raises(InputError, match="makes no sense"):
        send(ann, bob)
    assert bob.value("SELECT count(*) FROM fact") == 0


def test_a_kind_from_a_newer_version_is_refused(desk, send):
    ann, bob = desk("Ann"), desk("Bob")
    with ann.transaction():
        facts.append(ann, [facts.NewFact("prophecy", {})])
    with pytest.raises(InputError, match="kind that this abusetrack does not know; update it"):
        send(ann, bob)


def test_what_came_of_a_network_touches_the_domains_in_it(
    desk, send, report, discarded, answer, observe, network
):
    """Ann knows an address, Bob its network: after the merge Ann has to judge her domain anew."""
    ann, bob = desk("Ann"), desk("Bob")
    listed = [report("https://a.example/"), report("https://b.example/"), report("//192.0.2.77/")]
    reports.add(ann, listed, [], discarded, label="list.csv")
    for name, address in (("a.example", "192.0.2.9"), ("b.example", "198.51.100.9")):
        asked = observe(name, Question.A, AddressFacts((address,)))
        observations.store_many(ann, [answer(name, asked)])
    observations.store_many(bob, [answer("c.example", *network("192.0.2.200", "192.0.2.0/24"))])
    assert send(bob, ann).domains == ("192.0.2.77", "a.example")


def test_what_a_merge_brought_is_new_here_however_old(desk, send, report, discarded, clock):
    ann, bob = desk("Ann"), desk("Bob")
    reports.add(bob, [report("https://b.example/")], [], discarded, label="list.csv")
    clock.move(days=30)
    reports.add(ann, [report("https://a.example/")], [], discarded, label="list.csv")
    seen = visits.now(ann)
    assert reports.recorded_since(ann, 0, limit=9) == [("a.example", 1)]
    send(bob, ann)
    assert reports.recorded_since(ann, seen.fact, limit=9) == [("b.example", 1)]
