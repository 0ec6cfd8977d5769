"""abusetrack: from reported domains to registrars, and to notices they can act on."""

from __future__ import annotations

import os

# Whatever other packages are installed, none of them looks into what is validated here; and to
# ask all of them for plugins is a tenth of a start.
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")

__version__ = "0.1.0"
