"""Pasted text, text files and the text of mails."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from abusetrack.intake.model import Ledger
from abusetrack.intake.scrub import HOLE
from abusetrack.intake.tables import HOLLOW
from abusetrack.names import Found
from abusetrack.records import Refusal, Report, Target

_BULLET = re.compile(r"[\s>]*(?:[-*+•·–]|\(?\d{1,6}[.)])[ \t]+")
_LINE = re.compile(r"\r\n|\r|\n")
_NOT_FOUND = "no URL or name was found in it"


def read_text(text: str, ledger: Ledger) -> None:
    """Read scrubbed text: as a list if at least half of its lines look like rows of one.

    A line does that if it is one word with a dot or colon in it; one at least must be a
    name or URL. In a list each line is a row; a line with more on it gives its candidates, and one
    with none is a complaint. Lines that begin with ``#`` are comments: what stands in
    them is taken only when ticked. In anything else only candidates count.
    """
    lines = [
        (number, line)
        for number, line in enumerate(_LINE.split(text), start=1)
        if line.strip(" \t>\ufeff")
    ]
    rows = [(number, line) for number, line in lines if not line.lstrip().startswith("#")]
    targets = [(number, line, _target(line, ledger)) for number, line in rows]
    alike = sum(target is not None or _is_word(line) for _number, line, target in targets)
    if alike * 2 < len(targets) or all(target is None for _number, _line, target in targets):
        read_prose(text, ledger)
        return
    comments = dict(lines).keys() - {number for number, _line in rows}
    for number, line in lines:
        if number in comments:
            _read_candidates(_found(line, number, ledger), ledger, ticked=False)
    for number, line, target in targets:
        if target is not None:
            _take(target, number, ledger)
            continue
        found = list(_found(line, number, ledger))
        _read_candidates(found, ledger)
        if not found:
            ledger.complain(number, line, _reason(line, ledger))


def read_prose(text: str, ledger: Ledger) -> None:
    """Read the candidates of scrubbed running text; each becomes exactly one thing."""
    _read_candidates(ledger.context.names.find(text), ledger)


def searchable(text: str) -> str:
    """Return the text of a mail without signatures; lines keep their numbers.

    A signature runs from a line ``-- `` to the end, or to the end of its quotation.
    """
    kept: list[str] = []
    signed: str | None = None  # the quoting of the signature we are in
    for line in _LINE.split(text):
        quoting, rest = _quoting(line)
        if signed is not None and quoting != signed:
            signed = None
        if rest.rstrip("\r") in {"-- ", "--"}:
            signed = quoting
        kept.append("" if signed is not None else line)
    return "\n".join(kept)


def _quoting(line: str) -> tuple[str, str]:
    end = 0
    while end < len(line) and line[end] in "> ":
        end += 1
    marks = line[:end].replace(" ", "")
    return (marks, line[end:]) if marks else ("", line)


def _read_candidates(found: Iterable[Found], ledger: Ledger, *, ticked: bool = True) -> None:
    for candidate in found:
        if HOLE in candidate.text:
            ledger.complain(candidate.line, candidate.text, HOLLOW)
            continue
        target = ledger.context.names.target(candidate.text)
        if isinstance(target, Refusal):
            ledger.complain(candidate.line, candidate.text, target.value)
        else:
            _take(target, candidate.line, ledger, ticked=ticked and candidate.explicit)


def _take(target: Target, line: int, ledger: Ledger, *, ticked: bool = True) -> None:
    context = ledger.context
    report = Report(target, context.received_at, context.source, line=line)
    ledger.take(report, ticked=ticked)


def _found(line: str, number: int, ledger: Ledger) -> Iterator[Found]:
    for found in ledger.context.names.find(line):
        yield Found(found.text, number, found.explicit)


def _target(line: str, ledger: Ledger) -> Target | None:
    """Return what a line is of, if it is one name or URL and nothing else."""
    if HOLE in line:
        return None
    names = ledger.context.names
    target = names.target(line.strip())
    if isinstance(target, Refusal) and (bullet := _BULLET.match(line)):
        target = names.target(line[bullet.end() :])
    return None if isinstance(target, Refusal) else target


def _is_word(line: str) -> bool:
    return len(line.split()) == 1 and ("." in line or ":" in line)


def _reason(line: str, ledger: Ledger) -> str:
    if HOLE in line:
        return HOLLOW
    target = ledger.context.names.target(line.strip())
    if not isinstance(target, Refusal) or target in {Refusal.SPACE, Refusal.NOT_A_NAME}:
        return _NOT_FOUND
    return target.value
