"""The directory of contacts, one per party, role and source.

Manual wins and survives every refresh; among automatic ones a confirmed one comes
first, then one that can be written to, then the newest.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from functools import cache
from typing import Any

from pydantic import TypeAdapter

from abusetrack.casefile import address_rules, audit, facts
from abusetrack.casefile.address_rules import Replacement
from abusetrack.casefile.connection import CaseFile
from abusetrack.casefile.encoding import canonical, clean, column, stamp, without_empty
from abusetrack.casefile.facts import NewFact, StoredFact
from abusetrack.errors import InputError
from abusetrack.records import Contact, ContactOrigin, Role

_FIELDS = tuple(field.name for field in fields(Contact))
_SELECT = f"SELECT {', '.join(_FIELDS)} FROM contact"
# What a fact leaves out because it is empty.
_EMPTY = {"party_name": "", "email": None, "form": None, "phone": None, "source": ""}
BEST_FIRST = (
    "origin <> 'manual', confirmed_at IS NULL, email IS NULL AND form IS NULL, as_of DESC, source"
)

REPLACED = "replacement"  # the source of a contact whose address a person put right
_Key = tuple[str, str, str, str]


@cache
def _contact_adapter() -> TypeAdapter[Contact]:
    return TypeAdapter(Contact)


@dataclass(frozen=True, slots=True)
class Upserted:
    """What became of a list of contacts."""

    added: int
    changed: int
    unchanged: int
    unconfirmed: int  # the address changed, so an analyst has to confirm anew


def upsert(case: CaseFile, contacts: Iterable[Contact], *, by_person: bool = True) -> Upserted:
    """Store contacts in one transaction, each beside those of other sources for the same party.

    A confirmation stays as long as e-mail, form and phone stay the same. A contact that
    was only seen again is no change: its date (an automatic one's comment too) moves on
    without a fact. An automatic one older than what its source said since changes nothing.
    ``by_person`` is False where a lookup brought them: no audit row.
    """
    wanted = list(contacts)
    added = changed = unconfirmed = 0
    with case.transaction():
        known = {_key(contact): contact for contact in _of_parties(case, wanted)}
        written: dict[_Key, Contact] = {}
        for contact in wanted:
            before = known.get(_key(contact))
            if before is not None and _is_outdated(contact, before):
                continue
            after = _keep_confirmation(contact, before)
            known[_key(contact)] = after
            if before is None:
                added += 1
            elif _seen_again(before, after):
                _move_on(case, after)
                continue
            else:
                changed += 1
                unconfirmed += before.confirmed_by is not None and after.confirmed_by is None
            written[_key(contact)] = after
        _store(case, list(written.values()))
        result = Upserted(added, changed, len(wanted) - added - changed, unconfirmed)
        if written and by_person:
            audit.append(case, "contacts", "", asdict(result))
    return result


def confirm(case: CaseFile, party_key: str, role: Role, *, seen: Contact | None = None) -> Contact:
    """Record that the actor checked the contact that drafts would use; return it.

    ``seen`` is the contact as it was shown to the actor: another one that has taken its
    place since is not confirmed unseen.

    Raises:
        InputError: there is none, or it is not the one that was seen.
    """
    with case.transaction():
        contact = contact_for(case, party_key, role)
        if contact is None:
            raise InputError(
                f"There is no {role.value} contact for {party_key}; import one, or take a party "
                "as 'abusetrack contacts list' shows it."
            )
        if seen is not None and (_key(contact), _ways(contact)) != (_key(seen), _ways(seen)):
            raise InputError(
                "The contact has changed since it was shown, so it was not confirmed; look again."
            )
        if contact.source == REPLACED:
            return contact  # who set the replacement has checked it
        content = without_empty(
            {
                "party_key": party_key,
                "role": role.value,
                "origin": contact.origin.value,
                "source": contact.source,
                "email": contact.email,
                "form": contact.form,
                "phone": contact.phone,
            }
        )
        written = facts.append(case, [NewFact("contact confirmation", content)])
        stored = facts.read(case, [written[0].n])
        fold_confirmations(case, stored)
        audit.append(
            case,
            "confirm contact",
            party_key,
            {"role": role.value, "origin": contact.origin.value},
        )
    return replace(contact, confirmed_by=stored[0].actor, confirmed_at=stored[0].at)


def fold(case: CaseFile, stored: Sequence[StoredFact]) -> None:
    """Enter contact facts that came from elsewhere, or that are folded anew."""
    _enter(
        case,
        [(_contact_adapter().validate_python(_EMPTY | fact.content), fact.n) for fact in stored],
    )


def fold_confirmations(case: CaseFile, stored: Sequence[StoredFact]) -> None:
    """Enter confirmations: each of the contact as it was then, if nobody changed it since."""
    case.executemany(
        _CONFIRM,
        [
            {
                **{name: fact.content.get(name) for name in ("email", "form", "phone")},
                **{name: fact.content[name] for name in ("party_key", "role", "origin")},
                "source": fact.content.get("source", ""),
                "by": fact.actor,
                "at": stamp(fact.at),
                "fact": fact.n,
            }
            for fact in stored
        ],
    )


def contacts(
    case: CaseFile, *, role: Role | None = None, party: str | None = None, as_stored: bool = False
) -> list[Contact]:
    """Return every contact, of one role or party if given, by party; the one to use first.

    ``as_stored`` leaves replacements aside.
    """
    rows = case.rows(
        f"{_SELECT} WHERE (:role IS NULL OR role = :role)"
        " AND (:party IS NULL OR party_key = :party)"
        f" ORDER BY party_name COLLATE NOCASE, party_key, role, {BEST_FIRST}",
        {"role": role and role.value, "party": clean(party)},
    )
    instead = {} if as_stored else address_rules.replacements(case)
    return [_put_right(_decode(row), instead) for row in rows]


def chosen(case: CaseFile, wanted: Iterable[tuple[str, Role]]) -> dict[tuple[str, Role], Contact]:
    """Return the contact to use for each party and role that has one, by primary key."""
    pairs = canonical([[clean(key), role.value] for key, role in wanted])
    columns = ", ".join(f"contact.{name}" for name in _FIELDS)
    rows = case.rows(
        f"SELECT {columns} FROM json_each(?) AS pair JOIN contact"
        " ON party_key = json_extract(pair.value, '$[0]')"
        f" AND role = json_extract(pair.value, '$[1]') ORDER BY {BEST_FIRST}",
        [pairs],
    )
    instead = address_rules.replacements(case)
    found: dict[tuple[str, Role], Contact] = {}
    for row in rows:
        contact = _put_right(_decode(row), instead)
        found.setdefault((contact.party_key, contact.role), contact)
    return found


def contact_for(case: CaseFile, party_key: str, role: Role) -> Contact | None:
    """Return the contact to use for a party; None where there is none."""
    rows = case.rows(
        f"{_SELECT} WHERE party_key = ? AND role = ? ORDER BY {BEST_FIRST} LIMIT 1",
        [clean(party_key), role.value],
    )
    return _put_right(_decode(rows[0]), address_rules.replacements(case)) if rows else None


def _put_right(contact: Contact, instead: Mapping[str, Replacement]) -> Contact:
    """Put the right addresses in the place of a wrong one; who said so has checked them."""
    found = instead.get(contact.email.lower()) if contact.email else None
    if found is None:
        return contact
    emails = [right for right in found.rights if "@" in right and "://" not in right]
    forms = [right for right in found.rights if "://" in right]
    others = [*emails[1:], *forms[1:]]
    said = f"instead of {contact.email}" + (f"; also {', '.join(others)}" if others else "")
    return replace(
        contact,
        origin=ContactOrigin.MANUAL,
        source=REPLACED,
        email=emails[0] if emails else None,
        form=forms[0] if forms else contact.form,
        comment="; ".join(filter(None, (contact.comment, said))),
        confirmed_by=found.by,
        confirmed_at=found.at,
    )


def _of_parties(case: CaseFile, contacts: Iterable[Contact]) -> list[Contact]:
    keys = canonical(sorted({clean(contact.party_key) for contact in contacts}))
    rows = case.rows(f"{_SELECT} WHERE party_key IN (SELECT value FROM json_each(?))", [keys])
    return [_decode(row) for row in rows]


def _key(contact: Contact) -> _Key:
    return (
        clean(contact.party_key),
        contact.role.value,
        contact.origin.value,
        clean(contact.source),
    )


def _ways(contact: Contact) -> tuple[str | None, str | None, str | None]:
    """Return how a contact is reached, as the case file holds it."""
    return clean(contact.email), clean(contact.form), clean(contact.phone)


def _keep_confirmation(contact: Contact, before: Contact | None) -> Contact:
    """Carry a confirmation over to the same address; the contact's own is kept as it is."""
    if before is None or contact.confirmed_by is not None:
        return contact
    if _ways(before) != _ways(contact):
        return contact
    return replace(contact, confirmed_by=before.confirmed_by, confirmed_at=before.confirmed_at)


def _is_outdated(contact: Contact, before: Contact) -> bool:
    return contact.origin is ContactOrigin.AUTOMATIC and contact.as_of < before.as_of


def _seen_again(before: Contact, after: Contact) -> bool:
    automatic = after.origin is ContactOrigin.AUTOMATIC
    comment = after.comment if automatic else before.comment
    return replace(before, as_of=after.as_of, comment=comment) == after


def _move_on(case: CaseFile, contact: Contact) -> None:
    case.execute(
        "UPDATE contact SET as_of = :as_of, comment = :comment WHERE party_key = :party"
        " AND role = :role AND origin = :origin AND source = :source AND as_of < :as_of",
        {
            "as_of": stamp(contact.as_of),
            "comment": clean(contact.comment),
            **dict(zip(("party", "role", "origin", "source"), _key(contact), strict=True)),
        },
    )


def _store(case: CaseFile, changed: Sequence[Contact]) -> None:
    written = facts.append(
        case, [NewFact("contact", without_empty(asdict(contact))) for contact in changed]
    )
    _enter(case, [(contact, fact.n) for contact, fact in zip(changed, written, strict=True)])


def _enter(case: CaseFile, contacts: Iterable[tuple[Contact, int]]) -> None:
    case.executemany(
        _ENTER,
        [
            [*(column(getattr(contact, name)) for name in _FIELDS), number]
            for contact, number in contacts
        ],
    )


# The latest fact wins, by its id, which is the same in every file. What was only seen again
# has moved its date and comment without a fact; folding the same fact anew keeps that.
_ENTER = f"""
INSERT INTO contact({", ".join(_FIELDS)}, fact) VALUES ({", ".join("?" * (len(_FIELDS) + 1))})
ON CONFLICT DO UPDATE SET {
    ", ".join(f"{name} = excluded.{name}" for name in _FIELDS if name not in ("as_of", "comment"))
},
    as_of = CASE WHEN fact = excluded.fact THEN max(as_of, excluded.as_of)
        ELSE excluded.as_of END,
    comment = CASE WHEN fact = excluded.fact THEN comment ELSE excluded.comment END,
    fact = excluded.fact
WHERE (SELECT id FROM fact WHERE n = excluded.fact)
    >= (SELECT id FROM fact WHERE n = contact.fact)
"""
_CONFIRM = """
UPDATE contact SET confirmed_by = :by, confirmed_at = :at
WHERE party_key = :party_key AND role = :role AND origin = :origin AND source = :source
    AND email IS :email AND form IS :form AND phone IS :phone
    AND (SELECT id FROM fact WHERE n = :fact) > (SELECT id FROM fact WHERE n = contact.fact)
"""


def _decode(row: Sequence[Any]) -> Contact:
    return _contact_adapter().validate_python(dict(zip(_FIELDS, row, strict=True)))
