"""Two recipes side by side, held against what is counted one row at a time."""

import json
import math
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pytest

from core.collection.catalog import Catalog
from core.compare import Comparison, compare, lifts, told_comparison
from core.query.recipe import All, Between, Not, OneOf, Recipe, Some, Words
from core.search import Searcher
from core.workspace import Workspace
from tests.made_up import fill

CIRCLES = Recipe(All((OneOf("shape", ("circle",)),)))
LATE = Recipe(All((Between("year", 2013, None),)))
NOTHING = Recipe(All((Some(),)))
PAIRS = [
    (CIRCLES, LATE),
    (CIRCLES, Recipe()),
    (Recipe(), Recipe()),
    (CIRCLES, Recipe(All((Not(OneOf("shape", ("circle",))),)))),
    (Recipe(All((OneOf("masterColour", (None,)),))), LATE),
    (NOTHING, CIRCLES),
    (NOTHING, NOTHING),
    (Recipe(sample=True, limit=20, seed=3), CIRCLES),
    (Recipe(terms=(Words("a red circle"),), limit=15), LATE),
    (Recipe(All((OneOf("shape", ("circle",)),)), terms=(Words("blue"),), limit=4), CIRCLES),
]


def ids(workspace: Workspace, catalog: Catalog, recipe: Recipe) -> set[str]:
    """A recipe's images by running it."""
    if recipe.terms or recipe.sample:
        return {hit.row.id for hit in workspace.searcher("things", catalog).run(recipe).hits}
    return set(catalog.ids(recipe.where, None, 1_000))


def run(workspace: Workspace, catalog: Catalog, first: Recipe, second: Recipe) -> Comparison:
    return compare(catalog, workspace.searcher("things", catalog), first, second)


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_counts_are_those_of_the_rows(workspace: Workspace, catalog: Catalog, first: Recipe, second: Recipe) -> None:
    found = run(workspace, catalog, first, second)
    in_a, in_b = ids(workspace, catalog, first), ids(workspace, catalog, second)
    assert (found.a.count, found.b.count, found.of) == (len(in_a), len(in_b), 60)
    assert (found.both, found.only_a, found.only_b) == (len(in_a & in_b), len(in_a - in_b), len(in_b - in_a))
    rows_a, rows_b = catalog.rows(sorted(in_a)), catalog.rows(sorted(in_b))
    for facet in found.facets:
        by_a, by_b = (Counter(row.values[facet.column] for row in rows) for rows in (rows_a, rows_b))
        assert {value.value: (value.a, value.b) for value in facet.values} == {
            value: (by_a[value], by_b[value]) for value in {*by_a, *by_b}
        }
    for shape in found.ranges:
        values_a, values_b = ([row.values[shape.column] for row in rows] for rows in (rows_a, rows_b))
        assert (shape.missing_a, shape.missing_b) == (values_a.count(None), values_b.count(None))
        known = [value for value in (*values_a, *values_b) if value is not None]
        assert bool(shape.bins) == bool(known)
        for place, bin in enumerate(shape.bins):
            last = place == len(shape.bins) - 1 or bin.low == bin.high
            inside = [
                sum(value is not None and bin.low <= value and (value <= bin.high if last else value < bin.high)
                    for value in values) for values in (values_a, values_b)
            ]  # fmt: skip
            assert [bin.a, bin.b] == inside, (shape.column, bin)
        if known:
            assert (shape.bins[0].low, shape.bins[-1].high) == (min(known), max(known))


def test_years_have_a_bar_each_and_other_ranges_as_many_as_charts_have(workspace: Workspace, catalog: Catalog) -> None:
    found = {shape.column: shape for shape in run(workspace, catalog, CIRCLES, Recipe()).ranges}
    years = [(bin.low, bin.high) for bin in found["year"].bins]
    assert years == [(year, year) for year in range(2008, 2020)]
    assert len(found["price"].bins) == 24
    assert len(found["made"].bins) == 24
    assert sum(bin.b for bin in found["count"].bins) + found["count"].missing_b == 60


def test_columns_that_a_recipe_filters_by_are_marked_and_can_be_left_out(
    workspace: Workspace, catalog: Catalog
) -> None:
    found = run(workspace, catalog, Recipe(All((Not(Some((OneOf("shape", ("circle",)),))),))), LATE)
    assert [facet.column for facet in found.facets if facet.asked] == ["shape"]
    assert [shape.column for shape in found.ranges if shape.asked] == ["year"]
    assert "shape" in {facet.column for facet, _ in found.distinctive(100)}
    assert "shape" not in {facet.column for facet, _ in found.distinctive(100, asked=False)}
    scores = [abs(value.score) for _, value in found.distinctive(100)]
    assert scores == sorted(scores, reverse=True)


def test_sides_say_what_they_ask_and_whether_that_is_exact(workspace: Workspace, catalog: Catalog) -> None:
    found = run(workspace, catalog, CIRCLES, Recipe(terms=(Words("red"),), limit=5))
    assert found.a.english == "Images whose shape is circle"
    assert found.b.english == "All images, most like “red”"
    assert found.a.exact
    assert found.b.exact


def test_the_same_recipe_twice_has_nothing_that_tells_it_apart(workspace: Workspace, catalog: Catalog) -> None:
    assert run(workspace, catalog, CIRCLES, CIRCLES).distinctive(10) == []


def test_a_few_images_do_not_come_before_many() -> None:
    counts = {"common": (600, 300), "rare": (3, 0), "other": (397, 700)}
    order = [value.value for value in lifts(counts, 1_000, 1_000)]
    assert order == ["common", "other", "rare"] or order == ["other", "common", "rare"]
    rare = lifts(counts, 1_000, 1_000)[-1]
    assert rare.lift is None
    assert 0 < rare.score < 2


def test_the_score_is_the_log_odds_ratio_in_standard_errors() -> None:
    counts = {"x": (30, 10), "y": (70, 90)}
    score = {value.value: value.score for value in lifts(counts, 100, 100)}
    # A prior of 100 images with x as often as both sides together have it, a fifth.
    ratio = math.log((30 + 20) / (70 + 80)) - math.log((10 + 20) / (90 + 80))
    assert score["x"] == pytest.approx(ratio / math.sqrt(1 / 50 + 1 / 150 + 1 / 30 + 1 / 170))
    assert score["y"] == pytest.approx(-score["x"])


@pytest.mark.parametrize("counts", [{"x": (5, 7)}, {"x": (0, 7), "y": (0, 1)}, {"x": (0, 0)}, {}])
def test_a_value_without_another_and_an_empty_side_have_no_score(counts: dict[str, tuple[int, int]]) -> None:
    sizes = [sum(pair[side] for pair in counts.values()) for side in (0, 1)]
    assert all(value.score == 0 for value in lifts(counts, *sizes))


def test_it_can_be_told_as_json(workspace: Workspace, catalog: Catalog) -> None:
    for first, second in PAIRS:
        told = told_comparison(run(workspace, catalog, first, second))
        text = json.dumps(told, allow_nan=False)
        assert json.loads(text) == told


def test_columns_of_any_name_and_number_are_compared(tmp_path: Path) -> None:
    count = 40
    columns: dict[str, pa.Array] = {
        "in_a": pa.array(["x", "y"] * 20),
        "in_b": pa.array([None, "z"] * 20),
        "c0": pa.array(["p"] * 39 + ["q"]),
        'a"b; DROP': pa.array([f"v{k % 3}" for k in range(count)]),
        "c1": pa.array([k * 10**16 for k in range(count)]),
        "nothing": pa.nulls(count, pa.float64()),
        "same": pa.array([0.1] * count),
        "when": pa.array([datetime(1950, 1, 1) + timedelta(microseconds=k) for k in range(count)]),
        "flag": pa.array([True, False, None, True] * 10),
        "größe": pa.array([-1e308, 1e308] * 20),
    } | {f"class{k}": pa.array([f"w{(n + k) % 4}" for n in range(count)]) for k in range(40)}
    collection = fill(tmp_path, "odd", columns, [f"id {k}" for k in range(count)])
    catalog = Catalog(collection.dataset())
    searcher = Searcher(collection, catalog, lambda: None, lambda digest: None)  # type: ignore[arg-type, return-value]
    found = compare(catalog, searcher, Recipe(All((OneOf("in_a", ("x",)),))), Recipe(All((Between("c1", 0, 10**17),))))
    assert (found.a.count, found.b.count, found.both) == (20, 11, 6)
    facets = {facet.column: {value.value: (value.a, value.b) for value in facet.values} for facet in found.facets}
    assert len(facets) >= 44
    assert facets["in_a"] == {"x": (20, 6), "y": (0, 5)}
    assert facets["in_b"] == {None: (20, 6), "z": (0, 5)}
    assert sum(a for a, _ in facets['a"b; DROP'].values()) == 20
    shapes = {shape.column: shape for shape in found.ranges}
    assert shapes["nothing"].bins == ()
    assert [(bin.low, bin.a, bin.b) for bin in shapes["same"].bins] == [(0.1, 20, 11)]
    assert [sum(getattr(bin, side) for bin in shapes["größe"].bins) for side in "ab"] == [20, 11]
    assert len(shapes["when"].bins) == 24
