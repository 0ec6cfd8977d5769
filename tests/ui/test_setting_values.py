from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from abusetrack import settings
from abusetrack.settings import Settings
from abusetrack.ui import setting_values
from abusetrack.ui.settings_table import chapters

OPTIONS = setting_values.options()
DOCS = Path(__file__).parents[2] / "docs" / "config.md"


def test_every_option_has_its_place_and_each_only_one(qapp):
    keys = [key for _title, lines in chapters() for key, _name, _help in lines]
    assert sorted(keys) == sorted(OPTIONS)
    assert all(title for _title, lines in chapters() for _key, title, _help in lines)


@pytest.mark.skipif(not DOCS.exists(), reason="the documentation stands in the checkout only")
def test_every_option_is_documented():
    words = set(re.findall(r"\w+", DOCS.read_text("utf-8")))
    missing = [key for key in OPTIONS if key.rpartition(".")[2] not in words]
    assert missing == []


@pytest.mark.parametrize("key", sorted(OPTIONS))
def test_what_is_written_of_a_default_is_read_as_it(key):
    option = OPTIONS[key]
    value = setting_values.read(option, setting_values.written(option, option.default))
    if value is not None:
        assert settings.complaint(key, value) == ""
        assert setting_values.of(settings.changed(Settings(), {key: value}), key) == option.default


@pytest.mark.parametrize("text", ["45", "45.0", "1.5"])
def test_a_number_is_kept_as_it_was_typed(text):
    found = setting_values.read(OPTIONS["window.lock_minutes"], text)
    assert repr(found) == text


@pytest.mark.parametrize(
    ("key", "text", "value"),
    [
        ("policy.hop_tlds", "4", 4),
        ("policy.after_hours", "1.5", 1.5),
        ("policy.waiting_hours.host", "24, 48", [24, 48]),
        ("resolver.nameservers", "192.0.2.53\n [2001:db8::53]:5300 \n", None),
        ("whois.servers", "test = 127.0.0.1:4343", {"test": "127.0.0.1:4343"}),
        ("notices.sign", "true", True),
        ("names.extra_suffixes", "", None),
        ("sources", '[police]\nzone = "UTC"', {"police": {"zone": "UTC"}}),
    ],
)
def test_what_is_typed_is_read(key, text, value):
    found = setting_values.read(OPTIONS[key], text)
    if value is not None or not text:
        assert found == value
    if found is not None:
        assert settings.complaint(key, found) == ""


@pytest.mark.parametrize(
    ("key", "text", "sentence"),
    [
        ("policy.hop_tlds", "many", "whole number"),
        ("policy.hop_tlds", "1", "of at least 2"),
        ("organisation.email", "nobody", "not an e-mail address"),
        ("resolver.nameservers", "resolver.example", "resolver"),
        ("organisation.designated_in", "Ireland", "designated_in"),
        ("policy.waiting_hours.host", "24", "waiting_hours.host"),
    ],
)
def test_what_is_wrong_is_said_in_the_settings_own_sentence(key, text, sentence):
    found = settings.complaint(key, setting_values.read(OPTIONS[key], text))
    assert sentence in found
    assert key in found


def test_pairs_and_tables_that_cannot_be_read_are_refused():
    with pytest.raises(ValueError, match="one pair a line"):
        setting_values.read(OPTIONS["whois.servers"], "test 127.0.0.1")
    with pytest.raises(tomllib.TOMLDecodeError):
        setting_values.read(OPTIONS["sources"], "[police")
