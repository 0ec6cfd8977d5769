"""The parser of python-whois, and nothing else of it, behind one guard.

Its e-mail expression is quadratic in the length of a token, so what it gets to see
is cut first. Its network calls and its chooser of servers are never used.
"""

from __future__ import annotations

from datetime import datetime

MAX_TEXT = 16 * 1024  # characters
MAX_LINE = 256

Value = str | datetime


def load(domain: str, text: str) -> dict[str, list[Value]]:
    """Return the fields it finds, each a list; nothing where it fails."""
    from whois.parser import WhoisEntry

    cut = "\n".join(line[:MAX_LINE] for line in text[:MAX_TEXT].splitlines())
    try:
        entry = dict(WhoisEntry.load(domain, cut))
    except Exception:  # noqa: BLE001 - a border: it raises nearly anything on odd answers
        return {}
    fields = {}
    for key, value in entry.items():
        values = value if isinstance(value, list) else [value]
        fields[str(key)] = [v for v in values if isinstance(v, str | datetime) and v]
    return fields
