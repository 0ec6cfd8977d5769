from __future__ import annotations

import csv
import json
from dataclasses import replace

import pytest

from abusetrack.casefile import check, folding, hashes, projection, retention
from abusetrack.errors import InputError
from abusetrack.intake import hash_lists
from abusetrack.notices import export
from abusetrack.records import HashItem, HashKind, LinkKind, Role
from abusetrack.settings import HashSettings
from abusetrack.triage import drafting, hash_references, links
from abusetrack.triage.addressing import Wish

MD5, SHA256 = "a" * 32, "c" * 64


@pytest.fixture
def keeping(desk):
    """A desk whose organisation keeps hashes."""
    settings = desk.settings.but({"hashes": HashSettings(enabled=True)})
    return replace(desk, settings=settings)


@pytest.fixture
def listed(tmp_path):
    def write(text, name="list.csv"):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_they_are_off_until_somebody_turns_them_on(desk, case, sites, listed):
    with pytest.raises(InputError, match=r"hashes\.enabled is off"):
        hash_references.attach(desk, case, listed(f"url,md5\nhttps://example.com/,{MD5}\n"))
    assert hashes.domains(case) == []


def test_items_are_attached_to_reports_once(keeping, case, sites, listed):
    path = listed(
        f"url,md5,sha256\nhttps://example.com/path/of/page?id=7,{MD5},{SHA256}\n"
        f"https://nobody.com/,{MD5},\nexample.net,{MD5},\n"
    )
    found = hash_references.attach(keeping, case, path)
    assert (found.new, found.known) == (2, 0)
    assert [c.reason for c in found.complaints] == ["nothing is reported of it"]
    again = hash_references.attach(keeping, case, path)
    assert (again.new, again.known) == (0, 2)
    (stored,) = hashes.of_domain(case, "example.com")
    assert stored.item.values == {HashKind.MD5: MD5, HashKind.SHA256: SHA256}
    assert check.check(case).sound
    assert folding.rebuild(case) == []


def test_a_list_that_does_not_say_of_what_needs_to_be_told(keeping, case, sites, listed):
    path = listed(f"md5\n{MD5}\n")
    with pytest.raises(InputError, match="--of"):
        hash_references.attach(keeping, case, path)
    assert hash_references.attach(keeping, case, path, "example.com").new == 1


def test_the_same_material_on_two_domains_is_a_link(keeping, case, sites, listed):
    text = f"domain,md5\nexample.com,{MD5}\nexample.net,{MD5}\n"
    hash_references.attach(keeping, case, listed(text))
    now = projection.read(case, "example.com")
    (link,) = [
        link for link in links.of_domain(keeping, case, now).links if link.kind is LinkKind.ITEM
    ]
    assert link.domain == "example.net"
    assert MD5 not in link.text
    assert all(link.facts)


def test_an_erased_hash_links_nobody_and_stays_erased(keeping, case, sites, listed):
    text = f"domain,md5\nexample.com,{MD5}\nexample.net,{MD5}\n"
    hash_references.attach(keeping, case, listed(text))
    retention.erase(case, retention.of_subject(case, "example.com"), reason="asked")
    assert hashes.of_domain(case, "example.com") == []
    assert hashes.same_items(case, "example.net", limit=9) == []
    assert len(hashes.of_domain(case, "example.net")) == 1
    assert folding.rebuild(case) == []


def test_no_hash_is_in_the_audit_or_in_any_notice(keeping, case, sites, listed, tmp_path):
    text = f"domain,md5,sha256\nexample.com,{MD5},{SHA256}\n"
    hash_references.attach(keeping, case, listed(text))
    assert MD5 not in str(case.rows("SELECT * FROM audit"))
    house, forms = keeping.settings.organisation, ["txt", "csv", "eml", "sheet"]
    for role in Role:
        for draft in drafting.plan(keeping, case, Wish(role=role)).drafts:
            for file in export(draft, house, forms):
                assert MD5.encode() not in file.body
                assert SHA256.encode() not in file.body


def test_what_is_written_is_read_back_in_each_form():
    item = HashItem({HashKind.MD5: MD5, HashKind.PHOTODNA: "QUJD" * 48})
    for form, write in hash_references.FORMATS.items():
        found = hash_lists.read(write([("a.test", item)]).encode(), f"list.{form}")
        assert [row.item for row in found.rows] == [item], form
    assert next(csv.reader([hash_references.to_csv([])]))[0] == "domain"
    media = json.loads(hash_references.to_vics([("a.test", item)]))["value"][0]["Media"]
    assert set(media[0]) == {"MediaID", "MD5", "PhotoDNA"}


def test_photodna_is_for_hotlines_and_authorities_alone():
    item = HashItem({HashKind.MD5: MD5, HashKind.PHOTODNA: "QUJD" * 48})
    only = HashItem({HashKind.PHOTODNA: "QUJD" * 48})
    kept = hash_references.items_for([("a.test", item), ("b.test", only)], photodna=False)
    assert kept == [("a.test", HashItem({HashKind.MD5: MD5}))]
