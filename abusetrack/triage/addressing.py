"""Whom a notice about a domain goes to in one role, with which row; or why nobody."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from abusetrack import notices
from abusetrack.casefile import CaseFile, hops, parties, withdrawals
from abusetrack.casefile import notices as stored_notices
from abusetrack.casefile.notices import StoredNotice
from abusetrack.judgement import ladder
from abusetrack.judgement.role_case import RoleCase
from abusetrack.judgement.roles import judge_role
from abusetrack.records import (
    Advice,
    Contact,
    DomainNow,
    NotDrafted,
    NoticeRow,
    NoticeStatus,
    Party,
    PartyRef,
    Reason,
    Role,
    Rung,
    Step,
    Terms,
)
from abusetrack.triage import contacts, gates, ledger
from abusetrack.triage.context import Context
from abusetrack.triage.notice_rows import (
    Confirmed,
    RowSource,
    at_party,
    confirmed_of,
    quoted,
    row_of,
)
from abusetrack.triage.refresh import View, host_names, look, persistence
from abusetrack.triage.roles import Roles
from abusetrack.triage.views import StoredFacts

STALE = "stale"
_TWO_REGISTRARS = "the answers name two registrars: find out which one it is, then look it up again"
# What is drafted for a whole list; what is only possible is an analyst's choice, name by name.
_BY_ITSELF = frozenset({Advice.ADVISED})
_BY_NAME = frozenset({Advice.ADVISED, Advice.POSSIBLE})


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be drafted. ``reason`` is typed, for what is not advised."""

    role: Role = Role.REGISTRAR
    rung: Rung = Rung.FIRST
    reason: str = ""
    again: bool = False  # also what the same party was told lately
    by_name: bool = False  # the analyst named the domains


@dataclass(frozen=True, slots=True)
class Addressed:
    """One row for one party."""

    contact: Contact
    terms: Terms
    row: NoticeRow
    earlier: tuple[Step, ...]
    repeats: StoredNotice | None = None  # the party was told of it lately, in this notice


class Addressing:
    """Decides for many domains with what they share read once."""

    def __init__(self, context: Context, case: CaseFile, wish: Wish) -> None:
        self._context = context
        self._case = case
        self._wish = wish
        self._roles = Roles(context, case)

    def decide(self, now: DomainNow) -> Iterator[Addressed | NotDrafted]:
        """Yield a row for each party in the role, or why there is none."""
        case, role = self._case, self._wish.role
        facts = StoredFacts(case)
        hosts = host_names(case, now.domain)
        view = look(self._context, facts, now.domain, hosts, suffix_kind=now.suffix_kind)
        persistent = persistence(self._context, case, now, view, facts)
        subject = self._roles.case_of(now, view, persistent)
        verdict = judge_role(subject, role)
        if (against := self._against(verdict.advice, verdict.reasons)) is not None:
            yield NotDrafted(now.domain, against.text, against.code)
            return
        confirmed = confirmed_of(case, now.domain)
        if (text := _withdrawn(case, now.domain, confirmed)) is not None:
            yield NotDrafted(now.domain, text, "withdrawn")
            return
        for party in subject.parties:
            if party.role is role:
                found = self._for_party(subject, view, confirmed, party, verdict.advice)
                if found is not None:
                    yield found

    def _against(self, advice: Advice, reasons: Sequence[Reason]) -> Reason | None:
        """Return what stops it: a block, an objection not answered, a choice nobody made."""
        wish = self._wish
        if advice is Advice.NOT_ADVISED and wish.reason.strip() and wish.by_name:
            return None
        # A registrar's rows stand alone, and have a confirmed, dedicated site each.
        chosen = wish.by_name or wish.role is Role.REGISTRAR
        if advice in (_BY_NAME if chosen else _BY_ITSELF):
            return None
        first = reasons[0]
        if advice is Advice.POSSIBLE:
            return replace(first, text=f"possible, not advised by itself: {first.text}; name it")
        return first

    def _for_party(
        self,
        subject: RoleCase,
        view: View,
        confirmed: Confirmed,
        party: PartyRef,
        advice: Advice,
    ) -> Addressed | NotDrafted | None:
        context, case, role = self._context, self._case, self._wish.role
        domain = subject.now.domain
        wanted = [host for host in view.hosts if host.host in confirmed.hosts]
        hosts = at_party(role, party, wanted)
        if not hosts:
            return None
        finding = confirmed.finding
        if finding is None or not (finding.legal_category and finding.law):
            text = "the assessment names no legal category or no law"
            return NotDrafted(domain, text, "no_law", party.key)
        reach = contacts.reach(context, case, party.key, role)
        terms = terms_of(
            parties.party(case, party.key, party.name), (reach.no_send if reach else None) or ""
        )
        contact = reach.contact if reach else None
        noun = notices.RULES[role].noun
        if contact is None:
            text = f"no abuse contact of the {noun} is known"
            return NotDrafted(domain, text, "no_contact", party.key)
        if contact.confirmed_at is None:
            text = f"the {noun}'s abuse contact is not confirmed by an analyst"
            return NotDrafted(domain, text, "no_contact", party.key)
        usable = notices.recipient_of(
            contact, role, practice=context.settings.practice, no_send=terms.no_send
        )
        if isinstance(usable, notices.NoRecipient):
            return NotDrafted(domain, usable.reason, "no_recipient", party.key)
        answer = quoted(role, view, hosts)
        hours = context.settings.policy.freshness_hours
        if answer is None or context.clock.now() - answer.asked_at > timedelta(hours=hours):
            text = f"facts are older than {round(hours)} hours: look it up again first"
            return NotDrafted(domain, text, STALE, party.key)
        unsaid = frozenset({"hopping"} if self._hops_behind_a_gate(domain) else ())
        source = RowSource(subject, view, confirmed, finding, hosts, answer, advice, unsaid)
        row = row_of(role, terms, source)
        registrar = view.registration.registrar
        if role is Role.REGISTRAR and registrar and row.iana_id not in {None, registrar.iana_id}:
            return NotDrafted(domain, _TWO_REGISTRARS, "two_registrars", party.key)
        return self._on_rung(usable, terms, row)

    def _hops_behind_a_gate(self, domain: str) -> bool:
        """Whether its endings name a domain of which nothing may leave."""
        same = hops.siblings(self._case, [domain])
        return any(gate.open for gate in gates.of_many(self._context, self._case, same).values())

    def _on_rung(self, contact: Contact, terms: Terms, row: NoticeRow) -> Addressed | NotDrafted:
        """Check the row against what was told before."""
        if self._wish.rung is Rung.FIRST:
            return self._first(contact, terms, row)
        earlier = ledger.steps_of(self._case, row.domain).upheld
        own = tuple(step for step in earlier if step.party_key == contact.party_key)
        code, key = "no_earlier", contact.party_key
        if disputed := [step for step in own if step.status is NoticeStatus.DISPUTED]:
            text = f"{disputed[-1].reference} is disputed: settle that first"
            return NotDrafted(row.domain, text, "disputed", key)
        if self._wish.rung is Rung.REMINDER:
            if not own:
                moved = [step for step in earlier if step.role is self._wish.role]
                text = (
                    f"{moved[-1].reference} went to {moved[-1].party_name}, which it has left: "
                    "draft a first notice"
                    if moved
                    else "nobody there was told of it: draft a first notice"
                )
                return NotDrafted(row.domain, text, code, key)
            return Addressed(contact, terms, row, own)
        earlier = ladder.rungs(earlier)
        others = tuple(step for step in earlier if step.party_key != contact.party_key)
        if not others:
            return NotDrafted(row.domain, "no other party was told of it before", code, key)
        return Addressed(contact, terms, row, earlier)

    def _first(self, contact: Contact, terms: Terms, row: NoticeRow) -> Addressed | NotDrafted:
        earlier: tuple[Step, ...] = ()
        if self._wish.role is Role.ICANN:  # a complaint is about what the registrar was told
            earlier = ladder.rungs(ledger.steps_of(self._case, row.domain).upheld)
        days = timedelta(days=self._context.settings.policy.duplicate_days)
        told = [
            notice
            for notice in stored_notices.already_exported(self._case, row.domain, contact.party_key)
            if self._context.clock.now() - notice.exported_at < days
        ]
        if self._wish.again:
            return Addressed(contact, terms, row, earlier, told[0] if told else None)
        known = {
            page.url
            for notice in told
            for old in notice.rows
            if old.domain == row.domain
            for page in withdrawals.standing_pages(notice, old).values()
        }
        fresh = tuple(page for page in row.pages if page.url not in known)
        if told and not fresh:
            text = f"the same {_noun(contact.role)} was told: {told_in(told[0])}"
            return NotDrafted(row.domain, text, "duplicate", contact.party_key)
        return Addressed(contact, terms, replace(row, pages=fresh), earlier)


def told_in(notice: StoredNotice) -> str:
    """Name an earlier notice: its reference, and the day of its export."""
    return f"{notice.reference} of {notice.exported_at:%Y-%m-%d}"


def _noun(role: Role) -> str:
    return notices.RULES[role].noun


def _withdrawn(case: CaseFile, domain: str, confirmed: Confirmed) -> str | None:
    """Say when a domain was withdrawn, if nobody has confirmed it since."""
    gone = withdrawals.of_domains(case, [domain])
    last = max((finding.assessed_at for _, finding in confirmed.reports), default=None)
    if not gone or (last is not None and last > gone[-1].at):
        return None
    return f"withdrawn on {gone[-1].at:%Y-%m-%d} ({gone[-1].reference}): assess it again first"


def terms_of(party: Party, no_send: str = "") -> Terms:
    """Return what of our notes on a party a notice depends on."""
    return Terms(
        country=party.country,
        language=party.language,
        policy=party.policy_url or party.policy,
        exact_urls=bool(party.exact_urls),
        one_domain=bool(party.one_domain),
        in_union=party.union,
        online_platform=bool(party.online_platform),
        signatory=bool(party.framework),
        openpgp_fingerprint=party.openpgp_fingerprint,
        openpgp_key=party.openpgp_key,
        form_fields=party.form_fields,
        form_characters=party.form_characters,
        form_rows=party.form_rows,
        no_send=no_send,
    )
