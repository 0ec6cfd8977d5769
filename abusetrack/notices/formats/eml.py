"""The notice as a mail that a mail program opens for sending (RFC 5322, RFC 2045).

``X-Unsent: 1`` makes mail programs open it as a draft; date and Message-ID are the
mail program's to set. The same draft gives the same bytes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formataddr

from abusetrack.errors import InputError
from abusetrack.names.plain import one_line
from abusetrack.notices import openpgp
from abusetrack.notices.openpgp import Keys
from abusetrack.notices.recipients import mailbox
from abusetrack.records import Draft
from abusetrack.settings import Organisation

MEDIA_TYPE = "message/rfc822"

# Seven bits survive every mail program that opens the file and every server it passes.
_POLICY = SMTP.clone(cte_type="7bit")
CRLF = "\r\n"


@dataclass(frozen=True, slots=True)
class Attachment:
    """A table that goes with the mail."""

    name: str
    text: str


def mail(
    draft: Draft,
    organisation: Organisation,
    attachments: Sequence[Attachment],
    keys: Keys | None = None,
) -> bytes:
    """Return the mail with its tables attached; encrypted, signed or both by ``keys``.

    Raises:
        InputError: the recipient has no e-mail address, or the organisation's is not usable.
    """
    recipient = mailbox(draft.recipient.email or "")
    sender = mailbox(organisation.email)
    if recipient is None:
        raise InputError("This recipient takes no mail; export the notice as text for its form.")
    if sender is None:
        raise InputError("Correct organisation.email: mail cannot be written from this address.")
    content = EmailMessage(_POLICY)
    content.set_content(draft.body)
    for item in attachments:
        content.add_attachment(item.text, subtype="csv", filename=item.name)
    content.set_boundary(_boundary(draft, *(item.text for item in attachments)))
    del content["MIME-Version"]
    entity = content.as_bytes()
    if keys is not None:
        entity = _protected(entity, keys)
    message = EmailMessage(_POLICY)
    message["Reply-To"] = Address(addr_spec=sender)
    message["To"] = Address(addr_spec=recipient)
    message["X-Unsent"] = "1"
    message["MIME-Version"] = "1.0"
    return _head(draft, organisation, sender) + message.as_bytes()[:-2] + entity


def _protected(entity: bytes, keys: Keys) -> bytes:
    """Return a MIME entity encrypted or signed as another one (RFC 3156)."""
    if keys.fingerprint or keys.key:
        cipher = _lines(openpgp.encrypt(entity, keys))
        return _multipart(
            'multipart/encrypted; protocol="application/pgp-encrypted"',
            b"Content-Type: application/pgp-encrypted\r\n\r\nVersion: 1\r\n",
            b"Content-Type: application/octet-stream; name=encrypted.asc\r\n"
            b"Content-Disposition: inline; filename=encrypted.asc\r\n\r\n" + cipher,
        )
    signed = _lines(openpgp.sign(entity, keys))
    return _multipart(
        'multipart/signed; micalg=pgp-sha256; protocol="application/pgp-signature"',
        entity,
        b"Content-Type: application/pgp-signature; name=signature.asc\r\n\r\n" + signed,
    )


def _multipart(kind: str, *parts: bytes) -> bytes:
    boundary = f"=_{hashlib.sha256(b''.join(parts)).hexdigest()[:40]}"
    head = f'Content-Type: {kind};\r\n boundary="{boundary}"\r\n\r\n'
    body = b"".join(f"--{boundary}\r\n".encode() + part + b"\r\n" for part in parts)
    return head.encode() + body + f"--{boundary}--\r\n".encode()


def _lines(armoured: bytes) -> bytes:
    return b"\r\n".join(armoured.splitlines()) + b"\r\n"


def _head(draft: Draft, organisation: Organisation, sender: str) -> bytes:
    """Return the headers From and Subject as they stand before all others."""
    lines = f"{_from(organisation, sender)}\r\n{_field('Subject', draft.subject)}\r\n"
    return lines.encode("ascii")


def _boundary(draft: Draft, *texts: str) -> str:
    """Return a boundary over the whole content: nobody who writes a part of it can foresee it."""
    whole = "\n".join((draft.reference, draft.body, *texts))
    return f"=_{hashlib.sha256(whole.encode()).hexdigest()[:40]}"


def _from(organisation: Organisation, address: str) -> str:
    name = one_line(organisation.name, 200)
    if _is_plain(name):
        return _field("From", formataddr((name, address)))
    return f"{_field('From', name)}\r\n <{address}>"


def _field(label: str, text: str) -> str:
    """Return a folded header line, with encoded words (RFC 2047) where it is not plain.

    EmailMessage itself would lose spaces between encoded words, and leaves the first
    line of some headers empty.
    """
    charset = "us-ascii" if _is_plain(text) else "utf-8"
    return f"{label}: {Header(text, charset, header_name=label).encode(linesep=CRLF)}"


def _is_plain(text: str) -> bool:
    return text.isascii() and "=?" not in text
