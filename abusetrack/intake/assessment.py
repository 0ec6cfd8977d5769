"""The assessment columns of a row; words outside the tables are complaints, never guesses."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import tzinfo
from enum import StrEnum
from typing import TypeVar

from abusetrack.intake.dates import read_when
from abusetrack.intake.model import Context, RowError
from abusetrack.records import Assessment, AssessmentOutcome, DetectionMethod, SiteKind, XarfClass

_Word = TypeVar("_Word", bound=StrEnum)

FIELDS = (
    "outcome",
    "kind",
    "legal category",
    "law",
    "severity",
    "assessed at",
    "assessed by",
    "commercial",
    "disguised",
    "access note",
    "xarf class",
    "detection method",
)
_FIELDS = frozenset(FIELDS)

_OUTCOMES = {
    "confirmed illegal": AssessmentOutcome.CONFIRMED,
    "illegal": AssessmentOutcome.CONFIRMED,
    "legal": AssessmentOutcome.NOT_ILLEGAL,
    "out of remit": AssessmentOutcome.OUTSIDE_REMIT,
    "not in remit": AssessmentOutcome.OUTSIDE_REMIT,
    "not assessable": AssessmentOutcome.COULD_NOT_ASSESS,
    "could not assess": AssessmentOutcome.COULD_NOT_ASSESS,
    "not assessed": AssessmentOutcome.NOT_ASSESSED,
    "open": AssessmentOutcome.NOT_ASSESSED,
    "pending": AssessmentOutcome.NOT_ASSESSED,
}
_KINDS = {
    "cyberlocker": SiteKind.IMAGE_HOST,
    "file host": SiteKind.IMAGE_HOST,
    "hacked": SiteKind.COMPROMISED,
    "board": SiteKind.FORUM,
    "platform": SiteKind.PLATFORM_SUBDOMAIN,
}
_YES_NO = {
    "yes": True,
    "y": True,
    "true": True,
    "1": True,
    "x": True,
    "no": False,
    "n": False,
    "false": False,
    "0": False,
    "unknown": None,
}
_WHOLE = re.compile(r"(\d{1,4})(?:\.0+)?", re.ASCII)


def read_assessment(
    cells: Mapping[str, object], context: Context, zone: tzinfo
) -> Assessment | None:
    """Return the assessment of a row; None where its columns are empty.

    Without a date the finding is dated when the list came, and only if the importing
    analyst made it; another person's finding needs its own date.

    Raises:
        RowError: a word, number or date is not known, or there is no outcome.
    """
    if _FIELDS.isdisjoint(cells):
        return None
    text = {name: str(cells[name]).strip() for name in FIELDS if cells.get(name) is not None}
    text = {name: value for name, value in text.items() if value}
    if not text:
        return None
    kind = word(text.get("kind", SiteKind.UNKNOWN), SiteKind, _KINDS, "kind")
    if "outcome" not in text:
        if text.keys() == {"kind"} and kind is SiteKind.UNKNOWN:
            return None
        raise RowError(f"an assessment without an outcome; use one of: {_list(AssessmentOutcome)}")
    outcome = word(text["outcome"], AssessmentOutcome, _OUTCOMES, "outcome")
    by = text.get("assessed by", context.actor)
    if "assessed at" in text:
        at = read_when(cells["assessed at"], context, zone)
    elif by == context.actor:
        at = context.received_at
    else:
        raise RowError("another person's assessment needs its date (assessed at)")
    return Assessment(
        outcome=outcome,
        assessed_at=at,
        assessed_by=by,
        kind=kind,
        legal_category=text.get("legal category"),
        law=text.get("law"),
        severity=_severity(text.get("severity")),
        commercial=_yes_no(text, "commercial"),
        disguised=_yes_no(text, "disguised"),
        access_note=text.get("access note"),
        xarf_class=_maybe(text, "xarf class", XarfClass),
        detection_method=_maybe(text, "detection method", DetectionMethod),
    )


def _maybe(text: Mapping[str, str], name: str, words: type[_Word]) -> _Word | None:
    return word(text[name], words, {}, name) if name in text else None


def word(text: str, words: type[_Word], synonyms: Mapping[str, _Word], name: str) -> _Word:
    """Return the member of an enum that a cell names, in any case and spelling of its spaces.

    Raises:
        RowError: it names none; the message has ``name`` and what can be used.
    """
    folded = " ".join(text.casefold().replace("_", " ").replace("-", " ").split())
    for word in words:
        if " ".join(word.casefold().replace("_", " ").split()) == folded:
            return word
    if folded in synonyms:
        return synonyms[folded]
    raise RowError(f"the {name} is not known; use one of: {_list(words)}")


def _severity(text: str | None) -> int | None:
    if text is None:
        return None
    if match := _WHOLE.fullmatch(text):
        return int(match[1])
    raise RowError("the severity is not a whole number")


def _yes_no(text: Mapping[str, str], name: str) -> bool | None:
    if name not in text:
        return None
    word = text[name].casefold()
    if word not in _YES_NO:
        raise RowError(f"{name} is not known; use yes, no or unknown")
    return _YES_NO[word]


def _list(words: type[StrEnum]) -> str:
    return ", ".join(words)
