"""The desk that is played: two analysts, their case file, their clock, and what they do.

Everything goes the ordinary way: lists are read as files, names are looked up on the
servers of the practice internet, drafts are exported to a folder. The diary is kept beside
the case file, from the files on the disk, so that the two can be compared.
"""

from __future__ import annotations

import asyncio
import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from abusetrack import intake, settings
from abusetrack.casefile import CaseFile, CaseFileThread, directory, open_case_file, queue
from abusetrack.errors import InputError
from abusetrack.practice import PracticeThread
from abusetrack.practice.model import DomainRecord
from abusetrack.records import (
    Assessment,
    AssessmentOutcome,
    Contact,
    ContactOrigin,
    ContentState,
    Draft,
    NoticeStatus,
    Role,
    Rung,
)
from abusetrack.settings import Organisation
from abusetrack.triage import drafting, ledger, remarks, resolving, taking, watching
from abusetrack.triage.addressing import Wish
from abusetrack.triage.context import make_context

_FORMATS = ("txt", "eml", "sheet", "pdf")
_ORGANISATION = Organisation(
    name="Practice Hotline",
    email="desk@hotline.invalid",
    jurisdiction="Exampleland",
    verification_url="https://hotline.invalid/verify",
    dispute_email="disputes@hotline.invalid",
    analyst="Analyst One",
)


class MovedClock:
    """A clock that stands still until it is set."""

    def __init__(self, now: datetime) -> None:
        self._now = now

    def now(self) -> datetime:
        """Return where it was set."""
        return self._now

    def set(self, moment: datetime) -> None:
        """Go on; a clock never runs backwards."""
        assert moment >= self._now
        self._now = moment


@dataclass(slots=True)
class Entry:
    """One notice in the diary; ``domains`` are those of the table on the disk."""

    reference: str
    role: Role
    rung: Rung
    party_key: str
    domains: tuple[str, ...]
    exported_at: datetime
    sent_at: datetime | None = None
    said: NoticeStatus | None = None  # what the party did last
    withdrawn: frozenset[str] = frozenset()


class Desk:
    """One case file over a served world."""

    def __init__(self, served: PracticeThread, folder: Path, now: datetime) -> None:
        self.served, self.folder, self.clock = served, folder, MovedClock(now)
        self.diary: list[Entry] = []
        context = make_context(settings.load(served.config_path), self.clock)
        self.context = replace(
            context,
            actor=_ORGANISATION.analyst,
            settings=context.settings.but({"organisation": _ORGANISATION}),
        )
        self.opener = partial(
            open_case_file, folder / "case", clock=self.clock, actor=self.context.actor
        )
        with self.opener():
            pass
        self._db = CaseFileThread(self.opener)

    def close(self) -> None:
        """End the thread that writes."""
        self._db.close()

    def go_to(self, moment: datetime) -> None:
        """Set the clocks of desk and world; the servers keep the one whose time is over."""
        self.clock.set(moment)
        self.served.servers.set_time(moment)

    # --- what comes in -------------------------------------------------------------

    def take(self, urls: Sequence[str], number: int) -> None:
        """Read a list of the day: as a table on even days, as a mail's text on odd ones."""
        lines = [f"{url},R{number}-{row}" for row, url in enumerate(urls)]
        text, name = "url,reference\n" + "\n".join(lines), f"list-{number}.csv"
        if number % 2:
            text = "\n".join(f"please see {url.replace('.', '[.]')}" for url in urls)
            name = f"list-{number}.txt"
        with self.opener() as case:
            read = intake.read(text, filename=name, context=taking.reading(self.context))
            assert not read.complaints, read.complaints
            taking.take(self.context, case, read, label=name)

    def assess(
        self, records: Iterable[DomainRecord], outcome: AssessmentOutcome | None = None
    ) -> None:
        """Say of domains what the world's analyst finds, or ``outcome`` instead."""
        with self.opener() as case:
            for record in records:
                found = record.finding
                assessment = Assessment(
                    outcome or found.outcome,
                    self.clock.now(),
                    self.context.actor,
                    kind=found.kind,
                    legal_category=found.legal_category,
                    law=found.law,
                    commercial=found.commercial,
                    disguised=found.disguised,
                )
                count, complaints = taking.assess(self.context, case, [record.name], assessment)
                assert count
                assert not complaints, complaints

    def say_content(self, domains: Iterable[str], state: ContentState) -> None:
        """Record what a person saw of the confirmed URLs of domains."""
        with self.opener() as case:
            _count, complaints = remarks.say_content(self.context, case, domains, state)
            assert not complaints, complaints

    # --- lookups -------------------------------------------------------------------

    def watch(self) -> int:
        """Look up what is due; return how many."""
        work = watching.watch(self.context, self._db, self.opener, once=True)
        return asyncio.run(work).done

    def look_up(self, domains: Sequence[str]) -> None:
        """Look up domains, due or not."""
        with self.opener() as case:
            queue.enqueue(case, domains=domains)
        work = resolving.resolve(self.context, self._db, self.opener, names=domains, recheck=True)
        asyncio.run(work)

    # --- notices -------------------------------------------------------------------

    def know(self, contacts: Iterable[tuple[str, str, Role]]) -> None:
        """Enter contacts by hand: key, name and role of the party."""
        with self.opener() as case:
            directory.upsert(case, [self._contact(*item) for item in contacts])
            self._confirm(case)

    def other_address(self, entry: Entry) -> None:
        """Find another address of a party that a notice did not reach."""
        with self.opener() as case:
            known = directory.contact_for(case, entry.party_key, entry.role)
            assert known is not None
            again = self._contact(entry.party_key, known.party_name, entry.role, "second")
            directory.upsert(case, [again])
            self._confirm(case)

    def _contact(self, key: str, name: str, role: Role, desk: str = "abuse") -> Contact:
        domain = "".join(letter if letter.isalnum() else "-" for letter in key.lower())
        return Contact(
            party_key=key,
            party_name=name,
            role=role,
            email=f"{desk}@{domain}.invalid",
            form=None,
            phone=None,
            origin=ContactOrigin.MANUAL,
            source=self.context.actor,
            as_of=self.clock.now(),
        )

    def confirm_contacts(self) -> None:
        """Confirm what answers brought, as an analyst does who has looked at each."""
        with self.opener() as case:
            self._confirm(case)

    def _confirm(self, case: CaseFile) -> None:
        wanted = {
            (contact.party_key, contact.role)
            for contact in directory.contacts(case)
            if contact.confirmed_at is None
        }
        for key, role in sorted(wanted):
            chosen = directory.contact_for(case, key, role)
            if chosen is not None and chosen.confirmed_at is None:
                directory.confirm(case, key, role)

    def draft(self, wish: Wish, domains: Sequence[str] | None = None) -> list[Entry]:
        """Draft, have a second analyst approve where that is asked for, and export."""
        with self.opener() as case:
            plan = drafting.plan(self.context, case, wish, domains=domains)
        if plan.stale and domains is not None:
            self.look_up(plan.stale)
            with self.opener() as case:
                plan = drafting.plan(self.context, case, wish, domains=domains)
        if any(draft.approval_needed for draft in plan.drafts):
            plan = self._approved(wish, domains, plan.drafts)
        number = len(self.diary)
        out = self.folder / "out" / f"{number:05}"
        formats = ("csv", _FORMATS[number % len(_FORMATS)])
        made = []
        with self.opener() as case:
            for exported in drafting.export(self.context, case, plan.drafts, out, formats):
                entry = self._enter(exported)
                self.diary.append(entry)
                made.append(entry)
        return made

    def _approved(
        self, wish: Wish, domains: Sequence[str] | None, drafts: Sequence[Draft]
    ) -> drafting.Plan:
        """Nothing goes out before the other has agreed, and one's own agreement is none."""
        waiting = [draft for draft in drafts if draft.approval_needed]
        with self.opener() as case:
            for refused in (
                lambda: drafting.export(
                    self.context, case, waiting[:1], self.folder / "no", ["csv"]
                ),
                lambda: drafting.approve(case, waiting, drafted_by=self.context.actor),
            ):
                try:
                    refused()
                except InputError:
                    continue
                raise AssertionError("exported without a second analyst")
        other = "Analyst Two"
        with open_case_file(self.folder / "case", clock=self.clock, actor=other) as case:
            drafting.approve(case, waiting, drafted_by=self.context.actor)
        with self.opener() as case:
            return drafting.plan(self.context, case, wish, domains=domains)

    def _enter(self, exported: drafting.Exported) -> Entry:
        (table,) = [
            path
            for path in exported.files
            if path.suffix == ".csv" and not path.stem.endswith("-pages")
        ]
        with table.open(encoding="utf-8-sig", newline="") as lines:
            rows = list(csv.DictReader(lines))
        (reference,) = {row["notice"] for row in rows}
        draft = exported.draft
        return Entry(
            reference,
            draft.role,
            draft.rung,
            draft.recipient.party_key,
            tuple(row["domain"] for row in rows),
            self.clock.now(),
        )

    def mark(self, entries: Iterable[Entry], status: NoticeStatus, **fields: str) -> None:
        """Mark notices, in the case file and in the diary."""
        marked = list(entries)
        with self.opener() as case:
            ledger.mark(self.context, case, [entry.reference for entry in marked], status, **fields)
        for entry in marked:
            if status is NoticeStatus.SENT:
                entry.sent_at = self.clock.now()
            else:
                entry.said = status

    def answer(self, entry: Entry, status: NoticeStatus) -> None:
        """File a mail as the answer to a notice."""
        path = self.folder / f"answer-{entry.reference}.eml"
        path.write_text(
            f"From: desk@party.invalid\nSubject: Re: {entry.reference}\n"
            "Content-Type: text/plain; charset=utf-8\n\nWe have received your notice.\n",
            encoding="utf-8",
        )
        with self.opener() as case:
            ledger.file_answer(
                self.context, case, entry.reference, path, status=status, their_reference="T-1"
            )
        entry.said = status

    def proposals(self, domains: Iterable[str]) -> Iterator[tuple[str, ledger.Proposal]]:
        """Yield the next step about each domain, where there is one to draft."""
        with self.opener() as case:
            for domain in domains:
                found = ledger.next_step(self.context, case, domain)
                if found.rung is not None and found.party is not None:
                    yield domain, found

    def with_second_analyst(self, *, wanted: bool) -> None:
        """Set whether another analyst has to approve."""
        policy = self.context.settings.policy.but({"second_analyst": wanted})
        self.context = replace(self.context, settings=self.context.settings.but({"policy": policy}))


HOUR, DAY = timedelta(hours=1), timedelta(days=1)
