"""Is a domain persistently abusive? The policy's thresholds, and the dates behind each reason.

The hopping string is defined as the Internet Watch Foundation does: the exact same
second-level string, assessed as a dedicated site, seen under several top-level
domains. Near-variants never count.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from abusetrack.records import Reason, Verdict


def judge_persistence(
    confirmed_at: Sequence[datetime],
    hop_domains: Sequence[str],
    *,
    days: int,
    hop_tlds: int,
    as_of: datetime,
) -> Verdict:
    """Judge from the received times of confirmed reports and the hops of a dedicated site.

    ``hop_domains`` are the domains with the same second-level string that were
    assessed as dedicated, this one among them if it was.
    """
    reasons = []
    dates = sorted({moment.date() for moment in confirmed_at})
    if len(dates) >= days:
        reasons.append(
            Reason(
                "repeated",
                f"confirmed reports on {len(dates)} separate days, from {dates[0]} to {dates[-1]}"
                f" (policy: {days})",
            )
        )
    endings = sorted({name.partition(".")[2] for name in hop_domains})
    if len(endings) >= hop_tlds:
        listed = ", ".join(f".{ending}" for ending in endings)
        reasons.append(
            Reason(
                "hopping",
                f"the same second-level string, assessed as a dedicated site, stands under "
                f"{len(endings)} endings: {listed} (policy: {hop_tlds})",
            )
        )
    if reasons:
        return Verdict(True, tuple(reasons), as_of)
    missing = f"confirmed reports on {len(dates)} of {days} separate days"
    if hop_domains:
        missing += f"; the string under {len(endings)} of {hop_tlds} endings"
    return Verdict(False, (Reason("below", missing),), as_of)
