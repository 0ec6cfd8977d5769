"""DNS questions about a host or domain, written down as observations."""

from __future__ import annotations

from dns.rdatatype import RdataType

from abusetrack.lookup import texts
from abusetrack.lookup.dns_records import DnsAnswer, Resolver
from abusetrack.lookup.landmarks import Landmarks, Meaning
from abusetrack.records import (
    AddressFacts,
    Clock,
    Facts,
    Kind,
    NameFacts,
    Observation,
    Outcome,
    Question,
)

_TYPES = {
    Question.A: RdataType.A,
    Question.AAAA: RdataType.AAAA,
    Question.NS: RdataType.NS,
    Question.SOA: RdataType.SOA,
    Question.MX: RdataType.MX,
}
_ADDRESSES = frozenset({Question.A, Question.AAAA})
# That these find no such name is worth a second resolver's word.
_TWICE = frozenset({Question.A, Question.NS})


class DnsQuestions:
    """Asks the resolvers, and the other resolvers too where one says "no such name"."""

    def __init__(self, resolver: Resolver, landmarks: Landmarks, clock: Clock) -> None:
        self._resolver = resolver
        self._landmarks = landmarks
        self._clock = clock

    async def ask(
        self, subject: str, question: Question, deadline: float
    ) -> tuple[list[Observation], DnsAnswer]:
        """Return the observations, the answer's own last, and the answer."""
        observation, answer = await self._ask(subject, question, deadline, self._resolver.servers)
        found = [observation]
        if answer.outcome is Outcome.NOT_FOUND and question in _TWICE:
            others = [s for s in self._resolver.servers if self._resolver.named(s) != answer.source]
            if others:
                second, _answer = await self._ask(subject, question, deadline, tuple(others))
                found.insert(0, second)
        return found, answer

    async def _ask(
        self,
        subject: str,
        question: Question,
        deadline: float,
        servers: tuple[tuple[str, int], ...],
    ) -> tuple[Observation, DnsAnswer]:
        asked_at = self._clock.now()
        answer = await self._resolver.ask(
            subject, _TYPES[question], servers=servers, deadline=deadline
        )
        observation = Observation(
            subject, Kind.DNS, question, asked_at, answer.source, answer.outcome, answer.detail,
            self._facts(question, answer), texts.evidence("text/plain", answer.text.encode()),
        )  # fmt: skip
        return observation, answer

    def _facts(self, question: Question, answer: DnsAnswer) -> Facts | None:
        if answer.outcome is not Outcome.OK:
            return None
        if question not in _ADDRESSES:
            return NameFacts(answer.values)
        known = {
            meaning: self._landmarks.of(answer.values, meaning)
            for meaning in (Meaning.SINKHOLE, Meaning.PARKING)
        }
        return AddressFacts(
            answer.values,
            answer.chain,
            **{meaning.value: str(place) for meaning, place in known.items() if place},
        )
