"""A dense, quiet wall of thumbnails in which images are selected, opened and used as a query.

The browser loads the pictures from the API; the websocket carries their addresses and words only. All of them reach
the page as text and attributes, never as markup, so an id or a caption can be anything.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import median
from typing import Any

from ui.component import component, new_turns, noted, seen_turn, take_in

FRAMES = (3 / 4, 1.0, 4 / 3)
"""Widths over heights a picture's box may have; few, so that boxes keep their shape from one result to the next."""


@dataclass(frozen=True)
class Tile:
    """One image as the gallery shows it."""

    id: str
    src: str
    """Address of the thumbnail on this server."""
    width: int
    height: int
    """Size of the original in pixels; only its shape matters here."""
    caption: str
    """One line below the picture."""
    alt: str
    """What the picture shows, for those who do not see it."""
    score: str = ""
    """Shown below the caption, in tabular figures."""


@dataclass(frozen=True)
class GalleryEvent:
    """What a person did with the gallery in this run."""

    selected: tuple[str, ...]
    """Ids selected now; includes ids that were passed in and are not among the shown ones."""
    opened: str | None
    """Id whose details were asked for in this run."""
    similar: str | None
    """Id for which "More like this" was asked in this run."""


def gallery(
    tiles: Sequence[Tile], *, key: str, selected: Sequence[str] = (), tile_px: int = 150, selectable: bool = True
) -> GalleryEvent:
    """Show the tiles and report what was done with them.

    The page owns the selection: it passes in what is selected and keeps what comes back. In the run in which a person
    selects something, that wins over what was passed in. `tile_px` is the side of a square as large as a picture's box.
    """
    turns = new_turns(key)
    turn = turns[-1]["turn"] if turns else seen_turn(key)
    now = selection(turns[-1]) if turns else tuple(dict.fromkeys(selected))
    result = component("gallery")(
        key=key,
        data={**wall(tiles, tile_px), "selectable": selectable, "selected": list(now), "turn": turn},
        on_turns_change=noted,
        on_opened_change=noted,
        on_similar_change=noted,
    )
    take_in(key, turn)
    return GalleryEvent(selected=now, opened=_text(result.get("opened")), similar=_text(result.get("similar")))


def wall(tiles: Sequence[Tile], tile_px: int) -> dict[str, Any]:
    """Return what the browser needs to hang the tiles; an id that comes twice hangs once."""
    frame = box_shape(tiles)
    unique: dict[str, Tile] = {}
    for tile in tiles:
        unique.setdefault(tile.id, tile)
    return {
        "frame": frame,
        "width": round(tile_px * sqrt(frame)),
        "tiles": [
            [tile.id, tile.src, tile.width, tile.height, tile.caption, tile.alt, tile.score] for tile in unique.values()
        ],
    }


def box_shape(tiles: Sequence[Tile]) -> float:
    """Return the width over height of every picture's box: the nearest of a few to the middle one of these images.

    One shape for all keeps rows straight and lets nothing jump while pictures load; one that fits most of them leaves
    little empty background.
    """
    ratios = [tile.width / tile.height for tile in tiles if tile.width > 0 and tile.height > 0]
    middle = median(ratios) if ratios else 1.0
    return min(FRAMES, key=lambda frame: max(frame / middle, middle / frame))


def selection(turn: dict[str, Any]) -> tuple[str, ...]:
    """Return the ids a browser says are selected."""
    ids = turn.get("selected")
    return tuple(dict.fromkeys(item for item in ids if isinstance(item, str))) if isinstance(ids, list) else ()


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
