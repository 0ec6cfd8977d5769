"""The heads that ``check --against`` compares with, from whatever file they stand in."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from abusetrack.casefile import heads, open_case_file, signing, transfer
from abusetrack.cli.session import Session
from abusetrack.errors import InputError

_FIRST = 1 << 20  # bytes: the first line of a dump is far shorter


@dataclass(frozen=True, slots=True)
class Noted:
    """Heads as they were noted; who signed them, and what is wrong with that."""

    heads: heads.Heads
    signed_by: str | None
    problems: tuple[str, ...]


def read_heads(session: Session, path: Path) -> Noted:
    """Read heads from a file of heads, a dump, or a case file and what stands beside it.

    Raises:
        InputError: it is none of these.
        CaseFileError: the case file cannot be opened.
    """
    try:
        with path.open("rb") as file:
            first = file.readline(_FIRST)
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}.") from error
    beside = path.with_name(path.name + transfer.HEADS)
    if first.startswith(b'{"header":'):
        return _plain(_of_dump(first))
    if first.startswith(b"{"):
        return _signed(session, path)
    if beside.exists():
        return _signed(session, beside)
    unlocked = session.unlocked()
    with open_case_file(
        path,
        clock=session.context.clock,
        actor="",
        passphrase=unlocked.passphrase,
        key=unlocked.key,
        create=False,
        read_only=True,
    ) as case:
        return _plain(heads.of(case))


def _plain(found: heads.Heads) -> Noted:
    return Noted(found, None, ())


def _of_dump(line: bytes) -> heads.Heads:
    try:
        return heads.decode(json.dumps(json.loads(line)["header"]["heads"]))
    except (ValueError, KeyError, TypeError) as error:
        raise InputError("The dump has no heads that abusetrack wrote; check the file.") from error


def _signed(session: Session, path: Path) -> Noted:
    try:
        found = heads.decode(path.read_text(encoding="ascii"))
    except ValueError as error:
        raise InputError("These are no heads that abusetrack wrote; check the file.") from error
    gpg, expected = session.gpg, session.settings.organisation.openpgp_fingerprint
    if not signing.signature_of(path).exists() or not gpg.is_there:
        return _plain(found)
    signer = gpg.signer(path)
    if signer is None:
        return Noted(found, None, ("The signature of the heads is bad, or its key is not known.",))
    if expected and not signing.same_key(signer, expected):
        return Noted(found, signer, (f"The heads were signed by another key, {signer}.",))
    return Noted(found, signer, ())
