"""Our own notes on parties: one value for each field, by a person or by a table.

A person's value wins and survives every import; setting it empty gives the word back
to the table.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from functools import cache
from typing import Any

from pydantic import TypeAdapter

from abusetrack.casefile import audit, facts
from abusetrack.casefile.connection import CaseFile
from abusetrack.casefile.encoding import canonical, clean
from abusetrack.casefile.facts import NewFact, StoredFact
from abusetrack.records import ContactOrigin, Party, role_of

FIELDS = tuple(item.name for item in fields(Party) if item.name not in {"key", "role", "manual"})
_ERASABLE = frozenset({"comment"})


@cache
def _party_adapter() -> TypeAdapter[Party]:
    return TypeAdapter(Party)


def note(
    case: CaseFile,
    key: str,
    values: Mapping[str, Any],
    *,
    origin: ContactOrigin = ContactOrigin.MANUAL,
    source: str = "",
    as_of: datetime | None = None,
) -> bool:
    """Record what is known of a party; return whether anything changed.

    ``values`` maps fields of :class:`Party` to values of their types, None to take a value
    back. What a table says anew about the same fields moves nothing but new values.
    """
    if unknown := values.keys() - set(FIELDS):
        raise ValueError(f"no fields of a party: {sorted(unknown)}")
    with case.transaction():
        before = _values(case, key, origin)
        changed = {
            name: value
            for name, value in values.items()
            if _is_empty(value) != (name not in before)
            or (not _is_empty(value) and before[name] != _plain(value))
        }
        if not changed:
            return False
        content = {
            "party": clean(key),
            "origin": origin.value,
            "source": clean(source or case.actor),
            "as_of": as_of or case.clock.now(),
            "set": {
                name: value
                for name, value in changed.items()
                if name not in _ERASABLE and not _is_empty(value)
            },
            "cleared": sorted(name for name, value in changed.items() if _is_empty(value)),
        }
        texts = {
            name: str(value)
            for name, value in changed.items()
            if name in _ERASABLE and not _is_empty(value)
        }
        written = facts.append(case, [NewFact("party note", content, texts)])[0]
        fold(case, facts.read(case, [written.n]))
        if origin is ContactOrigin.MANUAL:
            audit.append(case, "party note", key, {"fields": sorted(changed)})
    return True


def fold(case: CaseFile, stored: Sequence[StoredFact]) -> None:
    """Bring ``party_note`` up to date with ``party note`` facts, in order."""
    for fact in stored:
        _fold(case, fact.n, fact.content)


def _fold(case: CaseFile, n: int, content: Mapping[str, Any]) -> None:
    key, origin = content["party"], content["origin"]
    case.executemany(
        "DELETE FROM party_note WHERE party_key = ? AND field = ? AND origin = ?",
        [(key, name, origin) for name in content.get("cleared", ())],
    )
    erasable = dict.fromkeys(content.get("erasable", {}))
    values = {name: canonical(value) for name, value in content.get("set", {}).items()}
    case.executemany(
        "INSERT OR REPLACE INTO party_note(party_key, field, origin, value, source, as_of, fact)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        [
            [key, name, origin, value, content["source"], content["as_of"], n]
            for name, value in (values | erasable).items()
        ],
    )


def party(case: CaseFile, key: str, name: str = "") -> Party:
    """Return a party with its notes; one that was never noted has none.

    ``name`` serves where neither notes nor contacts have one; at last the key itself.
    """
    return many(case, {key: name})[key]


def many(case: CaseFile, names: Mapping[str, str]) -> dict[str, Party]:
    """Return the parties with these keys; see :func:`party` for the names."""
    wanted = canonical([clean(key) for key in names])
    notes: dict[str, dict[str, Any]] = {}
    manual: dict[str, list[str]] = {}
    for key, field, origin, value in case.rows(f"{_NOTES} ORDER BY note.origin", [wanted]):
        # "automatic" sorts before "manual", which then overwrites it
        notes.setdefault(key, {})[field] = value if field in _ERASABLE else json.loads(value)
        if origin == ContactOrigin.MANUAL:
            manual.setdefault(key, []).append(field)
    known = dict(case.rows(_NAMES, [wanted]))
    found = {}
    for key, name in names.items():
        values = {"name": known.get(clean(key)) or name or key} | notes.get(clean(key), {})
        found[key] = _party_adapter().validate_python(
            {
                "key": key,
                "role": role_of(key),
                "manual": tuple(sorted(manual.get(clean(key), ()))),
                **{field: value for field, value in values.items() if value is not None},
            }
        )
    return found


def noted(case: CaseFile) -> list[str]:
    """Return the keys of all parties that have a note, in order."""
    return [key for (key,) in case.rows("SELECT DISTINCT party_key FROM party_note ORDER BY 1")]


def domains_with(case: CaseFile, key: str) -> int:
    """Return how many domains are with a registrar, registry, network or platform now."""
    prefix, _, rest = key.partition(":")
    where = {
        "tld": "(suffix_kind = 'icann' AND tld = :rest)"
        " OR (suffix_kind = 'private registry' AND suffix = :rest)",
        "asn": "asn = CAST(:rest AS INTEGER) AND cdn IS NULL",
        "platform": "suffix = :rest AND suffix_kind IN ('platform', 'dynamic dns')",
    }.get(prefix, "registrar_key = :key")
    count: int = case.value(
        f"SELECT count(*) FROM domain_now WHERE {where}", {"key": clean(key), "rest": clean(rest)}
    )
    return count


def sources(case: CaseFile, key: str) -> list[tuple[str, ContactOrigin, str, datetime]]:
    """Return field, origin, source and date of every note on a party."""
    rows = case.rows(
        "SELECT field, origin, source, as_of FROM party_note WHERE party_key = ?"
        " ORDER BY field, origin",
        [clean(key)],
    )
    return [
        (field, ContactOrigin(origin), source, datetime.fromisoformat(as_of))
        for field, origin, source, as_of in rows
    ]


# An erased comment has no text left and reads as none.
_NOTES = (
    "SELECT note.party_key, note.field, note.origin, coalesce(note.value, side.text)"
    " FROM party_note AS note LEFT JOIN erasable AS side"
    " ON side.fact = note.fact AND side.field = note.field"
    " WHERE note.party_key IN (SELECT value FROM json_each(?))"
)
_NAMES = (
    "SELECT party_key, min(party_name) FROM contact"
    " WHERE party_key IN (SELECT value FROM json_each(?)) AND party_name <> party_key"
    " GROUP BY party_key"
)


def _values(case: CaseFile, key: str, origin: ContactOrigin) -> dict[str, Any]:
    rows: Iterable[tuple[str, str, str, str | None]] = case.rows(
        f"{_NOTES} AND note.origin = ?", [canonical([clean(key)]), origin.value]
    )
    return {
        field: value if field in _ERASABLE or value is None else json.loads(value)
        for _key, field, _origin, value in rows
    }


def _is_empty(value: object) -> bool:
    return value is None or value in ("", ())


def _plain(value: object) -> object:
    """Return a value as it comes back from JSON."""
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return clean(value) if isinstance(value, str) else value
