"""Which domains are confirmed for a legal category, from an index alone.

The outcome stood in the report's row only: a filter by category read each of them.
"""

from __future__ import annotations

STATEMENTS = (
    "DROP INDEX report_category",
    """CREATE INDEX report_category ON report(legal_category, outcome, domain)
        WHERE legal_category IS NOT NULL""",
)
