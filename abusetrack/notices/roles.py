"""What holds for each kind of recipient: may it have page addresses, what must it be told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from abusetrack.records import Role, Rung, SiteKind, SuffixKind, Terms

_EVERY_KIND = frozenset(SiteKind) - {SiteKind.UNKNOWN}
_ANY_SUFFIX = frozenset(SuffixKind)
_REGISTERED = frozenset({SuffixKind.ICANN})

_CLIENT_LOCKS = (
    "clientHold",
    "clientTransferProhibited",
    "clientUpdateProhibited",
    "clientDeleteProhibited",
)


@dataclass(frozen=True, slots=True)
class RoleRules:
    """The rules of one recipient role.

    ``asked`` are words that every first notice, reminder and escalation to it holds; they
    are the rule's, so that no template can lose them. ``kinds`` are the kinds of site
    that it is asked about without a typed reason.
    """

    folder: str  # of its templates
    noun: str  # in sentences for the analyst
    exact_urls: bool  # pages with path and query may be given
    registration: bool  # rows quote a registration answer, not an address answer
    asked: tuple[str, ...]
    kinds: frozenset[SiteKind] = _EVERY_KIND
    suffixes: frozenset[SuffixKind] = _ANY_SUFFIX
    sites_without_domain: bool = True  # an IP literal, a platform's own name


_DEDICATED = frozenset({SiteKind.DEDICATED})

RULES: Mapping[Role, RoleRules] = {
    Role.REGISTRAR: RoleRules(
        folder="registrar",
        noun="registrar",
        exact_urls=False,
        registration=True,
        asked=(*_CLIENT_LOCKS, "preserve for the police"),
        kinds=_DEDICATED,
        suffixes=_REGISTERED,
        sites_without_domain=False,
    ),
    Role.REGISTRY: RoleRules(
        folder="registry",
        noun="registry",
        exact_urls=False,
        registration=True,
        asked=("serverHold", "please do not delete or release", "preserve for the police"),
        kinds=_DEDICATED,
        suffixes=_REGISTERED | {SuffixKind.PRIVATE_REGISTRY},
        sites_without_domain=False,
    ),
    Role.RESELLER: RoleRules(
        folder="reseller",
        noun="reseller",
        exact_urls=False,
        registration=True,
        asked=("your customer", "preserve for the police"),
        kinds=frozenset({SiteKind.COMPROMISED}),
        suffixes=_REGISTERED,
        sites_without_domain=False,
    ),
    Role.HOST: RoleRules(
        folder="host",
        noun="host",
        exact_urls=True,
        registration=False,
        asked=("remove or disable", "preserve for the police"),
    ),
    Role.CDN: RoleRules(
        folder="cdn",
        noun="content delivery network",
        exact_urls=True,
        registration=False,
        asked=("the origin", "stop passing on", "preserve for the police"),
    ),
    Role.PLATFORM: RoleRules(
        folder="platform",
        noun="platform",
        exact_urls=True,
        registration=False,
        asked=("remove or disable", "preserve for the police"),
    ),
    Role.SEARCH_ENGINE: RoleRules(
        folder="search-engine",
        noun="search engine",
        exact_urls=True,
        registration=False,
        asked=("remove from your index",),
    ),
    Role.HOTLINE: RoleRules(
        folder="hotline",
        noun="hotline",
        exact_urls=True,
        registration=False,
        asked=("your own procedure",),
    ),
    Role.AUTHORITY: RoleRules(
        folder="authority",
        noun="authority",
        exact_urls=True,
        registration=False,
        asked=("for your information",),
    ),
    Role.ICANN: RoleRules(
        folder="icann",
        noun="ICANN compliance",
        exact_urls=False,
        registration=True,
        asked=("3.18.1", "how the report was handled"),
        kinds=_DEDICATED,
        suffixes=_REGISTERED,
        sites_without_domain=False,
    ),
}

# Said in every notice that asks for something, whoever gets it.
ALWAYS_ASKED: Mapping[str, tuple[str, ...]] = {
    "not to look": ("do not open, view, copy or forward",),
    "that a reply-by date is a request": ("a request, not a legal deadline",),
}
WITHDRAWAL_SAYS: Mapping[str, tuple[str, ...]] = {
    "that it withdraws": ("withdraw",),
    "to undo what was done": ("please undo",),
}


def template_name(role: Role, rung: Rung) -> str:
    """Return the name of the template for a role and rung: ``registrar/first``."""
    return f"{RULES[role].folder}/{rung.value}"


def may_have_pages(role: Role, terms: Terms) -> bool:
    """Return whether a notice to this party may hold page addresses and access notes."""
    return RULES[role].exact_urls or terms.exact_urls
