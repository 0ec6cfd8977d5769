"""Locks of an open case file outlive whatever else this program does with the file."""

from __future__ import annotations

from pathlib import Path

import pytest

from abusetrack import held
from abusetrack.casefile import is_encrypted, open_case_file
from abusetrack.errors import InputError

BESIDE = ("", "-wal", "-shm")


@pytest.fixture
def path(tmp_path):
    return tmp_path / "case.abusetrack"


@pytest.fixture(params=[None, "correct horse"])
def case(request, path, clock):
    with open_case_file(path, clock=clock, actor="Ann", passphrase=request.param) as opened:
        yield opened


def locks(path):
    """Return how many of its files are locked, as Linux says it."""
    table = Path("/proc/locks")
    if not table.exists():
        pytest.skip("only Linux says what is locked")
    numbers = {str(path.with_name(path.name + suffix).stat().st_ino) for suffix in BESIDE}
    return sum(line.split()[5].split(":")[2] in numbers for line in table.read_text().splitlines())


def test_a_second_connection_leaves_the_locks_of_the_first(case, path):
    before = locks(path)
    with case.opener(read_only=True)() as second:
        assert second.value("SELECT count(*) FROM fact") == 0
        is_encrypted(path)
        assert locks(path) == before > 0
    assert locks(path) == before


def test_nothing_stays_open_after_the_last_connection(path, clock):
    for _ in range(2):
        with open_case_file(path, clock=clock, actor="Ann"):
            is_encrypted(path)
            with pytest.raises(InputError):
                held.refuse(path)
        held.refuse(path)
    with path.open("rb") as file:
        assert file.read(16) == held.first_bytes(path, 16)


def test_an_open_case_file_and_what_stands_beside_it_are_refused(case, path, tmp_path):
    link = tmp_path / "link"
    link.symlink_to(path)
    for suffix in BESIDE:
        with pytest.raises(InputError, match="choose another"):
            held.refuse(path.with_name(path.name + suffix))
    with pytest.raises(InputError, match="choose another"):
        held.refuse(link)
    held.refuse(tmp_path / "none such")
