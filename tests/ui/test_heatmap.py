"""The heat map: a click or a box gives back cells."""

import pytest

from ui.heatmap import picked_pairs


@pytest.mark.parametrize(
    ("selection", "pairs"),
    [
        (
            {"points": [{"customdata": [1, 2]}, {"customdata": {"0": 0, "1": 3}}, {"customdata": [1, 2]}]},
            [(1, 2), (0, 3)],
        ),
        ({"points": [{"customdata": [1]}, {"customdata": [-1, 0]}, {"customdata": ["0", 1]}, {}, 7]}, []),
        ({"points": [], "box": [{"x": [0.6, 2.3], "y": [-0.4, 1.2]}]}, [(0, 1), (0, 2), (1, 1), (1, 2)]),
        ({"points": [], "box": [{"x": [0.1, 0.3], "y": [2.2, 2.4]}]}, [(2, 0)]),
        ({"box": [{"x": [0, 1]}]}, []),
        ({}, []),
    ],
)
def test_a_click_or_a_box_gives_cells(selection: object, pairs: list[tuple[int, int]]) -> None:
    assert picked_pairs({"selection": selection}) == pairs
