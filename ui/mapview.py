"""What a person does on the map: a picture beside the point under the mouse, areas that are drawn, points that are
clicked. The browser sees to that beside the chart, because a chart's own hover shows no pictures and its own selection
would send every point."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from core.errors import QueryError
from core.query.area import Corner, outline
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
    problem: str = ""  # why the line that was drawn last is no area, and what to do
    opened: str | None = None  # id of the image that was clicked last
    webgl: bool = True  # False where the browser has none


def map_events(key: str) -> MapEvent:
    """What was done since the last run; read before the map is drawn."""
    turns = new_turns(key)
    found = MapEvent()
    for turn in turns:
        opened = turn.get("opened")
        found = replace(
            found,
            opened=opened if isinstance(opened, str) else found.opened,
            webgl=found.webgl and turn.get("webgl") is not False,
        )
        try:
            if area := area_of(turn):
                found = replace(found, area=area, map=str(turn.get("map", "")), problem="")
        except QueryError as error:
            found = replace(found, problem=f"{error.title} {error.detail} {error.hint}")
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
    """The corners of the area a browser says was drawn; none where none was, a QueryError where it makes no sense."""
    if "x" not in turn and "y" not in turn:
        return ()
    xs, ys = turn.get("x"), turn.get("y")
    if not isinstance(xs, list) or not isinstance(ys, list) or max(len(xs), len(ys)) > MOST_DRAGGED:
        raise QueryError(
            "The line that was drawn cannot be read.", "The browser sent no points of it.", "Draw it again."
        )
    return outline(xs, ys)
