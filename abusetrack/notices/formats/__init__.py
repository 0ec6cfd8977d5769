"""The forms in which a notice leaves: mail, text, table."""

from __future__ import annotations
