"""Run the main job over a list of really reported names and compare with what is expected.

The practice internet serves the list's facts on loopback; nobody else is asked. Prints
totals and differences only: no name of a domain, registrar or network. The exit code is
the number of kinds of difference found.

    python tools/real_input.py LIST.csv
"""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

from expected_facts import expected

from abusetrack import settings
from abusetrack.casefile import open_case_file
from abusetrack.records import SystemClock
from abusetrack.triage import dossier
from abusetrack.triage.context import make_context

Row = dict[str, Any]


def main(path: Path) -> int:
    """Return how many kinds of difference there are."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        serving = subprocess.Popen(
            _words("practice", "--serve", "--world", path.absolute(), "--folder", "practice"),
            cwd=folder,
            env=_environment(folder),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        try:
            assert serving.stdout is not None
            config = folder / serving.stdout.readline().strip()
            return _walk(path, folder, config)
        finally:
            serving.send_signal(signal.SIGTERM)
            serving.wait()


def _walk(path: Path, folder: Path, config: Path) -> int:
    with path.open(encoding="utf-8", newline="") as file:
        names = [row["domain"] for row in csv.DictReader(file)]
    (folder / "list.txt").write_text("\n".join(names) + "\n", encoding="utf-8")
    (taken,) = _run(folder, config, "import", "list.txt")
    started = time.monotonic()
    resolved = _run(folder, config, "resolve", codes={0, 1})
    seconds = time.monotonic() - started
    stats = _run(folder, config, "stats", "registrars")
    sound = _run(folder, config, "check")["sound"]
    wanted = {row["domain"]: row for row in expected(path)}
    seen, unexplained = _seen(folder / "case.db", config, wanted)
    differences = Counter(
        field
        for domain, want in wanted.items()
        for field in want
        if field != "names" and seen.get(domain, {}).get(field) != want[field]
    )
    counted = Counter(_folded(row["registrar"]) for row in wanted.values())
    shown: Counter[str] = Counter()
    for row in stats["rows"]:
        shown[_folded(None if row["key"] is None else row["name"])] += row["other_domains"]
    differences.update(["stats registrars"] if shown != counted else [])
    if taken["rejected"] != len(names) - sum(row["names"] for row in wanted.values()):
        differences["rejected"] += 1
    _print(taken, resolved, seconds, wanted, unexplained, sound=sound)
    print(f"| differences | {dict(differences) or 0} |")
    return len(differences) + unexplained + (not sound)


def _seen(case_path: Path, config: Path, wanted: dict[str, Row]) -> tuple[dict[str, Row], int]:
    """What `show` says, and how many missing values say no reason."""
    clock = SystemClock()
    context = make_context(settings.load(config), clock)
    seen: dict[str, Row] = {}
    unexplained = 0
    with open_case_file(case_path, clock=clock, actor="measurement", create=False) as case:
        for domain in wanted:
            shown = dossier.as_json(dossier.stored(context, case, domain))
            registrar = shown["registrar"]
            addresses = [item for host in shown["hosts"] for item in host["addresses"]]
            seen[domain] = {
                "domain": domain,
                "registrar": registrar["name"] if registrar else None,
                "created": shown["created"],
                "asn": addresses[0]["asn"] if addresses else None,
                "verdict": shown["hosting_verdict"],
                "country": shown["hosting_country"],
            }
            unexplained += sum(
                shown[name] is None and not shown[f"{name}_reason"]
                for name in ("registrar", "created", "hosting_country")
            )
    return seen, unexplained


def _folded(name: str | None) -> str:
    """Spellings of one registrar differ in case and punctuation."""
    return "" if name is None else "".join(filter(str.isalnum, name.casefold()))


def _print(
    taken: Row,
    resolved: Row,
    seconds: float,
    wanted: dict[str, Row],
    unexplained: int,
    *,
    sound: bool,
) -> None:
    verdicts = Counter(row["verdict"] for row in wanted.values())
    print("| what | number |\n|---|---|")
    print(f"| names in the list | {taken['new'] + taken['duplicate'] + taken['rejected']} |")
    print(
        f"| new, duplicate, rejected | {taken['new']}, {taken['duplicate']}, {taken['rejected']} |"
    )
    print(f"| registrable domains | {len(wanted)} |")
    print(f"| names looked up | {resolved['done']} in {seconds:.0f} s |")
    print(f"| of which something could not be learnt | {len(resolved['failed'])} |")
    known = sum(row["registrar"] is not None for row in wanted.values())
    print(f"| registrar known | {known} |")
    for verdict in ("unanimous", "majority", "disputed", "cdn", "none"):
        print(f"| hosting country {verdict} | {verdicts[verdict]} |")
    print(f"| missing values without a reason | {unexplained} |")
    print(f"| case file sound | {'yes' if sound else 'no'} |")


def _words(*words: object) -> list[str]:
    return [sys.executable, "-m", "abusetrack", *map(str, words)]


def _environment(folder: Path) -> dict[str, str]:
    return {**os.environ, "HOME": str(folder / "home")}


def _run(
    folder: Path, config: Path, *words: object, codes: frozenset[int] | set[int] = frozenset({0})
) -> Any:
    done = subprocess.run(
        _words("--case", "case.db", "--config", config, *words, "--json"),
        cwd=folder,
        env=_environment(folder),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode not in codes:
        sys.exit(f"'{words[0]}' ended with {done.returncode}: {done.stderr[-500:]}")
    return json.loads(done.stdout)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
