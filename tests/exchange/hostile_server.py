"""An HTTP server on loopback, in threads, that answers whatever a test wants."""

from __future__ import annotations

import contextlib
import json
import socket
import ssl
import threading
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

TAXII = "application/taxii+json;version=2.1"
ID = "91a7b528-80eb-42ed-a74d-c6fbd5a26116"
PATH = f"/api/collections/{ID}/"
COLLECTION = {"id": ID, "title": "Exchange", "can_read": True, "can_write": True}


@dataclass
class Asked:
    """One request."""

    method: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    body: bytes
    stopping: threading.Event = field(repr=False)


def reply(body=b"", status="200 OK", kind=TAXII, **headers):
    """Write an answer; what is no bytes is written as JSON."""
    if not isinstance(body, bytes):
        body = json.dumps(body).encode()
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}"]
    lines += [f"Content-Type: {kind}"] if kind else []
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


class HostileServer:
    """Answers by ``answers``: of the end of a path, what comes of a request.

    That is bytes, or a function of the request that returns bytes or yields them one by one.
    The connection is reset after a None.
    """

    def __init__(self, context: ssl.SSLContext | None = None):
        self.answers = {"/": reply(COLLECTION), "manifest/": reply({}), "objects/": reply({})}
        self.asked: list[Asked] = []
        self._context = context
        self._stopping = threading.Event()
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    @property
    def url(self):
        return f"{'https' if self._context else 'http'}://127.0.0.1:{self.port}{PATH}"

    def close(self):
        self._stopping.set()
        with contextlib.suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        for thread in self._threads:
            thread.join(20)
            assert not thread.is_alive()

    def _accept(self):
        while True:
            try:
                sock, _ = self._listening.accept()
            except OSError:
                return
            thread = threading.Thread(target=self._serve, args=[sock])
            self._threads.append(thread)
            thread.start()

    def _serve(self, sock):
        sock.settimeout(20)
        with contextlib.suppress(OSError):
            if self._context:
                sock = self._context.wrap_socket(sock, server_side=True)
            asked = self._read(sock)
            self.asked.append(asked)
            ends = sorted(self.answers, key=len, reverse=True)
            answer = self.answers[next(end for end in ends if asked.path.endswith(end))]
            said = answer(asked) if callable(answer) else answer
            for part in [said] if isinstance(said, bytes) else said:
                if part is None:
                    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
                    break
                sock.sendall(part)
        sock.close()

    def _read(self, sock):
        data = b""
        while b"\r\n\r\n" not in data:
            data += _more(sock)
        head, _, body = data.partition(b"\r\n\r\n")
        first, *lines = head.decode().split("\r\n")
        headers = {k.lower(): v for k, _, v in (line.partition(": ") for line in lines)}
        while len(body) < int(headers.get("content-length", 0)):
            body += _more(sock)
        method, target, _ = first.split(" ")
        parts = urlsplit(target)
        query = parse_qs(parts.query)
        return Asked(method, parts.path, query, headers, body, self._stopping)


def _more(sock):
    data = sock.recv(65536)
    if not data:
        raise ConnectionError
    return data
