"""An area drawn on a collection's map: its corners, whether they can be asked for, and how they are written.

A point is inside where a line from it to the right crosses the outline an odd number of times. Both engines do the very
same arithmetic on the same doubles, an edge at a time, so both find the same images.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest

from core.errors import QueryError
from core.query.columns import Column, Columns

MOST_CORNERS = 64
LEAST_CORNERS = 3
FARTHEST = 1e9  # from the map's middle; maps are a few dozen wide
DIGITS = 4  # of a corner that was drawn
AREA = "within:"  # in front of an area in a filter's text
MAP = "@"  # in front of the map's key there
HINT = f'Write its corners in order, such as {AREA}"0,0 2,0 1,1.5".'
LISTED_HINT = 'Write its corners in order, such as ["within", [[0, 0], [2, 0], [1, 1.5]]].'
LIMITS = f"corners are finite numbers up to {FARTHEST:,.0f}"

Corner = tuple[float, float]


@dataclass(frozen=True)
class Side:
    """One side of an area's outline that is not level, crossed where low <= y < high and x < x0 + slope * (y - y0)."""

    low: float
    high: float
    x: float
    y: float
    slope: float


def sides(corners: Sequence[Corner]) -> list[Side]:
    """The sides that a line to the right may cross, in order round the area."""
    made = []
    for (x, y), (next_x, next_y) in zip(corners, (*corners[1:], *corners[:1]), strict=True):
        if y != next_y and math.isfinite(slope := (next_x - x) / (next_y - y)):
            made.append(Side(min(y, next_y), max(y, next_y), x, y, slope))
    return made


def bounds(corners: Sequence[Corner]) -> tuple[float, float, float, float]:
    """Least x, greatest x, least y, greatest y."""
    xs, ys = [x for x, _ in corners], [y for _, y in corners]
    return min(xs), max(xs), min(ys), max(ys)


def check_corners(corners: Sequence[Corner], hint: str = HINT) -> None:
    """Refuse what is no area; `hint` says how one is written."""
    if not LEAST_CORNERS <= len(corners) <= MOST_CORNERS:
        read = f"{LEAST_CORNERS} to {MOST_CORNERS} are read"
        raise QueryError(f"An area cannot be read: it has {len(corners):,} corners, and {read}.", "", hint)
    for place, (x, y) in enumerate(corners, 1):
        if not (is_coordinate(x) and is_coordinate(y)):
            raise QueryError(f"An area cannot be read: its corner {place} is {x:g},{y:g}, and {LIMITS}.", "", hint)


def is_coordinate(edge: object) -> bool:
    """Whether this is a number that a place on a map may have."""
    return isinstance(edge, int | float) and not isinstance(edge, bool) and abs(edge) <= FARTHEST  # which NaN is not


def map_axes(columns: Columns) -> tuple[Column, Column]:
    """The columns of a place on the map, across and up; a QueryError where there is none."""
    found = {column.axis: column for column in columns.values() if column.axis}
    if len(found) < 2:
        raise QueryError(
            "This collection has no map.",
            "The filter asks for an area on it.",
            "Make one on the page Map, or: vitrine map --collection NAME",
        )
    return found["x"], found["y"]


def check_area(corners: Sequence[Corner], map: str, columns: Columns) -> None:
    """Refuse an area that this collection's map cannot have."""
    check_corners(corners)
    across, _ = map_axes(columns)
    if map and map != across.map:
        raise QueryError(
            "That area was drawn on another map.",
            "The map has been made anew since, or belongs to another collection.",
            "Draw it again on the page Map.",
        )


def area_text(corners: Sequence[Corner], map: str) -> str:
    """An area as it is written in a filter, without the quotes."""
    listed = [f"{x!r},{y!r}" for x, y in ((_plain(x), _plain(y)) for x, y in corners)]
    return " ".join([*listed, *([MAP + map] if map else [])])


def read_area(text: str) -> tuple[tuple[Corner, ...], str]:
    """The corners and the map's key of `area_text`."""
    words = text.split()
    map = words.pop()[len(MAP) :] if words and words[-1].startswith(MAP) else ""
    corners = []
    for word in words:
        try:
            x, y = map_numbers(word)
        except ValueError:
            raise QueryError(f"“{word[:40]}” is no corner of an area.", "", HINT) from None
        corners.append((x, y))
    check_corners(corners)
    return tuple(corners), map


def map_numbers(word: str) -> tuple[float, float]:
    """Two numbers with a comma between them, or a ValueError."""
    first, second = word.split(",")
    return float(first), float(second)


def outline(xs: Sequence[float], ys: Sequence[float]) -> tuple[Corner, ...]:
    """The corners of a freely drawn line, at most MOST_CORNERS, rounded; none where they make no area.

    A point that is no place on a map is a QueryError: without it the line would be another one.

    Points that lie nearest to the line between their neighbours go first (Douglas and Peucker, 1973).
    """
    for place, pair in enumerate(zip_longest(xs, ys), 1):
        if not all(map(is_coordinate, pair)):
            raise QueryError(
                "The line that was drawn cannot be read.",
                f"Its point {place} is no place on the map: {LIMITS}.",
                f'Draw it again, or type it as a filter, such as {AREA}"0,0 2,0 1,1.5".',
            )
    points = [(float(x), float(y)) for x, y in zip(xs, ys, strict=True)]
    left, right, bottom, top = bounds(points) if points else (0.0, 0.0, 0.0, 0.0)
    tolerance = max(right - left, top - bottom) / 400
    kept = _thinned(points, tolerance)
    while len(kept) > MOST_CORNERS:
        tolerance *= 1.3
        kept = _thinned(points, tolerance)
    if len(kept) < LEAST_CORNERS:  # a scribble
        kept = points[:: -(-len(points) // MOST_CORNERS) or 1]
    rounded = [(round(x, DIGITS) + 0.0, round(y, DIGITS) + 0.0) for x, y in kept]
    corners = tuple(dict.fromkeys(rounded))
    return corners if len(corners) >= LEAST_CORNERS else ()


def _thinned(points: list[Corner], tolerance: float) -> list[Corner]:
    """The points that lie farther than the tolerance from the line that would otherwise replace them."""
    if len(points) < 3:
        return points
    keep, open_parts = {0, len(points) - 1}, [(0, len(points) - 1)]
    while open_parts:
        first, last = open_parts.pop()
        distances = [(_distance(points[place], points[first], points[last]), place) for place in range(first + 1, last)]
        farthest, place = max(distances, default=(0.0, 0))
        if farthest > tolerance:
            keep.add(place)
            open_parts += [(first, place), (place, last)]
    return [points[place] for place in sorted(keep)]


def _distance(point: Corner, first: Corner, last: Corner) -> float:
    """From a point to the line between two others."""
    across, up = last[0] - first[0], last[1] - first[1]
    length = math.hypot(across, up)
    if not length:
        return math.hypot(point[0] - first[0], point[1] - first[1])
    return abs(across * (first[1] - point[1]) - (first[0] - point[0]) * up) / length


def _plain(number: float) -> int | float:
    """A whole number without its fraction."""
    return int(number) if number == int(number) and abs(number) < 1e15 else number
