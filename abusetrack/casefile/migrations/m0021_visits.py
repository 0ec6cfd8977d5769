"""How far a case file had come when somebody had seen what is new.

A merge brings what others knew long before: it is new here all the same, and only the
local numbers of facts say so.
"""

from __future__ import annotations

STATEMENTS = (
    "ALTER TABLE visit ADD COLUMN fact INTEGER NOT NULL DEFAULT 0",
    "UPDATE visit SET fact = (SELECT coalesce(max(n), 0) FROM fact WHERE fact.at <= visit.at)",
)
