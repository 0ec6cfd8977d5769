from __future__ import annotations

from abusetrack.casefile import projection


def persistent(case, domain):
    found = projection.read(case, domain).findings
    return found.persistent, found.persistent_reason


def test_a_third_ending_makes_the_names_before_it_persistent_as_well(case, take):
    for ending in ("com", "net"):
        take(f"url,outcome,kind\nhttps://same.{ending}/,confirmed,dedicated\n", filename="l.csv")
    assert persistent(case, "same.com")[0] is False
    take("url,outcome,kind\nhttps://same.org/,confirmed,dedicated\n", filename="l.csv")
    for domain in ("same.com", "same.net", "same.org"):
        holds, why = persistent(case, domain)
        assert holds
        assert "3 endings: .com, .net, .org" in why
