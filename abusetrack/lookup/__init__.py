"""Questions to resolvers, RDAP and WHOIS services, and what came of each.

Knows no database and no window. Asks nobody but the configured resolvers, RDAP and
WHOIS services; never a reported host nor the servers of a reported domain.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from abusetrack.lookup.resolver_check import ResolverCheck, ResolverFinding
    from abusetrack.lookup.service import Lookup, NothingKnown

__all__ = ["Lookup", "NothingKnown", "ResolverCheck", "ResolverFinding"]

_FROM = {
    "Lookup": "service",
    "NothingKnown": "service",
    "ResolverCheck": "resolver_check",
    "ResolverFinding": "resolver_check",
}


def __getattr__(name: str) -> object:
    """Load what asks the network for whoever asks it: its libraries are half of a start."""
    if name not in _FROM:
        raise AttributeError(name)
    return getattr(import_module(f"{__name__}.{_FROM[name]}"), name)
