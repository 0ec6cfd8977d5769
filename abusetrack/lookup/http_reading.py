"""Reading what an HTTP server answers, whatever it answers."""

from __future__ import annotations

import zlib
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import aiohttp

from abusetrack.lookup import texts
from abusetrack.records import Outcome

MAX_RETRY_AFTER = 86400.0  # seconds
_GZIP = 16 + zlib.MAX_WBITS


def told(header: str, most: int) -> str:
    """Return a header's value as text that can be shown and stored: it may be any bytes."""
    return (texts.clean(header) or "")[:most]


def retry_after(text: str | None, now: datetime) -> float | None:
    """Read Retry-After, in seconds or as a date (RFC 9110, 10.2.3)."""
    if text is None:
        return None
    text = text.strip()
    if text.isascii() and text.isdigit():
        seconds = float(text[:9])
    else:
        try:
            date = parsedate_to_datetime(text)
            if date.tzinfo is None:
                date = date.replace(tzinfo=UTC)
            seconds = (date - now).total_seconds()
        except (ValueError, OverflowError, TypeError):
            return None
    return min(max(seconds, 0.0), MAX_RETRY_AFTER)


async def body(
    response: aiohttp.ClientResponse, most: int
) -> tuple[tuple[Outcome, str] | None, bytes]:
    """Read a body of at most ``most`` bytes, packed and unpacked.

    gzip is unpacked here, so that the limit holds; the session must not do it. Returns what
    went wrong, if anything, and the bytes.
    """
    coding = response.headers.get("Content-Encoding", "identity").strip().lower()
    if coding not in {"identity", "", "gzip", "x-gzip"}:
        return (Outcome.MALFORMED, f"packed as {told(coding, 20)}, which was not asked for"), b""
    unpack = zlib.decompressobj(_GZIP) if coding.endswith("gzip") else None
    too_large = (Outcome.TOO_LARGE, f"more than {most // 2**20} MB")
    if (response.content_length or 0) > most:
        return too_large, b""
    read, received = bytearray(), 0
    async for chunk in response.content.iter_any():
        received += len(chunk)
        if unpack is not None:
            try:
                chunk = unpack.decompress(chunk, most + 1 - len(read))
            except zlib.error:
                return (Outcome.MALFORMED, "broken gzip"), b""
        read += chunk
        if len(read) > most or received > most:
            return too_large, b""
    if unpack is not None and received and not unpack.eof:
        return (Outcome.MALFORMED, "gzip cut off"), b""
    return None, bytes(read)
