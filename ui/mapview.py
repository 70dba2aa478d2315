"""What a person does on the map: a picture beside the point under the mouse, areas that are drawn, points that are
clicked. The browser sees to that beside the chart, because a chart's own hover shows no pictures and its own selection
would send every point."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from core.query.area import FARTHEST, Corner, outline
from ui.component import component, new_turns, noted, seen_turn, take_in

MOST_CAPTION = 60  # characters
MOST_DRAGGED = 500  # points of a line that was drawn; the page sends fewer


@dataclass(frozen=True)
class Point:
    """A drawn image, as the card beside the mouse shows it."""

    id: str
    caption: str
    label: str  # what its colour says
    signature: str = ""  # of its thumbnail's address, where one is needed


@dataclass(frozen=True)
class MapEvent:
    """What a person did on the map since the last run."""

    area: tuple[Corner, ...] = ()  # drawn last; none where nothing was
    map: str = ""  # key of the one it was drawn on
    opened: str | None = None  # id of the image that was clicked last
    webgl: bool = True  # False where the browser has none


def map_events(key: str) -> MapEvent:
    """What was done since the last run; read before the map is drawn."""
    turns = new_turns(key)
    found = MapEvent()
    for turn in turns:
        area = area_of(turn)
        opened = turn.get("opened")
        found = MapEvent(
            area or found.area,
            str(turn.get("map")) if area else found.map,
            opened if isinstance(opened, str) else found.opened,
            found.webgl and turn.get("webgl") is not False,
        )
    if turns:
        take_in(key, int(turns[-1]["turn"]))
    return found


def map_view_component(key: str, plot: str, traces: Sequence[Sequence[Point]], link: str) -> None:
    """Follow the chart with the key `plot`; `traces` are by trace and point.

    `link` is the address of the thumbnail of an image with an empty id: twenty thousand whole ones would be megabytes.
    """
    before, _, after = link.partition("/images/")
    component("map")(
        key=key,
        data={
            "plot": plot,
            "traces": [
                [[point.id, point.caption, point.label, point.signature] for point in trace] for trace in traces
            ],
            "link": [f"{before}/images/", after],
            "turn": seen_turn(key),
        },
        on_turns_change=noted,
    )


def area_of(turn: dict[str, Any]) -> tuple[Corner, ...]:
    """The corners of the area a browser says was drawn; none where it makes no sense."""
    xs, ys = turn.get("x"), turn.get("y")
    if not isinstance(xs, list) or not isinstance(ys, list) or len(xs) != len(ys) or len(xs) > MOST_DRAGGED:
        return ()
    if not all(isinstance(edge, int | float) and not isinstance(edge, bool) for edge in (*xs, *ys)):
        return ()
    if not all(abs(edge) <= FARTHEST for edge in (*xs, *ys)):  # neither what is no number
        return ()
    return outline(xs, ys)
