"""Compare: two views, their counts, what they share and what tells them apart."""

import json
import shutil
from typing import Any

import plotly.graph_objects as go
import pytest
from drawn import Open
from shown import heading, linked, sent, sound, told, words

from core.compare import FacetLift, Lift, PairBin, Side, compare
from core.query.columns import Kind
from core.query.recipe import All, Between, OneOf, Recipe
from core.views import Views
from core.workspace import Workspace
from ui.compare import bin_label, butterfly, lift_words, overlap, overlap_parts, pair_bars, pair_columns, pair_rows
from ui.ranked import Opened, opened

SHOES = '[["kind","in",["Shoe"]]]'


@pytest.fixture
def views(workspace: Workspace) -> Workspace:
    """The workspace with two views of "shop"."""
    kept = Views(workspace.folder, "shop", workspace.catalog("shop").columns)
    kept.save("Shoes", "", Recipe(All((OneOf("kind", ("Shoe",)),))))
    kept.save("<b>Late</b>", "", Recipe(All((Between("year", 2010, None),))))
    return workspace


def metrics(at: Any) -> list[str]:
    return [item.value for item in at.metric]


def test_two_views_stand_side_by_side(open_page: Open, views: Workspace) -> None:
    at = sound(open_page("compare", views.folder, collection="shop", a="view:Shoes", b="view:<b>Late</b>"))
    catalog = views.catalog("shop")
    late = catalog.count(All((Between("year", 2010, None),)))
    both = catalog.count(All((OneOf("kind", ("Shoe",)), Between("year", 2010, None))))
    assert metrics(at) == ["23", str(late)]
    shown = words(at).replace("\\", "")
    assert f"Only Shoes: {23 - both} · In both: {both}" in shown
    assert "<b>Late</b>" not in heading(at)
    assert "&lt;b&gt;Late&lt;/b&gt;" in heading(at)
    assert len(at.get("plotly_chart")) == 2 + 3 + 4  # the overlap and what is distinctive, then a chart a column


def test_a_view_is_compared_with_everything_unless_told(open_page: Open, views: Workspace) -> None:
    at = sound(open_page("compare", views.folder, collection="shop"))
    assert [item.value for item in at.selectbox if item.label in ("First", "Second")] == [
        "view:<b>Late</b>",
        "everything",
    ]
    assert metrics(at)[1] == "71"


def test_the_present_question_can_be_one_side(open_page: Open) -> None:
    at = sound(open_page("compare", collection="shop", where=SHOES))
    assert heading(at).startswith('<h1 class="asked">The present question beside Everything')
    assert metrics(at) == ["23", "71"]


def test_the_boxes_change_the_link_and_can_be_turned_round(open_page: Open, views: Workspace) -> None:
    at = open_page("compare", views.folder, collection="shop")
    next(item for item in at.selectbox if item.label == "Second").select("view:Shoes").run()
    assert metrics(sound(at))[1] == "23"
    at = sound(next(item for item in at.button if item.key == "turn sides").click().run())
    assert metrics(at)[0] == "23"
    assert at.query_params["a"] in ("view:Shoes", ["view:Shoes"])


def test_columns_they_filter_by_are_left_out_until_asked_for(open_page: Open, views: Workspace) -> None:
    at = open_page("compare", views.folder, collection="shop", a="view:Shoes")
    before = [item.proto.spec for item in at.get("plotly_chart")][1]
    at = sound(at.toggle[0].set_value(True).run())
    after = [item.proto.spec for item in at.get("plotly_chart")][1]
    assert "Kind" not in before
    assert "Kind" in after


def test_without_any_view_the_page_says_where_to_save_one(open_page: Open) -> None:
    at = sound(open_page("compare", collection="shop"))
    assert "no view yet" in at.info[0].value
    assert not at.metric
    assert sound(open_page("compare", collection="gone")).info
    assert sound(open_page("compare", collection="one"))


def test_a_view_that_is_gone_is_told_and_the_rest_stays(open_page: Open, views: Workspace) -> None:
    at = sound(open_page("compare", views.folder, collection="shop", a="view:gone", b="view:Shoes"))
    assert "“gone” is not among the views" in at.warning[0].value
    assert metrics(at)[1] == "23"


def test_a_side_without_images_is_told(open_page: Open, views: Workspace) -> None:
    nothing = '[["year","between",1900,1901]]'
    at = sound(open_page("compare", views.folder, collection="shop", where=nothing, a="question", b="view:Shoes"))
    assert metrics(at) == ["0", "23"]
    assert "finds no image" in at.info[0].value
    at = sound(open_page("compare", views.folder, collection="shop", where=nothing, a="question", b="question"))
    assert "Neither" in at.info[0].value


def test_a_column_that_is_gone_is_told(open_page: Open) -> None:
    at = open_page("compare", collection="shop", where='[["nope","in",["x"]]]')
    assert "no column “nope”" in told(at)
    assert [item.label for item in at.selectbox if item.label == "First"]


def test_similarity_is_compared_by_its_hits(open_page: Open, views: Workspace) -> None:
    at = sound(open_page("compare", views.folder, collection="shop", text="a shoe", n="10", a="question"))
    assert metrics(at) == ["10", "71"]


@pytest.mark.parametrize("name", ["two", "wide", "prose", "hostile"])
def test_collections_of_every_shape_are_compared(open_page: Open, name: str) -> None:
    sound(open_page("compare", collection=name, text="red", a="question"))


def lists(at: Any) -> list[list[list[Any]]]:
    """Both ranked lists as sent to the browser: id, address, width, height, words, rank, other rank, score."""
    (data,) = sent(at, "lists")
    return [side["images"] for side in data["lists"]]


def test_two_wordings_stand_side_by_side(open_page: Open) -> None:
    at = sound(open_page("compare", collection="shop", way="lists", text="a shoe", words="footwear", depth="25"))
    first, second = lists(at)
    assert [len(first), len(second)] == [25, 25]
    ids = [[item[0] for item in side] for side in (first, second)]
    common = set(ids[0]) & set(ids[1])
    assert at.subheader[0].value.startswith(f"{len(common)} of 25 in both; of the first 10, ")
    for place, item in enumerate(first):
        assert item[5] == place + 1
        assert item[6] == (ids[1].index(item[0]) + 1 if item[0] in common else None)
    at = sound(next(item for item in at.text_input if item.key == "list words").set_value("a watch").run())
    assert linked(at, "words") == "a watch"
    assert [item[0] for item in lists(at)[1]] != ids[1]
    at = sound(next(item for item in at.text_input if item.key == "list text").set_value("a watch").run())
    assert at.subheader[0].value == "25 of 25 in both; of the first 10, 10"


def test_other_words_keep_the_first_lists_settings(open_page: Open) -> None:
    link = {"collection": "shop", "way": "lists", "depth": "25"}
    at = sound(open_page("compare", **link, text="a shoe", words="a shoe", min="0.99"))
    assert at.subheader[0].value == "Neither list has an image."
    at = sound(open_page("compare", **link, like="3", alike="phash", bits="64", words="a shoe"))
    assert len(lists(at)[1]) == 25


def test_another_collection_forgets_what_is_compared(open_page: Open) -> None:
    link = {"way": "lists", "a": "everything", "b": "same", "in": "two", "depth": "25", "words": "x"}
    at = sound(open_page("compare", collection="shop", text="a shoe", **link))
    at = sound(next(item for item in at.selectbox if item.key == "collection choice").select("one").run())
    assert not set(link) & set(at.query_params)


def test_the_same_question_in_another_collection(open_page: Open, workspace: Workspace) -> None:
    collections = workspace.folder / "collections"
    shutil.copytree(collections / "shop.lance", collections / "again.lance")
    link = {"collection": "shop", "way": "lists", "like": "3", "b": "same"}
    at = sound(open_page("compare", workspace.folder, **link))
    assert "Both lists are the same" in at.info[0].value
    box = next(item for item in at.selectbox if item.label == "In the collection")
    assert "again · vitrine-clip" in box.options
    at = sound(box.select("again").run())
    assert at.subheader[0].value == "50 of 50 in both; of the first 10, 10"
    workspace.delete("again", ["3"])
    at = open_page("compare", workspace.folder, **link, **{"in": "again"})
    assert "“again” does not hold the image “3”" in told(at)


def test_lists_say_what_is_missing(open_page: Open) -> None:
    at = sound(open_page("compare", collection="shop", way="lists"))
    assert "Type what to search for" in at.info[0].value
    at = sound(open_page("compare", collection="shop", way="lists", text="a shoe"))
    assert "Type the words" in at.info[0].value
    at = sound(open_page("compare", collection="shop", way="lists", text="a shoe", b="everything", depth="x"))
    assert [item[6] is None for item in lists(at)[1]].count(False) > 0


def test_what_a_browser_says_was_opened_is_read_with_care() -> None:
    assert opened("1:a:b") == Opened(1, "a:b")
    assert [opened(item) for item in (None, "2:a", "a", 3, ":a")] == [None] * 5


def lift(value: Any, a: int, b: int, ratio: float | None = 1.0, score: float = 1.0) -> Lift:
    return Lift(value, a, b, a / 100, b / 100, ratio, score)


SIDES = (Side("a", 100, True), Side("b", 100, True))


def test_the_figures_hold_shares_of_each_side(views: Workspace) -> None:
    catalog = views.catalog("shop")
    shoes = Recipe(All((OneOf("kind", ("Shoe",)),)))
    found = compare(catalog, views.searcher("shop", catalog), shoes, Recipe())
    sides = (found.a, found.b)
    kind = next(facet for facet in found.facets if facet.column == "kind")
    first, second = pair_bars(kind, sides).data
    assert list(first.x) == [1.0, 0, 0, 0]
    assert second.x[0] == pytest.approx(23 / 71)
    year = next(shape for shape in found.ranges if shape.column == "year")
    figure = pair_columns(year, sides)
    assert figure.layout.barmode == "overlay"
    assert sum(figure.data[0].y) == pytest.approx(1)
    wings = butterfly(found.distinctive(5), sides)
    assert min(wings.data[0].x) >= 0 >= max(wings.data[1].x)
    parts = overlap_parts(found, ("Shoes", "Everything"))
    assert [(words, count) for words, count, _ in parts] == [
        ("Only Shoes", 0),
        ("In both", 23),
        ("Only Everything", 48),
    ]
    assert overlap(parts).layout.barmode == "stack"


def test_markup_in_values_stays_text() -> None:
    facet = FacetLift("c", "<b>c</b>", False, (lift("<b>x</b>", 3, 1), lift(None, 1, 0), lift(True, 0, 1)))
    figures: list[go.Figure] = [pair_bars(facet, SIDES), butterfly([(facet, value) for value in facet.values], SIDES)]
    for figure in figures:
        text = json.dumps(figure.to_plotly_json(), default=list)
        assert "<b>x" not in text
        assert "&lt;b&gt;x" in text


def test_the_most_frequent_values_come_first_and_the_rest_together() -> None:
    values = [lift(f"v{place}", place, 0) for place in range(20)] + [lift(None, 4, 5)]
    rows = pair_rows(values)
    assert [row[0] for row in rows[:2]] == ["v19", "v18"]
    assert rows[-2:] == [("8 others", sum(range(8)), 0), ("Missing", 4, 5)]


def test_lifts_and_bars_have_words() -> None:
    assert [lift_words(lift("x", 1, 1, ratio)) for ratio in (None, 0.0, 0.25, 4.123, 41.4)] == [
        "only here",
        "none here",
        "0.25×",
        "4.1×",
        "41×",
    ]
    assert bin_label(Kind.YEAR, PairBin(2012, 2012, 1, 1)) == "2012"
    assert bin_label(Kind.NUMBER, PairBin(12_345.6, 20_000.0, 1, 1)) == "1.235e+04"
