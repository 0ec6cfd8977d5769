"""IANA's registrar IDs and its records of top-level domains, read leniently (pure)."""

from __future__ import annotations

import csv
import io
import re
from datetime import datetime

from abusetrack.lookup import texts
from abusetrack.lookup.jcard import find, read_entities
from abusetrack.lookup.rdap_parse import load
from abusetrack.records import ListedRegistrar, RegistryRecord

MAX_REGISTRARS = 100_000

_ENDING = re.compile(r"[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63}){0,8}")


def parse_registrars(body: bytes) -> tuple[ListedRegistrar, ...]:
    """Read the CSV of registrar IDs: ID, Registrar Name, Status, RDAP Base URL.

    Rows without an ID or a name are left out; an empty result means that it is no
    such list.
    """
    found: dict[int, ListedRegistrar] = {}
    reader = csv.DictReader(io.StringIO(body.decode("utf-8-sig", "replace"), newline=""))
    try:
        for row in reader:
            values = {
                key.strip().lower(): value
                for key, value in row.items()
                if isinstance(key, str) and isinstance(value, str)
            }
            iana_id, name = (
                texts.iana_id(values.get("id")),
                texts.clean(values.get("registrar name")),
            )
            if iana_id is None or name is None:
                continue
            status, base = (
                texts.clean(values.get("status")),
                texts.clean(values.get("rdap base url")),
            )
            found.setdefault(iana_id, ListedRegistrar(iana_id, name, status or "", base))
            if len(found) >= MAX_REGISTRARS:
                break
    except csv.Error:
        return ()
    return tuple(found.values())


def parse_registry(
    body: bytes, ending: str, *, source: str, as_of: datetime
) -> RegistryRecord | None:
    """Read IANA's RDAP answer for a top-level domain; None if it is none of ``ending``.

    The operator is the organisation that the domain is registered to; the WHOIS server
    is the answer's ``port43`` (RFC 9083, 4.7).
    """
    try:
        value = load(body)
    except ValueError:
        return None
    if not isinstance(value, dict) or texts.host(value.get("ldhName")) != ending:
        return None
    operator = find(read_entities(value.get("entities"), []), "registrant")
    return RegistryRecord(
        ending=ending,
        operator=operator.card.name if operator else None,
        whois_server=_server(value.get("port43")),
        source=source,
        as_of=as_of,
    )


def is_ending(text: str) -> bool:
    """Whether ``text`` can be an ending, and so part of a file's name or a URL."""
    return _ENDING.fullmatch(text) is not None


def _server(value: object) -> str | None:
    host = texts.host(value)
    # A name, not a bare word and not an address.
    return host if host and "." in host and not host.rpartition(".")[2].isdigit() else None
