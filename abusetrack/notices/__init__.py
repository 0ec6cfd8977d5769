"""Notices: composed, checked, exported; never sent.

``group`` splits a party's rows, ``compose`` writes a draft, ``lint`` says what stops it,
``export`` gives the exact bytes and ``write_files`` puts them on the disk. ``ready`` says
what the organisation still has to set.
"""

from __future__ import annotations

from abusetrack.notices.compose import MOST_ROWS, PRACTICE_MARK, Request, compose, group
from abusetrack.notices.export import FORMATS, export, write_files
from abusetrack.notices.fingerprint import fingerprint
from abusetrack.notices.lint import Finding, lint, stopping
from abusetrack.notices.recipients import NoRecipient, recipient_of
from abusetrack.notices.roles import RULES, may_have_pages
from abusetrack.notices.sender import ready

__all__ = [
    "FORMATS",
    "MOST_ROWS",
    "PRACTICE_MARK",
    "RULES",
    "Finding",
    "NoRecipient",
    "Request",
    "compose",
    "export",
    "fingerprint",
    "group",
    "lint",
    "may_have_pages",
    "ready",
    "recipient_of",
    "stopping",
    "write_files",
]
