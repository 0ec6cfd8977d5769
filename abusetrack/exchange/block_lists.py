"""Block lists for a named receiver: names alone, of sites that exist for the abuse.

Only confirmed, dedicated names under a public suffix go into one: a list blocks everything
under a name, so a compromised site, a platform or a protected name never does. What is held,
gone or withdrawn is not in the next list; every list says until when it may be used.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from abusetrack.casefile import CaseFile, projection
from abusetrack.casefile.filters import ListQuery
from abusetrack.exchange.leaving import LeftOut, Outgoing, SharedDomain, outgoing
from abusetrack.records import SiteKind, State, SuffixKind
from abusetrack.triage.context import Context
from abusetrack.triage.protection import Protection

DAYS = 7  # that a list may be used
_SERIAL_FROM = 1_700_000_000
# What no longer answers needs no block, and its next owner none at all.
_LEFT = frozenset(
    {
        State.HELD_BY_REGISTRY,
        State.HELD_BY_REGISTRAR,
        State.PENDING_DELETE,
        State.REDEMPTION,
        State.NOT_REGISTERED,
        State.NOT_DELEGATED,
    }
)


@dataclass(frozen=True, slots=True)
class BlockList:
    """The names of a list, in order, and until when it holds."""

    names: tuple[str, ...]
    made_at: datetime
    expires_at: datetime


def block_list(context: Context, case: CaseFile, partner: str) -> tuple[Outgoing, BlockList]:
    """Return what a partner's block list has, and what of it is recorded as given.

    Raises:
        InputError: there is no such partner.
    """
    query = ListQuery(
        kind=SiteKind.DEDICATED, suffix_kind=SuffixKind.ICANN, sort="domain", descending=False
    )
    found = outgoing(context, case, partner, query)
    protection = Protection(context, case)
    why = {item.domain: _left_out(item, protection) for item in found.domains}
    confirmed = ListQuery(confirmed_only=True)
    others = len(projection.ids(case, confirmed)) - len(
        projection.ids(case, replace(query, confirmed_only=True))
    )
    left_out = Counter(reason for reason in why.values() if reason is not None)
    left_out.update({LeftOut.KIND: others, **found.left_out})
    found = replace(
        found,
        domains=tuple(item for item in found.domains if why[item.domain] is None),
        left_out={reason: left_out[reason] for reason in LeftOut if left_out[reason]},
    )
    return found, of(found)


def of(found: Outgoing) -> BlockList:
    """Return the list of the domains that a partner gets."""
    names = tuple(item.domain for item in found.domains)
    return BlockList(names, found.as_of, found.as_of + timedelta(days=DAYS))


def _left_out(item: SharedDomain, protection: Protection) -> LeftOut | None:
    if _LEFT & set(item.states):
        return LeftOut.GONE
    if protection.protected(item.domain) is not None or protection.infrastructure(item.domain):
        return LeftOut.PROTECTED
    return None


def rpz(found: BlockList) -> str:
    """Return a response policy zone: each name, and what is under it, does not exist."""
    serial = int(found.made_at.timestamp()) - _SERIAL_FROM
    seconds = DAYS * 86_400
    lines = [
        "$TTL 3600",
        f"@ SOA localhost. hostmaster.localhost. {serial} 3600 600 {seconds} 3600",
        "@ NS localhost.",
        f"; expires {_stamp(found.expires_at)}",
    ]
    for name in found.names:
        lines += [f"{name} CNAME .", f"*.{name} CNAME ."]
    return "\n".join(lines) + "\n"


def hosts(found: BlockList) -> str:
    """Return a hosts file; it blocks the name itself and "www" under it."""
    lines = [f"# expires {_stamp(found.expires_at)}"]
    for name in found.names:
        lines += [f"0.0.0.0 {each}" for each in (name, f"www.{name}")]
        lines += [f":: {each}" for each in (name, f"www.{name}")]
    return "\n".join(lines) + "\n"


def plain(found: BlockList) -> str:
    """Return one name on each line."""
    return "\n".join([f"# expires {_stamp(found.expires_at)}", *found.names]) + "\n"


def table(found: BlockList) -> str:
    """Return a CSV (RFC 4180) with the names and until when each is listed."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(["domain", "expires"])
    writer.writerows([name, _stamp(found.expires_at)] for name in found.names)
    return out.getvalue()


def _stamp(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"


FORMATS: Mapping[str, Callable[[BlockList], str]] = {
    "rpz": rpz,
    "hosts": hosts,
    "plain": plain,
    "csv": table,
}
