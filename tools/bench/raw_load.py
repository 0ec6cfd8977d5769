"""How much the servers can answer; ``python -m bench.raw_load ENDPOINTS SECONDS``.

Questions made beforehand, many in flight, answers not read: the client costs next to
nothing, so the servers' core is what limits. Prints questions a second as JSON, for
DNS, RDAP (kept connections) and WHOIS (a connection each).
"""

from __future__ import annotations

import contextlib
import json
import socket
import struct
import sys
import time
from collections.abc import Callable
from itertools import cycle
from pathlib import Path
from typing import Any

from bench.redirect import server_of

_IN_FLIGHT = 64
_TYPES = (1, 28, 2, 6, 15)  # A, AAAA, NS, SOA, MX


def main() -> None:
    """Load each kind of server in turn."""
    path, seconds = sys.argv[1:]
    places = json.loads(Path(path).read_text())
    rates = {
        kind: _rate(load(places), float(seconds))
        for kind, load in (("dns", _dns), ("rdap", _rdap), ("whois", _whois))
    }
    print(json.dumps(rates))


def _rate(volley: Callable[[], int], seconds: float) -> float:
    asked, started = 0, time.perf_counter()
    while (passed := time.perf_counter() - started) < seconds:
        asked += volley()
    return asked / passed


def _dns(places: dict[str, Any]) -> Callable[[], int]:
    questions = cycle(
        b"\0\1\1\0\0\1\0\0\0\0\0\0"
        + b"".join(bytes((len(part),)) + part for part in name.encode().split(b"."))
        + struct.pack("!BHH", 0, kind, 1)
        for name in places["names"][:200]
        for kind in _TYPES
    )
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.connect(tuple(places["dns"]))
    sock.settimeout(1)

    def volley() -> int:
        for _ in range(_IN_FLIGHT):
            sock.send(next(questions))
        answered = 0
        with contextlib.suppress(TimeoutError):
            for answered in range(1, _IN_FLIGHT + 1):  # noqa: B007
                sock.recv(4096)
        return answered

    return volley


def _rdap(places: dict[str, Any]) -> Callable[[], int]:
    bootstrap = json.loads((Path(places["bootstrap"]) / "dns.json").read_text())
    bases = {ending: urls[0] for endings, urls in bootstrap["services"] for ending in endings}
    requests = []
    for name in places["names"][:2000]:
        base = server_of(name, bases)
        if base is not None:
            place = base.removeprefix("http://").rstrip("/")
            line = f"GET /domain/{name} HTTP/1.1\r\nHost: {place}\r\n\r\n"
            requests.append((place, line.encode()))
    # One service at a time has all questions in flight; which one does not matter.
    place = requests[0][0]
    lines = cycle([line for where, line in requests if where == place])
    sockets = [_connect(place) for _ in range(_IN_FLIGHT)]

    def volley() -> int:
        for sock in sockets:
            sock.send(next(lines))
        for sock in sockets:
            _read_http(sock)
        return len(sockets)

    return volley


def _read_http(sock: socket.socket) -> None:
    received = sock.recv(65536)
    head, _, body = received.partition(b"\r\n\r\n")
    lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    missing = int(lengths[0].partition(b":")[2]) - len(body)
    while missing > 0:
        missing -= len(sock.recv(65536))


def _whois(places: dict[str, Any]) -> Callable[[], int]:
    questions = cycle(
        (place, f"{name}\r\n".encode())
        for name in places["names"][:2000]
        if (place := server_of(name, places["whois"])) is not None
    )

    def volley() -> int:
        sockets = []
        for _ in range(_IN_FLIGHT):
            place, line = next(questions)
            sock = _connect(place)
            sock.send(line)
            sockets.append(sock)
        for sock in sockets:
            with sock:
                while sock.recv(65536):
                    pass
        return len(sockets)

    return volley


def _connect(endpoint: str) -> socket.socket:
    host, _, port = endpoint.rpartition(":")
    return socket.create_connection((host, int(port)), timeout=10)


if __name__ == "__main__":
    main()
