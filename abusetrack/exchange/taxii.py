"""TAXII 2.1: a partner's collection, to which we add and from which we take.

Only what changed since the partner was last given something is added, and only what was
added there since the last time is taken. Nothing is remembered of an exchange that was cut:
it is made again, and what is known already changes nothing.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import requests
from taxii2client.exceptions import TAXIIServiceException
from taxii2client.v21 import Collection, as_pages

from abusetrack import keyrings
from abusetrack.casefile import CaseFile, partners
from abusetrack.errors import ExternalError, InputError
from abusetrack.exchange import receiving, stix_out
from abusetrack.exchange.leaving import Outgoing, outgoing, partner_of
from abusetrack.exchange.receiving import Received
from abusetrack.triage.context import Context

_AT_ONCE = 200  # objects
_SECONDS = 60
_HERE = frozenset({"127.0.0.1", "::1", "localhost"})


def push(context: Context, case: CaseFile, partner: str) -> Outgoing:
    """Add what a partner may see and does not have yet; return what that was.

    Raises:
        InputError: there is no such partner, or no collection or password of it.
        ExternalError: the server cannot be reached or refused; nothing is recorded then.
    """
    found = _changed(case, outgoing(context, case, partner))
    if not found.domains and not found.withdrawn:
        return found
    body = stix_out.bundle(found, context.settings.organisation)
    objects = json.loads(body)["objects"]
    with _collection(context, partner) as collection:
        there = _versions(collection)
        wanted = [item for item in objects if (item["id"], item.get("modified")) not in there]
        for start in range(0, len(wanted), _AT_ONCE):
            part = wanted[start : start + _AT_ONCE]
            status = collection.add_objects({"objects": part}, timeout=_SECONDS)
            _refuse_failures(status, partner)
    partners.gave(
        case,
        partner,
        {item.domain: item.since for item in found.domains},
        form="stix, taxii",
        level=found.level,
        sha256=hashlib.sha256(body).hexdigest(),
        counts={"domains": len(found.domains), "taken back": len(found.withdrawn)},
    )
    return found


def _changed(case: CaseFile, found: Outgoing) -> Outgoing:
    """Leave out what the partner has as it is now."""
    had = partners.last_given(case, found.partner)
    fresh = tuple(
        item
        for item in found.domains
        if item.domain not in had or item.changed_at > had[item.domain]
    )
    return replace(found, domains=fresh)


def _versions(collection: Collection) -> set[tuple[str, str | None]]:
    """Return ids with the versions that are there already; servers refuse them as failures.

    Observables have no version: their ids say all. Of a collection that may only be written
    nothing is known.
    """
    if not collection.can_read:
        return set()
    listed = [(item["id"], item.get("version")) for item in _listed(collection.get_manifest, None)]
    return {*listed, *((id_, None) for id_, _ in listed)}


def _refuse_failures(status: Any, partner: str) -> None:
    if status.failure_count:
        raise ExternalError(
            f"The server of {partner} refused {status.failure_count} objects; ask its operator why."
        )


def pull(context: Context, case: CaseFile, partner: str) -> tuple[receiving.Preview, Received]:
    """Take what was added to a partner's collection since the last time.

    Raises:
        InputError: there is no such partner, or no collection or password of it.
        ExternalError: the server cannot be reached or refused; nothing is kept then.
    """
    after = partners.read_until(case, partner)
    with _collection(context, partner) as collection:
        added = [item["date_added"] for item in _listed(collection.get_manifest, after)]
        objects = list(_listed(collection.get_objects, after))
    body = json.dumps({"type": "bundle", "objects": objects}).encode()
    found = receiving.parse(context, partner, body, f"what {partner} has")
    with case.transaction():
        seen = receiving.preview(context, case, partner, found)
        kept = receiving.receive(context, case, partner, found)
        if added:
            partners.note_read(case, partner, max(added))
    return seen, kept


def _listed(read: Any, after: str | None) -> Iterator[Mapping[str, Any]]:
    more = {"added_after": after} if after else {}
    for page in as_pages(read, per_request=_AT_ONCE, **more):
        listed: Sequence[Mapping[str, Any]] = page.get("objects", ()) if page else ()
        yield from listed


@contextmanager
def _collection(context: Context, partner: str) -> Iterator[Collection]:
    settings = partner_of(context, partner)
    url = settings.taxii_url
    if not url:
        raise InputError(f"No collection of {partner} is known: set partners.{partner}.taxii_url.")
    parts = urlsplit(url)
    if parts.scheme != "https" and parts.hostname not in _HERE:
        raise InputError(f"partners.{partner}.taxii_url has to begin with https://.")
    password = keyrings.get(f"taxii {partner}") if settings.taxii_user else None
    if settings.taxii_user and password is None:
        raise InputError(
            f"No password for {settings.taxii_user} at {partner} is kept: "
            f"'abusetrack taxii password {partner}' asks for it."
        )
    try:
        yield Collection(f"{url.rstrip('/')}/", user=settings.taxii_user or None, password=password)
    except (TAXIIServiceException, requests.exceptions.RequestException) as error:
        # Not the error's own words: they can hold addresses, and what was sent.
        raise ExternalError(
            f"The server of {partner} cannot be used ({type(error).__name__}); nothing was "
            "recorded. Try again later, and check partners."
            f"{partner}.taxii_url and its password."
        ) from error
