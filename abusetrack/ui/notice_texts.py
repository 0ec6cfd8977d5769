"""What the notices page says about a draft, a contact, a notice or a reason: a hint and a text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial

from PySide6.QtCore import QCoreApplication

from abusetrack.casefile.notices import StoredNotice
from abusetrack.records import Caution, Contact, Draft, NoticeRow
from abusetrack.ui.planning import ToConfirm
from abusetrack.ui.text import Masker, joined, minute, one_line

_tr = partial(QCoreApplication.translate, "notices")


def about_draft(
    draft: Draft, cautions: Sequence[Caution] = (), *, revealed: bool
) -> tuple[str, str]:
    """Return a draft as it would be exported, its names masked unless revealed."""
    names = {row.domain for row in draft.rows}
    head = [
        _tr("To: {who}").format(who=_reached(draft.recipient)),
        _tr("Subject: {text}").format(text=draft.subject),
        *(
            _tr("Careful, {name}: {text}").format(name=caution.domain, text=one_line(caution.text))
            for caution in cautions
            if caution.domain in names
        ),
    ]
    hint = _tr("Draft; the reference is given when it is exported.")
    return _hint(hint, revealed=revealed), _text(head, draft.body, draft.rows, revealed=revealed)


def about_notice(notice: StoredNotice, *, revealed: bool) -> tuple[str, str]:
    """Return an exported notice, its names masked unless revealed."""
    head = [
        _tr("Reference: {text}").format(text=notice.reference),
        _tr("To: {who}").format(who=_reached(notice.recipient)),
        _tr("Subject: {text}").format(text=notice.subject),
        *(
            _tr("File: {name} (SHA-256 {hash})").format(
                name=one_line(file.name), hash=file.sha256[:16] + "…"
            )
            for file in notice.files
        ),
    ]
    hint = _tr("{status} since {when}; exported by {who}.").format(
        status=notice.status.value, when=minute(notice.status_at), who=one_line(notice.exported_by)
    )
    return (
        _hint(hint[:1].upper() + hint[1:], revealed=revealed),
        _text(head, notice.body, notice.rows, revealed=revealed),
    )


def about_contact(item: ToConfirm) -> tuple[str, str]:
    """Return what is known of a contact that waits for confirmation."""
    contact = item.contact
    rows = [
        (_tr("Registrar"), contact.party_name),
        (_tr("Key"), contact.party_key),
        (_tr("E-mail"), contact.email),
        (_tr("Web form"), contact.form),
        (_tr("Phone"), contact.phone),
        (_tr("Source"), joined([contact.source, minute(contact.as_of)])),
        (_tr("Origin"), contact.origin.value),
        (_tr("Comment"), contact.comment),
        (_tr("Domains that wait"), str(len(item.domains))),
    ]
    width = max(len(name) for name, _value in rows) + 2
    text = "\n".join(f"{name:<{width}}{one_line(value)}" for name, value in rows if value)
    return (
        _tr(
            "No draft is written to a contact that nobody checked. Compare it with the registrar's "
            "own page, then confirm it."
        ),
        text,
    )


def about_reason(reason: str) -> tuple[str, str]:
    """Return a reason for which domains are not drafted."""
    return _tr("These domains are not drafted, for this first reason:"), one_line(reason, 1000)


def _reached(contact: Contact) -> str:
    return joined([one_line(contact.party_name), one_line(contact.email or contact.form or "")])


def _text(head: Iterable[str], body: str, rows: Sequence[NoticeRow], *, revealed: bool) -> str:
    names = {name for row in rows for name in (row.domain, row.unicode, *row.hosts)}
    masker = Masker.of(names, keep=1, revealed=revealed)
    return masker.within("\n".join([*head, "", body]))


def _hint(text: str, *, revealed: bool) -> str:
    return (
        text if revealed else joined([text, _tr("Names are masked (Ctrl+Shift+M reveals them).")])
    )
