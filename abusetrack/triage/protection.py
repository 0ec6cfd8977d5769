"""Which names are protected, and which ones others depend on."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import cache, cached_property
from importlib import resources

from abusetrack.casefile import CaseFile, protected, traits
from abusetrack.judgement.protection import NameSet
from abusetrack.lookup.cdn import CdnTable
from abusetrack.records import (
    Host,
    HostKind,
    ProtectedCategory,
    ProtectedName,
    Reason,
    TraitKind,
)
from abusetrack.triage.context import Context

_NAMED = 3  # of the domains that depend on a name
_SERVE = {
    TraitKind.NAME_SERVER: "its name servers serve",
    TraitKind.MAIL_HOST: "its mail hosts serve",
}


@dataclass(frozen=True, slots=True)
class Provider:
    """A suffix of servers that a table knows, and whose they are."""

    name: str
    service: str


class Protection:
    """Protected names and provider tables, read once for many domains."""

    def __init__(self, context: Context, case: CaseFile) -> None:
        self._context = context
        self._case = case

    def protected(self, domain: str) -> ProtectedName | None:
        """Return the protected name that a domain touches; what analysts keep comes first."""
        return self._names.find(domain)

    def infrastructure(self, domain: str) -> tuple[Reason, ...]:
        """Return why others depend on a domain: by the tables, and by the case file."""
        return tuple(self._infrastructure(domain))

    @cached_property
    def _names(self) -> NameSet[ProtectedName]:
        kept = protected.everything(self._case)
        own = _own(self._context)
        return NameSet((*kept, *own, *_registries()))

    @cached_property
    def _providers(self) -> NameSet[Provider]:
        settings = self._context.settings
        tables = CdnTable(map(settings.path, settings.network.cdn_tables))
        known = (*self._context.parking, *tables.suffixes.items())
        return NameSet(Provider(suffix, service) for suffix, service in known)

    def _infrastructure(self, domain: str) -> Iterator[Reason]:
        if (provider := self._providers.at_or_below(domain)) is not None:
            yield Reason("provider", f"{provider.name} is of {provider.service}, says a table")
        days = self._context.settings.policy.infrastructure_days
        since = self._context.clock.now() - timedelta(days=days)
        for kind, what in _SERVE.items():
            users = traits.served_by(self._case, domain, kind, since=since, limit=_NAMED + 1)
            if users:
                names = ", ".join(user.domain for user in users[:_NAMED])
                more = " and others" if len(users) > _NAMED else ""
                facts = tuple(user.fact for user in users)
                dates = tuple(user.last_seen for user in users)
                yield Reason("serves", f"{what} {names}{more}", facts, dates)


def _own(context: Context) -> Iterator[ProtectedName]:
    """The organisation's own names, from the settings."""
    organisation = context.settings.organisation
    for text in (
        organisation.website,
        organisation.verification_url,
        organisation.email.rpartition("@")[2],
        organisation.dispute_email.rpartition("@")[2],
    ):
        host = context.names.host(text) if text else None
        if isinstance(host, Host) and host.kind is HostKind.NAME:
            name = host.domain.name if host.domain else host.name
            yield ProtectedName(name, ProtectedCategory.OWN, organisation.name)


@cache
def _registries() -> tuple[ProtectedName, ...]:
    """Hosts of registries' services, as the shipped tables name them."""
    hosts = set(_table("whois_servers.toml")["servers"].values())
    hosts |= {base.split("/")[2] for base in _table("rdap_unlisted.toml")["bases"].values()}
    return tuple(
        ProtectedName(host, ProtectedCategory.REGISTRY, "a registry's service")
        for host in sorted(hosts)
        if host
    )


def _table(name: str) -> dict[str, dict[str, str]]:
    return tomllib.loads(
        (resources.files("abusetrack.resources") / "data" / name).read_text("utf-8")
    )
