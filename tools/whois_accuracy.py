"""Compare the reading of recorded WHOIS answers with what is true in each; exit 1 below the floors.

A file holds one JSON object a line: id, domain, text, truth. A key absent from the truth
is not asserted; null says that the answer holds no such value. Where the truth says
nothing of the abuse address and the IANA ID, the lines that the ICANN contracts name do.
Only counts are printed: no name of a person, a domain or a registrar.

Dates count as right within 24 hours, name servers and statuses as sets in any case.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from whois.parser import WhoisEntry

from abusetrack.lookup import texts, whois_parse
from abusetrack.lookup.tables import shipped
from abusetrack.records import Outcome, RegistrationFacts

FLOOR = 0.97
FLOOR_FREE = 0.98
FIELDS = (
    "registrar",
    "created",
    "expires",
    "status",
    "name_servers",
    "abuse_email",
    "iana_id",
)
_STATES = {
    "registered": Outcome.OK,
    "available": Outcome.NOT_FOUND,
    "throttled": Outcome.RATE_LIMITED,
    "refused": Outcome.REFUSED,
    "server-error": Outcome.SERVER_ERROR,
}
_MAY_NOT_BE_FREE = ("registered", "throttled", "refused", "server-error")
_LABELLED = {
    "abuse_email": re.compile(
        r"^\s*Registrar Abuse Contact Email:[ \t]*(\S+@\S+)[ \t]*\r?$", re.MULTILINE
    ),
    "iana_id": re.compile(
        r"^\s*(?:Sponsoring )?Registrar IANA ID:[ \t]*(\d+)[ \t]*\r?$", re.MULTILINE
    ),
}
_LIBRARY = {
    "registrar": "registrar",
    "created": "creation_date",
    "expires": "expiration_date",
    "status": "status",
    "name_servers": "name_servers",
}
_BY_WORDS = ("registrar", "created", "expires", "status", "name_servers")
_ATTRIBUTES = {
    "registrar": "registrar_name",
    "status": "statuses",
    "iana_id": "registrar_iana_id",
}


@dataclass(slots=True)
class Score:
    """Counts by field (ours and the library's) and by state and outcome."""

    asserted: Counter[str] = field(default_factory=Counter)
    right: Counter[str] = field(default_factory=Counter)
    baseline: Counter[str] = field(default_factory=Counter)
    outcomes: Counter[tuple[str, str]] = field(default_factory=Counter)
    wrong: list[tuple[str, str]] = field(default_factory=list)  # id, field
    seconds: float = 0.0

    def share(self, name: str) -> float:
        """Return how much of what is asserted of a field is right."""
        return self.right[name] / self.asserted[name] if self.asserted[name] else 1.0

    def told(self, state: str) -> float:
        """Return how many answers of a state got the outcome of that state."""
        all_of = sum(n for (name, _), n in self.outcomes.items() if name == state)
        return self.outcomes[state, str(_STATES[state])] / all_of if all_of else 1.0

    def below(self) -> list[str]:
        """Return what misses its floor, a sentence each."""
        found = [
            f"{name}: {self.share(name):.1%} right, less than {FLOOR:.0%}"
            for name in FIELDS
            if self.share(name) < FLOOR
        ]
        if self.told("available") < FLOOR_FREE:
            found.append(f"free names: {self.told('available'):.1%} told, less than 98%")
        found += [
            f"{state}: {self.told(state):.1%} told, not all"
            for state in ("throttled", "refused", "server-error")
            if self.told(state) < 1
        ]
        found += [
            f"{state}: {self.outcomes[state, str(Outcome.NOT_FOUND)]} called free"
            for state in _MAY_NOT_BE_FREE
            if self.outcomes[state, str(Outcome.NOT_FOUND)]
        ]
        return found


def rows(path: Path) -> Iterator[dict[str, Any]]:
    """Read the answers of a file."""
    with path.open(encoding="utf-8") as lines:
        yield from (json.loads(line) for line in lines if line.strip())


def score(answers: Iterable[dict[str, Any]]) -> Score:
    """Read every answer and count."""
    counts = Score()
    for row in answers:
        domain, text = row["domain"], row["text"]
        begin = time.perf_counter()
        reading = whois_parse.parse(text, domain)
        counts.seconds += time.perf_counter() - begin
        truth = _labelled(text) | row["truth"]
        counts.outcomes[truth["state"], str(reading.outcome)] += 1
        library = _library(domain, text)
        for name in FIELDS:
            if name in truth:
                said = _ours(reading.facts, name)
                counts.asserted[name] += 1
                counts.baseline[name] += _right(name, truth[name], library.get(name))
                if _right(name, truth[name], said):
                    counts.right[name] += 1
                else:
                    counts.wrong.append((row["id"], name))
    return counts


def _labelled(text: str) -> dict[str, Any]:
    """Return what the answer itself labels beyond doubt."""
    found = {name: line.search(text) for name, line in _LABELLED.items()}
    return {name: match[1] for name, match in found.items() if match is not None}


def _library(domain: str, text: str) -> dict[str, Any]:
    """Return what python-whois alone finds."""
    cut = "\n".join(line[:256] for line in text[: 16 * 1024].splitlines())
    try:
        entry = dict(WhoisEntry.load(domain, cut))
    except Exception:  # noqa: BLE001 - the baseline raises nearly anything on odd answers
        return {}
    found: dict[str, Any] = {}
    for name, key in _LIBRARY.items():
        value = entry.get(key)
        values = value if isinstance(value, list) else [value] if value else []
        if name in {"status", "name_servers"}:
            found[name] = tuple(str(item).split(" ")[0] for item in values)
        else:
            first = values[0] if values else None
            found[name] = texts.in_utc(first) if isinstance(first, datetime) else first
    return found


def _ours(facts: RegistrationFacts | None, name: str) -> Any:
    return None if facts is None else getattr(facts, _ATTRIBUTES.get(name, name))


def _right(name: str, meant: Any, said: Any) -> bool:
    if not meant or not said:
        return not meant and not said
    if name in {"status", "name_servers"}:
        return _set(meant) == _set(said)
    if name in {"created", "expires"}:
        time = datetime.fromisoformat(meant)
        time = time if time.tzinfo else time.replace(tzinfo=UTC)
        return isinstance(said, datetime) and abs(said - time) <= timedelta(hours=24)
    if name == "registrar":
        return _folded(said) in _set([meant] if isinstance(meant, str) else meant)
    return _folded(said) == _folded(meant)


def _set(values: Iterable[str] | None) -> set[str]:
    return {_folded(value) for value in values or ()}


def _folded(value: object) -> str:
    return " ".join(str(value).casefold().split()).rstrip(".")


def report(counts: Score) -> Iterator[str]:
    """Yield the lines of the table."""
    yield f"{'field':<14}{'right':>6}{'of':>6}{'share':>9}{'python-whois':>15}"
    for name in FIELDS:
        total = counts.asserted[name]
        shares = (counts.share(name), counts.baseline[name] / total) if total else (1.0, 1.0)
        yield f"{name:<14}{counts.right[name]:>6}{total:>6}{shares[0]:>9.1%}{shares[1]:>15.1%}"
    yield ""
    yield f"{'in truth':<22}{'read as':<16}{'answers':>8}"
    for (state, outcome), count in sorted(counts.outcomes.items()):
        yield f"{state:<22}{outcome:<16}{count:>8}"
    total = sum(counts.outcomes.values())
    yield ""
    yield f"{total} answers, {1000 * counts.seconds / max(total, 1):.2f} ms each"


def main() -> int:
    """Return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("answers", type=Path, nargs="+")
    parser.add_argument("--wrong", action="store_true", help="list the ids of wrong readings")
    parser.add_argument(
        "--words-only",
        action="store_true",
        help="leave out the table of whole keys: how an ending fares that nobody has seen",
    )
    options = parser.parse_args()
    if options.words_only:
        keys = shipped("whois_fields.toml")["fields"]
        keys.update({_ATTRIBUTES.get(name, name): [] for name in FIELDS if name in _BY_WORDS})
    counts = score([row for path in options.answers for row in rows(path)])
    print("\n".join(report(counts)))
    if options.wrong:
        for row, name in counts.wrong:
            print(f"wrong: {name} of {row}")
    below = counts.below()
    for sentence in below:
        print(f"below the floor: {sentence}", file=sys.stderr)
    return 1 if below else 0


if __name__ == "__main__":
    sys.exit(main())
