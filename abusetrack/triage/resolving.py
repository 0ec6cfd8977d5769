"""Look up what is queued, many names at once, and store each answer as it comes.

Whatever happens (cancelled, killed, disk full), a name is either stored with its
answer or still queued. Leases in the case file keep two processes from asking the
same name twice.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, TypeVar

from abusetrack.casefile import CaseFile, CaseFileThread, observations, queue, reports
from abusetrack.casefile.known import CaseKnown
from abusetrack.judgement.tokens import not_again
from abusetrack.records import (
    Host,
    HostKind,
    Kind,
    Known,
    LookupAnswer,
    Observation,
    Outcome,
    Question,
    Wait,
)
from abusetrack.triage.batch import Failure, Progress, ResolveResult
from abusetrack.triage.context import Context
from abusetrack.triage.refresh import refresh
from abusetrack.triage.running import collecting_seldom

if TYPE_CHECKING:
    from abusetrack.lookup import Lookup, ResolverCheck

T = TypeVar("T")

_LEASE_SECONDS = 900
_BETWEEN_WAITS = 1.0  # seconds between two looks at which servers are left alone
_STORE_AT_MOST = 64  # answers in one transaction
_IN_FLIGHT = 8  # names for each at work: most of them wait, for a turn at a slow service
_NETWORKS = 2048  # answers on networks, kept from one transaction to the next
_RECHECK_AGE = timedelta(minutes=30)  # hosts of one domain share a question, hourly checks do not

# Outcomes that say nothing of the name and may be different next time.
_TRANSIENT = frozenset(
    {
        Outcome.REFUSED,
        Outcome.RATE_LIMITED,
        Outcome.TIMED_OUT,
        Outcome.UNREACHABLE,
        Outcome.SERVER_ERROR,
        Outcome.MALFORMED,
        Outcome.TOO_LARGE,
        Outcome.UNSAFE,
        Outcome.BLOCKED_BY_RESOLVER,
    }
)


def failures(answer: LookupAnswer) -> list[Failure]:
    """Say what could not be learnt of a name; an empty list if everything was answered."""
    if answer.host.kind is HostKind.ONION:
        return []
    found = []
    by_question: dict[Question, Observation] = {
        item.question: item for item in answer.known + answer.observations
    }
    for questions in (
        (Question.A, Question.AAAA),
        (Question.REGISTRY_RDAP, Question.WHOIS),
    ):
        asked = [by_question[q] for q in questions if q in by_question]
        if any(item.outcome is Outcome.OK for item in asked):
            continue
        failed = [item for item in asked if item.outcome in _TRANSIENT]
        if failed:
            detail = f" ({failed[-1].detail})" if failed[-1].detail else ""
            found.append(
                Failure(
                    answer.host.name,
                    f"{failed[-1].question.value}: {failed[-1].outcome.value}{detail}",
                )
            )
    return found


async def resolve(
    context: Context,
    db: CaseFileThread,
    opener: Callable[[], CaseFile],
    *,
    names: Sequence[str] | None = None,
    limit: int | None = None,
    afresh: bool = False,
    recheck: bool = False,
    gate: asyncio.Event | None = None,
    on_progress: Callable[[Progress], None] = lambda _progress: None,
    on_stored: Callable[[Sequence[str]], None] = lambda _domains: None,
) -> ResolveResult:
    """Look up the queued names (only ``names`` if given) until none is due or ``limit`` is met.

    Cancel the task to stop: answers that have come are stored, the rest stays queued.
    What the case file knows and is young enough is not asked again, unless ``afresh``;
    with ``recheck`` a registration is young for half an hour only.
    While ``gate`` is not set, no further name is begun; those that are at work finish.
    ``opener`` opens the case file for reading in this thread. ``on_stored`` gets the
    domains of each stored batch.

    Raises:
        SettingsError: no resolver is set.
        CaseFileError: the case file cannot be written.
    """
    from abusetrack.lookup import Lookup, NothingKnown

    run = _Run(context, db, names, limit, on_progress, on_stored)
    with opener() as reading:
        known: Known = NothingKnown()
        if not afresh:
            known = CaseKnown(
                reading,
                registration_max_age=_RECHECK_AGE if recheck else context.registration_max_age,
                network_max_age=context.network_max_age,
            )
        async with Lookup(context.settings, context.clock, gate=gate) as lookup:
            await lookup.prepare()
            with collecting_seldom():
                return await run.work(lookup, known)


async def lookup_once(context: Context, host: Host) -> LookupAnswer:
    """Look one name up and store nothing."""
    from abusetrack.lookup import Lookup, NothingKnown

    async with Lookup(context.settings, context.clock) as lookup:
        await lookup.prepare()
        return await lookup.ask(host, NothingKnown())


async def check_resolvers(context: Context) -> tuple[ResolverCheck, ...]:
    """Say what is wrong with each resolver of the settings; no reported name is asked.

    Raises:
        SettingsError: no resolver is set.
    """
    from abusetrack.lookup import Lookup

    async with Lookup(context.settings, context.clock) as lookup:
        return await lookup.check_resolvers()


@dataclass(frozen=True, slots=True)
class _Answered:
    """A host of the queue, and the answer: its own, or that of its domain instead."""

    host: Host
    answer: LookupAnswer


class _Run:
    """One batch: a few asking tasks, one storing task, and bounded room between them."""

    def __init__(
        self,
        context: Context,
        db: CaseFileThread,
        names: Sequence[str] | None,
        limit: int | None,
        on_progress: Callable[[Progress], None],
        on_stored: Callable[[Sequence[str]], None],
    ) -> None:
        self._context = context
        self._db = db
        self._names = names
        self._limit = limit
        self._on_progress = on_progress
        self._on_stored = on_stored
        self._owner = str(uuid.uuid4())
        self._concurrency = context.settings.pace.concurrency
        self._in_flight = self._concurrency * _IN_FLIGHT
        self._leased = 0
        self._total = 0
        self._result = ResolveResult()
        self._bugs: list[Exception] = []
        # Read by the db thread: they never change, and serve names of many batches.
        self._networks: dict[int, Observation] = {}
        self._todo: asyncio.Queue[Host | None] = asyncio.Queue(self._concurrency)
        self._answers: asyncio.Queue[_Answered | None] = asyncio.Queue()
        self._instead: dict[str, Host] = {}  # the domain, for hosts not to be asked again
        # Names that may be asked or wait to be stored.
        self._room = asyncio.Semaphore(self._in_flight + _STORE_AT_MOST * 2)

    async def work(self, lookup: Lookup, known: Known) -> ResolveResult:
        self._total = await self._in_db(lambda case: queue.pending(case, names=self._names))
        if self._limit is not None:
            self._total = min(self._total, self._limit)
        self._waits: tuple[Wait, ...] = ()
        self._tell()
        watching = asyncio.create_task(self._watch(lookup))
        asking = asyncio.create_task(self._ask_all(lookup, known))
        storing = asyncio.create_task(self._store())
        try:
            await asyncio.wait({asking, storing}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            asking.cancel()
            watching.cancel()
            await asyncio.wait({asking, watching})
            await self._finish(storing)
        asking.result()
        if self._bugs:
            raise self._bugs[0]
        self._result.left = await self._in_db(lambda case: queue.pending(case, names=self._names))
        return self._result

    async def _finish(self, storing: asyncio.Task[None]) -> None:
        """Store what has come, also when cancelled, and give the rest back."""
        if not storing.done():
            await self._answers.put(None)
        await asyncio.shield(asyncio.wait([storing]))
        with suppress(RuntimeError):  # the db thread was closed first: leases expire by themselves
            await asyncio.shield(self._in_db(lambda case: queue.release(case, self._owner)))
        storing.result()

    async def _ask_all(self, lookup: Lookup, known: Known) -> None:
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._feed())
                for _ in range(self._in_flight):
                    group.create_task(self._ask(lookup, known))
        except ExceptionGroup as failed:
            raise failed.exceptions[0] from failed

    async def _feed(self) -> None:
        while self._limit is None or self._leased < self._limit:
            want = self._concurrency
            if self._limit is not None:
                want = min(want, self._limit - self._leased)
            hosts = await self._in_db(
                lambda case, want=want: self._lease(case, want)  # type: ignore[misc]  # bound at once
            )
            if not hosts:
                break
            self._leased += len(hosts)
            self._total = max(self._total, self._leased)
            for host in hosts:
                await self._todo.put(host)
        for _ in range(self._in_flight):
            await self._todo.put(None)

    def _lease(self, case: CaseFile, want: int) -> list[Host]:
        """Take due hosts in the db thread, and see which may not be asked again themselves."""
        hosts = queue.lease(
            case, want, owner=self._owner, seconds=_LEASE_SECONDS, names=self._names
        )
        again = queue.asked_before(case, (host.name for host in hosts))
        domains = {h.domain.name: h.domain for h in hosts if h.name in again and h.domain}
        siblings = reports.hosts_of_many(case, domains) if domains else {}
        for name, domain in domains.items():
            apex = Host(name, domain.unicode, HostKind.NAME, domain)
            tokens = not_again(name, (host.name for host in siblings[name]))
            self._instead.update((host, apex) for host in tokens if host in again)
        return hosts

    async def _ask(self, lookup: Lookup, known: Known) -> None:
        while (host := await self._todo.get()) is not None:
            await self._room.acquire()
            try:
                answer = await lookup.ask(self._instead.get(host.name, host), known)
            except Exception as error:  # noqa: BLE001  # a task border: the others go on
                self._bugs.append(error)  # the name stays queued; raised when the batch ends
                self._room.release()
                continue
            # At once: later answers rest on the networks that this one brings.
            self._answers.put_nowait(_Answered(host, answer))

    async def _store(self) -> None:
        ended = False
        while not ended:
            first = await self._answers.get()
            batch = [first]
            while len(batch) < _STORE_AT_MOST and not self._answers.empty():
                batch.append(self._answers.get_nowait())
            ended = None in batch
            answered = [item for item in batch if item is not None]
            if answered:
                await self._store_batch(answered)

    async def _store_batch(self, answered: list[_Answered]) -> None:
        problems = {item.host.name: failures(item.answer) for item in answered}
        domains = tuple(
            dict.fromkeys(
                item.host.domain.name if item.host.domain else item.host.name for item in answered
            )
        )

        def store(case: CaseFile) -> None:
            # One transaction: one wait for the disk, and all of it or nothing.
            with case.transaction():
                stored = observations.store_many(case, [item.answer for item in answered])
                stored.seen.update(self._networks)
                queue.complete(
                    case, {name: None for name, failed in problems.items() if not failed}
                )
                queue.fail(case, [name for name, failed in problems.items() if failed])
                refresh(self._context, case, domains, stored)  # says when they are due again
            # With the ids that they have in the case file, so those that were read.
            read = {n: o for n, o in stored.seen.items() if o.id and o.kind is Kind.NETWORK}
            self._networks = read if len(read) <= _NETWORKS else {}

        await self._in_db(store)
        for _ in answered:
            self._room.release()
        self._result.done += len(answered)
        self._result.failures += [item for items in problems.values() for item in items]
        self._tell()
        self._on_stored(domains)

    async def _watch(self, lookup: Lookup) -> None:
        """Tell which servers are left alone, as long as any is."""
        while True:
            await asyncio.sleep(_BETWEEN_WAITS)
            waits = tuple(lookup.waits())
            if waits or self._waits:
                self._waits = waits
                self._tell()

    def _tell(self) -> None:
        result = self._result
        self._on_progress(Progress(result.done, self._total, len(result.failures), self._waits))

    async def _in_db(self, work: Callable[[CaseFile], T]) -> T:
        return await asyncio.wrap_future(self._db.submit(work))
