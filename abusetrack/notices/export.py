"""From a draft to the exact bytes that leave, and onto the disk.

Sending is a person's: nothing here knows the network.
"""

from __future__ import annotations

import contextlib
import errno
import os
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from abusetrack.errors import ExternalError, InputError
from abusetrack.notices.compose import PRACTICE_MARK
from abusetrack.notices.formats import eml, sheet, text
from abusetrack.notices.lint import lint, lint_mail
from abusetrack.notices.plain import slug
from abusetrack.records import Draft, ExportedFile
from abusetrack.settings import Organisation


def _mail(draft: Draft, organisation: Organisation) -> ExportedFile:
    body = eml.mail(draft, organisation, f"{_stem(draft)}.csv")
    for finding in lint_mail(body):
        raise InputError(str(finding))
    return ExportedFile(f"{_stem(draft)}.eml", eml.MEDIA_TYPE, body)


def _text(draft: Draft, _organisation: Organisation) -> ExportedFile:
    body = text.text(draft).encode()
    return ExportedFile(f"{_stem(draft)}.txt", text.MEDIA_TYPE, body)


def _table(draft: Draft, _organisation: Organisation) -> ExportedFile:
    return ExportedFile(f"{_stem(draft)}.csv", sheet.MEDIA_TYPE, sheet.table(draft).encode())


FORMATS: dict[str, Callable[[Draft, Organisation], ExportedFile]] = {
    "eml": _mail,
    "txt": _text,
    "csv": _table,
}


def export(
    draft: Draft, organisation: Organisation, formats: Sequence[str] = ("eml", "txt")
) -> tuple[ExportedFile, ...]:
    """Return the files of ``draft``; the same draft gives the same bytes.

    Where the recipient takes no mail, ``eml`` is left out; the table is a file of its
    own wherever no mail carries it.

    Raises:
        InputError: an unknown format, or the linter found something: says how to mend it.
    """
    if unknown := [name for name in formats if name not in FORMATS]:
        raise InputError(
            f"There is no format {unknown[0]!r} for notices; use {', '.join(FORMATS)}."
        )
    if findings := lint(draft, organisation):
        raise InputError(" ".join(dict.fromkeys(str(finding) for finding in findings)))
    wanted = set(formats) - ({"eml"} if draft.recipient.email is None else set())
    if "eml" not in wanted:
        wanted.add("csv")
    return tuple(make(draft, organisation) for name, make in FORMATS.items() if name in wanted)


def write_files(folder: Path, exported: Sequence[ExportedFile]) -> tuple[Path, ...]:
    """Write all files into ``folder``, or none; nothing is ever overwritten.

    Folder and files are readable by their owner only. Each file appears whole.

    Raises:
        InputError: a file of that name is already there.
        ExternalError: the folder cannot be written.
    """
    written: list[Path] = []
    try:
        if not folder.is_dir():
            folder.mkdir(mode=0o700, parents=True)
        for file in exported:
            target = folder / file.name
            _write(target, file.body)
            written.append(target)
    except OSError as error:
        for target in written:
            with contextlib.suppress(OSError):
                target.unlink()
        if isinstance(error, FileExistsError):
            raise InputError(
                f"{error.filename} is there already and was kept; choose another folder, or "
                "move it away."
            ) from error
        raise ExternalError(
            f"The folder {folder} cannot be written: {error.strerror}; choose another, or mend it."
        ) from error
    return tuple(written)


def _write(target: Path, body: bytes) -> None:
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=".notice-")  # mode 0600
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
        try:
            target.hardlink_to(temporary)  # the one way to appear whole that never overwrites
        except FileExistsError as error:
            raise FileExistsError(error.errno, error.strerror, str(target)) from error
        except OSError:  # a file system without hard links
            if target.exists():
                raise FileExistsError(errno.EEXIST, "exists", str(target)) from None
            temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)


def _stem(draft: Draft) -> str:
    """Return the file name without ending: reference and registrar, safe on every system."""
    reference = slug(draft.reference, "notice")
    registrar = slug(draft.recipient.party_name, "registrar").lower()
    return f"{slug(PRACTICE_MARK, '') + '-' if draft.practice else ''}{reference}-{registrar}"
