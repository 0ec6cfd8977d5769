"""`lookup --check-resolver`, as its users run it."""

from __future__ import annotations

import pytest

from abusetrack import practice


@pytest.fixture
def practising(abusetrack):
    """An installation that uses a small practice internet."""
    with practice.PracticeThread(practice.build(), abusetrack.folder) as served:
        yield abusetrack, served.servers.services["dns"]


def test_what_is_found_is_said_and_sets_the_exit_code(practising):
    abusetrack, dns = practising
    (check,) = abusetrack.json("lookup", "--check-resolver", check=False)
    assert check["resolver"] == f"resolver {dns.endpoint}"
    # The practice internet has no root zone that could be validated.
    assert [finding["code"] for finding in check["findings"]] == ["validation not known"]
    assert dns.questions == 2
    done = abusetrack.run("lookup", "--check-resolver", check=False)
    assert done.returncode == 1
    assert "blocks single names was not tried" in done.stdout
    assert check["findings"][0]["text"] in done.stdout


def test_it_takes_no_name(abusetrack):
    for words in (["lookup"], ["lookup", "shop.example", "--check-resolver"]):
        done = abusetrack.run(*words, check=False)
        assert done.returncode == 2
        assert "--check-resolver" in done.stderr
