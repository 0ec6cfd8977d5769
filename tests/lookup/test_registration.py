"""Registry, registrar and WHOIS in their order, with answers that go wrong."""

from __future__ import annotations

import json

import pytest
from aiohttp import web

from abusetrack.lookup import NothingKnown
from abusetrack.lookup.texts import EVIDENCE_OF_FAILURE
from abusetrack.records import Kind, Outcome, Question

PATH = "/registry/domain/shop.test"


@pytest.fixture
def ask(internet, clock, host_of):
    """Ask about shop.test; return the registration observations by question."""

    async def asked(**tables):
        async with internet.lookup(clock, **tables) as lookup:
            answer = await lookup.ask(host_of("shop.test"), NothingKnown())
        found = [o for o in answer.observations if o.kind is Kind.REGISTRATION]
        assert len({o.question for o in found}) == len(found)
        return {o.question: o for o in found}

    return asked


def _related(href):
    return {"rel": "related", "type": "application/rdap+json", "href": href}


@pytest.mark.parametrize(
    ("response", "outcome"),
    [
        ({"status": 404}, Outcome.NOT_FOUND),
        ({"status": 404, "body": b'{"errorCode": 404}'}, Outcome.NOT_FOUND),
        ({"status": 404, "body": b"<html>", "content_type": "text/html"}, Outcome.NOT_FOUND),
        ({"body": b'{"errorCode": 404}'}, Outcome.NOT_FOUND),
        ({"body": b'{"errorCode": 429, "title": ["over quota"]}'}, Outcome.RATE_LIMITED),
        ({"status": 403}, Outcome.REFUSED),
        ({"status": 400}, Outcome.REFUSED),
        ({"status": 500}, Outcome.SERVER_ERROR),
        ({"body": b"<html>captcha</html>", "content_type": "text/html"}, Outcome.MALFORMED),
        ({"body": b""}, Outcome.MALFORMED),
        ({"body": b"[" * 10_000}, Outcome.MALFORMED),
        ({"body": b'{"entities":' * 10_000}, Outcome.MALFORMED),
        ({"body": b'{"ldhName": "other.test"}'}, Outcome.MALFORMED),
        ({"status": 204}, Outcome.MALFORMED),
    ],
)
async def test_registry_answers(internet, ask, response, outcome):
    internet.rdap.answers[PATH] = lambda request: web.Response(**response)
    found = await ask()
    observation = found[Question.REGISTRY_RDAP]
    assert (observation.outcome, observation.facts) == (outcome, None)
    assert observation.source == f"{internet.rdap.base}registry/"
    body = response.get("body", b"")[:EVIDENCE_OF_FAILURE]
    assert (observation.evidence.body if observation.evidence else b"") == body
    # "Not found" is an answer; after anything else WHOIS is asked.
    assert (Question.WHOIS in found) is (outcome is not Outcome.NOT_FOUND)


async def test_a_wrong_content_type_is_read_and_remembered(internet, ask, rdap_domain):
    body = json.dumps(rdap_domain("shop.test")).encode()
    internet.rdap.answers[PATH] = lambda r: web.Response(body=body, content_type="text/plain")
    found = await ask()
    assert found[Question.REGISTRY_RDAP].facts.oddities == ("content type text/plain",)
    assert found[Question.REGISTRY_RDAP].evidence.body == body


async def test_registry_and_registrar_are_both_kept(internet, ask, rdap_domain):
    link = _related(f"{internet.rdap.base}rr/domain/shop.test")
    internet.rdap.answers[PATH] = rdap_domain("shop.test", links=[link])
    internet.rdap.answers["/rr/domain/shop.test"] = rdap_domain(
        "shop.test", status=["client hold"], links=[_related(f"{internet.rdap.base}third")]
    )
    found = await ask()
    assert found[Question.REGISTRY_RDAP].facts.statuses == ("clientTransferProhibited", "ok")
    assert found[Question.REGISTRAR_RDAP].facts.statuses == ("clientHold",)
    assert "/third" not in internet.rdap.asked  # one hop


async def test_of_several_links_one_is_followed_and_none_from_there(internet, ask, rdap_domain):
    base = internet.rdap.base
    own, first, second = (f"{base}{way}/domain/shop.test" for way in ("registry", "r1", "r2"))
    links = [_related(f"{base}help"), _related(own), _related(first), _related(second)]
    internet.rdap.answers[PATH] = rdap_domain("shop.test", links=links)
    back = rdap_domain("shop.test", links=[_related(own), _related(second)])
    internet.rdap.answers["/r1/domain/shop.test"] = back
    found = await ask()
    assert found[Question.REGISTRAR_RDAP].source == f"{base}r1/"
    assert found[Question.REGISTRAR_RDAP].outcome is Outcome.OK
    asked = [path for path in internet.rdap.asked if not path.startswith("/net/")]
    assert asked == [PATH, "/r1/domain/shop.test"]


@pytest.mark.parametrize(
    ("href", "outcome"),
    [
        ("https://www.shop.test/domain/shop.test", Outcome.UNSAFE),
        ("https://shop.test/rdap/", Outcome.UNSAFE),
        ("https://192.0.2.10/domain/shop.test", Outcome.UNSAFE),
        ("https://private.test/domain/shop.test", Outcome.UNSAFE),
        ("http://registrar.test/domain/shop.test", Outcome.UNSAFE),
        ("https://absent.test/domain/shop.test", Outcome.UNREACHABLE),
        ("/domain/shop.test", Outcome.UNSAFE),
        ("javascript:alert(1)", Outcome.UNSAFE),
        ("https://" + "x" * 3000 + ".test/", Outcome.UNSAFE),
    ],
)
async def test_links_that_lead_astray(internet, ask, rdap_domain, href, outcome):
    internet.dns.records["private.test", "A"] = ["10.1.2.3"]
    internet.rdap.answers[PATH] = rdap_domain("shop.test", links=[_related(href)])
    found = await ask()
    assert found[Question.REGISTRY_RDAP].outcome is Outcome.OK
    assert found[Question.REGISTRAR_RDAP].outcome is outcome
    assert found[Question.REGISTRAR_RDAP].detail


async def test_a_link_back_to_the_registry_is_no_registrar(internet, ask, rdap_domain):
    own = _related(f"{internet.rdap.base}registry/domain/SHOP.TEST")
    internet.rdap.answers[PATH] = rdap_domain("shop.test", links=[own])
    found = await ask()
    assert found[Question.REGISTRAR_RDAP].outcome is Outcome.NO_SERVICE
    assert internet.rdap.asked.count(PATH) == 1


async def test_whois_answers_for_a_broken_registry(internet, ask):
    internet.rdap.answers[PATH] = lambda request: web.Response(status=500)
    internet.whois.answers["shop.test"] = b"Domain Name: shop.test\r\nRegistrar: Alpha\r\n"
    found = await ask()
    assert found[Question.WHOIS].outcome is Outcome.OK
    assert found[Question.WHOIS].facts.registrar_name == "Alpha"


async def test_an_unreachable_bootstrap_is_an_outcome_and_whois_is_asked(internet, ask):
    place = "https://absent.test/rdap/"
    found = await ask(rdap={"bootstrap": place})
    registry = found[Question.REGISTRY_RDAP]
    assert (registry.outcome, registry.source) == (Outcome.UNREACHABLE, f"{place}dns.json")
    assert found[Question.WHOIS].outcome is Outcome.NOT_FOUND
