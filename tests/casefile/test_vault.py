from __future__ import annotations

import hashlib
import json
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from abusetrack.casefile import vault
from abusetrack.records import Evidence

DOMAIN = json.dumps(
    {
        "objectClassName": "domain",
        "ldhName": "some-name.test",
        "status": ["client hold", "client transfer prohibited"],
        "events": [{"eventAction": "registration", "eventDate": "2025-11-26T04:20:02Z"}],
        "nameservers": [{"objectClassName": "nameserver", "ldhName": "ns1.hosting.example"}],
        "entities": [
            {
                "objectClassName": "entity",
                "roles": ["registrar"],
                "vcardArray": ["vcard", [["fn", {}, "text", "A Registrar"]]],
            }
        ],
    }
).encode()
DNS = (
    b"id 35088\nrcode NXDOMAIN\nflags QR RD RA\n;QUESTION\nsome-name.test. IN A\n;AUTHORITY\n"
    b"test. 300 IN SOA ns1.nic.example. hostmaster.nic.example. 2026030101 3600 900 604800 60"
)


def test_the_dictionary_is_the_one_that_files_were_written_with():
    digest = hashlib.sha256(vault.dictionary()).hexdigest()
    assert digest == "e1b16698da7a272f4f8e51c95af23869de66d8524ea0c745370f65784fdfdbb3"


def test_every_case_file_holds_it_for_those_who_read_without_us(case):
    sha256 = hashlib.sha256(DOMAIN).hexdigest()
    vault.keep(case, [Evidence("application/rdap+json", DOMAIN, sha256)])
    ((codec, body, words),) = case.rows(
        "SELECT codec, evidence.body, dictionary.body FROM evidence"
        " JOIN dictionary ON codec = 'zlib:' || dictionary.n"
    )
    assert zlib.decompressobj(zdict=words).decompress(body) == DOMAIN
    assert codec == "zlib:1"


@pytest.mark.parametrize("body", [DOMAIN, DNS], ids=["rdap", "dns"])
def test_short_answers_take_less_than_half(body):
    _codec, packed = vault.pack(body)
    alone = min(len(body), len(zlib.compress(body, 6)))
    assert len(packed) < 0.55 * alone


def test_what_older_files_hold_is_read():
    assert vault.unpack("zlib", zlib.compress(DOMAIN), len(DOMAIN)) == DOMAIN
    assert vault.unpack("raw", DNS, len(DNS)) == DNS


@settings(max_examples=100, derandomize=True)
@given(st.binary(max_size=2_000) | st.text(max_size=1_000).map(str.encode))
def test_every_body_comes_back(body):
    codec, packed = vault.pack(body)
    assert vault.unpack(codec, packed, len(body)) == body
    assert len(packed) <= len(body)


@pytest.mark.parametrize("codec", ["zlib", "zlib:1", "raw", "zlib:2", "zstd"])
@pytest.mark.parametrize("size", [0, len(DOMAIN) - 1, len(DOMAIN) + 1])
def test_damage_is_told(codec, size):
    packed = vault.pack(DOMAIN)[1] if codec == "zlib:1" else zlib.compress(DOMAIN)
    with pytest.raises(ValueError, match=r"."):
        vault.unpack(codec, packed[:-3] + b"xyz", size)
