"""The log: a rotating file in which no reported name, URL or address ever stands.

Our own records hold counts, outcomes and :func:`subject_id`, never a name. Exception
messages may hold one, so of an exception only the types and the places in the code are
written. Libraries' messages are written by nobody who knows these rules: of their
records only logger, level and exception types remain.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
import os
import secrets
import sys
import time
import traceback
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType

__all__ = ["set_key", "setup", "short", "subject_id"]

_OURS = "abusetrack"
_MAX_BYTES = 1_000_000
_FILES = 5
_ID_CHARACTERS = 12
_MAX_CHAIN = 10  # exceptions that caused exceptions

_ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None]

_key = secrets.token_bytes(32)
_handlers: list[tuple[logging.Logger, logging.Handler]] = []


def subject_id(name: str) -> str:
    """Return the short id under which a subject stands in the log (HMAC-SHA256, cut).

    Only the holder of the key can tell which name it is; the open case file has it.
    """
    digest = hmac.new(_key, name.encode("utf-8", "surrogatepass"), hashlib.sha256)
    return digest.hexdigest()[:_ID_CHARACTERS]


def set_key(key: bytes) -> None:
    """Take the open case file's key; before that a random key of this process holds."""
    global _key
    _key = key


def setup(path: Path | None, level: str) -> None:
    """Write the log to ``path`` (1 MB, five files); None writes nowhere.

    Calling it again replaces what was set up before. Where the file cannot be written
    one sentence goes to stderr and the app goes on without a log.

    Raises:
        KeyError: ``level`` is no level's name.
    """
    number = logging.getLevelNamesMapping()[level.upper()]
    for logger, handler in _handlers:
        logger.removeHandler(handler)
        handler.close()
    _handlers.clear()
    ours = logging.getLogger(_OURS)
    ours.setLevel(number)
    handler = _open(path)
    handler.setFormatter(_Formatter())
    _attach(ours, handler)
    of_libraries = _Forward(handler)
    of_libraries.setLevel(logging.WARNING)
    of_libraries.addFilter(lambda record: not _is_ours(record))  # these come by our own logger
    _attach(logging.getLogger(), of_libraries)


class _Forward(logging.Handler):
    """Hands warnings of libraries to the one handler that owns the file."""

    def __init__(self, handler: logging.Handler) -> None:
        super().__init__()
        self._handler = handler

    def emit(self, record: logging.LogRecord) -> None:
        self._handler.handle(record)


class _Formatter(logging.Formatter):
    """Times in UTC; of exceptions only types and places."""

    converter = staticmethod(time.gmtime)

    def __init__(self) -> None:
        super().__init__(
            "{asctime}.{msecs:03.0f}Z {levelname} {threadName} {name}: {message}",
            datefmt="%Y-%m-%dT%H:%M:%S",
            style="{",
        )

    def format(self, record: logging.LogRecord) -> str:
        """Format without the text another handler may have cached on the record."""
        if not _is_ours(record):
            return super().format(_strip(record))
        cached, record.exc_text = record.exc_text, None
        try:
            return super().format(record).replace("\x00", "")
        finally:
            record.exc_text = cached

    def formatException(  # noqa: N802 - logging's name
        self,
        ei: _ExcInfo | tuple[None, None, None],
    ) -> str:
        """Return types and code lines; exception messages may hold names."""
        return "\n".join(_places(ei[1])) if ei[1] is not None else "no exception"


def _attach(logger: logging.Logger, handler: logging.Handler) -> None:
    logger.addHandler(handler)
    _handlers.append((logger, handler))


def _open(path: Path | None) -> logging.Handler:
    if path is None:
        return logging.NullHandler()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return _PrivateFile(path, maxBytes=_MAX_BYTES, backupCount=_FILES, encoding="utf-8")
    except OSError as error:
        print(  # noqa: T201 - there is no log to say it in
            f"The log {path} cannot be written ({error.strerror}); going on without one.",
            file=sys.stderr,
        )
        return logging.NullHandler()


class _PrivateFile(RotatingFileHandler):
    """A rotating file for its owner's eyes, that never fails the app."""

    def _open(self) -> TextIOWrapper:
        return open(
            self.baseFilename,
            "a",
            encoding=self.encoding,
            errors="backslashreplace",
            opener=lambda name, flags: os.open(name, flags, 0o600),
        )

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's name
        """Keep silent: the library's way prints the message, which may hold a name."""


def _is_ours(record: logging.LogRecord) -> bool:
    return record.name == _OURS or record.name.startswith(f"{_OURS}.")


def _strip(record: logging.LogRecord) -> logging.LogRecord:
    """Reduce a record of a library to what cannot hold a name."""
    error = record.exc_info[1] if record.exc_info else None
    types = ", ".join(type(link).__qualname__ for link in _chain(error))
    message = f"message left out ({types})" if types else "message left out"
    return logging.LogRecord(
        record.name, record.levelno, record.pathname, record.lineno, message, None, None
    )


def short(filename: str) -> str:
    """Return the last parts of a path: where the app is installed is nobody's business."""
    return "/".join(Path(filename).parts[-3:])


def _places(error: BaseException) -> list[str]:
    lines: list[str] = []
    for link in _chain(error):
        lines.append(f"{type(link).__module__}.{type(link).__qualname__}")
        lines.extend(
            f"  {short(frame.filename)}:{frame.lineno} in {frame.name}"
            for frame in traceback.extract_tb(link.__traceback__, limit=-30)
        )
    return lines


def _chain(error: BaseException | None) -> list[BaseException]:
    """Return an exception, those inside a group of them, and what caused each."""
    chain: list[BaseException] = []
    waiting = [error] if error is not None else []
    while waiting and len(chain) < _MAX_CHAIN:
        link = waiting.pop(0)
        if any(link is seen for seen in chain):
            continue
        chain.append(link)
        if isinstance(link, BaseExceptionGroup):
            waiting.extend(link.exceptions)
        cause = link.__cause__ or (None if link.__suppress_context__ else link.__context__)
        if cause is not None:
            waiting.append(cause)
    return chain
