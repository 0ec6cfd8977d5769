"""Cleaning of single values from answers: text, mail, host names, dates, statuses.

Everything here takes what a stranger sent and gives back a plain value or None.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from datetime import UTC, datetime

import idna

from abusetrack.records import Evidence

MAX_TEXT = 512
EVIDENCE_OF_FAILURE = 65536  # bytes kept of an answer that could not be used

_MAIL = re.compile(r"[A-Za-z0-9._%+'=/&-]{1,64}@(?:[A-Za-z0-9_-]{1,63}\.){1,8}[A-Za-z0-9-]{2,63}")
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_SPACE = re.compile(r"\s+")
_NOT_LETTER = re.compile(r"[^a-z]+")

# The EPP statuses of RFC 5731 and RFC 3915; RDAP spells them in words (RFC 8056).
_EPP_STATUSES = (
    "ok",
    "inactive",
    "linked",
    "addPeriod",
    "autoRenewPeriod",
    "renewPeriod",
    "transferPeriod",
    "redemptionPeriod",
    "pendingCreate",
    "pendingDelete",
    "pendingRenew",
    "pendingRestore",
    "pendingTransfer",
    "pendingUpdate",
    "clientDeleteProhibited",
    "clientHold",
    "clientRenewProhibited",
    "clientTransferProhibited",
    "clientUpdateProhibited",
    "serverDeleteProhibited",
    "serverHold",
    "serverRenewProhibited",
    "serverTransferProhibited",
    "serverUpdateProhibited",
)
_STATUSES = {status.lower(): status for status in _EPP_STATUSES}
_RDAP_WORDS = {"active": "ok", "associated": "linked"}


def evidence(media_type: str, body: bytes) -> Evidence | None:
    """Make evidence of a raw answer; None where nothing came."""
    if not body:
        return None
    return Evidence(media_type, body, hashlib.sha256(body).hexdigest())


def clean(value: object) -> str | None:
    """Return ``value`` as one line of plain text, or None if nothing is left.

    Lone surrogates and control characters are replaced: they cannot be stored.
    """
    if type(value) is str and len(value) <= MAX_TEXT and value.isprintable() and "  " not in value:
        return value.strip() or None  # as nearly all are
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    text = str(value)[: 4 * MAX_TEXT]
    if not text.isprintable():
        text = "".join(
            c if c.isprintable() or c.isspace() else "\ufffd" if "\ud800" <= c <= "\udfff" else " "
            for c in text
        )
        text = _SPACE.sub(" ", text)
    elif "  " in text:  # the only white space that is printable
        text = _SPACE.sub(" ", text)
    return text.strip()[:MAX_TEXT] or None


def unaccented(text: str) -> str:
    """Return ``text`` without accents where only plain Latin letters are left then."""
    if text.isascii():
        return text
    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return plain if plain.isascii() else text


def mail(value: object) -> str | None:
    """Return the e-mail address that ``value`` is or holds, else None.

    A wrong contact is worse than none: only the whole of a value counts.
    """
    text = clean(value)
    if text is None:
        return None
    text = text.strip("<>()[]\"',; ")
    if text.lower().startswith("mailto:"):
        text = text[7:].partition("?")[0]
    return text if len(text) <= 254 and _MAIL.fullmatch(text) else None


def host(value: object) -> str | None:
    """Return ``value`` as a host name in A-labels, lower case, without a trailing dot."""
    text = clean(value)
    if text is None or " " in text:
        return None
    text = text.rstrip(".").lower()
    if not text.isascii():
        try:
            text = idna.encode(text, uts46=True).decode("ascii")
        except (idna.IDNAError, UnicodeError):
            return None
    if not 0 < len(text) <= 253 or not all(_LABEL.fullmatch(part) for part in text.split(".")):
        return None
    return text


def status(value: object) -> str | None:
    """Return an RDAP status in EPP spelling where it is an EPP one (RFC 8056), else as given."""
    text = clean(value)
    return None if text is None else _RDAP_WORDS.get(text.lower()) or epp_status(text)


def epp_status(value: object) -> str | None:
    """Return a status in EPP spelling where it is an EPP one in any writing, else as given."""
    text = clean(value)
    if text is None:
        return None
    return _STATUSES.get(_NOT_LETTER.sub("", text.lower())) or text


def country(value: object) -> str | None:
    """Return a two-letter country code in capitals; ``ZZ`` means unknown and is none."""
    text = (clean(value) or "").upper()
    if len(text) == 2 and text.isascii() and text.isalpha() and text != "ZZ":
        return text
    return None


def iana_id(value: object) -> int | None:
    """Return an IANA registrar ID: 1 to 9,999,999."""
    text = clean(value) or ""
    if text.isascii() and text.isdigit() and 0 < len(text) <= 7 and int(text) > 0:
        return int(text)
    return None


def iso_time(value: object) -> datetime | None:
    """Return an ISO 8601 or RFC 3339 time in UTC; one without a zone is taken as UTC."""
    text = clean(value)
    if text is None:
        return None
    try:
        time = datetime.fromisoformat(text.upper().removesuffix(" UTC"))
    except ValueError:
        return None
    return in_utc(time)


def in_utc(time: datetime) -> datetime | None:
    """Return ``time`` in UTC, or None where the year cannot be one of a registration."""
    if not 1970 <= time.year <= 2200:
        return None
    return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
