"""What can go wrong with a server of the practice internet, on purpose."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from enum import StrEnum


class Fault(StrEnum):
    """One way to answer badly; each kind of server knows those that fit it."""

    TIMEOUT = "timeout"  # no answer at all
    RATE_LIMITED = "rate limited"
    SERVER_ERROR = "server error"  # SERVFAIL, 503, "internal error"
    REFUSED = "refused"  # REFUSED, 403, "access denied"
    MALFORMED = "malformed"
    EMPTY = "empty"
    RESET = "reset"  # the connection breaks off
    HUGE = "huge"  # 100 MB
    ENDLESS = "endless"
    SLOW_DRIP = "slow drip"  # a byte now and then

    # DNS
    TRUNCATED = "truncated"  # every datagram; TCP answers well
    WRONG_ID = "wrong id"
    CNAME_LOOP = "cname loop"
    BLOCKED = "blocked"  # NXDOMAIN with extended error 15 (RFC 8914)
    BLOCKED_BARE = "blocked bare"  # NXDOMAIN without SOA
    LAME = "lame"  # SERVFAIL with extended error 22
    BOGUS = "bogus"  # SERVFAIL with extended error 6

    # RDAP
    DEEP_JSON = "deep json"  # 10,000 levels
    WRONG_TYPE = "wrong type"  # a good answer as text/html
    ERROR_BODY = "error body"  # 200 with an error inside
    BOMB = "bomb"  # gzip of 100 MB of zeros
    REDIRECT_LOOP = "redirect loop"
    REDIRECT_LOOPBACK = "redirect loopback"  # to a port that nobody configured
    REDIRECT_FILE = "redirect file"  # to file:///


_COMMON = {
    Fault.TIMEOUT,
    Fault.RATE_LIMITED,
    Fault.SERVER_ERROR,
    Fault.REFUSED,
    Fault.MALFORMED,
    Fault.EMPTY,
    Fault.RESET,
    Fault.HUGE,
    Fault.ENDLESS,
    Fault.SLOW_DRIP,
}
DNS_FAULTS = frozenset(
    {
        Fault.TIMEOUT,
        Fault.RATE_LIMITED,
        Fault.SERVER_ERROR,
        Fault.REFUSED,
        Fault.MALFORMED,
        Fault.EMPTY,
        Fault.TRUNCATED,
        Fault.WRONG_ID,
        Fault.CNAME_LOOP,
        Fault.BLOCKED,
        Fault.BLOCKED_BARE,
        Fault.LAME,
        Fault.BOGUS,
    }
)
WHOIS_FAULTS = frozenset(_COMMON)
RDAP_FAULTS = frozenset(
    {
        *_COMMON,
        Fault.DEEP_JSON,
        Fault.WRONG_TYPE,
        Fault.ERROR_BODY,
        Fault.BOMB,
        Fault.REDIRECT_LOOP,
        Fault.REDIRECT_LOOPBACK,
        Fault.REDIRECT_FILE,
    }
)


@dataclass(frozen=True, slots=True)
class Faults:
    """How one server misbehaves; the default is a good server.

    ``share`` is the part of the subjects that meet ``fault``, the same ones each
    time. ``latency`` in seconds before every answer. ``per_second`` is the rate
    limit (0: none), ``retry_after`` in seconds what a limited client is told.
    """

    fault: Fault | None = None
    share: float = 1.0
    latency: float = 0.0
    per_second: float = 0.0
    retry_after: int = 1

    def meets(self, subject: str) -> Fault | None:
        """Return the fault that a question about ``subject`` meets."""
        if self.fault is None:
            return None
        if self.share < 1 and zlib.crc32(subject.encode()) / 0xFFFFFFFF >= self.share:
            return None
        return self.fault


class Service:
    """One server: its address once it listens, its faults, its count of questions."""

    def __init__(self, name: str, known: frozenset[Fault], latency: float) -> None:
        self.name = name
        self.host = ""
        self.port = 0
        self.questions = 0
        self._known = known
        self._faults = Faults(latency=latency)
        self._allowance = 0.0
        self._last = float("-inf")  # the first burst is full

    @property
    def endpoint(self) -> str:
        """``host:port``."""
        return f"{self.host}:{self.port}"

    @property
    def faults(self) -> Faults:
        """How it misbehaves; may be set while it runs, from any thread."""
        return self._faults

    @faults.setter
    def faults(self, faults: Faults) -> None:
        if faults.fault is not None and faults.fault not in self._known:
            raise ValueError(f"{self.name} cannot be {faults.fault.value}")
        self._faults = faults

    def meets(self, subject: str, now: float) -> Fault | None:
        """Count a question asked at ``now`` (the loop's time) and return the fault it meets."""
        self.questions += 1
        faults = self._faults
        if faults.per_second > 0 and self._over(faults.per_second, now):
            return Fault.RATE_LIMITED
        return faults.meets(subject) if faults.fault is not None else None

    def _over(self, per_second: float, now: float) -> bool:
        burst = max(1.0, per_second)
        self._allowance = min(burst, self._allowance + (now - self._last) * per_second)
        self._last = now
        if self._allowance < 1:
            return True
        self._allowance -= 1
        return False
