"""DNS questions by datagram: those asked at the same moment share a socket.

Every socket is connected and has a random port: the kernel drops what comes from
anywhere else. It takes a few questions, each with a random id of its own, and is closed
with the last answer, so that no port outlives the questions that were asked from it.
"""

from __future__ import annotations

import asyncio
import socket

from abusetrack.lookup.dns_wire import Query, answers

SHARED_BY = 8  # questions at most, in the life of one socket
_MAX_UDP = 4096
_AT_ONCE = 32  # datagrams read before others have their turn

Server = tuple[str, int]


class Datagrams:
    """Asks by datagram; bound to the event loop that runs when it is first used."""

    def __init__(self) -> None:
        self._open: dict[Server, _Port] = {}

    async def ask(self, server: Server, query: Query, until: float) -> bytes:
        """Send ``query`` and return the first answer to it; others are passed over.

        Raises:
            TimeoutError: none came ``until`` then (loop time).
            OSError: nobody is there; ``strerror`` says why.
        """
        port = self._open.get(server)
        if port is None or not port.takes(query):
            port = self._open[server] = _Port(server)
        answer = port.ask(query)
        timer = asyncio.get_running_loop().call_at(until, _time_out, answer)
        try:
            return await answer
        finally:
            timer.cancel()
            port.forget(query)


def _time_out(answer: asyncio.Future[bytes]) -> None:
    if not answer.done():
        answer.set_exception(TimeoutError())


class _Port:
    """One socket, and who waits for an answer at it."""

    def __init__(self, server: Server) -> None:
        family = socket.AF_INET6 if ":" in server[0] else socket.AF_INET
        self._loop = asyncio.get_running_loop()
        self._waiting: dict[bytes, tuple[Query, asyncio.Future[bytes]]] = {}
        self._left = SHARED_BY
        self._socket = socket.socket(family, socket.SOCK_DGRAM)
        try:
            self._socket.setblocking(False)
            self._socket.connect(server)
            self._loop.add_reader(self._socket, self._read)
        except BaseException:
            self._socket.close()
            raise

    def takes(self, query: Query) -> bool:
        """Whether ``query`` may be asked here; two of one id could not be told apart."""
        return self._left > 0 and query.id not in self._waiting

    def ask(self, query: Query) -> asyncio.Future[bytes]:
        """Send ``query``; to be followed by :meth:`forget`, whatever comes of it."""
        self._left -= 1
        answer = self._loop.create_future()
        self._waiting[query.id] = (query, answer)
        try:
            self._socket.send(query.wire)
        except BlockingIOError:
            pass  # no room: as if it were lost on the way
        except OSError as error:
            self._fail(error)
        return answer

    def forget(self, query: Query) -> None:
        """Wait no longer for the answer to ``query``."""
        del self._waiting[query.id]
        if not self._waiting:
            self._left = 0
            self._loop.remove_reader(self._socket)
            self._socket.close()

    def _read(self) -> None:
        for _ in range(_AT_ONCE):
            try:
                wire = self._socket.recv(_MAX_UDP)
            except (BlockingIOError, InterruptedError):
                return
            except OSError as error:
                self._fail(error)
                return
            query, answer = self._waiting.get(wire[:2], (None, None))
            if query and answer and not answer.done() and answers(query, wire):
                answer.set_result(wire)
            if all(answer.done() for _query, answer in self._waiting.values()):
                return

    def _fail(self, error: OSError) -> None:
        """Tell all: the kernel does not say which question an error is about."""
        for _query, answer in self._waiting.values():
            if not answer.done():
                answer.set_exception(error)
