"""A report is not confirmed while another desk denies the same URL under the same reference."""

from __future__ import annotations

STATEMENTS = (
    """UPDATE report SET outcome = 'not yet assessed' WHERE outcome = 'confirmed' AND EXISTS (
        SELECT 1 FROM report AS twin
        WHERE twin.domain = report.domain AND twin.url = report.url
            AND twin.reference = report.reference AND twin.fact <> report.fact
            AND twin.outcome IN ('not illegal', 'outside remit')
    )""",
)
