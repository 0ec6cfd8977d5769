"""Taking in what a partner sent: seen first, kept apart, believed only where it is trusted."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from abusetrack import intake
from abusetrack.casefile import CaseFile, partners, projection
from abusetrack.errors import InputError
from abusetrack.exchange import misp_in, stix_in
from abusetrack.exchange.incoming import Incoming, Reader, Said, domain_of
from abusetrack.exchange.leaving import partner_of
from abusetrack.exchange.namespaces import of_organisation
from abusetrack.names import defang
from abusetrack.records import (
    Assessment,
    AssessmentOutcome,
    Discarded,
    DomainNow,
    PartnerSaid,
    Report,
    SiteKind,
    Target,
)
from abusetrack.triage import taking
from abusetrack.triage.context import Context

_SHOWN = 20
_ENCRYPTED = b"-----BEGIN PGP MESSAGE-----"


@dataclass(frozen=True, slots=True)
class Preview:
    """What a file would bring, before anything is kept.

    ``conflicting`` are domains that the partner takes back and we hold as confirmed, or
    whose kind it sees otherwise. ``confirmed`` are those that would count as confirmed here,
    in the partner's name, because its assessments are trusted; ``reported`` those that would
    be reports to assess.
    """

    partner: str
    incoming: Incoming
    new: tuple[str, ...]
    known: tuple[str, ...]
    conflicting: tuple[str, ...]
    confirmed: tuple[str, ...]
    reported: tuple[str, ...]
    ours: Mapping[str, DomainNow] = field(default_factory=dict)  # those of it that we have


@dataclass(frozen=True, slots=True)
class Received:
    """What was kept."""

    records: int  # of the partner's word, kept apart
    reports: int  # that count as reports of ours


_FORMATS: Mapping[str, Callable[[object, Reader], Incoming]] = {
    "stix": stix_in.read,
    "misp": misp_in.read,
}


def read(context: Context, partner: str, path: Path) -> Incoming:
    """Read a file of a partner; nothing is stored.

    Raises:
        InputError: there is no such partner, or the file is neither STIX 2.1 nor MISP.
    """
    partner_of(context, partner)
    return parse(context, partner, intake.load(path), path.name)


def parse(context: Context, partner: str, body: bytes, name: str) -> Incoming:
    """As :func:`read`, from bytes."""
    if body.lstrip().startswith(_ENCRYPTED):
        raise InputError(f"{name} is encrypted; decrypt it with your OpenPGP key first.")
    try:
        document = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise InputError(
            f"{name} is no JSON that can be read; ask for STIX 2.1 or MISP."
        ) from error
    kind = _format_of(document)
    if kind is None:
        raise InputError(f"{name} is neither a STIX 2.1 bundle nor a MISP event.")
    return _FORMATS[kind](document, _reader(context, partner))


def of_objects(context: Context, partner: str, objects: list[dict[str, Any]]) -> Incoming:
    """As :func:`parse`, from STIX objects that were read already."""
    return stix_in.read({"objects": objects}, _reader(context, partner))


def _reader(context: Context, partner: str) -> Reader:
    own = of_organisation(context.settings.organisation)
    return Reader(context.names, partner, context.clock.now(), own)


def _format_of(document: object) -> str | None:
    if not isinstance(document, Mapping):
        return None
    if isinstance(document.get("objects"), list):
        return "stix"
    event = document.get("Event", document)
    if isinstance(event, Mapping) and {"Attribute", "Object"} & event.keys():
        return "misp"
    return None


def preview(context: Context, case: CaseFile, partner: str, found: Incoming) -> Preview:
    """Say what of it is new, known, in conflict, and what would count as ours."""
    trusted = partner_of(context, partner).trusted
    said = {item.record.domain for item in found.said}
    known = {record.domain for record in partners.of_domains(case, said)}
    known &= {r.domain for r in partners.of_partner(case, partner)}
    ours = {now.domain: now for now in projection.read_many(case, sorted(said))}
    conflicting = {
        item.record.domain
        for item in found.said
        if (now := ours.get(item.record.domain)) and now.confirmed_reports
        if item.record.what is PartnerSaid.WITHDRAWN or _differ(item.kind, now.kind)
    }
    fresh = [item for item in found.said if _counts(item, ours)]
    return Preview(
        partner=partner,
        incoming=found,
        new=tuple(sorted(said - known - ours.keys())),
        known=tuple(sorted(known | (said & ours.keys()))),
        conflicting=tuple(sorted(conflicting)),
        confirmed=_domains(fresh) if "assessments" in trusted else (),
        reported=_domains(fresh) if trusted == ("reports",) else (),
        ours=ours,
    )


def _differ(theirs: SiteKind | None, ours: SiteKind | None) -> bool:
    return theirs is not None and ours is not None and theirs is not ours


def _counts(item: Said, ours: Mapping[str, object]) -> bool:
    """Whether a trusted partner's word would be a report here: of what we have none of."""
    return item.record.what is PartnerSaid.REPORTED and item.record.domain not in ours


def _domains(said: list[Said]) -> tuple[str, ...]:
    return tuple(sorted({item.record.domain for item in said}))


def receive(context: Context, case: CaseFile, partner: str, found: Incoming) -> Received:
    """Keep what a partner said; what is trusted becomes reports with it as their source."""
    trusted = partner_of(context, partner).trusted
    ours = {now.domain: now for now in projection.read_many(case, _all(found))}
    with case.transaction():
        kept = partners.receive(case, partner, found.records)
        fresh = [item for item in found.said if _counts(item, ours)]
        wanted = list(_reports(context, partner, fresh, "assessments" in trusted))
        if not trusted or not wanted:
            return Received(kept, 0)
        taken = intake.Intake(tuple(wanted), (), (), Discarded())
        result = taking.take(context, case, taken, label=f"partner {partner}")
    return Received(kept, result.new)


def _all(found: Incoming) -> list[str]:
    return sorted({item.record.domain for item in found.said})


def _reports(
    context: Context, partner: str, fresh: list[Said], confirmed: bool
) -> Iterator[Report]:
    for item in fresh:
        assessment = None
        if confirmed:
            assessment = Assessment(
                AssessmentOutcome.CONFIRMED,
                item.record.at,
                f"partner {partner}",
                item.kind or SiteKind.UNKNOWN,
            )
        for target in _targets(context, item):
            yield Report(
                target=target,
                received_at=item.record.at,
                source=f"partner {partner}",
                assessment=assessment,
            )


def _targets(context: Context, item: Said) -> list[Target]:
    """Return the pages of a domain; one on another would count there, which no preview showed."""
    domain = item.record.domain
    named = [context.names.target(url) for url in item.urls]
    pages = [t for t in named if isinstance(t, Target) and domain_of(t.host) == domain]
    bare = context.names.target(f"//{domain}/")
    return pages or ([bare] if isinstance(bare, Target) else [])


def text(found: Preview) -> str:
    """Say what a file would bring, names defanged."""
    lines = [f"From {found.partner}: {len(found.incoming.said)} records"]
    for title, names in (
        ("new", found.new),
        ("known", found.known),
        ("in conflict with ours", found.conflicting),
        ("would count as confirmed, in the partner's name", found.confirmed),
        ("would be reports to assess", found.reported),
    ):
        if names:
            shown = ", ".join(map(defang, names[:_SHOWN]))
            more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
            lines.append(f"{title}: {len(names)} ({shown}{more})")
    if not (found.confirmed or found.reported):
        lines.append("Nothing of it counts as ours: no verdict, figure or draft changes.")
    lines += [f"left out: {count} {why}" for why, count in found.incoming.left_out.most_common()]
    return "\n".join(lines)
