from __future__ import annotations

import random
import subprocess
import sys

import pytest

from abusetrack.casefile import check, open_case_file

WORK = """
import sys
from datetime import UTC, datetime
from abusetrack.casefile import assessments, open_case_file, reports
from abusetrack.records import *

path, start = sys.argv[1], int(sys.argv[2])
now = datetime(2026, 3, 1, tzinfo=UTC)
finding = Assessment(AssessmentOutcome.CONFIRMED, now, "Ann", SiteKind.DEDICATED)
with open_case_file(path, clock=SystemClock(), actor="Ann", passphrase=sys.argv[3] or None) as case:
    print("open", flush=True)
    for number in range(start, start + 10_000):
        batch = []
        for i in range(30):
            name = f"d{number}-{i}.example"
            host = Host(name, name, HostKind.NAME, Domain(name, name, "example", SuffixKind.ICANN))
            url = f"https://{name}/{number}"
            batch.append(Report(Target(url, url, host), now, "public", f"R{number}"))
        reports.add(case, batch, [], Discarded(), label="x")
        print("list", number, flush=True)
        assessments.add(case, f"d{number}-0.example", finding)
        print("assessed", number, flush=True)
"""


@pytest.mark.parametrize("passphrase", ["", "sesame"])
def test_killed_at_random_nothing_acknowledged_is_lost(path, clock, passphrase):
    chance = random.Random(20260301)
    acknowledged: list[list[str]] = []
    for round_number in range(4):
        command = [sys.executable, "-c", WORK, str(path), str(round_number * 10_000), passphrase]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(chance.randrange(2, 40))]
        process.kill()  # wherever it is by now: it went on meanwhile
        lines += process.stdout.readlines()
        process.wait(timeout=60)
        process.stdout.close()
        acknowledged += [line.split() for line in lines if line.endswith("\n")]
        with open_case_file(path, clock=clock, actor="Ann", passphrase=passphrase or None) as case:
            assert check.check(case).problems == ()
            for what, *number in acknowledged:
                if what == "list":
                    like = f"d{number[0]}-%.example"
                    stored = case.value(
                        "SELECT count(*) FROM domain_now WHERE domain LIKE ?", [like]
                    )
                    assert stored == 30
                elif what == "assessed":
                    name = f"d{number[0]}-0.example"
                    assert case.value(
                        "SELECT confirmed_reports FROM domain_now WHERE domain = ?", [name]
                    ) == 1  # fmt: skip
            lists = case.value("SELECT count(*) FROM fact WHERE kind = 'list'")
            assert case.value("SELECT count(*) FROM report") == lists * 30
    assert len(acknowledged) > 20
