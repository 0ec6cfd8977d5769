from __future__ import annotations

import json

import pytest

from abusetrack.errors import InputError
from abusetrack.triage import describe, dossier

PROMISED = {
    "domain", "unicode", "state", "states", "state_reason", "registrar", "registry", "created",
    "updated", "expires", "statuses", "nameservers", "hosts", "hosting_country",
    "hosting_verdict", "reports", "confirmed_reports", "first_reported", "last_reported", "kind",
    "persistent", "reasons", "observations",
}  # fmt: skip


@pytest.fixture
def shown(context, case, take):
    take("https://www.example.com/a\nhttps://example.com/b\n")
    return dossier.as_json(dossier.stored(context, case, "hxxps://www[.]example[.]com/zzz"))


def test_everything_promised_is_there_and_is_json(shown):
    assert set(shown) >= PROMISED
    assert json.loads(json.dumps(shown)) == shown
    assert shown["domain"] == "example.com"
    assert shown["reports"] == 2
    assert {host["host"] for host in shown["hosts"]} == {"www.example.com", "example.com"}


def test_what_is_missing_says_why(shown):
    for key, value in shown.items():
        if value is None and not key.endswith("_reason") and key != "cdn":
            assert shown[f"{key}_reason"], key
    assert shown["state"] == "unknown"
    assert shown["state_reason"] == "not looked up yet"
    assert shown["registry"]["kind"] == "gTLD"


def test_a_name_that_was_not_reported_is_said(context, case):
    with pytest.raises(InputError, match="Nothing under this name was reported"):
        dossier.stored(context, case, "example.net")
    with pytest.raises(InputError, match="not a name to look up"):
        dossier.stored(context, case, "((")


@pytest.mark.parametrize(
    ("text", "word"),
    [
        (f"http://{'a' * 56}.onion/x", "onion"),
        ("http://192.0.2.7/x", "192.0.2.7"),
    ],
)
def test_hosts_without_a_domain_have_a_dossier_too(context, case, take, text, word):
    take(f"{text}\n")
    found = dossier.stored(context, case, text)
    assert word in dossier.as_json(found)["domain"]
    assert found.now.findings.registrar is None


def test_an_onion_service_is_named_as_one(context, case, take):
    take(f"http://{'a' * 56}.onion/x\n")
    shown = dossier.as_json(dossier.stored(context, case, f"http://{'a' * 56}.onion/x"))
    said = "onion service: no registrar, no hosting country"
    assert shown["registrar_reason"] == shown["hosting_reason"] == shown["state_reason"] == said
    assert shown["observations"] == []


def test_the_same_in_words(context, case, take):
    take("https://example.com/b\n")
    text = dict(describe.lines(dossier.stored(context, case, "example.com")))
    assert text["domain"] == "example.com"
    assert "registration not looked up" in text["registrar"]
    assert text["reports"] == "1, of which 0 confirmed"
