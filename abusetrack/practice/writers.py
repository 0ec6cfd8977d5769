"""Files about a world: what an analyst would receive, find, and know of contacts."""

from __future__ import annotations

import csv
import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from abusetrack.errors import ExternalError
from abusetrack.practice.model import DomainRecord, RegistrarEntry
from abusetrack.practice.world import World
from abusetrack.records import AssessmentOutcome

_STYLES_SEED = 20260301  # the world is given: only the order and style of lines are drawn
_REPEATED_SHARE = 0.2
_PROSE = (
    "The caller says that {} is up again since yesterday.",
    "Please see {} (reported by three people), it was still there at noon.",
    "also found: {} - same site as last week?",
    "from our partner hotline: {}, reference HL-{number}",
)
# What else arrives: no line of it names a reportable host of the world.
_MISTAKES = (
    "see attachment",
    "n/a",
    "???",
    "please call me back on +999 555 0199",
    "http://192.168.0.12/page/2",
    "http://10.1.2.3/",
    "http://localhost/admin",
    "somebody@mailbox.invalid",
    "mailto:reporter@mailbox.invalid",
    "http://",
    "https:///page/1",
    "http://double..dot.test/x",
    "http://-dash-.test/",
    f"http://{'long' * 20}.test/",
    "http://port.test:99999/",
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk",
    "the second one from the list, you know which",
)
# Reportable, but not domains: an onion service, and bare addresses.
_WITHOUT_DOMAIN = (
    "http://practicepracticepracticepracticepracticepracticepractice.onion/board/7",
    "hxxp://192[.]0[.]2[.]10/page/1",
    "http://198.51.100.20:8080/files/",
    "http://[2001:db8:100::25]/x",
)
_ASSESSMENT_COLUMNS = (
    "domain",
    "outcome",
    "kind",
    "legal category",
    "law",
    "assessed at",
    "assessed by",
    "commercial",
    "disguised",
)
_CONTACT_COLUMNS = (
    "iana_id",
    "name",
    "link",
    "email",
    "form",
    "api",
    "notes",
    "found",
    "as_of",
    "tld",
)


def write_reports(world: World, path: Path, *, instant: datetime | None = None) -> None:
    """Write the reports of every domain reported by ``instant`` (the start if None), as text.

    Defanged in many styles, repeated, with mistakes between.

    Raises:
        ExternalError: the file cannot be written.
    """
    rng = random.Random(_STYLES_SEED)
    records = list(_reported(world, instant))
    lines = [_line(rng, url, record) for record in records for url in record.finding.urls]
    urls = [url for record in records for url in record.finding.urls]
    repeated = rng.sample(urls, round(len(urls) * _REPEATED_SHARE))
    lines += [rng.choice(_ALL_STYLES)(url) for url in repeated]
    lines += _MISTAKES
    if world.tables.suffixes is not None:  # a world of known facts knows nothing of these
        lines += _WITHOUT_DOMAIN
    rng.shuffle(lines)
    _write(path, ("# Reports to the practice hotline", *lines))


def write_assessments(world: World, path: Path, *, instant: datetime | None = None) -> None:
    """Write what the practice analyst found, a domain a row; not those not yet assessed.

    Raises:
        ExternalError: the file cannot be written.
    """
    rows = []
    for record in _reported(world, instant):
        finding = record.finding
        if finding.outcome is AssessmentOutcome.NOT_ASSESSED or finding.assessed_at is None:
            continue
        rows.append(
            (
                record.name,
                finding.outcome.value,
                finding.kind.value,
                finding.legal_category or "",
                finding.law or "",
                finding.assessed_at.isoformat().replace("+00:00", "Z"),
                finding.assessed_by or "",
                _yes_no(finding.commercial),
                _yes_no(finding.disguised),
            )
        )
    _write_csv(path, _ASSESSMENT_COLUMNS, rows)


def write_answers(world: World, path: Path) -> None:
    """Write what is true of every reported domain at the start, for whoever practises.

    Raises:
        ExternalError: the file cannot be written.
    """
    columns = ("domain", "state", "registrar", "iana_id", "hosting country", "kind", "outcome",
               "persistent")  # fmt: skip
    _write_csv(
        path,
        columns,
        (
            (
                one.domain, one.state, one.registrar or "", one.iana_id or "",
                one.hosting_country or "", one.kind, one.outcome,
                "yes" if one.persistent else "no",
            )
            for one in world.truths()
        ),
    )  # fmt: skip


def write_contacts(world: World, path: Path) -> None:
    """Write the abuse contacts of the registrars, as the public tables of contacts do.

    ``tld`` is given instead of an IANA ID where the registrar has none; a row each.

    Raises:
        ExternalError: the file cannot be written.
    """
    rows = [
        (
            registrar.iana_id or "",
            registrar.name,
            registrar.url or "",
            registrar.abuse_email or "",
            registrar.form or "",
            "",
            "" if registrar.abuse_email or registrar.form else "Unable to locate",
            "TRUE" if registrar.abuse_email or registrar.form else "FALSE",
            world.start.date().isoformat(),
            tld,
        )
        for registrar in world.tables.registrars
        for tld in _tlds(world, registrar)
    ]
    _write_csv(path, _CONTACT_COLUMNS, rows)


def _tlds(world: World, registrar: RegistrarEntry) -> Sequence[str]:
    if registrar.iana_id is not None:
        return ("",)
    used = {
        record.name.rpartition(".")[2]
        for record in world.domains.values()
        if record.standing.registration is not None
        and record.standing.registration.registrar == registrar.key
    }
    return sorted(used)


def _reported(world: World, instant: datetime | None) -> Iterator[DomainRecord]:
    when = world.start if instant is None else instant
    return (r for r in world.domains.values() if r.finding.reported_at <= when)


def _yes_no(value: bool | None) -> str:
    return {True: "yes", False: "no", None: ""}[value]


# Styles of writing a URL


def _parts(url: str) -> tuple[str, str, str]:
    split = urlsplit(url)
    query = f"?{split.query}" if split.query else ""
    return split.scheme, split.netloc, f"{split.path}{query}"


def _hxxp(url: str) -> str:
    scheme, host, rest = _parts(url)
    return f"{scheme.replace('tt', 'xx')}://{host.replace('.', '[.]')}{rest}"


def _last_dot(url: str) -> str:
    scheme, host, rest = _parts(url)
    head, _, tail = host.rpartition(".")
    return f"{scheme.replace('tt', 'xx')}://{head}[.]{tail}{rest}"


def _round(url: str) -> str:
    scheme, host, rest = _parts(url)
    return f"{scheme}://{host.replace('.', '(.)')}{rest}"


def _dot_word(url: str) -> str:
    scheme, host, rest = _parts(url)
    return f"{scheme.replace('tt', 'xx')}[:]//{host.replace('.', '[dot]')}{rest}"


def _no_scheme(url: str) -> str:
    _, host, rest = _parts(url)
    return f"{host.replace('.', '[.]')}{rest}"


def _upper(url: str) -> str:
    scheme, host, rest = _parts(url)
    return f"{scheme.upper()}://{host.upper()}{rest}"


def _with_port(url: str) -> str:
    scheme, host, rest = _parts(url)
    return f"{scheme}://{host}:{443 if scheme == 'https' else 80}{rest}"


_ALL_STYLES: tuple[Callable[[str], str], ...] = (
    str,
    _hxxp,
    _last_dot,
    _round,
    _dot_word,
    _no_scheme,
    _upper,
    _with_port,
    "> {}".format,
    "<{}>".format,
    "- {}".format,
    "{},".format,
    "   {}   ".format,
)


def _line(rng: random.Random, url: str, record: DomainRecord) -> str:
    draw = rng.random()
    if draw < 0.1:
        style = rng.choice((_hxxp, _last_dot, str))
        return rng.choice(_PROSE).format(style(url), number=rng.randrange(1000, 9999))
    if draw < 0.2 and record.unicode != record.name:
        return url.replace(record.name, record.unicode)
    return rng.choice(_ALL_STYLES)(url)


def _write(path: Path, lines: Iterable[str]) -> None:
    try:
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    except OSError as error:
        raise ExternalError(f"The file {path} cannot be written: {error.strerror}.") from error


def _write_csv(path: Path, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    try:
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(columns)
            writer.writerows(rows)
    except OSError as error:
        raise ExternalError(f"The file {path} cannot be written: {error.strerror}.") from error
