"""TCP connections to literal addresses: directly, or all of them through one proxy.

Through a proxy, nothing else leaves: the proxy is told an address that was checked,
never a name, and datagrams are not used at all.
"""

from __future__ import annotations

import asyncio
import socket
from urllib.parse import unquote, urlsplit

from abusetrack.errors import SettingsError
from abusetrack.lookup.addresses import literal

_TYPES = {"socks5": "SOCKS5", "http": "HTTP"}  # as python-socks calls them
_LOCAL = {"localhost": "127.0.0.1"}
_HTTPS = 443
_LONGEST = 255  # octets of a name or password (RFC 1929)
_SECONDS = 3600.0  # the callers have limits of their own

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Dialer:
    """Opens connections; ``proxy`` is a URL, or empty to go directly.

    With ``named``, the proxy may be given by name, which the system then looks up: for
    connections to a server of the settings, whose name is no secret.

    Raises:
        SettingsError: the proxy of ``setting`` is of a kind that cannot carry all of it.
    """

    def __init__(
        self, proxy: str = "", *, setting: str = "lookup.proxy", named: bool = False
    ) -> None:
        self._proxy = _read(proxy, setting, named=named) if proxy else None

    @property
    def is_proxied(self) -> bool:
        """Whether everything must go through the proxy."""
        return self._proxy is not None

    async def open(self, address: str, port: int) -> Streams:
        """Open a connection for reading and writing.

        Raises:
            OSError: there is none; ``strerror`` says why.
        """
        if self._proxy is None:
            return await asyncio.open_connection(address, port)
        sock = await self.through(address, port)
        try:
            return await asyncio.open_connection(sock=sock)
        except BaseException:
            sock.close()
            raise

    async def through(self, address: str, port: int) -> socket.socket:
        """Return a socket that the proxy has connected to ``address``.

        A name instead of an address is looked up by the proxy.

        Raises:
            OSError: it has not; ``strerror`` says why.
        """
        if self._proxy is None:
            raise RuntimeError("there is no proxy")
        # Imported where it is needed: most have no proxy.
        from python_socks import ProxyConnectionError, ProxyError, ProxyType
        from python_socks.async_.asyncio import Proxy

        kind, host, proxy_port, username, password = self._proxy
        proxy = Proxy(ProxyType[kind], host, proxy_port, username, password)
        try:
            return await proxy.connect(address, port, timeout=_SECONDS)
        except ProxyConnectionError as error:
            raise ConnectionError(error.errno, "the proxy cannot be reached") from error
        except (ProxyError, ValueError) as error:
            raise ConnectionError(None, _refusal(kind, port)) from error


def _refusal(kind: str, port: int) -> str:
    """Say that the proxy does not connect us; many CONNECT proxies carry https only."""
    if kind != _TYPES["http"] or port == _HTTPS:
        return "the proxy does not connect us"
    return (
        f"the proxy does not connect us to port {port}; if it lets through only port {_HTTPS}, "
        "it cannot carry DNS and WHOIS: ask its operator to allow ports 43 and 53, "
        "or use a SOCKS proxy"
    )


def _read(text: str, setting: str, *, named: bool) -> tuple[str, str, int, str | None, str | None]:
    try:
        url = urlsplit(text.strip())
        host = _LOCAL.get(url.hostname or "", url.hostname or "")
        username, password = unquote(url.username or ""), unquote(url.password or "")
        secrets = f"{username}{password}"
        fit = (
            url.scheme in _TYPES
            and (named or literal(host) is not None)
            and host
            and url.port
            and url.path in {"", "/"}
            and not (url.query or url.fragment)
            and bool(username) == bool(password)
            and max(len(username), len(password)) <= _LONGEST
            and (not secrets or (secrets.isascii() and secrets.isprintable()))
            and ":" not in username
        )
        if not fit:
            raise ValueError
    except ValueError:
        # What was written there may hold a password: it is not repeated.
        place = "HOST" if named else "ADDRESS"
        why = (
            "" if named else "; the address is an IP address, because a name would have to be "
            "looked up outside the proxy"
        )  # fmt: skip
        raise SettingsError(
            f"The setting {setting} is no proxy that can carry everything, so nothing is asked; "
            f'it takes "socks5://{place}:PORT" or "http://{place}:PORT", with USER:PASSWORD@ '
            f"before it where the proxy asks for that{why}."
        ) from None
    return _TYPES[url.scheme], host, url.port or 0, username or None, password or None
