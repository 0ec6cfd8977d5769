"""abusetrack: from reported domains to registrars, and to notices they can act on."""

from __future__ import annotations

__version__ = "0.1.0"
