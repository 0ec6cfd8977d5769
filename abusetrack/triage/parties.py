"""Who could be written to about a domain of the case file."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources

from abusetrack.judgement.parties import PartyCase, parties_of
from abusetrack.lookup.reference import tld_kind
from abusetrack.records import Host, PartyRef, TldKind
from abusetrack.triage.context import Context
from abusetrack.triage.refresh import View


def of_domain(context: Context, domain: str, view: View) -> tuple[PartyRef, ...]:
    """Return every party of a domain that is known, nearest to the content first."""
    host = context.names.host(domain)
    found = host.domain if isinstance(host, Host) else None
    if found is not None and found.name != domain:
        found = None  # the suffix list has changed since: nothing is certain of this name
    record = context.reference.registry(found) if found else None
    return parties_of(
        PartyCase(
            suffix=found.suffix if found else None,
            suffix_kind=found.suffix_kind if found else None,
            generic=found is not None and tld_kind(found.tld) is TldKind.GTLD,
            operator=record.operator if record else None,
            registration=view.registration,
            hosts=view.hosts,
            hosting=view.hosting,
            search_engines=search_engines(),
        )
    )


@cache
def search_engines() -> tuple[str, ...]:
    """Return the names of the shipped list."""
    table = resources.files("abusetrack.resources") / "data" / "search_engines.toml"
    return tuple(tomllib.loads(table.read_text("utf-8"))["names"])
