"""What an approval is bound to: all that a draft says and asks, apart from when it was made."""

from __future__ import annotations

import hashlib

from pydantic import TypeAdapter

from abusetrack.records import Draft, NoticeRow

_ROWS = TypeAdapter(tuple[NoticeRow, ...])

# They change with every look-up or export, and nothing of what is asked with them.
_OF_THE_MOMENT = {
    "registration_source", "registration_asked_at", "evidence_sha256", "reference", "persistence",
}  # fmt: skip


def fingerprint(draft: Draft) -> str:
    """Return the SHA-256, in hexadecimal, of what a second analyst approves.

    To whom, in which role, on which rung, by which template, for which reason, and of each
    domain what was found: another look-up with the same answers leaves it the same.
    """
    recipient = draft.recipient
    said = "\0".join(
        [
            draft.role.value, draft.rung.value, draft.template, draft.reason, recipient.party_key,
            recipient.email or "", recipient.form or "",
            ",".join(step.reference for step in draft.earlier),
        ]
    )  # fmt: skip
    rows = _ROWS.dump_json(draft.rows, exclude={"__all__": _OF_THE_MOMENT})
    return hashlib.sha256(said.encode() + b"\0" + rows).hexdigest()
