from __future__ import annotations

import hashlib
import json

from abusetrack.casefile import audit


def test_rows_are_chained_and_can_be_recomputed(case, clock):
    assert audit.head(case) == "00" * 32
    audit.append(case, "one", "a.example", {"b": 1, "a": None})
    clock.move(seconds=1)
    audit.append(case, "two", "", {})
    first, second = case.query("SELECT * FROM audit ORDER BY seq")
    assert first["prev"] == bytes(32)
    assert second["prev"] == first["sha256"]
    assert second["at"] == "2026-03-01T12:00:01.000000Z"
    assert first["detail"] == '{"a":null,"b":1}'
    row = [case.origin_id.hex(), 2, second["at"], "Ann", "two", "", "{}", first["sha256"].hex()]
    text = json.dumps(row, separators=(",", ":"))
    assert hashlib.sha256(text.encode()).hexdigest() == audit.head(case)
