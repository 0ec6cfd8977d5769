"""What must hold before a notice leaves; each finding says how to mend it.

Rows are named by number, so findings can be shown and logged anywhere. Only checks
that cannot misfire stand here: a finding stops the export, unless it only warns.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from email import message_from_bytes
from email.errors import MessageDefect, MessageError
from email.policy import SMTP

from abusetrack.notices import row_rules, text_rules
from abusetrack.notices.compose import MOST_ROWS
from abusetrack.notices.formats import table
from abusetrack.notices.recipients import NoRecipient, recipient_of
from abusetrack.notices.sender import ready
from abusetrack.records import Draft, ExportedFile, Role, Rung
from abusetrack.settings import NoticeSettings, Organisation


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that stops the export, or, where it does not, that the analyst should know."""

    code: str
    text: str
    mend: str
    stops: bool = True

    def __str__(self) -> str:
        return f"{self.text} {self.mend}"


def lint(
    draft: Draft, organisation: Organisation, settings: NoticeSettings | None = None
) -> tuple[Finding, ...]:
    """Return everything that is wrong with ``draft``; it may leave if nothing of it stops."""
    chosen = settings or NoticeSettings()
    found = [
        Finding(code, text, mend)
        for code, check in _CHECKS.items()
        for text, mend in check(draft, organisation)
    ]
    return (*found, *_unencrypted(draft, chosen))


def stopping(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Return those that stop the export."""
    return tuple(finding for finding in findings if finding.stops)


_Found = Iterator[tuple[str, str]]  # what is wrong, how to mend it


def _sender(_draft: Draft, organisation: Organisation) -> _Found:
    for sentence in ready(organisation):
        yield "The organisation is not fully named.", sentence


def _recipient(draft: Draft, _organisation: Organisation) -> _Found:
    chosen = recipient_of(
        draft.recipient, draft.role, practice=draft.practice, no_send=draft.terms.no_send
    )
    if isinstance(chosen, NoRecipient):
        yield "This contact may not be written to.", chosen.reason
    elif draft.recipient.role is not draft.role:
        yield (
            f"The contact is one for the role {draft.recipient.role.value}.",
            f"Choose the contact for the role {draft.role.value}, then draft again.",
        )


def _rows(draft: Draft, _organisation: Organisation) -> _Found:
    most = 1 if draft.terms.one_domain else MOST_ROWS
    if not 0 < len(draft.rows) <= most:
        yield f"The notice has {len(draft.rows)} rows.", f"Draft again with 1 to {most} domains."
    if len({row.domain for row in draft.rows}) < len(draft.rows):
        yield "A domain stands in it twice.", "Draft again with each domain once."
    yield from row_rules.check(draft)


def _earlier(draft: Draft, _organisation: Organisation) -> _Found:
    if draft.earlier or (draft.rung is Rung.FIRST and draft.role is not Role.ICANN):
        return
    what = "A complaint to ICANN" if draft.role is Role.ICANN else f"The {draft.rung.value}"
    yield f"{what} names no earlier notice.", "Send and mark a first notice, then draft again."


def _approval(draft: Draft, _organisation: Organisation) -> _Found:
    if draft.approval_needed:
        yield (
            "A second analyst has not approved it.",
            f"Have it approved by another named analyst: {draft.approval_needed}.",
        )


_CHECKS: Mapping[str, Callable[[Draft, Organisation], _Found]] = {
    "sender": _sender,
    "recipient": _recipient,
    "rows": _rows,
    "earlier": _earlier,
    "approval": _approval,
    **text_rules.CHECKS,
}


def _unencrypted(draft: Draft, settings: NoticeSettings) -> Iterator[Finding]:
    terms = draft.terms
    by_mail = draft.recipient.email is not None
    if not by_mail or terms.openpgp_key or terms.openpgp_fingerprint:
        return
    if any(row.pages for row in draft.rows):
        yield Finding(
            "encryption",
            "The mail holds page addresses and cannot be encrypted: no key of the recipient is"
            " known.",
            "Add the party's OpenPGP key to the directory, or use its web form.",
            stops=settings.encrypted_addresses_only,
        )


_HEADERS = {
    "from", "reply-to", "to", "subject", "x-unsent", "mime-version", "content-type",
}  # fmt: skip
_PARTS = ("text/plain", table.MEDIA_TYPE)


def lint_mail(body: bytes) -> tuple[Finding, ...]:
    """Return what is wrong with the bytes of a plain mail; read as a strict receiver does."""
    with contextlib.suppress(MessageError, MessageDefect):
        message = message_from_bytes(body, policy=SMTP.clone(raise_on_defect=True))
        fields = {name.lower(): value.defects for name, value in message.items()}
        kinds = [part.get_content_type() for part in message.walk()]
        if (
            fields == dict.fromkeys(_HEADERS, ())
            and len(message) == len(fields)
            and len(message["To"].addresses) == 1
            and kinds[:3] == ["multipart/mixed", *_PARTS]
            and kinds[3:] in ([], [table.MEDIA_TYPE])
        ):
            return ()
    return (
        Finding(
            "mail",
            "The mail is not one text and its tables under the usual headers.",
            "Look for a name or reference in it that no mail can carry, and correct it.",
        ),
    )


# What leaves is one of these, whatever made it.
_MEDIA_TYPES = {
    "application/json",
    "application/pdf",
    "application/zip",
    "message/rfc822",
    "text/csv",
    "text/plain",
}
# First bytes of JPEG, PNG, GIF, TIFF, BMP, RIFF (WebP, AVI), Matroska, MPEG; MP4 has its own place.
_MEDIA_STARTS = (
    b"\xff\xd8\xff", b"\x89PNG", b"GIF8", b"II*\x00", b"MM\x00*", b"BM", b"RIFF",
    b"\x1aE\xdf\xa3", b"\x00\x00\x01\xba", b"\x00\x00\x01\xb3",
)  # fmt: skip


def lint_files(files: Sequence[ExportedFile]) -> tuple[Finding, ...]:
    """Return what may not leave as a file: imagery, sound, film, or a kind that is not ours."""
    return tuple(
        Finding(
            "attachment",
            f"The file {number} is of a kind that never leaves ({file.media_type}).",
            "Draft again; nothing but text, tables and documents is exported.",
        )
        for number, file in enumerate(files, start=1)
        if file.media_type not in _MEDIA_TYPES
        or file.body.startswith(_MEDIA_STARTS)
        or file.body[4:8] == b"ftyp"
    )
