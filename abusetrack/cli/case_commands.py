"""check, practice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import click

from abusetrack.casefile import CaseFile, folding, heads
from abusetrack.casefile.check import check as check_case
from abusetrack.cli.noted_heads import read_heads
from abusetrack.cli.session import Session, counted
from abusetrack.errors import InputError
from abusetrack.triage.refresh import refresh
from abusetrack.triage.replaying import replay


@click.command()
@click.option(
    "--against",
    type=click.Path(path_type=Path, dir_okay=False),
    help="A backup, a dump or the heads beside one: has anything before it changed?",
)
@click.option("--rebuild", is_flag=True, help="Recompute what is shown from the facts, compare.")
@click.option("--json", "as_json", is_flag=True, help="Machine-readable output.")
@click.pass_obj
def check(session: Session, against: Path | None, rebuild: bool, as_json: bool) -> None:
    """Verify the case file: structure, audit chain, facts and evidence."""
    noted = None if against is None else read_heads(session, against)
    with session.case("" if rebuild else "checking") as case:
        rebuilt = _rebuild(session, case) if rebuild else None
        report = check_case(case)
        problems = report.problems
        if noted is not None:
            problems += noted.problems + heads.compare(case, noted.heads)
    if as_json:
        session.print_json(
            {
                "sound": not problems,
                "problems": list(problems),
                "against": noted and {"at": noted.heads.at, "signed_by": noted.signed_by},
                "audit_head": report.head,
                "rebuilt_differences": rebuilt and rebuilt.domains,
                "rebuilt_tables": rebuilt and {one.table: one.rows for one in rebuilt.tables},
            }
        )
    else:
        for problem in problems:
            session.out.print(f"problem: {problem}")
        if rebuilt is not None:
            for one in rebuilt.tables:
                session.out.print(
                    f"made anew: {one.table}, {counted(one.rows, 'row')} were not as the facts say"
                )
            session.out.print(
                f"{counted(rebuilt.domains, 'domain')} showed something else than the facts say"
            )
        if noted is not None and not problems:
            by = f", signed by {noted.signed_by}" if noted.signed_by else ", not signed"
            session.out.print(f"Nothing before {noted.heads.at} was changed since{by}")
        if not problems:
            session.out.print(f"The case file is sound; audit chain head {report.head}")
    if problems:
        raise SystemExit(3)


@dataclass(frozen=True, slots=True)
class _Rebuilt:
    """What was not as the facts say: folded tables, and domains as the lists show them."""

    tables: list[folding.Difference]
    domains: int


def _rebuild(session: Session, case: CaseFile) -> _Rebuilt:
    """Fold and judge everything anew; say what differed before."""
    before = _rows(case)
    tables = folding.rebuild(case)
    # A domain that was only reported shows no judgement yet, and that is right.
    judged = [domain for domain, row in before.items() if row["persistent"] is not None]
    with session.progress("judging the past") as bar:
        differing = replay(
            session.context, case, judged, lambda number: bar.update(number, len(judged))
        )
    if differing:
        tables.append(folding.Difference("sighting", differing))
    with session.progress("recomputing") as bar:
        for number, domain in enumerate(judged, start=1):
            refresh(session.context, case, [domain])
            bar.update(number, len(judged))
    after = _rows(case)
    return _Rebuilt(tables, sum(before[domain] != after.get(domain) for domain in before))


def _rows(case: CaseFile) -> dict[str, dict[str, object]]:
    ignored = {"as_of", "id"}
    return {
        str(row["domain"]): {key: value for key, value in row.items() if key not in ignored}
        for row in case.query("SELECT * FROM domain_now")
    }


@click.command()
@click.option("--serve", is_flag=True, help="Serve it until interrupted; prints its configuration.")
@click.option("--reports", type=click.Path(path_type=Path), help="Write what analysts receive.")
@click.option("--assessments", type=click.Path(path_type=Path), help="Write what they find.")
@click.option("--contacts", type=click.Path(path_type=Path), help="Write a table of contacts.")
@click.option("--answers", type=click.Path(path_type=Path), help="Write what is true of each name.")
@click.option("--world", type=click.Path(path_type=Path), help="Serve the known facts of a CSV.")
@click.option("--seed", type=int, default=1, show_default=True, help="Of the synthetic world.")
@click.option("--start", help="The day its clock starts. [default: today]")
@click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("practice"),
    show_default=True,
    help="Where --serve writes its configuration.",
)
@click.option("--latency", type=float, default=0.0, help="Seconds every server waits.")
@click.pass_obj
def practice(
    session: Session,
    serve: bool,
    reports: Path | None,
    assessments: Path | None,
    contacts: Path | None,
    answers: Path | None,
    world: Path | None,
    seed: int,
    start: str | None,
    folder: Path,
    latency: float,
) -> None:
    """Use the practice internet: a synthetic world on this machine's loopback."""
    from abusetrack import practice as room  # servers, for this command only

    wanted = (
        (reports, room.write_reports),
        (assessments, room.write_assessments),
        (contacts, room.write_contacts),
        (answers, room.write_answers),
    )
    if not (serve or any(path for path, _ in wanted)):
        raise InputError(
            "Say what to do: --serve, --reports, --assessments, --contacts or --answers FILE."
        )
    today = session.context.clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
    built = room.World.from_csv(world) if world else room.build(seed, start=_day(start) or today)
    for path, write in wanted:
        if path is not None:
            write(built, path)
            session.err.print(f"written: {path}")
    if serve:

        def started(servers: room.PracticeServers, config: Path) -> None:
            click.echo(config)
            session.err.print(f"{len(servers.endpoints)} servers answer on loopback. Use them with")
            session.err.print(f"  abusetrack --config {config} ...")
            session.err.print("Until interrupted (Ctrl+C).")

        room.serve(built, folder, latency=latency, started=started)


def _day(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        return datetime.fromisoformat(text).replace(tzinfo=UTC)
    except ValueError:
        raise InputError("Days are written like 2026-03-01.") from None


COMMANDS = (check, practice)
