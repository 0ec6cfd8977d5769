"""The log holds no reported name, whoever writes and whatever fails."""

from __future__ import annotations

import asyncio
import logging
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from abusetrack import log

MARKER = "zz-marker.example"


@pytest.fixture
def path(tmp_path: Path) -> Iterator[Path]:
    path = tmp_path / "logs" / "abusetrack.log"
    log.setup(path, "DEBUG")
    yield path
    log.setup(None, "INFO")


def ours() -> logging.Logger:
    return logging.getLogger("abusetrack.lookup.rdap")


def test_our_own_words_are_written_in_utc(path: Path) -> None:
    ours().info("%s of %s names done", 3, 4)
    line = path.read_text().rstrip()
    assert re.fullmatch(
        r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z INFO \S+ "
        r"abusetrack\.lookup\.rdap: 3 of 4 names done",
        line,
    )


@pytest.mark.parametrize("name", ["aiohttp.client", "asyncio", "dns.query", "abusetracker", "root"])
def test_a_librarys_message_is_left_out(path: Path, name: str) -> None:
    logger = logging.getLogger(None if name == "root" else name)
    try:
        raise OSError(f"cannot connect to {MARKER}")
    except OSError:
        logger.exception("failed for %s", MARKER, extra={"host": MARKER})
    logger.warning("slow: %r", [MARKER], stack_info=True)
    text = path.read_text()
    assert MARKER not in text
    assert f"ERROR MainThread {name}: message left out (OSError)" in text
    assert f"WARNING MainThread {name}: message left out" in text


def test_libraries_below_warning_are_not_written(path: Path) -> None:
    logging.getLogger("aiohttp").info("hello")
    assert path.read_text() == ""


def test_of_our_exceptions_only_types_and_places_are_written(path: Path) -> None:
    def inner() -> None:
        raise ValueError(MARKER)

    try:
        try:
            inner()
        except ValueError as error:
            raise ExceptionGroup(MARKER, [KeyError(MARKER), error]) from error
    except ExceptionGroup:
        ours().exception("one name failed")
    text = path.read_text()
    assert MARKER not in text
    assert "one name failed" in text
    assert "builtins.ValueError" in text
    assert "builtins.KeyError" in text
    assert re.search(r"test_log\.py:\d+ in inner", text)
    assert str(Path(__file__).parents[2]) not in text  # a path may hold a person's name


def test_text_cached_by_another_handler_is_not_used(path: Path) -> None:
    record = ours().makeRecord("abusetrack.x", logging.ERROR, "x.py", 1, "failed", (), None)
    record.exc_text = MARKER
    ours().handle(record)
    assert "failed" in path.read_text()
    assert MARKER not in path.read_text()


def test_a_lost_task_of_asyncio_leaves_no_name(path: Path) -> None:
    loop = asyncio.new_event_loop()
    loop.call_exception_handler(
        {"message": f"Task for {MARKER}", "exception": RuntimeError(MARKER), "task": MARKER}
    )
    loop.close()
    text = path.read_text()
    assert "asyncio: message left out (RuntimeError)" in text
    assert MARKER not in text


def test_a_wrong_format_string_prints_nothing(
    path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    record = ours().makeRecord("abusetrack.x", logging.ERROR, "x.py", 1, "%d", (MARKER,), None)
    handlers = logging.getLogger("abusetrack").handlers
    for handler in handlers:  # not the test runner's own
        handler.handle(record)
    assert len(handlers) == 1
    assert capfd.readouterr().err == ""
    assert MARKER not in path.read_text()


def test_setup_twice_writes_once(path: Path) -> None:
    log.setup(path, "INFO")
    ours().info("once")
    ours().debug("not at this level")
    logging.getLogger("aiohttp").error("x")
    assert len(path.read_text().splitlines()) == 2


def test_the_file_rotates(path: Path) -> None:
    for _ in range(60):
        ours().info("x" * 100_000)
    files = sorted(file.name for file in path.parent.iterdir())
    assert files == ["abusetrack.log", *(f"abusetrack.log.{n}" for n in range(1, 6))]
    assert all(file.stat().st_size <= 1_000_000 for file in path.parent.iterdir())


@pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX")
def test_only_the_owner_may_read(path: Path) -> None:
    assert path.stat().st_mode & 0o077 == 0


def test_an_unwritable_path_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    log.setup(blocked / "abusetrack.log", "INFO")
    ours().info("nowhere")
    assert len(capsys.readouterr().err.splitlines()) == 1
    log.setup(None, "INFO")


def test_an_unknown_level_is_refused(tmp_path: Path) -> None:
    with pytest.raises(KeyError):
        log.setup(tmp_path / "x.log", "LOUD")


def test_subjects_are_told_apart_only_by_the_holder_of_the_key() -> None:
    log.set_key(b"k" * 32)
    first = log.subject_id(MARKER)
    assert re.fullmatch("[0-9a-f]{12}", first)
    assert log.subject_id(MARKER) == first
    assert log.subject_id("other.example") != first
    assert log.subject_id("\ud800")
    log.set_key(b"l" * 32)
    assert log.subject_id(MARKER) != first
