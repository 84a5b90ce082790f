"""The counties as a map of tiles: every county one square, roughly where it lies. Links and a table, so nothing hangs on seeing it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from accounts.models import County

#: Code of a county → column and row of its tile.
TILES = {
    "09007": (0, 0), "63000": (4, 0), "10017": (5, 0),
    "68000": (3, 1), "65000": (4, 1), "10002": (5, 1),
    "10018": (2, 2), "10004": (3, 2),
    "09020": (0, 3), "10005": (2, 3), "66000": (3, 3),
    "10007": (2, 4), "10008": (3, 4), "10015": (4, 4),
    "10016": (0, 5), "10009": (2, 5), "10020": (3, 5),
    "67000": (2, 6), "10010": (3, 6), "10014": (4, 6),
    "64000": (2, 7), "10013": (3, 7),
}  # fmt: skip
SIZE = 60
#: From so many institutions on a tile has this shade: the number is written on it as well.
SHADES = ((5, "many"), (2, "some"), (1, "one"), (0, "none"))


@dataclass(frozen=True, slots=True)
class Tile:
    name: str
    count: int
    x: int
    y: int
    shade: str
    address: str
    current: bool

    @property
    def middle(self) -> int:
        return self.x + SIZE // 2 - 2


def county_map(counts: Mapping[str, int], path: str, asked: Mapping[str, str]) -> Mapping[str, Any]:
    """Tiles that lead to the list of one county, with what else was asked kept; the chosen one leads back to all."""
    rest = {name: value for name, value in asked.items() if name != "county"}
    tiles = []
    for code, name in County.objects.filter(pk__in=TILES).order_by("code").values_list("pk", "name"):
        column, row = TILES[code]
        count, current = counts.get(code, 0), asked.get("county") == code
        query = urlencode(rest if current else {**rest, "county": code})
        shade = next(shade for least, shade in SHADES if count >= least)
        tiles.append(Tile(name, count, column * SIZE, row * SIZE, shade, f"{path}?{query}", current))
    return {
        "tiles": sorted(tiles, key=lambda one: (one.y, one.x)),
        "listed": sorted((one for one in tiles if one.count), key=lambda one: -one.count),
        "width": 6 * SIZE,
        "height": 8 * SIZE,
    }
