"""The notice as XARF v4 reports of type ``content/csam``: one file for each incident.

An incident is a page where the recipient may have page addresses, else a domain, whose
``url`` is ``https://DOMAIN/``. Nothing visual, no evidence, no hashes of material: these
stand in reports of their own (:func:`of_material`), which are no notices. What the
specification asks of a person (classification, how it was found) is never filled in
here: without it there is no report.
"""

from __future__ import annotations

import hashlib
import json
import re
import uuid
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from abusetrack.errors import InputError
from abusetrack.names.plain import one_line, visible
from abusetrack.notices.compose import PRACTICE_MARK
from abusetrack.notices.recipients import mailbox
from abusetrack.records import (
    Assessment,
    DetectionMethod,
    Draft,
    HashItem,
    HashKind,
    NoticeRow,
    Page,
    XarfClass,
)
from abusetrack.settings import Organisation

MEDIA_TYPE = "application/json"
VERSION = "4.2.0"

# The schema's own, less punycode, which its pattern has no room for.
_DOMAIN = re.compile(r"(?:[a-z0-9]+(?:-[a-z0-9]+)*\.)+[a-z]{2,}")
_ASN = re.compile(r"AS(\d{1,10})\b")
_COUNTRY = re.compile(r"[A-Z]{2}")


@dataclass(frozen=True, slots=True)
class _Incident:
    number: str
    row: NoticeRow
    page: Page | None


def reports(draft: Draft, organisation: Organisation) -> tuple[bytes, ...]:
    """Return one report for each incident, as JSON; the same draft gives the same bytes.

    Raises:
        InputError: an analyst has not said classification and detection method of each, or
            a report is not valid.
    """
    return tuple(_encoded(item, draft, organisation) for item in _incidents(draft))


# The kinds that the schema knows; there is no place in it for PDQ.
_HASHES = (HashKind.MD5, HashKind.SHA1, HashKind.SHA256, HashKind.PHOTODNA)


def of_material(
    domain: str,
    item: HashItem,
    finding: Assessment,
    organisation: Organisation,
    *,
    made_at: datetime,
    practice: bool,
) -> dict[str, Any] | None:
    """Return a report of one piece of material, by its hashes alone; None where it makes none.

    It makes none where an analyst has not said classification and detection method, or no
    hash is of a kind that the schema knows. Only for whom hashes may be given to.
    """
    values = {kind.value: item.values[kind] for kind in _HASHES if kind in item.values}
    if not values or finding.xarf_class is None or finding.detection_method is None:
        return None
    who = _who(organisation)
    mark = f"{PRACTICE_MARK}. " if practice else ""
    whole = "\0".join([domain, *(f"{kind}:{value}" for kind, value in sorted(values.items()))])
    report = {
        "xarf_version": VERSION,
        "report_id": str(_stable(whole)),
        "timestamp": _iso(made_at),
        "reporter": who,
        "sender": who,
        "source_identifier": domain,
        "category": "content",
        "type": "csam",
        "url": f"https://{domain}/",
        **({"domain": domain} if _plain(domain) else {}),
        "classification": finding.xarf_class.value,
        "detection_method": finding.detection_method.value,
        "verified_at": _iso(finding.assessed_at),
        "verification_method": "manual",
        "hash_values": values,
        "description": f"{mark}Hashes of material reported of this domain. Do not open the URL.",
    }
    problem = _problem(report, may_have={"hash_values"})
    if problem:
        raise InputError(f"The hashes of {domain} make no valid XARF report ({problem}).")
    return report


def _incidents(draft: Draft) -> Iterator[_Incident]:
    for number, row in enumerate(draft.rows, start=1):
        if not row.pages:
            yield _Incident(str(number), row, None)
        for index, page in enumerate(row.pages, start=1):
            yield _Incident(f"{number}-{index}", row, page)


def _encoded(item: _Incident, draft: Draft, organisation: Organisation) -> bytes:
    report = _report(item, draft, organisation)
    problem = _problem(report)
    if problem:
        raise InputError(
            f"Incident {item.number} makes no valid XARF report ({problem}); correct the "
            "assessment or the organisation's settings, or leave the format out."
        )
    return (json.dumps(report, indent=2, ensure_ascii=False) + "\n").encode()


def _report(item: _Incident, draft: Draft, organisation: Organisation) -> dict[str, Any]:
    row, page = item.row, item.page
    found = page or row
    said = {item.value for item in (*XarfClass, *DetectionMethod)}
    if not {found.classification, found.detection_method} <= said:
        raise InputError(
            f"Row {item.number} cannot be a XARF report: no analyst has said its XARF "
            "classification and detection method. Assess it with --xarf-class and "
            "--detection-method, or leave the format out."
        )
    who = _who(organisation)
    mark = f"{PRACTICE_MARK}. " if draft.practice else ""
    category = visible((page or row).legal_category, 200)
    law = visible((page or row).law, 300)
    return {
        "xarf_version": VERSION,
        "report_id": str(_id(draft, item)),
        "timestamp": _iso(draft.composed_at),
        "reporter": who,
        "sender": who,
        "source_identifier": row.addresses[0] if row.addresses else row.domain,
        "category": "content",
        "type": "csam",
        "url": _absolute(page.url) if page else f"https://{row.domain}/",
        **({"domain": row.domain} if _plain(row.domain) else {}),
        "classification": found.classification,
        "detection_method": found.detection_method,
        "verified_at": _iso(page.confirmed_at if page else row.last_confirmed),
        "verification_method": "manual",
        **_known(row),
        "description": (
            f"{mark}Notice {draft.reference}, row {visible(row.reference, 80)}. Assessed as "
            f"{category} under {law}. Do not open the URL: viewing it may be an offence."
        ),
        "tags": [f"reference:{_slug(draft.reference)}", f"row:{_slug(row.reference)}"],
    }


def _known(row: NoticeRow) -> dict[str, Any]:
    known: dict[str, Any] = {}
    if row.registrar:
        known["registrar"] = visible(row.registrar)
    if (match := _ASN.match(row.network)) and 0 < int(match[1]) < 2**32:
        known["asn"] = int(match[1])
        known["hosting_provider"] = visible(row.network)
    if _COUNTRY.fullmatch(row.country):
        known["country_code"] = row.country
    return known


def _who(organisation: Organisation) -> dict[str, str]:
    address = mailbox(organisation.email) or ""
    return {
        "org": one_line(organisation.name, 200),
        "contact": address,
        "domain": address.rpartition("@")[2],
    }


def _plain(domain: str) -> bool:
    return "xn--" not in domain and _DOMAIN.fullmatch(domain) is not None


def _absolute(url: str) -> str:
    return f"https:{url}" if url.startswith("//") else url


def _id(draft: Draft, item: _Incident) -> uuid.UUID:
    """Return a version 4 id that is the same for the same incident of the same notice."""
    return _stable(f"{draft.reference}\0{item.row.reference}\0{item.page.url if item.page else ''}")


def _stable(whole: str) -> uuid.UUID:
    return uuid.UUID(bytes=hashlib.sha256(whole.encode()).digest()[:16], version=4)


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9_+-]+", "-", text.lower()).strip("-+_") or "none"


def _iso(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _problem(report: dict[str, Any], *, may_have: AbstractSet[str] = frozenset()) -> str:
    """Return what the xarf library or our own rules hold against a report; "" if nothing."""
    import xarf

    if forbidden := report.keys() & {"evidence", "hash_values", "screenshot_url"} - may_have:
        return f"it has {', '.join(sorted(forbidden))}"
    if not report["url"].startswith(("https://", "http://", "ftp://")) or "[.]" in report["url"]:
        return "its url is not exact"
    result = xarf.parse(report)
    if not result.errors and result.report is not None:
        return ""
    return "; ".join(sorted({error.field for error in result.errors})) or "not readable"
