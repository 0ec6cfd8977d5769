from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

import pytest

from abusetrack.casefile import open_case_file


@pytest.fixture
def exported(abusetrack, export_notice, clock):
    """Two notices that were exported long ago."""
    with open_case_file(abusetrack.case, clock=clock, actor="Ann") as case:
        return export_notice(case, "a.example"), export_notice(case, "b.example")


def test_what_became_of_notices(abusetrack, exported):
    one, two = exported
    sent = (datetime.now(UTC) - timedelta(days=29)).isoformat()
    words = ("--status", "sent", "--at", sent, "--channel", "web form", "--their-reference", "T-1")
    assert "2 notices marked sent" in abusetrack.run("notice", "mark", one, two, *words).stdout
    late = abusetrack.here("notice", "list", "--overdue", "--json")
    assert {item["reference"] for item in late} == {one, two}
    assert "OVERDUE" in abusetrack.run("notice", "list").stdout
    mail = EmailMessage()
    mail["From"] = "desk@registrar.example"
    mail.set_content("We suspended it.")
    mail.add_attachment(b"\x89PNG\r\n\x1a\n", maintype="image", subtype="png")
    path = abusetrack.folder / "answer.eml"
    path.write_bytes(mail.as_bytes())
    done = abusetrack.run(
        "notice", "answer", one, path, "--mark", "actioned", "--outcome", "real answer",
        "--quality", "useful",
    )  # fmt: skip
    assert "1 images discarded unread" in done.stdout
    shown = abusetrack.run("notice", "show", one, "--text").stdout
    for text in ("web form, T-1", "| We suspended it.", "useful", "a request", "does not prove",
                 "a.example  unknown", "Body"):  # fmt: skip
        assert text in shown
    found = abusetrack.here("notice", "show", one, "--json")
    assert (found["status"], found["answers"][0]["from"]) == ("actioned", "desk@registrar.example")
    counts = abusetrack.here("notice", "quality", "--json")
    assert (counts[0]["party"], counts[0]["useful"]) == ("iana:9999", 1)
    page = abusetrack.here("party", "show", "iana:9999", "--json")
    assert page["record"]["actioned"] == 1
    assert page["contact_ledger"][0]["outcome"] == "real answer"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("mark", "AT-1", "--status", "sent"), "There is no notice AT-1"),
        (("mark", "AT-1", "--status", "sent", "--at", "2999-01-01"), "in the future"),
        (("mark", "AT-1", "--status", "sent", "--at", "soon"), "--at is no ISO 8601 time"),
        (("show", "AT-1"), "There is no notice AT-1"),
        (("quality", "AT-1"), "Say what they said"),
    ],
)
def test_mistakes_are_said_in_a_sentence(abusetrack, exported, words, said):
    done = abusetrack.run("notice", *words, check=False)
    assert done.returncode == 2
    assert said in done.stderr
