"""What is still to be done about each domain, in a few columns, for all domains at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from abusetrack.casefile.connection import CaseFile
from abusetrack.casefile.encoding import canonical, moment
from abusetrack.records import NoticeStatus, Rung, State

# A notice counts for a domain unless it was withdrawn, for it alone or as a whole.
_WAITING = """
WITH unassessed AS (
    SELECT domain, min(received_at) AS since FROM report
    WHERE outcome = 'not yet assessed' GROUP BY domain
), worst AS (
    SELECT report.domain, min(json_extract(content, '$.severity')) AS lowest,
        max(json_extract(content, '$.severity')) AS highest
    FROM report JOIN fact ON fact.n = report.assessment
    WHERE report.outcome = 'confirmed' GROUP BY report.domain
), noticed AS (
    SELECT notice_row.domain, count(*) AS notices,
        min(CASE WHEN status = :exported THEN exported_at END) AS unsent,
        min(CASE WHEN status IN (:no_answer, :bounced, :refused) THEN status_at
            WHEN status = :sent THEN coalesce(reply_by, status_at) END) AS unanswered
    FROM notice_row JOIN notice ON notice.fact = notice_row.notice
    LEFT JOIN notice_withdrawal AS gone
        ON gone.notice = notice.fact AND gone.domain = notice_row.domain
    WHERE notice.rung <> :withdrawal AND notice.status <> :withdrawn AND gone.notice IS NULL
    GROUP BY notice_row.domain
)
SELECT domain_now.domain, confirmed_reports, commercial, persistent, state, hosting_country,
    first_confirmed, unassessed.since, lowest, highest, coalesce(notices, 0), unsent, unanswered,
    (SELECT max(assessed_at) FROM report WHERE report.domain = domain_now.id)
FROM domain_now LEFT JOIN unassessed ON unassessed.domain = domain_now.id
LEFT JOIN worst ON worst.domain = domain_now.id
LEFT JOIN noticed ON noticed.domain = domain_now.domain
WHERE reports > 0 AND (confirmed_reports > 0 OR unassessed.since IS NOT NULL
    OR domain_now.domain IN (SELECT value FROM json_each(:also)))
"""


@dataclass(frozen=True, slots=True)
class Waiting:
    """One domain with what waits; a time is None where nothing of the kind does."""

    domain: str
    confirmed: bool
    commercial: bool
    persistent: bool
    state: State
    hosting_country: str | None
    first_confirmed: datetime | None
    unassessed_since: datetime | None
    severities: tuple[int, int] | None  # the lowest and highest number of a finding
    notices: int
    unsent_since: datetime | None  # exported, not marked sent
    answer_due: datetime | None  # of the oldest notice without a real answer
    last_assessed: datetime | None = None


def everything(case: CaseFile, also: Iterable[str] = ()) -> Iterator[Waiting]:
    """Yield every domain that is confirmed or waits to be assessed, and each of ``also``."""
    params = {status.name.lower(): status.value for status in NoticeStatus}
    wanted = ("exported", "no_answer", "bounced", "refused", "sent", "withdrawn")
    more = {"withdrawal": Rung.WITHDRAWAL.value, "also": canonical(sorted(also))}
    for row in case.each(_WAITING, {name: params[name] for name in wanted} | more):
        (domain, confirmed, commercial, persistent, state, country, first, unassessed, lowest,
         highest, notices, unsent, unanswered, assessed) = row  # fmt: skip
        yield Waiting(
            domain=domain,
            confirmed=confirmed > 0,
            commercial=bool(commercial),
            persistent=bool(persistent),
            state=State(state),
            hosting_country=country,
            first_confirmed=moment(first),
            unassessed_since=moment(unassessed),
            severities=None if lowest is None else (lowest, highest),
            notices=notices,
            unsent_since=moment(unsent),
            answer_due=moment(unanswered),
            last_assessed=moment(assessed),
        )
