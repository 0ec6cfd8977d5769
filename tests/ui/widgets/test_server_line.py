"""A partner's server from the window: looked at first, stoppable, a password asked for once."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from PySide6.QtWidgets import QInputDialog

from abusetrack.casefile import partners
from abusetrack.records import Level
from abusetrack.settings import PartnerSettings
from abusetrack.triage import taking
from tests.exchange.conftest import own_keyring  # noqa: F401  (fixture)
from tests.exchange.hostile_server import HostileServer, reply

SECRET = "pa55word"
INDICATORS = [
    {
        "type": "indicator", "id": f"indicator--{number}", "modified": "2026-02-01T00:00:00Z",
        "valid_from": "2026-02-01T00:00:00Z", "pattern_type": "stix",
        "pattern": f"[domain-name:value = '{name}']",
    }
    for number, name in enumerate(("elm.test", "oak.test"))
]  # fmt: skip


def _found(*_asked):
    return reply({"objects": INDICATORS}, X_TAXII_Date_Added_Last="2026-02-01T10:00:00Z")


def _taken(asked):
    count = len(json.loads(asked.body)["objects"])
    return reply(
        {
            "id": "s1", "status": "complete", "total_count": count, "success_count": count,
            "failure_count": 0, "pending_count": 0,
        },
        status="202 Accepted",
    )  # fmt: skip


@pytest.fixture
def server():
    made = HostileServer()
    yield made
    made.close()


@pytest.fixture
def page_of(bench_of, context, finding, server):
    """Make the page of a partner with a server, over two confirmed domains."""

    def make(**fields):
        partner = PartnerSettings(**{"level": Level.HOST, "taxii_url": server.url, **fields})
        settings = context.settings.but({"partners": {"there": partner}})
        bench = bench_of(replace(context, settings=settings))
        bench.take()
        with bench.case() as case:
            taking.assess(bench.context, case, ["amber.test", "birch.example"], finding)
        window = bench.window()
        window.pages.go("partners")
        return bench, window, window.pages.partners

    return make


def _fetched(qtbot, page):
    with qtbot.waitSignal(page.receive.opened, timeout=10000):
        page.receive.fetch_button.click()


def _offered(qtbot, page):
    with qtbot.waitSignal(page.give.offered, timeout=10000):
        page.give.form_box.setCurrentIndex(page.give.form_box.findData("taxii"))


def test_what_a_server_has_is_looked_at_then_taken_in(page_of, qtbot, server):
    bench, window, page = page_of()
    server.answers["objects/"] = _found
    _fetched(qtbot, page)
    assert page.receive.model.rowCount() == 2
    assert bench.value("SELECT count(*) FROM partner_record") == 0
    with bench.case() as case:
        assert partners.read_until(case, "there", server.url) is None
    with qtbot.waitSignal(window.desk.changed, timeout=10000):
        page.receive.take_button.click()
    assert bench.value("SELECT count(*) FROM partner_record") == 2
    with bench.case() as case:
        assert partners.read_until(case, "there", server.url)
    _fetched(qtbot, page)
    assert server.asked[-1].query["added_after"]


def test_what_is_left_is_forgotten_and_asked_for_again(page_of, qtbot, server):
    bench, _, page = page_of()
    server.answers["objects/"] = _found
    _fetched(qtbot, page)
    page.receive.leave_button.click()
    assert page.receive.model.rowCount() == 0
    qtbot.waitUntil(lambda: bench.value("SELECT count(*) FROM taxii_page") == 0)
    _fetched(qtbot, page)
    assert "added_after" not in server.asked[-1].query
    assert page.receive.model.rowCount() == 2


def test_what_is_shown_is_added_and_is_then_there(page_of, qtbot, server):
    bench, window, page = page_of()
    server.answers["objects/"] = lambda asked: _taken(asked) if asked.body else reply({})
    _offered(qtbot, page)
    assert page.give.save_button.text() == "Add to its collection"
    assert not page.give.encrypt_box.isVisible()
    assert page.give.model.rowCount() == 2
    assert not any(asked.body for asked in server.asked)
    bench.context.clock.move(minutes=5)
    with qtbot.waitSignal(page.give.offered, timeout=10000):
        page.give.save_button.click()
    (sent,) = [asked.body for asked in server.asked if asked.body]
    assert b"amber.test" in sent
    assert "Added to the collection of there: 2 domains" in window.desk.messages.last.text
    with bench.case() as case:
        assert set(partners.given(case, "there")) == {"amber.test", "birch.example"}
    assert page.give.model.rowCount() == 0
    assert not page.give.save_button.isEnabled()


@pytest.mark.parametrize("url", ["", "https://taxii.partner.example/c/"])
def test_only_a_partner_with_a_server_is_offered_one(page_of, url):
    _, _, page = page_of(taxii_url=url)
    assert (page.give.form_box.findData("taxii") >= 0) is bool(url)
    page.tabs.setCurrentWidget(page.receive)
    assert page.receive.fetch_button.isVisible() is bool(url)


@pytest.mark.parametrize("how", ["silent", "busy"])
def test_an_exchange_is_told_and_stopped(page_of, qtbot, server, how):
    bench, window, page = page_of()

    def silent(asked):
        asked.stopping.wait(20)
        yield b""

    busy = reply({}, "503 Busy", Retry_After="200")
    server.answers["objects/"] = silent if how == "silent" else busy
    page.tabs.setCurrentWidget(page.receive)
    page.receive.fetch_button.click()
    assert page.server.isVisible()
    assert not page.receive.fetch_button.isEnabled()
    if how == "busy":
        qtbot.waitUntil(lambda: "waiting 200 s" in page.server.said, timeout=10000)
    with qtbot.waitSignal(page.server.ended, timeout=10000):
        page.server.stop_button.click()
    assert not page.server.isVisible()
    assert page.receive.fetch_button.isEnabled()
    assert "was stopped" in window.desk.messages.last.text
    assert bench.value("SELECT count(*) FROM partner_record") == 0


def test_a_window_that_is_closed_waits_for_no_server(page_of, qtbot, server):
    _, window, page = page_of()

    def silent(asked):
        asked.stopping.wait(20)
        yield b""

    server.answers["objects/"] = silent
    page.receive.fetch_button.click()
    with qtbot.waitSignal(window.closed, timeout=5000):
        window.close()


def _answer(page, secret):
    """Answer the question for a password."""
    dialog = page.findChild(QInputDialog)
    dialog.setTextValue(secret)
    dialog.accept()


def test_a_password_is_asked_for_once_and_kept(page_of, qtbot, server, own_keyring):  # noqa: F811
    _, _, page = page_of(taxii_user="desk")
    server.answers["objects/"] = _found
    page.receive.fetch_button.click()
    qtbot.waitUntil(lambda: page.findChild(QInputDialog) is not None, timeout=10000)
    assert server.asked == []
    with qtbot.waitSignal(page.receive.opened, timeout=10000):
        _answer(page, SECRET)
    assert own_keyring.get_password("abusetrack", "taxii there") == SECRET
    assert "authorization" in server.asked[0].headers
    _fetched(qtbot, page)  # nothing is asked again


def test_a_password_that_is_not_taken_is_asked_for_again(
    page_of,
    qtbot,
    server,
    own_keyring,  # noqa: F811
):
    _, _, page = page_of(taxii_user="desk")
    own_keyring.set_password("abusetrack", "taxii there", "old")
    refused = [reply({}, "401 Unauthorized")]
    server.answers["objects/"] = lambda asked: refused.pop() if refused else _found()
    page.receive.fetch_button.click()
    qtbot.waitUntil(lambda: page.findChild(QInputDialog) is not None, timeout=10000)
    assert "does not take our user name and password" in page.server.said
    with qtbot.waitSignal(page.receive.opened, timeout=10000):
        _answer(page, SECRET)
    assert own_keyring.get_password("abusetrack", "taxii there") == SECRET


def test_who_gives_no_password_exchanges_nothing(page_of, qtbot, server, own_keyring):  # noqa: F811
    _, _, page = page_of(taxii_user="desk")
    page.receive.fetch_button.click()
    qtbot.waitUntil(lambda: page.findChild(QInputDialog) is not None, timeout=10000)
    with qtbot.waitSignal(page.server.ended, timeout=10000):
        page.findChild(QInputDialog).reject()
    assert server.asked == []
    assert own_keyring.kept == {}
