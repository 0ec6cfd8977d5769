"""What a person can say of one domain in the detail panel: one table of small forms."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

from PySide6.QtCore import QCoreApplication

from abusetrack.casefile import CaseFile, assessments, content, gates, notes, protected
from abusetrack.errors import InputError
from abusetrack.records import (
    AssessmentOutcome,
    ContentState,
    ContentStatus,
    ProtectedCategory,
    ProtectedName,
    SiteKind,
)
from abusetrack.triage.context import Context
from abusetrack.triage.refresh import refresh
from abusetrack.ui.desk import Changed
from abusetrack.ui.widgets.form import Field
from abusetrack.ui.words import word

_tr = partial(QCoreApplication.translate, "sayings")

Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Saying:
    """One thing to say: its form, and how it is stored of a domain.

    ``store`` raises InputError for what cannot be said, and returns how many reports or
    URLs it concerns, which ``done`` calls {n}; None where that means nothing.
    """

    title: str
    explain: str
    fields: tuple[Field, ...]
    store: Callable[[Context, CaseFile, str, Values], int | None]
    done: str
    changed: Changed = Changed.FINDINGS


def sayings() -> tuple[Saying, ...]:
    """Return all of them in the order of the menu, in the present language."""
    return (
        Saying(
            _tr("Add a note"),
            _tr("Kept in the case file, never in a notice; erased after the time of retention."),
            (Field("note", _tr("Note"), hint=_tr("what is to be remembered"), long=True),),
            _note,
            _tr("The note is recorded."),
        ),
        Saying(
            _tr("Say what the content does"),
            _tr("As a person or your own system saw it; the app cannot find it out."),
            (
                Field("state", _tr("Content"), _of(ContentState), hint=_tr("choose")),
                Field("source", _tr("Seen by"), hint=_tr("you, unless said otherwise")),
                Field("at", _tr("When"), hint=_tr("now, or 2026-03-01T12:00Z"), read=_instant),
            ),
            _content,
            _tr("What the content does is recorded, URLs: {n}."),
        ),
        Saying(
            _tr("Amend the finding"),
            _tr("What is left open stays as it is; the earlier finding stays in the history."),
            (
                Field("outcome", _tr("Outcome"), _of(AssessmentOutcome), hint=_tr("unchanged")),
                Field("kind", _tr("Kind of site"), _of(SiteKind), hint=_tr("unchanged")),
                Field("legal_category", _tr("Legal category"), hint=_tr("unchanged")),
                Field("law", _tr("Law"), hint=_tr("unchanged")),
                Field("severity", _tr("Severity"), hint=_tr("unchanged"), read=_severity),
                Field("commercial", _tr("Commercial"), _maybe(), hint=_tr("unchanged")),
                Field("disguised", _tr("Disguised"), _maybe(), hint=_tr("unchanged")),
                Field("access_note", _tr("Access note"), hint=_tr("never what is shown")),
            ),
            _amend,
            _tr("The finding is amended, reports: {n}."),
        ),
        Saying(
            _tr("Clear the gate"),
            _tr("Police or lawyers let it leave the organisation: who, and their reference."),
            (
                Field("cleared_by", _tr("Cleared by"), hint=_tr("an office, or a person there")),
                Field("reference", _tr("Their reference")),
                Field("country", _tr("Country"), hint=_tr("all, or two letters"), read=_country),
                Field(
                    "expires_at", _tr("Until"), hint=_tr("for good, or 2026-03-01"), read=_instant
                ),
            ),
            _clear,
            _tr("The gate is cleared."),
        ),
        Saying(
            _tr("Open the gate again"),
            _tr("Nothing about it leaves the organisation until it is cleared anew."),
            (Field("country", _tr("Country"), hint=_tr("all, or two letters"), read=_country),),
            _open,
            _tr("The gate is open again."),
        ),
        Saying(
            _tr("Protect the name"),
            _tr("Reports are kept; nobody above host and platform is asked to act on it."),
            (
                Field("category", _tr("Because it is"), _of(ProtectedCategory), hint=_tr("choose")),
                Field("party", _tr("Whose"), hint=_tr("may stay empty")),
            ),
            _protect,
            _tr("The name is protected."),
        ),
        Saying(
            _tr("Protect it no longer"),
            _tr("The record keeps that it was protected."),
            (),
            _unprotect,
            _tr("The name is protected no longer."),
        ),
    )


def say(
    saying: Saying, context: Context, case: CaseFile, domain: str, values: Values
) -> int | None:
    """Store it and judge the domain anew, in one transaction.

    Raises:
        InputError: it cannot be said; nothing is stored.
    """
    with case.transaction():
        number = saying.store(context, case, domain, values)
        if number == 0:
            raise InputError(_tr("There is nothing of this domain that this could be said of."))
        refresh(context, case, [domain])
    return number


def _note(_context: Context, case: CaseFile, domain: str, values: Values) -> None:
    notes.add(case, domain, values.get("note", ""))


def _content(context: Context, case: CaseFile, domain: str, values: Values) -> int:
    state = _needed(values, "state", _tr("Choose what the content does."))
    now = context.clock.now()
    at = values.get("at", now)
    if at > now:
        raise InputError(_tr("Nobody can have seen it in the future; check the time."))
    return content.add(
        case, domain, ContentStatus(state, at, values.get("source") or context.actor)
    )


def _amend(_context: Context, case: CaseFile, domain: str, values: Values) -> int:
    if not values:
        raise InputError(_tr("Change something, or press Cancel."))
    return assessments.amend(case, domain, values)


def _clear(_context: Context, case: CaseFile, domain: str, values: Values) -> None:
    gates.clear(
        case,
        [domain],
        cleared_by=_needed(values, "cleared_by", _tr("Say who cleared the gate.")),
        reference=values.get("reference", ""),
        country=values.get("country", ""),
        expires_at=values.get("expires_at"),
    )


def _open(_context: Context, case: CaseFile, domain: str, values: Values) -> None:
    gates.open_again(case, [domain], country=values.get("country", ""))


def _protect(_context: Context, case: CaseFile, domain: str, values: Values) -> None:
    category = _needed(values, "category", _tr("Choose why it is protected."))
    protected.add(case, [ProtectedName(domain, category, values.get("party", ""))])


def _unprotect(_context: Context, case: CaseFile, domain: str, _values: Values) -> None:
    if domain not in {item.name for item in protected.everything(case)}:
        raise InputError(_tr("This very name is not protected by an analyst."))
    protected.remove(case, domain)


def _needed(values: Values, key: str, sentence: str) -> Any:
    if key not in values:
        raise InputError(sentence)
    return values[key]


def _of(kinds: Any) -> tuple[tuple[str, Any], ...]:
    return tuple((word(item), item) for item in kinds)


def _maybe() -> tuple[tuple[str, bool | None], ...]:
    return ((_tr("not stated"), None), (_tr("yes"), True), (_tr("no"), False))


def _instant(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(_tr("times are written like 2026-03-01 or 2026-03-01T12:00Z.")) from None
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)


def _severity(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 2):
        raise ValueError(_tr("a number from 0 to 99 is needed."))
    return int(text)


def _country(text: str) -> str:
    if not (len(text) == 2 and text.isascii() and text.isalpha()):
        raise ValueError(_tr("a country is two letters, such as NL."))
    return text.upper()
