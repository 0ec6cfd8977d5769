from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from abusetrack.errors import InputError
from abusetrack.intake.hash_lists import read
from abusetrack.records import HashKind

MD5, SHA1, SHA256 = "a" * 32, "b" * 40, "c" * 64
PHOTODNA = "QUJD" * 48


def values(found):
    return [dict(row.item.values) for row in found.rows]


def test_a_csv_has_its_hashes_by_column():
    text = f"url,MD5,SHA-256,comment\nhttps://a.test/x,{MD5.upper()},{SHA256},seen\n"
    found = read(text.encode(), "list.csv")
    assert values(found) == [{HashKind.MD5: MD5, HashKind.SHA256: SHA256}]
    assert found.rows[0].subject == "https://a.test/x"


def test_json_lines_are_read_line_by_line_and_bad_ones_are_named():
    lines = [json.dumps({"domain": "a.test", "sha1": SHA1}), "{", "7", json.dumps({"md5": "zz"})]
    found = read("\n".join(lines).encode(), "list.jsonl")
    assert values(found) == [{HashKind.SHA1: SHA1}]
    assert [(c.line, c.reason) for c in found.complaints] == [
        (2, "no JSON object on this line"),
        (3, "no JSON object on this line"),
        (4, "its md5 is badly formed"),
    ]


def test_vics_json_is_read_and_its_media_are_left_out_and_counted():
    document = {
        "@odata.context": "http://github.com/VICSDATAMODEL/ProjectVic/DataModels/2.0.xml/US/$metadata",
        "value": [
            {
                "CaseID": "1",
                "Media": [
                    {
                        "MediaID": 7, "MD5": MD5.upper(), "PhotoDNA": PHOTODNA, "Category": 1,
                        "Base64Data": "QUJD" * 900, "ThumbnailBytes": "QUJD",
                        "RelativeFilePath": "a/b/c.jpg",
                    }
                ],
            }
        ],
    }  # fmt: skip
    found = read(json.dumps(document).encode(), "list.json")
    assert values(found) == [{HashKind.MD5: MD5, HashKind.PHOTODNA: PHOTODNA}]
    assert found.media == {"Base64Data": 1, "ThumbnailBytes": 1, "RelativeFilePath": 1}
    assert "QUJDQUJDQUJD" * 100 not in str(found)


@pytest.mark.parametrize("body", [b"", b"url,domain\na,b\n", b"[", b"{", b"plain words"])
def test_what_is_no_list_is_said(body):
    with pytest.raises(InputError, match=r"list\.x"):
        read(body, "list.x")


def test_a_document_as_deep_as_it_comes_ends():
    found = read(b'{"value": ' + b"[" * 400 + b"]" * 400 + b"}", "list.json")
    assert found.rows == []


WORDS = st.sampled_from(["md5", "sha1", "url", "domain", ",", "\n", ":", "{", "}", '"', MD5, SHA1])


@given(st.text(max_size=300) | st.lists(WORDS | st.text(max_size=3), max_size=40).map("".join))
def test_whatever_stands_in_a_list_is_read_or_refused(text):
    try:
        found = read(text.encode("utf-8", "replace"), "list.x")
    except InputError as error:
        assert str(error).endswith(".")  # noqa: PT017  (either of the two is right)
        return
    assert all(row.item.values for row in found.rows)
    assert all(item.line > 0 and item.reason for item in found.complaints)
