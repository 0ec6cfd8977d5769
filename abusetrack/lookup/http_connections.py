"""How the HTTP client connects: only to addresses that were checked, or by the proxy."""

from __future__ import annotations

import asyncio
import socket
import ssl
from typing import Any

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.client_proto import ResponseHandler

from abusetrack.lookup.dialing import Dialer


class Pins(AbstractResolver):
    """Hands aiohttp the addresses that were checked, and no others."""

    def __init__(self) -> None:
        self.addresses: dict[tuple[str, int], tuple[tuple[str, ...], float]] = {}

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Return the pinned addresses of ``host``, of both families."""
        del family
        addresses, _until = self.addresses.get((host, port), ((), 0.0))
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=socket.AF_INET6 if ":" in address else socket.AF_INET,
                proto=0,
                flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
            )
            for address in addresses
        ]

    async def close(self) -> None:
        """Forget all."""
        self.addresses.clear()


class ProxiedConnector(aiohttp.TCPConnector):
    """Connects through the dialer's proxy, to the address that the pins give.

    aiohttp's own proxies would be told the name, so the one step in which it opens a
    connection is taken over.
    """

    def __init__(self, dialer: Dialer, **options: Any) -> None:
        super().__init__(**options)
        self._dialer = dialer

    async def _wrap_create_connection(
        self,
        *args: Any,
        addr_infos: list[Any],
        req: aiohttp.ClientRequest,
        timeout: aiohttp.ClientTimeout,  # noqa: ASYNC109 - aiohttp's own parameter
        client_error: type[Exception] = aiohttp.ClientConnectorError,
        **kwargs: Any,
    ) -> tuple[asyncio.Transport, ResponseHandler]:
        del timeout  # the whole request has one
        try:
            sock = await self._dialer.through(*addr_infos[0][4][:2])
            try:
                return await self._loop.create_connection(*args, **kwargs, sock=sock)
            except BaseException:
                sock.close()
                raise
        except ssl.CertificateError as error:
            raise aiohttp.ClientConnectorCertificateError(req.connection_key, error) from error
        except ssl.SSLError as error:
            raise aiohttp.ClientConnectorSSLError(req.connection_key, error) from error
        except OSError as error:
            raise client_error(req.connection_key, error) from error
