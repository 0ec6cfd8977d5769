from __future__ import annotations

import stat

import pytest

from abusetrack.errors import InputError
from abusetrack.hub.team_key import SealError, TeamKey


def test_what_was_sealed_opens_only_in_its_place_and_with_its_key():
    key = TeamKey.make()
    sealed = key.seal(b"a name", "fact", "ab", 7)
    assert key.unseal(sealed, "fact", "ab", 7) == b"a name"
    assert b"a name" not in sealed
    assert key.seal(b"a name", "fact", "ab", 7) != sealed
    for place in (("fact", "ab", 8), ("audit", "ab", 7), ("fact", "ab7", "")):
        with pytest.raises(SealError):
            key.unseal(sealed, *place)
    with pytest.raises(SealError):
        TeamKey.make().unseal(sealed, "fact", "ab", 7)
    for changed in (sealed[:-1], b"", sealed[:5] + b"x" + sealed[6:]):
        with pytest.raises(SealError):
            key.unseal(changed, "fact", "ab", 7)


def test_ids_say_the_same_to_the_team_and_nothing_to_others():
    key = TeamKey.make()
    assert key.id_of("claim", "a.example") == TeamKey(key.secret).id_of("claim", "a.example")
    assert key.id_of("claim", "a.example") != key.id_of("evidence", "a.example")
    assert key.id_of("claim", "a.example") != TeamKey.make().id_of("claim", "a.example")


def test_the_written_form_is_read_again_and_its_mistakes_are_seen(tmp_path):
    key = TeamKey.make()
    path = tmp_path / "team.key"
    key.write(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert TeamKey.read(path) == key
    assert TeamKey.parse(key.text().lower().replace("-1:", "-1: ")) == key
    wrong = key.text()[:-2] + ("A" if key.text()[-2] != "A" else "B") + key.text()[-1]
    for text in (wrong, "", "abusetrack-team-key-1:", key.text()[:-3]):
        with pytest.raises(InputError, match="team key"):
            TeamKey.parse(text)
    with pytest.raises(InputError, match="name another"):
        key.write(path)
    with pytest.raises(InputError, match="check the path"):
        TeamKey.read(tmp_path / "none")


def test_a_key_shows_itself_nowhere():
    key = TeamKey.make()
    assert key.text() not in repr(key)
    assert key.secret.hex() not in repr(key)
    assert repr(key.secret) not in repr(key)
