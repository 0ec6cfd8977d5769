"""Answers of origin-AS zones: "ASNs | prefix | country | registry | date" (pure).

Read by hand and not by ipwhois: its parser drops the whole answer where the registry
is none of five words, keeps several origins as one string, and checks nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import ip_network

from abusetrack.lookup import texts
from abusetrack.lookup.addresses import Address
from abusetrack.lookup.prefixes import Network

MAX_ASN = 2**32 - 1
MAX_ORIGINS = 32  # of one prefix; a few are usual where it is announced by several
# Nobody announces more at once. A forged answer for all addresses would stand for all of
# them afterwards, because answers are kept by prefix.
_WIDEST = {4: 8, 6: 16}

_NOT_ANNOUNCED = {"NA", ""}  # allocated, with a country, but announced by nobody


@dataclass(frozen=True, slots=True)
class Origin:
    """The most specific prefix that covers an address, and who announces it (perhaps nobody)."""

    prefix: Network
    asns: tuple[int, ...]
    country: str | None
    registry: str | None


def question_name(address: Address, zone: str) -> str:
    """Return the name to ask for the origin of ``address``, without a trailing dot."""
    labels = address.reverse_pointer.split(".")[:-2]
    return ".".join([*labels, zone])


def parse_origin(answers: Iterable[str], address: Address) -> Origin | None:
    """Return the origin of ``address``, None where no answer covers it."""
    found: dict[Network, Origin] = {}
    for answer in answers:
        fields = [field.strip() for field in answer.split("|")]
        asns = tuple(n for word in fields[0].split() if (n := _asn(word)) is not None)
        try:
            prefix = ip_network(fields[1])
        except (IndexError, ValueError):
            continue
        if prefix.prefixlen < _WIDEST[prefix.version]:
            continue
        if address not in prefix or not (asns or fields[0].upper() in _NOT_ANNOUNCED):
            continue
        earlier = found.get(prefix)
        merged = {*asns, *(earlier.asns if earlier else ())}
        fields += ["", ""]
        found[prefix] = Origin(
            prefix,
            tuple(sorted(merged)[:MAX_ORIGINS]),
            texts.country(fields[2]),
            texts.clean(fields[3]),
        )
    return max(found.values(), key=lambda origin: origin.prefix.prefixlen, default=None)


def parse_as_name(answers: Iterable[str]) -> str | None:
    """Return the AS name: the last of "ASN | country | registry | date | name"."""
    for answer in answers:
        fields = answer.split("|", 4)
        if len(fields) == 5:
            return texts.clean(fields[4])
    return None


def _asn(word: str) -> int | None:
    if word.isascii() and word.isdigit() and 0 < len(word) <= 10 and 0 < int(word) <= MAX_ASN:
        return int(word)
    return None
