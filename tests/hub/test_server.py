"""How the hub is reached: encrypted beyond this machine, and in sentences when it is not."""

from __future__ import annotations

import contextlib
import datetime as dt
import ipaddress
import os
import shutil
import socket

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from abusetrack.errors import ExternalError, InputError
from abusetrack.hub import schema
from abusetrack.hub.server import connected, options, run
from abusetrack.settings import HubSettings, Settings


def _settings(server: str, **fields) -> Settings:
    return Settings(hub=HubSettings(server=server, **fields))


@pytest.mark.parametrize(
    ("host", "strict"),
    [
        ("127.0.0.1", False), ("localhost", False), ("[::1]", False), ("hub.test", True),
        ("192.0.2.7", True), ("%2Frun%2Fpostgresql", False), ("localhost.test", True),
        ("127.0.0.1.test", True),
    ],
)  # fmt: skip
def test_tls_is_verified_beyond_this_machine(host, strict):
    found = options(_settings(f"postgresql://ann@{host}:5432/hub"), None)
    assert (found.get("sslmode") == "verify-full") is strict
    assert ("sslrootcert" in found) is strict


def test_a_host_of_this_machine_at_another_address_is_no_host_of_this_machine():
    found = options(_settings("postgresql://ann@localhost/hub?hostaddr=192.0.2.7"), None)
    assert found["sslmode"] == "verify-full"


@pytest.mark.parametrize("mode", ["disable", "prefer", "require"])
def test_the_address_cannot_weaken_it(mode):
    found = options(_settings(f"postgresql://ann@hub.test/hub?sslmode={mode}"), None)
    assert found["sslmode"] == "verify-full"


@pytest.mark.parametrize(
    "server",
    [
        "postgresql://ann:secret@hub.test/hub", "host=hub.test password=secret", "postgresql://[",
        "mysql://hub.test/hub", "postgresql://ann@hub.test,other.test/hub",
        "postgresql:///hub?host=hub.test,127.0.0.1", "postgresql:///hub",
        "postgresql://127.0.0.1/hub?service=other", "postgresql://127.0.0.1/hub?passfile=x",
    ],
)  # fmt: skip
def test_an_address_that_must_not_be_is_refused(server):
    with pytest.raises(InputError, match=r"hub\.server"):
        options(_settings(server), None)


def test_without_a_server_it_says_what_to_set():
    with pytest.raises(InputError, match=r"set hub\.server"):
        options(Settings(), None)


def test_where_nothing_listens_it_says_so():
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with (
        pytest.raises(ExternalError, match="cannot be reached"),
        connected(_settings(f"postgresql://ann@127.0.0.1:{port}/hub"), None),
    ):
        pytest.fail("there is nothing to reach")


def test_a_database_without_a_hub_says_so(engine, key):
    settings = engine.settings("postgres")
    with (
        connected(settings, None) as connection,
        pytest.raises(InputError, match="hub init"),
    ):
        run(connection, lambda cursor: schema.team_of(cursor, key), reads_only=True)


@pytest.fixture
def role(engine):
    """A user of the database in one of the hub's roles."""
    made = []

    def make(group: str) -> str:
        name = f"user_{os.urandom(4).hex()}"
        with contextlib.closing(engine.admin()) as admin:
            admin.execute(f"CREATE ROLE {name} LOGIN IN ROLE {group}")
        made.append(name)
        return name

    yield make
    with contextlib.closing(engine.admin()) as admin:
        for name in made:
            admin.execute(f"DROP ROLE {name}")


def test_an_analyst_can_do_all_that_an_exchange_needs_and_no_more(
    hub, engine, role, desk, work, exchange, erase_old, clock, state_of
):
    ann, bob = desk("Ann"), desk("Bob")
    database = hub.hub.server.rpartition("/")[2]
    as_analyst = engine.settings(database, role(schema.ANALYST))
    work(ann, 1, rounds=12)
    exchange(ann, settings=as_analyst)
    clock.move(days=2)
    assert erase_old(ann)
    for case in (ann, bob, ann):
        exchange(case, settings=as_analyst)
    assert state_of(ann) == state_of(bob)
    for sql in (
        "DELETE FROM abusetrack.fact", "UPDATE abusetrack.fact SET seq = 1",
        "DELETE FROM abusetrack.audit", "UPDATE abusetrack.hub SET value = '0'",
        "DELETE FROM abusetrack.evidence", "DROP TABLE abusetrack.fact",
    ):  # fmt: skip
        with (
            connected(as_analyst, None) as connection,
            pytest.raises(ExternalError, match="role analyst"),
        ):
            run(connection, lambda cursor, sql=sql: cursor.execute(sql))


def test_a_reader_takes_and_leaves_nothing(hub, engine, role, desk, work, exchange):
    ann, bob = desk("Ann"), desk("Bob")
    work(ann, 1)
    exchange(ann)
    work(bob, 2)
    as_reader = engine.settings(hub.hub.server.rpartition("/")[2], role(schema.READER))
    with pytest.raises(ExternalError, match="role analyst"):
        exchange(bob, settings=as_reader)
    facts = ann.value("SELECT count(*) FROM fact")
    origin = ann.origin_id
    here = "SELECT count(*) FROM fact JOIN origin ON origin.n = fact.origin WHERE origin.id = ?"
    assert bob.value(here, [origin]) == facts


@pytest.fixture
def certificates(tmp_path, engine):
    """A certificate for hub.test that the engine shows, and one that nobody trusts."""
    made = {}
    for name in ("right", "wrong"):
        private = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "hub.test")])
        now = dt.datetime.now(dt.UTC)
        certificate = (
            x509.CertificateBuilder()
            .subject_name(subject).issuer_name(subject).public_key(private.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - dt.timedelta(days=1))
            .not_valid_after(now + dt.timedelta(days=1))
            .add_extension(x509.SubjectAlternativeName([
                x509.DNSName("hub.test"), x509.IPAddress(ipaddress.ip_address("192.0.2.7")),
            ]), critical=False)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .sign(private, hashes.SHA256())
        )  # fmt: skip
        path = tmp_path / f"{name}.crt"
        path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        made[name] = path
        if name == "right":
            data = engine.folder / "data"
            shutil.copy(path, data / "server.crt")
            secret = data / "server.key"
            secret.touch(mode=0o600)
            secret.write_bytes(
                private.private_bytes(
                    serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                    serialization.NoEncryption(),
                )
            )  # fmt: skip
            if os.geteuid() == 0:
                shutil.chown(secret, "postgres", "postgres")
    with contextlib.closing(engine.admin()) as admin:
        admin.execute("ALTER SYSTEM SET ssl = on")
        admin.execute("SELECT pg_reload_conf()")
    yield made
    with contextlib.closing(engine.admin()) as admin:
        admin.execute("ALTER SYSTEM SET ssl = off")
        admin.execute("SELECT pg_reload_conf()")


def _wait_for_tls(engine, *, on: bool) -> None:
    with contextlib.closing(engine.admin()) as admin:
        for _ in range(200):
            if admin.execute("SHOW ssl").fetchone() == ("on" if on else "off",):
                return
            admin.execute("SELECT pg_sleep(0.02)")


def test_the_certificate_is_what_decides(engine, certificates):
    _wait_for_tls(engine, on=True)
    where = f"@hub.test:{engine.port}/postgres?hostaddr=127.0.0.1"
    good = _settings(f"postgresql://postgres{where}", tls_root=certificates["right"])
    with connected(good, None) as connection:
        assert connection.execute(
            "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()"
        ).fetchone() == (True,)
    for settings in (
        _settings(f"postgresql://postgres{where}", tls_root=certificates["wrong"]),
        _settings(f"postgresql://postgres{where}"),
        _settings(
            f"postgresql://postgres@other.test:{engine.port}/postgres?hostaddr=127.0.0.1",
            tls_root=certificates["right"],
        ),
    ):
        with pytest.raises(ExternalError, match="certificate"), connected(settings, None):
            pytest.fail("that must not be trusted")


def test_without_tls_nothing_is_sent_beyond_this_machine(engine):
    _wait_for_tls(engine, on=False)
    server = f"postgresql://postgres@hub.test:{engine.port}/postgres?hostaddr=127.0.0.1"
    with pytest.raises(ExternalError, match="TLS"), connected(_settings(server), None):
        pytest.fail("that must not be trusted")
