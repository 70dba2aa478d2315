"""What a drag over a picture means, and edges set by hand."""

import pytest

from core.query.recipe import Box
from ui.part import box_of, drawn, moved


def dragged(x: object, y: object) -> dict[str, object]:
    return {"selection": {"points": [], "box": [{"xref": "x", "yref": "y", "x": x, "y": y}]}}


def test_a_drag_is_a_part_whatever_its_direction_and_stays_within_the_picture() -> None:
    assert box_of(dragged([0.25, 0.75], [0.1, 0.5])) == Box(0.25, 0.1, 0.75, 0.5)
    assert box_of(dragged([0.75, 0.25], [0.5, 0.1])) == Box(0.25, 0.1, 0.75, 0.5)
    assert box_of(dragged([-3, 0.5], [0.5, 9])) == Box(0.0, 0.5, 0.5, 1.0)


@pytest.mark.parametrize(
    "event",
    [
        None,
        {},
        {"selection": {"box": []}},
        dragged([0.5, 0.505], [0, 1]),
        dragged([0, 1], "ab"),
        dragged([0, None], [0, 1]),
        dragged([2, 3], [0, 1]),
    ],
)
def test_next_to_nothing_is_no_part(event: object) -> None:
    assert box_of(event) is None


def test_an_edge_that_was_left_alone_stays_exact() -> None:
    box = Box(0.123, 0.2, 0.777, 1.0)
    assert moved(box, (12, 78), (20, 100)) == box
    assert moved(box, (12, 50), (20, 100)) == Box(0.123, 0.2, 0.5, 1.0)
    assert moved(box, (12, 13), (20, 100)) is None


def test_the_picture_keeps_its_shape_and_the_part_is_outlined() -> None:
    figure = drawn("/api/images/1/thumbnail", (60, 80), Box(0, 0, 0.5, 1))
    assert figure.layout.yaxis.scaleratio == pytest.approx(80 / 60)
    assert len(figure.layout.shapes) == 2
    assert len(drawn("/x", (60, 80), None).layout.shapes) == 1
