"""The window exchanges with a real hub."""

from __future__ import annotations

import contextlib
import os
from dataclasses import replace

import pytest

from abusetrack import intake
from abusetrack.casefile import check, open_case_file
from abusetrack.hub import membership, schema
from abusetrack.hub.server import connected
from abusetrack.hub.team_key import TeamKey
from abusetrack.settings import HubSettings
from abusetrack.triage import taking


@pytest.fixture
def team(engine, context, tmp_path):
    """A context of a workstation that may join a hub of this test."""
    name = f"window_{os.urandom(6).hex()}"
    with contextlib.closing(engine.admin()) as admin:
        admin.execute(f"CREATE DATABASE {name}")
    file = tmp_path / "team.key"
    key = TeamKey.make()
    key.write(file)
    hub = HubSettings(
        server=f"postgresql://postgres@127.0.0.1:{engine.port}/{name}", key_file=file, minutes=0
    )
    made = replace(context, settings=context.settings.but({"hub": hub}))
    with connected(made.settings, None) as connection:
        schema.init(connection, key)
    yield made
    with contextlib.closing(engine.admin()) as admin:
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


def exchanged(qtbot, window):
    with qtbot.waitSignal(window.team.met, timeout=30000):
        window.team.click()


def test_facts_come_and_go_and_the_pages_hear_of_it(team, bench_of, qtbot, tmp_path):
    bench = bench_of(team)
    bench.take()
    window = bench.window()
    exchanged(qtbot, window)
    assert "Team: 2026-03-01" in window.team.text()
    assert "left: " in window.team.toolTip()
    with open_case_file(tmp_path / "other", clock=team.clock, actor="Bo") as other:
        membership.exchange(team, other, lambda *_: None)
        assert other.value("SELECT count(*) FROM domain_now") == 4
        read = intake.read("https://elm.test/x", filename="l.txt", context=taking.reading(team))
        taking.take(team, other, read, label="l.txt")
        membership.exchange(team, other, lambda *_: None)
        assert check.check(other).sound
    with qtbot.waitSignal(window._desk.changed, timeout=30000):
        window.team.exchange()
    assert bench.value("SELECT count(*) FROM domain_now") == 5


def test_a_hub_that_is_away_is_said_in_the_status_bar_and_tried_again(context, bench_of, qtbot,
                                                                      tmp_path):  # fmt: skip
    file = tmp_path / "team.key"
    TeamKey.make().write(file)
    hub = HubSettings(server="postgresql://nobody@127.0.0.1:1/none", key_file=file, minutes=0)
    away = replace(context, settings=context.settings.but({"hub": hub}))
    window = bench_of(away).window()
    exchanged(qtbot, window)
    assert window.team.text() == "Team: not reached"
    assert window.team.toolTip()
    exchanged(qtbot, window)


def test_without_a_hub_nothing_is_shown(filled):
    window = filled.window()
    assert not window.team.isVisible()
    window.team.exchange()
    assert not window.team._running
