"""A context over practice names."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from abusetrack.intake import Context
from abusetrack.names import Names
from abusetrack.settings import SourceProfile


@pytest.fixture(scope="session")
def names(tmp_path_factory: pytest.TempPathFactory) -> Names:
    path = tmp_path_factory.mktemp("names") / "extra.dat"
    path.write_text("test\nco.test\nexample\ninvalid\n", encoding="utf-8")
    return Names(path)


@pytest.fixture
def make_context(names: Names) -> Callable[..., Context]:
    def make(**profile: object) -> Context:
        return Context(
            names=names,
            received_at=datetime(2026, 3, 1, 12, tzinfo=UTC),
            source="public",
            actor="ana",
            profile=SourceProfile(**profile) if profile else None,
        )

    return make


@pytest.fixture
def context(make_context: Callable[..., Context]) -> Context:
    return make_context()
