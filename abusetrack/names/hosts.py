"""Host text to Host: IP literals, onion names, IDNA and the registrable domain."""

from __future__ import annotations

import ipaddress
import re

import idna

from abusetrack.names.suffixes import SuffixList
from abusetrack.records import Domain, Host, HostKind, Refusal, SuffixKind

_MAX_NAME = 253  # RFC 1035 section 2.3.4, without the root's dot
_MAX_TEXT = 1000  # before mapping: ignored characters may make it shorter

_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")  # RFC 1123 section 2.1
_SUB_LABEL = re.compile(r"[a-z0-9_-]{1,63}")  # as seen in the DNS (RFC 2181 section 11)
# A name of such labels alone is what the mapping of UTS 46 leaves as it is.
_PLAIN_LABEL = r"(?!xn--)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_PLAIN_NAME = re.compile(rf"(?:{_PLAIN_LABEL}\.)+(?=[a-z])(?!onion\Z){_PLAIN_LABEL}")
_ONION = re.compile(r"[a-z2-7]{16}|[a-z2-7]{56}")  # versions 2 and 3
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")  # such a last label is read as an address
_DOTTED_QUAD = re.compile(r"(?:0|[1-9][0-9]{0,2})(?:\.(?:0|[1-9][0-9]{0,2})){3}")
_JOINERS = "\u200c\u200d"

# Documentation ranges are ordinary addresses here: the practice internet lives in them.
_REFUSED_V4 = tuple(
    map(
        ipaddress.IPv4Network,
        (
            "0.0.0.0/8",  # unspecified, "this network" (RFC 1122)
            "10.0.0.0/8",  # private (RFC 1918)
            "100.64.0.0/10",  # shared (RFC 6598)
            "127.0.0.0/8",  # loopback
            "169.254.0.0/16",  # link-local (RFC 3927)
            "172.16.0.0/12",  # private (RFC 1918)
            "192.168.0.0/16",  # private (RFC 1918)
            "224.0.0.0/4",  # multicast
            "255.255.255.255/32",  # broadcast
        ),
    )
)
_REFUSED_V6 = tuple(
    map(
        ipaddress.IPv6Network,
        (
            "::/128",  # unspecified
            "::1/128",  # loopback
            "fc00::/7",  # private (RFC 4193)
            "fe80::/10",  # link-local
            "fec0::/10",  # site-local (RFC 3879)
            "ff00::/8",  # multicast
        ),
    )
)


def parse_host(text: str, suffixes: SuffixList) -> Host | Refusal:
    """Read the host part of a URL, already refanged: a name or an IP literal."""
    if text.startswith("["):
        return _parse_ipv6(text[1:-1]) if text.endswith("]") else Refusal.BAD_ADDRESS
    if len(text) > _MAX_TEXT:
        return Refusal.NAME_TOO_LONG
    if len(text) <= _MAX_NAME and _PLAIN_NAME.fullmatch(text):
        labels = text.split(".")
        return _with_domain(text, labels, labels, suffixes)
    try:
        name = idna.uts46_remap(text, std3_rules=False)
    except (idna.IDNAError, UnicodeError):
        return Refusal.BAD_IDN
    name = name.removesuffix(".")
    if _NUMBER.fullmatch(name.rpartition(".")[2]):
        return _parse_ipv4(name)
    return _parse_name(name.split("."), suffixes)


def _parse_ipv6(text: str) -> Host | Refusal:
    """Read an IPv6 address without brackets; an IPv4-mapped one is the IPv4 address."""
    try:
        address = ipaddress.IPv6Address(text)
    except ValueError:
        return Refusal.BAD_ADDRESS
    if address.ipv4_mapped is not None:
        return _parse_ipv4(str(address.ipv4_mapped))
    if any(address in network for network in _REFUSED_V6):
        return Refusal.PRIVATE_ADDRESS
    if address.scope_id is not None:
        return Refusal.BAD_ADDRESS
    return Host(str(address), str(address), HostKind.IPV6, None)


def _parse_ipv4(text: str) -> Host | Refusal:
    if not _DOTTED_QUAD.fullmatch(text):
        return Refusal.BAD_ADDRESS  # 0x7f.1, 017.0.0.1, 2130706433: never guessed at
    try:
        address = ipaddress.IPv4Address(text)
    except ValueError:
        return Refusal.BAD_ADDRESS
    if any(address in network for network in _REFUSED_V4):
        return Refusal.PRIVATE_ADDRESS
    return Host(str(address), str(address), HostKind.IPV4, None)


def _parse_name(mapped: list[str], suffixes: SuffixList) -> Host | Refusal:
    labels: list[str] = []
    unicode: list[str] = []
    for label in mapped:
        pair = _convert(label)
        if isinstance(pair, Refusal):
            return pair
        labels.append(pair[0])
        unicode.append(pair[1])
    name = ".".join(labels)
    if len(name) > _MAX_NAME:
        return Refusal.NAME_TOO_LONG
    if labels[-1] == "onion":
        if len(labels) < 2 or not _ONION.fullmatch(labels[-2]):
            return Refusal.BAD_LABEL
        return Host(name, name, HostKind.ONION, None)
    return _with_domain(name, labels, unicode, suffixes)


def _with_domain(
    name: str, labels: list[str], unicode: list[str], suffixes: SuffixList
) -> Host | Refusal:
    suffix, kind = suffixes.find(name)
    own = len(labels) - suffix.count(".") - 2  # where the registrable domain begins
    if own < 0:
        if kind in {SuffixKind.ICANN, SuffixKind.UNKNOWN}:
            return Refusal.NO_DOMAIN
        # A platform's own site: a place that can be reported, but nobody's registrable domain.
        return Host(name, ".".join(unicode), HostKind.NAME, None)
    # What a platform hands out is a sub-label in the DNS, whatever the list calls it.
    strict = own + 1 if kind in {SuffixKind.PLATFORM, SuffixKind.DYNAMIC_DNS} else own
    if not all(_LABEL.fullmatch(label) for label in labels[strict:]):
        return Refusal.BAD_LABEL
    under = ".".join(labels[own:])
    if unicode is labels:
        return Host(name, name, HostKind.NAME, Domain(under, under, suffix, kind))
    domain = Domain(under, ".".join(unicode[own:]), suffix, kind)
    return Host(name, ".".join(unicode), HostKind.NAME, domain)


def _convert(label: str) -> tuple[str, str] | Refusal:
    """Return a mapped label as A-label and U-label (UTS 46 section 4)."""
    if len(label) > 63:
        return Refusal.BAD_LABEL
    if not label.isascii():
        ascii_label = "xn--" + label.encode("punycode").decode("ascii")
        if len(ascii_label) > 63:
            return Refusal.BAD_LABEL
        return (ascii_label, label) if _is_valid(label) else Refusal.BAD_IDN
    if not _SUB_LABEL.fullmatch(label):
        return Refusal.BAD_LABEL
    if not label.startswith("xn--"):
        return label, label
    try:
        unicode = label[4:].encode("ascii").decode("punycode")
        again = "xn--" + unicode.encode("punycode").decode("ascii")
    except (UnicodeError, ValueError, OverflowError):
        return Refusal.BAD_IDN
    if unicode.isascii() or again != label or not _is_valid(unicode):
        return Refusal.BAD_IDN
    return label, unicode


def _is_valid(label: str) -> bool:
    """Whether a U-label meets the validity criteria of UTS 46 section 4.1."""
    try:
        if idna.uts46_remap(label, std3_rules=False) != label:
            return False
        idna.check_initial_combiner(label)
        idna.check_bidi(label)
        return (
            "." not in label
            and all(c not in _FORBIDDEN for c in label)
            and all(idna.valid_contextj(label, i) for i, c in enumerate(label) if c in _JOINERS)
        )
    except (idna.IDNAError, UnicodeError, ValueError):
        return False


# ASCII that may stand in no host label; the underscore is judged with the whole name.
_FORBIDDEN = frozenset(
    chr(code) for code in range(128) if not (chr(code).isalnum() or chr(code) in "-_")
)
