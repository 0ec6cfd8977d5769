"""What Ctrl+Z takes back: changes of this window's analyst, the last one first."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QCoreApplication

from abusetrack.casefile import CaseFile
from abusetrack.ui.messages import Messages

if TYPE_CHECKING:
    from abusetrack.casefile.undoing import Done, Undone

T = TypeVar("T")

_tr = partial(QCoreApplication.translate, "undo")
_MOST = 100


class History:
    """Remembers what was done since the window was opened; used in the GUI thread."""

    def __init__(self, messages: Messages) -> None:
        self._messages = messages
        self._done: list[Done] = []

    def watch(
        self, work: Callable[[CaseFile], T], then: Callable[[T], None]
    ) -> tuple[
        Callable[[CaseFile], tuple[T, Done | None]], Callable[[tuple[T, Done | None]], None]
    ]:
        """Return both so that what ``work`` does is remembered before ``then`` is called."""

        def told(found: tuple[T, Done | None]) -> None:
            result, done = found
            if done is not None:
                self._done = [*self._done, done][-_MOST:]
            then(result)

        def watched(case: CaseFile) -> tuple[T, Done | None]:
            from abusetrack.casefile import undoing

            return undoing.watched(case, work=work)

        return watched, told

    def take(self) -> Done | None:
        """Return the last thing done where it can be taken back, else say that it cannot."""
        if not self._done:
            self._messages.news(_tr("Nothing was recorded since the window was opened."))
            return None
        done = self._done.pop()
        if done.possible:
            return done
        said = _tr("This cannot be undone: {what}.").format(what=_what(done))
        if self._done:
            before = _tr("Ctrl+Z again undoes what came before it: {what}.")
            said = f"{said} {before.format(what=_what(self._done[-1]))}"
        self._messages.care(said)
        return None

    def tell(self, done: Done, undone: Undone) -> None:
        """Say what was taken back."""
        said = _tr("Undone: {what}. The history keeps both.").format(what=_what(done))
        if undone.outdated:
            more = _tr("Changed since then, and left as it is: {n}.")
            said = f"{said} {more.format(n=undone.outdated)}"
        self._messages.news(said)


def _what(done: Done) -> str:
    names = {
        "assess": _tr("the finding"),
        "amend": _tr("the amended finding"),
        "note": _tr("the note"),
        "content": _tr("the content status"),
        "gate": _tr("what was said of the gate"),
        "protect name": _tr("that the name is protected"),
        "unprotect name": _tr("that the name is protected no longer"),
        "import": _tr("the list that was taken in"),
        "export notice": _tr("the notice that was exported; a withdrawal takes it back"),
        "withdraw notice": _tr("the withdrawal"),
        "mark notice": _tr("how far the notice has come; mark the step that holds"),
        "file answer": _tr("the answer that was filed"),
        "notice quality": _tr("how good the answer was"),
        "approve draft": _tr("the approval"),
        "confirm contact": _tr("the confirmed contact"),
        "contacts": _tr("contacts"),
        "party note": _tr("what was noted of the party; note it anew"),
    }
    return ", ".join(names.get(action, _tr("what was done last")) for action in done.actions)
