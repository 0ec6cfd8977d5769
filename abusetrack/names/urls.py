"""URLs taken apart and put into the one form that decides what is the same URL.

Any scheme is taken. Browsers read a backslash as a slash and forgive missing ones after
``http:``; so do we, since reports are copied from browsers (WHATWG URL, section 4.4).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from abusetrack.names.text import refang_authority, refang_scheme, trim
from abusetrack.records import Refusal

_DEFAULT_PORTS = {"http": "80", "https": "443", "ftp": "21", "ws": "80", "wss": "443"}

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.*_-]{0,30}):[/\\]{2}")
_FORGIVEN = re.compile(r"(https?|hxxps?|ftp|wss?):[/\\]+", re.IGNORECASE)
_HOSTLESS = re.compile(
    r"(?:about|blob|bitcoin|geo|javascript|magnet|news|sms|tel|urn|view-source):", re.IGNORECASE
)
_AUTHORITY_END = re.compile(r"[/\\?#]")
_PORT = re.compile(r"[0-9]{1,5}")

_ESCAPE = re.compile(rb"%([0-9A-Fa-f]{2})")
_UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
# RFC 3986 section 3.3 and 3.4: what may stand in path and query as it is.
_UNSAFE = re.compile(rb"%(?![0-9A-F]{2})|[^A-Za-z0-9\-._~!$&'()*+,;=:@/?%]")


@dataclass(frozen=True, slots=True)
class Pieces:
    """A URL taken apart; ``scheme`` is empty for a name without one."""

    scheme: str
    host: str
    port: str  # empty where it is the scheme's own
    tail: str  # path and query, normalised; begins with a slash

    def url(self, host: str) -> str:
        """Put the URL together with the host as normalised."""
        scheme = f"{self.scheme}:" if self.scheme else ""
        host = f"[{host}]" if ":" in host else host
        port = f":{self.port}" if self.port else ""
        return f"{scheme}//{host}{port}{self.tail}"


def split(text: str) -> Pieces | Refusal:
    """Take apart a URL or name that is refanged (but for its host) and unwrapped."""
    scheme, rest = "", text
    if match := _FORGIVEN.match(text) or _SCHEME.match(text):
        scheme, rest = refang_scheme(match[1]), text[match.end() :]
    elif text[:7].lower() == "mailto:":
        return Refusal.MAIL_ADDRESS
    elif _HOSTLESS.match(text):
        return Refusal.NO_HOST
    elif text.startswith(("//", "\\\\")):
        rest = text[2:]
    end = match.start() if (match := _AUTHORITY_END.search(rest)) else len(rest)
    authority, tail = refang_authority(rest[:end]), rest[end:]
    user, at, place = authority.rpartition("@")
    if at and not scheme and rest is text:
        return Refusal.MAIL_ADDRESS
    if any(c.isspace() for c in place) or any(c.isspace() for c in tail) or " " in user:
        return Refusal.SPACE
    host, port = _split_port(place)
    if not host:
        return Refusal.NO_HOST if scheme or rest is not text else Refusal.NOT_A_NAME
    if port and (not _PORT.fullmatch(port) or not 0 < int(port) < 65536):
        return Refusal.BAD_PORT
    port = port.lstrip("0")
    if port == _DEFAULT_PORTS.get(scheme):
        port = ""
    if "%" in host:
        try:
            host = _decode_all(host)
        except UnicodeError:
            return Refusal.BAD_LABEL
    return Pieces(scheme, host, port, _normal_tail(tail))


def _split_port(place: str) -> tuple[str, str]:
    if place.startswith("["):
        literal, _, port = place.rpartition("]:")
        return (f"{literal}]", port) if literal else (place, "")
    if place.count(":") > 1:
        return f"[{place}]", ""  # an IPv6 literal without its brackets
    host, _, port = place.partition(":")
    return host, port


def _normal_tail(tail: str) -> str:
    """Return path and query in normal form, without the fragment."""
    tail = trim(tail.partition("#")[0])
    path, mark, query = tail.partition("?")
    tail = path.replace("\\", "/") + mark + query
    if not tail.startswith("/"):
        tail = "/" + tail
    data = _ESCAPE.sub(_normal_escape, tail.encode("utf-8", "surrogatepass"))
    data = _UNSAFE.sub(lambda match: b"%%%02X" % match[0][0], data)
    if data.endswith(b"."):  # it came out of an escape; bare, it would be a sentence's full stop
        data = data[:-1] + b"%2E"
    return data.decode("ascii")


def _normal_escape(match: re.Match[bytes]) -> bytes:
    byte = int(match[1], 16)
    return bytes([byte]) if byte in _UNRESERVED else b"%%%02X" % byte


def _decode_all(text: str) -> str:
    data = _ESCAPE.sub(lambda match: bytes([int(match[1], 16)]), text.encode())
    return data.decode()
