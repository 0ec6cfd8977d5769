"""What goes on with a partner's server: in a thread of its own, told in one line, stoppable."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from PySide6.QtCore import QCoreApplication, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QInputDialog, QLineEdit, QWidget

from abusetrack.casefile import CaseFile, CaseFileThread, QueryStoppedError
from abusetrack.errors import AbusetrackError
from abusetrack.ui import theme
from abusetrack.ui.desk import Desk
from abusetrack.ui.widgets.parts import button, label, open_once

if TYPE_CHECKING:
    from abusetrack.exchange.errand import Errand, Step

_LOG = logging.getLogger(__name__)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Job:
    partner: str
    work: Callable[[CaseFile, Errand], Any]
    then: Callable[[Any], None]
    otherwise: Callable[[], None]


class ServerLine(QWidget):
    """Runs one exchange at a time; there to be seen while one runs.

    A password that is not kept, or not taken, is asked for once, kept in the system's keyring,
    and the exchange is made again.

    Signals:
        began(): nothing else can be exchanged now.
        ended(): something else can.
    """

    began = Signal()
    ended = Signal()
    _stepped = Signal(object)
    _arrived = Signal(object)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._thread: CaseFileThread | None = None
        self._job: _Job | None = None
        self._errand: Errand | None = None
        self._closed = False
        self._said = label(wrap=True)
        self.stop_button = button(
            self.tr("Stop"), self.stop, tip=self.tr("End the exchange; what is known stays known")
        )
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.MEDIUM)
        row.addWidget(self._said, 1)
        row.addWidget(self.stop_button)
        self.setVisible(False)
        self._stepped.connect(self._on_step)
        self._arrived.connect(self._on_arrived)
        desk.closing.connect(self.close_thread)

    @property
    def busy(self) -> bool:
        """Whether an exchange runs."""
        return self._job is not None

    @property
    def said(self) -> str:
        """What stands in the line."""
        return self._said.text()

    def run(
        self,
        partner: str,
        work: Callable[[CaseFile, Errand], T],
        then: Callable[[T], None],
        otherwise: Callable[[], None],
    ) -> None:
        """Do ``work`` beside the window, then ``then`` here with what it returns.

        Where it fails, which is said, or is stopped, ``otherwise``.
        """
        if self._job is not None or self._closed:
            return
        self._job = _Job(partner, work, then, otherwise)
        self._begin(self._job)

    def stop(self) -> None:
        """End what runs, soon."""
        if self._errand is not None:
            self._errand.stop()

    @Slot()
    def close_thread(self) -> None:
        """End what runs, and close the case file."""
        self._closed = True
        self.stop()
        thread, self._thread = self._thread, None
        if thread is not None:
            thread.close()

    def _begin(self, job: _Job) -> None:
        from abusetrack.exchange.errand import Errand

        errand = self._errand = Errand(self._stepped.emit)
        self._said.setText(self.tr("Asking the server of {name}…").format(name=job.partner))
        self.setVisible(True)
        self.began.emit()
        if self._thread is None:
            self._thread = CaseFileThread(self._desk.open_beside, name="partner")
        done = self._thread.submit(lambda case: job.work(case, errand))
        done.add_done_callback(self._arrived.emit)

    @Slot(object)
    def _on_step(self, step: Step) -> None:
        if self._job is not None:
            self._said.setText(_said(step).format(name=self._job.partner))

    @Slot(object)
    def _on_arrived(self, future: Future[Any]) -> None:
        job = self._job
        if self._closed or job is None:
            return
        try:
            result = future.result()
        except QueryStoppedError:
            self._end()
        except AbusetrackError as error:
            _LOG.warning("no exchange with a partner", exc_info=error)
            if _is_of_password(error):
                self._ask_password(job, str(error))
            else:
                self._desk.messages.care(str(error))
                self._end()
                job.otherwise()
        else:
            self._end()
            job.then(result)

    def _end(self) -> None:
        self._job = self._errand = None
        self.setVisible(False)
        self.ended.emit()

    # -- the password

    def _ask_password(self, job: _Job, why: str) -> None:
        settings = self._desk.context.settings.partners[job.partner]
        self._said.setText(why)
        dialog = QInputDialog(self)
        dialog.setWindowTitle(self.tr("Password at {name}").format(name=job.partner))
        dialog.setLabelText(
            self.tr("Password of {user}. It is kept in the system's keyring.").format(
                user=settings.taxii_user
            )
        )
        dialog.setTextEchoMode(QLineEdit.EchoMode.Password)
        dialog.textValueSelected.connect(lambda secret: self._on_password(job, secret))
        dialog.rejected.connect(lambda: self._on_no_password(job))
        open_once(dialog)

    def _on_password(self, job: _Job, secret: str) -> None:
        if not secret:
            self._on_no_password(job)
            return
        context = self._desk.context

        def work(case: CaseFile, errand: Errand) -> Any:
            from abusetrack.exchange import extra

            extra.taxii().keep_password(context, job.partner, secret)
            return job.work(case, errand)

        self._begin(_Job(job.partner, work, job.then, job.otherwise))

    def _on_no_password(self, job: _Job) -> None:
        self._end()
        job.otherwise()


def _is_of_password(error: AbusetrackError) -> bool:
    """Whether a password is missing or not taken; such an error has loaded its own module."""
    from abusetrack.exchange import extra

    return isinstance(error, extra.taxii().PASSWORD_ERRORS)


def _said(step: Step) -> str:
    from abusetrack.exchange.errand import Doing

    tr, number = QCoreApplication.translate, f"{step.number:,}"
    match step.doing:
        case Doing.READING:
            text = tr("ServerLine", "Reading from the server of {name}: {n} objects")
        case Doing.COMPARING:
            text = tr("ServerLine", "Asking what the server of {name} has: {n} objects")
        case Doing.WAITING:
            text = tr("ServerLine", "The server of {name} is busy: waiting {n} s, as it asks")
        case Doing.ADDING:
            text = tr("ServerLine", "Adding to the server of {name}: {n} of {all} objects")
    return text.replace("{n}", number).replace("{all}", f"{step.total or 0:,}")
