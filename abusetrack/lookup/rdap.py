"""Questions to RDAP services (RFC 9082), and what their answers say."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from urllib.parse import quote

from abusetrack.lookup import texts
from abusetrack.lookup.addresses import Address
from abusetrack.lookup.http import Http, Reply
from abusetrack.lookup.rdap_parse import (
    Behind,
    Contact,
    Reading,
    load,
    parse_domain,
    parse_entity,
    parse_network,
)
from abusetrack.records import Evidence, NetworkFacts, Outcome, RegistrationFacts

ACCEPT = "application/rdap+json, application/json;q=0.8"
# Begins with a letter or digit: never a step up in the path.
_HANDLE = re.compile(r"[^\W_][\w.:@+ -]{0,99}")
_MEDIA_TYPES = frozenset({"application/rdap+json", "application/json"})


@dataclass(frozen=True, slots=True)
class RdapAnswer:
    """What came of one question; facts only with ``OK``."""

    outcome: Outcome
    detail: str = ""
    registration: RegistrationFacts | None = None
    network: NetworkFacts | None = None
    evidence: Evidence | None = None
    behind: Behind | None = None  # what to ask ``service`` for, for the abuse contact
    service: str = ""  # base URL of who answered, after redirects


class Rdap:
    """Asks RDAP services through the bounded client."""

    def __init__(self, http: Http) -> None:
        self._http = http

    async def registry(self, base: str, domain: str, deadline: float) -> RdapAnswer:
        """Ask the registry's service for ``domain``; plain http where IANA lists only that."""
        reply = await self._http.get(
            f"{base}domain/{domain}", accept=ACCEPT, deadline=deadline, plain=True, avoid=domain
        )
        return _domain(reply, domain)

    async def registrar(self, url: str, domain: str, deadline: float) -> RdapAnswer:
        """Ask the registrar's service by the link that the registry gave."""
        reply = await self._http.get(url, accept=ACCEPT, deadline=deadline, avoid=domain)
        return _domain(reply, domain)

    async def network(self, base: str, address: Address, deadline: float) -> RdapAnswer:
        """Ask the address registry for the network of ``address``."""
        reply = await self._http.get(
            f"{base}ip/{address}", accept=ACCEPT, deadline=deadline, plain=True
        )
        value, failure = _value(reply)
        answer = failure or _answer(reply, parse_network(value, address))
        return replace(answer, service=reply.url.rpartition("/ip/")[0] + "/")

    async def entity(self, base: str, handle: str, deadline: float) -> tuple[Contact, bytes]:
        """Ask for the record of ``handle``; return what it says, and the raw answer."""
        if not _HANDLE.fullmatch(handle):
            return Contact(Outcome.NOT_ASKED, "the handle cannot be put into a question"), b""
        reply = await self._http.get(
            f"{base}entity/{quote(handle)}", accept=ACCEPT, deadline=deadline, plain=True
        )
        value, failure = _value(reply)
        if failure is not None:
            return Contact(failure.outcome, failure.detail), b""
        return parse_entity(value, handle), reply.body


def base_of(url: str, domain: str) -> str:
    """Return the base of a link to an answer for ``domain``, for naming the source."""
    place = url.lower().rfind(f"domain/{domain}")
    return url[:place] if place > 0 else url


def registrar_link(related: tuple[str, ...], registry_base: str, domain: str) -> str | None:
    """Return the link that leads on, and not back to the registry's own answer.

    Among several, one that names the domain comes first, then one by https.
    """
    own = f"{registry_base}domain/{domain}".lower()
    onward = [url for url in related if url.rstrip("/").lower() != own]
    return min(onward, key=lambda url: _doubts(url.lower(), domain), default=None)


def _doubts(url: str, domain: str) -> tuple[bool, bool]:
    return f"/domain/{domain}" not in url, not url.startswith("https:")


def _domain(reply: Reply, domain: str) -> RdapAnswer:
    value, failure = _value(reply)
    return failure or _answer(reply, parse_domain(value, domain))


def _value(reply: Reply) -> tuple[object, RdapAnswer | None]:
    """Return the JSON of a good reply, or else the answer that the failure makes."""
    if reply.outcome is not Outcome.OK:
        return None, _failed(reply, reply.outcome, reply.detail)
    try:
        return load(reply.body), None
    except ValueError as error:
        detail = f"{error} ({reply.media_type or 'no content type'})"
        return None, _failed(reply, Outcome.MALFORMED, detail)


def _failed(reply: Reply, outcome: Outcome, detail: str) -> RdapAnswer:
    media_type = reply.media_type or "application/octet-stream"
    body = reply.body[: texts.EVIDENCE_OF_FAILURE]
    return RdapAnswer(outcome, detail, evidence=texts.evidence(media_type, body))


def _answer(reply: Reply, reading: Reading) -> RdapAnswer:
    if reading.outcome is not Outcome.OK:
        return _failed(reply, reading.outcome, reading.detail)
    oddities = []
    if reply.media_type not in _MEDIA_TYPES:
        oddities.append(f"content type {reply.media_type or 'missing'}")
    if reply.plain:
        oddities.append("asked over plain http, the only way that is listed")
    return RdapAnswer(
        Outcome.OK,
        registration=_with(reading.registration, oddities),
        network=_with_network(reading.network, oddities),
        evidence=texts.evidence("application/rdap+json", reply.body),
        behind=reading.behind,
    )


def _with(facts: RegistrationFacts | None, oddities: list[str]) -> RegistrationFacts | None:
    if facts is None or not oddities:
        return facts
    return replace(facts, oddities=(*facts.oddities, *oddities))


def _with_network(facts: NetworkFacts | None, oddities: list[str]) -> NetworkFacts | None:
    if facts is None or not oddities:
        return facts
    return replace(facts, oddities=(*facts.oddities, *oddities))
