from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from abusetrack.casefile import check, open_case_file, partners, projection
from abusetrack.errors import InputError
from abusetrack.exchange import misp_out, receiving, stix_out
from abusetrack.exchange.incoming import MOST_OBJECTS
from abusetrack.exchange.leaving import outgoing
from abusetrack.records import Level, PartnerSaid, Role, SiteKind
from abusetrack.settings import PartnerSettings
from abusetrack.triage import drafting, timeline
from abusetrack.triage.addressing import Wish

FORMATS = {"stix": stix_out.bundle, "misp": misp_out.event}


@pytest.fixture
def sent(desk, case, told):
    """What the first house gives a partner that may see URLs."""

    def make(form="stix"):
        return FORMATS[form](outgoing(desk, case, "url"), desk.settings.organisation)

    return make


@pytest.fixture
def other(tmp_path, clock):
    """The case file of the second house."""
    with open_case_file(tmp_path / "other", clock=clock, actor="Bo") as opened:
        yield opened


def house(desk, **trust):
    """The settings of the second house, for which the first one is a partner."""
    first = PartnerSettings(**trust)
    second = desk.settings.organisation.but({"website": "https://second.example/"})
    update = {"partners": {"first": first}, "organisation": second}
    return replace(desk, settings=desk.settings.but(update))


def take_in(desk, case, body, **trust):
    second = house(desk, **trust)
    found = receiving.parse(second, "first", body, "file.json")
    seen = receiving.preview(second, case, "first", found)
    return seen, receiving.receive(second, case, "first", found)


@pytest.mark.parametrize("form", ["stix", "misp"])
def test_what_one_house_gives_another_one_reads(desk, case, other, sent, form, clock):
    clock.move(minutes=5)
    seen, kept = take_in(desk, other, sent(form))
    assert set(seen.new) == {"example.com", "example.net", "example.org"}
    assert (kept.reports, kept.records >= 3) == (0, True)
    said = partners.of_domains(other, ["example.com"])
    assert {r.what for r in said} >= {PartnerSaid.REPORTED, PartnerSaid.NOTIFIED}
    notified = next(r for r in said if r.what is PartnerSaid.NOTIFIED)
    assert notified.role is Role.REGISTRAR
    assert check.check(other).sound


def test_untrusted_it_counts_for_nothing(desk, case, other, sent, clock):
    clock.move(minutes=5)
    seen, _ = take_in(desk, other, sent())
    assert (seen.confirmed, seen.reported) == ((), ())
    assert projection.ids(other, projection.ListQuery()) == []
    assert "no verdict, figure or draft changes" in receiving.text(seen)


def test_trusted_assessments_count_in_the_partners_name(desk, case, other, sent, clock):
    clock.move(minutes=5)
    seen, kept = take_in(desk, other, sent(), trusted=("assessments",))
    assert set(seen.confirmed) == {"example.com", "example.net", "example.org"}
    assert kept.reports == 4  # pages, since the first house gave exact addresses
    now = projection.read(other, "example.com")
    assert (now.confirmed_reports, now.kind) == (2, SiteKind.DEDICATED)
    (actor,) = {
        row[0]
        for row in other.rows(
            "SELECT content ->> '$.assessed_by' FROM fact WHERE kind = 'assessment'"
        )
    }
    assert actor == "partner first"


def test_trusted_reports_are_to_be_assessed(desk, case, other, sent, clock):
    clock.move(minutes=5)
    seen, _ = take_in(desk, other, sent(), trusted=("reports",))
    assert set(seen.reported) == {"example.com", "example.net", "example.org"}
    assert projection.read(other, "example.net").confirmed_reports == 0


def test_twice_is_once_and_a_withdrawal_is_heard(desk, case, other, sent, revise, clock):
    first = sent()
    given_ = {item.domain: item.since for item in outgoing(desk, case, "url").domains}
    partners.gave(case, "url", given_, form="stix", level=Level.URL, sha256="00", counts={})
    clock.move(minutes=5)
    take_in(desk, other, first)
    seen, again = take_in(desk, other, first)
    assert (again.records, seen.new) == (0, ())
    revise("example.net")
    later = sent()
    clock.move(minutes=5)
    take_in(desk, other, later)
    said = partners.of_domains(other, ["example.net"])
    assert said[-1].what is PartnerSaid.WITHDRAWN


def test_a_partner_that_takes_back_what_we_confirmed_is_in_conflict(desk, case, sites, clock):
    clock.move(minutes=5)
    body = bundle(indicator("example.com", revoked=True))
    seen, _ = take_in(desk, case, body)
    assert seen.conflicting == ("example.com",)


def test_the_timeline_and_a_draft_say_what_partners_did(desk, case, sites, clock):
    clock.move(minutes=5)
    made = indicator("example.com")
    note = {
        "type": "note", "id": "note--1", "object_refs": ["infrastructure--1"],
        "content": "Notified registrar Example Registrar on 2026-02-20T10:00:00Z;"
        " outcome: actioned.",
    }  # fmt: skip
    link = {
        "type": "relationship", "id": "relationship--1", "relationship_type": "indicates",
        "source_ref": made["id"], "target_ref": "infrastructure--1",
    }  # fmt: skip
    take_in(desk, case, bundle(made, note, link))
    entries = timeline.timeline(desk, case, "example.com").entries
    told = [entry for entry in entries if entry.what is timeline.What.PARTNER]
    assert any("notified registrar Example Registrar, outcome: actioned" in e.text for e in told)
    plan = drafting.plan(desk, case, Wish(role=Role.REGISTRAR))
    (caution,) = [c for c in plan.cautions if c.domain == "example.com"]
    assert "on 2026-02-20 partner first notified registrar Example Registrar" in caution.text


def indicator(name, **more):
    return {
        "type": "indicator", "id": f"indicator--{name}", "valid_from": "2026-02-20T09:00:00Z",
        "modified": "2026-02-20T09:00:00Z", "pattern": f"[domain-name:value = '{name}']", **more,
    }  # fmt: skip


def bundle(*objects):
    return json.dumps({"type": "bundle", "objects": list(objects)}).encode()


@pytest.mark.parametrize(
    ("item", "why"),
    [
        (indicator("not a name"), "a name that is none"),
        (indicator("a.com", modified="yesterday"), "a time that is none"),
        (indicator("a.com", modified="2199-01-01T00:00:00Z"), "a time that is none"),
        (indicator("a.com", pattern="[file:hashes.MD5 = 'x']"), "patterns"),
        ({"type": "malware", "id": "malware--1"}, "objects of type 'malware'"),
        ({"type": "x" * 500 + "\u202e", "id": "1"}, "objects of type"),
    ],
)
def test_what_cannot_be_read_is_counted_and_left_out(desk, case, item, why):
    found = receiving.parse(house(desk), "first", bundle(item, indicator("good.com")), "file")
    assert [said.record.domain for said in found.said] == ["good.com"]
    assert any(why in reason for reason in found.left_out)
    assert all(reason.isprintable() and len(reason) < 100 for reason in found.left_out)


@pytest.mark.parametrize(
    "item",
    [
        indicator("a.com", type=["indicator"]),
        indicator("a.com", id={"x": 1}),
        indicator("a.com", pattern=[[[]]]),
        indicator("a.com", modified="0001-01-01T00:00:00+14:00"),
        indicator("co.uk"),
        {"type": "note", "id": "note--1", "object_refs": [[], {}, None], "content": 7},
        {"type": "relationship", "id": "relationship--1", "relationship_type": "indicates",
         "source_ref": [], "target_ref": {}},
    ],
)  # fmt: skip
def test_wrong_types_and_impossible_times_say_nothing(desk, item):
    found = receiving.parse(house(desk), "first", bundle(item, indicator("good.com")), "file")
    assert [said.record.domain for said in found.said] == ["good.com"]


@pytest.mark.parametrize(
    "more",
    [{"type": ["domain"]}, {"timestamp": "\u00b2"}, {"timestamp": "\u0663"}, {"value": {}},
     {"timestamp": 10**30}, {"value": "com"}],
)  # fmt: skip
def test_wrong_types_in_misp_say_nothing(desk, more):
    good = {"type": "domain", "value": "good.com", "uuid": "1", "timestamp": "1700000000"}
    event = {"Attribute": [good | more, good], "Object": [{"name": []}]}
    found = receiving.parse(house(desk), "first", json.dumps(event).encode(), "file")
    assert [said.record.domain for said in found.said] == ["good.com"]


def test_what_comes_back_from_a_partner_says_nothing(desk, case, told, sent, clock):
    body = sent()
    clock.move(minutes=5)
    found = receiving.parse(desk, "url", body, "file")
    assert (found.said, found.left_out["what came from us"]) == ([], 3)


@pytest.mark.parametrize("order", [1, -1])
def test_the_newest_version_holds_whatever_the_order(desk, order):
    versions = [
        indicator("a.com"),
        indicator("a.com", modified="2026-02-21T09:00:00Z", revoked=True),
    ]
    found = receiving.parse(house(desk), "first", bundle(*versions[::order]), "file")
    assert [said.record.what for said in found.said] == [PartnerSaid.WITHDRAWN]


def infrastructure(*indicators, **content):
    """What hangs on one infrastructure that all of these indicate."""
    for number, one in enumerate(indicators):
        yield one
        yield {"type": "relationship", "id": f"relationship--{number}", "source_ref": one["id"],
               "relationship_type": "indicates", "target_ref": "infrastructure--1"}  # fmt: skip
    yield {"type": "url", "id": "url--1", "value": content["url"]}
    yield {"type": "relationship", "id": "relationship--url", "source_ref": "infrastructure--1",
           "relationship_type": "consists-of", "target_ref": "url--1"}  # fmt: skip
    yield {"type": "note", "id": "note--1", "object_refs": ["infrastructure--1"],
           "content": "Kind of site: dedicated."}  # fmt: skip


def test_a_page_on_another_domain_is_not_taken_for_one_of_this(desk, other):
    body = bundle(*infrastructure(indicator("a.com"), url="https://b.com/page"))
    seen, kept = take_in(desk, other, body, trusted=("assessments",))
    assert (seen.confirmed, kept.reports) == (("a.com",), 1)
    assert projection.read(other, "a.com").confirmed_reports == 1
    assert projection.read_many(other, ["b.com"]) == []


def test_what_is_said_of_several_domains_at_once_is_said_of_none(desk, other):
    parts = infrastructure(indicator("a.com"), indicator("b.com"), url="https://a.com/page")
    found = receiving.parse(house(desk), "first", bundle(*parts), "file")
    assert [(said.kind, said.urls) for said in found.said] == [(None, ()), (None, ())]


def test_more_objects_than_anybody_sends_are_refused_not_cut(desk):
    body = bundle(*[{}] * (MOST_OBJECTS + 1))
    with pytest.raises(InputError, match="more than 200,000"):
        receiving.parse(house(desk), "first", body, "file")


@pytest.mark.parametrize(
    "body", [b"", b"\x00", b"[]", b"{}", b'{"objects": 7}', b"[" * 100_000, b'{"Event": []}']
)
def test_what_is_neither_format_is_said(desk, body):
    with pytest.raises(InputError, match=r"file"):
        receiving.parse(house(desk), "first", body, "file")


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=20)
    | st.sampled_from(
        ["indicator", "domain", "indicator--1", "[domain-name:value = 'a.com']", "a.com",
         "2026-02-20T09:00:00Z", "1700000000"]
    ),
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(
        st.sampled_from(
            ["type", "id", "pattern", "modified", "objects", "Event", "Attribute", "Object", "Tag",
             "value", "uuid", "timestamp", "name", "object_refs", "content", "deleted"]
        ),
        inner,
        max_size=6,
    ),
    max_leaves=30,
)  # fmt: skip


@given(JSON)
@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_stands_in_a_file_is_read_or_refused(desk, document):
    body = json.dumps(document).encode()
    try:
        found = receiving.parse(house(desk), "first", body, "file")
    except InputError as error:
        assert "file" in str(error) or "objects" in str(error)  # noqa: PT017  (either is right)
        return
    for said in found.said:
        assert desk.names.host(said.record.domain).domain.name == said.record.domain
        assert said.record.at <= desk.clock.now()
    assert all(reason.isprintable() for reason in found.left_out)


def test_an_encrypted_file_is_said_to_be_one(desk, case):
    with pytest.raises(InputError, match="is encrypted; decrypt it"):
        receiving.parse(house(desk), "first", b"-----BEGIN PGP MESSAGE-----\n\nx", "first.asc")
