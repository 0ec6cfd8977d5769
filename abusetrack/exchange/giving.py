"""From what may leave to a file for one partner, recorded as given."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from abusetrack.casefile import CaseFile, partners
from abusetrack.errors import InputError
from abusetrack.exchange import block_lists
from abusetrack.exchange.leaving import Outgoing, outgoing, partner_of
from abusetrack.notices import openpgp
from abusetrack.settings import Organisation
from abusetrack.triage.context import Context


@dataclass(frozen=True, slots=True)
class Given:
    """A file that was written for a partner."""

    path: Path
    found: Outgoing
    encrypted: bool


def _stix(found: Outgoing, organisation: Organisation) -> bytes:
    from abusetrack.exchange import stix_out  # an optional package

    return stix_out.bundle(found, organisation)


def _misp(found: Outgoing, organisation: Organisation) -> bytes:
    from abusetrack.exchange import misp_out  # an optional package

    return misp_out.event(found, organisation)


FORMATS: Mapping[str, Callable[[Outgoing, Organisation], bytes]] = {"stix": _stix, "misp": _misp}


def offer(context: Context, case: CaseFile, partner: str, form: str) -> Outgoing:
    """Return what a partner would get in a format; :data:`FORMATS`, or one of block lists.

    Raises:
        InputError: there is no such partner.
    """
    if form in block_lists.FORMATS:
        return block_lists.block_list(context, case, partner)[0]
    return outgoing(context, case, partner)


def give_seen(
    context: Context, case: CaseFile, seen: Outgoing, form: str, target: Path, *, encrypt: bool
) -> Given:
    """Write what was offered and looked at, unless a partner would get something else by now.

    Raises:
        InputError: as :func:`give`, or it is not the same any more.
    """
    found = offer(context, case, seen.partner, form)
    same_as_seen(found, seen)
    return give(context, case, found, form, target, encrypt=encrypt)


def same_as_seen(found: Outgoing, seen: Outgoing) -> None:
    """Let only through what was looked at.

    Raises:
        InputError: it is not the same any more.
    """
    if _but_time(replace(found, as_of=seen.as_of)) != _but_time(seen):
        raise InputError(
            "What may leave has changed since the preview, so nothing left; "
            "look at it again, then give it."
        )


def _but_time(found: Outgoing) -> Outgoing:
    """Leave out when anything was last looked at, whatever was found."""
    domains = tuple(replace(item, changed_at=item.since) for item in found.domains)
    return replace(found, domains=domains)


def give(
    context: Context, case: CaseFile, found: Outgoing, form: str, target: Path, *, encrypt: bool
) -> Given:
    """Write what a partner may see, or a block list of it, and record that it was given.

    Raises:
        InputError: the package of the format is missing, there is a file of that name, or no
            key is known to encrypt to.
    """
    named = f"block list, {form}" if form in block_lists.FORMATS else form
    return write(context, case, found, named, body(context, found, form), target, encrypt=encrypt)


def body(context: Context, found: Outgoing, form: str) -> bytes:
    """Return the bytes that a partner gets in a format, before they are encrypted.

    Raises:
        InputError: the package of the format is missing.
    """
    if form in block_lists.FORMATS:
        return block_lists.FORMATS[form](block_lists.of(found)).encode()
    try:
        return FORMATS[form](found, context.settings.organisation)
    except ModuleNotFoundError as error:
        raise InputError(
            f"The format {form} needs the packages of 'abusetrack[exchange]'; install them."
        ) from error


def give_block_list(
    context: Context, case: CaseFile, partner: str, form: str, target: Path, *, encrypt: bool
) -> Given:
    """Write a block list for a partner, and record that it was given.

    Raises:
        InputError: as :func:`give`, or there is no such partner.
    """
    found = offer(context, case, partner, form)
    return give(context, case, found, form, target, encrypt=encrypt)


def write(
    context: Context,
    case: CaseFile,
    found: Outgoing,
    form: str,
    body: bytes,
    target: Path,
    *,
    encrypt: bool,
) -> Given:
    """Write bytes for a partner; the file is there once it is recorded."""
    if encrypt:
        body = encrypted(context, found.partner, body)
        target = target.with_name(f"{target.name}.asc")
    if target.exists():
        raise InputError(f"{target} exists already; choose another name.")
    part = target.with_name(f"{target.name}.part")
    try:
        flags = os.O_CREAT | os.O_TRUNC | os.O_WRONLY | getattr(os, "O_BINARY", 0)
        with os.fdopen(os.open(part, flags, 0o600), "wb") as out:
            out.write(body)
        with case.transaction():
            partners.gave(
                case,
                found.partner,
                {item.domain: item.since for item in found.domains},
                form=form,
                level=found.level,
                sha256=hashlib.sha256(body).hexdigest(),
                counts={"domains": len(found.domains), "taken back": len(found.withdrawn)},
            )
            part.replace(target)
    except OSError as error:
        raise InputError(f"{target} cannot be written: {error.strerror}.") from error
    finally:
        with suppress(OSError):
            part.unlink()
    return Given(target, found, encrypt)


def encrypted(context: Context, partner: str, body: bytes) -> bytes:
    """Return bytes encrypted to a partner's key.

    Raises:
        InputError: there is no such partner, or no key of it is known.
        ExternalError: gpg cannot do it.
    """
    wanted = partner_of(context, partner).openpgp_fingerprint
    if not wanted:
        raise InputError(
            f"No OpenPGP key of {partner} is known: set partners.{partner}."
            "openpgp_fingerprint, or do not encrypt it if it goes another safe way (--plain)."
        )
    organisation, home = context.settings.organisation, context.settings.notices.gnupg_home
    keys = openpgp.Keys(
        fingerprint=openpgp.fingerprint(wanted),
        key="",
        own_fingerprint=organisation.openpgp_fingerprint,
        sign=False,
        home=context.settings.path(home) if home else None,
    )
    return openpgp.encrypt(body, keys)
