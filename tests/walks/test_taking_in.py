"""The first list: typed, previewed, imported, and looked up on the practice internet."""

from __future__ import annotations

from abusetrack.casefile import check, projection

FACTS = "Facts with their sources"
PREVIEW = "Preview: what becomes of every row"
LOOKED_UP = "SELECT count(*) FROM domain_now WHERE looked_up_at IS NOT NULL"


def test_a_list_is_typed_previewed_imported_and_looked_up(
    sit_down, settings_of, pages, read, tmp_path
):
    case, wanted = tmp_path / "case.abusetrack", pages(4)
    analyst = sit_down("--case", case, "--config", settings_of())
    analyst.find("Intake")
    analyst.click("Names or URLs to type")
    analyst.type(" ".join([*wanted, wanted[0], "hxxps://not_a_host_name/"]))
    analyst.click("Preview typed text")
    analyst.row(PREVIEW, "rejected")
    rows = analyst.rows(PREVIEW)
    assert [row["texts"][0] for row in rows] == ["new"] * 4 + ["duplicate", "rejected"]
    assert read(case, lambda c: c.value("SELECT count(*) FROM report")) == 0
    analyst.press("ctrl+i")
    analyst.press("ctrl+3")
    analyst.wait(lambda: len(analyst.rows("Domains")) == 4, "four domains")
    analyst.wait(lambda: read(case, lambda c: c.value(LOOKED_UP)) == 4, "four domains looked up")
    analyst.close()
    assert read(case, lambda c: c.value("SELECT count(*) FROM report")) == 4
    assert read(case, lambda c: c.value("SELECT count(*) FROM observation")) > 40
    assert read(case, lambda c: check.check(c).problems) == ()


def test_what_was_copied_elsewhere_is_pasted_and_its_facts_are_seen(
    sit_down, settings_of, internet, copy, read, tmp_path
):
    truth = next(
        one
        for one in internet[0].truths()
        if one.abuse_email and one.iana_id and one.asn and one.state == "active"
    )
    case = tmp_path / "case.abusetrack"
    copy(f"hxxps://{truth.hosts[0].replace('.', '[.]')}/album?id=1\n")
    analyst = sit_down("--case", case, "--config", settings_of())
    analyst.find("Names or URLs to type")
    analyst.press("ctrl+v")
    analyst.row(PREVIEW, "new")
    analyst.click("Import 1")
    analyst.wait(lambda: read(case, lambda c: c.value(LOOKED_UP)) == 1, "the lookup")
    analyst.press("ctrl+3")
    analyst.click_at(analyst.row("Domains", "••"))
    analyst.row(FACTS, truth.registrar)
    analyst.row(FACTS, truth.abuse_email)
    assert not any(truth.domain in text for row in analyst.rows(FACTS) for text in row["texts"])
    analyst.click("Reveal")
    analyst.find(truth.domain)
    analyst.close()
    (now,) = read(case, lambda c: projection.read_many(c, [truth.domain]))
    assert (now.findings.registrar, now.findings.asn) == (truth.registrar, truth.asn)
    assert read(case, lambda c: c.rows("SELECT actor, action FROM audit")) == [
        ("Practice Analyst One", "import")
    ]
    assert read(case, lambda c: check.check(c).problems) == ()


def test_a_file_is_opened_and_a_column_of_it_taken(sit_down, settings_of, pages, read, tmp_path):
    case, table = tmp_path / "case.abusetrack", tmp_path / "list.csv"
    rows = [f"{page},R-{number}" for number, page in enumerate(pages(3))]
    table.write_text("\n".join(["url,reference", *rows]), "utf-8")
    analyst = sit_down("--case", case, "--config", settings_of())
    analyst.find("Names or URLs to type")
    analyst.press("ctrl+o")
    analyst.answer_with(table)
    analyst.row(PREVIEW, "list.csv")
    analyst.choose("Source: who gave the list", "partner")
    analyst.click("Import 3")
    analyst.wait(lambda: read(case, lambda c: c.value("SELECT count(*) FROM report")) == 3, "them")
    analyst.close()
    assert read(case, lambda c: c.rows("SELECT DISTINCT source FROM report")) == [("partner",)]
    assert read(case, lambda c: check.check(c).problems) == ()
