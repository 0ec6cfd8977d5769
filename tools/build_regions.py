"""Write the table of countries by region that ships in resources/data.

    python tools/build_regions.py CLDR_CORE CLDR_LOCALENAMES [resources/data]

CLDR_CORE and CLDR_LOCALENAMES are the unpacked npm packages cldr-core and
cldr-localenames-full. Regions are the sub-regions and regions of the United Nations' M49
standard as CLDR gives them.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

_WORLD = "001"


def main(core: Path, localenames: Path, out: Path) -> None:
    """Write regions.toml."""
    contains = _read(core / "supplemental" / "territoryContainment.json")["supplemental"][
        "territoryContainment"
    ]
    names = _read(localenames / "main" / "en" / "territories.json")["main"]["en"][
        "localeDisplayNames"
    ]["territories"]
    version = _read(core / "package.json")["version"]
    regions = []
    for region in contains[_WORLD]["_contains"]:
        for part in contains[region]["_contains"]:
            regions += _subregions(contains, names, region, part)
    countries = sorted(code for _number, _name, _within, codes in regions for code in codes)
    lines = [
        "# Countries by region: the United Nations' M49 standard as the Unicode CLDR gives it,",
        "# with CLDR's English names. Written by tools/build_regions.py.",
        f'source = "Unicode CLDR {version} (npm packages cldr-core, cldr-localenames-full)"',
        'licence = "Unicode-3.0"',
        "",
    ]
    for number, name, within, codes in regions:
        lines += [
            "[[region]]",
            f'm49 = "{number}"',
            f"name = {json.dumps(name)}",
            f"within = {json.dumps(within)}",
            f"countries = {json.dumps(codes)}",
            "",
        ]
    lines.append("[names]")
    lines += [f"{code} = {json.dumps(names[code], ensure_ascii=False)}" for code in countries]
    (out / "regions.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _subregions(
    contains: dict[str, Any], names: dict[str, str], region: str, part: str
) -> list[tuple[str, str, str, list[str]]]:
    below = contains[part]["_contains"]
    deeper = [code for code in below if code.isdigit()]
    found = [row for code in deeper for row in _subregions(contains, names, region, code)]
    codes = sorted(code for code in below if not code.isdigit() and len(code) == 2)
    # Outlying places are grouped by CLDR under a code of its own.
    if codes:
        found.append((part, names[part], names[region], codes))
    return found


def _read(path: Path) -> Any:
    return json.loads(path.read_text("utf-8"))


if __name__ == "__main__":
    core, localenames, *rest = map(Path, sys.argv[1:])
    main(core, localenames, *(rest or [Path("resources/data")]))
