"""Hashes of material: attached to reports, and given in the forms that others read."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from abusetrack import intake
from abusetrack.casefile import CaseFile, hashes
from abusetrack.errors import InputError
from abusetrack.intake import hash_lists
from abusetrack.notices.formats import xarf
from abusetrack.records import Assessment, Complaint, HashItem, HashKind, Target
from abusetrack.triage import notice_rows
from abusetrack.triage.context import Context

_OFF = (
    "Hashes of material are not kept here: hashes.enabled is off in the settings. Ask whether your "
    "law and your partners allow it before you turn it on."
)


@dataclass(frozen=True, slots=True)
class Attached:
    """What became of a list."""

    new: int
    known: int
    complaints: tuple[Complaint, ...]
    media: Mapping[str, int]  # left out, by field


def attach(context: Context, case: CaseFile, path: Path, subject: str = "") -> Attached:
    """Attach the items of a list to reports: of each row's own URL or domain, else ``subject``.

    Raises:
        InputError: hashes are not kept here, the file is no such list, or it names nothing
            and no ``subject`` is given.
    """
    if not context.settings.hashes.enabled:
        raise InputError(_OFF)
    found = hash_lists.read(intake.load(path), path.name)
    if any(not row.subject for row in found.rows) and not subject:
        raise InputError("The list does not say what its hashes are of: name it with --of.")
    by_subject: dict[str, list[hash_lists.HashRow]] = defaultdict(list)
    complaints = list(found.complaints)
    for row in found.rows:
        target = context.names.target(row.subject or subject)
        if isinstance(target, Target):
            by_subject[_key(target, row.subject or subject)].append(row)
        else:
            complaints.append(Complaint(row.line, "", "its URL or domain is none"))
    new = known = 0
    with case.transaction():
        for key, rows in by_subject.items():
            added = hashes.add(case, key, [row.item for row in rows], label=path.name)
            reported = bool(hashes.reported(case, key))
            new += added
            known += len(rows) - added if reported else 0
            if not reported:
                complaints += [Complaint(row.line, "", "nothing is reported of it") for row in rows]
    return Attached(new, known, tuple(complaints), dict(found.media))


def _key(target: Target, text: str) -> str:
    if "//" in text:
        return target.url
    return target.host.domain.name if target.host.domain else target.host.name


def to_csv(items: Iterable[tuple[str, HashItem]]) -> str:
    """Return domains and their items as CSV (RFC 4180)."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(["domain", *HashKind])
    for domain, item in items:
        writer.writerow([domain, *(item.values.get(kind, "") for kind in HashKind)])
    return out.getvalue()


def to_lines(items: Iterable[tuple[str, HashItem]]) -> str:
    """Return one JSON object on each line."""
    return "".join(
        json.dumps({"domain": domain, **{k.value: v for k, v in item.values.items()}}) + "\n"
        for domain, item in items
    )


_VICS = {
    HashKind.MD5: "MD5", HashKind.SHA1: "SHA1", HashKind.SHA256: "SHA256", HashKind.PDQ: "PDQ",
    HashKind.PHOTODNA: "PhotoDNA",
}  # fmt: skip


def to_vics(items: Iterable[tuple[str, HashItem]]) -> str:
    """Return JSON as VICS has it: media with their hashes, and no media."""
    media = [
        {"MediaID": number, **{_VICS[k]: v for k, v in item.values.items()}}
        for number, (_domain, item) in enumerate(items, start=1)
    ]
    return json.dumps({"value": [{"Media": media}]}, indent=2) + "\n"


def to_xarf(
    context: Context, case: CaseFile, items: Iterable[tuple[str, HashItem]]
) -> tuple[str, int]:
    """Return XARF v4 reports with ``hash_values``, one a line, and how many items make none.

    Raises:
        InputError: one is not valid.
    """
    newest: dict[str, Assessment | None] = {}
    lines, without = [], 0
    for domain, item in items:
        if domain not in newest:
            findings = [found for _, found in notice_rows.confirmed_of(case, domain).reports]
            said = [one for one in findings if one.xarf_class and one.detection_method]
            newest[domain] = max(said, key=lambda one: one.assessed_at, default=None)
        finding = newest[domain]
        report = finding and xarf.of_material(
            domain,
            item,
            finding,
            context.settings.organisation,
            made_at=context.clock.now(),
            practice=context.settings.practice,
        )
        if report:
            lines.append(json.dumps(report, ensure_ascii=False))
        else:
            without += 1
    return "".join(f"{line}\n" for line in lines), without


FORMATS: Mapping[str, Callable[[Iterable[tuple[str, HashItem]]], str]] = {
    "csv": to_csv,
    "jsonl": to_lines,
    "vics": to_vics,
}


def items_for(
    items: Iterable[tuple[str, HashItem]], *, photodna: bool
) -> list[tuple[str, HashItem]]:
    """Leave PhotoDNA values out where the receiver is neither hotline nor authority."""
    kept = []
    for domain, item in items:
        values = {k: v for k, v in item.values.items() if photodna or k is not HashKind.PHOTODNA}
        if values:
            kept.append((domain, HashItem(values)))
    return kept


def counted(items: Iterable[HashItem]) -> Counter[HashKind]:
    """Count hashes by kind."""
    return Counter(kind for item in items for kind in item.values)
