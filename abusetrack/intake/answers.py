"""Answers to notices: the text of a mail or of a text file; media never come in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import Message
from email.utils import parsedate_to_datetime

from abusetrack.intake import mail, scrub
from abusetrack.intake.decode import decode

_LONGEST = 200_000  # characters of a text that are kept
_LONGEST_HEADER = 500


@dataclass(frozen=True, slots=True)
class AnswerText:
    """What an answer says; ``discarded`` counts what was thrown away unread, by kind."""

    sender: str
    subject: str
    sent_at: datetime | None  # as the mail says; None where it does not
    body: str
    discarded: Mapping[str, int]


def read_answer(data: bytes, *, filename: str) -> AnswerText:
    """Read an answer from the bytes of a mail (``.eml``) or of a text file.

    Raises:
        InputError: it cannot be read.
    """
    if not filename.lower().endswith(".eml"):
        body, dropped = _scrubbed(decode(data))
        return AnswerText("", "", None, body, dropped)
    message = mail.parse(data)
    dropped = Counter[str]()
    texts = []
    for part, kind, text in mail.texts_of(message):
        if text is None or kind != "text/plain":
            dropped[mail.discarded_as(part, kind)] += 1
            continue
        cleaned, more = _scrubbed(text)
        dropped += more
        texts.append(cleaned)
    return AnswerText(
        sender=_header(message, "From"),
        subject=_header(message, "Subject"),
        sent_at=_sent_at(message),
        body="\n\n".join(texts)[:_LONGEST],
        discarded=dropped,
    )


def _scrubbed(text: str) -> tuple[str, Counter[str]]:
    dropped = Counter[str]({"cut off": 1} if len(text) > _LONGEST else {})
    cleaned, media = scrub.scrub(text[:_LONGEST])
    return cleaned.replace(scrub.HOLE, scrub.REMOVED), dropped + media


def _header(message: Message, name: str) -> str:
    raw = str(message.get(name, ""))[: 4 * _LONGEST_HEADER]
    try:
        text = str(make_header(decode_header(raw)))
    except (HeaderParseError, UnicodeError, LookupError, ValueError, TypeError):
        text = raw
    cleaned, _dropped = _scrubbed(" ".join(text.split()))
    return cleaned[:_LONGEST_HEADER]


def _sent_at(message: Message) -> datetime | None:
    try:
        moment = parsedate_to_datetime(str(message.get("Date", "")))
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    try:
        return aware.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
