"""Mails: the text of text/plain and text/csv parts, at any depth; nothing else is decoded.

Headers are not searched. Images, HTML, archives, TNEF and everything else are counted
and left as they are.
"""

from __future__ import annotations

import email
from collections.abc import Iterator
from email.message import Message

from abusetrack.errors import InputError
from abusetrack.intake import tables, texts
from abusetrack.intake.decode import decode_part
from abusetrack.intake.model import Ledger

_READ = {"text/plain", "text/csv"}
_OPENED = {"message/rfc822", "message/global"}  # forwarded mails
_NO_TEXT = (
    "the mail has no plain-text part, so nothing was read; "
    "copy the names and URLs from it and paste them"
)


def read_mail(data: bytes, ledger: Ledger) -> None:
    """Read the candidates of a mail's text, and the rows of CSV parts.

    Raises:
        InputError: parts are nested too deeply to be read.
    """
    read = 0
    for part, kind, text in texts_of(parse(data)):
        if text is None:
            ledger.discard(discarded_as(part, kind))
        else:
            read += 1
            _read_part(text, kind, ledger)
    if not read:
        ledger.complain(1, "", _NO_TEXT)


def parse(data: bytes) -> Message:
    """Take a mail apart.

    Raises:
        InputError: parts are nested too deeply to be read.
    """
    try:
        return email.message_from_bytes(data)
    except (RecursionError, ValueError, LookupError, TypeError) as error:
        raise InputError(
            "The mail cannot be taken apart; copy what is needed from it and paste that."
        ) from error


def texts_of(message: Message) -> Iterator[tuple[Message, str, str | None]]:
    """Yield every leaf with its type and its text; None where it is not read."""
    for part in _leaves(message):
        kind = part.get_content_type()
        yield part, kind, _text(part) if kind in _READ else None


def _leaves(message: Message) -> Iterator[Message]:
    waiting = [message]
    while waiting:
        part = waiting.pop()
        kind = part.get_content_type()
        children = part.get_payload() if part.is_multipart() else None
        if isinstance(children, list) and (kind.startswith("multipart/") or kind in _OPENED):
            waiting.extend(child for child in reversed(children) if isinstance(child, Message))
        else:
            yield part


def _text(part: Message) -> str | None:
    """Return the text of a leaf; None if it is none, whatever it says of itself."""
    if part.is_multipart():
        return None
    charset = part.get_param("charset", "")
    if isinstance(charset, tuple):  # RFC 2231
        charset = charset[2]
    # The library would decode by any codec named here, also by those that are no charsets.
    del part["Content-Type"]
    try:
        body = part.get_payload(decode=True)
    except (ValueError, LookupError, TypeError):
        return None
    return decode_part(body, str(charset)) if isinstance(body, bytes) else None


def _read_part(text: str, kind: str, ledger: Ledger) -> None:
    if kind == "text/csv":
        try:
            tables.read_reports(tables.parse_csv(text, ledger.context), ledger)
        except InputError as error:
            ledger.complain(1, "a CSV part of the mail", str(error))
        return
    texts.read_prose(texts.searchable(ledger.scrub(text)), ledger)


def discarded_as(part: Message, kind: str) -> str:
    """Return under what a leaf that is not read is counted."""
    if kind.startswith("image/"):
        return "images"
    if kind.startswith(("text/", "multipart/", "message/")) and not part.get("Content-Disposition"):
        return "other"
    return "attachments"
