from __future__ import annotations

import asyncio
import contextlib

import pytest

from abusetrack.practice import Fault, Faults, PracticeServers, World


async def ask(servers: PracticeServers, service: str, query: str) -> str:
    place = servers.services[f"whois/{service}"]
    reader, writer = await asyncio.open_connection(place.host, place.port)
    writer.write(f"{query}\r\n".encode())
    text = (await reader.read()).decode()
    writer.close()
    await writer.wait_closed()
    return text


def fields(text: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in text.splitlines():
        key, _, value = line.partition(":")
        found.setdefault(key, []).append(value.strip())
    return found


async def test_the_keyed_shape(servers: PracticeServers, world: World) -> None:
    truth = next(t for t in world.truths() if t.iana_id and t.abuse_email)
    registry = world.domains[truth.domain].registry
    answer = fields(await ask(servers, registry, truth.domain.upper()))
    assert answer["Registrar"] == [truth.registrar]
    assert answer["Registrar IANA ID"] == [str(truth.iana_id)]
    assert answer["Registrar Abuse Contact Email"] == [truth.abuse_email]
    registration = world.at().standings[truth.domain].registration
    assert [s.split()[0] for s in answer["Domain Status"]] == list(registration.statuses)
    assert answer["Creation Date"] == [truth.created.strftime("%Y-%m-%dT%H:%M:%SZ")]


async def test_the_block_shape_has_no_ids_and_no_contact(
    servers: PracticeServers, world: World
) -> None:
    asked = 0
    for truth in world.truths():
        if world.domains[truth.domain].registry != "landfall":
            continue
        text = await ask(servers, "landfall", truth.domain)
        if truth.registrar is None:
            assert "No entries found" in text
            continue
        asked += 1
        assert fields(text)["registrar"] == [truth.registrar]
        assert truth.iana_id is None
        assert truth.abuse_email is None
        assert "@" not in text
    assert asked > 10


async def test_unknown_names(servers: PracticeServers) -> None:
    assert "No match for domain" in await ask(servers, "meridian", "nobody.test")
    assert "No entries found" in await ask(servers, "nordhalla", "nobody.nord.example")


async def test_another_registrys_name_is_unknown(servers: PracticeServers, world: World) -> None:
    truth = next(t for t in world.truths() if world.domains[t.domain].registry == "copperline")
    assert "No match" in await ask(servers, "meridian", truth.domain)


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (Fault.RATE_LIMITED, "quota exceeded"),
        (Fault.REFUSED, "denied"),
        (Fault.SERVER_ERROR, "Internal error"),
        (Fault.MALFORMED, ": : :"),
        (Fault.EMPTY, ""),
    ],
)
async def test_short_faults(servers: PracticeServers, fault: Fault, words: str) -> None:
    servers.services["whois/meridian"].faults = Faults(fault)
    text = await ask(servers, "meridian", "nobody.test")
    assert words in text
    assert "No match" not in text


async def test_a_quota(servers: PracticeServers) -> None:
    servers.services["whois/meridian"].faults = Faults(per_second=1)
    answers = [await ask(servers, "meridian", "nobody.test") for _ in range(3)]
    assert "No match" in answers[0]
    assert "quota exceeded" in "".join(answers[1:])


@pytest.mark.parametrize("fault", [Fault.ENDLESS, Fault.HUGE])
async def test_answers_without_measure(servers: PracticeServers, fault: Fault) -> None:
    place = servers.services["whois/meridian"]
    place.faults = Faults(fault)
    reader, writer = await asyncio.open_connection(place.host, place.port)
    writer.write(b"nobody.test\r\n")
    assert len(await reader.readexactly(2_000_000)) == 2_000_000
    writer.close()


async def test_a_reset(servers: PracticeServers) -> None:
    servers.services["whois/meridian"].faults = Faults(Fault.RESET)
    with pytest.raises(ConnectionError):
        await ask(servers, "meridian", "nobody.test")


@pytest.mark.parametrize("fault", [Fault.TIMEOUT, Fault.SLOW_DRIP])
async def test_silence_does_not_hold_up_the_end(world: World, asked, fault: Fault) -> None:
    async with PracticeServers(world) as servers:
        servers.services["whois/meridian"].faults = Faults(fault)
        task = asyncio.create_task(ask(servers, "meridian", "nobody.test"))
        await asked(servers, "whois/meridian")
    await asyncio.wait_for(task, 5)


async def test_overlong_and_binary_queries_are_survived(servers: PracticeServers) -> None:
    place = servers.services["whois/meridian"]
    for garbage in (b"x" * 100_000, b"\xff\xfe\x00\r\n"):
        reader, writer = await asyncio.open_connection(place.host, place.port)
        writer.write(garbage)
        with contextlib.suppress(ConnectionError):
            await reader.read()
        writer.close()
    assert "No match" in await ask(servers, "meridian", "nobody.test")
