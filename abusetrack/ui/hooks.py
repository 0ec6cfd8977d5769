"""Every error that nobody caught, from any thread, ends here: in the log and one plain dialog.

What is shown and logged are exception types and code lines: messages and local
variables may hold reported names.
"""

from __future__ import annotations

import logging
import sys
import threading
import traceback
from types import TracebackType

from PySide6.QtCore import QMessageLogContext, QObject, QtMsgType, Signal, qInstallMessageHandler

from abusetrack.log import short

_LOG = logging.getLogger(__name__)
_FRAMES = 12
_CHAIN = 6  # exceptions that caused exceptions, or stood in a group
_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}


class CrashHook(QObject):
    """Takes what ``sys``, ``threading`` and Qt report.

    Signals:
        crashed(str): a report to show, the first time an error of its kind happens.
    """

    crashed = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._seen: set[str] = set()

    def install(self) -> None:
        """Take the hooks of the process."""
        sys.excepthook = self.caught
        threading.excepthook = self._in_thread
        qInstallMessageHandler(_qt_said)

    def uninstall(self) -> None:
        """Give the hooks back."""
        sys.excepthook = sys.__excepthook__
        threading.excepthook = threading.__excepthook__
        qInstallMessageHandler(None)

    def caught(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        """Log an error, and show it the first time it happens; any thread may call."""
        if issubclass(kind, KeyboardInterrupt):
            return
        _LOG.error("an error that nobody caught", exc_info=(kind, error, trace))
        report = describe(error)
        if report not in self._seen:
            self._seen.add(report)
            self.crashed.emit(report)

    def _in_thread(self, args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None:
            self.caught(args.exc_type, args.exc_value, args.exc_traceback)


def describe(error: BaseException) -> str:
    """Return the exceptions' types and the code lines they passed, outermost first."""
    lines: list[str] = []
    waiting: list[BaseException] = [error]
    seen: list[BaseException] = []
    while waiting and len(seen) < _CHAIN:
        link = waiting.pop(0)
        if any(link is known for known in seen):
            continue
        seen.append(link)
        lines.append(f"{type(link).__module__}.{type(link).__qualname__}")
        lines += [
            f"  {short(frame.filename)}:{frame.lineno} in {frame.name}"
            for frame in traceback.extract_tb(link.__traceback__)[-_FRAMES:]
        ]
        if isinstance(link, BaseExceptionGroup):
            waiting += link.exceptions
        if (cause := link.__cause__ or link.__context__) is not None:
            waiting.append(cause)
    return "\n".join(lines)


def _qt_said(kind: QtMsgType, context: QMessageLogContext, _text: str | None) -> None:
    """Log that Qt said something; not what, because it may quote a widget's text."""
    _LOG.log(_LEVELS.get(kind, logging.WARNING), "Qt said something (%s)", context.category)
