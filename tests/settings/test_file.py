from __future__ import annotations

import pytest

from abusetrack.errors import SettingsError
from abusetrack.settings import load, save


def write(tmp_path, text):
    path = tmp_path / "config.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_an_empty_or_missing_file_gives_safe_defaults(tmp_path):
    assert load(write(tmp_path, "")) == load(tmp_path / "none.toml")
    defaults = load(tmp_path / "none.toml")
    assert defaults.resolver.nameservers == ()
    assert defaults.rdap.allowed_hosts == ()
    assert not defaults.practice


def test_a_named_file_must_exist(tmp_path):
    with pytest.raises(SettingsError, match="no settings file"):
        load(tmp_path / "none.toml", must_exist=True)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[resolver]\nnameservers = ['dns.example']\n", "resolver.nameservers"),
        ("[resolver]\nnameservers = ['192.0.2.1:99999']\n", "99999"),
        ("[resolver]\nname_servers = []\n", "resolver.name_servers is not known"),
        ("[nonsense]\na = 1\n", "nonsense is not known"),
        ("[organisation]\nemail = 'not mail'\n", "organisation.email"),
        ("[organisation]\ndesignated_in = ['Ireland']\n", "organisation.designated_in"),
        ("[lookup]\nask_registrar = 'sometimes'\n", "lookup.ask_registrar"),
        ("[pace]\nconcurrency = 0\n", "pace.concurrency"),
        ("[policy]\npersistence_days = 1\n", "policy.persistence_days"),
        ("base = '/elsewhere'\n", "base is not known"),
        ("[lookup]\nask_registrar = 'no'\n", "write one of always, after_gate, never"),
        ("[partners.north]\nlevel = 'all'\n", "write one of url, host, domain, counts"),
        ("[partners.north]\ncolour = 'red'\n", "partners.north.colour is not known"),
        ("[partners]\nnorth = 3\n", "partners.north is wrong: a table is needed here"),
        ("[pace]\nconcurrency = 0\n", "a whole number of at least 1 is needed"),
        ("[lookup]\nname_seconds = 601\n", "a number of at most 600 is needed"),
        ("[policy]\nfreshness_hours = nan\n", "policy.freshness_hours is wrong"),
        ("[policy]\nafter_hours = inf\n", "policy.after_hours is wrong"),
        ("[window]\ncalm = 'true'\n", "write true or false"),
        ("[window.calm]\nx = 1\n", "write true or false"),
        ("[organisation.name]\nx = 1\n", "a text is needed here"),
        ("[policy.hop_tlds]\nx = 1\n", "a whole number is needed here"),
        ("[partners.north.level]\nx = 1\n", "partners.north.level is wrong"),
        ("[practice]\nx = 1\n", "practice is wrong"),
        ("[names]\nextra_suffixes = 3\n", "a path is needed here"),
        ("pace = 3\nrdap = 4\n", "pace is wrong: a table is needed here. The setting rdap"),
        ("[pace\n", "not valid TOML"),
    ],
)
def test_what_is_wrong_is_said_with_the_key_and_the_file(tmp_path, text, words):
    path = write(tmp_path, text)
    with pytest.raises(SettingsError) as caught:
        load(path)
    assert words in str(caught.value)
    assert str(path) in str(caught.value)


def test_a_file_that_is_no_text_is_said(tmp_path):
    path = tmp_path / "config.toml"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SettingsError, match="not UTF-8"):
        load(path)


def test_paths_are_relative_to_the_file(tmp_path):
    loaded = load(write(tmp_path, "[names]\nextra_suffixes = 'lists/extra.dat'\n"))
    assert loaded.names.extra_suffixes is not None
    assert loaded.path(loaded.names.extra_suffixes) == tmp_path / "lists" / "extra.dat"


def test_saving_keeps_comments_and_order(tmp_path):
    path = write(
        tmp_path,
        "# ours\n[pace]\nconcurrency = 8  # gentle\n\n[resolver]\n# the house's Unbound\n"
        "nameservers = ['192.0.2.1']\n",
    )
    saved = save(path, {"pace.concurrency": 16, "organisation.name": "Hotline"})
    text = path.read_text(encoding="utf-8")
    assert saved.pace.concurrency == 16
    assert load(path).organisation.name == "Hotline"
    assert "# ours" in text
    assert "concurrency = 16  # gentle" in text
    assert "# the house's Unbound" in text
    assert save(path, {"organisation.name": None}).organisation.name == ""


def test_a_wrong_value_is_not_saved(tmp_path):
    path = write(tmp_path, "[pace]\nconcurrency = 8\n")
    before = path.read_bytes()
    with pytest.raises(SettingsError, match="Nothing was saved"):
        save(path, {"pace.concurrency": 0})
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]
