"""One registration out of several answers; which one wins per field is one table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from abusetrack.judgement.answers import newest
from abusetrack.judgement.registrars import Registrars, fold_party, registrar_key
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


_NOBODY_KNOWN = Registrars()


def merge(
    observations: Iterable[Observation], *, tld: str, registrars: Registrars = _NOBODY_KNOWN
) -> Registration:
    """Merge the registration answers of one domain under ``tld``.

    ``registrars`` says who is meant where an answer gives a name or an ID only.
    """
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
        registrar=_registrar(best, answers[named_by], tld, registrars) if named_by else None,
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
    """Whether the answer that gives the IANA ID means the registrar that the name is of.

    An answer of less weight than the one that names the registrar has to name the same.
    """
    named_by, numbered_by = _winner("registrar_name", facts), _winner("registrar_iana_id", facts)
    if named_by is None or numbered_by is None:
        return True
    if _REGISTRY_FIRST.index(numbered_by) <= _REGISTRY_FIRST.index(named_by):
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


def _registrar(
    best: RegistrationFacts, named: Observation, tld: str, registrars: Registrars
) -> Registrar:
    # What a registrar calls itself is its own word: it earns no other's ID.
    own_word = named.question is Question.REGISTRAR_RDAP
    who = registrars.identify(best.registrar_iana_id, best.registrar_name, by_name=not own_word)
    key = registrar_key(who.iana_id, tld, who.name)
    return Registrar(
        key=key,
        name=who.name,
        iana_id=who.iana_id,
        abuse_email=best.abuse_email,
        abuse_phone=best.abuse_phone,
        source=named.source,
        asked_at=named.asked_at,
        identified_by=who.by,
        family=registrars.families.get(key),
        oddities=who.oddities,
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
