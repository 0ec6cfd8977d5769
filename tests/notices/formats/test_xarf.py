from __future__ import annotations

import dataclasses
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
import xarf as library
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from abusetrack.errors import InputError
from abusetrack.notices import export
from abusetrack.notices.formats.xarf import _problem, of_material
from abusetrack.records import (
    Assessment,
    AssessmentOutcome,
    DetectionMethod,
    HashItem,
    HashKind,
    Role,
    Rung,
    SiteKind,
    XarfClass,
)

SCHEMAS = Path(__file__).parents[4] / "shared" / "data" / "xarf" / "schemas" / "v4"


@pytest.fixture
def reports(organisation):
    def run(draft) -> list[dict]:
        files = export(draft, organisation, ["xarf"])
        return [json.loads(f.body) for f in files if f.name.endswith(".xarf.json")]

    return run


@pytest.fixture
def set_row(row):
    """Make a row whose analyst has said what XARF asks for."""

    def make(domain="bad-one.example", **changes):
        said = {"classification": "A1", "detection_method": "manual_review"}
        return row(domain, **(said | changes))

    return make


def test_a_registrar_gets_the_domain_and_no_path(draft, reports, set_row):
    (report,) = reports(draft(rows=[set_row()]))
    assert report["url"] == "https://bad-one.example/"
    assert (report["category"], report["type"]) == ("content", "csam")
    assert (report["classification"], report["detection_method"]) == ("A1", "manual_review")
    assert report["reporter"] == report["sender"]
    assert report["registrar"] == "Sample Names Ltd"
    assert "HE-2026-000017" in report["description"]
    assert not report.keys() & {"evidence", "hash_values", "_internal"}


def test_a_host_gets_one_report_for_each_page(drafted, reports, pages, set_row, row):
    said = [
        dataclasses.replace(page, classification="B2", detection_method="user_report")
        for page in pages
    ]
    hosted = drafted(Role.HOST).rows[0]
    found = reports(drafted(Role.HOST, rows=[dataclasses.replace(hosted, pages=tuple(said))]))
    assert [report["url"] for report in found] == [page.url for page in pages]
    assert len({report["report_id"] for report in found}) == 2
    assert {report["source_identifier"] for report in found} == {"192.0.2.7"}
    assert {(report["asn"], report["country_code"]) for report in found} == {(64500, "ZZ")}


@pytest.mark.parametrize(
    "missing", [{"classification": ""}, {"detection_method": ""}, {"classification": "A3"}]
)
def test_it_is_refused_until_an_analyst_has_said_class_and_method(draft, reports, set_row, missing):
    made = draft(rows=[set_row("a.example"), set_row(**missing)])
    with pytest.raises(InputError, match="Row 2 cannot be a XARF report"):
        reports(made)


@pytest.mark.parametrize("name", ["xn--bse-qla.example", "under_score.example", "a.xn--zckzah"])
def test_a_name_that_the_schema_has_no_room_for_is_left_out_of_domain(
    draft, reports, set_row, name
):
    (report,) = reports(draft(rows=[set_row(name)]))
    assert "domain" not in report
    assert report["source_identifier"] == name
    assert report["url"] == f"https://{name}/"


def test_the_same_draft_gives_the_same_bytes(draft, organisation, set_row):
    made = draft(rows=[set_row()])
    assert export(made, organisation, ["xarf"]) == export(made, organisation, ["xarf"])


def test_there_is_no_withdrawal_in_xarf(drafted, reports):
    with pytest.raises(InputError, match="no withdrawals"):
        reports(drafted(Role.REGISTRAR, Rung.WITHDRAWAL))


def test_the_library_takes_them(draft, reports, set_row):
    rows = [set_row(), set_row("xn--bse-qla.example", registrar="x" * 400, law="§ " * 99)]
    for report in reports(draft(rows=rows)):
        result = library.parse(report)
        assert result.errors == []
        assert result.report is not None


@pytest.mark.skipif(not SCHEMAS.is_dir(), reason="the XARF schemas stand beside the checkout only")
def test_the_schemas_take_them(draft, reports, set_row):
    loaded = [json.loads(path.read_text()) for path in SCHEMAS.rglob("*.json")]
    registry = Registry().with_resources(
        (schema["$id"], Resource.from_contents(schema)) for schema in loaded
    )
    (csam,) = [schema for schema in loaded if schema["$id"].endswith("content-csam.json")]
    checker = Draft202012Validator(csam, registry=registry)
    for report in reports(draft(rows=[set_row(), set_row("xn--bse-qla.example")])):
        assert list(checker.iter_errors(report)) == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"evidence": [{"content_type": "image/png", "payload": "AA=="}]},
        {"hash_values": {"md5": "0" * 32}},
        {"url": "hxxps://bad-one[.]example/"},
        {"domain": "Bad-One.example"},
        {"country_code": "zz"},
        {"asn": 0},
        {"tags": ["Upper:case"]},
        {"classification": "A9"},
        {"reporter": {"org": "x", "contact": "https://form.example/", "domain": "form.example"}},
    ],
)
def test_what_the_library_lets_through_is_caught(draft, reports, set_row, wrong):
    (report,) = reports(draft(rows=[set_row()]))
    assert _problem(report) == ""
    assert _problem(report | wrong)


MATERIAL = {HashKind.MD5: "a" * 32, HashKind.SHA256: "b" * 64, HashKind.PHOTODNA: "AAECAw=="}


@pytest.mark.parametrize(
    ("values", "changes", "kinds"),
    [
        (MATERIAL, {}, {"md5", "sha256", "photodna"}),
        (MATERIAL | {HashKind.PDQ: "c" * 64}, {}, {"md5", "sha256", "photodna"}),
        ({HashKind.PDQ: "c" * 64}, {}, None),  # the schema has no place for it
        (MATERIAL, {"xarf_class": None}, None),  # nothing is guessed
        (MATERIAL, {"detection_method": None}, None),
    ],
)
@pytest.mark.parametrize("domain", ["bad-one.example", "xn--bcher-kva.example"])
def test_material_is_reported_by_its_hashes_alone(organisation, domain, values, changes, kinds):
    at = datetime(2026, 3, 1, tzinfo=UTC)
    finding = Assessment(
        AssessmentOutcome.CONFIRMED, at, "Ann", SiteKind.DEDICATED,
        **({"xarf_class": XarfClass.A1, "detection_method": DetectionMethod.MANUAL_REVIEW}
           | changes),
    )  # fmt: skip
    made = of_material(domain, HashItem(values), finding, organisation, made_at=at, practice=False)
    assert (made and set(made["hash_values"])) == kinds
    if made:
        assert not library.parse(made).errors
        assert "analyst" not in json.dumps(made)
        assert "Ann" not in json.dumps(made)
