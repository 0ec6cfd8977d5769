"""Files of reference data, kept in a cache folder and asked for again when a week old.

With a conditional GET, so that what has not changed is not sent again. What is kept
serves on where the source does not answer.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from abusetrack.lookup.texts import iso_time
from abusetrack.records import Clock, Outcome

if TYPE_CHECKING:
    from abusetrack.lookup.http import Http

MAX_AGE = timedelta(days=7)
RETRY_AFTER = timedelta(minutes=5)  # after a failed refresh

Fits = Callable[[bytes], bool]


@dataclass(frozen=True, slots=True)
class Kept:
    """A file; ``failed`` says why it could not be brought up to date."""

    body: bytes
    checked_at: datetime
    failed: Failed | None = None


@dataclass(frozen=True, slots=True)
class Failed:
    """Why there is nothing new, and from where it was wanted."""

    source: str
    outcome: Outcome
    detail: str


class Keeper:
    """Gets files from URLs and keeps them in ``folder``."""

    def __init__(self, folder: Path, *, http: Http, clock: Clock) -> None:
        self._folder = folder
        self._http = http
        self._clock = clock

    async def get(
        self,
        name: str,
        url: str,
        fits: Fits,
        *,
        accept: str,
        deadline: float,
        afresh: bool = False,
    ) -> Kept | Failed:
        """Return the file ``name``, asked for at ``url`` if it is old or ``afresh``.

        ``fits`` says whether a body is what is wanted; another one is not kept.
        """
        file, notes = self._folder / name, self._folder / f"{name}.meta"
        body, marks = await asyncio.to_thread(_read, file, notes, fits)
        checked, now = iso_time(marks.get("checked_at")), self._clock.now()
        if body and checked and not afresh and timedelta() <= now - checked < MAX_AGE:
            return Kept(body, checked)
        conditions = {
            header: marks[key]
            for key, header in (("ETag", "If-None-Match"), ("Last-Modified", "If-Modified-Since"))
            if body and key in marks
        }
        reply = await self._http.get(url, accept=accept, deadline=deadline, headers=conditions)
        failed = None
        if reply.outcome is not Outcome.OK:
            failed = Failed(url, reply.outcome, reply.detail)
        elif reply.status == 304 and not body:
            failed = Failed(url, Outcome.MALFORMED, "not changed, but nothing is kept")
        elif reply.status != 304 and not fits(reply.body):
            failed = Failed(url, Outcome.MALFORMED, "not what belongs there")
        if failed is not None:
            return Kept(body, checked, failed) if body and checked else failed
        if reply.status != 304:
            body, marks = reply.body, dict(reply.headers)
        marks["checked_at"] = now.isoformat()
        # A cache that cannot be written costs another question next time, nothing else.
        with contextlib.suppress(OSError):
            await asyncio.to_thread(_write, file, body, notes, marks)
        return Kept(body, now)


def read_kept(folder: Path, name: str, fits: Fits) -> tuple[bytes, datetime] | None:
    """Return a kept file and when it was last known to be current; None if damaged or absent."""
    body, marks = _read(folder / name, folder / f"{name}.meta", fits)
    checked = iso_time(marks.get("checked_at"))
    return (body, checked) if body and checked else None


def _read(file: Path, notes: Path, fits: Fits) -> tuple[bytes, dict[str, str]]:
    try:
        body, value = file.read_bytes(), json.loads(notes.read_bytes())
    except (OSError, ValueError, RecursionError):
        return b"", {}
    if not isinstance(value, dict) or not fits(body):
        return b"", {}
    return body, {key: mark for key, mark in value.items() if isinstance(mark, str)}


def _write(file: Path, body: bytes, notes: Path, marks: dict[str, str]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    _replace(file, body)
    _replace(notes, json.dumps(marks).encode())


def _replace(file: Path, body: bytes) -> None:
    handle, name = tempfile.mkstemp(dir=file.parent)
    with os.fdopen(handle, "wb") as stream:
        stream.write(body)
    Path(name).replace(file)
