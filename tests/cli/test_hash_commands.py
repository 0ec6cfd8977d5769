from __future__ import annotations

import json

import pytest

MD5 = "a" * 32
LIST = (
    "url,outcome,kind,legal category,law\n"
    "https://one.example/p,confirmed,dedicated,A,Law 1\n"
    "https://two.example/q,confirmed,dedicated,A,Law 1\n"
    "https://three.example/q,,,,\n"
)


@pytest.fixture
def house(abusetrack):
    abusetrack.config.write_text(
        '[names]\nextra_suffixes = "suffixes"\n[hashes]\nenabled = true\n'
        '[partners.other]\n[partners.isp]\nkind = "industry"\n'
    )
    suffixes = abusetrack.config.with_name("suffixes")
    suffixes.write_text("// ===BEGIN ICANN DOMAINS===\nexample\n")
    (abusetrack.folder / "list.csv").write_text(LIST)
    abusetrack.said("import", "list.csv")
    names = "".join(f"{name}.example,{MD5}\n" for name in ("one", "two", "three"))
    (abusetrack.folder / "hashes.csv").write_text(f"domain,md5\n{names}")
    return abusetrack


def test_hashes_are_attached_counted_and_given_to_a_hotline_alone(house):
    assert "3 items attached, 0 known" in house.said("hashes", "import", "hashes.csv").output
    said = house.said("hashes", "list", "one.example").output
    assert "1 item (md5 1)" in said
    assert "the same material (md5) on two.example" in said
    assert MD5 not in said
    refused = house.said("hashes", "export", "--to", "isp", "--out", "isp.csv", code=2).output
    assert "neither hotline nor authority" in " ".join(refused.split())
    clear = house.said("hashes", "export", "--to", "other", "--out", "other.csv", code=2).output
    assert "partners.other.openpgp_fingerprint" in " ".join(clear.split())
    assert list(house.folder.glob("other.csv*")) == []
    house.said("hashes", "export", "--to", "other", "--plain", "--out", "other.csv")
    lines = (house.folder / "other.csv").read_text().splitlines()
    assert [line.partition(",")[0] for line in lines[1:]] == ["one.example", "two.example"]
    assert house.here("check", "--json")["problems"] == []


def test_media_in_a_list_are_left_out_and_counted(house):
    text = f'{{"domain": "one.example", "md5": "{MD5}", "Base64Data": "{"QUJD" * 50}"}}\n'
    (house.folder / "media.jsonl").write_text(text + text)
    said = " ".join(house.said("hashes", "import", "media.jsonl").output.split())
    assert "2 of the field 'Base64Data' left out unread" in said


def test_xarf_reports_hold_the_hashes_of_what_an_analyst_classified(house):
    import xarf

    settings = house.config.read_text()
    house.config.write_text(
        f'{settings}[organisation]\nname = "Hotline"\nemail = "reports@hotline.example"\n'
    )
    house.said("hashes", "import", "hashes.csv")
    said = ("--outcome", "confirmed", "--kind", "dedicated", "--category", "A", "--law", "Law 1")
    house.said(
        "assess", "one.example", *said, "--xarf-class", "A1", "--detection-method", "manual_review"
    )
    out = house.said(
        "hashes", "export", "--to", "other", "--format", "xarf", "--plain", "--out", "x.jsonl"
    )
    assert "1 item left out: no analyst" in " ".join(out.output.split())
    (line,) = (house.folder / "x.jsonl").read_text().splitlines()
    report = json.loads(line)
    assert (report["domain"], report["hash_values"]) == ("one.example", {"md5": MD5})
    assert not xarf.parse(report).errors
    again = house.said(
        "hashes", "export", "--to", "other", "--format", "xarf", "--plain", "--out", "y.jsonl"
    )
    assert again.exit_code == 0
    second = json.loads((house.folder / "y.jsonl").read_text())
    assert second["report_id"] == report["report_id"]
    refused = house.said(
        "hashes", "export", "--to", "isp", "--format", "xarf", "--out", "z.jsonl", code=2
    )
    assert "neither hotline nor authority" in " ".join(refused.output.split())
