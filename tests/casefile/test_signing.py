from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

from abusetrack.casefile import heads, signing, transfer
from abusetrack.errors import ExternalError


@pytest.fixture(scope="session")
def home():
    """A gpg home with one key; its path must be short, for the agent's socket."""
    if shutil.which("gpg") is None:
        pytest.skip("gpg is not installed")
    with tempfile.TemporaryDirectory(prefix="gpg", dir="/tmp") as folder:
        make_key(Path(folder), "Desk <desk@hotline.example>")
        yield Path(folder)
        subprocess.run(["gpgconf", "--homedir", folder, "--kill", "all"], check=False)


def make_key(home: Path, name: str) -> None:
    home.chmod(0o700)
    subprocess.run(
        ["gpg", "--homedir", home, "--batch", "--quiet", "--passphrase", "", "--quick-gen-key",
         name, "ed25519", "sign", "never"],
        check=True, capture_output=True,
    )  # fmt: skip


@pytest.fixture
def fingerprint(home):
    listed = subprocess.run(
        ["gpg", "--homedir", home, "--batch", "--with-colons", "--list-keys"],
        check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    return next(line.split(":")[9] for line in listed.splitlines() if line.startswith("fpr"))


def test_heads_are_signed_and_the_signature_is_of_the_key(case, home, fingerprint, tmp_path):
    gpg = signing.Gpg(home)
    noted = transfer.backup(case, tmp_path / "backup").heads
    signature = gpg.sign(noted, fingerprint)
    assert signature.name == "backup.heads.asc"
    assert signing.same_key(gpg.signer(noted), fingerprint.lower())
    found = heads.decode(noted.read_text())
    noted.write_text(heads.encode(heads.Heads("2020", found.origins)))
    assert gpg.signer(noted) is None


def test_what_gpg_cannot_sign_leaves_nothing(case, home, tmp_path):
    noted = transfer.backup(case, tmp_path / "backup").heads
    with pytest.raises(ExternalError, match="did not sign"):
        signing.Gpg(home).sign(noted, "00" * 20)
    assert not signing.signature_of(noted).exists()


def test_without_gpg_it_is_told(case, tmp_path, monkeypatch):
    noted = transfer.backup(case, tmp_path / "backup").heads
    monkeypatch.setenv("PATH", str(tmp_path))
    assert not signing.Gpg().is_there
    with pytest.raises(ExternalError, match="gpg cannot be run"):
        signing.Gpg().sign(noted, "00")
