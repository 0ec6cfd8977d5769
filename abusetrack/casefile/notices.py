"""Notices: their references, what was exported, and what became of them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter

from abusetrack.casefile import audit, facts, vault
from abusetrack.casefile.connection import CaseFile
from abusetrack.casefile.encoding import canonical, id_text, moment, stamp, without_empty
from abusetrack.casefile.facts import NewFact, StoredFact
from abusetrack.errors import InputError
from abusetrack.records import (
    Advice,
    Contact,
    Draft,
    Evidence,
    ExportedFile,
    NoticeRow,
    NoticeStatus,
    Page,
    Role,
    Rung,
)

_ROWS = TypeAdapter(tuple[NoticeRow, ...])
_PAGES = TypeAdapter(tuple[tuple[Page, ...], ...])
_CONTACT = TypeAdapter(Contact)
_BEFORE_EXPORT = frozenset({NoticeStatus.DRAFT, NoticeStatus.READY, NoticeStatus.EXPORTED})


@dataclass(frozen=True, slots=True)
class StoredFile:
    """An exported file; its bytes are the evidence of that hash."""

    name: str
    media_type: str
    sha256: str


@dataclass(frozen=True, slots=True)
class NoticeEvent:
    """One change of a notice's status, as a person marked it."""

    status: NoticeStatus
    at: datetime
    actor: str
    channel: str
    their_reference: str
    note: str


@dataclass(frozen=True, slots=True)
class StoredNotice:
    """An exported notice and how far it has come."""

    id: str
    reference: str
    role: Role
    recipient: Contact
    subject: str
    body: str
    rows: tuple[NoticeRow, ...]
    files: tuple[StoredFile, ...]
    template: str
    practice: bool
    composed_at: datetime
    exported_at: datetime
    exported_by: str
    status: NoticeStatus
    status_at: datetime
    reply_by: datetime | None = None  # a request to the receiver
    rung: Rung = Rung.FIRST
    reason: str = ""  # typed where it was not advised, or why it withdraws; "" once erased
    earlier: tuple[str, ...] = ()  # references of the notices that it restates or withdraws
    withdrawn: tuple[str, ...] = ()  # domains for which it no longer stands
    # Domains and places of pages in their rows, from 0, that it no longer stands for.
    withdrawn_pages: tuple[tuple[str, int], ...] = ()


def next_reference(case: CaseFile, prefix: str) -> str:
    """Return a reference that was never given before: ``PREFIX-YEAR-NNNNNN``."""
    name = f"{prefix}-{case.clock.now().year}"
    with case.transaction():
        number = case.value(
            "INSERT INTO counter VALUES (?, 1) ON CONFLICT (name) DO UPDATE SET value = value + 1"
            " RETURNING value",
            [name],
        )
    return f"{name}-{number:06d}"


def record_export(
    case: CaseFile,
    draft: Draft,
    files: Sequence[ExportedFile],
    *,
    reply_by: datetime | None = None,
) -> str:
    """Store an exported notice with the exact bytes of its files; return its reference.

    ``reply_by`` is the day by which it asks for an answer.

    Raises:
        InputError: a notice of this reference was exported before.
    """
    with case.transaction():
        if case.rows(
            "SELECT 1 FROM notice WHERE reference = ? AND origin = ?",
            [draft.reference, case.origin],
        ):
            raise InputError(
                f"The notice {draft.reference} was exported before; draft it again to get a new"
                " reference."
            )
        pieces = [
            Evidence(file.media_type, file.body, hashlib.sha256(file.body).hexdigest())
            for file in files
        ]
        vault.keep(case, pieces)
        content = {
            "reference": draft.reference,
            "role": draft.role.value,
            "recipient": asdict(draft.recipient),
            "rows": [asdict(replace(row, pages=())) for row in draft.rows],
            "files": [
                {"name": file.name, "media_type": file.media_type, "sha256": piece.sha256}
                for file, piece in zip(files, pieces, strict=True)
            ],
            "template": draft.template,
            "practice": draft.practice,
            "composed_at": draft.composed_at,
            "rung": draft.rung.value,
            "earlier": [step.reference for step in draft.earlier],
            **without_empty({"reply_by": reply_by}),
        }
        texts = {"subject": draft.subject, "body": draft.body} | _erasable(draft)
        notice = facts.append(case, [NewFact("notice", content, texts)])[0]
        fold(case, facts.read(case, [notice.n]))
        audit.append(
            case,
            "export notice",
            draft.reference,
            {
                "notice": id_text(notice.id),
                "party": draft.recipient.party_key,
                "domains": len(draft.rows),
                "files": [piece.sha256 for piece in pieces],
                "rung": draft.rung.value,
                "not_advised": sum(row.advice is Advice.NOT_ADVISED for row in draft.rows),
            },
        )
    return draft.reference


def _erasable(draft: Draft) -> dict[str, str]:
    """Return what of a draft can be erased by itself: page addresses, notes, typed words."""
    pages = [row.pages for row in draft.rows]
    return without_empty(
        {
            "reason": draft.reason.strip(),
            "pages": _PAGES.dump_json(tuple(pages)).decode() if any(pages) else "",
        }
    )


def mark(
    case: CaseFile,
    reference: str,
    status: NoticeStatus,
    *,
    at: datetime | None = None,
    channel: str = "",
    their_reference: str = "",
    note: str = "",
) -> None:
    """Record what became of an exported notice, as a person says; ``at`` is now unless given.

    Raises:
        InputError: there is no such notice, it was withdrawn, or the status is one from
            before export.
    """
    if status in _BEFORE_EXPORT:
        raise InputError(f"A notice that was exported cannot be marked {status.value}.")
    with case.transaction():
        stored = read(case, reference)
        if stored is None:
            raise InputError(f"There is no notice {reference} in this case file; check it.")
        if stored.status is NoticeStatus.WITHDRAWN:
            raise InputError(f"The notice {reference} was withdrawn; it cannot be marked again.")
        when = at or case.clock.now()
        content = without_empty(
            {"notice": stored.id, "status": status.value, "at": when, "channel": channel}
        )
        texts = without_empty({"their_reference": their_reference, "note": note})
        event = facts.append(case, [NewFact("notice status", content, texts)])[0]
        fold_status(case, facts.read(case, [event.n]))
        audit.append(case, "mark notice", reference, {"status": status.value, "at": when})


def fold(case: CaseFile, stored: Sequence[StoredFact]) -> None:
    """Enter notice facts, here or come from elsewhere."""
    origins: dict[int, int] = dict(
        case.rows(
            "SELECT n, origin FROM fact WHERE n IN (SELECT value FROM json_each(?))",
            [canonical([fact.n for fact in stored])],
        )
    )
    kept = vault.numbers_of(
        case, (file["sha256"] for fact in stored for file in fact.content["files"])
    )
    for fact in stored:
        content, at = fact.content, stamp(fact.at)
        case.execute(
            "INSERT INTO notice(fact, origin, reference, role, party_key, exported_at, status,"
            " status_at, reply_by, rung) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [fact.n, origins[fact.n], content["reference"], content["role"],
             content["recipient"]["party_key"], at, NoticeStatus.EXPORTED.value, at,
             content.get("reply_by"), content.get("rung", Rung.FIRST.value)],
        )  # fmt: skip
        case.executemany(
            "INSERT INTO notice_row VALUES (?, ?, ?)",
            [(fact.n, position, row["domain"]) for position, row in enumerate(content["rows"])],
        )
        case.executemany(
            "INSERT INTO notice_file VALUES (?, ?, ?)",
            [(fact.n, file["name"], kept[file["sha256"]]) for file in content["files"]],
        )


def fold_status(case: CaseFile, stored: Sequence[StoredFact]) -> None:
    """Enter what was marked on notices, here or elsewhere; the last mark is the status."""
    numbers = facts.numbers_of(case, (fact.content["notice"] for fact in stored))
    for fact in stored:
        notice = numbers[fact.content["notice"]]
        case.execute("INSERT INTO notice_event VALUES (?, ?)", [fact.n, notice])
        case.execute(_LAST_MARK, [notice])


_LAST_MARK = """
UPDATE notice SET status = content ->> 'status', status_at = content ->> 'at'
FROM (SELECT content FROM notice_event JOIN fact ON fact.n = notice_event.fact
    WHERE notice = ?1 ORDER BY fact.id DESC LIMIT 1)
WHERE notice.fact = ?1
"""


def list_all(case: CaseFile) -> list[StoredNotice]:
    """Return every exported notice, newest first."""
    return _read(case, case.rows(f"{_SELECT} ORDER BY fact DESC"))


def read_many(case: CaseFile, numbers: Sequence[int]) -> list[StoredNotice]:
    """Return notices by their facts' local numbers, newest first."""
    wanted = f"{_SELECT} WHERE fact IN (SELECT value FROM json_each(?)) ORDER BY fact DESC"
    return _read(case, case.rows(wanted, [canonical(list(numbers))]))


def read(case: CaseFile, reference: str) -> StoredNotice | None:
    """Return the notice of this reference, or None."""
    number = _number(case, reference)
    found = _read(case, case.rows(f"{_SELECT} WHERE fact = ?", [number]))
    return found[0] if found else None


def events(case: CaseFile, reference: str) -> list[NoticeEvent]:
    """Return what was marked on a notice, oldest first."""
    rows = case.rows(
        "SELECT fact FROM notice_event WHERE notice = ? ORDER BY fact", [_number(case, reference)]
    )
    return [
        NoticeEvent(
            NoticeStatus(fact.content["status"]),
            moment(fact.content["at"]),
            fact.actor,
            fact.content.get("channel", ""),
            fact.text("their_reference") or "",
            fact.text("note") or "",
        )
        for fact in facts.read(case, [n for (n,) in rows])
    ]


def already_exported(case: CaseFile, domain: str, party_key: str) -> list[StoredNotice]:
    """Return notices on ``domain`` that went to this party and still stand, newest first.

    Withdrawals are none of them.
    """
    return _read(
        case,
        case.rows(
            f"{_SELECT} WHERE party_key = ? AND status <> ? AND rung <> ? AND fact IN"
            " (SELECT notice FROM notice_row WHERE domain = ?) AND fact NOT IN"
            " (SELECT notice FROM notice_withdrawal WHERE domain = ?) ORDER BY fact DESC",
            [party_key, NoticeStatus.WITHDRAWN.value, Rung.WITHDRAWAL.value, domain, domain],
        ),
    )


def of_domain(case: CaseFile, domain: str) -> list[StoredNotice]:
    """Return every notice on ``domain``, withdrawals too, oldest first."""
    return _read(
        case,
        case.rows(
            f"{_SELECT} WHERE fact IN (SELECT notice FROM notice_row WHERE domain = ?)"
            " ORDER BY exported_at, fact",
            [domain],
        ),
    )


_SELECT = (
    "SELECT fact, status, status_at, exported_at, (SELECT json_group_array(domain)"
    " FROM notice_withdrawal WHERE notice = notice.fact),"
    " (SELECT json_group_array(json_array(domain, page))"
    " FROM page_withdrawal WHERE notice = notice.fact) FROM notice"
)


def _number(case: CaseFile, reference: str) -> int | None:
    """Return the local number of a notice; this file's own before one merged in."""
    number: int | None = case.value(
        "SELECT fact FROM notice WHERE reference = ? ORDER BY origin <> ?, fact LIMIT 1",
        [reference, case.origin],
    )
    return number


def _read(case: CaseFile, rows: Sequence[tuple[Any, ...]]) -> list[StoredNotice]:
    stored = facts.read(case, [row[0] for row in rows])
    return [_decode(fact, *row[1:]) for fact, row in zip(stored, rows, strict=True)]


def _decode(
    fact: StoredFact, status: str, status_at: str, exported_at: str, withdrawn: str, of_pages: str
) -> StoredNotice:
    content = fact.content
    rows = _ROWS.validate_python(content["rows"])
    kept = fact.text("pages")  # None where there were none, or they were erased
    pages = _PAGES.validate_json(kept) if kept else ((),) * len(rows)
    return StoredNotice(
        id=fact.id,
        reference=content["reference"],
        role=Role(content["role"]),
        recipient=_CONTACT.validate_python(content["recipient"]),
        subject=fact.text("subject") or "",
        body=fact.text("body") or "",
        rows=tuple(replace(row, pages=own) for row, own in zip(rows, pages, strict=True)),
        files=tuple(StoredFile(**file) for file in content["files"]),
        template=content["template"],
        practice=content["practice"],
        composed_at=moment(content["composed_at"]),
        exported_at=moment(exported_at),
        exported_by=fact.actor,
        status=NoticeStatus(status),
        status_at=moment(status_at),
        reply_by=moment(content.get("reply_by")),
        rung=Rung(content.get("rung", Rung.FIRST)),
        reason=fact.text("reason") or "",
        earlier=tuple(content.get("earlier", ())),
        withdrawn=tuple(json.loads(withdrawn)),
        withdrawn_pages=tuple((domain, page) for domain, page in json.loads(of_pages)),
    )
