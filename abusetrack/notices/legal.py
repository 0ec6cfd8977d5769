"""What a notice refers to: a table of conditions; never what it says the recipient owes us.

Each clause stands for one sentence of ``parts/clauses.jinja``. Section 3.18.2 of the
Registrar Accreditation Agreement (DNS abuse) does not cover this material and is never
among them; 3.18.3 is for authorities designated where the registrar is established.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from abusetrack.records import Role, Terms
from abusetrack.settings import Organisation

# Longer than two letters, yet outside the Registrar Accreditation Agreement.
_NOT_GENERIC = {"arpa", "edu", "gov", "int", "mil"}


class Clause(StrEnum):
    """One sentence on what a notice refers to; the value is its key in templates."""

    ACCREDITATION = "accreditation"  # RAA 3.18.1
    ACCREDITATION_SOME = "accreditation of some"  # the same, for some of the names
    DESIGNATED = "designated"  # RAA 3.18.3
    REGISTRY_CONTACT = "registry contact"  # Registry Agreement, Specification 6 section 4.1
    REGISTRY_INTEREST = "registry interest"  # Registry Agreement, Specification 11 3(a)
    COUNTRY_POLICY = "country policy"  # a country-code registry's own policy
    FRAMEWORK = "framework"  # Framework to Address Abuse, signed
    OWN_AGREEMENT = "own agreement"  # the registrar's or reseller's registration agreement
    OWN_TERMS = "own terms"  # of use, of a host, platform or network
    DSA_NOTICE = "dsa notice"  # Regulation (EU) 2022/2065, Article 16
    DSA_FLAGGER = "dsa flagger"  # the same, Article 22
    HANDLING = "handling"  # RAA 3.18.1, to ICANN: how the report was handled
    EXCHANGE = "exchange"  # between hotlines
    LOCAL_LAW = "local law"  # an authority's own


@dataclass(frozen=True, slots=True)
class Situation:
    """What the clauses of one notice depend on."""

    role: Role
    accredited: bool  # the recipient has an IANA ID
    generic: tuple[bool, ...]  # of each domain: under a generic top-level domain
    terms: Terms
    organisation: Organisation

    @property
    def flagger(self) -> bool:
        """Whether the organisation is a trusted flagger."""
        status = self.organisation.trusted_flagger
        return bool(status.authority.strip() and status.number.strip())


_HOSTING = {Role.HOST, Role.PLATFORM}
_SERVICES = {Role.HOST, Role.PLATFORM, Role.CDN, Role.SEARCH_ENGINE}


def _accredited(s: Situation) -> bool:
    return s.role is Role.REGISTRAR and s.accredited and any(s.generic)


_CLAUSES: Mapping[Clause, Callable[[Situation], bool]] = {
    Clause.ACCREDITATION: lambda s: _accredited(s) and all(s.generic),
    Clause.ACCREDITATION_SOME: lambda s: _accredited(s) and not all(s.generic),
    Clause.DESIGNATED: lambda s: (
        _accredited(s) and s.terms.country in s.organisation.designated_in
    ),
    Clause.REGISTRY_CONTACT: lambda s: s.role is Role.REGISTRY and all(s.generic),
    Clause.REGISTRY_INTEREST: lambda s: s.role is Role.REGISTRY and all(s.generic),
    Clause.COUNTRY_POLICY: lambda s: s.role is Role.REGISTRY and not all(s.generic),
    Clause.FRAMEWORK: lambda s: s.role in {Role.REGISTRAR, Role.REGISTRY} and s.terms.signatory,
    Clause.OWN_AGREEMENT: lambda s: s.role in {Role.REGISTRAR, Role.RESELLER},
    Clause.OWN_TERMS: lambda s: s.role in _SERVICES,
    Clause.DSA_NOTICE: lambda s: s.role in _HOSTING and s.terms.in_union is True,
    Clause.DSA_FLAGGER: lambda s: (
        s.role in _HOSTING
        and s.terms.in_union is True
        and s.terms.online_platform
        and s.flagger
    ),
    Clause.HANDLING: lambda s: s.role is Role.ICANN,
    Clause.EXCHANGE: lambda s: s.role is Role.HOTLINE,
    Clause.LOCAL_LAW: lambda s: s.role is Role.AUTHORITY,
}  # fmt: skip


def clauses(situation: Situation) -> tuple[Clause, ...]:
    """Return the clauses that apply, in the order in which a notice names them."""
    return tuple(clause for clause, applies in _CLAUSES.items() if applies(situation))


def is_generic(domain: str) -> bool:
    """Return whether ``domain`` (A-labels) surely stands under a generic top-level domain.

    Two letters are a country's. An internationalised ending may be a country's too
    and is left out: what the notice says without it stays true.
    """
    tld = domain.rpartition(".")[2]
    return len(tld) > 2 and not tld.startswith("xn--") and tld not in _NOT_GENERIC


def situation(
    role: Role,
    iana_id: int | None,
    domains: Sequence[str],
    terms: Terms,
    organisation: Organisation,
) -> Situation:
    """Gather what the clauses of a notice depend on."""
    generic = tuple(is_generic(domain) for domain in domains)
    return Situation(role, iana_id is not None, generic, terms, organisation)
