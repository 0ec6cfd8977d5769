"""The desk of the tests of triage, with partners."""

from __future__ import annotations

import ipaddress
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import keyring
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from keyring.backend import KeyringBackend

from abusetrack.casefile import notices as stored_notices
from abusetrack.records import (
    Assessment,
    AssessmentOutcome,
    Level,
    NoticeStatus,
    PartnerKind,
    Role,
    SiteKind,
)
from abusetrack.settings import PartnerSettings
from abusetrack.triage import drafting, taking
from abusetrack.triage.addressing import Wish
from tests.triage.conftest import case, context, sites, take  # noqa: F401  (fixtures)
from tests.triage.conftest import desk as plain_desk  # noqa: F401

LEVELS = {level.value: PartnerSettings(level=level) for level in Level}
PARTNERS = {
    **LEVELS,
    "police": PartnerSettings(kind=PartnerKind.AUTHORITY, level=Level.URL, tlp="red"),
}


@pytest.fixture
def desk(plain_desk):  # noqa: F811
    """An organisation that may export, and a partner for each level."""
    settings = plain_desk.settings.but({"partners": PARTNERS})
    return replace(plain_desk, settings=settings)


@pytest.fixture
def told(desk, case, sites, tmp_path, clock):  # noqa: F811
    """The registrar was told of example.com and example.net; returns the reference."""
    drafts = drafting.plan(desk, case, Wish(role=Role.REGISTRAR)).drafts
    (item,) = drafting.export(desk, case, drafts, tmp_path / "out", ["txt"])
    stored_notices.mark(case, item.draft.reference, NoticeStatus.SENT)
    clock.move(hours=1)
    return item.draft.reference


@pytest.fixture
def revise(desk, case):  # noqa: F811
    """Find that a domain is not illegal after all, or is again."""

    def run(domain, outcome=AssessmentOutcome.NOT_ILLEGAL, kind=SiteKind.DEDICATED):
        found = Assessment(outcome, desk.clock.now(), "test", kind, "A", "Law 1")
        taking.assess(desk, case, [domain], found)

    return run


class _Memory(KeyringBackend):
    """A keyring of the test's own."""

    priority = 1

    def __init__(self):
        self.kept = {}

    def get_password(self, service, username):
        return self.kept.get((service, username))

    def set_password(self, service, username, password):
        self.kept[service, username] = password

    def delete_password(self, service, username):
        del self.kept[service, username]


@pytest.fixture
def own_keyring():
    before = keyring.get_keyring()
    made = _Memory()
    keyring.set_keyring(made)
    yield made
    keyring.set_keyring(before)


@pytest.fixture(scope="session")
def certificate_for(tmp_path_factory):
    """Make a certificate, with its key, for an address or a name."""

    def make(place):
        try:
            named = x509.IPAddress(ipaddress.ip_address(place))
        except ValueError:
            named = x509.DNSName(place)
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "made.test")])
        now = datetime.now(UTC)
        made = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=1))
            .add_extension(x509.SubjectAlternativeName([named]), critical=False)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .sign(key, hashes.SHA256())
        )
        path = tmp_path_factory.mktemp("tls") / "made.pem"
        own = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        path.write_bytes(made.public_bytes(serialization.Encoding.PEM) + own)
        return path

    return make


@pytest.fixture(scope="session")
def certificate_of_loopback(certificate_for):
    """A certificate, with its key, for 127.0.0.1."""
    return certificate_for("127.0.0.1")
