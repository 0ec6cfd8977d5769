"""Only who registered each domain, many at once, by a library for that.

``python -m bench.bulk_registration ENDPOINTS NAMES (whoisit | asyncwhois)``; whoisit
asks by RDAP, asyncwhois by WHOIS. Nothing is stored. ``bench.redirect`` says how the
libraries are sent to the practice internet.
"""

from __future__ import annotations

import asyncio
import json
import sys
import warnings
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from bench import redirect

_AT_ONCE = 64  # as many as abusetrack


def main() -> None:
    """Look all names up; print how many were registered."""
    path, count, library = sys.argv[1:]
    places = json.loads(Path(path).read_text())
    asyncio.run(_LIBRARIES[library](places, places["names"][: int(count)]))


async def _whoisit(places: dict[str, Any], names: list[str]) -> None:
    import httpx
    import whoisit
    from whoisit.errors import WhoisItError

    redirect.whoisit(places)
    warnings.simplefilter("ignore")  # of registrars' answers that failed

    async with httpx.AsyncClient(trust_env=False) as client:

        async def ask(name: str) -> bool:
            try:
                return bool(await whoisit.domain_async(name, async_client=client))
            except WhoisItError:
                return False

        await _all(ask, names)


async def _asyncwhois(places: dict[str, Any], names: list[str]) -> None:
    import asyncwhois

    extractor = redirect.asyncwhois(places)

    async def ask(name: str) -> bool:
        try:
            _text, found = await asyncwhois.aio_whois(name, tldextract_obj=extractor)
        except (asyncwhois.NotFoundError, asyncwhois.GeneralError, asyncwhois.QueryError):
            return False
        return bool(found.get("registrar"))

    await _all(ask, names)


async def _all(ask: Callable[[str], Awaitable[bool]], names: list[str]) -> None:
    free = asyncio.Semaphore(_AT_ONCE)

    async def one(name: str) -> bool:
        async with free:
            return await ask(name)

    print(sum(await asyncio.gather(*map(one, names))))


_LIBRARIES = {"whoisit": _whoisit, "asyncwhois": _asyncwhois}

if __name__ == "__main__":
    main()
