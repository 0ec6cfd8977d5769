"""What is judged of a domain, as the detail panel shows it: gate, protection, whom to address."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial

from PySide6.QtCore import QCoreApplication

from abusetrack.records import Advice, Reason, RoleVerdict
from abusetrack.triage.judged import Judged
from abusetrack.ui.words import word

_tr = partial(QCoreApplication.translate, "facts")
_NOBODY = {"nobody"}  # the only reason why a role is left out: there is no such party

Line = tuple[str, str, str]  # name, value, note


def lines(judged: Judged) -> Iterator[Line]:
    """Yield (name, value, note) in the order in which an analyst asks."""
    if judged.gate.open:
        yield _tr("Gate"), _tr("open: nothing about it leaves"), _notes(judged.gate.reasons)
    elif judged.gate.entries:
        yield _tr("Gate"), _tr("cleared"), _notes(judged.gate.reasons)
    if (name := judged.protected) is not None:
        yield _tr("Protected"), name.name, f"{word(name.category)} {name.party}".strip()
    for verdict in judged.roles:
        if not _is_about_nobody(verdict):
            title = _tr("To {role}").format(role=word(verdict.role))
            yield title, word(verdict.advice), _notes(verdict.reasons)
    for link in judged.links.links:
        yield _tr("Link"), link.domain, link.text


def _is_about_nobody(verdict: RoleVerdict) -> bool:
    codes = {reason.code for reason in verdict.reasons}
    return verdict.advice is Advice.BLOCKED and bool(codes & _NOBODY)


def _notes(reasons: Iterable[Reason]) -> str:
    return "\n".join(reason.text for reason in reasons)
