"""Protected names: kept by the analysts, taken from lists, removed again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from abusetrack.casefile import audit, facts
from abusetrack.casefile.connection import CaseFile
from abusetrack.casefile.encoding import canonical, clean, id_text, without_empty
from abusetrack.casefile.facts import NewFact, StoredFact, Written
from abusetrack.errors import InputError
from abusetrack.records import ProtectedCategory, ProtectedName

_COUNTED = "import protected names"


def add(case: CaseFile, names: Iterable[ProtectedName], *, imported: bool = False) -> int:
    """Protect names; return how many are new or changed.

    A list (``imported``) gets one audit row with its counts, else each name gets its own.
    """
    with case.transaction():
        known = {item.name: item for item in everything(case)}
        changed = list(
            {
                clean(item.name): item
                for item in names
                if (before := known.get(clean(item.name))) is None
                or (before.category, before.party) != (item.category, clean(item.party))
            }.items()
        )
        written = _append(case, [(name, item.category, item.party) for name, item in changed])
        fold(case, facts.read(case, [fact.n for fact in written]))
        if imported and changed:
            audit.append(case, _COUNTED, "", {"names": len(changed)})
        for (name, item), fact in zip(changed, written, strict=True):
            if not imported:
                detail = {"category": item.category.value, "fact": id_text(fact.id)}
                audit.append(case, "protect name", name, detail)
    return len(changed)


def remove(case: CaseFile, name: str) -> None:
    """Protect a name no longer; the facts keep that it was.

    Raises:
        InputError: it is not protected.
    """
    name = clean(name)
    with case.transaction():
        if not case.rows("SELECT 1 FROM protected WHERE name = ?", [name]):
            raise InputError("That name is not protected; 'abusetrack protect list' shows all.")
        (fact,) = _append(case, [(name, None, "")])
        fold(case, facts.read(case, [fact.n]))
        audit.append(case, "unprotect name", name, {"fact": id_text(fact.id)})


def fold(case: CaseFile, stored: Sequence[StoredFact]) -> None:
    """Enter facts on protected names in order; the last one of a name holds."""
    for fact in stored:
        name, category = fact.content["name"], fact.content.get("category")
        if category is None:
            case.execute("DELETE FROM protected WHERE name = ?", [name])
        else:
            case.execute(
                "INSERT OR REPLACE INTO protected VALUES (?, ?, ?, ?)",
                [name, category, fact.content.get("party", ""), fact.n],
            )


def _append(
    case: CaseFile, entries: Sequence[tuple[str, ProtectedCategory | None, str]]
) -> list[Written]:
    """Write one fact per name; a removal has no category."""
    before = dict(
        case.rows(
            "SELECT name, fact.id FROM protected JOIN fact ON fact.n = protected.fact"
            " WHERE name IN (SELECT value FROM json_each(?))",
            [canonical([name for name, _, _ in entries])],
        )
    )
    return facts.append(
        case,
        [
            NewFact(
                "protected name",
                without_empty({"name": name, "category": category, "party": party}),
                supersedes=before.get(name),
            )
            for name, category, party in entries
        ],
    )


def everything(case: CaseFile) -> tuple[ProtectedName, ...]:
    """Return every protected name, in order."""
    return tuple(
        ProtectedName(name, ProtectedCategory(category), party, id_text(fact))
        for name, category, party, fact in case.rows(
            "SELECT name, category, party, fact.id FROM protected"
            " JOIN fact ON fact.n = protected.fact ORDER BY name"
        )
    )
