"""TAXII 2.1: a partner's collection, to which we add and from which we take.

Only what changed since the partner was last given something is added, and only what was
added there since the last time is taken. A push that was cut is made
again, and what is there already is not sent again: the server is asked what it has, and where
it does not let us read, the case file remembers what it took in. Of a pull that was cut the whole
pages stay in the case file, and nothing of them counts until the last one is there: what is
said of one domain can stand on several.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from abusetrack import keyrings
from abusetrack.casefile import CaseFile, partners
from abusetrack.errors import InputError
from abusetrack.exchange import giving, receiving, stix_in, stix_out, taxii_server
from abusetrack.exchange.errand import Errand
from abusetrack.exchange.incoming import MOST_OBJECTS, Incoming
from abusetrack.exchange.leaving import Outgoing, outgoing, partner_of
from abusetrack.exchange.receiving import Received
from abusetrack.exchange.taxii_http import LIMITS, Limits, LoginError, Way
from abusetrack.exchange.taxii_server import EndlessError, Memory, Objects, Server, resumed
from abusetrack.lookup.dialing import Dialer
from abusetrack.triage.context import Context

_HERE = frozenset({"127.0.0.1", "::1", "localhost"})
_DIRECT = "direct"
# Servers' clocks differ by minutes. A date further ahead is wrong, and to ask for what was
# added after it would miss everything until then.
_CLOCKS_DIFFER = timedelta(days=1)
_WRONG_DATES = "pages whose date is missing or in the future: they are read again next time"


class NoPasswordError(InputError):
    """No password of our account at a partner is kept."""


PASSWORD_ERRORS = (NoPasswordError, LoginError)


def offer(context: Context, case: CaseFile, partner: str) -> Outgoing:
    """Return what :func:`push` would add: what the partner may see and does not have as it is.

    Raises:
        InputError: there is no such partner, or no collection of it.
    """
    _collection(context, partner)
    return _changed(case, outgoing(context, case, partner))


def push(
    context: Context,
    case: CaseFile,
    partner: str,
    limits: Limits = LIMITS,
    *,
    seen: Outgoing | None = None,
    errand: Errand | None = None,
) -> Outgoing:
    """Add what a partner may see and does not have yet; return what that was.

    With ``seen``, an earlier offer, it is added only if it is still the same.

    Raises:
        InputError: there is no such partner, or no collection or password of it, or it is not
            what was seen.
        ExternalError: the server cannot be used; nothing is recorded as given then.
    """
    found = offer(context, case, partner)
    if seen is not None:
        giving.same_as_seen(found, seen)
    if not found.domains and not found.withdrawn:
        return found
    body = stix_out.bundle(found, context.settings.organisation)
    objects = json.loads(body)["objects"]
    with _server(context, partner, limits, errand or Errand()) as server:
        there = server.versions()
        if there is None:
            memory = _Sent(case, partner, _collection(context, partner), objects)
            server.add([item for item in objects if not memory.has(item)], memory)
        else:
            fresh = [it for it in objects if (it["id"], it.get("modified")) not in there]
            server.add(fresh, Memory())
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


class _Sent(Memory):
    """Remembers in the case file what a collection that cannot be read was sent."""

    def __init__(
        self, case: CaseFile, partner: str, collection: str, objects: list[dict[str, Any]]
    ) -> None:
        self._case, self._of = case, (partner, collection)
        self._before = partners.sent(case, *self._of, map(_version, objects))

    def has(self, item: Mapping[str, Any]) -> bool:
        """Whether the server said that it took this in."""
        return self._before.get(_version(item), False)

    def sending(self, part: Objects) -> int:
        """Note that they are sent; return how many were before, without an answer."""
        partners.note_sent(self._case, *self._of, map(_version, part), taken=False)
        return sum(_version(item) in self._before for item in part)

    def taken(self, part: Objects) -> None:
        """Note that the server took them in."""
        partners.note_sent(self._case, *self._of, map(_version, part), taken=True)

    def refused(self, part: Objects) -> None:
        """Note that it does not want them."""
        partners.forget_sent(self._case, *self._of, map(_version, part))


def _version(item: Mapping[str, Any]) -> str:
    return f"{item['id']} {item.get('modified', '')}"


def _changed(case: CaseFile, found: Outgoing) -> Outgoing:
    """Leave out what the partner has as it is now."""
    had = partners.last_given(case, found.partner)
    fresh = tuple(
        item
        for item in found.domains
        if item.domain not in had or item.changed_at > had[item.domain]
    )
    return replace(found, domains=fresh)


def pull(
    context: Context,
    case: CaseFile,
    partner: str,
    limits: Limits = LIMITS,
    *,
    errand: Errand | None = None,
) -> tuple[receiving.Preview, Received]:
    """Take what was added to a partner's collection since the last time.

    Raises:
        InputError: as :func:`fetch`.
        ExternalError: as :func:`fetch`.
    """
    found = fetch(context, case, partner, limits, errand=errand)
    with case.transaction():
        seen = receiving.preview(context, case, partner, found.incoming)
        return seen, keep(context, case, found)


@dataclass(frozen=True, slots=True)
class Fetched:
    """What was added to a partner's collection; nothing of it counts yet."""

    partner: str
    collection: str
    incoming: Incoming
    until: datetime | None  # when the server says that the last of it was added


def fetch(
    context: Context,
    case: CaseFile,
    partner: str,
    limits: Limits = LIMITS,
    *,
    errand: Errand | None = None,
) -> Fetched:
    """Read what was added to a partner's collection since something of it was last kept.

    Raises:
        InputError: there is no such partner, or no collection or password of it.
        ExternalError: the server cannot be used; the whole pages wait in the case file, and
            nothing of them counts until a later one has the rest.
    """
    collection = _collection(context, partner)
    before = _moment(partners.read_until(case, partner, collection))
    with _server(context, partner, limits, errand or Errand()) as server:
        try:
            wrong = _read_pages(context, case, server, partner, before, limits)
        except EndlessError:
            partners.drop_pages(case, partner)
            raise
    objects, until = partners.kept_pages(case, partner, collection)
    found = receiving.of_objects(context, partner, objects)
    if wrong:
        found.left_out[_WRONG_DATES] += wrong
    return Fetched(partner, collection, found, until)


def keep(context: Context, case: CaseFile, found: Fetched) -> Received:
    """Keep what was read, and go on after it the next time."""
    before = _moment(partners.read_until(case, found.partner, found.collection))
    with case.transaction():
        kept = receiving.receive(context, case, found.partner, found.incoming)
        if found.until is not None and (before is None or found.until > before):
            partners.note_read(case, found.partner, found.collection, found.until)
        partners.drop_pages(case, found.partner)
    return kept


def leave(case: CaseFile, partner: str) -> None:
    """Forget what was read and not kept; it is read again the next time."""
    partners.drop_pages(case, partner)


def _read_pages(
    context: Context,
    case: CaseFile,
    server: Server,
    partner: str,
    before: datetime | None,
    limits: Limits,
) -> int:
    """Keep page after page, from the last whole one on; return how many have a wrong date."""
    collection = partner_of(context, partner).taxii_url
    kept, until = partners.kept_pages(case, partner, collection)
    if until is None:  # nowhere to go on from
        partners.drop_pages(case, partner)
        kept = []
    known, size, wrong = len(kept), len(json.dumps(kept)), 0
    start = before if until is None else resumed(until)
    for page in server.objects(start):
        if not page.objects:
            continue
        objects = [stix_in.slim(item) for item in page.objects]
        known, size = known + len(objects), size + len(json.dumps(objects))
        if known > MOST_OBJECTS or size > limits.kept_bytes:
            raise EndlessError(
                f"The server of {partner} has more than can be taken at once; ask its operator "
                "for a smaller collection."
            )
        at = page.until
        if at is None or at > context.clock.now() + _CLOCKS_DIFFER:
            at, wrong = None, wrong + 1
        partners.keep_page(case, partner, collection, objects, at)
    return wrong


def _moment(text: str | None) -> datetime | None:
    """Read a time as a server wrote it; earlier versions kept whatever that was."""
    return None if text is None else taxii_server.date(text)


def _collection(context: Context, partner: str) -> str:
    """Return the address of a partner's collection, if it can be used."""
    url = partner_of(context, partner).taxii_url
    if not url:
        raise InputError(f"No collection of {partner} is known: set partners.{partner}.taxii_url.")
    try:
        parts = urlsplit(url)
        sound = parts.hostname and parts.port != 0
    except ValueError:
        sound = False
    if not sound or (parts.scheme != "https" and not _is_here(url)):
        raise InputError(f"partners.{partner}.taxii_url has to begin with https:// and a host.")
    if parts.username is not None or parts.password is not None:
        raise InputError(
            f"partners.{partner}.taxii_url must hold no user name or password: set taxii_user, "
            f"and give the password to 'abusetrack taxii password {partner}'."
        )
    return url


def _is_here(url: str) -> bool:
    return urlsplit(url).hostname in _HERE


def _dialer(context: Context, partner: str, url: str) -> Dialer:
    """Return what connects: through the partner's proxy, else that of lookups, else directly.

    This machine is reached directly: what is sent to it may be plain, and a proxy is another.
    """
    wanted = partner_of(context, partner).taxii_proxy.strip()
    if wanted == _DIRECT or _is_here(url):
        return Dialer()
    if wanted:
        return Dialer(wanted, setting=f"partners.{partner}.taxii_proxy", named=True)
    return Dialer(context.settings.lookup.proxy)


def keep_password(context: Context, partner: str, password: str) -> None:
    """Keep the password of our account at a partner in the system's keyring.

    Raises:
        InputError: there is no such partner, or the keyring is not installed.
        ExternalError: the keyring cannot be used.
    """
    partner_of(context, partner)
    keyrings.put(_secret(partner), password)


def _secret(partner: str) -> str:
    return f"taxii {partner}"


@contextmanager
def _server(context: Context, partner: str, limits: Limits, errand: Errand) -> Iterator[Server]:
    url, user = _collection(context, partner), partner_of(context, partner).taxii_user
    dialer = _dialer(context, partner, url)
    password = keyrings.get(_secret(partner)) if user else None
    if user and not password:
        raise NoPasswordError(
            f"No password for {user} at {partner} is kept: 'abusetrack taxii password {partner}' "
            "asks for it."
        )
    way = Way(url, (user, password) if user and password else None, dialer)
    with Server(partner, way, clock=context.clock, limits=limits, errand=errand) as server:
        yield server
