"""Changes seen -> removals, each with its return where one was seen."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from abusetrack.records import Change, ChangeKind, Removal

# What ends is undone by what; a name registered again is undone by nobody: its holder
# may be another.
_UNDONE_BY = {
    ChangeKind.HOLD_SET: ChangeKind.HOLD_LIFTED,
    ChangeKind.GONE: ChangeKind.RETURNED,
    ChangeKind.ADDRESSES_REMOVED: ChangeKind.ADDRESSES_BACK,
}
_BACK = {back: end for end, back in _UNDONE_BY.items()}
_WORDS = {
    ChangeKind.HOLD_SET: "held",
    ChangeKind.GONE: "gone from the DNS",
    ChangeKind.ADDRESSES_REMOVED: "without addresses",
}


def removals_of(changes: Iterable[Change]) -> tuple[Removal, ...]:
    """Return what ended, oldest first.

    A domain that is held goes from the DNS as well: the return from either is one
    removal undone, so an end inside another that is not undone yet is no second one.
    """
    found: list[Removal] = []
    still: dict[tuple[ChangeKind, str], int] = {}
    for change in sorted(changes, key=lambda item: item.established_at):
        if change.kind is ChangeKind.REREGISTERED:
            still.clear()
        elif change.kind in _UNDONE_BY:
            if not any(subject == change.subject for _, subject in still):
                removal = Removal(_WORDS[change.kind], change.first_seen_after, None, change.facts)
                still[change.kind, change.subject] = len(found)
                found.append(removal)
        elif (end := _BACK.get(change.kind)) is not None:
            at = still.pop((end, change.subject), None)
            if at is not None:
                facts = (*found[at].facts, *change.facts)
                found[at] = replace(found[at], back_at=change.first_seen_after, facts=facts)
    return tuple(found)
