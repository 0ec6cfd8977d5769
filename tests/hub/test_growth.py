"""What an exchange costs does not grow with what is there: no table that grows is read through."""

from __future__ import annotations

import re

from abusetrack.casefile import address_rules

_GROWS = (
    "fact", "erasable", "evidence", "audit", "report", "finding", "url", "host", "domain_now",
    "subject", "observation", "trait", "prefix_now", "content_status", "note",
)  # fmt: skip
_READS = re.compile(r"\s*(SELECT|WITH|UPDATE|DELETE)\b")


def _walks(case, statements: list[str]) -> list[str]:
    """Return which statements read through a table that grows, by SQLite's own plans."""
    found = []
    for sql in dict.fromkeys(statements):
        if _READS.match(sql):
            plan = [row[3].split() for row in case.rows(f"EXPLAIN QUERY PLAN {sql}")]
            tables = {words[1] for words in plan if words[0] == "SCAN"} & {*_GROWS}
            if tables:
                found.append(f"{sorted(tables)}: {' '.join(sql.split())[:300]}")
    return found


def test_taking_and_leaving_a_few_facts_walks_through_nothing(desk, work, exchange):
    ann, bob = desk("Ann"), desk("Bob")
    work(ann, 1, rounds=40)
    exchange(ann)
    exchange(bob)
    for seed in range(2, 6):
        work(ann, seed)
    address_rules.never_send(ann, "abuse@host.example")
    statements: list[str] = []
    for case in (ann, bob):
        case._connection.set_trace_callback(statements.append)
        moved = exchange(case)
        case._connection.set_trace_callback(None)
        assert moved.sent.facts + moved.arrived.facts > 10
    assert any("no_send" in sql for sql in statements)
    assert _walks(bob, statements) == []
