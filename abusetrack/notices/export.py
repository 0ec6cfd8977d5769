"""From a draft to the exact bytes that leave, and onto the disk.

Sending is a person's: nothing here knows the network.
"""

from __future__ import annotations

import contextlib
import errno
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from abusetrack.errors import ExternalError, InputError
from abusetrack.notices.compose import PRACTICE_MARK
from abusetrack.notices.formats import eml, table, text
from abusetrack.notices.lint import Finding, lint, lint_files, lint_mail, stopping
from abusetrack.notices.plain import slug
from abusetrack.records import Draft, ExportedFile
from abusetrack.settings import NoticeSettings, Organisation


@dataclass(frozen=True, slots=True)
class Making:
    """What the formats make their files of."""

    draft: Draft
    organisation: Organisation
    settings: NoticeSettings

    @property
    def stem(self) -> str:
        """The file name without ending: reference and recipient, safe on every system."""
        draft = self.draft
        reference = slug(draft.reference, "notice")
        party = slug(draft.recipient.party_name, draft.role.value.replace(" ", "-")).lower()
        mark = f"{slug(PRACTICE_MARK, '')}-" if draft.practice else ""
        return f"{mark}{reference}-{party}"


Files = Iterator[ExportedFile]


def _mail(making: Making) -> Files:
    attachments = [eml.Attachment(file.name, file.body.decode()) for file in _tables(making)]
    body = eml.mail(making.draft, making.organisation, attachments)
    for finding in lint_mail(body):
        raise InputError(str(finding))
    yield ExportedFile(f"{making.stem}.eml", eml.MEDIA_TYPE, body)


def _text(making: Making) -> Files:
    yield ExportedFile(f"{making.stem}.txt", text.MEDIA_TYPE, text.text(making.draft).encode())


def _tables(making: Making) -> Files:
    named = {".csv": table.table(making.draft), "-pages.csv": table.pages(making.draft)}
    for ending, content in named.items():
        if content:
            yield ExportedFile(f"{making.stem}{ending}", table.MEDIA_TYPE, content.encode())


FORMATS: Mapping[str, Callable[[Making], Files]] = {
    "eml": _mail,
    "txt": _text,
    "csv": _tables,
}


def export(
    draft: Draft,
    organisation: Organisation,
    formats: Sequence[str] = ("eml", "txt"),
    *,
    settings: NoticeSettings | None = None,
) -> tuple[ExportedFile, ...]:
    """Return the files of ``draft``; the same draft gives the same bytes.

    Where the recipient takes no mail, ``eml`` is left out; the tables are files of their
    own wherever no mail carries them.

    Raises:
        InputError: an unknown format, or the linter found something: says how to mend it.
    """
    if unknown := [name for name in formats if name not in FORMATS]:
        raise InputError(
            f"There is no format {unknown[0]!r} for notices; use {', '.join(FORMATS)}."
        )
    chosen = settings or NoticeSettings()
    _refuse(lint(draft, organisation, chosen))
    wanted = set(formats) - ({"eml"} if draft.recipient.email is None else set())
    if "eml" not in wanted:
        wanted.add("csv")
    making = Making(draft, organisation, chosen)
    files = tuple(file for name, make in FORMATS.items() if name in wanted for file in make(making))
    _refuse(lint_files(files))
    return files


def _refuse(findings: Sequence[Finding]) -> None:
    if stops := stopping(findings):
        raise InputError(" ".join(dict.fromkeys(str(finding) for finding in stops)))


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
