"""Raw answers and exported bytes: kept once by their SHA-256, compressed."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterable

from abusetrack.casefile.connection import CaseFile
from abusetrack.casefile.encoding import canonical, clean
from abusetrack.records import Evidence

ZLIB, RAW = "zlib", "raw"
_LEVEL = 6
_SHORTEST = 512  # bytes; below that, compressing costs more than it saves


def keep(case: CaseFile, pieces: Iterable[Evidence]) -> dict[str, int]:
    """Store what is not there yet; return the local number for each SHA-256 (hex).

    Raises:
        ValueError: a piece does not have the hash it says.
    """
    by_hash: dict[str, Evidence] = {}
    for piece in pieces:
        if piece.sha256 not in by_hash:
            if hashlib.sha256(piece.body).hexdigest() != piece.sha256:
                raise ValueError("evidence whose hash is not that of its body")
            by_hash[piece.sha256] = piece
    numbers = numbers_of(case, by_hash)
    first = (case.value("SELECT max(n) FROM evidence") or 0) + 1
    new = [piece for sha256, piece in by_hash.items() if sha256 not in numbers]
    case.executemany(
        "INSERT INTO evidence(n, sha256, media_type, size, codec, body) VALUES (?, ?, ?, ?, ?, ?)",
        (
            (n, bytes.fromhex(piece.sha256), clean(piece.media_type), len(piece.body))
            + pack(piece.body)
            for n, piece in enumerate(new, first)
        ),
    )
    numbers.update((piece.sha256, n) for n, piece in enumerate(new, first))
    return numbers


def numbers_of(case: CaseFile, hashes: Iterable[str | None]) -> dict[str, int]:
    """Return the local number of each piece by its SHA-256 (hex); what is not there is left out."""
    return dict(
        case.rows(
            "SELECT wanted.value, n FROM json_each(?) AS wanted"
            " JOIN evidence ON sha256 = unhex(wanted.value)",
            [canonical([one for one in hashes if one])],
        )
    )


def pack(body: bytes) -> tuple[str, bytes]:
    """Return the codec and the bytes to store."""
    if len(body) >= _SHORTEST:
        packed = zlib.compress(body, _LEVEL)
        if len(packed) < len(body):
            return ZLIB, packed
    return RAW, body


def unpack(codec: str, body: bytes, size: int) -> bytes:
    """Return the bytes that :func:`pack` was given.

    Raises:
        ValueError: they cannot be restored; the row is damaged.
    """
    if codec == ZLIB:
        machine = zlib.decompressobj()
        try:
            restored = machine.decompress(body, size + 1)
        except zlib.error as error:
            raise ValueError(str(error)) from error
    elif codec == RAW:
        restored = body
    else:
        raise ValueError(f"unknown codec {codec!r}")
    if len(restored) != size:
        raise ValueError("not the length it had")
    return restored
