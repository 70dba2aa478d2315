"""The chart board: what is drawn, and that a pick is one rerun away from every other chart."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from shown import sound
from streamlit.testing.v1 import AppTest

Board = Callable[..., AppTest]


SCRIPT = """
import streamlit as st
from ui.chartboard import show_charts
from ui.question import question
from ui.resources import current
space, name = current()
show_charts(space.catalog(name), question())
"""


@pytest.fixture
def open_board(monkeypatch: pytest.MonkeyPatch, stock: Path) -> Iterator[Board]:
    """Open a page of charts with what stands in the link."""

    def opened(**link: str) -> AppTest:
        monkeypatch.setenv("VITRINE_WORKSPACE", str(stock))
        at = AppTest.from_string(SCRIPT, default_timeout=60)
        for name, value in link.items():
            at.query_params[name] = value
        return at.run()

    st.cache_resource.clear()
    yield opened
    st.cache_resource.clear()


def charts(at: AppTest) -> dict[str, Any]:
    """What is drawn, by title."""
    specs = [json.loads(item.proto.spec) for item in at.get("plotly_chart")]
    return {spec["layout"]["title"]["text"]: spec for spec in specs}


def proto(at: AppTest, title: str) -> Any:
    """What is sent to the browser for one chart."""
    return next(item.proto for item in at.get("plotly_chart") if title in item.proto.spec)


def click(at: AppTest, title: str, *points: dict[str, Any], box: list[float] | None = None) -> AppTest:
    """Run the page as after a click on a chart, or a box drawn over it."""
    boxes = [{"x": box, "y": [0, 1]}] if box else []
    selection = {"points": list(points), "point_indices": [], "box": boxes, "lasso": []}
    state = at._tree.get_widget_states()
    widget = state.widgets.add()
    widget.id = proto(at, f'"text":"{title}"').id
    widget.string_value = json.dumps({"selection": selection})
    return sound(at._run(state))


def asked(at: AppTest) -> Any:
    value = at.query_params["where"]
    return json.loads(value if isinstance(value, str) else value[0])


def test_a_click_on_a_bar_is_one_rerun_and_the_bar_is_marked(open_board: Board) -> None:
    at = sound(open_board(collection="shop"))
    before = charts(at)
    assert set(before) == {"Kind", "Season", "Price", "Stock", "Year", "Sold", "On sale"}
    labels = [row[0] for row in before["Kind"]["data"][1]["customdata"]]
    at = click(at, "Kind", {"x": 23, "y": labels.index("Shoe")})
    assert asked(at) == [["kind", "in", ["Shoe"]]]
    after = charts(at)
    colours = after["Kind"]["data"][1]["marker"]["color"]
    shoe = [row[0] for row in after["Kind"]["data"][1]["customdata"]].index("Shoe")
    assert [place for place, colour in enumerate(colours) if colour == "#1e8079"] == [shoe]
    drawn = after["Season"]["data"][1]
    season = dict(zip([row[0] for row in drawn["customdata"]], drawn["x"], strict=True))
    assert season == {"Winter": 23, "Summer": 0, "Missing": 0}
    at = click(at, "Kind", {"x": 23, "y": shoe})
    assert "where" not in at.query_params


def test_a_brush_is_a_range(open_board: Board) -> None:
    at = click(sound(open_board(collection="shop")), "Year", box=[0.6, 2.4])
    assert asked(at) == [["year", "between", 2008, 2009]]
    assert asked(click(at, "Year", box=[4.1, 4.2])) == [["year", "between", 2011, 2011]]


def test_missing_values_are_picked_too(open_board: Board) -> None:
    at = open_board(collection="shop")
    labels = [row[0] for row in charts(at)["Season"]["data"][1]["customdata"]]
    assert asked(click(at, "Season", {"x": 1, "y": labels.index("Missing")})) == [["season", "in", [None]]]


def test_cells_of_two_columns(open_board: Board) -> None:
    at = sound(open_board(collection="shop", section="Two columns", rows="kind", across="on_sale"))
    assert list(charts(at)) == ["Kind and on sale"]
    at = click(at, "Kind and on sale", {"customdata": [0, 1]})
    assert [item[0] for item in asked(at)] == ["kind", "on_sale"]
    at = click(at, "Kind and on sale", {"customdata": {"0": 0, "1": 1}}, {"customdata": {"0": 1, "1": 0}})
    assert asked(at)[0][0] == "or"


@pytest.mark.parametrize("measure", ["Counts", "Share of row", "Share of column", "nonsense"])
def test_shares_of_two_columns(open_board: Board, measure: str) -> None:
    sound(open_board(collection="shop", section="Two columns", rows="price", across="season", measure=measure))
    sound(open_board(collection="shop", section="Two columns", where='[["kind","in",[]]]', measure=measure))


def test_over_time(open_board: Board) -> None:
    at = sound(open_board(collection="shop", section="Over time"))
    assert list(charts(at)) == ["Images over year"]
    assert asked(click(at, "Images over year", {"x": 0, "y": 3})) == [["year", "between", 2007, 2007]]
    at = sound(open_board(collection="shop", section="Over time", along="sold", by="kind", shape="Stacked"))
    at = click(at, "Kind over sold", {"customdata": [0, 0]})
    assert [item[0] for item in asked(at)] == ["kind", "sold"]


def test_many_columns_are_shown_on_demand(open_board: Board) -> None:
    at = sound(open_board(collection="wide"))
    first = len(charts(at))
    assert first == 12
    next(item for item in at.button if item.label.startswith("Show ")).click().run()
    assert len(charts(sound(at))) > 30


def test_settings_of_a_chart(open_board: Board) -> None:
    at = open_board(collection="shop")
    next(item for item in at.slider if item.key == "chart bins of price").set_value(5).run()
    assert len(charts(sound(at))["Price"]["data"][1]["y"]) == 5
    next(item for item in at.button_group if item.key == "chart format of price").set_value("svg").run()
    assert '"format": "svg"' in proto(sound(at), '"text":"Price"').config
    next(item for item in at.button_group if item.key == "chart clicks of price").set_value(True).run()
    assert charts(sound(at))["Price"]["layout"]["dragmode"] != "select"


def test_a_value_is_found_and_added(open_board: Board) -> None:
    at = open_board(collection="shop", where='[["kind","in",["Shoe"]]]')
    next(item for item in at.text_input if item.key == "chart find kind").set_value("WAT").run()
    next(item for item in at.button if item.label.startswith("Watch")).click().run()
    assert asked(sound(at)) == [["kind", "in", ["Shoe", "Watch"]]]


@pytest.mark.parametrize("section", ["Each column", "Two columns", "Over time"])
@pytest.mark.parametrize("collection", ["shop", "hostile", "wide", "prose", "one", "two"])
def test_every_collection_has_charts_or_a_word(open_board: Board, collection: str, section: str) -> None:
    at = sound(open_board(collection=collection, section=section))
    assert charts(at) or at.info


def test_an_empty_result_has_charts_to_leave_it_by(open_board: Board) -> None:
    at = sound(open_board(collection="shop", where='[["kind","in",["Hat"]]]'))
    assert charts(at)["Kind"]["data"][1]["x"][0] > 0
    assert any("No image" in item.value for item in at.caption)
