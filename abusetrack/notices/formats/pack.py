"""The escalation pack: a ZIP that says and proves what was told to whom before.

In it: the notice itself, a history of every earlier notice (dates, channels, references,
marks, answers) as text and JSON, each earlier notice as it was written, and the hashes of
all. The same material gives the same bytes. To a recipient that may not have page
addresses goes nothing that holds one, and of an earlier notice that was about other names
as well only what it said of these: such files are named with their hash only.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from abusetrack.names import defang
from abusetrack.names.plain import slug, visible
from abusetrack.notices.compose import PRACTICE_MARK
from abusetrack.notices.roles import may_have_pages
from abusetrack.records import Draft, ExportedFile, NoticeRow, Role, Step

MEDIA_TYPE = "application/zip"

_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest that ZIP knows: no time of ours


@dataclass(frozen=True, slots=True)
class Mark:
    """What was marked on a notice."""

    status: str
    at: datetime
    channel: str = ""
    their_reference: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer to a notice, as filed; text alone."""

    received_at: datetime
    sender: str
    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class Packed:
    """One earlier notice with everything that followed."""

    step: Step
    subject: str
    body: str
    rows: tuple[NoticeRow, ...]
    files: tuple[ExportedFile, ...]  # the exact bytes
    marks: tuple[Mark, ...] = ()
    answers: tuple[Answer, ...] = ()


def disagreements(draft: Draft, earlier: Sequence[Packed]) -> tuple[str, ...]:
    """Return where the notice and the earlier ones do not agree, as sentences by row number."""
    return tuple(_disagreements(draft, earlier))


def _disagreements(draft: Draft, earlier: Sequence[Packed]) -> Iterator[str]:
    if not earlier:
        yield "There is no earlier notice to pack."
    for number, row in enumerate(draft.rows, start=1):
        about = [(one, old) for one in earlier for old in one.rows if old.domain == row.domain]
        if not about:
            yield f"No earlier notice is about row {number}."
            continue
        packed, first = about[0]
        where = f"row {number} and {packed.step.reference}"
        if (first.legal_category, first.law) != (row.legal_category, row.law):
            yield f"Legal category or law differ between {where}."
        if first.kind is not row.kind:
            yield f"The kind of site differs between {where}."
        if draft.role is Role.ICANN and first.iana_id is not None and first.iana_id != row.iana_id:
            yield f"The registrar differs between {where}."
        if packed.step.sent_at is None:
            yield f"When {packed.step.reference} was sent is not marked."


def pack(draft: Draft, files: Sequence[ExportedFile], earlier: Sequence[Packed]) -> bytes:
    """Return the ZIP file; ``files`` are those of the notice itself."""
    whole = may_have_pages(draft.role, draft.terms)
    members: dict[str, bytes] = {f"notice/{file.name}": file.body for file in files}
    history = [_history(packed, draft, whole=whole) for packed in earlier]
    for packed in earlier:
        folder = f"earlier/{slug(packed.step.reference, 'notice')}"
        if _others(packed, draft):
            members[f"{folder}/excerpt.txt"] = "\n".join(_excerpt(packed, draft)).encode()
        elif whole:
            members |= {f"{folder}/{file.name}": file.body for file in packed.files}
        else:
            words = f"Subject: {packed.subject}\n\n{packed.body}"
            members[f"{folder}/notice.txt"] = words.encode()
    content = {
        **({"practice": PRACTICE_MARK} if draft.practice else {}),
        "notice": draft.reference,
        "earlier": history,
    }
    members["history.json"] = (json.dumps(content, indent=2, ensure_ascii=False) + "\n").encode()
    members["history.txt"] = "\n".join(_lines(draft, history)).encode()
    hashes = [f"{_sha256(body)}  {name}" for name, body in sorted(members.items())]
    members["SHA256SUMS"] = ("\n".join(hashes) + "\n").encode()
    return _zip(members)


def _others(packed: Packed, draft: Draft) -> list[str]:
    """Return the names of an earlier notice that are none of the recipient's business."""
    names = {row.domain for row in draft.rows}
    return [row.domain for row in packed.rows if row.domain not in names]


def _excerpt(packed: Packed, draft: Draft) -> Iterator[str]:
    if draft.practice:
        yield PRACTICE_MARK
    yield f"What {packed.step.reference} said of the names of {draft.reference}. It was about other"
    yield "names as well, which are left out; its files stand in history.json with their hashes."
    others = set(_others(packed, draft))
    for row in packed.rows:
        if row.domain in others:
            continue
        yield ""
        yield defang(visible(row.domain))
        yield f"  Registrar      {visible(row.registrar) or 'not named'}"
        yield f"  According to   {visible(row.registration_source)}"
        yield f"  Asked          {_iso(row.registration_asked_at)}"
        yield f"  Answer SHA-256 {row.evidence_sha256 or 'none'}"
        yield f"  Kind of site   {row.kind.value}"
        yield f"  Confirmed      {row.confirmed_urls} pages, last {_iso(row.last_confirmed)}"
        yield f"  Illegal as     {visible(row.legal_category)}; {visible(row.law)}"
        yield f"  Our reference  {visible(row.reference)}"
    yield ""


def _zip(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in sorted(members.items()):
            member = zipfile.ZipInfo(name, _EPOCH)
            member.compress_type = zipfile.ZIP_DEFLATED
            member.create_system = 3  # the same bytes on every system
            member.external_attr = 0o600 << 16
            archive.writestr(member, body)
    return out.getvalue()


def _history(packed: Packed, draft: Draft, *, whole: bool) -> dict[str, Any]:
    step = packed.step
    names = {row.domain: number for number, row in enumerate(draft.rows, start=1)}
    return {
        "reference": step.reference,
        "rung": step.rung.value,
        "role": step.role.value,
        "party": visible(step.party_name),
        "rows": sorted(names[name] for name in step.domains if name in names),
        "exported_at": _iso(step.exported_at),
        "marks": [
            {
                "status": mark.status,
                "at": _iso(mark.at),
                "channel": visible(mark.channel),
                "their_reference": visible(mark.their_reference),
            }
            for mark in packed.marks
        ],
        "answers": [_answer(answer, packed, draft, whole=whole) for answer in packed.answers],
        "files": [
            {"name": file.name, "sha256": _sha256(file.body), "bytes": len(file.body)}
            for file in packed.files
        ],
    }


def _answer(answer: Answer, packed: Packed, draft: Draft, *, whole: bool) -> dict[str, Any]:
    said = f"{answer.subject}\n{answer.text}"
    kept = ""
    if any(name in said.replace("[.]", ".").lower() for name in _others(packed, draft)):
        kept = "kept by us: it speaks of other names"
    elif not whole and holds_page(said):
        kept = "kept by us: it holds page addresses"
    return {
        "received_at": _iso(answer.received_at),
        "from": visible(answer.sender),
        "subject": kept or visible(answer.subject),
        "text": kept or answer.text,
        "sha256_of_text": _sha256(answer.text.encode()),
    }


# A host and something behind it: of an answer nobody knows whose pages it names.
_PAGE = re.compile(r"[\w-]\.[\w-]+\.?(?::\d+)?[/?#\\]\S")


def holds_page(said: str) -> bool:
    """Return whether a text holds a page address under any name, defanged or not."""
    return _PAGE.search(said.replace("[.]", ".")) is not None


def _lines(draft: Draft, history: Sequence[dict[str, Any]]) -> Iterator[str]:
    if draft.practice:
        yield PRACTICE_MARK
    yield f"What came before {draft.reference}, oldest first. Times are UTC."
    for item in history:
        yield ""
        yield f"{item['reference']} ({item['rung']}) to {item['party']}, {item['role']}"
        yield f"  concerns rows {', '.join(map(str, item['rows'])) or 'none'}"
        yield f"  exported {item['exported_at']}"
        for mark in item["marks"]:
            extra = [text for text in (mark["channel"], mark["their_reference"]) if text]
            yield f"  {mark['status']} {mark['at']}{' (' + ', '.join(extra) + ')' if extra else ''}"
        for answer in item["answers"]:
            yield f"  answer {answer['received_at']} from {answer['from']}"
        for file in item["files"]:
            yield f"  file {file['name']}, SHA-256 {file['sha256']}"
    yield ""
    yield "A change that was seen since does not prove that a notice caused it."
    yield ""


def _sha256(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def _iso(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
