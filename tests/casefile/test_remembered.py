from __future__ import annotations

import pytest

from abusetrack.casefile import open_case_file, passphrases, remembered
from abusetrack.errors import ExternalError, InputError

keyring = pytest.importorskip("keyring")


class InMemory(keyring.backend.KeyringBackend):
    """What the system's keyring does, for one test."""

    priority = 1

    def __init__(self):
        super().__init__()
        self.kept = {}

    def get_password(self, service, username):
        return self.kept.get((service, username))

    def set_password(self, service, username, password):
        self.kept[service, username] = password

    def delete_password(self, service, username):
        if self.kept.pop((service, username), None) is None:
            raise keyring.errors.PasswordDeleteError


class Locked(InMemory):
    def get_password(self, service, username):
        raise keyring.errors.KeyringLocked

    set_password = delete_password = lambda self, *_: self.get_password("", "")


@pytest.fixture
def backend():
    before = keyring.get_keyring()
    made = InMemory()
    keyring.set_keyring(made)
    yield made
    keyring.set_keyring(before)


@pytest.fixture
def encrypted(path, clock):
    with open_case_file(path, clock=clock, actor="Ann", passphrase="sesame") as case:
        yield case


def test_the_key_opens_the_file_and_the_passphrase_is_nowhere(backend, encrypted, path, clock):
    remembered.remember(encrypted)
    encrypted.close()
    key = remembered.recall(path)
    assert "sesame" not in repr(backend.kept)
    assert path.name not in repr(backend.kept)
    with open_case_file(path, clock=clock, actor="Ann", key=key, create=False) as case:
        assert case.encrypted
    moved = path.rename(path.with_name("moved"))
    assert remembered.recall(moved) == key
    assert remembered.forget(moved)
    assert not remembered.forget(moved)
    assert remembered.recall(moved) is None


def test_a_key_from_before_is_forgotten(backend, encrypted, path, clock):
    remembered.remember(encrypted)
    encrypted.close()
    passphrases.change(path, clock=clock, actor="Ann", old="sesame", new="other")
    assert remembered.recall(path) is None
    assert backend.kept == {}


def test_a_plain_file_has_nothing_to_remember(backend, case):
    with pytest.raises(InputError, match="not encrypted"):
        remembered.remember(case)


def test_a_locked_keyring_is_told(backend, encrypted, path):
    keyring.set_keyring(Locked())
    for act in (lambda: remembered.remember(encrypted), lambda: remembered.recall(path),
                lambda: remembered.forget(path)):  # fmt: skip
        with pytest.raises(ExternalError, match="KeyringLocked"):
            act()
