"""One registration out of several answers; which one wins per field is one table."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import replace

from abusetrack.judgement.answers import newest
from abusetrack.records import (
    Observation,
    Outcome,
    Question,
    Registrar,
    Registration,
    RegistrationFacts,
)

_REGISTRY_FIRST = (Question.REGISTRY_RDAP, Question.REGISTRAR_RDAP, Question.WHOIS)
_REGISTRAR_FIRST = (Question.REGISTRAR_RDAP, Question.REGISTRY_RDAP, Question.WHOIS)

# The registry knows who sponsors a name and what state it put it in; the registrar
# knows how it wants to be reached and whom it sold the name through.
PRECEDENCE: Mapping[str, tuple[Question, ...]] = {
    "registrar_name": _REGISTRY_FIRST,
    "registrar_iana_id": _REGISTRY_FIRST,
    "abuse_email": _REGISTRAR_FIRST,
    "abuse_phone": _REGISTRAR_FIRST,
    "reseller": _REGISTRAR_FIRST,
    "created": _REGISTRY_FIRST,
    "updated": _REGISTRY_FIRST,
    "expires": _REGISTRY_FIRST,
    "statuses": _REGISTRY_FIRST,
    "name_servers": _REGISTRY_FIRST,
}

# Reserved in IANA's list of registrar IDs for tests, monitoring, and registries that act as
# their own registrar: not one party but another one under every ending.
_RESERVED_IDS = frozenset(
    {1, 3, 8, 119, 365, 376, *range(9994, 10000), 10009, 4_000_001, 8_888_888}
)


def fold_party(name: str) -> str:
    """Fold a party's name for comparison: case, width, accents kept, punctuation dropped.

    A name of nothing but signs stays what it is.
    """
    plain = unicodedata.normalize("NFKC", name).casefold()
    # Marks are vowels in many scripts; Python's ``\w`` leaves them out.
    words = "".join(c if unicodedata.category(c)[0] in "LMN" else " " for c in plain)
    return " ".join(words.split()) or plain.strip()


def registrar_key(iana_id: int | None, tld: str, name: str) -> str:
    """Return ``iana:ID``, or registry and folded name where no ID tells the party.

    Country-code registries accredit their own registrars, so the same name under two
    of them is two parties; generic ones share ICANN's.
    """
    if iana_id is not None and iana_id not in _RESERVED_IDS:
        return f"iana:{iana_id}"
    registry = tld if len(tld) == 2 or tld.startswith("xn--") else "gtld"
    return f"{registry}:{fold_party(name).replace(' ', '-')}"


def merge(observations: Iterable[Observation], *, tld: str) -> Registration:
    """Merge the registration answers of one domain under ``tld``."""
    answers = {q: o for q, o in newest(observations).items() if q in _REGISTRY_FIRST}
    facts = {q: o.facts for q, o in answers.items() if isinstance(o.facts, RegistrationFacts)}
    best = RegistrationFacts(
        **{
            field: getattr(facts[winner], field)
            for field in PRECEDENCE
            if (winner := _winner(field, facts)) is not None
        }
    )
    if not _is_one_party(facts):
        best = replace(best, registrar_iana_id=None)
    leading = next((answers[q] for q in _REGISTRY_FIRST if q in facts), None) or next(
        (answers[q] for q in _REGISTRY_FIRST if q in answers), None
    )
    named_by = _winner("registrar_name", facts) or _winner("registrar_iana_id", facts)
    return Registration(
        registrar=_registrar(best, answers[named_by], tld) if named_by else None,
        registrar_reason="" if named_by else _why_no_registrar(answers),
        created=best.created,
        updated=best.updated,
        expires=best.expires,
        statuses=best.statuses,
        name_servers=best.name_servers,
        reseller=best.reseller,
        found=_found(answers),
        source=leading.source if leading else "",
        asked_at=leading.asked_at if leading else None,
    )


def _winner(field: str, facts: Mapping[Question, RegistrationFacts]) -> Question | None:
    for question in PRECEDENCE[field]:
        if question in facts and getattr(facts[question], field) not in (None, (), ""):
            return question
    return None


def _is_one_party(facts: Mapping[Question, RegistrationFacts]) -> bool:
    """Whether the answer that gives the IANA ID means the registrar that the name is of."""
    named_by, numbered_by = _winner("registrar_name", facts), _winner("registrar_iana_id", facts)
    if named_by is None or numbered_by in {None, named_by}:
        return True
    name, other = facts[named_by].registrar_name, facts[numbered_by].registrar_name
    return fold_party(name or "") == fold_party(other or "")


def _found(answers: Mapping[Question, Observation]) -> bool | None:
    for question in (Question.REGISTRY_RDAP, Question.WHOIS):
        outcome = answers[question].outcome if question in answers else None
        if outcome is Outcome.OK:
            return True
        if outcome is Outcome.NOT_FOUND:
            return False
    return None


def _registrar(best: RegistrationFacts, named: Observation, tld: str) -> Registrar:
    name = best.registrar_name or f"registrar with IANA ID {best.registrar_iana_id}"
    return Registrar(
        key=registrar_key(best.registrar_iana_id, tld, name),
        name=name,
        iana_id=best.registrar_iana_id,
        abuse_email=best.abuse_email,
        abuse_phone=best.abuse_phone,
        source=named.source,
        asked_at=named.asked_at,
    )


def _why_no_registrar(answers: Mapping[Question, Observation]) -> str:
    words = []
    for question in _REGISTRY_FIRST:
        if question not in answers:
            continue
        observation = answers[question]
        if observation.outcome is Outcome.OK:
            words.append(f"{question.value}: the answer names no registrar")
        elif observation.outcome is not Outcome.NOT_ASKED or len(answers) == 1:
            detail = f" ({observation.detail})" if observation.detail else ""
            words.append(f"{question.value}: {observation.outcome.value}{detail}")
    return "; ".join(words) or "registration not looked up"
