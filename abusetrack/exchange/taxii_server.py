"""A partner's collection, asked through taxii2-client; nothing that it answers is believed."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, NoReturn, Self, TypeVar

import requests
from taxii2client.common import _HTTPConnection
from taxii2client.exceptions import AccessError, TAXIIServiceException
from taxii2client.v21 import Collection

from abusetrack.errors import ExternalError
from abusetrack.exchange import taxii_http
from abusetrack.exchange.errand import Doing, Errand, Step
from abusetrack.exchange.incoming import MOST_OBJECTS, word
from abusetrack.exchange.taxii_http import NOT_TAXII, Limits, Way, failure
from abusetrack.records import Clock

_AT_ONCE = 200  # objects
_BETWEEN_QUESTIONS = 1.0  # seconds, while a server takes objects in
_MOST_NEXT = 2000  # characters; it goes into the address of the next page
_FIRST_YEAR = 2000  # TAXII is younger
_DATE = "X-TAXII-Date-Added-Last"
# Objects that were added together have one date, and a page may end between them; a whole
# second, because servers round.
_OVERLAP = timedelta(seconds=1)

T = TypeVar("T")
Objects = Sequence[Mapping[str, Any]]


class Memory:
    """What a collection was sent; of one that says what it has, nothing need be known."""

    def sending(self, part: Objects) -> int:
        """Return how many were sent before without an answer; they may be there already."""
        del part
        return 0

    def taken(self, part: Objects) -> None:
        """Remember that the server took them in."""

    def refused(self, part: Objects) -> None:
        """Remember that it does not want them."""


class EndlessError(ExternalError):
    """A server has more than can be taken, or repeats itself."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page, and when the server says that the last object of it was added."""

    objects: Objects
    until: datetime | None


class Server:
    """One exchange with a collection, within limits.

    Every method raises an ExternalError of one sentence where the server cannot be used.
    """

    def __init__(
        self,
        partner: str,
        way: Way,
        *,
        clock: Clock,
        limits: Limits,
        errand: Errand,
    ) -> None:
        self._partner = partner
        self._limits = limits
        self._errand = errand
        self._until: datetime | None = None
        connection = _HTTPConnection(version="2.1")
        connection.session = taxii_http.session(
            partner, way, clock=clock, limits=limits, errand=errand
        )
        connection.session.hooks["response"].append(self._note_date)
        self._collection = Collection(f"{way.url.rstrip('/')}/", conn=connection)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._collection.close()

    def objects(self, after: datetime | None) -> Iterator[Page]:
        """Yield the pages of what was added after a time.

        Raises:
            EndlessError: there is no end to them.
        """
        return self._pages(self._collection.get_objects, after, Doing.READING)

    def versions(self) -> set[tuple[str, str | None]] | None:
        """Return ids with the versions that are there; servers refuse them as failures.

        Observables have no version: their ids say all. None of a collection that may only be
        written.
        """
        if not self._ask(lambda: self._collection.can_read):
            return None
        listed = [
            (word(item.get("id")), word(item.get("version")))
            for page in self._pages(self._collection.get_manifest, None, Doing.COMPARING)
            for item in page.objects
        ]
        return {*listed, *((id_, None) for id_, _ in listed)}

    def add(self, objects: Objects, memory: Memory) -> None:
        """Add objects, and wait until all of them are taken in."""
        for start in range(0, len(objects), _AT_ONCE):
            part = objects[start : start + _AT_ONCE]
            doubtful = memory.sending(part)
            self._errand.tell(Step(Doing.ADDING, start, len(objects)))
            status = self._taken_in(part)
            refused = status.failure_count if isinstance(status.failure_count, int) else 0
            if refused > doubtful:
                failed = _failed(status.failures, refused)
                memory.taken([item for item in part if failed and item["id"] not in failed])
                memory.refused(part)
                self._fail(f"refused {refused} objects; ask its operator why")
            if status.status != "complete" or status.pending_count:
                self._fail(
                    "has not taken everything in yet; push again later, what is there by then "
                    "is not sent again"
                )
            if status.success_count != len(part) - refused:
                self._fail("does not say that it took everything; push again later")
            memory.taken(part)

    def _taken_in(self, part: Objects) -> Any:
        """Add a part, and ask until it is taken in, or for as long as we wait for that."""
        adding = partial(self._collection.add_objects, wait_for_completion=False)
        status = self._ask(lambda: adding({"objects": part}))
        end = time.monotonic() + self._limits.wait_seconds
        while status.status != "complete" and time.monotonic() < end:
            self._errand.wait(_BETWEEN_QUESTIONS)
            self._ask(status.refresh)
        return status

    def _pages(
        self, read: Callable[..., Any], after: datetime | None, doing: Doing
    ) -> Iterator[Page]:
        asked: dict[str, Any] = {"limit": _AT_ONCE}
        if after is not None:
            asked["added_after"] = after
        seen: set[tuple[str, str]] = set()
        for _ in range(self._limits.pages):
            self._until = None
            envelope = self._ask(lambda: read(**asked))
            objects = self._objects_of(envelope)
            before = len(seen)
            seen.update(map(_version, objects))
            self._errand.tell(Step(doing, len(seen)))
            yield Page(objects, self._until)
            if envelope.get("more") is not True:
                return
            if len(seen) == before:
                raise EndlessError(
                    f"The server of {self._partner} sends the same over and over; ask its operator."
                )
            if len(seen) > MOST_OBJECTS:
                break
            asked.update(self._onward(envelope.get("next")))
        raise EndlessError(
            f"The server of {self._partner} has more than {MOST_OBJECTS:,} objects, or does not "
            "come to an end; ask its operator for a smaller collection."
        )

    def _objects_of(self, envelope: Any) -> Objects:
        """Return the objects of an envelope; an empty one is an envelope too."""
        if not isinstance(envelope, Mapping):
            self._fail(NOT_TAXII)
        objects = envelope.get("objects", None if envelope.keys() - {"more", "next"} else [])
        if not isinstance(objects, list) or not all(isinstance(it, Mapping) for it in objects):
            self._fail(NOT_TAXII)
        return objects

    def _onward(self, following: object) -> Mapping[str, Any]:
        """Return how the next page is asked for; servers need not give ``next``."""
        if isinstance(following, str) and 0 < len(following) <= _MOST_NEXT:
            return {"next": following}
        if following is not None or self._until is None:
            self._fail(NOT_TAXII)
        return {"added_after": resumed(self._until)}

    def _note_date(self, response: requests.Response, **_: object) -> None:
        self._until = date(response.headers.get(_DATE, ""))

    def _ask(self, call: Callable[[], T]) -> T:
        """Call the client, whose errors hold addresses and what was answered.

        It checks nothing before it takes an answer apart, so that any wrong shape ends in
        one of Python's own errors.
        """
        try:
            return call()
        except AccessError:
            self._fail("does not let our account do this; ask its operator")
        except requests.RequestException:
            self._fail("sends us on without an end, or to nowhere; ask its operator")
        except (
            TAXIIServiceException, AttributeError, KeyError, TypeError, ValueError, RecursionError,
        ):  # fmt: skip
            self._fail(NOT_TAXII)

    def _fail(self, what: str) -> NoReturn:
        raise failure(self._partner, what) from None


def _failed(listed: object, count: int) -> set[str]:
    """Return which objects a server refused, if it names them all."""
    items = listed if isinstance(listed, list) else []
    named = {word(item.get("id")) for item in items if isinstance(item, Mapping)}
    return named if len(named) == count else set()


def resumed(until: datetime) -> datetime:
    """Return after which time to ask, so that a page cut between equal dates loses nothing."""
    return until - _OVERLAP


def date(text: str) -> datetime | None:
    """Read a server's date; None for what is none."""
    try:
        found = datetime.fromisoformat(text)
        if found.tzinfo is None:
            return None
        found = found.astimezone(UTC)
        return found if found.year >= _FIRST_YEAR else None
    except (ValueError, OverflowError):
        return None


def _version(item: Mapping[str, Any]) -> tuple[str, str]:
    return word(item.get("id"))[:200], word(item.get("modified") or item.get("version"))[:40]
