"""The list of parties: which there are, in what order, and one row each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from abusetrack.casefile import directory, parties
from abusetrack.casefile.connection import CaseFile
from abusetrack.casefile.encoding import canonical, clean, escape_like
from abusetrack.errors import InputError
from abusetrack.records import Contact, Role, role_of

PartyKey = tuple[str, Role]  # one row: a party in a role


@dataclass(frozen=True, slots=True)
class PartyQuery:
    """What is listed, and by what it is sorted (a key of :data:`SORTS`)."""

    text: str = ""
    role: Role | None = None
    unconfirmed_only: bool = False
    used_only: bool = False  # only parties that domains of the case file are with
    kept: PartyKey | None = None  # listed also where its contact was confirmed meanwhile
    sort: str = "name"
    descending: bool = False


@dataclass(frozen=True, slots=True)
class PartyRow:
    """One party in a role; ``contact`` is the one in use, None where none is known."""

    key: str
    name: str
    role: Role
    contact: Contact | None
    notices: int  # exported to it in this role


SORTS = {
    "name": "name COLLATE NOCASE",
    "role": "role",
    "address": "coalesce(email, form, phone) COLLATE NOCASE",
    "confirmed": "confirmed_at",
    "as_of": "as_of",
    "notices": "(SELECT count(*) FROM notice WHERE party_key = listed.key AND role = listed.role)",
}


def keys(case: CaseFile, query: PartyQuery) -> list[PartyKey]:
    """Return the parties of a query, in its order.

    Raises:
        InputError: there is no such order.
    """
    if query.sort not in SORTS:
        raise InputError(f"Parties are not sorted by {query.sort!r}.")
    order = f"{SORTS[query.sort]} {'DESC' if query.descending else 'ASC'} NULLS LAST"
    rows = case.rows(
        f"WITH {_LISTED}{_USED if query.used_only else ''}"
        " SELECT key, role FROM listed WHERE (:role IS NULL OR role = :role)"
        " AND (:text = '' OR key LIKE :like ESCAPE '\\' OR name LIKE :like ESCAPE '\\'"
        " OR email LIKE :like ESCAPE '\\' OR form LIKE :like ESCAPE '\\')"
        " AND (NOT :unconfirmed OR (confirmed_at IS NULL AND as_of IS NOT NULL)"
        " OR (key = :kept_key AND role = :kept_role))"
        f"{' AND key IN (SELECT key FROM used)' if query.used_only else ''}"
        f" ORDER BY {order}, name COLLATE NOCASE, key, role",
        {
            "role": query.role.value if query.role else None,
            "text": query.text,
            "like": escape_like(clean(query.text)),
            "unconfirmed": query.unconfirmed_only,
            "kept_key": query.kept[0] if query.kept else None,
            "kept_role": query.kept[1].value if query.kept else None,
        },
    )
    return [(key, Role(role)) for key, role in rows]


def rows(case: CaseFile, wanted: Sequence[PartyKey]) -> list[PartyRow]:
    """Return the rows of these parties, by primary key, in the order given."""
    chosen = directory.chosen(case, wanted)
    known = parties.many(case, {key: "" for key, _role in wanted})
    counts = {
        (key, Role(role)): count
        for key, role, count in case.rows(
            "SELECT party_key, role, count(*) FROM notice"
            " WHERE party_key IN (SELECT value FROM json_each(?)) GROUP BY party_key, role",
            [canonical(sorted({key for key, _role in wanted}))],
        )
    }
    return [
        PartyRow(
            key=key,
            name=_name(known[key].name, key, chosen.get((key, role))),
            role=role,
            contact=chosen.get((key, role)),
            notices=counts.get((key, role), 0),
        )
        for key, role in wanted
    ]


def _name(noted: str, key: str, contact: Contact | None) -> str:
    return contact.party_name if noted == key and contact else noted


def _role_by_key(prefixes: Iterable[str]) -> str:
    """Return SQL that says the role of a party without a contact, by its key."""
    whens = " ".join(f"WHEN '{prefix}' THEN '{role_of(prefix).value}'" for prefix in prefixes)
    prefix = "substr(party_key, 1, instr(party_key || ':', ':') - 1)"
    return f"CASE {prefix} {whens} ELSE '{Role.REGISTRAR.value}' END"


_PREFIXES = (
    "tld", "asn", "cdn", "platform", "search", "hotline", "authority", "reseller", "icann",
)  # fmt: skip
_NOTED = (
    "(SELECT json_extract(value, '$') FROM party_note"
    " WHERE party_key = {key} AND field = 'name' ORDER BY origin DESC LIMIT 1)"
)
_LISTED = (
    "best AS (SELECT *, row_number() OVER"
    f" (PARTITION BY party_key, role ORDER BY {directory.BEST_FIRST}) AS place FROM contact),"
    " listed(key, role, name, email, form, phone, confirmed_at, as_of) AS ("
    f"SELECT party_key, role, coalesce({_NOTED.format(key='best.party_key')}, party_name),"
    " email, form, phone, confirmed_at, as_of FROM best WHERE place = 1"
    f" UNION ALL SELECT party_key, {_role_by_key(_PREFIXES)},"
    f" coalesce({_NOTED.format(key='noted.party_key')}, party_key), NULL, NULL, NULL, NULL, NULL"
    " FROM (SELECT DISTINCT party_key FROM party_note) AS noted"
    " WHERE party_key NOT IN (SELECT party_key FROM contact))"
)
_USED = (
    ", used(key) AS (SELECT DISTINCT registrar_key FROM domain_now WHERE registrar_key IS NOT NULL"
    " UNION SELECT DISTINCT 'tld:' || tld FROM domain_now WHERE suffix_kind = 'icann'"
    " UNION SELECT DISTINCT 'asn:' || asn FROM domain_now WHERE asn IS NOT NULL AND cdn IS NULL"
    " UNION SELECT DISTINCT 'platform:' || suffix FROM domain_now"
    " WHERE suffix_kind IN ('platform', 'dynamic dns'))"
)
