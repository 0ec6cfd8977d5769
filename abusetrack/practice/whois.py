"""Port 43 of the practice internet (RFC 3912), in two shapes."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import struct
from collections.abc import Callable
from datetime import datetime

from abusetrack.practice.faults import Fault, Service
from abusetrack.practice.model import RegistrarEntry, Registration, RegistryEntry, WhoisStyle
from abusetrack.practice.world import Moment

_QUERY_SECONDS = 10.0
_DRIP_SECONDS = 0.5
_HUGE_BYTES = 100 * 1024 * 1024
_PIECE = b"%" * 1023 + b"\n"
# struct linger: on, for 0 seconds.
_NO_LINGER = struct.pack("hh" if os.name == "nt" else "ii", 1, 0)
_EPP_URL = "https://icann.org/epp#"
_SHORT: dict[Fault, str] = {
    Fault.RATE_LIMITED: "% Query quota exceeded; try again later.\r\n",
    Fault.REFUSED: "% Access denied: your address may not query this server.\r\n",
    Fault.SERVER_ERROR: "% Internal error: the database cannot be reached.\r\n",
    Fault.MALFORMED: "\x00\x01\x02\ufffd\r\n: : :\r\n\x1b[31m",
    Fault.EMPTY: "",
}


class WhoisService:
    """One WHOIS server: answers by ``answer``, or badly, as its faults say."""

    def __init__(
        self, service: Service, answer: Callable[[str], str], stopped: asyncio.Event
    ) -> None:
        self._service = service
        self._answer = answer
        self._stopped = stopped

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Read one query, answer it, close."""
        try:
            with contextlib.suppress(TimeoutError, ConnectionError, ValueError):
                async with asyncio.timeout(_QUERY_SECONDS):
                    line = await reader.readline()
                name = line.decode("utf-8", "replace").strip().lower().rstrip(".")
                fault = self._service.meets(name, asyncio.get_running_loop().time())
                await asyncio.sleep(self._service.faults.latency)
                if fault is None:
                    writer.write(self._answer(name).encode())
                else:
                    await self._misbehave(writer, fault)
                await writer.drain()
        finally:
            writer.close()  # also when the servers stop in the middle of an answer

    async def _misbehave(self, writer: asyncio.StreamWriter, fault: Fault) -> None:
        if fault in _SHORT:
            writer.write(_SHORT[fault].encode())
        elif fault is Fault.TIMEOUT:
            await self._stopped.wait()
        elif fault is Fault.RESET:
            # Without lingering the connection ends in a reset, not in order.
            peer = writer.get_extra_info("socket")
            peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
            writer.transport.abort()
        else:
            sent = 0
            while not self._stopped.is_set() and (fault is not Fault.HUGE or sent < _HUGE_BYTES):
                piece = _PIECE
                if fault is Fault.SLOW_DRIP:
                    piece = b"%"
                    with contextlib.suppress(TimeoutError):
                        await asyncio.wait_for(self._stopped.wait(), _DRIP_SECONDS)
                writer.write(piece)
                await writer.drain()
                sent += len(piece)


def answer(moment: Moment, registry: RegistryEntry, name: str) -> str:
    """Answer for a domain in the registry's shape."""
    block = registry.whois is WhoisStyle.BLOCK
    record = moment.world.domains.get(name)
    registration = moment.standings[name].registration if record else None
    if record is None or record.registry != registry.key or registration is None:
        if block:
            return "% No entries found for the selected source.\r\n"
        return f'No match for domain "{name.upper()}".\r\n'
    registrar = moment.world.registrars.get(registration.registrar or "")
    make = _block if block else _keyed
    return "\r\n".join((*make(name, registration, registrar), "")) + "\r\n"


def _keyed(name: str, registration: Registration, registrar: RegistrarEntry | None) -> list[str]:
    lines = [f"Domain Name: {name.upper()}", f"Registry Domain ID: D-{name.upper()}"]
    if registrar is not None:
        lines.append(f"Registrar URL: {registrar.url or ''}")
    lines += _dated("Updated Date: {}", registration.updated)
    lines += _dated("Creation Date: {}", registration.created)
    lines += _dated("Registry Expiry Date: {}", registration.expires)
    if registrar is not None:
        lines += [
            f"Registrar: {registrar.name}",
            f"Registrar IANA ID: {registrar.iana_id or ''}",
            f"Registrar Abuse Contact Email: {registrar.abuse_email or ''}",
            f"Registrar Abuse Contact Phone: {registrar.abuse_phone or ''}",
        ]
    lines += [f"Domain Status: {status} {_EPP_URL}{status}" for status in registration.statuses]
    lines += [f"Name Server: {server.upper()}" for server in registration.name_servers]
    return [*lines, "DNSSEC: unsigned", ">>> Last update of WHOIS database: practice <<<"]


def _block(name: str, registration: Registration, registrar: RegistrarEntry | None) -> list[str]:
    lines = ["% This is the WHOIS service of a practice registry.", "", f"domain:       {name}"]
    lines += [f"status:       {status}" for status in registration.statuses]
    if registrar is not None:
        lines.append(f"registrar:    {registrar.name}")
    lines += _dated("created:      {}", registration.created)
    lines += _dated("changed:      {}", registration.updated)
    lines += _dated("expires:      {}", registration.expires)
    return [*lines, *(f"nserver:      {server}" for server in registration.name_servers)]


def _dated(line: str, when: datetime | None) -> list[str]:
    return [line.format(when.strftime("%Y-%m-%dT%H:%M:%SZ"))] if when else []
