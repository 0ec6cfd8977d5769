"""What a notice to a registrar refers to; never what it says the registrar owes us."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

# Longer than two letters, yet outside the Registrar Accreditation Agreement.
_NOT_GENERIC = {"arpa", "edu", "gov", "int", "mil"}


class Basis(StrEnum):
    """Which rules the domains of one notice stand under."""

    GENERIC = "generic"  # Registrar Accreditation Agreement 3.18.1, and the registrar's own terms
    MIXED = "mixed"  # the agreement for some of the names, the registrar's own terms for all
    OWN_TERMS = "own terms"  # the registrar's own terms and the law that applies to it


def is_generic(domain: str) -> bool:
    """Return whether ``domain`` (A-labels) surely stands under a generic top-level domain.

    Two letters are a country's. An internationalised ending may be a country's too
    and is left out: what the notice says without it stays true.
    """
    tld = domain.rpartition(".")[2]
    return len(tld) > 2 and not tld.startswith("xn--") and tld not in _NOT_GENERIC


def registrar_basis(iana_id: int | None, domains: Sequence[str]) -> Basis:
    """Return the basis for a registrar; without an IANA ID it is not ICANN-accredited.

    Section 3.18.2 of the agreement (DNS abuse) does not cover this material and
    section 3.18.3 (review within a day) is for authorities: neither is ever named.
    """
    generic = [is_generic(domain) for domain in domains]
    if iana_id is None or not any(generic):
        return Basis.OWN_TERMS
    return Basis.GENERIC if all(generic) else Basis.MIXED
