"""What the list of domains can be filtered by: one table of facets, fixed or typed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import Any

from PySide6.QtCore import QCoreApplication

from abusetrack.casefile import CaseFile, choices
from abusetrack.casefile.filters import ListQuery
from abusetrack.records import NoticeStatus, SiteKind, State, SuffixKind
from abusetrack.ui.text import day, one_line
from abusetrack.ui.words import word

_tr = partial(QCoreApplication.translate, "filters")

Choice = tuple[str, Any]  # as shown, and the value of the query's field


@dataclass(frozen=True, slots=True)
class Facet:
    """One field of the query: how it is called, chosen or typed, and shown on its chip.

    What is neither fixed nor read is set by leading to the list, and can be taken away only.

    ``read`` raises ValueError, with a sentence, for what is no value. ``offer`` gives
    choices that the case file has.
    """

    field: str
    title: str
    fixed: tuple[Choice, ...] = ()
    read: Callable[[str], Any] | None = None
    hint: str = ""
    offer: Callable[[CaseFile], Sequence[Choice]] | None = None
    show: Callable[[Any], str] = str


def facets() -> tuple[Facet, ...]:
    """Return every facet in the order of the menu, in the present language."""
    yes = ((_tr("yes"), True),)
    return (
        Facet("state", _tr("State"), _of(State)),
        Facet("kind", _tr("Kind of site"), _of(SiteKind)),
        Facet("confirmed_only", _tr("Confirmed"), yes, show=_yes_or_no),
        Facet(
            "persistent",
            _tr("Persistent"),
            (*yes, (_tr("no"), False)),
            show=_yes_or_no,
        ),
        Facet("notice", _tr("Notice"), _of(NoticeStatus)),
        Facet("without_notice", _tr("Without a notice"), yes, show=_yes_or_no),
        Facet("suffix_kind", _tr("Kind of suffix"), _of(SuffixKind)),
        Facet(
            "registrar",
            _tr("Registrar"),
            read=_text,
            hint=_tr("name or key"),
            offer=lambda case: [(name, key) for key, name in choices.registrars(case)],
        ),
        Facet(
            "tld",
            _tr("Ending"),
            read=lambda text: _text(text).lstrip(".").lower(),
            hint=_tr("such as example"),
            offer=_offer("tld"),
            show=lambda value: f".{value}",
        ),
        Facet(
            "country",
            _tr("Hosting country"),
            read=_country,
            hint=_tr("two letters"),
            offer=_offer("hosting_country"),
        ),
        Facet("asn", _tr("Network"), read=_asn, hint="AS64500", show=lambda value: f"AS{value}"),
        Facet(
            "category",
            _tr("Legal category"),
            read=_text,
            hint=_tr("as in your table"),
            offer=_offer("legal_category"),
        ),
        Facet("reported_since", _tr("Reported from"), read=_day, hint="2026-03-01", show=day),
        Facet("reported_until", _tr("Reported before"), read=_day, hint="2026-03-01", show=day),
        Facet("confirmed_since", _tr("Confirmed from"), read=_day, hint="2026-03-01", show=day),
        Facet("confirmed_until", _tr("Confirmed before"), read=_day, hint="2026-03-01", show=day),
        Facet("among", _tr("Behind the figure"), show=lambda ids: f"{len(ids):,}"),
    )


def active(query: ListQuery) -> Iterator[tuple[Facet, Any]]:
    """Yield the facets that filter, with their values."""
    plain = ListQuery()
    for facet in facets():
        value = getattr(query, facet.field)
        if value != getattr(plain, facet.field):
            yield facet, value


def with_value(query: ListQuery, facet: Facet, value: Any) -> ListQuery:
    """Return the query filtered by a value; None takes the facet's filter away."""
    plain = getattr(ListQuery(), facet.field)
    return replace(query, **{facet.field: plain if value is None else value})


def without_facets(query: ListQuery) -> ListQuery:
    """Return the query without text and filters, in its order."""
    return ListQuery(sort=query.sort, descending=query.descending)


def chip_text(facet: Facet, value: Any, known: Sequence[Choice] = ()) -> str:
    """Return what a chip says; ``known`` has the names of values that are keys."""
    names = {key: name for name, key in (*facet.fixed, *known)}
    shown = names.get(value) or facet.show(value)
    return f"{facet.title}: {one_line(shown)}"


def typed(facet: Facet, text: str, known: Sequence[Choice] = ()) -> Any:
    """Return the value that a typed text means: one of the ``known`` by its name, or read.

    Raises:
        ValueError: it is none, with a sentence that says what to type.
    """
    words = text.strip()
    for name, value in known:
        if name.casefold() == words.casefold():
            return value
    if facet.read is None:
        raise ValueError(_tr("Choose one of the list."))
    return facet.read(words)


def _of(kinds: Any) -> tuple[Choice, ...]:
    return tuple((word(item), item) for item in kinds)


def _offer(column: str) -> Callable[[CaseFile], Sequence[Choice]]:
    return lambda case: [(value, value) for value in choices.values(case, column)]


def _yes_or_no(value: bool) -> str:
    return _tr("yes") if value else _tr("no")


def _text(text: str) -> str:
    if not text:
        raise ValueError(_tr("Type something, or press Esc."))
    return text


def _country(text: str) -> str:
    if not (len(text) == 2 and text.isascii() and text.isalpha()):
        raise ValueError(_tr("A country is two letters, such as NL."))
    return text.upper()


def _asn(text: str) -> int:
    digits = text.upper().removeprefix("AS").strip()
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 10):
        raise ValueError(_tr("A network is written like AS64500."))
    return int(digits)


def _day(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(_tr("A day is written like 2026-03-01.")) from None
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
