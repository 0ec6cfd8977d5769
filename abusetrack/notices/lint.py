"""What must hold before a notice leaves; each finding says how to mend it.

Rows are named by number, so findings can be shown and logged anywhere. Only
checks that cannot misfire stand here: a finding always stops the export.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.errors import MessageDefect, MessageError
from email.policy import SMTP

from abusetrack.names import defang
from abusetrack.notices.compose import MOST_ROWS, PRACTICE_MARK
from abusetrack.notices.formats import sheet, text
from abusetrack.notices.plain import one_line, visible
from abusetrack.notices.recipients import NoRecipient, iana_id, registrar_recipient
from abusetrack.notices.sender import ready, sender_view
from abusetrack.records import Draft, NoticeRow, SiteKind
from abusetrack.settings import Organisation


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that stops the export."""

    code: str
    text: str
    mend: str

    def __str__(self) -> str:
        return f"{self.text} {self.mend}"


# What every registrar notice says, in the words of the rule rather than of a template.
_REQUIRED = {
    "the statuses asked for": (
        "clientHold",
        "clientTransferProhibited",
        "clientUpdateProhibited",
        "clientDeleteProhibited",
    ),
    "not to look": ("do not open, view, copy or forward",),
    "to preserve data for the police": ("preserve for the police",),
}
# Duties that this material does not fall under; a notice that names them is wrong.
_FORBIDDEN = ("3.18.2", "3.18.3")
_MARKUP = re.compile(
    r"</?(?:html|head|body|img|a|script|style|iframe|object)\b[^>]*>", re.IGNORECASE
)

_HEADERS = {
    "from", "reply-to", "to", "subject", "x-unsent", "mime-version", "content-type",
}  # fmt: skip


def lint(draft: Draft, organisation: Organisation) -> tuple[Finding, ...]:
    """Return everything that stops the export of ``draft``; empty when it may leave."""
    return tuple(
        finding
        for check in (_sender, _recipient, _rows, _words, _practice, _urls)
        for finding in check(draft, organisation)
    )


def lint_mail(body: bytes) -> tuple[Finding, ...]:
    """Return what is wrong with the bytes of an exported mail; read as a strict receiver does."""
    with contextlib.suppress(MessageError, MessageDefect):
        message = message_from_bytes(body, policy=SMTP.clone(raise_on_defect=True))
        fields = {name.lower(): value.defects for name, value in message.items()}
        kinds = [part.get_content_type() for part in message.walk()]
        if (
            fields == dict.fromkeys(_HEADERS, ())
            and len(message) == len(fields)
            and len(message["To"].addresses) == 1
            and kinds == ["multipart/mixed", text.MEDIA_TYPE, sheet.MEDIA_TYPE]
        ):
            return ()
    return (
        Finding(
            "mail",
            "The mail is not one text and one table under the usual headers.",
            "Look for a name or reference in it that no mail can carry, and correct it.",
        ),
    )


def _sender(_draft: Draft, organisation: Organisation) -> Iterator[Finding]:
    for sentence in ready(organisation):
        yield Finding("sender", "The organisation is not fully named.", sentence)


def _recipient(draft: Draft, _organisation: Organisation) -> Iterator[Finding]:
    chosen = registrar_recipient(draft.recipient, practice=draft.practice)
    if isinstance(chosen, NoRecipient):
        yield Finding("recipient", "This contact may not be written to.", chosen.reason)


# What each row must be -> how to mend it.
_ROW_RULES: tuple[tuple[str, Callable[[NoticeRow, Draft], bool], str], ...] = (
    (
        "has no confirmed report",
        lambda row, _draft: row.confirmed_urls > 0,
        "Leave the domain out until a report of it is confirmed.",
    ),
    (
        "is not assessed as a dedicated site",
        lambda row, _draft: row.kind is SiteKind.DEDICATED,
        "Leave the domain out: a registrar is asked only for dedicated sites.",
    ),
    (
        "has dates of confirmation that cannot be",
        lambda row, draft: row.first_confirmed <= row.last_confirmed <= draft.composed_at,
        "Correct the dates of its assessments, then draft again.",
    ),
    (
        "lacks the legal category or the law",
        lambda row, _draft: bool(row.legal_category.strip() and row.law.strip()),
        "Add both to the assessment, then draft again.",
    ),
    (
        "lacks a reference of its own",
        lambda row, _draft: bool(row.reference.strip()),
        "Give the domain's report a reference, then draft again.",
    ),
    (
        "has a URL for a reference",
        lambda row, _draft: "://" not in row.reference,
        "Give the domain's report another reference, then draft again.",
    ),
    (
        "lacks the registration answer it rests on",
        lambda row, _draft: bool(row.registration_source.strip() and row.evidence_sha256.strip()),
        "Look the domain up again, then draft again.",
    ),
    (
        "is registered through another registrar",
        lambda row, draft: (
            None in {row.iana_id, iana_id(draft.recipient)}
            or row.iana_id == iana_id(draft.recipient)
        ),
        "Take the domain out and draft it to its own registrar.",
    ),
)


def _rows(draft: Draft, _organisation: Organisation) -> Iterator[Finding]:
    if not 0 < len(draft.rows) <= MOST_ROWS:
        text = f"The notice has {len(draft.rows)} rows."
        yield Finding("rows", text, f"Draft again with 1 to {MOST_ROWS} domains.")
    if len({row.domain for row in draft.rows}) < len(draft.rows):
        yield Finding("rows", "A domain stands in it twice.", "Draft again with each domain once.")
    for number, row in enumerate(draft.rows, start=1):
        for text, holds, mend in _ROW_RULES:
            if not holds(row, draft):
                yield Finding("row", f"Row {number} {text}.", mend)


def _words(draft: Draft, organisation: Organisation) -> Iterator[Finding]:
    mend = "Mend the template, then draft again."
    said = one_line(draft.body, len(draft.body) * 10)
    sender = sender_view(organisation)
    values = {
        "the reference": (draft.reference,),
        "who writes": (sender.name, sender.email),
        "how to check the sender": (sender.verification_url,),
        "how to contest": (sender.dispute_email,),
        "each domain": tuple(defang(visible(row.domain)) for row in draft.rows),
        "each row's reference": tuple(visible(row.reference) for row in draft.rows),
    }
    for what, texts in (values | _REQUIRED).items():
        if any(one_line(text).casefold() not in said.casefold() for text in texts):
            yield Finding("words", f"The text does not say {what}.", mend)
    if draft.reference not in draft.subject:
        yield Finding("words", "The subject does not hold the reference.", mend)
    own = _template_words(said, draft, organisation)
    for section in _FORBIDDEN:
        if section in own:
            text = f"The text refers to section {section}, which does not cover this material."
            yield Finding("words", text, mend)
    if _MARKUP.search(own):
        yield Finding("words", "The text holds HTML.", mend)


def _template_words(said: str, draft: Draft, organisation: Organisation) -> str:
    """Return the text without what rows, recipient and organisation put into it."""
    values = {draft.recipient.party_name, organisation.mandate, organisation.name}
    for row in draft.rows:
        values |= {row.registrar, row.legal_category, row.law, row.reference, *row.statuses}
    for value in sorted(map(visible, values), key=len, reverse=True):
        if value:
            said = said.replace(value, "")
    return said


def _practice(draft: Draft, _organisation: Organisation) -> Iterator[Finding]:
    marked = draft.subject.startswith(PRACTICE_MARK) and draft.body.startswith(PRACTICE_MARK)
    if draft.practice and not marked:
        yield Finding(
            "practice", f"It is practice and does not say {PRACTICE_MARK}.", "Draft it again."
        )


def _urls(draft: Draft, _organisation: Organisation) -> Iterator[Finding]:
    names = {name for row in draft.rows for name in (row.domain, row.unicode) if name}
    if not names:
        return
    everything = f"{draft.subject}\n{draft.body}\n{sheet.table(draft)}".replace("[.]", ".")
    either = "|".join(re.escape(name) for name in sorted(names))
    if re.search(rf"(?<![\w-])(?:{either})(?::\d+)?[/?\\]", everything, re.IGNORECASE):
        yield Finding(
            "url",
            "A page address of a reported site stands in it.",
            "Take paths and queries out of references, categories and the template; "
            "a registrar gets names only.",
        )
