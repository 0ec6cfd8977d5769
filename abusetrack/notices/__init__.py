"""Notices: composed, checked, exported; never sent.

``group`` splits a registrar's rows, ``compose_registrar`` writes a draft, ``lint``
says what stops it, ``export`` gives the exact bytes and ``write_files`` puts them on
the disk. ``ready`` says what the organisation still has to set.
"""

from __future__ import annotations

from abusetrack.notices.compose import MOST_ROWS, PRACTICE_MARK, compose_registrar, group
from abusetrack.notices.export import FORMATS, export, write_files
from abusetrack.notices.lint import Finding, lint
from abusetrack.notices.recipients import NoRecipient, registrar_recipient
from abusetrack.notices.sender import ready

__all__ = [
    "FORMATS",
    "MOST_ROWS",
    "PRACTICE_MARK",
    "Finding",
    "NoRecipient",
    "compose_registrar",
    "export",
    "group",
    "lint",
    "ready",
    "registrar_recipient",
    "write_files",
]
