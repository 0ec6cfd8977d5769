"""What each row of a notice must be, as a table: what is wrong, when it holds, how to mend it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from abusetrack.notices.recipients import iana_id
from abusetrack.notices.roles import RULES, RoleRules, may_have_pages
from abusetrack.records import Advice, Draft, NoticeRow, Page, Role, Rung, SiteKind

_LONGEST_CATEGORY = 120  # characters: a category has a name, a description is longer
_LONGEST_LAW = 200
_LONGEST_NOTE = 500
_PAGE = re.compile(
    r"(?:https?:)?//(?:[^/?#@\\]*@)?(\[[0-9a-f:.]+\]|[^/?#:@\\]+)(?::\d+)?(?:[/?].*)?"
)


@dataclass(frozen=True, slots=True)
class RowRule:
    """One rule. ``withdrawn`` rules hold for withdrawals too."""

    wrong: str  # "Row 3 ..."
    holds: Callable[[NoticeRow, Draft, RoleRules], bool]
    mend: str
    withdrawn: bool = False


def _in_order(row: NoticeRow, draft: Draft, _rules: RoleRules) -> bool:
    return row.first_confirmed <= row.last_confirmed <= draft.composed_at


def _fits_kind(row: NoticeRow, draft: Draft, rules: RoleRules) -> bool:
    if row.kind is SiteKind.UNKNOWN:
        return False
    reasoned = row.advice is Advice.NOT_ADVISED and bool(draft.reason.strip())
    return row.kind in rules.kinds or reasoned


def _addressed(row: NoticeRow, draft: Draft, _rules: RoleRules) -> bool:
    if row.advice is Advice.NOT_ADVISED:
        return bool(draft.reason.strip())
    return row.advice is not Advice.BLOCKED


def _own_registrar(row: NoticeRow, draft: Draft, _rules: RoleRules) -> bool:
    if draft.role is not Role.REGISTRAR:
        return True
    number = iana_id(draft.recipient)
    return None in {row.iana_id, number} or row.iana_id == number


def _fits_suffix(row: NoticeRow, _draft: Draft, rules: RoleRules) -> bool:
    if row.suffix_kind is None:
        return rules.sites_without_domain
    return row.suffix_kind in rules.suffixes


def _pages_allowed(row: NoticeRow, draft: Draft, _rules: RoleRules) -> bool:
    return not row.pages or may_have_pages(draft.role, draft.terms)


def _pages_own(row: NoticeRow, _draft: Draft, _rules: RoleRules) -> bool:
    return all(_is_under(page, row) for page in row.pages)


def _is_under(page: Page, row: NoticeRow) -> bool:
    match = _PAGE.fullmatch(page.url)
    name = match[1].strip("[]") if match else ""
    return name == row.domain or name.endswith(f".{row.domain}")


def _pages_confirmed(row: NoticeRow, draft: Draft, _rules: RoleRules) -> bool:
    dated = all(page.confirmed_at <= draft.composed_at for page in row.pages)
    return dated and len(row.pages) <= row.confirmed_urls


def _pages_brief(row: NoticeRow, _draft: Draft, _rules: RoleRules) -> bool:
    return all(
        len(page.access_note) <= _LONGEST_NOTE
        and len(page.legal_category) <= _LONGEST_CATEGORY
        and len(page.law) <= _LONGEST_LAW
        for page in row.pages
    )


RULES_OF_ROWS: tuple[RowRule, ...] = (
    RowRule(
        "has no confirmed report",
        lambda row, _draft, _rules: row.confirmed_urls > 0,
        "Leave the domain out until a report of it is confirmed.",
    ),
    RowRule(
        "is not assessed as a dedicated site, or its kind is not known",
        _fits_kind,
        "Leave the domain out, or assess its kind; where another party is asked all the same, give "
        "a reason with --reason.",
    ),
    RowRule(
        "is not advised for this recipient",
        _addressed,
        "Leave the domain out; where it is not blocked, a typed reason (--reason) allows it.",
    ),
    RowRule(
        "stands under a suffix whose owner this recipient is not, or is no registrable domain",
        _fits_suffix,
        "Leave the domain out and draft it to the platform or host.",
        withdrawn=True,
    ),
    RowRule(
        "may not leave yet: its gate is open",
        lambda row, _draft, _rules: not row.gate,
        "Have the gate cleared ('abusetrack gate'), then draft again.",
    ),
    RowRule(
        "has dates of confirmation that cannot be",
        _in_order,
        "Correct the dates of its assessments, then draft again.",
    ),
    RowRule(
        "lacks the legal category or the law",
        lambda row, _draft, _rules: bool(row.legal_category.strip() and row.law.strip()),
        "Add both to the assessment, then draft again.",
    ),
    RowRule(
        "says more than a legal category and a law",
        lambda row, _draft, _rules: (
            len(row.legal_category) <= _LONGEST_CATEGORY and len(row.law) <= _LONGEST_LAW
        ),
        f"Shorten the category to {_LONGEST_CATEGORY} and the law to {_LONGEST_LAW} characters in "
        "the assessment: a notice describes nothing.",
    ),
    RowRule(
        "lacks a reference of its own",
        lambda row, _draft, _rules: bool(row.reference.strip()),
        "Give the domain's report a reference, then draft again.",
        withdrawn=True,
    ),
    RowRule(
        "has a URL for a reference",
        lambda row, _draft, _rules: "://" not in row.reference,
        "Give the domain's report another reference, then draft again.",
        withdrawn=True,
    ),
    RowRule(
        "lacks the answer it rests on",
        lambda row, _draft, _rules: bool(
            row.registration_source.strip() and row.evidence_sha256.strip()
        ),
        "Look the domain up again, then draft again.",
    ),
    RowRule(
        "is registered through another registrar",
        _own_registrar,
        "Take the domain out and draft it to its own registrar.",
    ),
    RowRule(
        "has page addresses or access notes",
        _pages_allowed,
        "Draft again: this recipient gets names only, unless the directory says that it needs "
        "exact addresses.",
        withdrawn=True,
    ),
    RowRule(
        "has a page that does not stand under it",
        _pages_own,
        "Correct the report, then draft again.",
        withdrawn=True,
    ),
    RowRule(
        "counts a page that is not confirmed",
        _pages_confirmed,
        "Draft again: only confirmed pages go into a notice.",
    ),
    RowRule(
        "says more of a page than how it is reached",
        _pages_brief,
        f"Shorten the access note to {_LONGEST_NOTE} characters: how it is reached, never what "
        "is shown.",
    ),
)


def check(draft: Draft) -> Iterator[tuple[str, str]]:
    """Return what is wrong with each row, and how to mend it."""
    rules = RULES.get(draft.role)
    if rules is None:
        return
    for number, row in enumerate(draft.rows, start=1):
        for rule in RULES_OF_ROWS:
            if draft.rung is Rung.WITHDRAWAL and not rule.withdrawn:
                continue
            if not rule.holds(row, draft, rules):
                yield f"Row {number} {rule.wrong}.", rule.mend
