"""Pages and pushes of servers that mean harm, or break: nothing lost, nothing half taken in."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from abusetrack.casefile import check, partners, retention
from abusetrack.errors import ExternalError
from abusetrack.exchange import taxii, taxii_server
from abusetrack.exchange.taxii_http import LIMITS
from abusetrack.exchange.taxii_server import EndlessError
from abusetrack.records import Level, SiteKind
from abusetrack.settings import PartnerSettings
from tests.exchange.hostile_server import COLLECTION, HostileServer, reply

ADDED = "2026-02-01T10:00:{:02}.000000Z"


@pytest.fixture
def server():
    made = HostileServer()
    yield made
    made.close()


@pytest.fixture
def at(desk, server):
    """The desk, with the server's owner as a partner."""
    partner = PartnerSettings(level=Level.HOST, taxii_url=server.url)
    settings = desk.settings.but({"partners": {"there": partner}})
    return replace(desk, settings=settings)


def _indicator(number, **fields):
    return {
        "type": "indicator", "id": f"indicator--{number}", "modified": "2026-02-01T00:00:00Z",
        "valid_from": "2026-02-01T00:00:00Z", "pattern_type": "stix",
        "pattern": f"[domain-name:value = '192.0.2.{number}']", **fields,
    }  # fmt: skip


def _page(objects, following=None, until=None):
    more = {"more": True, "next": following} if following else {}
    dates = {"X_TAXII_Date_Added_Last": until} if until else {}
    return reply({"objects": objects, **more}, **dates)


def _no_end(server, at, case, limits=LIMITS):
    with pytest.raises(EndlessError, match="operator") as caught:
        taxii.pull(at, case, "there", limits)
    assert case.value("SELECT count(*) FROM fact") == 0
    assert case.value("SELECT count(*) FROM taxii_page") == 0
    return str(caught.value)


def test_pages_without_end(server, at, case):
    def page(asked):
        number = len(server.asked)
        return _page([_indicator(number)], f"n{number}", ADDED.format(1))

    server.answers["objects/"] = page
    assert "does not come to an end" in _no_end(server, at, case, replace(LIMITS, pages=20))
    assert len([asked for asked in server.asked if asked.path.endswith("objects/")]) == 20


@pytest.mark.parametrize("objects", [[], [_indicator(1)], [{"type": "url"}]])
def test_the_same_page_over_and_over(server, at, case, objects):
    server.answers["objects/"] = _page(objects, "same", ADDED.format(1))
    assert "the same over and over" in _no_end(server, at, case)
    assert len(server.asked) <= 4


def test_more_than_can_be_kept(server, at, case):
    server.answers["objects/"] = _page([_indicator(n) for n in range(50)], until=ADDED.format(1))
    few = replace(LIMITS, kept_bytes=5_000)
    assert "more than can be taken at once" in _no_end(server, at, case, few)


def test_more_objects_than_are_taken_at_once(server, at, case):
    server.answers["objects/"] = reply(b'{"objects":[' + b",".join([b"{}"] * 200_001) + b"]}")
    assert "more than can be taken at once" in _no_end(server, at, case)


def test_objects_with_huge_texts_are_read_without_them(server, at, case):
    huge = "x" * 2**20
    long_name = "[domain-name:value = '" + huge + "']"
    server.answers["objects/"] = _page(
        [
            _indicator(1, description=huge, labels=[huge]), _indicator(2, pattern=long_name),
            {"type": huge, "id": huge},
        ],
        until=ADDED.format(1),
    )  # fmt: skip
    seen, kept = taxii.pull(at, case, "there")
    assert (seen.new, kept.records) == (("192.0.2.1",), 1)
    assert seen.incoming.left_out["patterns that are not of one domain name"] == 1


def test_what_is_nested_deep_inside_an_object_is_not_looked_at(server, at, case):
    nested: object = "x"
    for _ in range(400):
        nested = {"objects": [nested]}
    server.answers["objects/"] = _page([_indicator(1, modified=nested), _indicator(2, x=nested)])
    seen, _ = taxii.pull(at, case, "there")
    assert seen.new == ("192.0.2.2",)


@pytest.fixture
def broken(server):
    """A collection of three pages; what one domain's site is stands on the last of them."""
    about = "infrastructure--1"
    pages = {
        None: ([_indicator(1), _indicator(2)], "second", 10),
        "second": ([_indicator(3), {"type": "infrastructure", "id": about}], "third", 20),
        "third": (
            [
                {"type": "relationship", "id": "relationship--1", "source_ref": "indicator--1",
                 "target_ref": about, "relationship_type": "indicates"},
                {"type": "note", "id": "note--1", "object_refs": [about],
                 "content": "Kind of site: dedicated."},
            ],
            None, 30,
        ),
    }  # fmt: skip
    server.cut = {"second"}

    def answer(asked):
        wanted = asked.query.get("next", [None])[0]
        after = asked.query.get("added_after", [""])[0]
        if wanted is None and after:
            wanted = next(n for n, (_, _, at) in pages.items() if ADDED.format(at) > after)
        objects, following, added = pages[wanted]
        whole = _page(objects, following, ADDED.format(added))
        return [whole[:-20], None] if wanted in server.cut else whole

    server.answers["objects/"] = answer
    return server


def test_a_pull_goes_on_after_the_last_whole_page(broken, at, case):
    with pytest.raises(ExternalError, match="do it again to go on"):
        taxii.pull(at, case, "there")
    assert case.value("SELECT count(*) FROM fact") == 0
    assert partners.read_until(case, "there", broken.url) is None
    broken.cut = {"third"}
    broken.asked.clear()
    with pytest.raises(ExternalError):
        taxii.pull(at, case, "there")
    assert [sorted(asked.query) for asked in broken.asked[1:]] == [
        ["added_after", "limit"], ["added_after", "limit", "next"],
        ["added_after", "limit", "next"],
    ]  # fmt: skip
    assert case.value("SELECT count(*) FROM fact") == 0
    broken.cut = set()
    seen, kept = taxii.pull(at, case, "there")
    assert seen.new == ("192.0.2.1", "192.0.2.2", "192.0.2.3")
    assert kept.records == 3
    kinds = {item.record.domain: item.kind for item in seen.incoming.said}
    assert kinds["192.0.2.1"] is SiteKind.DEDICATED
    assert partners.read_until(case, "there", broken.url) == ADDED.format(30)
    assert case.value("SELECT count(*) FROM taxii_page") == 0


def test_going_on_asks_again_for_what_has_the_same_date(broken, at, case):
    with pytest.raises(ExternalError):
        taxii.pull(at, case, "there")
    broken.asked.clear()
    with pytest.raises(ExternalError):
        taxii.pull(at, case, "there")
    assert broken.asked[1].query["added_after"][0].startswith("2026-02-01T10:00:09")


def test_what_waits_goes_with_every_erasure(broken, at, case, told):
    with pytest.raises(ExternalError):
        taxii.pull(at, case, "there")
    assert case.value("SELECT count(*) FROM taxii_page") == 1
    gone = retention.of_subject(case, "example.com")
    assert gone
    retention.erase(case, gone, reason="asked for")
    assert case.value("SELECT count(*) FROM taxii_page") == 0


def test_another_collection_is_read_from_its_beginning(broken, at, case):
    broken.cut = set()
    taxii.pull(at, case, "there")
    assert partners.read_until(case, "there", broken.url) == ADDED.format(30)
    assert partners.read_until(case, "there", "https://new.example/c/") is None


@pytest.mark.parametrize(
    "lie", ["9999-12-31T23:59:59Z", "2026-03-03T00:00:00Z", "0001-01-01T00:00:00+23:00",
            "2026-02-01", "evil", "2026-02-01T00:00:00", ""],
)  # fmt: skip
def test_dates_that_cannot_be_right_are_not_gone_by(server, at, case, lie):
    server.answers["objects/"] = _page([_indicator(1)], until=lie)
    seen, kept = taxii.pull(at, case, "there")
    assert kept.records == 1
    assert any("read again next time" in why for why in seen.incoming.left_out)
    assert partners.read_until(case, "there", server.url) is None
    taxii.pull(at, case, "there")
    assert "added_after" not in server.asked[-1].query


def test_a_date_before_the_last_one_moves_nothing_back(server, at, case):
    for added in (20, 10):
        server.answers["objects/"] = _page([_indicator(added)], until=ADDED.format(added))
        taxii.pull(at, case, "there")
    assert partners.read_until(case, "there", server.url) == ADDED.format(20)


def test_a_server_that_goes_on_by_dates_alone(server, at, case):
    def page(asked):
        if "added_after" in asked.query:
            return _page([_indicator(2)], until=ADDED.format(20))
        objects = {"objects": [_indicator(1)], "more": True}
        return reply(objects, X_TAXII_Date_Added_Last=ADDED.format(10))

    server.answers["objects/"] = page
    seen, _ = taxii.pull(at, case, "there")
    assert seen.new == ("192.0.2.1", "192.0.2.2")


def _status(asked, state="complete", failed=0, pending=0, **fields):
    count = len(json.loads(asked.body)["objects"]) if asked.body else failed + pending
    return reply(
        {
            "id": "s1", "status": state, "total_count": count, "failure_count": failed,
            "pending_count": pending, "success_count": count - failed - pending, **fields,
        },
        status="202 Accepted",
    )  # fmt: skip


def _refused(at, case, limits=LIMITS):
    before = case.value("SELECT count(*) FROM fact")
    with pytest.raises(ExternalError) as caught:
        taxii.push(at, case, "there", limits)
    assert case.value("SELECT count(*) FROM fact") == before
    assert partners.given(case, "there") == {}
    assert "evil" not in str(caught.value)
    return str(caught.value)


def test_a_push_that_stays_pending_is_not_recorded_as_given(server, at, case, told):
    server.answers["objects/"] = lambda asked: _status(asked, "pending", pending=1)
    server.answers["/status/s1/"] = lambda asked: _status(asked, "pending", pending=1)
    short = replace(LIMITS, wait_seconds=0.1)
    assert "has not taken everything in yet" in _refused(at, case, short)
    server.answers["objects/"] = _status
    assert taxii.push(at, case, "there").domains
    assert partners.given(case, "there")


def test_a_push_that_is_refused_in_part_is_not_recorded_as_given(server, at, case, told):
    failures = [{"id": "x", "version": "x", "message": "evil"}] * 2
    server.answers["objects/"] = lambda asked: _status(asked, failed=2, failures=failures)
    assert "refused 2 objects" in _refused(at, case)


@pytest.mark.parametrize(
    "status",
    [
        [], "evil", {}, {"id": "s1"}, {"id": {"evil": 1}, "status": "complete"},
        {"id": "s1", "status": "complete", "total_count": "evil", "success_count": "ev",
         "failure_count": "il", "pending_count": ""},
        {"id": "s1", "status": "complete", "total_count": 0, "success_count": 0,
         "failure_count": 0, "pending_count": 0},
        {"id": "//evil.example/../../..", "status": "pending", "total_count": 0,
         "success_count": 0, "failure_count": 0, "pending_count": 0},
    ],
    ids=range(8),
)  # fmt: skip
def test_what_is_no_status_is_not_taken_for_success(server, at, case, told, status):
    server.answers["objects/"] = reply(status)
    assert "The server of there" in _refused(at, case, replace(LIMITS, wait_seconds=0.1))


@pytest.fixture
def write_only(server):
    """A server that cannot be read, and counts what it has already as a failure."""
    server.answers["/"] = reply({**COLLECTION, "can_read": False})
    server.has, server.lost = set(), 0

    def answer(asked):
        objects = json.loads(asked.body)["objects"]
        versions = [(item["id"], item.get("modified")) for item in objects]
        known = sum(version in server.has for version in versions)
        server.has.update(versions)
        if server.lost:
            server.lost -= 1
            return [None]  # taken in, but nobody hears of it
        return _status(asked, failed=known)

    server.answers["objects/"] = answer
    return server


def test_a_cut_push_to_a_collection_that_cannot_be_read_is_finished(
    write_only, at, case, told, monkeypatch, clock
):
    monkeypatch.setattr(taxii_server, "_AT_ONCE", 5)
    parts = []

    def broken_third(asked):
        parts.append(asked)
        if len(parts) == 3:
            write_only.lost = 1
        return took(asked)

    took = write_only.answers["objects/"]
    write_only.answers["objects/"] = broken_third
    with pytest.raises(ExternalError, match="broke off"):
        taxii.push(at, case, "there")
    assert partners.given(case, "there") == {}
    added = taxii.push(at, case, "there")
    assert set(partners.given(case, "there")) == {item.domain for item in added.domains}
    sent = [item["id"] for asked in parts for item in json.loads(asked.body)["objects"]]
    twice = {id_ for id_ in sent if sent.count(id_) > 1}
    assert len(twice) == 5  # the part without an answer, and no other
    assert check.check(case).sound


def test_a_later_push_to_it_sends_nothing_again(write_only, at, case, told, clock, revise):
    taxii.push(at, case, "there")
    revise("example.net")
    clock.move(minutes=5)
    later = taxii.push(at, case, "there")
    assert [gone.domain for gone in later.withdrawn] == ["example.net"]


def test_what_was_never_sent_and_is_refused_by_it_is_not_taken_for_there(
    write_only, at, case, told
):
    took = write_only.answers["objects/"]

    def unwanted(asked):
        objects = json.loads(asked.body)["objects"]
        bad = [{"id": item["id"], "version": "x"} for item in objects[-2:]]
        write_only.has.update((item["id"], item.get("modified")) for item in objects[:-2])
        return _status(asked, failed=2, failures=bad)

    write_only.answers["objects/"] = unwanted
    assert "refused 2 objects" in _refused(at, case)
    assert "refused 2 objects" in _refused(at, case)
    write_only.answers["objects/"] = took
    assert taxii.push(at, case, "there").domains


def test_a_collection_that_may_not_be_written_to(server, at, case, told):
    server.answers["/"] = reply({**COLLECTION, "can_write": False})
    assert "does not let our account do this" in _refused(at, case)


@pytest.mark.parametrize("objects", [[{"id": ["evil"]}], [{"id": "a", "version": {}}]])
def test_a_manifest_of_odd_values_is_no_hindrance(server, at, case, told, objects):
    server.answers["manifest/"] = _page(objects)
    server.answers["objects/"] = _status
    assert taxii.push(at, case, "there").domains


def test_a_manifest_without_end(server, at, case, told):
    server.answers["manifest/"] = _page([{"id": "a"}], "same")
    assert "the same over and over" in _refused(at, case)


def test_dates_are_read_with_any_zone():
    expected = datetime(2026, 2, 1, 10, tzinfo=UTC)
    assert taxii_server.date("2026-02-01T12:00:00+02:00") == expected
    assert expected - taxii_server.resumed(expected) == timedelta(seconds=1)
