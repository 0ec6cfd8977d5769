"""The table that goes with a notice: CSV (RFC 4180), UTF-8, one line for each domain.

The columns, in this order; names are exact (A-labels, not defanged), times UTC as
ISO 8601. A cell that a spreadsheet would take for a formula begins with an
apostrophe. There is no page address in it.

=====================  ============================================================
practice               only in practice: ``PRACTICE - NOT A NOTICE``
notice                 reference of the notice
number                 number of the row in the notice's text
domain                 registrable domain
domain_unicode         the same as people read it
hosts                  host names on which confirmed pages stood, at most 200
host_count             how many there are
registrar              as the answer names it
iana_id                IANA ID of the registrar; empty where none was given
statuses               status values of the registration
source                 who gave that answer
asked_at               when it was asked
answer_sha256          SHA-256 of the raw answer, which we keep
kind                   kind of site as assessed
confirmed_urls         number of confirmed pages
first_confirmed        when the first was confirmed
last_confirmed         when the last was confirmed
legal_category         as assessed
law                    under which it was assessed
persistent             why it is persistently abusive, by our policy; empty where not
addresses              of its hosts, where they are the recipient's
network                that these belong to, as the answer names it
country                of the addresses, two letters
our_reference          ours for this domain
=====================  ============================================================

To recipients that may have page addresses goes a second table, one line for each page:

=====================  ============================================================
practice               as above
notice                 as above
number                 number of the domain in the notice's text
domain                 registrable domain
url                    exact address of the page: do not open it
confirmed_at           when it was assessed as illegal
legal_category         as assessed
law                    under which it was assessed
access_note            how the page is reached where a visitor does not see it at once
=====================  ============================================================
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from abusetrack.names.plain import visible
from abusetrack.notices.compose import PRACTICE_MARK
from abusetrack.records import Draft, NoticeRow, Page

MEDIA_TYPE = "text/csv"

_MOST_HOSTS = 200  # keeps a cell below the 32,767 characters that spreadsheets take
FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r")

_CELLS: dict[str, Callable[[NoticeRow], str]] = {
    "domain": lambda row: row.domain,
    "domain_unicode": lambda row: row.unicode,
    "hosts": lambda row: "; ".join(visible(host, 300) for host in row.hosts[:_MOST_HOSTS]),
    "host_count": lambda row: str(len(row.hosts)),
    "registrar": lambda row: row.registrar,
    "iana_id": lambda row: "" if row.iana_id is None else str(row.iana_id),
    "statuses": lambda row: "; ".join(visible(status, 80) for status in row.statuses[:50]),
    "source": lambda row: row.registration_source,
    "asked_at": lambda row: _iso(row.registration_asked_at),
    "answer_sha256": lambda row: row.evidence_sha256,
    "kind": lambda row: row.kind.value,
    "confirmed_urls": lambda row: str(row.confirmed_urls),
    "first_confirmed": lambda row: _iso(row.first_confirmed),
    "last_confirmed": lambda row: _iso(row.last_confirmed),
    "legal_category": lambda row: row.legal_category,
    "law": lambda row: row.law,
    "persistent": lambda row: "; ".join(row.persistence),
    "addresses": lambda row: "; ".join(row.addresses[:_MOST_HOSTS]),
    "network": lambda row: row.network,
    "country": lambda row: row.country,
    "our_reference": lambda row: row.reference,
}

_PAGE_CELLS: dict[str, Callable[[Page], str]] = {
    "url": lambda page: page.url,
    "confirmed_at": lambda page: _iso(page.confirmed_at),
    "legal_category": lambda page: page.legal_category,
    "law": lambda page: page.law,
    "access_note": lambda page: page.access_note,
}


def table(draft: Draft) -> str:
    """Return the table of ``draft`` as CSV text with CRLF line ends."""
    lines = [
        (str(number), *(cell(row) for cell in _CELLS.values()))
        for number, row in enumerate(draft.rows, start=1)
    ]
    return _csv(draft, ("number", *_CELLS), lines)


def pages(draft: Draft) -> str:
    """Return the table of page addresses; "" where the notice has none."""
    lines = [
        (str(number), row.domain, *(cell(page) for cell in _PAGE_CELLS.values()))
        for number, row in enumerate(draft.rows, start=1)
        for page in row.pages
    ]
    return _csv(draft, ("number", "domain", *_PAGE_CELLS), lines) if lines else ""


def _csv(draft: Draft, columns: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    mark = {"practice": PRACTICE_MARK} if draft.practice else {}
    out = io.StringIO(newline="")
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow([*mark, "notice", *columns])
    for line in lines:
        writer.writerow([neutral(text) for text in (*mark.values(), draft.reference, *line)])
    return out.getvalue()


def neutral(text: str) -> str:
    """Return ``text`` as a cell: one visible line that no spreadsheet computes."""
    shown = visible(text, 30_000)
    return f"'{shown}" if shown.startswith(FORMULA) else shown


def _iso(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
