from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import dns.asyncquery
import dns.message
import dns.rcode
import pytest

from abusetrack import settings
from abusetrack.errors import InputError
from abusetrack.practice import PracticeServers, PracticeThread, World
from abusetrack.practice.csv_world import COLUMNS
from abusetrack.practice.dns import ORIGIN_ZONE
from abusetrack.records import HostingAgreement, State

REAL = Path(__file__).parents[3] / "shared" / "data" / "volume" / "domains-with-facts.csv"


@pytest.fixture
def truths(csv_path: Path) -> dict:
    return {truth.domain: truth for truth in World.from_csv(csv_path).truths()}


def texts(answer: dns.message.Message) -> list[str]:
    return [item.to_text() for rrset in answer.answer for item in rrset]


def test_registration_comes_from_the_row(truths: dict) -> None:
    truth = truths["agree.test"]
    assert (truth.registrar, truth.iana_id) == ("Amber Names", None)
    assert truth.created == datetime(2025, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert truth.state is State.ACTIVE
    assert truths["shared.test"].created == datetime(2025, 1, 2, 1, 4, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("domain", "states"),
    [
        ("noaddress.test", [State.ACTIVE]),
        ("undelegated.test", [State.NOT_DELEGATED]),
        ("gone.test", [State.NOT_REGISTERED, State.NOT_DELEGATED]),
        ("remembered.test", [State.NOT_REGISTERED]),
        ("unseen.example", [State.UNKNOWN]),
        ("lost.example", [State.NOT_DELEGATED]),
    ],
)
def test_states_come_from_status_addresses_and_name_servers(
    truths: dict, domain: str, states: list[State]
) -> None:
    assert list(truths[domain].states) == states


@pytest.mark.parametrize(
    ("domain", "agreement", "country", "asn"),
    [
        ("agree.test", HostingAgreement.UNANIMOUS, "DE", 64500),
        # Its second address is another row's first: that row knows it better.
        ("differ.test", HostingAgreement.DISPUTED, None, 64501),
        ("shared.test", HostingAgreement.UNANIMOUS, "FR", 64502),
        ("noorigin.test", HostingAgreement.DISPUTED, None, None),
        ("noaddress.test", HostingAgreement.NONE, None, None),
        ("remembered.test", HostingAgreement.UNANIMOUS, "DE", 64500),
    ],
)
def test_hosting_comes_from_two_opinions(
    truths: dict, domain: str, agreement: HostingAgreement, country: str | None, asn: int | None
) -> None:
    truth = truths[domain]
    assert (truth.hosting_agreement, truth.hosting_country, truth.asn) == (agreement, country, asn)


async def test_dns_answers_what_the_row_knows(ask_csv) -> None:
    assert texts(await ask_csv("differ.test", "A")) == ["192.0.2.2", "192.0.2.3"]
    assert texts(await ask_csv("agree.test", "NS")) == ["ns1.dns.test.", "ns2.dns.test."]
    assert texts(await ask_csv("xn--bcher-kva.test", "AAAA")) == ["2001:db8::7"]
    assert (await ask_csv("gone.test", "A")).rcode() == dns.rcode.NXDOMAIN
    assert (await ask_csv("undelegated.test", "NS")).rcode() == dns.rcode.NXDOMAIN
    # No name servers are known of a name that has an address: nothing is claimed.
    assert (await ask_csv("unseen.example", "NS")).rcode() == dns.rcode.SERVFAIL
    assert texts(await ask_csv("unseen.example", "A")) == ["192.0.2.6"]


async def test_two_countries_by_two_ways(ask_csv, fetch_csv) -> None:
    (text,) = texts(await ask_csv(f"2.2.0.192.{ORIGIN_ZONE}", "TXT"))
    assert text.strip('"').split(" | ")[:3] == ["64501", "192.0.2.2/32", "DE"]
    (text,) = texts(await ask_csv(f"4.2.0.192.{ORIGIN_ZONE}", "TXT"))
    assert text.strip('"').split(" | ")[:3] == ["NA", "192.0.2.4/32", "SE"]
    status, body = await fetch_csv("rdap/addresses", "ip/192.0.2.2")
    assert (status, body["country"], body["startAddress"]) == (200, "NL", "192.0.2.2")


async def test_rdap_answers_what_the_row_knows(fetch_csv) -> None:
    status, body = await fetch_csv("rdap/registry", "domain/xn--bcher-kva.test")
    assert status == 200
    assert body["unicodeName"] == "bücher.test"
    assert body["entities"][0]["vcardArray"][1][1][3] == "Käfer Names"
    assert "publicIds" not in body["entities"][0]
    assert (await fetch_csv("rdap/registry", "domain/gone.test"))[0] == 404
    assert (await fetch_csv("rdap/registry", "domain/remembered.test"))[0] == 404


def test_an_iana_id_is_taken_where_given(tmp_path: Path) -> None:
    path = tmp_path / "world.csv"
    path.write_text(
        f"{','.join(COLUMNS)},iana_id\n"
        "a.test,ok,2025-01-02,Amber Names,ns1.dns.test,192.0.2.1,64500,AMBER,DE,DE,9000001\n",
        encoding="utf-8",
    )
    (truth,) = World.from_csv(path).truths()
    assert (truth.registrar, truth.iana_id) == ("Amber Names", 9_000_001)


def test_settings_never_lead_to_a_real_whois_server(csv_path: Path, tmp_path: Path) -> None:
    with PracticeThread(World.from_csv(csv_path), tmp_path / "practice") as thread:
        loaded = settings.load(thread.config_path)
    assert loaded.practice
    assert not loaded.whois.enabled
    assert not loaded.geo.databases
    assert loaded.names.extra_suffixes is None
    assert loaded.network.origin_zone == ORIGIN_ZONE
    bootstrap = (Path(loaded.rdap.bootstrap) / "dns.json").read_text(encoding="utf-8")
    assert '"test"' in bootstrap
    assert '"example"' not in bootstrap, "an ending without RDAP has no service"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda text: text.replace(",ips,", ",ip,"), "lacks the column ips"),
        (lambda text: text.replace("192.0.2.1,", "not-an-address,"), "no usable ips in line 2"),
        (lambda text: text.replace("agree.test", "a..b"), "no usable domain in line 2"),
        (lambda text: text.replace(",nxdomain,", ",maybe,"), "no usable status"),
        (lambda text: text.replace("2025-01-02T03:04:05Z", "02/01/2025", 1), "registered_at"),
        (lambda text: text.replace(",64500,", ",AS64500,", 1), "asn_routeviews"),
        (lambda text: text.partition("\n")[0], "no rows"),
    ],
)
def test_a_bad_list_is_refused_with_a_sentence(csv_path: Path, change, words: str) -> None:
    csv_path.write_text(change(csv_path.read_text(encoding="utf-8")), encoding="utf-8")
    with pytest.raises(InputError, match=words) as caught:
        World.from_csv(csv_path)
    assert "agree.test" not in str(caught.value)


def test_a_missing_list_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        World.from_csv(tmp_path / "none.csv")


@pytest.mark.skipif(not REAL.exists(), reason="the list of really reported names is not here")
async def test_the_list_of_really_reported_names_is_served() -> None:
    world = World.from_csv(REAL)
    truths = world.truths()
    assert len(truths) == 4501
    agreements = Counter(truth.hosting_agreement for truth in truths)
    assert agreements[HostingAgreement.DISPUTED] > 100
    assert agreements[HostingAgreement.CDN] > 500
    async with PracticeServers(world) as servers:
        service = servers.services["dns"]
        wrong = 0
        for truth in truths[::50]:
            query = dns.message.make_query(truth.domain, "A", use_edns=0)
            answer = await dns.asyncquery.udp(query, service.host, port=service.port, timeout=5)
            hosts = world.at().standings[truth.domain].hosts
            expected = {a for host in hosts for a in host.addresses}
            wrong += set(texts(answer)) != expected
        assert wrong == 0
