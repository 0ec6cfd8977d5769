from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

from abusetrack.casefile.ids import Uuid7


def test_ids_are_version_7_and_carry_the_time():
    now = datetime(2026, 3, 1, 12, 0, 0, 123_000, tzinfo=UTC)
    made = uuid.UUID(bytes=Uuid7().next(now))
    assert made.version == 7
    assert made.variant == uuid.RFC_4122
    assert made.int >> 80 == int(now.timestamp() * 1000)


def test_ids_never_run_backwards_even_when_the_clock_does():
    ids = Uuid7()
    now = datetime(2026, 3, 1, tzinfo=UTC)
    made = [ids.next(now) for _ in range(5_000)]
    made += [ids.next(now - timedelta(hours=1)) for _ in range(10)]
    made.append(ids.next(now + timedelta(seconds=1)))
    assert made == sorted(set(made))
    assert all(uuid.UUID(bytes=one).version == 7 for one in made)


def test_two_makers_do_not_make_the_same():
    now = datetime(2026, 3, 1, tzinfo=UTC)
    assert Uuid7().next(now) != Uuid7().next(now)


def test_a_new_maker_goes_on_after_the_last_id_although_the_clock_was_set_back():
    now = datetime(2026, 3, 1, tzinfo=UTC)
    last = Uuid7().next(now)
    ids = Uuid7()
    ids.start_after(last)
    assert last < ids.next(now - timedelta(days=400)) < ids.next(now + timedelta(seconds=1))
