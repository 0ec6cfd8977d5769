"""Is a resolver fit for this work? Found out without asking for any reported name.

Asked are only the root zone and a name under ``invalid``, which by RFC 6761 can never
exist. A resolver that blocks nothing but listed names cannot be found out like this:
one would have to ask for such a name, and none is asked.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from dns.rdatatype import RdataType

from abusetrack.lookup.dns_records import DnsAnswer, Resolver
from abusetrack.lookup.landmarks import Landmarks, Meaning
from abusetrack.records import Outcome

NEVER = "resolver-check.invalid"
_ROOT = "."
_NO_ANSWER = frozenset({Outcome.TIMED_OUT, Outcome.UNREACHABLE, Outcome.MALFORMED})


@dataclass(frozen=True, slots=True)
class ResolverFinding:
    """What is wrong with a resolver or could not be found out; ``code`` is for programs."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class ResolverCheck:
    """One resolver of the settings; without findings it passed."""

    resolver: str
    findings: tuple[ResolverFinding, ...]


async def check_resolvers(
    resolver: Resolver, landmarks: Landmarks, seconds: float
) -> tuple[ResolverCheck, ...]:
    """Check every resolver of the settings, all at once, each for ``seconds`` at most."""

    async def one(server: tuple[str, int]) -> ResolverCheck:
        root, never = await asyncio.gather(
            _ask(resolver, server, _ROOT, RdataType.SOA, seconds),
            _ask(resolver, server, NEVER, RdataType.A, seconds),
        )
        findings = [_by_address(landmarks, server[0]), _by_root(root)]
        if root.outcome not in _NO_ANSWER:  # that it is silent is said once
            findings.append(_by_never(never))
        return ResolverCheck(resolver.named(server), tuple(f for f in findings if f))

    return tuple(await asyncio.gather(*map(one, resolver.servers)))


async def _ask(
    resolver: Resolver, server: tuple[str, int], name: str, rdtype: RdataType, seconds: float
) -> DnsAnswer:
    try:
        async with asyncio.timeout(seconds):
            return await resolver.ask(name, rdtype, servers=[server])
    except TimeoutError:
        return DnsAnswer(resolver.named(server), Outcome.TIMED_OUT, f"no answer in {seconds:g} s")


def _by_address(landmarks: Landmarks, address: str) -> ResolverFinding | None:
    known = landmarks.of([address], Meaning.FILTERING)
    if known is None:
        return None
    return ResolverFinding(
        "filters", f"leaves names out on purpose, as its operator says: {known}; ask another one"
    )


def _by_root(answer: DnsAnswer) -> ResolverFinding | None:
    if answer.outcome is Outcome.OK:
        if answer.validated:
            return None
        return ResolverFinding(
            "not validating",
            "does not validate DNSSEC, or does not say so: a forged answer would pass",
        )
    if answer.outcome in _NO_ANSWER:
        return ResolverFinding("no answer", f"does not answer: {_said(answer)}")
    return ResolverFinding(
        "validation not known",
        f"could not be asked whether it validates DNSSEC; about the root zone it says: "
        f"{_said(answer)}",
    )


def _by_never(answer: DnsAnswer) -> ResolverFinding | None:
    if answer.outcome is Outcome.NOT_FOUND:
        return None
    if answer.outcome is Outcome.BLOCKED_BY_RESOLVER:
        return ResolverFinding(
            "blocks",
            "denies a name that cannot exist in the way of a block, so what it says is missing "
            f"cannot be told from what it blocks: {_said(answer)}",
        )
    if answer.outcome in {Outcome.OK, Outcome.NO_DATA, Outcome.CNAME_LOOP}:
        return ResolverFinding(
            "rewrites", "answers for a name that cannot exist: missing names would look alive"
        )
    return ResolverFinding(
        "rewriting not known",
        f"could not be asked for a name that cannot exist; it says: {_said(answer)}",
    )


def _said(answer: DnsAnswer) -> str:
    detail = f" ({answer.detail})" if answer.detail else ""
    return f"{answer.outcome.value}{detail}"
