"""Raw answers and exported bytes: kept once by their SHA-256, compressed.

They are compressed with a preset dictionary: the vocabulary of the answers, which ships
with abusetrack and stands in every case file. It is made of nothing that was answered, so
an erased answer leaves nothing of itself behind in it.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterable
from functools import cache
from importlib import resources

from abusetrack.casefile.connection import CaseFile
from abusetrack.casefile.encoding import canonical, clean
from abusetrack.records import Evidence

ZLIB, RAW = "zlib", "raw"
ZLIB_1 = "zlib:1"  # with dictionary 1
_LEVEL = 6
_SHORTEST = 64  # bytes; below that, compressing costs more than it saves


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


@cache
def dictionary() -> bytes:
    """Return dictionary 1; it never changes, because what was packed with it needs it."""
    return (resources.files("abusetrack.resources") / "data" / "evidence-1.dict").read_bytes()


@cache
def _packer() -> zlib._Compress:
    return zlib.compressobj(_LEVEL, zdict=dictionary())


def pack(body: bytes) -> tuple[str, bytes]:
    """Return the codec and the bytes to store."""
    if len(body) >= _SHORTEST:
        machine = _packer().copy()  # quicker than to read the dictionary in again
        packed = machine.compress(body) + machine.flush()
        if len(packed) < len(body):
            return ZLIB_1, packed
    return RAW, body


def unpack(codec: str, body: bytes, size: int) -> bytes:
    """Return the bytes that :func:`pack` was given.

    Raises:
        ValueError: they cannot be restored; the row is damaged.
    """
    if codec in {ZLIB, ZLIB_1}:
        words = dictionary() if codec == ZLIB_1 else b""
        machine = zlib.decompressobj(zdict=words) if words else zlib.decompressobj()
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
