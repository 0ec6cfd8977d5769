"""May anything about a domain leave the organisation? Police or lawyers decide, per country."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from abusetrack.records import GateEntry, GateStatus, GateVerdict, Reason

_CLEAR = "record who cleared it and when ('abusetrack gate DOMAIN --cleared-by ...')"


@dataclass(frozen=True, slots=True)
class GatePolicy:
    """Who has to be asked: for every domain, and for what is hosted in some countries."""

    always: bool = False
    countries: Collection[str] = ()


def judge_gate(
    entries: Sequence[GateEntry],
    policy: GatePolicy,
    *,
    hosting_country: str | None,
    as_of: datetime,
) -> GateVerdict:
    """Say whether the gate is open; a country that is not known may be any.

    A clearance for no country in particular counts for all of them. What was opened by
    hand, or was cleared for a time that is over, is open whatever the policy says.
    """
    missing = tuple(_open(entries, policy, hosting_country, as_of))
    if missing:
        return GateVerdict(True, missing, tuple(entries), as_of)
    given = tuple(_cleared(entry) for entry in entries if entry.cleared(as_of))
    granted = given or (Reason("no_gate", "no clearance is needed by the settings"),)
    return GateVerdict(False, granted, tuple(entries), as_of)


def _open(
    entries: Sequence[GateEntry],
    policy: GatePolicy,
    hosting_country: str | None,
    as_of: datetime,
) -> Iterator[Reason]:
    for entry in entries:
        whose = f" for {entry.country}" if entry.country else ""
        if entry.status is GateStatus.OPEN:
            text = f"the gate{whose} was opened again on {entry.at:%Y-%m-%d}"
            yield Reason("gate_open", text, (entry.fact,), (entry.at,), _CLEAR)
        elif not entry.cleared(as_of):
            text = f"the clearance{whose} ended on {entry.expires_at:%Y-%m-%d}"
            yield Reason("gate_open", text, (entry.fact,), (entry.at,), _CLEAR)
    cleared = {entry.country for entry in entries if entry.cleared(as_of)}
    if "" in cleared:
        return
    if policy.always:
        yield Reason("gate_open", "not cleared yet by police or lawyers", changes=_CLEAR)
    for country in sorted(policy.countries):
        if hosting_country in {None, country} and country not in cleared:
            why = "" if hosting_country else "; the hosting country is not known"
            text = f"not cleared yet for what is hosted in {country}{why}"
            yield Reason("gate_open", text, changes=_CLEAR)


def _cleared(entry: GateEntry) -> Reason:
    whose = f" for {entry.country}" if entry.country else ""
    until = f", until {entry.expires_at:%Y-%m-%d}" if entry.expires_at else ""
    who = entry.cleared_by or "somebody whose name was erased"
    text = f"cleared{whose} by {who} on {entry.at:%Y-%m-%d}{until}"
    return Reason("cleared", text, (entry.fact,), (entry.at,), "the gate is opened again")
