from __future__ import annotations

from dataclasses import replace
from email.message import EmailMessage

import pytest

from abusetrack import intake
from abusetrack.casefile import projection, reports
from abusetrack.errors import InputError
from abusetrack.records import Arrival, Assessment, AssessmentOutcome, Refusal, SiteKind
from abusetrack.settings import SourceProfile
from abusetrack.triage import taking

MARKER = b"MARKERBYTES-7f3a"


def test_a_preview_says_what_storing_then_does(context, case, take):
    take("https://example.com/a\n")
    text = (
        "https://example.com/a\nhttps://EXAMPLE.com:443/a#top\nhttps://example.com/b\n"
        "http://10.0.0.1/\nhttps://example.net/c\n"
    )
    read = intake.read(text, filename="list.txt", context=taking.reading(context))
    preview = taking.preview(case, read)
    said = {arrival: preview.count(arrival) for arrival in Arrival}
    assert said == {
        Arrival.NEW: 2,
        Arrival.REPEATED: 0,
        Arrival.DUPLICATE: 2,
        Arrival.REJECTED: 1,
    }
    result = take(text)
    assert (result.new, result.repeated, result.duplicate, result.rejected) == (2, 0, 2, 1)


def test_bare_names_in_running_text_need_a_tick(context, case, take):
    text = "The caller spoke of example.com and of hxxps://example[.]net/x in one breath.\n"
    read = intake.read(text, filename="mail.txt", context=taking.reading(context))
    assert [report.target.host.name for report in read.unticked] == ["example.com"]
    result = taking.take(context, case, read, label="mail")
    assert (result.new, result.rejected) == (1, 1)
    assert projection.read(case, "example.com") is None
    again = taking.take(context, case, read, label="mail", ticked=read.unticked)
    assert (again.new, again.duplicate, again.rejected) == (1, 1, 0)
    assert projection.read(case, "example.com") is not None


def test_findings_in_a_list_are_judged_at_once(case, take):
    take(
        "url,outcome,kind,legal category,law\n"
        "https://example.com/a,confirmed,dedicated,A,Law 1\n"
        "https://example.net/b,not illegal,,,\n",
        filename="list.csv",
    )
    confirmed, other = projection.read(case, "example.com"), projection.read(case, "example.net")
    assert (confirmed.confirmed_reports, confirmed.kind) == (1, SiteKind.DEDICATED)
    assert (other.confirmed_reports, other.kind) == (0, None)
    assert confirmed.findings.persistent is False


@pytest.fixture
def finding(context, clock):
    return Assessment(
        AssessmentOutcome.CONFIRMED, clock.now(), context.actor, SiteKind.DEDICATED, "A", "Law 1"
    )


def test_a_domain_assesses_all_its_reports_and_a_url_only_its_own(context, case, take, finding):
    take("https://example.com/a\nhttps://www.example.com/b\nhttps://example.net/\n")
    count, complaints = taking.assess(context, case, ["https://www.example.com/b"], finding)
    assert (count, complaints) == (1, [])
    assert projection.read(case, "example.com").confirmed_reports == 1
    count, _ = taking.assess(context, case, ["example.com"], finding)
    assert count == 2
    assert projection.read(case, "example.com").confirmed_reports == 2
    assert projection.read(case, "example.net").confirmed_reports == 0


@pytest.mark.parametrize("page", ["example.com/a", "example.com:8080", "example.com/?q=1"])
def test_a_page_without_a_scheme_is_not_its_whole_domain(
    context, case, take, finding, tmp_path, page
):
    take(f"{page}\nhttps://example.com/other\nhttps://example.com/third\n")
    assert taking.assess(context, case, [page], finding) == (1, [])
    table = tmp_path / "found.csv"
    table.write_text(f"url,outcome,kind\n{page},confirmed,dedicated\n", encoding="utf-8")
    assert taking.assess_list(context, case, table) == (1, [])
    assert projection.read(case, "example.com").confirmed_reports == 1


def test_a_later_finding_replaces_the_earlier_one(context, case, take, finding):
    take("https://example.com/a\n")
    taking.assess(context, case, ["example.com"], finding)
    revised = replace(finding, outcome=AssessmentOutcome.NOT_ILLEGAL)
    taking.assess(context, case, ["example.com"], revised)
    assert projection.read(case, "example.com").confirmed_reports == 0
    (stored,) = reports.of_domain(case, "example.com")
    assert stored.report.assessment.outcome is AssessmentOutcome.NOT_ILLEGAL


@pytest.mark.parametrize("subject", ["www.example.com", "???", "example.org"])
def test_what_cannot_be_assessed_is_said_with_its_line(context, case, take, finding, subject):
    take("https://www.example.com/b\n")
    count, complaints = taking.assess(
        context, case, ["https://www.example.com/b", subject], finding
    )
    assert count == 1
    assert [(item.line, item.text) for item in complaints] == [(2, subject)]


def test_a_subject_that_is_no_name_says_why(context, case, take, finding):
    take("https://www.example.com/b\n")
    _, complaints = taking.assess(context, case, ["http://localhost/", "www.example.com"], finding)
    assert [item.reason for item in complaints] == [
        Refusal.NO_DOMAIN.value,
        "give a registrable domain or a whole URL",
    ]


def test_a_table_of_findings(context, case, take, tmp_path):
    take("https://example.com/a\nhttps://example.net/\n")
    table = tmp_path / "found.csv"
    table.write_text(
        "domain;outcome;kind;legal category;law;commercial\n"
        "example.com;confirmed;dedicated;A;Law 1;yes\n"
        "example.net;nonsense;;;;\n"
        "example.org;confirmed;;;;\n",
        encoding="utf-8-sig",
    )
    count, complaints = taking.assess_list(context, case, table)
    assert count == 1
    assert sorted(item.line for item in complaints) == [3, 4]
    assert projection.read(case, "example.com").commercial is True


def test_a_profile_that_is_not_saved_is_said_with_those_that_are(context):
    saved = replace(
        context,
        settings=context.settings.but({"sources": {"line": SourceProfile()}}),
    )
    with pytest.raises(InputError, match="line"):
        taking.reading(saved, profile="lime")


def _everywhere(marker):
    """A mail with media in every position, and one URL in its text."""
    nested = EmailMessage()
    nested.set_content("see hxxps://example[.]net/nested")
    nested.add_attachment(marker, "image", "jpeg", filename="inner.jpg")
    mail = EmailMessage()
    mail["Subject"] = "report"
    mail.set_content(
        "hxxps://example[.]com/page\n"
        f"data:image/png;base64,{_base64(marker * 40)}\n"
        f"{_base64(marker * 60)}\n"
    )
    mail.add_alternative(
        f'<p>hxxps://example[.]org/html <img src="data:image/png;base64,{_base64(marker)}"></p>',
        "html",
    )
    mail.get_body(("html",)).add_related(marker, "image", "png", cid="<one>")
    mail.add_attachment(marker, "image", "gif", filename="a.gif", disposition="inline")
    mail.add_attachment(marker, "application", "ms-tnef", filename="winmail.dat")
    mail.add_attachment(marker, "application", "zip", filename="a.zip")
    mail.add_attachment(marker, "application", "pdf", filename="a.pdf")
    mail.add_attachment(nested)
    return mail.as_bytes()


def _base64(data):
    import base64

    return base64.b64encode(data).decode()


def test_no_byte_of_media_reaches_the_case_file(context, case, tmp_path):
    read = intake.read(_everywhere(MARKER), filename="a.eml", context=taking.reading(context))
    result = taking.take(context, case, read, label="a.eml", ticked=read.unticked)
    assert result.new == 2
    assert result.discarded.total >= 8
    case.close()
    forms = [MARKER, *(_base64(b"x" * pad + MARKER * 3).encode()[8:-8] for pad in range(3))]
    for path in tmp_path.iterdir():
        data = path.read_bytes()
        assert not [form for form in forms if form in data], path.name


def test_an_old_table_taken_in_again_undoes_no_correction(
    context, case, take, finding, clock, tmp_path
):
    take("https://example.com/a\nhttps://example.com/b\n")
    table = tmp_path / "found.csv"
    table.write_text(
        "domain,outcome,kind,assessed at\n"
        f"example.com,confirmed,dedicated,{clock.now().isoformat()}\n",
        encoding="utf-8",
    )
    assert taking.assess_list(context, case, table) == (2, [])
    clock.move(hours=1)
    revised = replace(finding, outcome=AssessmentOutcome.NOT_ILLEGAL, assessed_at=clock.now())
    taking.assess(context, case, ["https://example.com/a"], revised)
    clock.move(hours=1)
    count, _complaints = taking.assess_list(context, case, table)
    assert count == 1
    assert projection.read(case, "example.com").confirmed_reports == 1
