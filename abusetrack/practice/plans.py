"""What is decided of each synthetic domain before its facts are drawn: exact shares."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from itertools import cycle
from typing import TypeVar

import idna

from abusetrack.practice import fiction
from abusetrack.records import AssessmentOutcome, SiteKind, State, SuffixKind

T = TypeVar("T")


class Hosting(Enum):
    """How the reported hosts of a domain are served."""

    SINGLE = auto()
    WITH_WWW = auto()
    SEVERAL = auto()
    V6_ONLY = auto()
    CDN = auto()
    CDN_ALIAS = auto()
    PLAIN_ALIAS = auto()
    TWO_COUNTRIES = auto()
    NO_ADDRESS = auto()
    HOST_GONE = auto()
    MANY = auto()  # too many addresses for one datagram


@dataclass(frozen=True, slots=True)
class Plan:
    """One domain before its facts are drawn; ``registrar`` is None below a platform."""

    label: str
    ending: str
    suffix_kind: SuffixKind
    kind: SiteKind
    outcome: AssessmentOutcome
    state: State
    hosting: Hosting
    registrar: str | None


_PLATFORM_SHARE, _DYNAMIC_SHARE, _PRIVATE_SHARE = 0.08, 0.02, 0.02
_HOPPING_SHARE = 0.02  # hopping strings per domain
_TOP_SHARE = 0.75  # of the dedicated domains, with the first ten registrars
_TOP_WEIGHTS = (24, 16, 12, 10, 9, 8, 7, 6, 4, 4)

_KINDS: Mapping[SiteKind, int] = {
    SiteKind.DEDICATED: 56,
    SiteKind.COMPROMISED: 16,
    SiteKind.IMAGE_HOST: 7,
    SiteKind.FORUM: 7,
    SiteKind.UNKNOWN: 14,
}
_UNKNOWN_OUTCOMES: Mapping[AssessmentOutcome, int] = {
    AssessmentOutcome.NOT_ASSESSED: 4,
    AssessmentOutcome.COULD_NOT_ASSESS: 3,
    AssessmentOutcome.NOT_ILLEGAL: 3,
    AssessmentOutcome.OUTSIDE_REMIT: 2,
    AssessmentOutcome.CONFIRMED: 2,
}
_STATES: Mapping[State, int] = {
    State.ACTIVE: 70,
    State.HELD_BY_REGISTRAR: 8,
    State.HELD_BY_REGISTRY: 4,
    State.PENDING_DELETE: 2,
    State.REDEMPTION: 3,
    State.EXPIRED: 4,
    State.NOT_DELEGATED: 3,
    State.PARKED: 6,
}
# A dropped name has no registrar to count with: none of these is dedicated at the start.
_OTHER_STATES = {**_STATES, State.NOT_REGISTERED: 12}
_HOSTINGS: Mapping[Hosting, int] = {
    Hosting.SINGLE: 34,
    Hosting.WITH_WWW: 16,
    Hosting.SEVERAL: 10,
    Hosting.V6_ONLY: 5,
    Hosting.CDN: 13,
    Hosting.CDN_ALIAS: 5,
    Hosting.PLAIN_ALIAS: 3,
    Hosting.TWO_COUNTRIES: 7,
    Hosting.NO_ADDRESS: 3,
    Hosting.HOST_GONE: 3,
    Hosting.MANY: 1,
}
RESOLVING = frozenset({State.ACTIVE, State.PARKED, State.EXPIRED})


def spread(rng: random.Random, weights: Mapping[T, int], count: int) -> list[T]:
    """Return ``count`` items in shuffled order, each with its exact share of the weights."""
    total = sum(weights.values())
    items: list[T] = []
    owed = 0.0
    for item, weight in weights.items():
        owed += weight * count / total
        items.extend([item] * (round(owed) - len(items)))
    rng.shuffle(items)
    return items


def draw(rng: random.Random, size: int) -> list[Plan]:
    """Decide ``size`` domains."""
    places = _places(rng, size)
    kinds = _kinds(rng, places)
    labels = _labels(rng, places, kinds)
    registrars = _registrars(rng, places, kinds)
    dedicated = iter(spread(rng, _STATES, kinds.count(SiteKind.DEDICATED)))
    own = sum(registrar is not None for registrar in registrars)
    others = iter(spread(rng, _OTHER_STATES, own - kinds.count(SiteKind.DEDICATED)))
    outcomes = cycle(spread(rng, _UNKNOWN_OUTCOMES, 140))
    hostings = cycle(spread(rng, _HOSTINGS, 100))
    plans = []
    for index, (ending, suffix_kind) in enumerate(places):
        kind, registrar = kinds[index], registrars[index]
        state, hosting = State.ACTIVE, Hosting.SINGLE
        if registrar is not None:
            state = next(dedicated if kind is SiteKind.DEDICATED else others)
            hosting = next(hostings) if state in RESOLVING else Hosting.SINGLE
        outcome = AssessmentOutcome.CONFIRMED
        if kind is SiteKind.UNKNOWN:
            outcome = next(outcomes)
        plans.append(
            Plan(labels[index], ending, suffix_kind, kind, outcome, state, hosting, registrar)
        )
    return plans


def _places(rng: random.Random, size: int) -> list[tuple[str, SuffixKind]]:
    special = (
        [(fiction.PLATFORM, SuffixKind.PLATFORM)] * round(size * _PLATFORM_SHARE)
        + [(fiction.DYNAMIC, SuffixKind.DYNAMIC_DNS)] * round(size * _DYNAMIC_SHARE)
        + [(fiction.PRIVATE_REGISTRY, SuffixKind.PRIVATE_REGISTRY)] * round(size * _PRIVATE_SHARE)
    )
    ordinary = spread(rng, fiction.ENDING_WEIGHTS, size - len(special))
    places = [*special, *((ending, SuffixKind.ICANN) for ending in ordinary)]
    rng.shuffle(places)
    return places


def _below_somebody(suffix_kind: SuffixKind) -> bool:
    return suffix_kind in {SuffixKind.PLATFORM, SuffixKind.DYNAMIC_DNS}


def _kinds(rng: random.Random, places: Sequence[tuple[str, SuffixKind]]) -> list[SiteKind]:
    own = sum(not _below_somebody(kind) for _, kind in places)
    drawn = iter(spread(rng, _KINDS, own))
    return [
        SiteKind.PLATFORM_SUBDOMAIN if _below_somebody(kind) else next(drawn) for _, kind in places
    ]


def _labels(
    rng: random.Random, places: Sequence[tuple[str, SuffixKind]], kinds: Sequence[SiteKind]
) -> list[str]:
    source = _label_source(rng)
    labels = [next(source) for _ in places]
    # Hopping strings: one label for dedicated domains under three or four endings.
    open_places = [
        index
        for index, (_, suffix_kind) in enumerate(places)
        if kinds[index] is SiteKind.DEDICATED and suffix_kind is SuffixKind.ICANN
    ]
    rng.shuffle(open_places)
    for number in range(round(len(places) * _HOPPING_SHARE)):
        chosen: dict[str, int] = {}
        for index in open_places:
            chosen.setdefault(places[index][0], index)
        indices = list(chosen.values())[: 3 + number % 2]
        for index in indices:
            labels[index] = labels[indices[0]]
            open_places.remove(index)
    return labels


def _label_source(rng: random.Random) -> Iterator[str]:
    words = [one + two for one in fiction.WORDS_ONE for two in fiction.WORDS_TWO]
    rng.shuffle(words)
    idns = iter(fiction.IDN_LABELS)
    for index, label in enumerate(words):
        if index % 40 == 7 and (text := next(idns, None)) is not None:
            yield idna.encode(text, uts46=True).decode()
        yield label if index % 9 else f"{label}{index}"
    number = 1
    while True:
        number += 1
        for label in words:
            yield f"{label}-{number}"


def _registrars(
    rng: random.Random, places: Sequence[tuple[str, SuffixKind]], kinds: Sequence[SiteKind]
) -> list[str | None]:
    keys = [entry.key for entry in fiction.registrars() if entry.iana_id is not None]
    top, rest = keys[: fiction.TOP_REGISTRARS], keys[fiction.TOP_REGISTRARS :]
    registry_of = {e: registry.key for registry in fiction.REGISTRIES for e in registry.endings}
    registrars: list[str | None] = [None] * len(places)
    accredited = []
    for index, (ending, suffix_kind) in enumerate(places):
        if _below_somebody(suffix_kind):
            continue
        local = fiction.LOCAL_REGISTRARS.get(registry_of[ending])
        if local:
            registrars[index] = rng.choice(local)
        elif kinds[index] is SiteKind.DEDICATED:
            accredited.append(index)
        else:
            registrars[index] = rng.choice(keys)
    with_top = round(kinds.count(SiteKind.DEDICATED) * _TOP_SHARE)
    rng.shuffle(accredited)
    shares = spread(rng, dict(zip(top, _TOP_WEIGHTS, strict=True)), with_top)
    for index, key in zip(accredited, shares, strict=False):
        registrars[index] = key
    for index in accredited[with_top:]:
        registrars[index] = rng.choice(rest)
    return registrars
