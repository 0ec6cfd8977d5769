"""What the text of a notice must and must not say, as a table of checks."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from abusetrack.names import defang
from abusetrack.names.plain import one_line, visible
from abusetrack.notices import legal
from abusetrack.notices.compose import PRACTICE_MARK
from abusetrack.notices.formats import table
from abusetrack.notices.recipients import iana_id
from abusetrack.notices.roles import ALWAYS_ASKED, RULES, WITHDRAWAL_SAYS
from abusetrack.notices.sender import sender_view
from abusetrack.records import Draft, Rung
from abusetrack.settings import Organisation

_Found = Iterator[tuple[str, str]]
_MEND = "Mend the template, then draft again."

_NEVER = "3.18.2"  # of the accreditation agreement: does not cover this material
_DESIGNATED = "3.18.3"  # for designated authorities
_MARKUP = re.compile(
    r"</?(?:html|head|body|img|a|script|style|iframe|object)\b[^>]*>", re.IGNORECASE
)
_ADDRESS = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_TRACKED = re.compile(r"https?://[^\s<>\"]*[?#=][^\s<>\"]*", re.IGNORECASE)


def _words(draft: Draft, organisation: Organisation) -> _Found:
    said = one_line(draft.body, len(draft.body) * 10).casefold()
    sender = sender_view(organisation)
    must: dict[str, tuple[str, ...]] = {
        "the reference": (draft.reference,),
        "who writes": (sender.name, sender.email),
        "how to check the sender": (sender.verification_url,),
        "how to contest": (sender.dispute_email,),
        "each domain": tuple(defang(visible(row.domain)) for row in draft.rows),
        "each row's reference": tuple(visible(row.reference) for row in draft.rows),
    }
    if draft.earlier:
        must["which earlier notices it follows"] = tuple(
            visible(step.reference, 60) for step in draft.earlier[-1:]
        )
    if draft.rung is Rung.WITHDRAWAL:
        must |= WITHDRAWAL_SAYS
    elif draft.role in RULES:
        must |= {"what is asked": RULES[draft.role].asked, **ALWAYS_ASKED}
        must["the legal category and law of each row"] = tuple(
            visible(text) for row in draft.rows for text in (row.legal_category, row.law)
        )
    in_its_language = dict(draft.said_as)
    for what, texts in must.items():
        spoken = [in_its_language.get(text, text) for text in texts]
        if any(one_line(text).casefold() not in said for text in spoken):
            yield f"The text does not say {what}.", _MEND
    if draft.reference not in draft.subject:
        yield "The subject does not hold the reference.", _MEND


def _duties(draft: Draft, organisation: Organisation) -> _Found:
    own = _template_words(draft, organisation)
    names = [row.domain for row in draft.rows]
    about = legal.situation(draft.role, iana_id(draft.recipient), names, draft.terms, organisation)
    forbidden = [_NEVER]
    if legal.Clause.DESIGNATED not in legal.clauses(about):
        forbidden.append(_DESIGNATED)
    for section in forbidden:
        if section in own:
            yield (
                f"The text refers to section {section}, which does not cover this material or you.",
                _MEND,
            )


def _plain(draft: Draft, organisation: Organisation) -> _Found:
    own = _template_words(draft, organisation)
    if _MARKUP.search(own):
        yield "The text holds HTML.", _MEND
    if _TRACKED.search(own):
        yield (
            "An address in the text can track its reader: it has a query or a fragment.",
            "Take it out of the template, or write it without '?', '=' and '#'.",
        )


def _template_words(draft: Draft, organisation: Organisation) -> str:
    """Return the text without what rows, recipient and organisation put into it."""
    said = one_line(draft.body, len(draft.body) * 10)
    values = {
        draft.recipient.party_name, draft.terms.policy, organisation.mandate, organisation.name,
        organisation.website, organisation.verification_url,
    }  # fmt: skip
    for row in draft.rows:
        values |= {row.registrar, row.legal_category, row.law, row.reference, row.network,
                   row.registration_source, *row.statuses}  # fmt: skip
    for step in draft.earlier:
        values |= {step.party_name, step.channel, step.their_reference}
    for value in sorted(map(visible, values), key=len, reverse=True):
        if value:
            said = said.replace(value, "")
    return said


def _practice(draft: Draft, _organisation: Organisation) -> _Found:
    marked = draft.subject.startswith(PRACTICE_MARK) and draft.body.startswith(PRACTICE_MARK)
    if draft.practice and not marked:
        yield f"It is practice and does not say {PRACTICE_MARK}.", "Draft it again."


def _urls(draft: Draft, _organisation: Organisation) -> _Found:
    """Page addresses stand in the table of pages and nowhere else."""
    names = {name for row in draft.rows for name in (row.domain, row.unicode) if name}
    if not names:
        return
    everything = f"{draft.subject}\n{draft.body}\n{table.table(draft)}".replace("[.]", ".")
    either = "|".join(re.escape(name) for name in sorted(names))
    if re.search(rf"(?<![\w-])(?:{either})(?::\d+)?[/?\\]", everything, re.IGNORECASE):
        yield (
            "A page address of a reported site stands in it.",
            "Take it out of references, categories and the template; pages have their own table.",
        )


def _reporters(draft: Draft, organisation: Organisation) -> _Found:
    """Whoever reported is nobody's business: no mail address but ours and the recipient's."""
    ours = {
        text.casefold()
        for text in (organisation.email, organisation.dispute_email, draft.recipient.email)
        if text
    }
    sender = sender_view(organisation)
    ours |= {sender.email.casefold(), sender.dispute_email.casefold()}
    pages = [page for row in draft.rows for page in row.pages]
    texts = [draft.subject, draft.body, table.table(draft)]
    texts += [text for page in pages for text in (page.access_note, page.legal_category, page.law)]
    known = " ".join(
        [
            organisation.mandate, organisation.postal_address, organisation.name,
            draft.recipient.party_name, draft.terms.policy,
            *(text for row in draft.rows for text in (row.registrar, row.registration_source)),
        ]
    )  # fmt: skip
    for text in texts:
        for found in _ADDRESS.findall(text):
            if found.casefold() not in ours and found not in known:
                yield (
                    "It holds a mail address that is neither yours nor the recipient's.",
                    "Take it out of the assessment, access note or template: no reporter is named.",
                )
                return


CHECKS: Mapping[str, Callable[[Draft, Organisation], _Found]] = {
    "words": _words,
    "duties": _duties,
    "plain": _plain,
    "practice": _practice,
    "url": _urls,
    "reporter": _reporters,
}
