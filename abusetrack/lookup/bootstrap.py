"""Which RDAP service answers for a name or address (RFC 9224).

The registries come from a folder, or from a URL and are then kept in a cache folder.
A small table adds country-code endings whose services are not registered with IANA.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from ipaddress import ip_network
from pathlib import Path

from abusetrack.errors import SettingsError
from abusetrack.lookup.addresses import Address
from abusetrack.lookup.flight import SingleFlight
from abusetrack.lookup.http import Http
from abusetrack.lookup.kept import MAX_AGE, RETRY_AFTER, Failed, Keeper, Kept
from abusetrack.lookup.prefixes import PrefixTable
from abusetrack.lookup.reference import Place, updated
from abusetrack.records import Clock, Outcome, UpdatedFile

_log = logging.getLogger(__name__)

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

    def __init__(
        self,
        place: Place,
        *,
        http: Http,
        clock: Clock,
        unlisted: Mapping[str, str] | None = None,
    ) -> None:
        self._place = place
        self._clock = clock
        self._unlisted = unlisted or {}
        self._keeper = Keeper(place.folder, http=http, clock=clock)
        self._flight: SingleFlight[str, None] = SingleFlight()
        self._services: Services | None = None
        self._failure: NoBootstrap | None = None
        self._due: datetime | None = None
        if place.url is None:
            self._services = self._with_unlisted(read_folder(place.folder))

    async def services(self, deadline: float) -> Services | NoBootstrap:
        """Return the registries, or why there are none."""
        if self._place.url is not None and (self._due is None or self._clock.now() >= self._due):
            await self._flight.do("load", lambda: self._load(deadline))
        if self._services is not None:
            return self._services
        return self._failure or NoBootstrap(self._place.url or "", Outcome.UNREACHABLE, "")

    async def update(self, deadline: float) -> Sequence[UpdatedFile]:
        """Ask for the registries again now; nothing to do for a folder."""
        if self._place.url is None:
            return ()
        got = await self._get(deadline, afresh=True)
        return [updated(f"RDAP {name}", found) for name, found in zip(_FILES, got, strict=True)]

    async def _get(self, deadline: float, *, afresh: bool = False) -> list[Kept | Failed]:
        return await asyncio.gather(
            *(
                self._keeper.get(
                    name, f"{self._place.url}{name}", _is_registry, accept="application/json",
                    deadline=deadline, afresh=afresh,
                )
                for name in _FILES
            )
        )  # fmt: skip

    async def _load(self, deadline: float) -> None:
        got = await self._get(deadline)
        failed = [found for found in got if isinstance(found, Failed)]
        kept = [found for found in got if isinstance(found, Kept)]
        self._failure = next((NoBootstrap(f.source, f.outcome, f.detail) for f in failed), None)
        is_fresh = not failed and all(found.failed is None for found in kept)
        self._due = self._clock.now() + (MAX_AGE if is_fresh else RETRY_AFTER)
        if not is_fresh:
            _log.warning("The RDAP registries could not all be brought up to date.")
        if not failed:
            bodies = {name: found.body for name, found in zip(_FILES, kept, strict=True)}
            self._services = self._with_unlisted(await asyncio.to_thread(_services, bodies))

    def _with_unlisted(self, services: Services) -> Services:
        """Add the services that IANA does not list; where it does, its word counts."""
        services.endings = {**self._unlisted, **services.endings}
        return services


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
