"""The form sheet: what to type into a party's web form, field by field, within its limits.

One JSON file for programs, one text file to copy from. A form that takes fewer domains or
URLs than the notice has gets several submissions; what has no field of its own is named.
A content delivery network's form takes URLs of one host name at a time.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from abusetrack.errors import InputError
from abusetrack.names.plain import WIDTH, visible
from abusetrack.notices.compose import PRACTICE_MARK
from abusetrack.notices.sender import sender_view
from abusetrack.records import Draft, NoticeRow, Page, Role
from abusetrack.settings import Organisation

JSON_TYPE = "application/json"
TEXT_TYPE = "text/plain"

_MOST_CDN_URLS = 250  # of one host name, in one submission
_MOST = 100_000
_HOST = re.compile(r"(?:[a-z][a-z0-9+.-]*:)?//(?:[^/?#@]*@)?(\[[^\]]+\]|[^/?#:]+)")

# What we have to say -> words by which a form's own field for it is known.
_FIELDS: Mapping[str, tuple[str, ...]] = {
    "organisation": ("organisation", "organization", "company", "your name", "name"),
    "e-mail": ("e-mail", "email", "mail address"),
    "phone": ("phone", "telephone"),
    "website": ("website", "web site", "homepage"),
    "reference": ("reference", "case", "ticket"),
    "subject": ("subject", "title", "summary"),
    "domains": ("domain", "names"),
    "urls": ("url", "link", "address of the page", "location"),
    "kind of abuse": ("kind", "type", "category", "reason"),
    "law": ("law", "legal", "jurisdiction"),
    "description": (
        "description", "details", "message", "comment", "justification", "explanation", "body",
        "evidence",
    ),
    "owner notification": ("owner",),
    "host notification": ("host",),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Submission:
    """One filling-in of the form. ``fields`` are in the form's order."""

    fields: tuple[tuple[str, str], ...]
    no_field: tuple[tuple[str, str], ...]  # ours that the form has no field for
    not_ours: tuple[str, ...]  # fields of the form that we have no value for


def submissions(draft: Draft, organisation: Organisation) -> tuple[Submission, ...]:
    """Return what is typed into the form.

    Raises:
        InputError: the form takes fewer characters than the notice can be said in.
    """
    parts = list(_parts(draft))
    return tuple(
        _submission(part, organisation, number, len(parts))
        for number, part in enumerate(parts, start=1)
    )


def _parts(draft: Draft) -> Iterator[Draft]:
    """Split a notice into drafts that each fit the form; pages of one row stay together if any."""
    most = draft.terms.form_rows or _MOST
    if draft.role is not Role.CDN:
        yield from (replace(draft, rows=part) for part in _filled(draft.rows, most))
        return
    for row in draft.rows:
        if not row.pages:
            yield replace(draft, rows=(row,))
        for pages in _by_host(row).values():
            for part in _chunks(pages, min(most, _MOST_CDN_URLS)):
                yield replace(draft, rows=(replace(row, pages=part),))


def _filled(rows: Sequence[NoticeRow], most: int) -> Iterator[tuple[NoticeRow, ...]]:
    pieces = [
        replace(row, pages=part)
        for row in rows
        for part in (_chunks(row.pages, most) if row.pages else iter([()]))
    ]
    filled: list[NoticeRow] = []
    for piece in pieces:
        if filled and sum(max(len(row.pages), 1) for row in (*filled, piece)) > most:
            yield tuple(filled)
            filled = []
        filled.append(piece)
    if filled:
        yield tuple(filled)


def _chunks(pages: Sequence[Page], most: int) -> Iterator[tuple[Page, ...]]:
    for start in range(0, len(pages), most):
        yield tuple(pages[start : start + most])


def _by_host(row: NoticeRow) -> dict[str, list[Page]]:
    found: dict[str, list[Page]] = {}
    for page in row.pages:
        match = _HOST.match(page.url)
        found.setdefault(match[1] if match else row.domain, []).append(page)
    return found


def _submission(draft: Draft, organisation: Organisation, number: int, count: int) -> Submission:
    values = _values(draft, organisation, number, count)
    names = draft.terms.form_fields
    if not names:
        return Submission(tuple(values.items()), (), ())
    taken: dict[str, str] = {}  # the form's field -> ours
    for name in names:
        free = [ours for ours in values if ours not in taken.values()]
        match = max(free, key=lambda ours: _fit(name, ours), default="")
        if match and _fit(name, match):
            taken[name] = match
    return Submission(
        fields=tuple((name, values[taken[name]]) for name in names if name in taken),
        no_field=tuple((n, text) for n, text in values.items() if n not in taken.values()),
        not_ours=tuple(name for name in names if name not in taken),
    )


def _fit(name: str, ours: str) -> int:
    """Return the length of the longest word by which a form's field is known to be for ours."""
    folded = name.casefold()
    return max((len(word) for word in _FIELDS[ours] if word in folded), default=0)


def _values(draft: Draft, organisation: Organisation, number: int, count: int) -> dict[str, str]:
    sender = sender_view(organisation)
    laws = dict.fromkeys(f"{row.legal_category}; {row.law}" for row in draft.rows)
    part = f" (part {number} of {count})" if count > 1 else ""
    urls = [_exact(page.url) for row in draft.rows for page in row.pages]
    values = {
        "organisation": sender.name,
        "e-mail": sender.email,
        "phone": sender.phone,
        "website": sender.website,
        "reference": draft.reference,
        "subject": f"{draft.subject}{part}",
        "urls": "\n".join(urls),
        "domains": "\n".join(row.domain for row in draft.rows),
        "kind of abuse": "child sexual abuse material",
        "law": visible("; ".join(laws), 500),
        "owner notification": "none" if draft.role is Role.CDN else "",
        "host notification": "anonymous" if draft.role is Role.CDN else "",
        "description": _description(draft),
    }
    return {name: value for name, value in values.items() if value}


def _exact(url: str) -> str:
    return f"https:{url}" if url.startswith("//") else url


def _description(draft: Draft) -> str:
    """Return the text of the notice, or where the form takes less, what it must say at least."""
    most = draft.terms.form_characters or _MOST
    if len(draft.body) <= most:
        return draft.body.rstrip("\n")
    rows = [
        f"{number}. {visible(row.legal_category)}; {visible(row.law)}; {visible(row.reference)}"
        for number, row in enumerate(draft.rows, start=1)
    ]
    short = "\n".join([draft.short.strip("\n"), "", *rows])
    if not draft.short or len(short) > most:
        raise InputError(
            f"The form takes {most} characters and the notice needs {len(short)} at least; "
            "draft fewer domains, or use another contact of the party."
        )
    return short


def as_json(draft: Draft, parts: Sequence[Submission]) -> str:
    """Return the sheet for programs."""
    sheet: dict[str, Any] = {
        **({"practice": PRACTICE_MARK} if draft.practice else {}),
        "notice": draft.reference,
        "party": draft.recipient.party_name,
        "form": draft.recipient.form,
        "submissions": [
            {
                "fields": [
                    {"field": name, "value": value, "characters": len(value)}
                    for name, value in part.fields
                ],
                "no_field": [{"what": name, "value": value} for name, value in part.no_field],
                "fill_in_yourself": list(part.not_ours),
            }
            for part in parts
        ],
    }
    return json.dumps(sheet, indent=2, ensure_ascii=False) + "\n"


def as_text(draft: Draft, parts: Sequence[Submission]) -> str:
    """Return the sheet to copy from."""
    lines = [PRACTICE_MARK] if draft.practice else []
    lines += [f"Web form: {visible(draft.recipient.form or 'none known', 500)}"]
    lines += [f"Notice:   {draft.reference}", "Do not open any address on this sheet."]
    for number, part in enumerate(parts, start=1):
        lines += ["=" * WIDTH, f"Submission {number} of {len(parts)}"]
        for name, value in part.fields:
            lines += ["-" * WIDTH, f"[{visible(name, 80)}]", value]
        if part.no_field:
            names = ", ".join(name for name, _value in part.no_field)
            lines += ["-" * WIDTH, f"No field of this form was known for: {names}."]
            lines += [line for name, value in part.no_field for line in (f"[{name}]", value)]
        if part.not_ours:
            fields = ", ".join(visible(name, 80) for name in part.not_ours)
            lines += ["-" * WIDTH, f"Fill in yourself: {fields}."]
    return "\n".join(lines) + "\n"
