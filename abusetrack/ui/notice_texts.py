"""What the notices page says about a draft, a contact, a notice or a reason: a hint and a text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QCoreApplication

from abusetrack.casefile import CaseFile
from abusetrack.casefile.notices import StoredNotice
from abusetrack.judgement.ladder import Proposal
from abusetrack.notices import Finding
from abusetrack.records import Caution, Contact, Draft, NotDrafted, NoticeRow
from abusetrack.triage import ledger, ledger_text
from abusetrack.triage.context import Context
from abusetrack.triage.ledger import Shown
from abusetrack.ui.planning import ToConfirm
from abusetrack.ui.text import Masker, joined, minute, one_line, raw
from abusetrack.ui.words import word

_tr = partial(QCoreApplication.translate, "notices")
_MOST_BYTES = 2**20
_MOST_STEPS = 10  # domains of a notice whose next step is proposed


def about_draft(
    draft: Draft,
    cautions: Sequence[Caution] = (),
    findings: Sequence[Finding] = (),
    *,
    revealed: bool,
) -> tuple[str, str]:
    """Return a draft as it would be exported, its names masked unless revealed.

    Above it stands what would stop the export, or should be known before it.
    """
    names = {row.domain for row in draft.rows}
    head = [
        _tr("To: {who}").format(who=_reached(draft.recipient)),
        _tr("Subject: {text}").format(text=draft.subject),
        *(
            _tr("Careful, {name}: {text}").format(name=caution.domain, text=one_line(caution.text))
            for caution in cautions
            if caution.domain in names
        ),
        *(
            (_tr("To be mended: {text}") if finding.stops else _tr("Note: {text}")).format(
                text=one_line(str(finding), 1000)
            )
            for finding in findings
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
        status=word(notice.status), when=minute(notice.status_at), who=one_line(notice.exported_by)
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
        (_tr("Origin"), word(contact.origin)),
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


def about_left_out(item: NotDrafted, *, revealed: bool) -> tuple[str, str]:
    """Return why one domain is not drafted, and what can be done about it."""
    masker = Masker.of([item.domain], keep=1, revealed=revealed)
    hint = _tr(
        "Not drafted. What is possible, or not advised, can be drafted by its name; what is not "
        "advised needs your reason. What is blocked cannot."
    )
    text = f"{masker(item.domain)}\n\n{masker(item.reason)}"
    return _hint(hint, revealed=revealed), text


@dataclass(frozen=True, slots=True)
class Followed:
    """Everything about an exported notice, and the next step for its first domains."""

    shown: Shown
    next_steps: dict[str, Proposal]


def followed(context: Context, case: CaseFile, reference: str) -> Followed:
    """Gather what became of a notice; runs in a thread that reads."""
    shown = ledger.shown(context, case, reference)
    names = [row.domain for row in shown.notice.rows][:_MOST_STEPS]
    return Followed(shown, {name: ledger.next_step(context, case, name) for name in names})


def about_followed(found: Followed, *, revealed: bool) -> str:
    """Return it as text; of answers, which may name anything, only how long they are."""
    notice = found.shown.notice
    names = {name for row in notice.rows for name in (row.domain, row.unicode, *row.hosts)}
    masker = Masker.of(names, keep=1, revealed=revealed)
    told = list(ledger_text.lines(found.shown))
    if not revealed:
        answered = [line for line in told if line.lstrip().startswith("| ")]
        told = [line for line in told if line not in answered]
        if answered:
            told.append(
                _tr("Lines of answers, shown once names are revealed: {n}").format(n=len(answered))
            )
    steps = [_tr("Next:"), *ledger_text.proposals(found.next_steps)]
    left = len(notice.rows) - len(found.next_steps)
    if left:
        steps.append(_tr("and {n} more").format(n=left))
    text, _all = raw("\n".join((*told, "", *steps)).encode(), _MOST_BYTES)
    return masker.within(text)


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
