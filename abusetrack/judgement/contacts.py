"""Can a contact be used, and is it still good? Warnings never block, the no-send list does."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from abusetrack.records import Contact, ContactEvent, ContactOutcome, Reason, Role

_FAILED = {ContactOutcome.BOUNCED, ContactOutcome.OVER_QUOTA}
_SILENT_AFTER = 2  # nothing but automatic replies so often is a mailbox that nobody reads


@dataclass(frozen=True, slots=True)
class NoSendRule:
    """An address or ``@domain`` that is never written to, in some roles or (none named) in all."""

    pattern: str
    why: str
    roles: frozenset[Role] = frozenset()


@dataclass(frozen=True, slots=True)
class NoSend:
    """The no-send list."""

    rules: tuple[NoSendRule, ...] = ()
    _by_pattern: dict[str, NoSendRule] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        # The first wins: a person's rule, which holds for every role, stands in front.
        by_pattern: dict[str, NoSendRule] = {}
        for rule in self.rules:
            by_pattern.setdefault(rule.pattern.lower(), rule)
        object.__setattr__(self, "_by_pattern", by_pattern)

    def why(self, address: str | None, role: Role) -> str | None:
        """Say why nothing is sent to an address; None where nothing stands against it."""
        for pattern in _patterns(address or ""):
            rule = self._by_pattern.get(pattern)
            if rule and (not rule.roles or role in rule.roles):
                return f"{pattern} is on the no-send list: {rule.why}"
        return None


def _patterns(address: str) -> Iterable[str]:
    local, at, domain = address.strip().lower().rpartition("@")
    if not at:
        return
    domain = domain.rstrip(".")
    yield f"{local}@{domain}"
    while "." in domain:
        yield f"@{domain}"
        domain = domain.partition(".")[2]


def warnings(
    contact: Contact, events: Sequence[ContactEvent], *, max_age: timedelta, as_of: datetime
) -> tuple[Reason, ...]:
    """Say what speaks against trusting a contact; ``events`` are its ledger, oldest first."""
    used = {text.lower() for text in (contact.email, contact.form, contact.phone) if text}
    of_address = [event for event in events if event.address.lower() in used]
    found = (
        _old(contact, of_address, max_age, as_of),
        _failed(of_address),
        _silent(of_address),
        _form_only(contact, events),
    )
    return tuple(reason for reason in found if reason)


def _old(
    contact: Contact, events: Sequence[ContactEvent], max_age: timedelta, as_of: datetime
) -> Reason | None:
    seen = [contact.as_of]
    if contact.confirmed_at:
        seen.append(contact.confirmed_at)
    seen += [event.at for event in events if event.outcome is ContactOutcome.ANSWERED]
    last = max(seen)
    if as_of - last <= max_age:
        return None
    return Reason("contact_old", f"last seen to be right on {last:%Y-%m-%d}: check it again")


def _failed(events: Sequence[ContactEvent]) -> Reason | None:
    last_answer = max(
        (event.at for event in events if event.outcome is ContactOutcome.ANSWERED), default=None
    )
    failed = [
        event
        for event in events
        if event.outcome in _FAILED and (last_answer is None or event.at > last_answer)
    ]
    if not failed:
        return None
    times = "once" if len(failed) == 1 else f"{len(failed)} times"
    last = failed[-1]
    return Reason(
        "contact_failed",
        f"could not be reached {times}, last on {last.at:%Y-%m-%d} ({last.outcome.value})",
    )


def _silent(events: Sequence[ContactEvent]) -> Reason | None:
    automatic = [event for event in events if event.outcome is ContactOutcome.AUTO_REPLY]
    answered = any(event.outcome is ContactOutcome.ANSWERED for event in events)
    if answered or len(automatic) < _SILENT_AFTER:
        return None
    return Reason(
        "contact_silent", f"{len(automatic)} automatic replies so far and no answer by a person"
    )


def _form_only(contact: Contact, events: Sequence[ContactEvent]) -> Reason | None:
    """They said themselves that they take only the form; later answers by mail undo it."""
    if not contact.email:
        return None
    telling = [
        event
        for event in events
        if event.outcome in {ContactOutcome.FORM_ONLY, ContactOutcome.ANSWERED}
        and event.address.lower() == contact.email.lower()
    ]
    if not telling or telling[-1].outcome is not ContactOutcome.FORM_ONLY:
        return None
    said = f"said on {telling[-1].at:%Y-%m-%d} that it takes only its web form"
    return Reason("form_only", said if contact.form else f"{said}: find it and add it")
