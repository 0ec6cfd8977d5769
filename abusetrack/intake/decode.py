"""Bytes to text: byte order marks, UTF-8, UTF-16, Windows-1252; never a binary file."""

from __future__ import annotations

import codecs

from abusetrack.errors import InputError

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_MAGIC = (
    b"\x89PNG",
    b"\xff\xd8\xff",  # JPEG
    b"GIF8",
    b"BM",
    b"RIFF",
    b"II*\x00",
    b"MM\x00*",
    b"%PDF",
    b"PK\x03\x04",
    b"Rar!",
    b"7z\xbc\xaf",
    b"\x1f\x8b",
    b"BZh",
    b"\xfd7zXZ",
    b"\xd0\xcf\x11\xe0",  # older Office files, Outlook messages
    b"\x78\x9f\x3e\x22",  # TNEF
)
_CONTROLS = bytes(set(range(32)) - set(b"\t\n\r\x0b\x0c\x1b")) + b"\x7f"
_SAMPLE = 1 << 20

# Codecs that are text encodings to Python but no charsets of mail; some take quadratic time.
_NO_CHARSETS = {"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined"}


def decode(data: bytes) -> str:
    """Return the text of a file.

    Raises:
        InputError: the file is no text.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            try:
                return data.decode(encoding)
            except UnicodeDecodeError:
                raise InputError(
                    f"The file begins as {encoding.upper()} text but is damaged; save it again."
                ) from None
    if unmarked := _unmarked_utf16(data):
        return data.decode(unmarked)
    if is_binary(data):
        raise InputError(
            "The file is no text; give a text, CSV, XLSX or mail (.eml) file. Nothing was read."
        )
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def decode_part(data: bytes, charset: str) -> str | None:
    """Return the text of a mail part by its declared charset; None if it is no text."""
    try:
        codec = codecs.lookup(charset or "ascii").name
    except (LookupError, ValueError):
        codec = "ascii"
    if codec in {"utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"}:
        text = data.decode(codec, "replace")
        return None if is_binary(text.encode("utf-8", "replace")) else text
    if is_binary(data):
        return None
    if codec not in _NO_CHARSETS | {"ascii"}:
        try:
            return data.decode(codec)
        except (LookupError, UnicodeError):
            pass
    try:
        return decode(data)
    except InputError:
        return None


def is_binary(data: bytes) -> bool:
    """Whether bytes in an ASCII-compatible encoding are no text."""
    sample = data[:_SAMPLE]
    if sample.startswith(_MAGIC) or sample[4:8] == b"ftyp" or b"\x00" in data:
        return True
    controls = len(sample) - len(sample.translate(None, _CONTROLS))
    return controls * 100 > len(sample)


def _unmarked_utf16(data: bytes) -> str | None:
    """Return the UTF-16 form whose zero bytes the text has; None if it is not of Latin letters."""
    sample = data[:_SAMPLE]
    if len(data) % 2 or len(sample) < 4:
        return None
    half = len(sample) // 2
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    for encoding, letters, zeros in (("utf-16-le", even, odd), ("utf-16-be", odd, even)):
        if letters == 0 and zeros * 2 > half:
            try:
                text = data.decode(encoding)
            except UnicodeDecodeError:
                return None
            return None if is_binary(text.encode("utf-8", "replace")) else encoding
    return None
