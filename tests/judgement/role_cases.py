"""A domain about which every role may be addressed; tests take away from it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from abusetrack.judgement.role_case import RoleCase, RolePolicy
from abusetrack.records import (
    DomainNow,
    Findings,
    GateVerdict,
    HostingAgreement,
    HostKind,
    NoticeStatus,
    PartyRef,
    Role,
    SiteKind,
    State,
    SuffixKind,
    Told,
    Verdict,
)

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
POLICY = RolePolicy(timedelta(days=5), timedelta(days=7), timedelta(days=730))


def told(role=Role.REGISTRAR, days=0, status=NoticeStatus.SENT, reference="AT-1"):
    """A notice sent ``days`` ago."""
    sent_at = NOON - timedelta(days=days)
    return Told(reference, role, "iana:9000001", "Example Registrar", sent_at, status)


def role_case():
    """A confirmed dedicated site with a party in every role."""
    findings = Findings(
        domain="site.example",
        state=State.ACTIVE,
        states=(State.ACTIVE,),
        state_reason="",
        registrar_key="iana:9000001",
        registrar="Example Registrar",
        registrar_iana_id=9000001,
        registrar_reason="",
        created=None,
        expires=None,
        hosting_country=None,
        hosting_verdict=HostingAgreement.NONE,
        hosting_reason="",
        asn=None,
        as_name=None,
        cdn=None,
        persistent=None,
        persistent_reason="",
        looked_up_at=NOON,
        as_of=NOON,
    )
    now = DomainNow(
        id=1,
        domain="site.example",
        unicode="site.example",
        host_kind=HostKind.NAME,
        suffix_kind=SuffixKind.ICANN,
        tld="example",
        reports=1,
        confirmed_reports=1,
        urls=1,
        confirmed_urls=1,
        first_reported=NOON,
        last_reported=NOON,
        first_confirmed=NOON,
        last_confirmed=NOON,
        kind=SiteKind.DEDICATED,
        kind_reason="",
        commercial=None,
        disguised=None,
        findings=findings,
    )
    return RoleCase(
        now=now,
        generic=True,
        parties=tuple(PartyRef(f"some:{role.value}", role.value, role) for role in Role),
        gate=GateVerdict(False, (), (), NOON),
        protected=None,
        infrastructure=(),
        no_send=frozenset(),
        persistent=Verdict(False, (), NOON),
        told=(),
        contents=(),
        confirmed_hosts=(),
        other_hosts=(),
        policy=POLICY,
        as_of=NOON,
    )


def vary(case, **changes):
    """Change fields of the case, of its row, or of its findings, by their names."""
    of = {
        kind: {key: value for key, value in changes.items() if key in kind.__dataclass_fields__}
        for kind in (RoleCase, DomainNow, Findings)
    }
    findings = replace(case.now.findings, **of[Findings])
    return replace(
        case, **{"now": replace(case.now, findings=findings, **of[DomainNow])} | of[RoleCase]
    )
