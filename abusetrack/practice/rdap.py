"""RDAP answers of the practice internet (RFC 9082, 9083), and the services that give them."""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import zlib
from collections.abc import AsyncIterator, Callable, Mapping
from datetime import datetime
from functools import cache
from ipaddress import ip_address, ip_network
from typing import Any

from aiohttp import web

from abusetrack.practice.faults import Fault, Service
from abusetrack.practice.model import (
    Network,
    RdapStyle,
    RegistrarEntry,
    Registration,
    RegistryEntry,
)
from abusetrack.practice.world import Moment

MEDIA_TYPE = "application/rdap+json"
UNCONFIGURED_PORT = 9  # where the redirect to loopback leads; nobody listens or may go there

_HUGE_BYTES = 100 * 1024 * 1024
_PIECE = b" " * 65536
_DRIP_SECONDS = 0.5
_REDIRECTS: Mapping[Fault, str] = {
    Fault.REDIRECT_LOOPBACK: f"http://127.0.0.1:{UNCONFIGURED_PORT}/domain/x",
    Fault.REDIRECT_FILE: "file:///etc/hostname",
}
_REFUSALS: Mapping[Fault, tuple[int, str]] = {
    Fault.SERVER_ERROR: (503, "Service Unavailable"),
    Fault.REFUSED: (403, "Forbidden"),
    Fault.RATE_LIMITED: (429, "Too Many Requests"),
}

Json = dict[str, Any]
# Answers a path ("domain/foo.test"); None: not found.
Answerer = Callable[[str, str], Json | None]


class RdapService:
    """One RDAP service: answers by its ``answer``, or badly, as its faults say."""

    def __init__(self, service: Service, answer: Answerer, stopped: asyncio.Event) -> None:
        self._service = service
        self._answer = answer
        self._stopped = stopped

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer one request."""
        kind, _, subject = request.path.strip("/").partition("/")
        subject = subject.lower().rstrip(".")
        fault = self._service.meets(subject, asyncio.get_running_loop().time())
        if latency := self._service.faults.latency:
            await asyncio.sleep(latency)
        if fault is not None:
            return await self._misbehave(request, fault, kind, subject)
        if request.method not in {"GET", "HEAD"}:
            return _error(405, "Method Not Allowed")
        return self._good(kind, subject)

    def _good(self, kind: str, subject: str) -> web.Response:
        answer = self._answer(kind, subject)
        if answer is None:
            return _error(404, "Not Found")
        return _json(200, answer)

    async def _misbehave(
        self, request: web.BaseRequest, fault: Fault, kind: str, subject: str
    ) -> web.StreamResponse:
        if fault in _REFUSALS:
            response = _error(*_REFUSALS[fault])
            if fault is Fault.RATE_LIMITED:
                response.headers["Retry-After"] = str(self._service.faults.retry_after)
            return response
        if fault is Fault.REDIRECT_LOOP:
            return _redirect(f"http://{self._service.endpoint}{request.path}?again")
        if fault in _REDIRECTS:
            return _redirect(_REDIRECTS[fault])
        if fault is Fault.TIMEOUT:
            await self._stopped.wait()
            return _error(503, "Service Unavailable")
        if fault is Fault.RESET:
            if request.transport is not None:
                request.transport.abort()
            return web.Response()
        if fault in {Fault.HUGE, Fault.ENDLESS, Fault.SLOW_DRIP}:
            return await self._stream(request, fault)
        return _bad_body(fault, self._good(kind, subject))

    async def _stream(self, request: web.BaseRequest, fault: Fault) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": MEDIA_TYPE})
        if fault is Fault.HUGE:
            response.content_length = _HUGE_BYTES
        with contextlib.suppress(ConnectionError):
            await response.prepare(request)
            async for piece in self._pieces(fault):
                await response.write(piece)
            await response.write_eof()
        return response

    async def _pieces(self, fault: Fault) -> AsyncIterator[bytes]:
        sent = 0
        while not self._stopped.is_set():
            if fault is Fault.SLOW_DRIP:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._stopped.wait(), _DRIP_SECONDS)
                yield b" "
                continue
            if fault is Fault.HUGE and sent >= _HUGE_BYTES:
                return
            yield _PIECE
            sent += len(_PIECE)


def _json(status: int, answer: Json) -> web.Response:
    body = json.dumps(answer, ensure_ascii=False).encode()
    return web.Response(status=status, body=body, headers={"Content-Type": MEDIA_TYPE})


def _error(status: int, title: str) -> web.Response:
    return _json(status, {"errorCode": status, "title": title, "description": [title]})


def _redirect(target: str) -> web.Response:
    return web.Response(status=302, headers={"Location": target})


def _bad_body(fault: Fault, good: web.Response) -> web.Response:
    headers = {"Content-Type": MEDIA_TYPE}
    body = b""
    if fault is Fault.MALFORMED:
        body = b'{"objectClassName": "domain", "ldhName": '
    elif fault is Fault.DEEP_JSON:
        body = b'{"entities":' + b"[" * 10_000 + b"]" * 10_000 + b"}"
    elif fault is Fault.ERROR_BODY:
        body = b'{"errorCode": 500, "title": "Internal Error", "description": ["try later"]}'
    elif fault is Fault.WRONG_TYPE:
        body = good.body if isinstance(good.body, bytes) else b""
        headers["Content-Type"] = "text/html"
    elif fault is Fault.BOMB:
        body = _bomb()
        headers["Content-Encoding"] = "gzip"
    return web.Response(body=body, headers=headers)


@cache
def _bomb() -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    pieces = [packer.compress(_PIECE) for _ in range(_HUGE_BYTES // len(_PIECE))]
    return b"".join((*pieces, packer.flush()))


# What the services say


def registry_answer(
    moment: Moment, registry: RegistryEntry, name: str, related: Mapping[str, str]
) -> Json | None:
    """Answer for a domain as its registry does; ``related`` has registrars' RDAP bases by key."""
    record = moment.world.domains.get(name)
    if record is None or record.registry != registry.key:
        return None
    registration = moment.standings[name].registration
    if registration is None:
        return None
    answer = _domain(name, record.unicode, registration)
    answer["port43"] = f"whois.{registry.key}.practice.invalid"
    if registration.registrar is None:
        return answer
    registrar = moment.world.registrars[registration.registrar]
    answer["entities"] = _registrar_entities(registrar, registry.rdap)
    if registrar.key in related:
        answer["links"].append(
            {
                "rel": "related",
                "href": f"{related[registrar.key]}domain/{name}",
                "type": MEDIA_TYPE,
            }
        )
    return answer


def registrar_answer(moment: Moment, registrar: RegistrarEntry, name: str) -> Json | None:
    """Answer for a domain as its registrar does; None for other registrars' domains."""
    record = moment.world.domains.get(name)
    registration = moment.standings[name].registration if record else None
    if record is None or registration is None or registration.registrar != registrar.key:
        return None
    answer = _domain(name, record.unicode, registration)
    answer["entities"] = _registrar_entities(registrar, RdapStyle.FULL)
    return answer


def network_answer(moment: Moment, subject: str) -> Json | None:
    """Answer for the network that holds an address."""
    try:
        address = ip_address(subject.partition("/")[0])
    except ValueError:
        return None
    found = moment.world.network(address)
    return None if found is None else _network(*found)


def _domain(name: str, unicode: str, registration: Registration) -> Json:
    events = {
        "registration": registration.created,
        "expiration": registration.expires,
        "last changed": registration.updated,
    }
    answer: Json = {
        "objectClassName": "domain",
        "rdapConformance": ["rdap_level_0"],
        "handle": f"D-{name}",
        "ldhName": name,
        "status": [_rdap_status(status) for status in registration.statuses],
        "events": [
            {"eventAction": action, "eventDate": _instant(when)}
            for action, when in events.items()
            if when is not None
        ],
        "nameservers": [
            {"objectClassName": "nameserver", "ldhName": server}
            for server in registration.name_servers
        ],
        "secureDNS": {"delegationSigned": False},
        "links": [],
    }
    if unicode != name:
        answer["unicodeName"] = unicode
    return answer


def _registrar_entities(registrar: RegistrarEntry, style: RdapStyle) -> list[Json]:
    entity: Json = {"objectClassName": "entity", "roles": ["registrar"]}
    if registrar.iana_id is not None and style is not RdapStyle.NO_IDS:
        identifier = str(registrar.iana_id)
        entity["handle"] = identifier
        entity["publicIds"] = [{"type": "IANA Registrar ID", "identifier": identifier}]
    if style is RdapStyle.THIN:
        return [entity]
    entity["vcardArray"] = _vcard(registrar.name)
    if not (registrar.abuse_email or registrar.abuse_phone):
        return [entity]
    abuse: Json = {
        "objectClassName": "entity",
        "roles": ["abuse"],
        "vcardArray": _vcard("Abuse Desk", registrar.abuse_email, registrar.abuse_phone),
    }
    if style is RdapStyle.BESIDE:
        return [entity, abuse]
    entity["entities"] = [abuse]
    return [entity]


def _vcard(name: str, email: str | None = None, phone: str | None = None) -> list[Any]:
    fields: list[list[Any]] = [["version", {}, "text", "4.0"], ["fn", {}, "text", name]]
    if phone:
        fields.append(["tel", {"type": "voice"}, "uri", f"tel:{phone}"])
    if email:
        fields.append(["email", {}, "text", email])
    return ["vcard", fields]


def _network(prefix: str, network: Network) -> Json:
    block = ip_network(prefix)
    answer: Json = {
        "objectClassName": "ip network",
        "rdapConformance": ["rdap_level_0", "cidr0"],
        "handle": network.handle,
        "startAddress": str(block[0]),
        "endAddress": str(block[-1]),
        "ipVersion": f"v{block.version}",
        "name": network.name,
        "type": "ASSIGNED",
        "status": ["active"],
        "cidr0_cidrs": [
            {f"v{block.version}prefix": str(block.network_address), "length": block.prefixlen}
        ],
        "entities": [],
    }
    if network.country:
        answer["country"] = network.country
    if network.holder:
        holder: Json = {
            "objectClassName": "entity",
            "handle": f"ORG-{network.handle}",
            "roles": ["registrant"],
            "vcardArray": _vcard(network.holder),
        }
        if network.abuse_email:
            holder["entities"] = [
                {
                    "objectClassName": "entity",
                    "handle": f"AB-{network.handle}",
                    "roles": ["abuse"],
                    "vcardArray": _vcard("Abuse Desk", network.abuse_email),
                }
            ]
        answer["entities"].append(holder)
    return answer


def _rdap_status(epp: str) -> str:
    """Spell an EPP status as RDAP does (RFC 8056)."""
    if epp == "ok":
        return "active"
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", epp).lower()


def _instant(when: datetime) -> str:
    return when.isoformat().replace("+00:00", "Z")
