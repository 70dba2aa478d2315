"""The gallery: what is sent to the browser, and what is believed of what comes back."""

import json
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from ui.gallery import Tile, box_shape, selection, wall

COMPONENTS = Path(__file__).parents[2] / "ui" / "components"
HOSTILE = ["</script><script>alert(1)</script>", "\"'`${1}\n\u2028\\", "<img src=x onerror=alert(1)>"]


def tile(name: str, width: int = 60, height: int = 80) -> Tile:
    return Tile(name, f"/thumbnail/{name}", width, height, caption=name, alt=name)


def show_hostile() -> None:
    import streamlit as st

    from ui.gallery import Tile, gallery

    names = st.session_state["names"]
    tiles = [Tile(name, f"/thumbnail/{name}", 60, 80, caption=name, alt=name) for name in names]
    event = gallery(tiles, key="results", selected=[names[0], "elsewhere"])
    st.text("|".join(event.selected))
    st.text(str((event.opened, event.similar)))


def opened() -> AppTest:
    """Run the gallery page; the page function stands alone because it runs as a script of its own."""
    test = AppTest.from_function(show_hostile)
    test.session_state["names"] = HOSTILE
    return test.run()


def sent(test: AppTest) -> Any:
    (element,) = test.main.get("bidi_component")
    return element.proto


def test_a_gallery_renders_without_a_browser() -> None:
    test = opened()
    assert not test.exception
    assert test.text[0].value == f"{HOSTILE[0]}|elsewhere"
    assert test.text[1].value == "(None, None)"


def test_a_gallery_renders_in_a_second_runtime_and_a_second_run() -> None:
    for _ in range(2):
        test = opened().run()
        assert not test.exception
        assert len(json.loads(sent(test).json)["tiles"]) == len(HOSTILE)


def test_hostile_words_travel_as_data_and_never_as_code() -> None:
    proto = sent(opened())
    assert [entry[0] for entry in json.loads(proto.json)["tiles"]] == HOSTILE
    assert proto.html_content == ""
    assert proto.js_content == (COMPONENTS / "gallery.js").read_text(encoding="utf-8")
    assert proto.css_content == (COMPONENTS / "gallery.css").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["gallery.js", "facets.js"])
def test_components_never_turn_data_into_markup(name: str) -> None:
    code = (COMPONENTS / name).read_text(encoding="utf-8")
    for way in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "http:", "https:"):
        assert way not in code.replace("http://www.w3.org/2000/svg", "")


def test_a_turn_from_the_browser_wins_over_what_was_passed_in_and_is_taken_in_once() -> None:
    test = opened()
    test.session_state["results"] = {"turns": [{"turn": 4, "selected": ["a", "b"]}]}
    test.run()
    assert not test.exception
    assert test.text[0].value == "a|b"
    assert json.loads(sent(test).json)["selected"] == ["a", "b"]
    assert json.loads(sent(test).json)["turn"] == 4
    test.run()
    assert test.text[0].value == f"{HOSTILE[0]}|elsewhere"
    assert json.loads(sent(test).json)["turn"] == 4


@pytest.mark.parametrize(
    ("sizes", "shape"),
    [
        ([], 1.0),
        ([(60, 80)] * 3, 0.75),
        ([(640, 480)], 4 / 3),
        ([(4000, 500)], 4 / 3),
        ([(10, 1000)], 0.75),
        ([(100, 104)], 1.0),
        ([(0, 0), (60, 80)], 0.75),
    ],
)
def test_boxes_take_the_shape_of_most_pictures(sizes: list[tuple[int, int]], shape: float) -> None:
    assert box_shape([tile(str(index), *size) for index, size in enumerate(sizes)]) == shape


def test_boxes_keep_their_area_whatever_their_shape() -> None:
    width = wall([tile("a", 60, 80)], 150)["width"]
    assert width * width / 0.75 == pytest.approx(150 * 150, rel=0.02)


def test_an_id_that_comes_twice_hangs_once_where_it_came_first() -> None:
    assert [entry[0] for entry in wall([tile("a"), tile("b"), tile("a")], 150)["tiles"]] == ["a", "b"]


@pytest.mark.parametrize(
    ("turn", "ids"),
    [
        ({"selected": ["a", "b", "a"]}, ("a", "b")),
        ({"selected": ["a", 1, None]}, ("a",)),
        ({"selected": "ab"}, ()),
        ({}, ()),
    ],
)
def test_only_names_count_as_selected(turn: dict[str, Any], ids: tuple[str, ...]) -> None:
    assert selection(turn) == ids
