"""Kill, check, count, and print what came of it.

PYTHONPATH=tools python -m soak [--kills N] [--seed N] [--jobs import,rekey,...]
"""

from __future__ import annotations

import argparse
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from abusetrack.casefile import CaseFile, check, dump, folding, open_case_file, restore, transfer
from abusetrack.errors import NewerCaseFileError, WrongPassphraseError
from soak import work

_LINES = 6  # acknowledged at most before the kill
_REBUILT_EVERY = 5  # kills
_LISTS = 4  # in a case file at first


@dataclass(slots=True)
class Tally:
    """What came of the kills of one job."""

    kills: int = 0
    acknowledged: int = 0
    problems: list[str] = field(default_factory=list)


def main() -> int:
    """Run all; return 1 where anything was lost or damaged."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--jobs", default=",".join(work.JOBS))
    options = parser.parse_args()
    chance = random.Random(options.seed)
    jobs = options.jobs.split(",")
    tallies = {job: Tally() for job in jobs}
    with tempfile.TemporaryDirectory() as folder, _practice(Path(folder), jobs) as config:
        soaks = {job: Soak(job, Path(folder) / job, config, tallies[job]) for job in jobs}
        for number in range(options.kills):
            soaks[jobs[number % len(jobs)]].kill_once(chance)
            print(f"\r{number + 1} of {options.kills}", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    print(f"seed {options.seed}")
    print(f"{'killed during':<14} {'kills':>6} {'acknowledged':>13} {'lost or damaged':>16}")
    for job, tally in tallies.items():
        print(f"{job:<14} {tally.kills:>6} {tally.acknowledged:>13} {len(tally.problems):>16}")
    for job, tally in tallies.items():
        for problem in tally.problems:
            print(f"{job}: {problem}")
    return int(any(tally.problems for tally in tallies.values()))


@contextmanager
def _practice(folder: Path, jobs: list[str]) -> Iterator[Path | None]:
    """Serve the practice internet where a job needs it; yield its configuration."""
    if "resolve" not in jobs:
        yield None
        return
    words = ["practice", "--serve", "--folder", str(folder / "practice")]
    command = [sys.executable, "-m", "abusetrack", "--case", str(folder / "none"), *words]
    reports = [*words[:1], "--reports", str(folder / "reports.csv")]
    subprocess.run([*command[:5], *reports], check=True, capture_output=True)
    server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        assert server.stdout is not None
        yield Path(server.stdout.readline().strip())
    finally:
        server.terminate()
        server.wait()


_IS_DONE = """
SELECT count(done_at) FROM queue JOIN host ON host.id = queue.host
JOIN domain_now ON domain_now.id = host.domain WHERE domain_now.domain = ?
"""


class Soak:
    """One job, its case file, and what has to be in it."""

    def __init__(self, job: str, folder: Path, config: Path | None, tally: Tally) -> None:
        self.job, self.folder, self.tally = job, folder, tally
        self.path = folder / "case"
        self.passphrase = work.passphrase_of(job)
        self.expected: list[list[str]] = []
        self.next = 100
        folder.mkdir()
        if job == "resolve":
            assert config is not None
            self._import_practice(folder.parent / "reports.csv", config)
            shutil.copy(config, folder / "config.toml")
        else:
            with work.open_it(self.path, self.passphrase) as case:
                for number in range(_LISTS):
                    work.add(case, number)
        with self._open() as case:
            transfer.backup(case, folder / "backup")
        if job == "merge":
            self._make_dumps()

    def _import_practice(self, table: Path, config: Path) -> None:
        words = [sys.executable, "-m", "abusetrack", "--case", str(self.path)]
        subprocess.run(
            [*words, "--config", str(config), "import", str(table)], check=True, capture_output=True
        )

    def _make_dumps(self) -> None:
        with work.open_it(self.folder / "other", None) as other:
            for number in range(3):
                work.add(other, number + 50)
                dump.write(other, self.folder / f"dump-{number}")

    def kill_once(self, chance: random.Random) -> None:
        """Start the job, kill it some time after some lines, check what is left."""
        if self.job == "migration":
            self._fresh()
        command = [sys.executable, "-m", "soak.work", self.job, str(self.folder), str(self.next)]
        errors = (self.folder / "errors").open("w+")
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True)
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(chance.randrange(1, _LINES + 1))]
        time.sleep(chance.uniform(0, 0.3))
        process.kill()
        lines += process.stdout.readlines()
        process.wait()
        process.stdout.close()
        acknowledged = [line.split() for line in lines if line.endswith("\n")]
        self.tally.kills += 1
        self.tally.acknowledged += len(acknowledged)
        errors.seek(0)
        if said := errors.read():
            self.tally.problems.append(f"it failed by itself: {said.splitlines()[-1]}")
        errors.close()
        if not acknowledged:
            self.tally.problems.append("it did not start")
        self._learn(acknowledged)
        try:
            self._check()
        except Exception as error:  # noqa: BLE001  (whatever it is, the soak goes on and says it)
            self.tally.problems.append(f"{type(error).__name__}: {error}")
        self.next += 1_000

    def _fresh(self) -> None:
        self.expected.clear()
        for path in self.folder.glob("case*"):
            path.unlink()
        shutil.copy(self.folder / "backup", self.path)

    def _learn(self, acknowledged: list[list[str]]) -> None:
        for words in acknowledged:
            if words[0] == "restored":  # what was listed before it is gone
                self.expected.clear()
            elif words[0] == "changed":
                self.passphrase = work.PASSPHRASES[int(words[1]) % 2]
                self.next = int(words[1])
            else:
                self.expected.append(words)

    def _open(self) -> CaseFile:
        return work.open_it(self.path, self.passphrase)

    def _check(self) -> None:
        try:
            case = self._open()
        except WrongPassphraseError:
            if self.job != "rekey":
                raise
            # Killed after the change, before it was said.
            self.passphrase = next(one for one in work.PASSPHRASES if one != self.passphrase)
            case = self._open()
        except NewerCaseFileError:
            if self.job != "migration":
                raise
            done = subprocess.run(
                [sys.executable, "-m", "soak.work", "migration", str(self.folder), "0"],
                capture_output=True, text=True, check=True,
            )  # fmt: skip
            if "migrated" not in done.stdout:
                self.tally.problems.append("the migrated file cannot be opened")
            return
        with case:
            self.tally.problems += check.check(case).problems
            if self.tally.kills % _REBUILT_EVERY == 0:
                for one in folding.rebuild(case):
                    self.tally.problems.append(f"{one.rows} rows of {one.table} were wrong")
            for words in self.expected:
                if (lost := self._missing(case, words)) is not None:
                    self.tally.problems.append(lost)
        if self.job == "migration" and ["migrated"] in self.expected:
            self.tally.problems.append("a migration that was acknowledged is gone")
        if self.job == "restore":
            self.expected.clear()  # it may be killed after the next restore, before it is said
        self._restore_elsewhere()

    def _missing(self, case: CaseFile, words: list[str]) -> str | None:
        """Return what an acknowledged line promised and is not there."""
        count = None
        match words:
            case ["list", number] if self.job != "restore":
                count = case.value(
                    "SELECT count(*) FROM domain_now WHERE domain LIKE ?", [f"d{number}-%.example"]
                )
                confirmed = case.value(
                    "SELECT confirmed_reports FROM domain_now WHERE domain = ?",
                    [f"d{number}-0.example"],
                )
                return None if (count, confirmed) == (work.BATCH, 1) else f"list {number} is gone"
            case ["erased", number]:
                count = case.value(
                    "SELECT count(*) FROM erasable WHERE text LIKE ?", [f"%secret-{number}"]
                )
                return f"what was erased of {number} is there" if count else None
            case ["merged", number]:
                count = case.value(
                    "SELECT count(*) FROM domain_now WHERE domain LIKE ?",
                    [f"d{int(number) + 50}-%.example"],
                )
                return None if count == work.BATCH else f"what dump {number} brought is gone"
            case ["stored", *domains]:
                # An onion service is stored without a question (RFC 7686).
                for domain in domains:
                    if not case.value(_IS_DONE, [domain]):
                        return "a lookup that was stored is gone"
        return None

    def _restore_elsewhere(self) -> None:
        """The backup can be put back after each kill, in a copy of what the kill left."""
        scratch = self.folder / "scratch" / "case"
        scratch.parent.mkdir()
        try:
            for suffix in ("", "-wal"):
                if (beside := self.path.with_name(self.path.name + suffix)).exists():
                    shutil.copy(beside, scratch.with_name(scratch.name + suffix))
            first = work.passphrase_of(self.job)
            restore.restore(
                self.folder / "backup",
                scratch,
                clock=work.CLOCK,
                actor="Ann",
                passphrase=first,
                current_passphrase=self.passphrase,
            )
            with open_case_file(
                scratch, clock=work.CLOCK, actor="Ann", passphrase=first, create=False
            ) as restored:
                self.tally.problems += check.check(restored).problems
        finally:
            shutil.rmtree(scratch.parent)


if __name__ == "__main__":
    sys.exit(main())
