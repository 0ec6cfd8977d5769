"""IANA's lists of registrars and of top-level domains: fetched, kept, and read.

They stand where the RDAP registries stand (``rdap.bootstrap``): in the user's folder, or
fetched into a cache folder that ``ReferenceFiles`` reads without any network.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from abusetrack.lookup.kept import MAX_AGE, RETRY_AFTER, Failed, Keeper, Kept, read_kept
from abusetrack.lookup.reference_parse import is_ending, parse_registrars, parse_registry
from abusetrack.lookup.tables import shipped
from abusetrack.records import Clock, RegistrarList, RegistryRecord, TldKind, UpdatedFile
from abusetrack.settings import Settings, default_cache_path

if TYPE_CHECKING:
    from abusetrack.lookup.http import Http

_log = logging.getLogger(__name__)

REGISTRARS = "registrar-ids-1.csv"
_SHORT = "registrar-ids.csv"  # as such lists are often saved
_IANA = "https://data.iana.org/rdap/"
_IANA_REGISTRARS = f"https://www.iana.org/assignments/registrar-ids/{REGISTRARS}"
_IANA_ENDINGS = "https://rdap.iana.org/domain/"
_FETCH_SECONDS = 60.0  # for one file in the background
_NO_DATE = datetime.min.replace(tzinfo=UTC)
_LEAVE_SECONDS = 5.0  # for what is still being fetched at the end


@dataclass(frozen=True, slots=True)
class Place:
    """Where reference data comes from: ``url`` is None for a folder of the user's own."""

    folder: Path
    url: str | None

    @classmethod
    def of(cls, settings: Settings, cache: Path | None = None) -> Place:
        """Return the place that ``rdap.bootstrap`` names; fetched files stand below ``cache``."""
        named = settings.rdap.bootstrap
        if not named.startswith(("http://", "https://")):
            return cls(settings.path(Path(named)), None)
        url = named.rstrip("/") + "/"
        kept = (cache or default_cache_path()) / "rdap"
        return cls(kept / hashlib.sha256(url.encode()).hexdigest()[:16], url)

    @property
    def registrars(self) -> str:
        """The URL of the registrar IDs."""
        return _IANA_REGISTRARS if self.url == _IANA else f"{self.url}{REGISTRARS}"

    def ending(self, ending: str) -> str:
        """Return the URL of the record of a top-level domain."""
        return f"{_IANA_ENDINGS if self.url == _IANA else f'{self.url}domain/'}{ending}"


class ReferenceFiles:
    """Reads what is there; asks nobody."""

    def __init__(self, place: Place) -> None:
        self._place = place

    @classmethod
    def of(cls, settings: Settings, cache: Path | None = None) -> ReferenceFiles:
        """Read from the place that the settings name."""
        return cls(Place.of(settings, cache))

    @property
    def folder(self) -> Path | None:
        """The user's own folder; None where the files are fetched."""
        return self._place.folder if self._place.url is None else None

    def registrars(self) -> RegistrarList:
        """Return IANA's registrar IDs; an empty list where there are none."""
        if self._place.url is not None:
            kept = read_kept(self._place.folder, REGISTRARS, _is_registrars)
            source = self._place.registrars
        else:
            kept, source = _read_own(self._registrars_file()), str(self._registrars_file())
        if kept is None or not (listed := parse_registrars(kept[0])):
            return RegistrarList()
        return RegistrarList(listed, source, kept[1])

    def stamp(self) -> tuple[int, int]:
        """Return what changes when the registrar IDs do."""
        file = self._registrars_file()
        if self._place.url is not None:
            file = self._place.folder / f"{REGISTRARS}.meta"
        try:
            found = file.stat()
        except OSError:
            return 0, 0
        return found.st_mtime_ns, found.st_size

    def registry(self, ending: str) -> RegistryRecord | None:
        """Return the record of an ending; None where there is none."""
        if not is_ending(ending):
            return None
        name = _file_name(ending)
        if self._place.url is not None:
            kept = read_kept(self._place.folder, name, lambda body: _is_record(body, ending))
            source = self._place.ending(ending)
        else:
            kept, source = _read_own(self._place.folder / name), str(self._place.folder / name)
        if kept is None:
            return None
        return parse_registry(kept[0], ending, source=source, as_of=kept[1])

    def endings(self) -> list[str]:
        """Return the endings whose records are there."""
        folder = self._place.folder / "domain"
        names = (path.name.removesuffix(".json") for path in folder.glob("*.json"))
        return sorted(filter(is_ending, names))

    def _registrars_file(self) -> Path:
        short = self._place.folder / _SHORT
        return short if short.exists() else self._place.folder / REGISTRARS


class Reference:
    """Fetches what is wanted and old; never raises for what the world does."""

    def __init__(self, place: Place, *, http: Http, clock: Clock) -> None:
        self.files = ReferenceFiles(place)
        self._place = place
        self._clock = clock
        self._keeper = Keeper(place.folder, http=http, clock=clock)
        self._wanted: dict[str, asyncio.Task[Kept | Failed]] = {}
        self._again: dict[str, datetime] = {}  # when a file that failed is asked for again

    def want(self, ending: str) -> None:
        """Fetch the record of an ending in the background; no name waits for it."""
        if self._place.url is not None and is_ending(ending):
            self._task(ending)

    async def registry(self, ending: str, deadline: float) -> RegistryRecord | None:
        """Return the record of an ending, fetched if need be."""
        if self._place.url is not None and is_ending(ending):
            left = deadline - asyncio.get_running_loop().time()
            await asyncio.wait([self._task(ending)], timeout=max(0.0, left))
        return await asyncio.to_thread(self.files.registry, ending)

    async def registrars(self, deadline: float, *, afresh: bool = False) -> UpdatedFile | None:
        """Bring the registrar IDs up to date; None where nothing is fetched."""
        if self._place.url is None:
            return None
        got = await self._keeper.get(
            REGISTRARS,
            self._place.registrars,
            _is_registrars,
            accept="text/csv",
            deadline=deadline,
            afresh=afresh,
        )
        return updated("registrar IDs", got)

    async def update(self, deadline: float) -> Sequence[UpdatedFile]:
        """Ask again for the registrar IDs and for every record that is kept."""
        if self._place.url is None:
            return ()
        first = await self.registrars(deadline, afresh=True)
        endings = await asyncio.to_thread(self.files.endings)
        got = await asyncio.gather(*(self._get(e, deadline, afresh=True) for e in endings))
        records = (updated(f".{e}", g) for e, g in zip(endings, got, strict=True))
        return (*([first] if first else []), *records)

    async def close(self, *, at_once: bool) -> None:
        """End what is still being fetched, ``at_once`` or after a moment."""
        running = [task for task in self._wanted.values() if not task.done()]
        if running and not at_once:
            await asyncio.wait(running, timeout=_LEAVE_SECONDS)
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    def _task(self, ending: str) -> asyncio.Task[Kept | Failed]:
        """Return the one fetching of an ending; a new one where it failed a while ago."""
        task, again = self._wanted.get(ending), self._again.get(ending)
        if task is None or (task.done() and again is not None and self._clock.now() >= again):
            self._again.pop(ending, None)
            deadline = asyncio.get_running_loop().time() + _FETCH_SECONDS
            task = self._wanted[ending] = asyncio.create_task(self._get(ending, deadline))
        return task

    async def _get(self, ending: str, deadline: float, *, afresh: bool = False) -> Kept | Failed:
        got = await self._keeper.get(
            _file_name(ending),
            self._place.ending(ending),
            lambda body: _is_record(body, ending),
            accept="application/rdap+json, application/json;q=0.8",
            deadline=deadline,
            afresh=afresh,
        )
        if isinstance(got, Failed) or got.failed is not None:
            self._again[ending] = self._clock.now() + RETRY_AFTER
            _log.info("The record of a top-level domain could not be brought up to date.")
        else:
            self._again[ending] = got.checked_at + MAX_AGE
        return got


def tld_kind(tld: str) -> TldKind:
    """Tell a ccTLD from a gTLD: by its two letters (ISO 3166-1), in other scripts by table."""
    if len(tld) == 2 or tld in shipped("idn_cctlds.toml")["labels"]:
        return TldKind.CCTLD
    return TldKind.GTLD


def updated(name: str, got: Kept | Failed) -> UpdatedFile:
    """Say what became of a file that was asked for."""
    failed = got if isinstance(got, Failed) else got.failed
    problem = f"{failed.outcome.value} {failed.detail}".strip() if failed else ""
    return UpdatedFile(name, got.checked_at if isinstance(got, Kept) else None, problem)


def _file_name(ending: str) -> str:
    return f"domain/{ending}.json"


def _is_registrars(body: bytes) -> bool:
    return bool(parse_registrars(body))


def _is_record(body: bytes, ending: str) -> bool:
    return parse_registry(body, ending, source="", as_of=_NO_DATE) is not None


def _read_own(path: Path) -> tuple[bytes, datetime] | None:
    """Return a file of the user's folder and its date."""
    with contextlib.suppress(OSError):
        return path.read_bytes(), datetime.fromtimestamp(path.stat().st_mtime, UTC)
    return None
