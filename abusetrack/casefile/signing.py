"""Signing the heads of a case file with the organisation's OpenPGP key, through gpg.

abusetrack holds no key: gpg has it, and asks for its passphrase by its own agent.
"""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from abusetrack.casefile.transfer import HEADS, SIGNATURE
from abusetrack.errors import ExternalError

_SECONDS = 120.0  # a person may have to type the key's passphrase


@dataclass(frozen=True, slots=True)
class Gpg:
    """How gpg is called; ``home`` is its own where None."""

    home: Path | None = None

    @property
    def is_there(self) -> bool:
        """Whether there is a gpg on this machine."""
        return shutil.which("gpg") is not None

    def sign(self, heads: Path, fingerprint: str) -> Path:
        """Write a detached signature beside a file of heads; return its path.

        Raises:
            ExternalError: gpg cannot; nothing is left behind.
        """
        signature = signature_of(heads)
        done = self._run(
            "--yes", "--armor", "--local-user", fingerprint, "--output", str(signature.absolute()),
            "--detach-sign", str(heads.absolute()),
        )  # fmt: skip
        if done.returncode:
            signature.unlink(missing_ok=True)
            raise ExternalError(
                "gpg did not sign the heads; try 'gpg --detach-sign' with the key that "
                "organisation.openpgp_fingerprint names."
            )
        return signature

    def signer(self, heads: Path) -> str | None:
        """Return the fingerprint of the primary key that signed a file of heads.

        None where the signature is bad, or the key is not known.
        """
        done = self._run("--status-fd", "1", "--verify", *_paths(heads))
        if done.returncode:
            return None
        words = (line.split() for line in done.stdout.splitlines())
        return next((line[-1] for line in words if line[1:2] == ["VALIDSIG"]), None)

    def _run(self, *words: str) -> subprocess.CompletedProcess[str]:
        home = () if self.home is None else ("--homedir", str(self.home))
        try:
            return subprocess.run(  # noqa: S603  (no shell; paths and a fingerprint of the settings)
                ["gpg", "--batch", "--no-tty", *home, *words],  # noqa: S607  (wherever it is)
                capture_output=True,
                text=True,
                errors="replace",
                timeout=_SECONDS,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise ExternalError("gpg cannot be run, or did not end; try it by itself.") from error


def _paths(heads: Path) -> tuple[str, str]:
    return str(signature_of(heads).absolute()), str(heads.absolute())


def signature_of(heads: Path) -> Path:
    """Return where the signature of a file of heads stands."""
    return heads.with_name(heads.name.removesuffix(HEADS) + SIGNATURE)


def same_key(one: str, other: str) -> bool:
    """Whether two fingerprints are of the same key; spaces and case do not matter."""
    return "".join(one.split()).upper() == "".join(other.split()).upper()
