"""What the start page shows: what is new, what is overdue, and what to do next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from abusetrack.casefile import CaseFile
from abusetrack.triage.context import Context
from abusetrack.ui.text import Masker, joined, mask_name, minute, one_line
from abusetrack.ui.widgets.group_tree import Group, Row
from abusetrack.ui.words import word

if TYPE_CHECKING:
    from abusetrack.triage.since import Since
    from abusetrack.triage.worklist import Item

_tr = partial(QCoreApplication.translate, "activity")
_SHOWN = 100  # rows of a group


@dataclass(frozen=True, slots=True)
class Activity:
    """What is new since the last mark, and the work list, the most urgent first."""

    since: Since
    work: Sequence[Item]


def gather(context: Context, case: CaseFile) -> Activity:
    """Read both; may take long in a large case file."""
    from abusetrack.triage import since, worklist  # half of all rooms: loaded in the reader

    return Activity(since.since(context, case), worklist.worklist(context, case))


def groups(found: Activity, *, revealed: bool, calm: bool = False) -> tuple[Group, ...]:
    """Return the groups in the order in which they matter.

    Names are masked unless ``revealed``; ``calm`` leaves numbers out.
    """
    news = found.since
    shown = partial(_shown, revealed=revealed)
    answers = [
        Row(
            (
                joined([item.reference, one_line(item.party)]),
                "" if calm else _tr("{n} domains").format(n=item.domains),
                _tr("asked for by {when}").format(when=minute(item.reply_by)),
            ),
            ("notice", item.reference),
            joined([item.reference, item.party]),
        )
        for item in news.answers[:_SHOWN]
    ]
    changes = []
    for domain, change in news.changes[:_SHOWN]:
        masker = Masker.of([domain, change.subject], keep=1, revealed=revealed)
        what = masker(f"{word(change.kind)}: {change.before} → {change.after}")
        changes.append(
            Row(
                (shown(domain), what, minute(change.first_seen_after)),
                ("domain", domain),
                joined([domain, change.kind.value, change.before, change.after]),
            )
        )
    reports = [
        Row(
            (
                shown(domain),
                _tr("new reports") if calm else _tr("new reports: {n}").format(n=number),
                "",
            ),
            ("domain", domain),
            domain,
        )
        for domain, number in news.reports[:_SHOWN]
    ]
    work = [
        Row(
            (
                shown(item.domain),
                word(item.step),
                _tr("since {when}").format(when=minute(item.since))
                if calm
                else _tr("since {when}; {points} points").format(
                    when=minute(item.since), points=f"{item.priority:g}"
                ),
            ),
            ("domain", item.domain),
            joined([item.domain, item.step.value]),
        )
        for item in found.work[:_SHOWN]
    ]
    checks = [
        Row((shown(check.host), check.reason, minute(check.at)), ("domain", domain), check.host)
        for domain, check in news.checks[:_SHOWN]
    ]
    return (
        Group(_tr("Answers overdue"), tuple(answers), len(news.answers)),
        Group(_tr("Changes"), tuple(changes), len(news.changes)),
        Group(_tr("What to do next, the most urgent first"), tuple(work), len(found.work)),
        Group(_tr("New reports"), tuple(reports), len(news.reports)),
        Group(_tr("Due to be looked up again"), tuple(checks), len(news.checks)),
    )


def _shown(name: str, *, revealed: bool) -> str:
    return one_line(name) if revealed else mask_name(one_line(name))
