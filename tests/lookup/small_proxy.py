"""A small SOCKS5 and CONNECT proxy, run as a process of its own.

It prints its port, then one JSON line for each connection asked of it. Arguments:
``user:password`` or ``-``, then ``ADDRESS:PORT=127.0.0.1:PORT`` for each place that
stands elsewhere; other loopback places are reached as they are, all else is refused.
"""

from __future__ import annotations

import asyncio
import base64
import ipaddress
import json
import struct
import sys

LOGIN, *PLACES = sys.argv[1:]
ELSEWHERE = dict(place.split("=") for place in PLACES)


def tell(**facts):
    sys.stdout.write(json.dumps(facts) + "\n")
    sys.stdout.flush()


async def socks(reader, writer):
    (count,) = await reader.readexactly(1)
    methods = await reader.readexactly(count)
    login = ""
    if LOGIN == "-":
        writer.write(b"\x05\x00")
    elif 2 not in methods:
        writer.write(b"\x05\xff")
        return None
    else:
        writer.write(b"\x05\x02")
        await reader.readexactly(1)
        parts = [await reader.readexactly((await reader.readexactly(1))[0]) for _ in range(2)]
        login = b":".join(parts).decode()
        writer.write(b"\x01\x00" if login == LOGIN else b"\x01\x01")
        if login != LOGIN:
            return None
    _version, _command, _zero, kind = await reader.readexactly(4)
    if kind == 3:
        host = (await reader.readexactly((await reader.readexactly(1))[0])).decode()
    else:
        host = str(ipaddress.ip_address(await reader.readexactly(4 if kind == 1 else 16)))
    (port,) = struct.unpack("!H", await reader.readexactly(2))
    tell(how="socks5", host=host, port=port, is_name=kind == 3, login=login)
    return host, port, b"\x05\x00\x00\x01" + bytes(6), b"\x05\x02\x00\x01" + bytes(6)


async def connect(reader, writer):
    head = (b"C" + await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
    target = head[0].split()[1]
    host, _, port = target.rpartition(":")
    host = host.strip("[]")
    headers = {k.lower(): v.strip() for k, _, v in (line.partition(":") for line in head[1:])}
    scheme, _, code = headers.get("proxy-authorization", "").partition(" ")
    login = base64.b64decode(code).decode() if scheme == "Basic" else ""
    try:
        is_name = not ipaddress.ip_address(host)
    except ValueError:
        is_name = True
    tell(how="connect", host=host, port=int(port), is_name=is_name, login=login)
    if LOGIN not in ("-", login):
        writer.write(b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n")
        return None
    good, bad = (f"HTTP/1.1 {text}\r\n\r\n".encode() for text in ("200 OK", "403 Forbidden"))
    return host, int(port), good, bad


async def pump(reader, writer):
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    except OSError:
        pass
    finally:
        writer.close()


async def serve(reader, writer):
    try:
        first = await reader.readexactly(1)
        asked = await (socks if first == b"\x05" else connect)(reader, writer)
        if asked is None:
            return
        host, port, good, bad = asked
        place = ELSEWHERE.get(f"{host}:{port}", f"{host}:{port}")
        if not place.startswith("127.0.0.1:"):
            writer.write(bad)
            return
        there = await asyncio.open_connection(*place.split(":"))
        writer.write(good)
        await asyncio.gather(pump(reader, there[1]), pump(there[0], writer))
    except (OSError, asyncio.IncompleteReadError):
        pass
    finally:
        writer.close()


async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    tell(port=server.sockets[0].getsockname()[1])
    await server.serve_forever()


asyncio.run(main())
