"""Approvals: a second analyst's yes, bound to the hash of one exact draft."""

from __future__ import annotations

from collections.abc import Sequence

from abusetrack.casefile import audit, facts
from abusetrack.casefile.connection import CaseFile
from abusetrack.casefile.encoding import id_text, moment, stamp, without_empty
from abusetrack.casefile.facts import NewFact, StoredFact
from abusetrack.errors import InputError
from abusetrack.records import Approval, Role


def approve(
    case: CaseFile,
    draft_sha256: str,
    *,
    role: Role,
    party_key: str,
    domains: Sequence[str],
    drafted_by: str = "",
) -> Approval:
    """Record the actor's yes to a draft of somebody else, where it is known whose it is.

    It counts for nobody but others: who exports a draft cannot have approved it.

    Raises:
        InputError: the actor has no name, or drafted it.
    """
    if not case.actor.strip():
        raise InputError("An approval needs a name; set organisation.analyst in the settings.")
    if same_person(case.actor, drafted_by):
        raise InputError(
            "This draft is your own; another analyst has to approve it (who works here is "
            "organisation.analyst in the settings)."
        )
    with case.transaction():
        content = without_empty(
            {
                "draft": draft_sha256,
                "drafted_by": drafted_by,
                "role": role,
                "party_key": party_key,
                "domains": list(domains),
            }
        )
        (fact,) = facts.append(case, [NewFact("approval", content)])
        stored = facts.read(case, [fact.n])
        fold(case, stored)
        detail = {"draft": draft_sha256, "fact": id_text(fact.id), "domains": len(domains)}
        audit.append(case, "approve draft", party_key, detail)
    return Approval(draft_sha256, stored[0].actor, stored[0].at, stored[0].id)


def fold(case: CaseFile, stored: Sequence[StoredFact]) -> None:
    """Enter approval facts in order."""
    case.executemany(
        "INSERT OR REPLACE INTO approval VALUES (?, ?, ?, ?)",
        [
            (bytes.fromhex(fact.content["draft"]), fact.actor, stamp(fact.at), fact.n)
            for fact in stored
        ],
    )


def of_draft(case: CaseFile, draft_sha256: str) -> tuple[Approval, ...]:
    """Return who approved this exact draft, oldest first."""
    return tuple(
        Approval(draft_sha256, actor, moment(at), id_text(fact))
        for actor, at, fact in case.rows(
            "SELECT approval.actor, approval.at, fact.id FROM approval"
            " JOIN fact ON fact.n = approval.fact WHERE draft = ? ORDER BY approval.fact",
            [bytes.fromhex(draft_sha256)],
        )
    )


def same_person(one: str, other: str) -> bool:
    """Whether two names of analysts mean the same one: case and spaces do not matter."""
    return " ".join(one.split()).casefold() == " ".join(other.split()).casefold()
