"""The report for managers and the public: figures, definitions and counts, no domain names.

It needs no Qt: ``compile_bulletin`` gathers the panels and leaves small cells out, the
writers turn them into PDF or HTML.
"""

from __future__ import annotations

from abusetrack.bulletin.contents import FEW, Bulletin, Section, compile_bulletin
from abusetrack.bulletin.html import html
from abusetrack.bulletin.pdf import pdf

__all__ = ["FEW", "Bulletin", "Section", "compile_bulletin", "html", "pdf"]
