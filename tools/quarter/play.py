"""The quarter itself, day by day: intake, lookups, drafts, marks, answers, a revision."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime

from abusetrack.practice import World
from abusetrack.practice.model import DomainRecord
from abusetrack.records import AssessmentOutcome, ContentState, NoticeStatus, Role, Rung
from abusetrack.triage.addressing import Wish
from quarter.desk import DAY, HOUR, Desk, Entry

_DAILY = (Role.HOST, Role.REGISTRAR)
_IN_TURN = (Role.REGISTRY, Role.CDN, Role.HOTLINE, Role.PLATFORM, Role.SEARCH_ENGINE)
_REASON = "as the ladder proposes"
# What the parties of the world do, in turn; a hold that they set is said as "actioned".
_CONDUCT = (
    NoticeStatus.ACKNOWLEDGED,
    None,
    NoticeStatus.REFUSED,
    None,
    NoticeStatus.BOUNCED,
    NoticeStatus.ACKNOWLEDGED,
)


class Quarter:
    """A slice of a world, dealt to the days, and what is done on each."""

    def __init__(self, world: World, opening: datetime, days: int, size: int) -> None:
        self.world, self.opening, self.days = world, opening, days
        self.closing = opening + days * DAY
        self.dealt = _deal(world, opening, days, size)
        self.revised: DomainRecord | None = None
        self.revised_told: tuple[Entry, ...] = ()

    @property
    def domains(self) -> list[DomainRecord]:
        """Everything that is reported in the quarter."""
        return [record for day in sorted(self.dealt) for record in self.dealt[day]]

    def play(self, desk: Desk) -> None:
        """Play all days, and look at everything once more at the end."""
        desk.know(_parties(self.world))
        for number in range(self.days):
            self._day(desk, number)
        for hours in (10, 12):  # twice: what is gone has to be seen so twice
            desk.go_to(self.closing - DAY + hours * HOUR)
            desk.look_up([record.name for record in self.domains])

    def _day(self, desk: Desk, number: int) -> None:
        morning = self.opening + number * DAY
        desk.go_to(morning)
        desk.with_second_analyst(wanted=number % 3 == 0)
        fresh = self.dealt.get(number, [])
        if fresh:
            again = [r.finding.urls[0] for r in self.domains[:2]] if number > 0 else []
            desk.take([url for record in fresh for url in record.finding.urls] + again, number)
            desk.assess(
                [r for r in fresh if r.finding.outcome is not AssessmentOutcome.NOT_ASSESSED]
            )
        desk.watch()
        desk.confirm_contacts()
        desk.go_to(morning + HOUR)
        self._hear(desk)
        if self.revised is None and number >= self.days // 2:
            self._revise(desk)
        made = self._follow(desk) + [
            entry
            for role in (*_DAILY, _IN_TURN[number % len(_IN_TURN)])
            for entry in desk.draft(Wish(role))
        ]
        if made:
            desk.go_to(morning + HOUR * 1.5)
            desk.mark(made, NoticeStatus.SENT, channel="mail")
        self._see_content(desk)
        desk.go_to(morning + 7 * HOUR)
        desk.watch()

    def _follow(self, desk: Desk) -> list[Entry]:
        """Draft what the ladder proposes: the same party again, or the next one."""
        told = sorted({domain for entry in desk.diary for domain in entry.domains})
        groups: dict[tuple[Role, Rung], list[str]] = defaultdict(list)
        for domain, step in desk.proposals(told):
            groups[step.party.role, step.rung].append(domain)
        return [
            entry
            for (role, rung), domains in sorted(groups.items())
            for entry in desk.draft(
                Wish(role, rung, reason=_REASON, again=rung is Rung.FIRST), domains
            )
        ]

    def _hear(self, desk: Desk) -> None:
        """The parties answer the day after; one that was not reached gets another address."""
        now = desk.clock.now()
        standings = self.world.at(now).standings
        for index, entry in enumerate(desk.diary):
            if entry.sent_at is None or entry.rung is Rung.WITHDRAWAL or entry.withdrawn:
                continue
            if entry.said not in {None, NoticeStatus.ACKNOWLEDGED}:
                continue
            held = [
                name
                for name in entry.domains
                if (registration := standings[name].registration)
                and "clientHold" in registration.statuses
            ]
            if entry.role is Role.REGISTRAR and len(held) == len(entry.domains):
                desk.mark([entry], NoticeStatus.ACTIONED)
            elif entry.said is None and DAY <= now - entry.sent_at < 2 * DAY:
                conduct = _CONDUCT[index % len(_CONDUCT)]
                if conduct is NoticeStatus.ACKNOWLEDGED:
                    desk.answer(entry, conduct)
                elif conduct is not None:
                    desk.mark([entry], conduct)
                if conduct is NoticeStatus.BOUNCED:
                    desk.other_address(entry)

    def _revise(self, desk: Desk) -> None:
        """Find that a domain is not illegal after all, and tell everybody who was told."""
        by_domain: dict[str, list[Entry]] = defaultdict(list)
        for entry in desk.diary:
            for domain in entry.domains:
                by_domain[domain].append(entry)
        moved = {event.domain for event in self.world.events}
        several = [
            domain
            for domain, entries in sorted(by_domain.items())
            if len({entry.party_key for entry in entries}) > 1 and domain not in moved
        ]
        if not several:
            return
        self.revised = self.world.domains[several[0]]
        self.revised_told = tuple(by_domain[several[0]])
        desk.assess([self.revised], AssessmentOutcome.NOT_ILLEGAL)
        for entry in self.revised_told:
            entry.withdrawn |= {self.revised.name}

    def _see_content(self, desk: Desk) -> None:
        """Somebody looks whether hosts did what they were asked."""
        standings = self.world.at(desk.clock.now()).standings
        told = {
            domain
            for entry in desk.diary
            if entry.role is Role.HOST and entry.sent_at and desk.clock.now() > entry.sent_at
            for domain in entry.domains
        }
        seen: dict[ContentState, list[str]] = defaultdict(list)
        for domain in sorted(told):
            there = any(host.addresses for host in standings[domain].hosts)
            seen[ContentState.PRESENT if there else ContentState.GONE].append(domain)
        for state, domains in seen.items():
            desk.say_content(domains, state)


def _deal(world: World, opening: datetime, days: int, size: int) -> dict[int, list[DomainRecord]]:
    """Deal the domains to the days on which they are reported, those with a story first.

    What appears in the meantime is reported when the world says so.
    """
    closing = opening + days * DAY
    happens = {event.domain for event in world.events if opening < event.at < closing}
    labels = {world.domains[name].label for name in happens}
    known = sorted(
        (record for record in world.domains.values() if record.finding.reported_at <= opening),
        key=lambda record: (record.label not in labels, record.name),
    )
    dealt: dict[int, list[DomainRecord]] = defaultdict(list)
    for index, record in enumerate(known[:size]):
        dealt[index % max(1, days * 2 // 3)].append(record)
    for record in world.domains.values():
        day = (record.finding.reported_at - opening).days + 1
        if record.finding.reported_at > opening and day < days:
            dealt[day].append(record)
    return dict(dealt)


def _parties(world: World) -> Iterator[tuple[str, str, Role]]:
    """Yield those who are known by hand: whoever no answer names an address of."""
    tables = world.tables
    for registrar in tables.registrars:
        if registrar.iana_id is not None:
            yield f"iana:{registrar.iana_id}", registrar.name, Role.REGISTRAR
    for registry in tables.registries:
        for ending in registry.endings:
            yield f"tld:{ending}", registry.operator, Role.REGISTRY
    for country in sorted({n.country for n in tables.networks if n.country}):
        yield f"hotline:{country}", f"Hotline of {country}", Role.HOTLINE
