"""From the finding to the notice, its answer, and taking it back."""

from __future__ import annotations

from abusetrack.casefile import check, notices, replies
from abusetrack.records import NoticeStatus, Rung


def test_a_domain_is_assessed_told_of_answered_for_and_taken_back(
    sit_down, settings_of, looked_up, read, tmp_path
):
    case, drafts = looked_up(8), tmp_path / "drafts"
    drafts.mkdir()
    analyst = sit_down("--case", case, "--config", settings_of())
    analyst.press("ctrl+3")
    analyst.row("Domains", "••")
    analyst.press("ctrl+a")
    analyst.assess("confirmed", "dedicated", Legal_category="A", Law="Act 1")
    analyst.press("ctrl+5")
    analyst.row(LIST, "Drafts (")
    analyst.press("ctrl+shift+e")
    analyst.answer_with(drafts)
    analyst.row(LIST, "Exported (")
    first = min(read(case, notices.list_all), key=lambda notice: notice.reference)
    analyst.click_at(analyst.row(LIST, first.reference))
    analyst.choose("It was", "sent")
    analyst.fill("Their reference", "T-17")
    analyst.click("Mark")
    analyst.wait(lambda: status(read, case, first) is NoticeStatus.SENT, "the mark")

    answer = tmp_path / "answer.eml"
    answer.write_text("From: abuse@registrar.invalid\nSubject: Re\n\nWe have put it on hold.\n")
    analyst.click("File answer…")
    analyst.answer_with(answer)
    analyst.wait(lambda: read(case, lambda c: replies.answers(c, first.reference)), "the answer")

    analyst.press("ctrl+3", "ctrl+f")
    analyst.type(first.rows[0].domain)
    analyst.wait(lambda: len(analyst.rows("Domains")) == 1, "the one domain")
    analyst.click_at(analyst.row("Domains", "••"))
    analyst.assess("not illegal")
    analyst.press("ctrl+5")
    analyst.row(LIST, "withdrawal")
    analyst.press("ctrl+shift+e")
    analyst.answer_with(drafts)
    analyst.wait(lambda: status(read, case, first) is NoticeStatus.WITHDRAWN, "taken back")
    analyst.close()

    back, *others = read(case, notices.list_all)
    assert (back.rung, back.rows[0].domain) == (Rung.WITHDRAWAL, first.rows[0].domain)
    assert {one.status for one in others} == {NoticeStatus.EXPORTED, NoticeStatus.WITHDRAWN}
    (answered,) = read(case, lambda c: replies.answers(c, first.reference))
    assert answered.body.strip() == "We have put it on hold."
    sent = read(case, lambda c: notices.events(c, first.reference))[0]
    assert (sent.status, sent.their_reference) == (NoticeStatus.SENT, "T-17")
    done = read(case, lambda c: c.rows("SELECT DISTINCT action FROM audit WHERE actor != 'Ann'"))
    assert {action for (action,) in done} == {
        "assess", "export notice", "mark notice", "file answer", "withdraw notice",
    }  # fmt: skip
    assert list(drafts.glob(f"*{first.reference}*.txt"))
    assert read(case, lambda c: check.check(c).problems) == ()


LIST = "Drafts, contacts to confirm, and what is not drafted"


def status(read, case, notice):
    (now,) = (one for one in read(case, notices.list_all) if one.reference == notice.reference)
    return now.status
