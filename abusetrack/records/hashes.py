"""References to material by its hashes; never the material."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class HashKind(StrEnum):
    """How a hash was made."""

    MD5 = "md5"
    SHA1 = "sha1"
    SHA256 = "sha256"
    PDQ = "pdq"
    PHOTODNA = "photodna"  # opaque; for hotlines and authorities alone


@dataclass(frozen=True, slots=True)
class HashItem:
    """One piece of material, by the hashes that are known of it; lower case but PhotoDNA."""

    values: Mapping[HashKind, str]
