"""The practice internet as a process of its own, so that its packets are not ours.

Arguments: the folder for its settings. It prints one JSON line with where everything
stands; then, for each line ``{"SERVICE": [FAULT or null, SHARE], ...}`` it is given, it sets
those faults and prints the count of questions by service since the line before.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from abusetrack.practice import Fault, Faults, PracticeThread, build, rdap

RETRY_AFTER = 3600


def main():
    rdap._bomb()  # takes a while the first time
    world = build()
    with PracticeThread(world, Path(sys.argv[1])) as practice:
        services = practice.servers.services
        told = {
            "config": str(practice.config_path),
            "services": {name: service.endpoint for name, service in services.items()},
            "faults": {
                name: sorted(fault.value for fault in service._known)
                for name, service in services.items()
            },
            "names": [truth.domain for truth in world.truths()],
        }
        print(json.dumps(told), flush=True)  # noqa: T201 - its way of speaking
        for line in sys.stdin:
            counts = {name: service.questions for name, service in services.items()}
            for name, (fault, share) in json.loads(line).items():
                services[name].faults = Faults(
                    fault=Fault(fault) if fault else None, share=share, retry_after=RETRY_AFTER
                )
                services[name].questions = 0
            print(json.dumps(counts), flush=True)  # noqa: T201


main()
