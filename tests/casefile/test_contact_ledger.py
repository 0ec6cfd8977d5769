from __future__ import annotations

from datetime import timedelta

import pytest

from abusetrack.casefile import contact_ledger, directory
from abusetrack.errors import InputError
from abusetrack.records import ContactEvent, ContactOutcome, Role


def test_what_came_of_writing_is_kept_per_contact_and_date(case, contact, clock):
    directory.upsert(case, [contact()])
    first = contact_ledger.record(
        case, "iana:9999", Role.REGISTRAR, ContactOutcome.BOUNCED, note="no such user"
    )
    earlier = clock.now() - timedelta(days=3)
    second = contact_ledger.record(
        case, "iana:9999", Role.REGISTRAR, ContactOutcome.ANSWERED, address="x@r.example",
        at=earlier,
    )  # fmt: skip
    assert first == ContactEvent(
        "iana:9999", Role.REGISTRAR, "abuse@registrar.example", ContactOutcome.BOUNCED,
        clock.now(), "Ann", "no such user",
    )  # fmt: skip
    assert contact_ledger.events(case, "iana:9999") == [second, first]
    assert contact_ledger.events(case, "iana:9999", Role.REGISTRY) == []
    assert contact_ledger.events(case) == [second, first]
    assert "user" not in str(case.rows("SELECT detail FROM audit"))


def test_an_address_is_needed(case):
    with pytest.raises(InputError, match="give --address"):
        contact_ledger.record(case, "iana:9999", Role.REGISTRAR, ContactOutcome.BOUNCED)
