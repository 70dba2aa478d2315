"""The facets: how values are listed, and which change is reported when."""

import json
from dataclasses import replace
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from ui.component import turns_after
from ui.facets import Facet, FacetChange, FacetValue, change_of, listing, ordered

COLOUR = Facet(
    "colour",
    "Colour",
    (FacetValue("Red", 5, 9), FacetValue(None, 7, 7), FacetValue("<b>", 0, 30), FacetValue("Blue", 5, 12)),
    chosen=("<b>",),
    distinct=46,
)


def show_facets() -> None:
    import streamlit as st

    from ui.facets import FacetChanges, facets

    changes = FacetChanges("facets", st.session_state["link"])
    for change in changes.found:
        st.text(f"{change.column}: {change.chosen} {change.excluded}")
    changes.done(st.session_state.get("after", {"where": "after"}))
    facets([st.session_state["colour"]], key="facets")


def opened() -> AppTest:
    """Run the page with one facet."""
    test = AppTest.from_function(show_facets)
    test.session_state["colour"], test.session_state["link"] = COLOUR, {}
    return test.run()


def sent(test: AppTest) -> Any:
    (element,) = test.main.get("bidi_component")
    return json.loads(element.proto.json)


def told(test: AppTest, link: dict[str, str], *turns: dict[str, Any]) -> list[str]:
    """What the page takes in of what a browser sends with a link."""
    test.session_state["link"], test.session_state["facets"] = link, {"turns": list(turns)}
    test.run()
    assert not test.exception
    return [item.value for item in test.text]


def test_facets_render_without_a_browser() -> None:
    test = opened()
    assert not test.exception
    assert not test.text
    assert sent(test)["facets"][0]["values"][0] == ["<b>", 0, 30]


LARGE = {"turn": 2, "column": "size", "chosen": ["L"]}
NOT_RED = {"turn": 1, "column": "colour", "chosen": [None], "excluded": ["Red"]}
ROUND = {"turn": 3, "column": "shape", "chosen": ["round"]}


def test_changes_are_taken_in_oldest_first_and_once() -> None:
    test = opened()
    assert told(test, {}, LARGE, NOT_RED) == ["colour: (None,) ('Red',)", "size: ('L',) ()"]
    assert sent(test)["turn"] == 2
    assert told(test, {"where": "after"}, LARGE, NOT_RED) == []
    assert told(test, {"where": "after"}, LARGE, ROUND) == ["shape: ('round',) ()"]


def test_a_click_with_the_link_of_before_loses_no_earlier_one() -> None:
    test = opened()
    assert told(test, {}, NOT_RED) == ["colour: (None,) ('Red',)"]
    assert told(test, {}, NOT_RED, LARGE) == ["colour: (None,) ('Red',)", "size: ('L',) ()"]
    assert told(test, {}, NOT_RED, LARGE, ROUND) == [
        "colour: (None,) ('Red',)",
        "size: ('L',) ()",
        "shape: ('round',) ()",
    ]
    assert told(test, {}) == []


def test_a_click_with_the_link_of_the_one_before_the_last_loses_neither() -> None:
    test = opened()
    test.session_state["after"] = {"where": "A"}
    told(test, {}, NOT_RED)
    test.session_state["after"] = {"where": "A and B"}
    assert told(test, {}, NOT_RED, LARGE) == ["colour: (None,) ('Red',)", "size: ('L',) ()"]
    test.session_state["after"] = {"where": "all"}
    assert told(test, {"where": "A"}, LARGE, ROUND) == ["size: ('L',) ()", "shape: ('round',) ()"]
    assert told(test, {"where": "all"}, ROUND) == []


def test_going_back_in_the_browser_brings_no_change_back() -> None:
    test = opened()
    told(test, {}, NOT_RED)
    assert told(test, {"where": "after"}) == []
    assert told(test, {}) == []
    assert told(test, {}, LARGE) == ["size: ('L',) ()"]


def test_chosen_values_come_first_then_the_most_frequent() -> None:
    assert [item.value for item in ordered(COLOUR)] == ["<b>", None, "Blue", "Red"]


def test_a_chosen_value_that_is_not_listed_can_still_be_unticked() -> None:
    assert ordered(replace(COLOUR, chosen=("Teal",)))[0] == FacetValue("Teal", 0, 0)


def test_a_listing_never_claims_fewer_values_than_it_shows() -> None:
    few = Facet("size", "Size", (FacetValue("L", 1, 1), FacetValue("M", 1, 1)), (), distinct=0)
    assert listing(few)["distinct"] == 2
    assert listing(COLOUR)["distinct"] == 46


@pytest.mark.parametrize(
    ("turn", "change"),
    [
        ({"column": "colour", "chosen": ["Red", None]}, FacetChange("colour", ("Red", None))),
        ({"column": "colour", "chosen": []}, FacetChange("colour", ())),
        ({"column": "colour", "chosen": [3, "Red"]}, FacetChange("colour", ("Red",))),
        ({"column": 3, "chosen": []}, None),
        ({"column": "colour"}, None),
    ],
)
def test_a_change_must_make_sense(turn: dict[str, Any], change: FacetChange | None) -> None:
    assert change_of(turn) == change


def test_only_turns_not_yet_taken_in_count() -> None:
    turns = [{"turn": 3}, {"turn": 2}, {"turn": 1}, {"turn": "4"}, "nonsense", None]
    assert turns_after(turns, 1) == [{"turn": 2}, {"turn": 3}]
    assert turns_after(None, 0) == []
    assert turns_after({"turn": 1}, 0) == []
