"""draft, approve, notice withdraw and notice export, on a case file without a network."""

from __future__ import annotations

import pytest

CONFIG = """
[organisation]
name = "Test Hotline"
email = "desk@hotline.example"
jurisdiction = "Exampleland"
verification_url = "https://hotline.example/verify"
dispute_email = "disputes@hotline.example"
"""


@pytest.fixture
def empty(abusetrack):
    """A case file with one report that nobody assessed, and settings that may export."""
    abusetrack.config.write_text(CONFIG, encoding="utf-8")
    abusetrack.run("import", "-", stdin="https://example.com/x\n")
    return abusetrack


def test_what_cannot_be_drafted_is_said_for_every_role(empty, tmp_path):
    for role in ("registrar", "host", "icann-compliance"):
        done = empty.here("draft", "--to", role, "--out", tmp_path / "out", "--json")
        assert done["notices"] == []
        assert done["not_drafted"][0]["reason"] == "not assessed" or role == "icann-compliance"


def test_a_reason_needs_a_name(empty, tmp_path):
    done = empty.run("draft", "--reason", "because", "--out", tmp_path / "out", check=False)
    assert done.returncode == 2
    assert "add --domain" in done.stderr


@pytest.mark.parametrize(
    "words",
    [
        ["withdraw", "AT-2026-000001", "--reason", "wrong", "--out", "out"],
        ["export", "AT-2026-000001", "--out", "out"],
    ],
    ids=["withdraw", "export"],
)
def test_an_unknown_notice_is_said(empty, words):
    done = empty.run("notice", *words, check=False)
    assert done.returncode == 2
    assert "There is no notice AT-2026-000001" in done.stderr


def test_nothing_waits_for_an_approval(empty):
    assert "0 drafts approved" in empty.run("approve", "--drafted-by", "Ben").stdout
