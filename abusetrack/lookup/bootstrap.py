"""Which RDAP service answers for a name or address (RFC 9224).

The registries come from a folder, or from a URL and are then kept in a cache folder
with a conditional GET when they are a week old. Old ones serve on where the URL
does not answer.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import logging
import os
import tempfile
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from ipaddress import ip_network
from pathlib import Path

from abusetrack.errors import SettingsError
from abusetrack.lookup.addresses import Address
from abusetrack.lookup.flight import SingleFlight
from abusetrack.lookup.http import Http
from abusetrack.lookup.prefixes import PrefixTable
from abusetrack.lookup.texts import iso_time
from abusetrack.records import Clock, Outcome

_log = logging.getLogger(__name__)

MAX_AGE = timedelta(days=7)
_RETRY_AFTER = timedelta(minutes=5)  # after a failed refresh
_FILES = ("dns.json", "ipv4.json", "ipv6.json")


@dataclass(slots=True)
class Services:
    """The registries as read: bases by ending and by prefix."""

    endings: dict[str, str] = field(default_factory=dict)
    prefixes: PrefixTable[str] = field(default_factory=PrefixTable)

    def for_domain(self, domain: str, *, suffix: str | None = None) -> str | None:
        """Return the base for ``domain``: the longest ending; or just for ``suffix``."""
        if suffix is not None:
            return self.endings.get(suffix)
        labels = domain.split(".")
        endings = (".".join(labels[i:]) for i in range(1, len(labels)))
        return next((self.endings[e] for e in endings if e in self.endings), None)

    def for_address(self, address: Address) -> str | None:
        """Return the base for ``address``: the longest prefix."""
        return self.prefixes.get(address)


@dataclass(frozen=True, slots=True)
class NoBootstrap:
    """Why there are no registries, and from where they were wanted."""

    source: str
    outcome: Outcome
    detail: str


class Bootstrap:
    """Loads the registries when first needed, and again when they are a week old."""

    def __init__(self, place: str, folder: Path, *, http: Http, clock: Clock, cache: Path) -> None:
        self._url = place if place.startswith(("http://", "https://")) else None
        self._folder = folder
        self._http = http
        self._clock = clock
        self._flight: SingleFlight[str, None] = SingleFlight()
        self._services: Services | None = None
        self._failure: NoBootstrap | None = None
        self._due: datetime | None = None
        if self._url is None:
            self._services = read_folder(folder)
        else:
            self._url = self._url.rstrip("/") + "/"
            self._folder = cache / hashlib.sha256(self._url.encode()).hexdigest()[:16]

    async def services(self, deadline: float) -> Services | NoBootstrap:
        """Return the registries, or why there are none."""
        if self._url is not None and (self._due is None or self._clock.now() >= self._due):
            await self._flight.do("load", lambda: self._load(deadline))
        if self._services is not None:
            return self._services
        return self._failure or NoBootstrap(self._url or "", Outcome.UNREACHABLE, "")

    async def _load(self, deadline: float) -> None:
        fetched = await asyncio.gather(*(self._fetch(name, deadline) for name in _FILES))
        failures = [found for found in fetched if isinstance(found, NoBootstrap)]
        kept = [found for found in fetched if not isinstance(found, NoBootstrap)]
        self._failure = next(iter(failures), None)
        wait = MAX_AGE if all(is_fresh for _, is_fresh in kept) and not failures else _RETRY_AFTER
        self._due = self._clock.now() + wait
        if wait is not MAX_AGE:
            _log.warning("The RDAP registries could not all be brought up to date.")
        if not failures:
            bodies = {name: body for name, (body, _) in zip(_FILES, kept, strict=True)}
            self._services = await asyncio.to_thread(_services, bodies)

    async def _fetch(self, name: str, deadline: float) -> tuple[bytes, bool] | NoBootstrap:
        """Return one registry, and whether it is up to date; what is kept serves on."""
        file, notes = self._folder / name, self._folder / f"{name}.meta"
        body, marks = await asyncio.to_thread(_read_kept, file, notes)
        checked = iso_time(marks.get("checked_at"))
        if body and checked and timedelta() <= self._clock.now() - checked < MAX_AGE:
            return body, True
        conditions = {
            header: marks[key]
            for key, header in (("ETag", "If-None-Match"), ("Last-Modified", "If-Modified-Since"))
            if body and key in marks
        }
        url = f"{self._url}{name}"
        reply = await self._http.get(
            url, accept="application/json", deadline=deadline, headers=conditions
        )
        failure = None
        if reply.outcome is not Outcome.OK:
            failure = NoBootstrap(url, reply.outcome, reply.detail)
        elif reply.status != 304 and not _is_registry(reply.body):
            failure = NoBootstrap(url, Outcome.MALFORMED, "not a registry of RFC 9224")
        if failure is not None:
            return (body, False) if body else failure
        if reply.status != 304:
            body, marks = reply.body, dict(reply.headers)
        marks["checked_at"] = self._clock.now().isoformat()
        # A cache that cannot be written costs another question next time, nothing else.
        with contextlib.suppress(OSError):
            await asyncio.to_thread(_keep, file, body, notes, marks)
        return body, True


def read_folder(folder: Path) -> Services:
    """Read the registries of a folder.

    Raises:
        SettingsError: a file is missing or is no registry of RFC 9224.
    """
    try:
        return _services({name: (folder / name).read_bytes() for name in _FILES})
    except (OSError, ValueError) as error:
        raise SettingsError(
            f"The RDAP registries in {folder} cannot be used; check rdap.bootstrap: it is a URL, "
            "or a folder with dns.json, ipv4.json and ipv6.json as IANA publishes them."
        ) from error


def _services(bodies: dict[str, bytes]) -> Services:
    services = Services()
    for name, body in bodies.items():
        for key, base in _entries(body):
            if name == "dns.json":
                services.endings[key.strip(".").lower()] = base
            else:
                with contextlib.suppress(ValueError):
                    services.prefixes.set(ip_network(key, strict=False), base)
    return services


def _entries(body: bytes) -> list[tuple[str, str]]:
    """Return (ending or prefix, base) pairs.

    Raises:
        ValueError: it is no registry.
    """
    try:
        value = json.loads(body)
    except RecursionError:
        raise ValueError("nested too deep") from None
    services = value.get("services") if isinstance(value, dict) else None
    if not isinstance(services, list):
        raise ValueError("no services")
    entries = []
    for service in services:
        if not isinstance(service, list) or len(service) < 2:
            continue
        keys, bases = ([x for x in part if isinstance(x, str)] for part in map(_list, service[:2]))
        # https where there is a choice (RFC 9224, 8).
        base = next((b for b in bases if b.startswith("https:")), next(iter(bases), None))
        if base is not None:
            entries += [(key, base.rstrip("/") + "/") for key in keys]
    return entries


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _is_registry(body: bytes) -> bool:
    try:
        return bool(_entries(body))
    except ValueError:
        return False


def _read_kept(file: Path, notes: Path) -> tuple[bytes, dict[str, str]]:
    """Return what the cache holds of a registry: nothing if it is damaged."""
    try:
        body, value = file.read_bytes(), json.loads(notes.read_bytes())
    except (OSError, ValueError, RecursionError):
        return b"", {}
    if not _is_registry(body) or not isinstance(value, dict):
        return b"", {}
    return body, {key: mark for key, mark in value.items() if isinstance(mark, str)}


def _keep(file: Path, body: bytes, notes: Path, marks: dict[str, str]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    _replace(file, body)
    _replace(notes, json.dumps(marks).encode())


def _replace(file: Path, body: bytes) -> None:
    handle, name = tempfile.mkstemp(dir=file.parent)
    with os.fdopen(handle, "wb") as stream:
        stream.write(body)
    Path(name).replace(file)
