from __future__ import annotations

import dataclasses
import email
import email.policy
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

from abusetrack.errors import ExternalError, InputError
from abusetrack.notices import export, lint
from abusetrack.notices.openpgp import Keys, fingerprint, sign
from abusetrack.records import Role, Terms
from abusetrack.settings import NoticeSettings

pytestmark = pytest.mark.skipif(shutil.which("gpg") is None, reason="gpg is not installed")


@dataclasses.dataclass(frozen=True)
class Ring:
    home: Path

    def run(self, *arguments: str, given: bytes = b"") -> bytes:
        done = subprocess.run(
            ["gpg", "--batch", "--no-tty", "--quiet", "--homedir", str(self.home), *arguments],
            input=given, capture_output=True, check=True, timeout=60,
        )  # fmt: skip
        return done.stdout

    def make(self, name: str) -> str:
        self.run(
            "--pinentry-mode", "loopback", "--passphrase", "", "--quick-generate-key",
            f"{name} <{name}@keys.example>", "future-default", "default", "never",
        )  # fmt: skip
        listed = self.run("--with-colons", "--list-keys", f"{name}@keys.example").decode()
        return next(line.split(":")[9] for line in listed.splitlines() if line.startswith("fpr:"))


@pytest.fixture(scope="module")
def ring():
    """A keyring of its own with one agent, which is ended with it."""
    with tempfile.TemporaryDirectory(prefix="gpg-") as folder:  # its socket needs a short path
        yield Ring(Path(folder))
        subprocess.run(["gpgconf", "--homedir", folder, "--kill", "all"], check=False, timeout=60)


@pytest.fixture(scope="module")
def recipient(ring):
    return ring.make("recipient")


@pytest.fixture(scope="module")
def ours(ring):
    return ring.make("ours")


def _mail(files) -> email.message.EmailMessage:
    (body,) = [file.body for file in files if file.name.endswith(".eml")]
    return email.message_from_bytes(body, policy=email.policy.default)


def test_a_mail_is_encrypted_to_the_partys_key_given_as_text(
    drafted, organisation, ring, recipient
):
    key = ring.run("--armor", "--export", recipient).decode()
    terms = Terms(openpgp_fingerprint=recipient, openpgp_key=key)
    alone = organisation.but({"openpgp_fingerprint": ""})
    made = drafted(Role.HOST, terms=terms, organisation=alone)
    with tempfile.TemporaryDirectory(prefix="gpg-") as empty:
        settings = NoticeSettings(gnupg_home=Path(empty), encrypted_addresses_only=True)
        files = export(made, alone, ["eml"], settings=settings)
        assert not list(Path(empty).glob("*.kbx~"))
    message = _mail(files)
    assert message.get_content_type() == "multipart/encrypted"
    assert message["Subject"] == made.subject
    assert message["X-Unsent"] == "1"
    version, cipher = message.iter_parts()
    assert version.get_content_type() == "application/pgp-encrypted"
    whole = b"".join(file.body for file in files if file.name.endswith(".eml"))
    assert b"bad-one" not in whole
    inner = email.message_from_bytes(
        ring.run("--decrypt", given=cipher.get_payload(decode=True)), policy=email.policy.default
    )
    text, table, pages = inner.iter_parts()
    assert text.get_content().replace("\r\n", "\n") == made.body
    assert "https://bad-one.example/a/b?c=7" in pages.get_content()
    assert table.get_content_type() == "text/csv"


def test_a_mail_is_signed_if_set(draft, organisation, ring, ours, tmp_path):
    signing = organisation.but({"openpgp_fingerprint": ours})
    settings = NoticeSettings(sign=True, gnupg_home=ring.home)
    files = export(draft(organisation=signing), signing, ["eml"], settings=settings)
    (body,) = [file.body for file in files if file.name.endswith(".eml")]
    message = _mail(files)
    assert message.get_content_type() == "multipart/signed"
    boundary = f"--{message.get_boundary()}".encode()
    signed = body.split(boundary)[1][2:-2]
    (tmp_path / "signed").write_bytes(signed)
    signature = list(message.iter_parts())[1].get_payload(decode=True)
    (tmp_path / "signature").write_bytes(signature)
    ring.run("--verify", str(tmp_path / "signature"), str(tmp_path / "signed"))


def test_signed_and_encrypted_can_be_read_by_both(drafted, organisation, ring, recipient, ours):
    signing = organisation.but({"openpgp_fingerprint": ours})
    settings = NoticeSettings(sign=True, gnupg_home=ring.home)
    made = drafted(Role.HOST, terms=Terms(openpgp_fingerprint=recipient), organisation=signing)
    cipher = list(_mail(export(made, signing, ["eml"], settings=settings)).iter_parts())[1]
    listed = ring.run("--list-packets", given=cipher.get_payload(decode=True)).decode()
    assert listed.count(":pubkey enc packet:") == 2
    assert b"text/csv" in ring.run("--decrypt", given=cipher.get_payload(decode=True))


def test_a_key_that_is_not_that_of_the_fingerprint_is_refused(
    drafted, organisation, ring, recipient, ours
):
    key = ring.run("--armor", "--export", recipient).decode()
    terms = Terms(openpgp_fingerprint=ours, openpgp_key=key)
    with pytest.raises(InputError, match="not the one of its fingerprint"):
        export(drafted(Role.HOST, terms=terms), organisation, ["eml"])


def test_an_unknown_key_is_said(drafted, organisation, ring):
    alone = organisation.but({"openpgp_fingerprint": ""})
    terms = Terms(openpgp_fingerprint="0" * 40)
    settings = NoticeSettings(gnupg_home=ring.home)
    with pytest.raises(InputError, match="could not be encrypted"):
        export(drafted(Role.HOST, terms=terms), alone, ["eml"], settings=settings)


@pytest.mark.parametrize("text", ["", "12345678", "0x1234567890ABCDEF", "z" * 40])
def test_a_short_key_id_is_no_fingerprint(text):
    with pytest.raises(InputError, match="40 hexadecimal digits"):
        fingerprint(text)


def test_without_gpg_it_is_said(monkeypatch):
    monkeypatch.setitem(os.environ, "PATH", "")
    with pytest.raises(ExternalError, match="install GnuPG"):
        sign(b"x", Keys("", "", "0" * 40, sign=True, home=None))


def test_the_linter_warns_or_stops_where_addresses_leave_unencrypted(drafted, organisation):
    made = drafted(Role.HOST)
    assert [(item.code, item.stops) for item in lint(made, organisation)] == [("encryption", False)]
    strict = NoticeSettings(encrypted_addresses_only=True)
    with pytest.raises(InputError, match="cannot be encrypted"):
        export(made, organisation, settings=strict)
    assert lint(drafted(Role.REGISTRAR), organisation) == ()
    form = dataclasses.replace(made.recipient, email=None, form="https://net.example/abuse")
    assert lint(drafted(Role.HOST, recipient=form), organisation, strict) == ()
