"""From a figure to the list of domains that it counts."""

from __future__ import annotations

from abusetrack.casefile.filters import ListQuery
from abusetrack.metrics.filters import Filters


def query_of(key_kind: str, key: str, filters: Filters) -> ListQuery | None:
    """Return the list that a key of a panel leads to; None where there is no such list.

    The list is of now: a domain that has since changed registrar is not in the list of the
    registrar that it counted for.
    """
    base = {
        "confirmed_only": True,
        "category": filters.category,
        "kind": filters.kind,
        "reported_since": filters.since,
        "country": filters.country,
        "registrar": filters.registrar,
    }
    kind, _, rest = key.partition(":")
    match key_kind, kind:
        case (("registrar" | "party"), "tld"):
            found: dict[str, object] = {"tld": rest}
        case (("registrar" | "party" | "asn"), ("family" | "cdn")):
            return None
        case (("asn" | "party"), "asn"):
            found = {"asn": int(rest)}
        case "asn", _:
            found = {"asn": int(key)}
        case (("registrar" | "party"), _):
            found = {"registrar": key}
        case "tld", _:
            found = {"tld": key}
        case "domain", _:
            return ListQuery(text=key)
        case "country", _:
            found = {"country": key}
        case _:
            return None
    return ListQuery(**(base | found))  # type: ignore[arg-type]  # fields of the dataclass
