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
from abusetrack.names.plain import slug
from abusetrack.notices.compose import PRACTICE_MARK
from abusetrack.notices.formats import eml, form, pack, pdf, table, text, xarf
from abusetrack.notices.formats.pack import Packed
from abusetrack.notices.lint import Finding, lint, lint_files, lint_mail, stopping
from abusetrack.notices.openpgp import Keys
from abusetrack.records import Draft, ExportedFile, Rung
from abusetrack.settings import NoticeSettings, Organisation


@dataclass(frozen=True, slots=True)
class Making:
    """What the formats make their files of."""

    draft: Draft
    organisation: Organisation
    settings: NoticeSettings
    earlier: tuple[Packed, ...]

    @property
    def stem(self) -> str:
        """The file name without ending: reference and recipient, safe on every system."""
        draft = self.draft
        reference = slug(draft.reference, "notice")
        party = slug(draft.recipient.party_name, draft.role.value.replace(" ", "-")).lower()
        mark = f"{slug(PRACTICE_MARK, '')}-" if draft.practice else ""
        return f"{mark}{reference}-{party}"

    @property
    def keys(self) -> Keys | None:
        """Whose keys a mail is encrypted to and signed with; None where neither."""
        terms, settings = self.draft.terms, self.settings
        own = self.organisation.openpgp_fingerprint
        sign = settings.sign and bool(own.strip())
        if not (terms.openpgp_key or terms.openpgp_fingerprint or sign):
            return None
        return Keys(terms.openpgp_fingerprint, terms.openpgp_key, own, sign, settings.gnupg_home)


Files = Iterator[ExportedFile]


def _mail(making: Making) -> Files:
    attachments = [eml.Attachment(file.name, file.body.decode()) for file in _tables(making)]
    body = eml.mail(making.draft, making.organisation, attachments)
    for finding in lint_mail(body):
        raise InputError(str(finding))
    if making.keys is not None:
        body = eml.mail(making.draft, making.organisation, attachments, making.keys)
    yield ExportedFile(f"{making.stem}.eml", eml.MEDIA_TYPE, body)


def _text(making: Making) -> Files:
    yield ExportedFile(f"{making.stem}.txt", text.MEDIA_TYPE, text.text(making.draft).encode())


def _tables(making: Making) -> Files:
    named = {".csv": table.table(making.draft), "-pages.csv": table.pages(making.draft)}
    for ending, content in named.items():
        if content:
            yield ExportedFile(f"{making.stem}{ending}", table.MEDIA_TYPE, content.encode())


def _pdf(making: Making) -> Files:
    body = pdf.pdf(making.draft, making.organisation, making.settings.page_size)
    yield ExportedFile(f"{making.stem}.pdf", pdf.MEDIA_TYPE, body)


def _xarf(making: Making) -> Files:
    if making.draft.rung is Rung.WITHDRAWAL:
        raise InputError("XARF has no withdrawals; leave the format out.")
    for number, body in enumerate(xarf.reports(making.draft, making.organisation), start=1):
        yield ExportedFile(f"{making.stem}-{number}.xarf.json", xarf.MEDIA_TYPE, body)


def _sheet(making: Making) -> Files:
    parts = form.submissions(making.draft, making.organisation)
    stem = f"{making.stem}-form"
    yield ExportedFile(f"{stem}.json", form.JSON_TYPE, form.as_json(making.draft, parts).encode())
    yield ExportedFile(f"{stem}.txt", form.TEXT_TYPE, form.as_text(making.draft, parts).encode())


def _pack(making: Making) -> Files:
    draft = making.draft
    if wrong := pack.disagreements(draft, making.earlier):
        raise InputError(
            " ".join(wrong) + " Correct it, or leave the format pack out: a pack that does not "
            "agree with the first notice is sent back."
        )
    files = [*_text(making), *_tables(making)]
    yield ExportedFile(
        f"{making.stem}-pack.zip", pack.MEDIA_TYPE, pack.pack(draft, files, making.earlier)
    )


FORMATS: Mapping[str, Callable[[Making], Files]] = {
    "eml": _mail,
    "txt": _text,
    "csv": _tables,
    "pdf": _pdf,
    "xarf": _xarf,
    "sheet": _sheet,
    "pack": _pack,
}


def export(
    draft: Draft,
    organisation: Organisation,
    formats: Sequence[str] = ("eml", "txt"),
    *,
    settings: NoticeSettings | None = None,
    earlier: Sequence[Packed] = (),
) -> tuple[ExportedFile, ...]:
    """Return the files of ``draft``; the same draft gives the same bytes, unless encrypted.

    Where the recipient takes no mail, ``eml`` is left out; the tables are files of their
    own wherever no mail carries them. ``earlier`` are the notices for an escalation pack.

    Raises:
        InputError: an unknown format, or the linter found something: says how to mend it.
        ExternalError: gpg is needed and is not there.
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
    making = Making(draft, organisation, chosen, tuple(earlier))
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
