"""Write the shapes of countries that ship in resources/data.

    python tools/build_world.py WORLD_ATLAS CLDR_CORE [resources/data]

WORLD_ATLAS and CLDR_CORE are the unpacked npm packages world-atlas and cldr-core. The
shapes are drawn in the Equal Earth projection (Savric, Patterson and Jenny 2018), in which
areas are true, on a grid of :data:`WIDTH` steps; rings too small to be seen are left out.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

WIDTH = 1200
_SOUTH = -60.0  # degrees; Antarctica hosts nothing
_SMALLEST = 2.0  # square steps of a ring that is kept, where a country has a larger one
_A1, _A2, _A3, _A4 = 1.340264, -0.081106, 0.000893, 0.003796
_NO_NUMBER = {"Kosovo": "XK"}  # shapes without a number of ISO 3166

Point = tuple[float, float]


def main(atlas: Path, core: Path, out: Path) -> None:
    """Write world.json."""
    topology = _read(atlas / "countries-50m.json")
    mappings = _read(core / "supplemental" / "codeMappings.json")["supplemental"]["codeMappings"]
    old = _read(core / "supplemental" / "aliases.json")["supplemental"]["metadata"]["alias"]
    codes = {
        row["_numeric"]: code
        for code, row in mappings.items()
        if "_numeric" in row and len(code) == 2 and code not in old["territoryAlias"]
    }
    arcs = list(_arcs(topology))
    found: dict[str, list[list[int]]] = {}
    for geometry in topology["objects"]["countries"]["geometries"]:
        name = geometry["properties"]["name"]
        code = codes.get(geometry.get("id", "")) or _NO_NUMBER.get(name)
        if code is None:
            print(f"left out: {name}", file=sys.stderr)
            continue
        found.setdefault(code, []).extend(_rings(geometry, arcs))
    left, right = _project(-180, 0)[0], _project(180, 0)[0]
    top, bottom = _project(0, 84)[1], _project(0, _SOUTH)[1]
    version = _read(atlas / "package.json")["version"]
    written = {
        "source": f"Natural Earth 1:50m (npm package world-atlas {version}), Equal Earth",
        "licence": "ISC (world-atlas), public domain (Natural Earth)",
        "width": WIDTH,
        "height": round(WIDTH * (top - bottom) / (right - left)),
        "shapes": {code: rings for code, rings in sorted(found.items()) if rings},
    }
    path = out / "world.json"
    path.write_text(json.dumps(written, separators=(",", ":")) + "\n", encoding="utf-8")
    print(f"{path}: {len(found)} countries, {path.stat().st_size:,} bytes")


def _arcs(topology: dict[str, Any]) -> Iterator[list[Point]]:
    (kx, ky), (dx, dy) = topology["transform"]["scale"], topology["transform"]["translate"]
    for arc in topology["arcs"]:
        x = y = 0
        points = []
        for step_x, step_y in arc:
            x, y = x + step_x, y + step_y
            points.append((x * kx + dx, y * ky + dy))
        yield points


def _rings(geometry: dict[str, Any], arcs: Sequence[list[Point]]) -> list[list[int]]:
    """Return the outer and inner rings as flat lists x, y, x, y of steps, largest first."""
    polygons = geometry["arcs"] if geometry["type"] == "MultiPolygon" else [geometry["arcs"]]
    rings = []
    for polygon in polygons:
        for numbers in polygon:
            points: list[Point] = []
            for number in numbers:
                arc = arcs[number] if number >= 0 else arcs[~number][::-1]
                points += arc[1:] if points else arc
            if max(latitude for _, latitude in points) > _SOUTH:
                rings += map(_on_grid, _cut(_unrolled(points)))
    rings.sort(key=_area, reverse=True)
    return [
        [value for point in ring for value in point]
        for at, ring in enumerate(rings)
        if at == 0 or (_area(ring) >= _SMALLEST and len(ring) > 2)
    ]


def _unrolled(points: Sequence[Point]) -> list[Point]:
    """Let a ring that crosses the antimeridian go on beyond 180 degrees."""
    found = [points[0]]
    for longitude, latitude in points[1:]:
        turns = round((longitude - found[-1][0]) / 360)
        found.append((longitude - 360 * turns, latitude))
    return found


def _cut(ring: list[Point]) -> Iterator[list[Point]]:
    """Yield the parts of a ring on this side of the antimeridian, each at its own place."""
    for shift in (-360, 0, 360):
        part = [(longitude + shift, latitude) for longitude, latitude in ring]
        for edge, sign in ((180.0, 1), (-180.0, -1)):
            part = _inside(part, edge, sign)
        if len(part) > 2:
            yield part


def _inside(ring: list[Point], edge: float, sign: int) -> list[Point]:
    """Cut a ring at a meridian (Sutherland and Hodgman 1974)."""
    found: list[Point] = []
    for (ax, ay), (bx, by) in zip(ring, [*ring[1:], *ring[:1]], strict=True):
        if sign * ax <= sign * edge:
            found.append((ax, ay))
        if (sign * ax <= sign * edge) != (sign * bx <= sign * edge):
            found.append((edge, ay + (by - ay) * (edge - ax) / (bx - ax)))
    return found


def _on_grid(points: Sequence[Point]) -> list[tuple[int, int]]:
    left, right = _project(-180, 0)[0], _project(180, 0)[0]
    top = _project(0, 84)[1]
    scale = WIDTH / (right - left)
    ring: list[tuple[int, int]] = []
    for longitude, latitude in points:
        x, y = _project(longitude, max(latitude, _SOUTH))
        step = round((x - left) * scale), round((top - y) * scale)
        if not ring or ring[-1] != step:
            ring.append(step)
    return ring


def _area(ring: Sequence[tuple[int, int]]) -> float:
    pairs = zip(ring, [*ring[1:], ring[0]], strict=True)
    return abs(sum(ax * by - bx * ay for (ax, ay), (bx, by) in pairs)) / 2


def _project(longitude: float, latitude: float) -> Point:
    theta = math.asin(math.sqrt(3) / 2 * math.sin(math.radians(latitude)))
    t2 = theta * theta
    t6 = t2 * t2 * t2
    stretch = 9 * _A4 * t6 * t2 + 7 * _A3 * t6 + 3 * _A2 * t2 + _A1
    x = 2 * math.sqrt(3) * math.radians(longitude) * math.cos(theta) / (3 * stretch)
    return x, theta * (_A4 * t6 * t2 + _A3 * t6 + _A2 * t2 + _A1)


def _read(path: Path) -> Any:
    return json.loads(path.read_text("utf-8"))


if __name__ == "__main__":
    atlas, core, *rest = map(Path, sys.argv[1:])
    main(atlas, core, *(rest or [Path("resources/data")]))
