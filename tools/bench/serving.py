"""The practice internet in a process of its own, steered line by line.

``python -m bench.serving FOLDER NAMES [CORE]`` prints one line when it serves; what
the clients need to know stands in ``FOLDER/endpoints.json``. Each line on stdin is a
latency in seconds for all servers from now on, or empty; the answer is one line of
JSON: the CPU seconds used so far and the questions asked so far by kind of service.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from time import process_time
from typing import Any, Self

from bench import process

_START_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Used:
    """What the servers did up to a moment, or between two."""

    cpu: float
    questions: dict[str, int]  # dns, rdap, whois

    def since(self, earlier: Used) -> Used:
        """Return what was done after ``earlier``."""
        asked = {kind: n - earlier.questions[kind] for kind, n in self.questions.items()}
        return Used(self.cpu - earlier.cpu, asked)


class Servers:
    """The serving process, seen from the one that measures."""

    def __init__(self, folder: Path, names: int, core: int | None) -> None:
        self.endpoints_path = folder / "endpoints.json"
        words = process.module("serving", folder, names, *([] if core is None else [core]))
        self._process = subprocess.Popen(
            words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def __enter__(self) -> Self:
        if not self._line():
            sys.exit("The servers of the practice internet did not start.")
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(_START_SECONDS)

    def used(self, latency: float | None = None) -> Used:
        """Return what they did so far; set their latency, if one is given."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{'' if latency is None else latency}\n")
        self._process.stdin.flush()
        return Used(**json.loads(self._line()))

    def _line(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline()


def main() -> None:
    """Serve until stdin ends."""
    folder, names, *core = sys.argv[1:]
    if core:
        process.pin(int(core[0]))
    asyncio.run(_serve(Path(folder), int(names)))


async def _serve(folder: Path, names: int) -> None:
    # Imported here: the process that measures imports this module and must stay small.
    from abusetrack import practice
    from abusetrack.practice import config

    world = practice.build(size=names)
    async with practice.PracticeServers(world) as servers:
        text = servers.config_toml(folder)
        config.write_text(folder / "config.toml", text)
        described = _describe(servers, folder, text)
        described["names"] = list(islice(world.domains, names))
        (folder / "endpoints.json").write_text(json.dumps(described))
        print("serving", flush=True)
        while line := await asyncio.to_thread(sys.stdin.readline):
            if line.strip():
                faults = practice.Faults(latency=float(line))
                for service in servers.services.values():
                    service.faults = faults
            asked: Counter[str] = Counter({"dns": 0, "rdap": 0, "whois": 0})
            for name, service in servers.services.items():
                asked[name.partition("/")[0]] += service.questions
            print(json.dumps({"cpu": process_time(), "questions": asked}), flush=True)


def _describe(servers: Any, folder: Path, text: str) -> dict[str, Any]:
    import tomlkit

    settings = tomlkit.parse(text).unwrap()
    tables = servers.world.tables
    return {
        "config": str(folder / "config.toml"),
        "dns": [servers.services["dns"].host, servers.services["dns"].port],
        "whois": settings["whois"]["servers"],
        "zones": settings["network"],
        "bootstrap": settings["rdap"]["bootstrap"],
        "rirs": {
            service.allocation_name: f"http://{servers.services[f'rdap/{service.key}'].endpoint}/"
            for service in tables.network_services
        },
    }


if __name__ == "__main__":
    main()
