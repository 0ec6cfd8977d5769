"""Of the group notice: list, show, next, mark, answer, quality."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from abusetrack.casefile import replies
from abusetrack.cli.session import Session, counted, moment_of
from abusetrack.errors import InputError
from abusetrack.judgement import ladder
from abusetrack.records import ContactOutcome, NoticeStatus, Quality
from abusetrack.triage import dossier, ledger, ledger_json, ledger_text

_MARKS = [
    status.value
    for status in NoticeStatus
    if status not in {NoticeStatus.DRAFT, NoticeStatus.READY, NoticeStatus.EXPORTED}
]
_AT = click.option("--at", help="When, ISO 8601. [default: now]")
_THEIRS = click.option("--their-reference", default="", help="Their ticket.")


@click.group()
def notice() -> None:
    """What became of exported notices, as a person says. Nothing is ever sent."""


@notice.command("list")
@click.option("--overdue", is_flag=True, help="Only those past the day they ask for an answer by.")
@click.option("--party", "party_key", help="Only to this party, such as iana:9999.")
@click.option("--domain", help="Only on this domain.")
@click.option(
    "--status", "statuses", multiple=True, type=click.Choice([s.value for s in NoticeStatus])
)
@click.option("--json", "as_json", is_flag=True, help="Machine-readable output.")
@click.pass_obj
def list_(
    session: Session,
    overdue: bool,
    party_key: str | None,
    domain: str | None,
    statuses: tuple[str, ...],
    as_json: bool,
) -> None:
    """List exported notices, newest first."""
    with session.case() as case:
        found = ledger.listing(
            session.context,
            case,
            overdue_only=overdue,
            party_key=party_key,
            domain=domain,
            statuses=tuple(map(NoticeStatus, statuses)),
        )
    if as_json:
        session.print_json([ledger_json.listed_json(item) for item in found])
        return
    if not found:
        session.out.print("No notice is overdue." if overdue else "No notices.")
        return
    table = session.table("reference", "to", "role", "rung", "domains", "status", "reply by")
    for item in found:
        row = item.row
        by = f"{row.reply_by:%Y-%m-%d}" if row.reply_by else ""
        table.add_row(
            row.reference,
            row.party_name,
            row.role.value,
            row.rung.value,
            str(row.domains),
            f"{row.status.value} {row.status_at:%Y-%m-%d}",
            f"{by} OVERDUE" if item.overdue else by,
        )
    session.out.print(table)


@notice.command("show")
@click.argument("reference")
@click.option("--text", is_flag=True, help="Also the text of the notice.")
@click.option("--json", "as_json", is_flag=True, help="Machine-readable output.")
@click.pass_obj
def show(session: Session, reference: str, text: bool, as_json: bool) -> None:
    """Everything about one notice: marks, answers, and what is seen of its domains now."""
    with session.case() as case:
        item = ledger.shown(session.context, case, reference)
    if as_json:
        session.print_json(ledger_json.shown_json(item))
        return
    for line in ledger_text.lines(item):
        session.out.print(line)
    if text:
        session.out.print(f"\n{item.notice.subject}\n\n{item.notice.body}")


@notice.command("next")
@click.argument("domains", nargs=-1, required=True, metavar="DOMAIN...")
@click.option("--json", "as_json", is_flag=True, help="Machine-readable output.")
@click.pass_obj
def next_(session: Session, domains: tuple[str, ...], as_json: bool) -> None:
    """Propose the next step about domains: wait, remind, or the next rung up, and why."""
    context = session.context
    names = [dossier.domain_of(context, text) for text in domains]
    with session.case() as case:
        found = {name: ledger.next_step(context, case, name) for name in names}
    if as_json:
        session.print_json(
            [{"domain": name, **ledger_json.proposal_json(item)} for name, item in found.items()]
        )
        return
    for line, item in zip(ledger_text.proposals(found), found.values(), strict=True):
        session.out.print(line)
        for step in ladder.summary(item.earlier).splitlines():
            session.out.print(f"  {step}")


@notice.command("mark")
@click.argument("references", nargs=-1, required=True, metavar="REFERENCE...")
@click.option("--status", type=click.Choice(_MARKS), required=True, help="What became of it.")
@_AT
@click.option("--channel", default="", help="How it was sent: mail, web form, telephone.")
@_THEIRS
@click.option("--note", default="", help="In your own words.")
@click.pass_obj
def mark(
    session: Session,
    references: tuple[str, ...],
    status: str,
    at: str | None,
    channel: str,
    their_reference: str,
    note: str,
) -> None:
    """Mark notices as sent, acknowledged, actioned, refused and so on."""
    when = _past(session, at)
    with session.case() as case:
        ledger.mark(
            session.context,
            case,
            references,
            NoticeStatus(status),
            at=when,
            channel=channel,
            their_reference=their_reference,
            note=note,
        )
    session.out.print(f"{counted(len(references), 'notice')} marked {status}")


@notice.command("answer")
@click.argument("reference")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@_AT
@click.option("--mark", "status", type=click.Choice(_MARKS), help="Mark the notice as well.")
@click.option(
    "--outcome",
    type=click.Choice([item.value for item in ContactOutcome]),
    help="What this says of the contact.",
)
@click.option(
    "--quality",
    type=click.Choice([item.value for item in Quality]),
    help="What they say of the notice.",
)
@_THEIRS
@click.pass_obj
def answer_(
    session: Session,
    reference: str,
    file: Path,
    at: str | None,
    status: str | None,
    outcome: str | None,
    quality: str | None,
    their_reference: str,
) -> None:
    """File an answer (.eml or .txt) onto a notice, as text; attachments are thrown away unread."""
    with session.case() as case:
        answer = ledger.file_answer(
            session.context,
            case,
            reference,
            file,
            received_at=_past(session, at),
            status=NoticeStatus(status) if status else None,
            outcome=ContactOutcome(outcome) if outcome else None,
            quality=Quality(quality) if quality else None,
            their_reference=their_reference,
        )
    session.out.print(f"answer filed onto {reference} as text")
    for kind, count in answer.discarded.items():
        session.out.print(f"  {count} {kind} discarded unread")
    if not answer.body.strip():
        session.out.print(
            "  it has no plain text; copy what it says into a .txt file and file that as well"
        )


@notice.command("quality")
@click.argument("reference", required=False)
@click.argument("said", required=False, type=click.Choice([item.value for item in Quality]))
@_AT
@click.option("--note", default="", help="What they said.")
@click.option("--json", "as_json", is_flag=True, help="Machine-readable output.")
@click.pass_obj
def quality_(
    session: Session,
    reference: str | None,
    said: str | None,
    at: str | None,
    note: str,
    as_json: bool,
) -> None:
    """Note what they said of a notice; without arguments, count by template and party."""
    if reference is not None and said is None:
        raise InputError(f"Say what they said of it: {', '.join(item.value for item in Quality)}.")
    with session.case() as case:
        if reference is not None and said is not None:
            replies.rate(case, reference, Quality(said), at=_past(session, at), note=note)
            session.out.print(f"{reference}: {said}")
            return
        counts = replies.quality_counts(case)
    if as_json:
        session.print_json(
            [
                {
                    "template": template,
                    "party": party,
                    **{quality.value: found.get(quality, 0) for quality in Quality},
                }
                for (template, party), found in counts.items()
            ]
        )
        return
    table = session.table("template", "party", *(item.value for item in Quality))
    for (template, party), found in counts.items():
        table.add_row(template, party, *(str(found.get(item, 0)) for item in Quality))
    session.out.print(table if counts else "Nobody has said anything of a notice yet.")


def _past(session: Session, text: str | None) -> datetime | None:
    when = moment_of(text, "--at")
    if when is not None and when > session.context.clock.now():
        raise InputError("--at is in the future; say when it happened.")
    return when
