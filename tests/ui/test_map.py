"""The map's figure: the result before the grey rest, names with room, scales with words; and what a browser sends."""

from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest

from core.collection.mapped import MapFact
from core.errors import QueryError
from core.map.points import Drawn, Plane
from core.map.view import Colouring, MapView
from core.query.columns import Kind
from ui.map import MOST_SVG, colours_of, drawn_map, label_of, parts_of
from ui.mapview import area_of

FACT = MapFact("k", "a", "pca", 3, 0, "e", "2026-01-01T00:00:00+00:00", 9, 9, "map_x", "map_y", "map_cluster")


def view(count: int, found: int, colouring: Colouring | None = None, whole: bool = True) -> MapView:
    chance = np.random.default_rng(0)
    x, y = chance.uniform(-10, 10, (2, count))
    backdrop = None if whole else np.ones((160, 160), np.int64)
    drawn = Drawn(np.arange(found), np.arange(found, count), found, backdrop)
    plane = Plane(np.arange(count), x, y, FACT, count)
    return MapView(plane, drawn, np.arange(count), tuple(map(str, range(count))), colouring, found, ())


def classes(count: int, names: tuple[str, ...], column: str = "kind") -> Colouring:
    return Colouring(column, column, Kind.CATEGORY, names, np.arange(count) % len(names))


def test_the_rest_is_grey_and_below() -> None:
    parts = parts_of(view(40, 10, classes(40, ("a", "b"))))
    assert [(part.name, len(part.points)) for part in parts] == [("Others", 30), ("a", 5), ("b", 5)]
    made = drawn_map(view(40, 10, classes(40, ("a", "b"))))
    assert [len(trace) for trace in made.traces] == [30, 5, 5]
    assert all(isinstance(trace, go.Scatter) for trace in made.figure.data)


def test_many_points_are_webgl_over_a_shade_of_how_many_there_are() -> None:
    count = MOST_SVG + 1
    made = drawn_map(view(count, count, whole=False))
    assert [type(trace) for trace in made.figure.data] == [go.Heatmap, go.Scattergl]
    assert [len(trace) for trace in made.traces] == [0, count]
    plain = drawn_map(view(count, count), webgl=False)
    assert isinstance(plain.figure.data[0], go.Scatter)


def test_more_clusters_than_colours_have_one_each_and_names_that_do_not_overlap() -> None:
    names = tuple(f"Cluster number {place}" for place in range(30))
    seen = view(600, 600, classes(600, names, "map_cluster"))
    assert len(colours_of(seen)) == 30
    made = drawn_map(seen)
    assert 1 <= len(made.figure.layout.annotations) <= 30
    assert not made.figure.layout.showlegend


@pytest.mark.parametrize(
    ("kind", "values", "words"),
    [
        (Kind.YEAR, [2007.0, 2012.0], ["2007", "2012"]),
        (Kind.DATE, [0.0, 86_400.0 * 365], ["1970-01-01", "1971-01-01"]),
        (Kind.NUMBER, [0.25, 0.75], ["0.25", "0.75"]),
        (Kind.NUMBER, [5.0, 12_345.0], ["5", "12,345"]),
    ],
)
def test_a_scale_has_words(kind: Kind, values: list[float], words: list[str]) -> None:
    numbers = np.array([*values, np.nan])
    made = drawn_map(view(3, 3, Colouring("c", "<b>c</b>", kind, numbers=numbers)))
    bar = made.figure.data[1].marker.colorbar
    assert [bar.ticktext[0], bar.ticktext[-1]] == words
    assert bar.title.text == "&lt;b&gt;c&lt;/b&gt;"
    assert [len(trace) for trace in made.traces] == [1, 2]


def test_markup_in_a_value_stays_text() -> None:
    made = drawn_map(view(8, 8, classes(8, ("<b>x</b>", "y"), "map_cluster")))
    assert "<b>x" not in made.figure.to_json()


def test_the_card_says_what_a_colour_says() -> None:
    assert label_of(classes(4, ("a", "b")), 1) == "b"
    assert label_of(None, 1) == ""
    missing = Colouring("c", "c", Kind.CATEGORY, ("a",), np.array([-1, 1]))
    assert label_of(missing, 0) == label_of(missing, 1) == ""
    assert label_of(Colouring("c", "Price", Kind.NUMBER, numbers=np.array([2.5, np.nan])), 0) == "Price: 2.50"


def test_areas_are_outlined() -> None:
    made = drawn_map(view(4, 4), [((0.0, 0.0), (1.0, 0.0), (0.5, 1.0))])
    assert made.figure.layout.shapes[0].path == "M 0.0,0.0 L 1.0,0.0 L 0.5,1.0 Z"


@pytest.mark.parametrize("turn", [{}, {"opened": "a"}, {"x": [1, 2], "y": [1, 2]}])
def test_what_is_no_area_is_none(turn: dict[str, Any]) -> None:
    assert area_of(turn) == ()


@pytest.mark.parametrize(
    "turn",
    [{"x": [1, 2, 3]}, {"x": [1, 2, "3"], "y": [1, 2, 3]}, {"x": [1, 2, 3], "y": [1, None, 3]}, {"x": 5, "y": 5}],
)
def test_a_line_that_makes_no_sense_is_refused(turn: dict[str, Any]) -> None:
    with pytest.raises(QueryError, match="cannot be read") as refused:
        area_of(turn)
    assert "again" in refused.value.hint


def test_a_box_is_an_area_of_four_corners() -> None:
    assert area_of({"x": [0, 2.5, 2.5, 0], "y": [0, 0, 1, 1]}) == ((0.0, 0.0), (2.5, 0.0), (2.5, 1.0), (0.0, 1.0))
