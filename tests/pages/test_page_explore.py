"""Explore: filters, views, paging, order; the link says it all."""

import datetime
import json
from typing import Any

import pytest
from drawn import HOSTILE, Open
from shown import button, click_facet, heading, ids, linked, sent, sound, told

from core.edit.job import edit_now
from core.edit.request import EditRequest
from core.query.recipe import Order, Recipe
from core.workspace import Workspace
from ui.table import sorted_by

SHOES = '[["kind","in",["Shoe"]]]'


def facet(at: Any, column: str) -> dict[str, Any]:
    return next(item for item in sent(at, "facets")[0]["facets"] if item["column"] == column)


def counts(at: Any, column: str) -> dict[str | None, int]:
    return {value: count for value, count, _ in facet(at, column)["values"]}


def asked(at: Any) -> list[Any]:
    return json.loads(linked(at, "where"))


def slider(at: Any, label: str) -> Any:
    return next(item for item in at.slider if item.label == label)


def test_everything_is_shown_without_a_filter(open_page: Open) -> None:
    at = sound(open_page("explore", collection="shop"))
    assert "All images" in heading(at)
    assert "71 images" in heading(at)
    assert len(ids(at)) == 60
    assert counts(at, "kind") == {"Shirt": 24, "Shoe": 23, "Watch": 23, None: 1}
    assert counts(at, "on_sale") == {"yes": 35, "no": 35, None: 1}


def test_a_facet_click_changes_link_sentence_counts_and_images(open_page: Open) -> None:
    at = click_facet(open_page("explore", collection="shop"), "kind", ["Shoe"])
    assert asked(at) == [["kind", "in", ["Shoe"]]]
    assert "Images whose kind is Shoe" in heading(at)
    assert "23 of 71 images, exact" in heading(at)
    assert len(ids(at)) == 23
    assert counts(at, "kind")["Shirt"] == 24
    assert counts(at, "season") == {"Winter": 23, "Summer": 0, None: 0}
    assert facet(at, "kind")["chosen"] == ["Shoe"]


def test_the_link_shows_the_same(open_page: Open) -> None:
    at = click_facet(open_page("explore", collection="shop"), "kind", ["Shoe"])
    again = sound(open_page("explore", collection="shop", where=linked(at, "where")))
    assert (ids(again), heading(again)) == (ids(at), heading(at))


def test_facets_add_up_and_an_empty_choice_takes_the_filter_away(open_page: Open) -> None:
    at = click_facet(open_page("explore", collection="shop", page="2"), "kind", ["Shoe", "Watch"])
    assert "page" not in at.query_params
    at = click_facet(at, "on_sale", ["yes"], turn=2)
    assert len(asked(at)) == 2
    at = click_facet(at, "kind", [], turn=3)
    assert asked(at) == [["on_sale", "in", [True]]]
    at = click_facet(at, "on_sale", [None], turn=4)
    assert ids(at) == ["stray"]


def test_clicks_made_while_the_page_ran_are_all_taken_in(open_page: Open) -> None:
    at = open_page("explore", collection="shop")
    turns = [
        {"turn": 1, "column": "kind", "chosen": ["Shoe"]},
        {"turn": 2, "column": "kind", "chosen": ["Shoe", "Watch"]},
    ]
    at.session_state["facets"] = {"turns": turns}
    assert asked(sound(at.run())) == [["kind", "in", ["Shoe", "Watch"]]]


@pytest.mark.parametrize("turn", [{"turn": 1}, {"turn": "x"}, {"turn": 1, "column": 3, "chosen": {}}, 7, None])
def test_an_event_that_makes_no_sense_changes_nothing(open_page: Open, turn: Any) -> None:
    at = open_page("explore", collection="shop")
    at.session_state["facets"] = {"turns": [turn]}
    assert "where" not in sound(at.run()).query_params


def test_a_facet_of_a_column_that_is_gone_is_told(open_page: Open) -> None:
    at = open_page("explore", collection="shop")
    at.session_state["facets"] = {"turns": [{"turn": 1, "column": "nope", "chosen": ["x"]}]}
    assert "no column “nope”" in told(at.run())


def test_a_facet_leaves_values_out_and_tags_are_a_facet(open_page: Open, workspace: Workspace) -> None:
    edit_now(workspace, EditRequest("shop", ids=("2", "3"), add_tags=("seen", "old")))
    edit_now(workspace, EditRequest("shop", ids=("2",), remove_tags=("old",)))
    at = open_page("explore", workspace.folder, collection="shop")
    turn = {"turn": 1, "column": "kind", "chosen": [], "excluded": ["Shoe"]}
    at.session_state["facets"] = {"turns": [turn]}
    assert asked(sound(at.run())) == [["not", ["kind", "in", ["Shoe"]]]]
    assert counts(at, "kind")["Shoe"] == 23
    turn = {"turn": 2, "column": " tags", "chosen": ["seen"], "excluded": ["old"]}
    at.session_state["facets"] = {"turns": [turn]}
    assert asked(sound(at.run()))[1:] == [["tag", "seen"], ["not", ["tag", "old"]]]
    assert counts(at, " tags") == {"seen": 1, "old": 0}
    at.session_state["facets"] = {"turns": [{"turn": 3, "column": "kind", "chosen": [], "excluded": []}]}
    assert ids(sound(at.run())) == ["2"]


def test_a_text_is_compared_in_other_ways_too(open_page: Open) -> None:
    at = open_page("explore", collection="shop")
    how = next(item for item in at.selectbox if item.label == "How to compare")
    how.select("matches").run()
    next(item for item in at.text_input if item.label == "Text to find").set_value("number 1[23] ").run()
    assert asked(sound(at)) == [["name", "matches", "number 1[23]"]]
    assert ids(at) == ["12", "13"]
    next(item for item in at.text_input if item.label == "Text to find").set_value("(").run()
    assert at.error
    assert asked(at) == [["name", "matches", "number 1[23]"]]
    next(item for item in at.selectbox if item.label == "How to compare").select("is missing").run()
    assert asked(sound(at)) == [["name", "in", [None]]]


def test_a_typed_filter_is_asked_or_its_fault_pointed_at(open_page: Open) -> None:
    at = open_page("explore", collection="shop")
    at.session_state["query bar"] = {"turns": [{"turn": 1, "op": "text", "text": "id=12"}]}
    assert asked(sound(at.run())) == [["id", "in", ["12"]]]
    assert ids(at) == ["12"]
    at.session_state["query bar"] = {"turns": [{"turn": 2, "op": "text", "text": "id=12 nope=3"}]}
    at.run()
    assert asked(sound(at)) == [["id", "in", ["12"]]]
    bar = sent(at, "complete")[0]
    assert bar["text"] == "id=12 nope=3"
    assert bar["error"]["pointed"].splitlines()[1].index("^") == 6
    at.session_state["query bar"] = {"turns": [{"turn": 3, "op": "remove", "path": [0]}]}
    assert "where" not in sound(at.run()).query_params


def test_a_header_sorts_the_whole_result(open_page: Open) -> None:
    at = open_page("explore", collection="shop", view="Table")
    assert sorted_by(Recipe(), "id") == Recipe(order=Order("id"))
    assert sorted_by(Recipe(order=Order("id")), "id").order == Order("id", descending=True)
    assert sorted_by(Recipe(order=Order("id", descending=True)), "id").order is None
    assert sorted_by(Recipe(order=Order("id")), "name").order == Order("name")
    assert len(sound(at).dataframe) == 1


def test_looks_are_in_the_link(open_page: Open) -> None:
    at = open_page("explore", collection="shop", size="Large", captions='["id","kind"]', columns='["id"]', view="Table")
    assert list(sound(at).dataframe[0].value.columns) == ["id"]
    at = open_page("explore", collection="shop", size="Large", captions='["id","kind","nope"]')
    wall = sent(at, "tiles")[0]
    assert " · " in wall["tiles"][0][4]
    at = open_page("explore", collection="shop", size="?", captions="[", columns="{}")
    sound(at)


def test_text_is_found_in_a_column(open_page: Open) -> None:
    at = open_page("explore", collection="shop")
    text = next(item for item in at.text_input if item.label == "Text to find")
    text.set_value("NUMBER 12 ").run()
    assert asked(sound(at)) == [["name", "contains", "NUMBER 12"]]
    assert ids(at) == ["12"]
    next(item for item in at.selectbox if item.label.startswith("Column in which")).select("id").run()
    assert asked(sound(at)) == [["id", "contains", "NUMBER 12"]]
    assert "No image matches" in at.info[0].value
    next(item for item in at.text_input if item.label == "Text to find").set_value("").run()
    assert "where" not in sound(at).query_params


def test_years_are_a_range(open_page: Open) -> None:
    at = open_page("explore", collection="shop")
    assert (slider(at, "Year").min, slider(at, "Year").max) == (2007, 2015)
    slider(at, "Year").set_range(2009, 2010).run()
    assert asked(sound(at)) == [["year", "between", 2009, 2010]]
    assert "16 of 71" in heading(at)
    slider(at, "Year").set_range(2007, 2010).run()
    assert asked(sound(at)) == [["year", "between", None, 2010]]
    slider(at, "Year").set_range(2007, 2015).run()
    assert "where" not in sound(at).query_params


def test_numbers_are_a_range_whole_ones_whole(open_page: Open) -> None:
    at = open_page("explore", collection="shop")
    slider(at, "Stock").set_range(40, 80).run()
    assert asked(sound(at)) == [["stock", "between", 40, 80]]
    assert ids(at) == ["1", "2"]
    slider(at, "Price").set_range(0.2, 3.0).run()
    assert ids(sound(at)) == ["1"]


def test_days_are_a_range_to_the_end_of_the_last(open_page: Open) -> None:
    at = open_page("explore", collection="shop")
    sold = slider(at, "Sold")
    sold.set_range(datetime.date(2020, 1, 1), datetime.date(2020, 2, 2)).run()
    low, high = asked(sound(at))[0][2:]
    assert low is None or low["date"].startswith("2020-01-01")
    assert high["date"].startswith("2020-02-02T23:59:59")
    assert slider(at, "Sold").value == (datetime.date(2020, 1, 1), datetime.date(2020, 2, 2))


@pytest.mark.parametrize(
    "where",
    [
        '[["year","between",2015,2009]]',
        '[["year","between",1,99999]]',
        '[["year","between",2010.5,null]]',
        '[["price","between",-1e300,1e300]]',
        '[["sold","between",{"date":"0001-01-01T00:00:00"},{"date":"9999-12-31T00:00:00"}]]',
        '[["sold","in",[{"date":"2020-01-01T00:00:00"}]]]',
        '[["name","in",["nobody"]]]',
        '[["kind","contains","sho"]]',
        '[["not",["kind","in",["Shoe"]]]]',
        '[["or",["kind","in",["Shoe"]],["year","between",2010,null]]]',
        '[["kind","in",[]]]',
        '[["kind","in",["Shoe"]],["kind","in",["Watch"]]]',
        "[]",
    ],
)
def test_unusual_filters_of_a_link_are_answered(open_page: Open, where: str) -> None:
    for page in ("explore", "search"):
        sound(open_page(page, collection="shop", where=where))


@pytest.mark.parametrize(
    "where",
    [
        "x",
        "{}",
        "[1]",
        "[[]]",
        '[["kind"]]',
        '[["kind","in","Shoe"]]',
        '[["nope","in",["x"]]]',
        '[["year","between","a","b"]]',
        '[["year","in",["x"]]]',
        '[["kind","between",1,2]]',
        '[["price","between",1e400,null]]',
        '[["price","between",' + "9" * 400 + ",null]]",
        "[" * 5_000,
        '[["name","contains","\\u0000"]]',
        "[" + ",".join(['["kind","in",["Shoe"]]'] * 4_000) + "]",
    ],
)
def test_a_filter_that_cannot_be_read_is_told_and_left_behind(open_page: Open, where: str) -> None:
    at = open_page("explore", collection="shop", where=where)
    assert told(at)
    at.switch_page("../pages/search.py").run()
    button(at, "Start again").click().run()
    assert "where" not in sound(at).query_params
    assert linked(at, "collection") == "shop"


@pytest.mark.parametrize("link", [{"sort": "year"}, {"sort": "+nope"}, {"n": "-1"}, {"min": "x"}, {"seed": "x"}])
def test_other_parts_of_a_link_that_cannot_be_read_are_told(open_page: Open, link: dict[str, str]) -> None:
    assert told(open_page("explore", collection="shop", **link))


@pytest.mark.parametrize("page", ["0", "-3", "x", "9" * 50, "3", "²"])
def test_a_page_beyond_the_result_shows_the_nearest(open_page: Open, page: str) -> None:
    assert ids(sound(open_page("explore", collection="shop", page=page)))


def test_clear_all_takes_every_filter_away(open_page: Open) -> None:
    at = open_page("explore", collection="shop", where=SHOES, sort="-year")
    button(at, "Clear all").click().run()
    assert "where" not in sound(at).query_params
    assert linked(at, "sort") == "-year"
    assert "Clear all" not in [item.label for item in at.button]


def test_pages_are_turned_and_jumped_to(open_page: Open) -> None:
    at = open_page("explore", collection="shop")
    first = ids(at)
    button(at, "Next").click().run()
    assert linked(at, "page") == "2"
    assert len(ids(sound(at))) == 11
    assert not set(ids(at)) & set(first)
    assert button(at, "Next").disabled
    at.number_input[0].set_value(1).run()
    assert "page" not in sound(at).query_params
    assert ids(at) == first
    assert button(at, "Previous").disabled


def test_views_are_kept_in_the_link(open_page: Open) -> None:
    at = open_page("explore", collection="shop", where=SHOES)
    at.button_group[0].set_value("Table").run()
    assert linked(at, "view") == "Table"
    frame = sound(at).dataframe[0].value
    assert list(frame["kind"].unique()) == ["Shoe"]
    assert len(frame) == 23
    at.button_group[0].set_value("Charts").run()
    assert linked(at, "view") == "Charts"
    assert len(sound(at).get("plotly_chart")) == 7
    at.button_group[0].set_value("Gallery").run()
    assert "view" not in sound(at).query_params


def test_an_unknown_view_is_the_gallery(open_page: Open) -> None:
    assert len(ids(sound(open_page("explore", collection="shop", view="<b>")))) == 60


def test_charts_count_the_result_before_the_whole(open_page: Open) -> None:
    at = sound(open_page("explore", collection="shop", where=SHOES, view="Charts"))
    specs = [json.loads(chart.proto.spec) for chart in at.get("plotly_chart")]
    charts = {spec["layout"]["title"]["text"]: spec["data"] for spec in specs}
    whole, result = charts["Season"]
    assert "23" in whole["text"][0]
    assert next(label[0] for label in result["customdata"]) == "Winter"
    assert [label[0] for label in charts["Kind"][1]["customdata"]][:3] == ["Shirt", "Shoe", "Watch"]


def test_ten_images_of_the_result_come_with_their_details_and_are_drawn_again(open_page: Open) -> None:
    at = sound(open_page("explore", collection="shop", where=SHOES, view="Ten at random"))
    assert len(ids(at)) == 10
    assert list(at.dataframe[0].value["id"]) == ids(at)
    assert set(at.dataframe[0].value["kind"]) == {"Shoe"}
    before = ids(at)
    button(at, "Draw again").click().run()
    assert linked(at, "seed") == "1"
    assert ids(sound(at)) != before


def test_the_result_is_sorted_by_a_column_both_ways(open_page: Open) -> None:
    at = open_page("explore", collection="shop")
    next(item for item in at.selectbox if item.label == "Sort").select("price").run()
    assert linked(at, "sort") == "+price"
    assert ids(sound(at))[:2] == ["0", "1"]
    button(at, "Low to high").click().run()
    assert linked(at, "sort") == "-price"
    assert ids(sound(at))[:2] == ["69", "68"]
    next(item for item in at.selectbox if item.label == "Sort").select("").run()
    assert "sort" not in sound(at).query_params


def test_without_classes_and_numbers_charts_say_so(open_page: Open) -> None:
    at = sound(open_page("explore", collection="two", view="Charts"))
    assert "No column" in at.info[0].value


def test_numbers_too_large_for_a_browser_have_no_slider(open_page: Open) -> None:
    at = sound(open_page("explore", collection="prose"))
    assert not at.slider
    assert sent(at, "facets")[0]["facets"] == []


@pytest.mark.parametrize("value", HOSTILE)
def test_a_hostile_value_is_chosen_shown_and_linked(open_page: Open, value: str) -> None:
    at = open_page("explore", collection="hostile")
    listed = sent(at, "facets")[0]["facets"]
    column = next(item["column"] for item in listed if value in [known[0] for known in item["values"]])
    at = click_facet(at, column, [value])
    assert asked(at) == [[column, "in", [value]]]
    assert len(ids(at)) == 3
    assert "<script>" not in heading(at).replace('<h1 class="asked">', "")
    assert ids(sound(open_page("explore", collection="hostile", where=json.dumps(asked(at))))) == ids(at)
    for view in ("Table", "Charts", "Ten at random"):
        sound(open_page("explore", collection="hostile", where=json.dumps(asked(at)), view=view))
    sound(open_page("search", collection="hostile", where=json.dumps(asked(at))))


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_text_is_looked_for(open_page: Open, text: str) -> None:
    at = open_page("explore", collection="hostile")
    next(item for item in at.text_input if item.label == "Text to find").set_value(text).run()
    assert asked(sound(at))[0][2] == text.strip()
