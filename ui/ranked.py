"""Two ranked lists beside each other, in the browser: each image with its place here and in the other list."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

from ui.component import component, noted
from ui.gallery import Tile, box_shape


@dataclass(frozen=True)
class RankedTile:
    """One image of a list."""

    tile: Tile
    rank: int
    other: int | None
    """Its place in the other list; None where it is not in it."""


@dataclass(frozen=True)
class Opened:
    """The image whose details were asked for in this run."""

    side: int
    """0 for the first list, 1 for the second."""
    id: str


@dataclass(frozen=True)
class RankedTiles:
    """One list."""

    name: str
    """What it answers."""
    about: str
    """A quiet line below."""
    tiles: Sequence[RankedTile]


def ranked(lists: tuple[RankedTiles, RankedTiles], *, key: str, tile_px: int) -> Opened | None:
    """Show both lists and report what was opened."""
    frame = box_shape([item.tile for side in lists for item in side.tiles])
    result = component("ranked")(
        key=key,
        data={
            "frame": frame,
            "width": round(tile_px * sqrt(frame)),
            "lists": [
                {"name": side.name, "about": side.about, "images": [_row(item) for item in side.tiles]}
                for side in lists
            ],
        },
        on_opened_change=noted,
    )
    return opened(result.get("opened"))


def opened(sent: object) -> Opened | None:
    """What a browser says was opened; whatever else it sends is nothing."""
    side, mark, id = sent.partition(":") if isinstance(sent, str) else ("", "", "")
    return Opened(int(side), id) if mark and side in ("0", "1") else None


def _row(item: RankedTile) -> list[str | int | None]:
    tile = item.tile
    return [tile.id, tile.src, tile.width, tile.height, tile.alt, item.rank, item.other, tile.score]
