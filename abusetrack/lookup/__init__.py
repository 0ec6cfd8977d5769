"""Questions to resolvers, RDAP and WHOIS services, and what came of each.

Knows no database and no window. Asks nobody but the configured resolvers, RDAP and
WHOIS services; never a reported host nor the servers of a reported domain.
"""

from __future__ import annotations

from abusetrack.lookup.resolver_check import ResolverCheck, ResolverFinding
from abusetrack.lookup.service import Lookup, NothingKnown

__all__ = ["Lookup", "NothingKnown", "ResolverCheck", "ResolverFinding"]
