"""The filters of a list as options, the same for every command that takes a list."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from datetime import UTC, datetime
from functools import wraps
from typing import Any, TypeVar

import click

from abusetrack.casefile import CaseFile, saved
from abusetrack.casefile.filters import ListQuery
from abusetrack.errors import InputError
from abusetrack.records import NoticeStatus, SiteKind, State, SuffixKind

_Command = TypeVar("_Command", bound=Callable[..., Any])
_NO_NOTICE = "none"
_NOTICES = [status.value for status in NoticeStatus] + [_NO_NOTICE]
_SORTS = (
    "domain", "unicode", "state", "registrar", "hosting_country", "asn", "kind",
    "confirmed_reports", "reports", "first_reported", "last_reported", "looked_up_at", "expires",
)  # fmt: skip


def _choice(kinds: Any) -> click.Choice[str]:
    return click.Choice([item.value for item in kinds])


_OPTIONS = (
    click.option("--state", type=_choice(State), help="The strongest state."),
    click.option("--registrar", help="Its key as 'stats registrars --json' has it: iana:9999."),
    click.option("--tld", help="Top-level domain, so also registry."),
    click.option("--suffix-kind", type=_choice(SuffixKind), help="Who stands behind the suffix."),
    click.option("--country", help="Hosting country, two letters."),
    click.option("--asn", help="Network: AS64500 or 64500."),
    click.option("--kind", type=_choice(SiteKind), help="Kind of site."),
    click.option("--category", help="Legal category of a confirmed report."),
    click.option("--persistent/--not-persistent", default=None, help="As judged."),
    click.option("--confirmed", is_flag=True, help="Only with a confirmed report."),
    click.option("--notice", type=click.Choice(_NOTICES), help="With a notice of this status."),
    click.option("--reported-since", help="Last report on or after this day."),
    click.option("--reported-until", help="And before this day."),
    click.option("--confirmed-since", help="Last confirmed on or after this day."),
    click.option("--confirmed-until", help="And before this day."),
    click.option("--sort", type=click.Choice(_SORTS), help="[default: last_reported]"),
    click.option("--ascending", is_flag=True, help="The lowest first."),
    click.option("--saved", "saved_name", help="Start from the filter saved under this name."),
)
_MINE = (
    "state", "registrar", "tld", "suffix_kind", "country", "asn", "kind", "category", "persistent",
    "confirmed", "notice", "reported_since", "reported_until", "confirmed_since",
    "confirmed_until", "sort", "ascending", "saved_name",
)  # fmt: skip

Ask = Callable[[CaseFile, str], ListQuery]


def filter_options(command: _Command) -> _Command:
    """Add the options; the command gets ``ask``, which makes the query of case file and text."""

    @wraps(command)
    def with_query(*args: Any, **kwargs: Any) -> Any:
        given = {name: kwargs.pop(name) for name in _MINE}
        name = given.pop("saved_name")
        chosen = _chosen(given)

        def ask(case: CaseFile, text: str) -> ListQuery:
            base = saved.load(case, name) if name else ListQuery()
            return replace(base, **(chosen | {"text": text} if text else chosen))

        return command(*args, ask=ask, **kwargs)

    for option in reversed(_OPTIONS):
        with_query = option(with_query)
    return with_query  # type: ignore[return-value]


def described(query: ListQuery) -> dict[str, Any]:
    """Return what a query filters by, for ``--json``."""
    plain = ListQuery()
    return {
        field.name: value.isoformat() if isinstance(value, datetime) else value
        for field in fields(query)
        if (value := getattr(query, field.name)) != getattr(plain, field.name)
    }


def _chosen(given: dict[str, Any]) -> dict[str, Any]:
    """Turn what was given into fields of the query; what was not given stays out."""
    makers: dict[str, Callable[[Any], dict[str, Any]]] = {
        "state": lambda text: {"state": State(text)},
        "tld": lambda text: {"tld": text.strip().lstrip(".").lower()},
        "suffix_kind": lambda text: {"suffix_kind": SuffixKind(text)},
        "country": lambda text: {"country": text.strip().upper()},
        "asn": lambda text: {"asn": _asn(text)},
        "kind": lambda text: {"kind": SiteKind(text)},
        "confirmed": lambda _: {"confirmed_only": True},
        "notice": lambda text: (
            {"without_notice": True} if text == _NO_NOTICE else {"notice": NoticeStatus(text)}
        ),
        "ascending": lambda _: {"descending": False},
    }
    chosen: dict[str, Any] = {}
    for name, value in given.items():
        if value is None or (value is False and name != "persistent"):
            continue
        if name.endswith(("_since", "_until")):
            chosen[name] = day(value)
        else:
            chosen |= makers[name](value) if name in makers else {name: value}
    return chosen


def _asn(text: str) -> int:
    digits = text.strip().upper().removeprefix("AS").strip()
    if not (digits.isascii() and digits.isdigit()):
        raise InputError("A network is written like AS64500.")
    return int(digits[:20])


def day(text: str) -> datetime:
    """Return the beginning of a day, or an instant; without a zone it is UTC.

    Raises:
        InputError: it is neither.
    """
    try:
        moment = datetime.fromisoformat(text.strip())
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        raise InputError("Days are written like 2026-03-01.") from None
