"""What links two domains: each thing they share, with the facts; never guilt by cluster.

A server that many names of the case file share is a provider's and links nobody. A
registration in the same minute at the same registrar means something only beside
another link: registrars sell many names a minute.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from abusetrack.records import Link, LinkKind


@dataclass(frozen=True, slots=True)
class Seen:
    """A domain seen with something, from and until when; the newest fact that says so."""

    domain: str
    first: datetime
    last: datetime
    fact: str = ""


@dataclass(frozen=True, slots=True)
class Shared:
    """One thing that a domain was seen with, and who else was."""

    kind: LinkKind
    value: str
    mine: Seen
    others: tuple[Seen, ...]


@dataclass(frozen=True, slots=True)
class Registered:
    """When and where a domain was registered, as far as known."""

    created: datetime | None
    registrar_key: str | None


def judge_links(
    shared: Iterable[Shared],
    registered: Mapping[str, Registered],
    same_string: Sequence[str] = (),
    *,
    domain: str,
    most: int,
) -> tuple[Link, ...]:
    """Return the links of ``domain`` by the other domain.

    ``same_string`` are other domains with its second-level string, both assessed as
    dedicated. What more than ``most`` others share links nobody.
    """
    links = [link for one in shared if not is_a_providers(one, most) for link in _links_of(one)]
    links += [_string(other) for other in same_string if other != domain]
    closer = {(link.domain, LinkKind.PREFIX) for link in links if link.kind is LinkKind.ADDRESS}
    links = [link for link in links if (link.domain, link.kind) not in closer]
    links += _same_minute(sorted({link.domain for link in links}), registered, domain)
    order = list(LinkKind)
    return tuple(sorted(links, key=lambda link: (link.domain, order.index(link.kind), link.value)))


def is_a_providers(shared: Shared, most: int) -> bool:
    """Whether so many names have it that it says nothing of any two."""
    return len(shared.others) > most


def _links_of(shared: Shared) -> Iterator[Link]:
    for other in shared.others:
        text = f"{shared.kind.value} {shared.value}: {_span(shared.mine)}; {_span(other)}"
        facts = (shared.mine.fact, other.fact)
        yield Link(other.domain, shared.kind, shared.value, text, facts)


def _string(other: str) -> Link:
    text = f"{LinkKind.STRING.value} under another ending, both assessed as dedicated"
    return Link(other, LinkKind.STRING, other.partition(".")[0], text)


def _same_minute(
    others: Iterable[str], registered: Mapping[str, Registered], domain: str
) -> Iterator[Link]:
    mine = registered.get(domain)
    if mine is None or mine.created is None or mine.registrar_key is None:
        return
    minute = f"{mine.created:%Y-%m-%d %H:%M}"
    for other in others:
        its = registered.get(other)
        if its is None or its.created is None or its.registrar_key != mine.registrar_key:
            continue
        if f"{its.created:%Y-%m-%d %H:%M}" == minute:
            text = f"{LinkKind.REGISTERED.value}: {minute} UTC"
            yield Link(other, LinkKind.REGISTERED, minute, text)


def _span(seen: Seen) -> str:
    first, last = seen.first.date().isoformat(), seen.last.date().isoformat()
    when = f"on {first}" if first == last else f"from {first} to {last}"
    return f"{seen.domain} seen with it {when}"
