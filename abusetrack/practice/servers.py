"""The servers of the practice internet: one resolver, and RDAP and WHOIS services on loopback."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from aiohttp import web

from abusetrack.errors import ExternalError
from abusetrack.practice import config, rdap, whois
from abusetrack.practice.dns import Resolver, Zone
from abusetrack.practice.faults import DNS_FAULTS, RDAP_FAULTS, WHOIS_FAULTS, Fault, Service
from abusetrack.practice.model import RdapStyle, RegistrarEntry, RegistryEntry, WhoisStyle
from abusetrack.practice.world import World

HOST = "127.0.0.1"
_STOP_SECONDS = 2.0
_BACKLOG = 1024
_RECEIVE_BUFFER = 4 * 1024 * 1024  # as much of it as the system allows
_PORT_TRIES = 20


class PracticeServers:
    """All servers of a world; each has its own port, chosen by the system.

    ``services`` has them by name: ``dns``, ``rdap/REGISTRY``, ``rdap/REGISTRAR``,
    ``rdap/NETWORKS``, ``whois/REGISTRY``, with the keys of the world's tables. Their
    faults may be set while they run, from any thread; so may the time.
    """

    def __init__(self, world: World, *, latency: float = 0.0) -> None:
        """``latency`` in seconds is every server's, until its faults are set otherwise."""
        self.world = world
        self.services: dict[str, Service] = {}
        self._latency = latency
        self._moment = world.at()
        self._names: dict[str, str] = {}
        self._related: dict[str, str] = {}
        self._resolver: Resolver | None = None
        self._stopped = asyncio.Event()
        self._stack = contextlib.AsyncExitStack()

    async def __aenter__(self) -> Self:
        """Start all servers.

        Raises:
            ExternalError: a port cannot be had.
        """
        try:
            for registrar in self.world.tables.registrars:
                if registrar.rdap:
                    await self._start_registrar(registrar)
            for registry in self.world.tables.registries:
                await self._start_registry(registry)
            for networks in self.world.tables.network_services:
                await self._start_rdap(networks.key, self._answer_network)
            await self._start_dns()
        except OSError as error:
            await self._stack.aclose()
            raise ExternalError(
                f"The practice internet cannot listen on {HOST}: {error.strerror}."
            ) from error
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop all servers and cut what still drips."""
        self._stopped.set()
        await self._stack.aclose()

    @property
    def endpoints(self) -> frozenset[tuple[str, int]]:
        """Every address and port that a client of this world may reach for."""
        return frozenset((service.host, service.port) for service in self.services.values())

    def set_time(self, instant: datetime) -> None:
        """Move the world's clock; from now on the answers are those of ``instant``."""
        self._moment = self.world.at(instant)
        if self._resolver is not None:
            self._resolver.zone = Zone(self._moment, self._names)

    def config_toml(self, folder: Path) -> str:
        """Write the data files into ``folder`` and return the settings that use this world.

        Raises:
            ExternalError: the folder cannot be written.
        """
        endpoints = {name: service.endpoint for name, service in self.services.items()}
        return config.write(self.world.tables, endpoints, folder)

    # Starting

    def _service(self, name: str, known: frozenset[Fault]) -> Service:
        service = Service(name, known, self._latency)
        self.services[name] = service
        return service

    async def _start_registrar(self, registrar: RegistrarEntry) -> None:
        def answer(kind: str, subject: str) -> rdap.Json | None:
            if kind != "domain":
                return None
            return rdap.registrar_answer(self._moment, registrar, subject)

        service = await self._start_rdap(registrar.key, answer)
        self._related[registrar.key] = f"http://{service.endpoint}/"

    async def _start_registry(self, registry: RegistryEntry) -> None:
        def answer(kind: str, subject: str) -> rdap.Json | None:
            if kind != "domain":
                return None
            return rdap.registry_answer(self._moment, registry, subject, self._related)

        def line(name: str) -> str:
            return whois.answer(self._moment, registry, name)

        if registry.rdap is not RdapStyle.NONE:
            await self._start_rdap(registry.key, answer)
        if registry.whois is not WhoisStyle.NONE:
            service = self._service(f"whois/{registry.key}", WHOIS_FAULTS)
            handler = whois.WhoisService(service, line, self._stopped)
            await self._listen(service, await asyncio.start_server(
                handler.serve, HOST, 0, limit=4096, backlog=_BACKLOG
            ))  # fmt: skip

    async def _start_rdap(self, key: str, answer: rdap.Answerer) -> Service:
        service = self._service(f"rdap/{key}", RDAP_FAULTS)
        handler = rdap.RdapService(service, answer, self._stopped)
        server = web.Server(handler.handle, access_log=None)
        loop = asyncio.get_running_loop()
        self._stack.push_async_callback(server.shutdown, _STOP_SECONDS)
        await self._listen(service, await loop.create_server(server, HOST, 0, backlog=_BACKLOG))
        return service

    def _answer_network(self, kind: str, subject: str) -> rdap.Json | None:
        return rdap.network_answer(self._moment, subject) if kind == "ip" else None

    async def _listen(self, service: Service, server: asyncio.Server) -> None:
        service.host, service.port = server.sockets[0].getsockname()[:2]
        kind, _, key = service.name.partition("/")
        self._names[f"{kind}.{key}.practice.invalid"] = service.host
        self._stack.callback(server.close)

    async def _start_dns(self) -> None:
        service = self._service("dns", DNS_FAULTS)
        sock, server_sock = _one_port()
        self._stack.callback(sock.close)
        resolver = self._resolver = Resolver(service, Zone(self._moment, self._names), sock)
        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_datagram_endpoint(lambda: resolver, sock=sock)
        self._stack.callback(transport.close)
        await self._listen(
            service,
            await asyncio.start_server(resolver.serve_stream, sock=server_sock, backlog=_BACKLOG),
        )


def _one_port() -> tuple[socket.socket, socket.socket]:
    """Return a datagram and a stream socket on the same port number."""
    for attempt in range(_PORT_TRIES):
        datagram = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        stream = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        try:
            datagram.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVE_BUFFER)
            datagram.setblocking(False)
            datagram.bind((HOST, 0))
            stream.bind(datagram.getsockname())
        except OSError:
            datagram.close()
            stream.close()
            if attempt == _PORT_TRIES - 1:
                raise
        else:
            return datagram, stream
    raise AssertionError  # pragma: no cover - the loop returns or raises


async def run(
    world: World,
    folder: Path,
    *,
    latency: float,
    started: Callable[[PracticeServers, Path], None],
    stop: asyncio.Event,
) -> None:
    """Serve ``world`` until ``stop``; the settings file is written before ``started`` is called.

    Raises:
        ExternalError: the folder cannot be written or a port cannot be had.
    """
    async with PracticeServers(world, latency=latency) as servers:
        path = folder / "config.toml"
        config.write_text(path, servers.config_toml(folder))
        started(servers, path)
        await stop.wait()


def serve(
    world: World,
    folder: Path,
    *,
    latency: float = 0.0,
    started: Callable[[PracticeServers, Path], None],
) -> None:
    """Serve in the foreground until SIGINT or SIGTERM.

    ``started`` gets the servers and the path of the settings file to use.

    Raises:
        ExternalError: the folder cannot be written or a port cannot be had.
    """

    async def main() -> None:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            with contextlib.suppress(NotImplementedError):  # Windows: KeyboardInterrupt instead
                loop.add_signal_handler(number, stop.set)
        await run(world, folder, latency=latency, started=started, stop=stop)

    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(main())


class PracticeThread:
    """The practice internet in a thread of its own, for a demo, training or a test."""

    def __init__(self, world: World, folder: Path, *, latency: float = 0.0) -> None:
        """``config_path`` names the settings file once it runs; data files stand beside it."""
        self.config_path = folder / "config.toml"
        self._world = world
        self._folder = folder
        self._latency = latency
        self._servers: PracticeServers | None = None
        self._stop: tuple[asyncio.AbstractEventLoop, asyncio.Event] | None = None
        self._failure: BaseException | None = None
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._main, name="practice")

    @property
    def servers(self) -> PracticeServers:
        """The servers, while they run."""
        if self._servers is None:
            raise RuntimeError("the practice internet does not run")
        return self._servers

    def __enter__(self) -> Self:
        """Start, and return when everything answers.

        Raises:
            ExternalError: the folder cannot be written or a port cannot be had.
        """
        self._thread.start()
        self._ready.wait()
        if self._failure is not None:
            self._thread.join()
            raise self._failure
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop and join."""
        if self._stop is not None:
            loop, stop = self._stop
            loop.call_soon_threadsafe(stop.set)
        self._thread.join()

    def _main(self) -> None:
        try:
            asyncio.run(self._serve())
        except Exception as error:  # noqa: BLE001 - a thread border: raised where it is waited for
            self._failure = error
        finally:
            self._ready.set()

    async def _serve(self) -> None:
        stop = asyncio.Event()
        self._stop = asyncio.get_running_loop(), stop

        def started(servers: PracticeServers, _: Path) -> None:
            self._servers = servers
            self._ready.set()

        await run(self._world, self._folder, latency=self._latency, started=started, stop=stop)
