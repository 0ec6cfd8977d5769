from __future__ import annotations

import pytest

TABLE = (
    "iana_id,name,link,email,form,api,notes,found,as_of\n"
    "9001,One Registrar,,abuse@one.example,,,,TRUE,2026-02-01\n"
    "9002,Two Registrar,,,https://two.example/abuse,,,TRUE,2026-02-01\n"
)


@pytest.fixture
def desk(abusetrack):
    (abusetrack.folder / "contacts.csv").write_text(TABLE, encoding="utf-8")
    abusetrack.run("contacts", "import", "contacts.csv")
    return abusetrack


def test_the_way_of_a_contact(desk):
    desk.run("contacts", "confirm", "iana:9001")
    desk.run("contacts", "outcome", "iana:9001", "bounced", "--note", "no such user")
    desk.run("contacts", "replace", "abuse@one.example", "desk@one.example", "--note", "they said")
    desk.run("contacts", "no-send", "@two.example", "--note", "asked us not to")
    desk.run("contacts", "add", "cdn:delivery", "--form", "https://cdn.example/f", "--name", "CDN")
    found = {item["party"]: item for item in desk.here("contacts", "list", "--json")}
    assert found["iana:9001"]["email"] == "desk@one.example"
    assert found["iana:9002"]["form"] == "https://two.example/abuse"
    assert (found["cdn:delivery"]["role"], found["cdn:delivery"]["origin"]) == ("cdn", "manual")
    assert found["cdn:delivery"]["confirmed_by"]
    desk.run("contacts", "replace", "abuse@one.example")
    doubtful = desk.here("contacts", "list", "--doubtful", "--json")
    assert [item["party"] for item in doubtful] == ["iana:9001"]
    assert "could not be reached once" in doubtful[0]["warnings"][0]
    assert "asked us not to" in desk.run("contacts", "no-send").stdout
    assert "empty" in desk.run("contacts", "no-send", "--remove", "@two.example").stdout
    assert "3 contacts" in desk.run("contacts", "export", "out.csv").stdout


def test_the_way_of_a_party(desk):
    key = desk.folder / "key.asc"
    key.write_text("-----BEGIN PGP PUBLIC KEY BLOCK-----\n", encoding="ascii")
    said = ("country=de", "union=yes", "exact-urls=no", "form_rows=10", "comment=ask for Kim")
    desk.run("party", "set", "iana:9001", *said, "--key-file", key)
    page = desk.here("party", "show", "iana:9001", "--json")
    assert (page["name"], page["notes"]["country"]) == ("One Registrar", "DE")
    assert (page["notes"]["union"], page["notes"]["exact_urls"]) == (True, False)
    assert (page["openpgp_key"], page["notes"]["form_rows"]) == (True, 10)
    shown = desk.run("party", "show", "iana:9001").stdout
    for text in ("abuse@one.example", "NOT CONFIRMED", "union: yes", "no notice was exported"):
        assert text in shown
    assert "web form only" in desk.run("party", "show", "iana:9002").stdout
    assert "One Registrar" in desk.run("party", "list").stdout
    assert "1 of the parties" in desk.run("party", "export", "parties.csv").stdout
    desk.run("party", "set", "iana:9001", "country=")
    desk.run("party", "import", "parties.csv")
    assert desk.here("party", "show", "iana:9001", "--json")["notes"]["country"] == "DE"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("party", "set", "iana:1", "colour=red"), "FIELD=VALUE"),
        (("party", "set", "iana:1", "union=perhaps"), "union is yes, no or nothing"),
        (("party", "set", "iana:1", "country=Germany"), "two letters"),
        (("contacts", "add", "iana:1"), "--email, --form or --phone"),
        (("contacts", "no-send", "nobody"), "neither an e-mail address nor a domain"),
        (("contacts", "outcome", "iana:1", "bounced"), "give --address"),
    ],
)
def test_mistakes_are_said_in_a_sentence(desk, words, said):
    done = desk.run(*words, check=False)
    assert done.returncode == 2
    assert said in done.stderr
