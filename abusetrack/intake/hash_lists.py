"""Lists of hashes: CSV, JSON lines, and JSON as VICS and Project VIC exchange it.

Media never are among what is read: encoded files, thumbnails and paths of files are left
out, counted by field. What is badly formed is named by its line.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from abusetrack.errors import InputError
from abusetrack.intake.decode import decode
from abusetrack.records import Complaint, HashItem, HashKind

_FORMS: Mapping[HashKind, re.Pattern[str]] = {
    HashKind.MD5: re.compile(r"[0-9a-f]{32}"),
    HashKind.SHA1: re.compile(r"[0-9a-f]{40}"),
    HashKind.SHA256: re.compile(r"[0-9a-f]{64}"),
    HashKind.PDQ: re.compile(r"[0-9a-f]{64}"),
    HashKind.PHOTODNA: re.compile(r"[A-Za-z0-9+/=,]{24,1000}"),
}
_SUBJECTS = ("url", "domain", "host")
# Names by which lists call them, without anything but letters and digits.
_NAMES: Mapping[str, HashKind] = {
    "md5": HashKind.MD5, "sha1": HashKind.SHA1, "sha256": HashKind.SHA256, "pdq": HashKind.PDQ,
    "pdqhash": HashKind.PDQ, "photodna": HashKind.PHOTODNA,
}  # fmt: skip
_MEDIA = re.compile(r"base64|data|thumbnail|image|bytes|path|content|preview|frame", re.IGNORECASE)
_LONGEST = 2_000  # characters of a field that is not media


@dataclass(frozen=True, slots=True)
class HashRow:
    """One item, with what it is of where the list says so."""

    line: int
    subject: str
    item: HashItem


@dataclass(slots=True)
class HashList:
    """What a list gave: items, what was badly formed, and media that were left out."""

    rows: list[HashRow] = field(default_factory=list)
    complaints: list[Complaint] = field(default_factory=list)
    media: Counter[str] = field(default_factory=Counter)  # by field


def read(body: bytes, filename: str) -> HashList:
    """Read a list by its content.

    Raises:
        InputError: it is none of the three forms.
    """
    found = HashList()
    text = decode(body)
    start = text.lstrip("\ufeff \r\n\t")[:1]
    if start == "{" and "\n{" not in text.strip():
        _vics(_parsed(text, filename), found)
    elif start == "{":
        _lines(text, found)
    elif start == "[":
        _vics({"value": _parsed(text, filename)}, found)
    else:
        _csv(text, filename, found)
    return found


def _parsed(text: str, filename: str) -> Any:
    try:
        return json.loads(text.lstrip("\ufeff"))
    except (ValueError, RecursionError) as error:
        raise InputError(f"{filename} is no JSON that can be read: {error}.") from error


def _lines(text: str, found: HashList) -> None:
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            value = json.loads(line.lstrip("\ufeff"))
        except (ValueError, RecursionError):
            found.complaints.append(Complaint(number, "", "no JSON object on this line"))
            continue
        if isinstance(value, Mapping):
            _row(number, value, found)
        else:
            found.complaints.append(Complaint(number, "", "no JSON object on this line"))


def _csv(text: str, filename: str, found: HashList) -> None:
    lines = io.StringIO(text.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n"))
    rows = csv.DictReader(lines)
    if not {_plain(name) for name in rows.fieldnames or ()} & _NAMES.keys():
        raise InputError(
            f"{filename} has no column of hashes: its first line must name one of "
            f"{', '.join(HashKind)}."
        )
    try:
        for row in rows:
            _row(rows.line_num, {str(k): v for k, v in row.items() if isinstance(v, str)}, found)
    except csv.Error as error:
        found.complaints.append(Complaint(rows.line_num, "", f"no row of a CSV: {error}"))


def _vics(document: Any, found: HashList) -> None:
    """Read the media of an OData document, however deep they stand; numbered in their order."""
    for number, item in enumerate(_media_of(document), start=1):
        _row(number, item, found)


def _media_of(value: Any, depth: int = 0) -> Iterator[Mapping[str, Any]]:
    if depth > 8:
        return
    if isinstance(value, list):
        for item in value:
            yield from _media_of(item, depth + 1)
    elif isinstance(value, Mapping):
        if any(_plain(str(name)) in _NAMES for name in value):
            yield value
        else:
            for inner in value.values():
                if isinstance(inner, list | Mapping):
                    yield from _media_of(inner, depth + 1)


def _row(line: int, fields: Mapping[str, Any], found: HashList) -> None:
    values: dict[HashKind, str] = {}
    subject = ""
    for name, value in fields.items():
        kind = _NAMES.get(_plain(str(name)))
        if kind is None and (_MEDIA.search(str(name)) or _is_long(value)) and value:
            found.media[str(name)[:40]] += 1
        elif kind is not None and isinstance(value, str) and value.strip():
            text = value.strip() if kind is HashKind.PHOTODNA else value.strip().lower()
            if not _FORMS[kind].fullmatch(text):
                found.complaints.append(Complaint(line, "", f"its {kind} is badly formed"))
                return
            values[kind] = text
        elif _plain(str(name)) in _SUBJECTS and isinstance(value, str):
            subject = subject or value.strip()
    if values:
        found.rows.append(HashRow(line, subject, HashItem(values)))
    else:
        found.complaints.append(Complaint(line, "", "no hash"))


def _is_long(value: Any) -> bool:
    return isinstance(value, str) and len(value) > _LONGEST


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.casefold())
