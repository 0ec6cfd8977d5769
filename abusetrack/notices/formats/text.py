"""The notice as a text file, to be pasted into a web form or a mail program."""

from __future__ import annotations

from abusetrack.names.plain import WIDTH, visible
from abusetrack.records import Draft

MEDIA_TYPE = "text/plain"


def text(draft: Draft) -> str:
    """Return where to send it and the subject, a rule, and then the notice itself."""
    contact = draft.recipient
    ways = {"Send to": contact.email, "Web form": contact.form, "Phone": contact.phone}
    head = [f"{label + ':':<10}{visible(way, 500)}" for label, way in ways.items() if way]
    return "\n".join([*head, f"{'Subject:':<10}{draft.subject}", "-" * WIDTH, draft.body])
