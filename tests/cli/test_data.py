"""update-data and the family view, as their users run them."""

from __future__ import annotations

import asyncio
import json
import threading

import pytest
from aiohttp import web

FILES = {
    "dns.json": {"services": [[["test"], ["https://rdap.registry.test/"]]]},
    "ipv4.json": {"services": []},
    "ipv6.json": {"services": []},
}
CSV = b"ID,Registrar Name,Status,RDAP Base URL\n9000001,Alpha Names,Accredited,\n"


@pytest.fixture
def iana():
    """An HTTP server in a thread that has all of IANA's files; yields its port and files."""
    files = {name: json.dumps(value).encode() for name, value in FILES.items()}
    files["ipv4.json"] = b'{"services": [[["192.0.2.0/24"], ["https://rdap.registry.test/"]]]}'
    files["ipv6.json"] = b'{"services": [[["2001:db8::/32"], ["https://rdap.registry.test/"]]]}'
    files["registrar-ids-1.csv"] = CSV
    loop, ready, place = asyncio.new_event_loop(), threading.Event(), {}

    async def answer(request):
        body = files.get(request.path.removeprefix("/iana/"))
        return web.Response(status=404) if body is None else web.Response(body=body)

    async def serve():
        place["runner"] = runner = web.ServerRunner(web.Server(answer), shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        place["port"] = runner.addresses[0][1]
        ready.set()

    def run():
        loop.run_until_complete(serve())
        loop.run_forever()
        loop.run_until_complete(place["runner"].cleanup())
        loop.close()

    thread = threading.Thread(target=run)
    thread.start()
    ready.wait(10)
    yield place["port"], files
    loop.call_soon_threadsafe(loop.stop)
    thread.join()


def test_everything_is_fetched_and_dated(abusetrack, iana):
    port, files = iana
    abusetrack.config.write_text(
        "[resolver]\nnameservers = ['127.0.0.1:9']\n"
        f"[rdap]\nbootstrap = 'http://127.0.0.1:{port}/iana/'\n"
        f"allowed_hosts = ['127.0.0.1:{port}']\n"
    )
    found = abusetrack.json("update-data")
    assert [file["name"] for file in found["files"]] == [
        "RDAP dns.json", "RDAP ipv4.json", "RDAP ipv6.json", "registrar IDs",
    ]  # fmt: skip
    assert all(file["as_of"] and not file["problem"] for file in found["files"])
    kept = [path.name for path in (abusetrack.folder / "home").rglob("*") if path.is_file()]
    assert {"dns.json", "registrar-ids-1.csv", "registrar-ids-1.csv.meta"} <= set(kept)
    files.pop("ipv4.json")
    again = abusetrack.run("update-data", check=False)
    assert again.returncode == 1
    assert "not found" in again.stdout


def test_a_folder_is_named_and_nothing_fetched(abusetrack):
    folder = abusetrack.folder / "data"
    folder.mkdir()
    (folder / "registrar-ids.csv").write_bytes(CSV)
    abusetrack.config.write_text("[rdap]\nbootstrap = 'data'\n")
    said = abusetrack.run("update-data").stdout
    assert "nothing is fetched" in said
    assert "registrar IDs" in said
    found = abusetrack.json("update-data")
    assert found["folder"].endswith("data")
    assert found["files"][0]["as_of"]


def test_families_are_of_registrars_only(abusetrack):
    abusetrack.run("import", "-", stdin="https://example.com/a\n")
    assert abusetrack.json("stats", "registrars", "--by-family")["rows"]
    refused = abusetrack.run("stats", "countries", "--by-family", check=False)
    assert refused.returncode == 2
    assert "stats registrars" in refused.stderr
