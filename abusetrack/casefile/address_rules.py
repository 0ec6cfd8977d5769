"""What people decided on single addresses: never write there, or write elsewhere instead."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from abusetrack.casefile import audit, facts
from abusetrack.casefile.connection import CaseFile
from abusetrack.casefile.encoding import canonical, clean, without_empty
from abusetrack.casefile.facts import NewFact, StoredFact
from abusetrack.errors import InputError

_LONGEST = 500


@dataclass(frozen=True, slots=True)
class NoSendEntry:
    """An address, or ``@domain`` for every address at it and below it."""

    pattern: str
    note: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Replacement:
    """Addresses (e-mail or web form) that are used instead of a wrong one."""

    wrong: str
    rights: tuple[str, ...]
    note: str
    by: str
    at: datetime


def never_send(case: CaseFile, pattern: str, *, note: str = "") -> None:
    """Put an address or ``@domain`` on the no-send list.

    Raises:
        InputError: it is neither.
    """
    plain = _plain(pattern)
    local, at, domain = plain.rpartition("@")
    if not at or "." not in domain or any(char in plain for char in ", <>") or "@" in local:
        raise InputError(
            "That is neither an e-mail address nor a domain with @ in front; write "
            "desk@network.example or @network.example."
        )
    texts = without_empty({"note": note})
    _record(case, NewFact("no-send", {"pattern": plain, "listed": True}, texts), plain)


def send_again(case: CaseFile, pattern: str) -> None:
    """Take a pattern off the no-send list again.

    Raises:
        InputError: a person never put it there.
    """
    plain = _plain(pattern)
    with case.transaction():
        if not case.rows("SELECT 1 FROM no_send WHERE pattern = ?", [plain]):
            raise InputError(
                f"{plain} is not on your no-send list; 'abusetrack contacts no-send' shows it. "
                "What ships with abusetrack stays."
            )
        _record(case, NewFact("no-send", {"pattern": plain, "listed": False}), plain)


def no_send(case: CaseFile) -> list[NoSendEntry]:
    """Return what people put on the no-send list, in order."""
    rows = case.rows("SELECT fact, pattern FROM no_send ORDER BY pattern")
    found = facts.read(case, [n for n, _pattern in rows])
    return [
        NoSendEntry(pattern, fact.text("note") or "", fact.actor, fact.at)
        for fact, (_n, pattern) in zip(found, rows, strict=True)
    ]


def replace(case: CaseFile, wrong: str, rights: Sequence[str], *, note: str = "") -> None:
    """Use ``rights`` wherever a source names ``wrong``; an empty list takes that back.

    Raises:
        InputError: an address is no e-mail address and no web form.
    """
    wrong = _plain(wrong)
    chosen = [clean(right.strip()) for right in rights]
    for text in (wrong, *chosen):
        if len(text) > _LONGEST or not ("@" in text or text.startswith(("https://", "http://"))):
            raise InputError(
                "A replacement is made of e-mail addresses and web forms (https://...); check them."
            )
    if wrong in map(_plain, chosen):
        raise InputError("An address cannot be replaced by itself; leave it out.")
    content = {"wrong": wrong, "rights": chosen}
    _record(case, NewFact("replacement", content, without_empty({"note": note})), wrong)


def replacements(case: CaseFile) -> dict[str, Replacement]:
    """Return every replacement by the wrong address (in lower case)."""
    rows = case.rows("SELECT fact, wrong, rights FROM replacement ORDER BY wrong")
    found = facts.read(case, [n for n, *_rest in rows])
    return {
        wrong: Replacement(
            wrong, tuple(json.loads(rights)), fact.text("note") or "", fact.actor, fact.at
        )
        for fact, (_n, wrong, rights) in zip(found, rows, strict=True)
    }


def fold_no_send(case: CaseFile, stored: Sequence[StoredFact]) -> None:
    """Bring ``no_send`` up to date with facts, in order."""
    for fact in stored:
        pattern = fact.content["pattern"]
        if fact.content["listed"]:
            case.execute("INSERT OR REPLACE INTO no_send VALUES (?, ?)", [pattern, fact.n])
        else:
            case.execute("DELETE FROM no_send WHERE pattern = ?", [pattern])


def fold_replacements(case: CaseFile, stored: Sequence[StoredFact]) -> None:
    """Bring ``replacement`` up to date with facts, in order."""
    for fact in stored:
        wrong, rights = fact.content["wrong"], fact.content["rights"]
        if rights:
            case.execute(
                "INSERT OR REPLACE INTO replacement VALUES (?, ?, ?)",
                [wrong, canonical(rights), fact.n],
            )
        else:
            case.execute("DELETE FROM replacement WHERE wrong = ?", [wrong])


_FOLDS = {"no-send": fold_no_send, "replacement": fold_replacements}


def _record(case: CaseFile, new: NewFact, subject: str) -> None:
    with case.transaction():
        written = facts.append(case, [new])[0]
        _FOLDS[new.kind](case, facts.read(case, [written.n]))
        audit.append(case, new.kind, subject, _chosen(new.content))


def _chosen(content: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in content.items() if name in {"listed", "rights"}}


def _plain(address: str) -> str:
    return clean(address.strip().lower())[:_LONGEST]
