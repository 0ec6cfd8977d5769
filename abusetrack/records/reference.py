"""Reference data of registries and registrars, with its source and date."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class TldKind(StrEnum):
    """What a top-level domain is; brand, sponsored and city ones are generic by contract."""

    GTLD = "gTLD"
    CCTLD = "ccTLD"


@dataclass(frozen=True, slots=True)
class RegistryRecord:
    """Who runs an ending: a top-level domain, or what a registry runs below one."""

    ending: str
    operator: str | None
    whois_server: str | None
    source: str
    as_of: datetime


@dataclass(frozen=True, slots=True)
class ListedRegistrar:
    """One row of IANA's registrar IDs."""

    iana_id: int
    name: str
    status: str  # "Accredited", "Terminated", "Reserved"
    rdap_base: str | None = None


@dataclass(frozen=True, slots=True)
class RegistrarList:
    """IANA's registrar IDs as of a date."""

    registrars: tuple[ListedRegistrar, ...] = ()
    source: str = ""
    as_of: datetime | None = None


@dataclass(frozen=True, slots=True)
class UpdatedFile:
    """What became of one file of reference data when it was asked for again."""

    name: str
    as_of: datetime | None  # of what is kept now; None: nothing is
    problem: str = ""  # why it could not be brought up to date
