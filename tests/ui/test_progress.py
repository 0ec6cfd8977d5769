from __future__ import annotations

import pytest

from abusetrack.triage.batch import Progress
from abusetrack.ui import progress


@pytest.mark.parametrize(
    ("done", "total", "failed", "seconds", "text"),
    [
        (2, 100, 0, 10.0, "Looking up"),
        (50, 100, 0, 1.0, "Looking up"),
        (50, 100, 0, 5.0, "Looking up · 10 a second · about 5 s left"),
        (50, 100, 3, 5.0, "Looking up · 10 a second · about 5 s left · without an answer: 3"),
        (10, 70, 0, 60.0, "Looking up · 10 a minute · about 6 min left"),
        (1000, 1_000_000, 0, 100.0, "Looking up · 10 a second · about 28 h left"),
        (100, 100, 0, 10.0, "Looking up · 10 a second"),
    ],
)
def test_pace_and_time_left_are_said_once_they_mean_something(
    qapp, done, total, failed, seconds, text
):
    assert progress.text(Progress(done, total, failed), seconds) == text
