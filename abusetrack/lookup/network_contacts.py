"""The abuse contact that a network names by handle only: one further question for it.

It goes to the service that answered for the network, one hop and no further; many
networks of one holder share the answer.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import replace
from datetime import datetime, timedelta

from abusetrack.lookup import texts
from abusetrack.lookup.flight import SingleFlight
from abusetrack.lookup.rdap import Rdap, RdapAnswer
from abusetrack.lookup.rdap_parse import Contact
from abusetrack.records import Clock, NetworkFacts, Outcome

KEPT = 1024  # contacts
_Answer = tuple[Contact, bytes]


class NetworkContacts:
    """Asks for contacts; ``max_age`` is how long an answer serves further networks."""

    def __init__(self, rdap: Rdap, clock: Clock, max_age: timedelta) -> None:
        self._rdap = rdap
        self._clock = clock
        self._max_age = max_age
        self._kept: OrderedDict[tuple[str, str], tuple[datetime, _Answer]] = OrderedDict()
        self._flight: SingleFlight[tuple[str, str], _Answer] = SingleFlight()

    async def fill(self, answer: RdapAnswer, deadline: float) -> RdapAnswer:
        """Return ``answer`` with the contact behind its handle, if it names one so.

        The raw answers stand one after the other in the evidence (RFC 7464).
        """
        if answer.network is None or answer.behind is None:
            return answer
        contact, body = await self._ask(answer.service, answer.behind.handle, deadline)
        evidence = answer.evidence
        if body and evidence is not None:
            sequence = b"".join(b"\x1e" + part.rstrip() + b"\n" for part in (evidence.body, body))
            evidence = texts.evidence("application/json-seq", sequence)
        facts = _with(answer.network, contact)
        if answer.behind.is_holder:
            facts = replace(facts, holder=facts.holder or contact.name)
        return replace(answer, network=facts, evidence=evidence)

    async def _ask(self, base: str, handle: str, deadline: float) -> _Answer:
        key = (base, handle.casefold())
        asked_at, kept = self._kept.get(key, (None, None))
        if kept and asked_at and timedelta() <= self._clock.now() - asked_at <= self._max_age:
            self._kept.move_to_end(key)
            return kept
        answer = await self._flight.do(key, lambda: self._rdap.entity(base, handle, deadline))
        if answer[0].outcome in {Outcome.OK, Outcome.NOT_FOUND}:
            self._kept[key] = (self._clock.now(), answer)
            if len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return answer


def _with(facts: NetworkFacts, contact: Contact) -> NetworkFacts:
    if contact.email:
        return replace(facts, abuse_email=contact.email)
    why = contact.detail or contact.outcome.value
    if contact.outcome is Outcome.OK:
        why = "no e-mail address in it"
    return replace(facts, oddities=(*facts.oddities, f"the abuse contact's own record: {why}"))
