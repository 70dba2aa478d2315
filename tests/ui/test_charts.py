"""The charts: labels stay labels, bars are in order, a click gives back the label."""

from types import SimpleNamespace

import pytest

from ui.charts import (
    ACCENT,
    LETTERS,
    MUTED,
    PLOTLY_CONFIG,
    bars,
    columns,
    picked_places,
    saving,
    selection_to_value,
    short,
    ticks,
)

ROWS = [("Watch", 3, 30), ("Shirt", 20, 20), ("<b>Bag</b>", 0, 1200)]


def test_bars_are_sorted_by_count_and_tell_both_counts() -> None:
    whole, result = bars(ROWS, title="Type").data
    assert list(result.x) == [20, 3, 0]
    assert list(whole.x) == [20, 30, 1200]
    assert list(whole.text) == ["20", "3 of 30", "0 of 1,200"]


def test_labels_are_never_markup_and_clicks_give_them_back_whole() -> None:
    figure = bars(ROWS, title="<i>Type</i>")
    assert figure.layout.yaxis.ticktext[2] == "\N{THIN SPACE}&lt;b&gt;Bag&lt;/b&gt; "
    assert figure.layout.title.text == "&lt;i&gt;Type&lt;/i&gt;"
    assert figure.data[1].customdata[2] == ["<b>Bag</b>"]
    assert "<b>Bag" not in figure.data[1].hovertext[2]


def test_bars_grow_with_their_number() -> None:
    one, twenty = (bars([(str(n), 1, 2) for n in range(count)], title="").layout.height for count in (1, 20))
    assert twenty - one == 19 * 26


def test_columns_keep_their_order_and_years_stay_words() -> None:
    figure = columns([("2007", 1, 2), ("2006", 5, 9)], title="Year")
    assert list(figure.data[1].y) == [1, 5]
    assert list(figure.layout.xaxis.ticktext) == ["2007", "2006"]


@pytest.mark.parametrize("chart", [bars, columns])
def test_nothing_to_show_is_a_figure_too(chart) -> None:
    figure = chart([], title="Empty")
    assert figure.layout.height > 0
    assert len(figure.data) == 2


@pytest.mark.parametrize("chart", [bars, columns])
def test_charts_have_no_background_and_no_legend(chart) -> None:
    layout = chart(ROWS, title="Type").layout
    assert layout.paper_bgcolor == layout.plot_bgcolor == "rgba(0, 0, 0, 0)"
    assert layout.showlegend is False
    assert PLOTLY_CONFIG["displayModeBar"] is False


def test_the_result_never_sticks_out_of_a_stale_total() -> None:
    assert list(bars([("a", 5, 3)], title="").data[0].x) == [5]


@pytest.mark.parametrize(
    ("event", "labels"),
    [
        (
            {"selection": {"points": [{"customdata": ["Red"]}, {"customdata": ["Red"]}, {"customdata": ["Blue"]}]}},
            ["Red", "Blue"],
        ),
        (SimpleNamespace(selection=SimpleNamespace(points=[{"customdata": ["2007"]}])), ["2007"]),
        ({"selection": {"points": [{"customdata": {"0": "Red"}}, {"customdata": "Blue"}]}}, ["Red", "Blue"]),
        ({"selection": {"points": [{"x": 3}, {"customdata": [3]}, {"customdata": []}]}}, []),
        ({"selection": {"points": []}}, []),
        ({}, []),
        (None, []),
    ],
)
def test_a_click_gives_the_labels(event: object, labels: list[str]) -> None:
    assert selection_to_value(event) == labels


def test_long_labels_are_cut_and_lines_joined() -> None:
    assert len(short("x" * 100)) == LETTERS
    assert short("two\nlines") == "two lines"
    assert short("a & b") == "a &amp; b"


@pytest.mark.parametrize(("count", "marked"), [(0, []), (1, [0]), (8, list(range(8))), (13, list(range(0, 13, 2)))])
def test_columns_are_labelled_sparsely(count: int, marked: list[int]) -> None:
    assert ticks(count) == marked


@pytest.mark.parametrize(
    ("selection", "places"),
    [
        ({"points": [{"x": 3, "y": 1}, {"x": 3, "y": 1}, {"x": 4, "y": 2}]}, [3, 4]),
        ({"points": [{"x": "3"}, {"x": None}, {"x": -1}, 7]}, []),
        ({"points": [{"x": 9}], "box": [{"x": [2.6, 0.4], "y": [0, 5]}]}, [1, 2]),
        ({"box": [{"x": [1.1, 1.4]}]}, [1]),
        ({"box": [{"x": [-5, -0.6]}]}, [0]),
        ({"box": [{"x": [float("nan"), 1]}]}, []),
        ({"box": [{"x": [1]}]}, []),
        ({}, []),
    ],
)
def test_a_click_or_a_box_gives_places(selection: object, places: list[int]) -> None:
    assert picked_places({"selection": selection}, "x") == places


def test_chosen_bars_stand_out() -> None:
    figure = bars((), title="Type", tail=ROWS, chosen=[1])
    assert list(figure.data[1].marker.color) == [MUTED, ACCENT, MUTED]
    assert bars((), title="Type", tail=ROWS).data[1].marker.color == ACCENT


def test_a_chart_is_saved_by_the_browser_as_what_was_chosen() -> None:
    assert saving("kind", "svg")["toImageButtonOptions"] == {"format": "svg", "filename": "kind", "scale": 2}
    assert saving("kind", "exe")["toImageButtonOptions"]["format"] == "png"
