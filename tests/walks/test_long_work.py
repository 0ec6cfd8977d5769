"""Lookups that take long: paused, gone on with, stopped, resumed and retried."""

from __future__ import annotations

from abusetrack.casefile import check, queue
from abusetrack.practice import Fault, Faults

LOOKED_UP = "SELECT count(*) FROM domain_now WHERE looked_up_at IS NOT NULL"
QUEUED = "SELECT count(*) FROM queue"
PREVIEW = "Preview: what becomes of every row"
UNANSWERED = "SELECT count(*) FROM queue WHERE reason = 'the last lookup failed'"
FAILURES = "Without an answer"


def test_lookups_are_paused_and_stopped_and_nothing_is_lost(
    sit_down, few_at_a_time, pages, misbehave, internet, read, tmp_path
):
    case = tmp_path / "case.abusetrack"
    analyst = sit_down("--case", case, "--config", few_at_a_time)

    def done():
        return read(case, lambda c: c.value(LOOKED_UP))

    misbehave(Faults(latency=0.2))
    take_in(analyst, pages(20))
    names = analyst.wait(lambda: read(case, lambda c: c.value(QUEUED)), "the queue")
    analyst.wait(lambda: done() > 0, "the first names")
    analyst.press("ctrl+p")
    analyst.find("Paused…")
    misbehave(Faults())  # who goes on now would soon be done
    analyst.wait(quiet(internet[3].values()), "the names at work to be answered")
    assert 0 < done() < names
    analyst.find("Go on")
    misbehave(Faults(latency=0.2))
    before = done()
    analyst.click("Go on")
    analyst.wait(lambda: done() > before, "further names")
    analyst.press("Escape")
    analyst.find("Lookups stopped; the rest stays queued.")
    left = analyst.find("Names queued: …")["text"]
    waiting = read(case, queue.pending)
    assert left == f"Names queued: {waiting}"
    assert waiting == names - done() > 0
    analyst.close()

    analyst = sit_down("--case", case, "--config", few_at_a_time)
    analyst.find("Going on with names that were queued: …")
    misbehave(Faults())
    analyst.wait(lambda: done() == names, "the rest")
    analyst.find("Nothing queued")
    analyst.close()
    assert read(case, queue.pending) == 0
    assert read(case, lambda c: check.check(c).problems) == ()


def test_what_had_no_answer_is_listed_and_retried(
    sit_down, settings_of, pages, misbehave, read, tmp_path
):
    case = tmp_path / "case.abusetrack"
    analyst = sit_down("--case", case, "--config", settings_of())
    misbehave(Faults(fault=Fault.SERVER_ERROR, share=0.5), ["dns"])
    take_in(analyst, pages(6))
    analyst.click(FAILURES)
    analyst.row(FAILURES, "Not fully answered")
    assert read(case, lambda c: c.value(UNANSWERED)) > 0
    misbehave(Faults(), ["dns"])
    analyst.press("alt+r")
    analyst.wait(lambda: read(case, lambda c: c.value(UNANSWERED)) == 0, "all of them")
    analyst.find("Nothing queued")
    analyst.close()
    assert read(case, lambda c: check.check(c).problems) == ()


def take_in(analyst, pages):
    analyst.click("Names or URLs to type")
    analyst.type(" ".join(pages))
    analyst.click("Preview typed text")
    analyst.row(PREVIEW, "new")
    analyst.press("ctrl+i")


def quiet(services):
    """Look whether no server was asked anything for twenty looks."""
    counts = []

    def look():
        counts.append(sum(service.questions for service in services))
        return len(counts) > 20 and counts[-20] == counts[-1]

    return look
