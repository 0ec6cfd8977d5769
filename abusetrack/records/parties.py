"""Who is written to: what we know of them, and how our letters fared there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from abusetrack.records.notices import Role

# A party's role by the first part of its key; every other key is a registrar's.
_ROLES: Mapping[str, Role] = {
    "tld": Role.REGISTRY,
    "asn": Role.HOST,
    "cdn": Role.CDN,
    "platform": Role.PLATFORM,
    "search": Role.SEARCH_ENGINE,
    "hotline": Role.HOTLINE,
    "authority": Role.AUTHORITY,
    "reseller": Role.RESELLER,
    "icann": Role.ICANN,
}


def role_of(party_key: str) -> Role:
    """Return the role of a party by its key."""
    return _ROLES.get(party_key.partition(":")[0], Role.REGISTRAR)


@dataclass(frozen=True, slots=True)
class Party:
    """A party with our own notes on it.

    What is not known is None or empty; ``manual`` names the fields that a person set,
    which win over every table. The address of a web form is a :class:`Contact`'s; its
    limits stand here.
    """

    key: str
    name: str
    role: Role
    policy: str = ""  # its own rule on abuse, in its words
    policy_url: str = ""
    trusted_notifier: str = ""  # the agreement with it, if there is one
    framework: bool | None = None  # signed the Framework to Address Abuse
    union: bool | None = None  # offers services in the European Union
    online_platform: bool | None = None  # Article 3(i) of Regulation (EU) 2022/2065
    exact_urls: bool | None = None  # needs path and query to act
    one_domain: bool | None = None  # wants a notice for each domain
    language: str = ""  # BCP 47
    country: str = ""  # two letters: whose law it is under
    openpgp_fingerprint: str = ""  # hex, without spaces
    openpgp_key: str = ""  # the public key, armoured
    form_fields: tuple[str, ...] = ()  # of its web form, in their order
    form_characters: int | None = None  # that its web form takes
    form_rows: int | None = None  # domains or URLs that its web form takes
    comment: str = ""
    manual: tuple[str, ...] = ()


class ContactOutcome(StrEnum):
    """What came of writing to an address."""

    BOUNCED = "bounced"
    OVER_QUOTA = "over quota"
    AUTO_REPLY = "auto-reply only"
    FORM_ONLY = "form only"
    ANSWERED = "real answer"


@dataclass(frozen=True, slots=True)
class ContactEvent:
    """One line of the ledger of a contact, as a person saw it."""

    party_key: str
    role: Role
    address: str
    outcome: ContactOutcome
    at: datetime
    actor: str
    note: str = ""


class Quality(StrEnum):
    """What the receiver said of a notice."""

    USEFUL = "useful"
    INCOMPLETE = "incomplete"
    WRONG_PARTY = "wrong party"
    DUPLICATE = "duplicate"
