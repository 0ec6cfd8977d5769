from __future__ import annotations

import json

import pytest

from abusetrack.casefile import gates, partners
from abusetrack.errors import InputError
from abusetrack.exchange.giving import give_seen, offer


@pytest.mark.parametrize("form", ["stix", "misp", "plain"])
def test_what_was_looked_at_is_written_and_recorded(desk, case, sites, tmp_path, clock, form):
    seen = offer(desk, case, "domain", form)
    clock.move(minutes=5)
    given = give_seen(desk, case, seen, form, tmp_path / "file", encrypt=False)
    assert all(item.domain in given.path.read_text() for item in seen.domains)
    assert set(partners.given(case, "domain")) == {item.domain for item in seen.domains}
    detail = json.loads(case.value("SELECT detail FROM audit WHERE action = 'share'"))
    assert detail["form"] == ("block list, plain" if form == "plain" else form)


def test_what_has_changed_since_it_was_looked_at_is_not_written(desk, case, sites, tmp_path):
    seen = offer(desk, case, "domain", "stix")
    gates.open_again(case, ["example.com"])
    with pytest.raises(InputError, match="has changed since the preview"):
        give_seen(desk, case, seen, "stix", tmp_path / "file", encrypt=False)
    assert list(tmp_path.glob("file*")) == []
    assert partners.given(case, "domain") == {}
