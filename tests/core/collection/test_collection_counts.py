"""Facets and histograms against counting by hand."""

import math
import random
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from made_up import fill

from core.collection.catalog import Catalog
from core.collection.counts import class_counts, facet_counts, histogram, missing_counts
from core.errors import QueryError
from core.query.columns import Kind
from core.query.recipe import All, Between, Condition, Contains, Not, OneOf, Recipe, Some

RED = OneOf("masterColour", ("red", None))
SQUARE = OneOf("shape", ("square",))
CHEAP = Between("price", None, 200)
RECIPES = [
    Recipe(),
    Recipe(All((RED,))),
    Recipe(All((RED, SQUARE, CHEAP))),
    Recipe(All((OneOf("for_sale", (True,)), OneOf("from", (None, "NULL"))))),
    Recipe(All((Not(RED), Some((SQUARE, CHEAP))))),
    Recipe(All((Contains("masterColour", "e"), RED))),
    Recipe(All((OneOf("shape", ("no such shape",)),))),
]


def rows_of(catalog: Catalog, recipe: Recipe) -> list[dict[str, Any]]:
    return [dict(row.values) for row in catalog.rows(catalog.ids(recipe.where, None, 100_000))]


def catalog_of(folder: Path, columns: dict[str, Any]) -> Catalog:
    ids = [f"row {place}" for place in range(len(next(iter(columns.values()))))]
    return Catalog(fill(folder, "made", {n: pa.array(v) for n, v in columns.items()}, ids).dataset())


@pytest.mark.parametrize("recipe", RECIPES, ids=str)
def test_facets_follow_the_filter_except_for_their_own_choice(catalog: Catalog, recipe: Recipe) -> None:
    facets = facet_counts(catalog, recipe)
    assert [facet.column for facet in facets] == ["shape", "masterColour", "for_sale", "from", "Größe"]
    for facet in facets:
        totals = Counter(row[facet.column] for row in rows_of(catalog, Recipe()))
        counts = Counter(row[facet.column] for row in rows_of(catalog, recipe.without(facet.column)))
        assert {item.value: (item.count, item.total) for item in facet.values} == {
            value: (counts[value], total) for value, total in totals.items()
        }
        assert [item.count for item in facet.values] == sorted((item.count for item in facet.values), reverse=True)


@pytest.mark.parametrize("recipe", RECIPES, ids=str)
def test_class_counts_are_those_of_the_result_itself(catalog: Catalog, recipe: Recipe) -> None:
    counts = Counter(row["shape"] for row in rows_of(catalog, recipe))
    facet = class_counts(catalog, recipe, "shape")
    assert {item.value: item.count for item in facet.values if item.count} == dict(counts)


def test_a_facet_is_called_as_in_the_persons_table(catalog: Catalog) -> None:
    assert [facet.label for facet in facet_counts(catalog, Recipe())][2] == "for sale"


def test_more_columns_than_one_pass_takes(tmp_path: Path) -> None:
    chance = random.Random(0)
    columns = {f"class_{k}": [chance.choice(["a", "b", None]) for _ in range(40)] for k in range(75)}
    catalog = catalog_of(tmp_path, columns)
    facets = {facet.column: facet for facet in facet_counts(catalog, Recipe(All((OneOf("class_3", ("a",)),))))}
    assert list(facets) == list(columns)
    kept = [place for place in range(40) if columns["class_3"][place] == "a"]
    for name, values in columns.items():
        wanted = Counter(values if name == "class_3" else [values[place] for place in kept])
        assert {item.value: item.count for item in facets[name].values if item.count} == dict(wanted)


def test_without_categories_there_are_no_facets(tmp_path: Path) -> None:
    assert facet_counts(catalog_of(tmp_path, {"size": [1, 2]}), Recipe()) == []


def test_missing_values_are_counted_by_header(catalog: Catalog) -> None:
    rows = rows_of(catalog, Recipe())
    assert missing_counts(catalog) == [
        (catalog.columns[name].label, sum(row[name] is None for row in rows)) for name in catalog.metadata
    ]


# Histograms


def check(catalog: Catalog, recipe: Recipe, name: str, bins: int = 24) -> None:
    """The bars are in order, touch, hold every value once, and hold what a count by hand finds in them."""
    drawn = histogram(catalog, recipe, name, bins)
    values = [row[name] for row in rows_of(catalog, recipe)]
    present = [value for value in values if value is not None]
    every = [row[name] for row in rows_of(catalog, Recipe()) if row[name] is not None]
    assert drawn.missing == len(values) - len(present)
    assert sum(bar.count for bar in drawn.bins) == len(present)
    assert sum(bar.total for bar in drawn.bins) == len(every)
    if not every:
        assert drawn.bins == ()
        return
    assert drawn.bins[0].low == min(every)
    assert drawn.bins[-1].high == max(every)
    for place, bar in enumerate(drawn.bins):
        last = place == len(drawn.bins) - 1
        if bar.low == bar.high and len(drawn.bins) > 1 and not isinstance(bar.low, datetime):
            assert bar.total == sum(value == bar.low for value in every)
        assert last or bar.high <= drawn.bins[place + 1].low
        assert bar.count <= bar.total


@pytest.mark.parametrize("recipe", RECIPES, ids=str)
@pytest.mark.parametrize("name", ["price", "count", "year", "made", "width", "height", "added_at"])
def test_histograms_hold_every_value_once(catalog: Catalog, recipe: Recipe, name: str) -> None:
    check(catalog, recipe, name)


def test_bars_are_equally_wide_and_counted_right(tmp_path: Path) -> None:
    values = [place / 8 for place in range(81)]  # 0 to 10, edges without rounding
    catalog = catalog_of(tmp_path, {"size": values})
    drawn = histogram(catalog, Recipe(All((Between("size", 2.5, None),))), "size", 4)
    assert [(bar.low, bar.high, bar.count, bar.total) for bar in drawn.bins] == [
        (0.0, 2.5, 0, 20),
        (2.5, 5.0, 20, 20),
        (5.0, 7.5, 20, 20),
        (7.5, 10.0, 21, 21),
    ]


def test_each_year_and_each_of_few_whole_numbers_has_a_bar(tmp_path: Path) -> None:
    catalog = catalog_of(tmp_path, {"year": [2012, 2010, 2012, None], "stars": [1, 5, 5, 1]})
    assert [(bar.low, bar.high, bar.count) for bar in histogram(catalog, Recipe(), "year").bins] == [
        (2010, 2010, 1),
        (2011, 2011, 0),
        (2012, 2012, 2),
    ]
    assert [bar.count for bar in histogram(catalog, Recipe(), "stars").bins] == [2, 0, 0, 0, 2]
    assert histogram(catalog, Recipe(), "year").kind is Kind.YEAR


def test_dates_have_dates_at_their_edges(tmp_path: Path) -> None:
    days = [datetime(2012, 1, 1) + timedelta(days=place) for place in range(41)]
    bars = histogram(catalog_of(tmp_path, {"made": pa.array(days, pa.timestamp("us"))}), Recipe(), "made", 4).bins
    assert [(bar.low, bar.high, bar.count) for bar in bars] == [
        (datetime(2012, 1, 1), datetime(2012, 1, 11), 10),
        (datetime(2012, 1, 11), datetime(2012, 1, 21), 10),
        (datetime(2012, 1, 21), datetime(2012, 1, 31), 10),
        (datetime(2012, 1, 31), datetime(2012, 2, 10), 11),
    ]


@pytest.mark.parametrize(
    "values",
    [
        [5.0, 5.0, None],
        [7],
        [-(2**63), 0, 2**63 - 1],
        [2**62, 2**62 + 1],
        [2**53, 2**53 + 1, 2**53 + 2, 2**62],
        [-1.7e308, 0.0, 1.7e308],
        [-1.7976931348623157e308, 1.7976931348623157e308],
        [0.0, 5e-324],
        [1e-300, 2e-300, 3e-300],
        [1e16, 1e16 + 2],
        [0.1, 0.2, 0.3, 0.7],
        [datetime(1, 1, 1), datetime(9999, 12, 31, 23, 59, 59, 999999)],
        [datetime(9999, 12, 31, 23, 59, 59, 999998), datetime(9999, 12, 31, 23, 59, 59, 999999)],
        [datetime(2012, 5, 1), None],
        [None, None],
    ],
    ids=str,
)
def test_extreme_values_have_a_histogram(tmp_path: Path, values: list[Any]) -> None:
    array = pa.array(values, pa.float64()) if values == [None, None] else pa.array(values)
    catalog = Catalog(fill(tmp_path, "made", {"x": array}, [str(k) for k in range(len(values))]).dataset())
    check(catalog, Recipe(), "x")
    drawn = histogram(catalog, Recipe(), "x")
    assert all(math.isfinite(bar.low) for bar in drawn.bins if not isinstance(bar.low, datetime))


@pytest.mark.parametrize("name", ["place", "rowid", "count"])
def test_a_column_may_be_called_like_a_part_of_the_query(tmp_path: Path, name: str) -> None:
    catalog = catalog_of(tmp_path, {name: [k * 1.5 for k in range(100)]})
    check(catalog, Recipe(All((Between(name, 20, 90),))), name)


def test_an_unknown_column_has_no_counts(catalog: Catalog) -> None:
    for ask in (histogram, class_counts):
        with pytest.raises(QueryError, match="no column “colour”"):
            ask(catalog, Recipe(), "colour")


def test_the_condition_of_a_bar_finds_its_rows(catalog: Catalog) -> None:
    for bar in histogram(catalog, Recipe(), "price").bins:
        condition: Condition = Between("price", bar.low, bar.high)
        assert catalog.count(condition) >= bar.total


def test_many_columns_of_classes_and_one_named_as_the_catalog_would(tmp_path: Path) -> None:
    columns: dict[str, Any] = {
        f"column {number}": [None if row % 7 == number % 7 else f"{row * (number + 1) % 61}" for row in range(260)]
        for number in range(40)
    }
    columns["_pack0"] = [row % 3 == 0 if row % 5 else None for row in range(260)]
    columns["_PACK1"] = ["x" if row % 2 else "y" for row in range(260)]
    catalog = catalog_of(tmp_path, columns)
    recipe = Recipe(All((OneOf("_PACK1", ("x",)), OneOf("column 3", ("4", "8", None, "17")))))
    facets = facet_counts(catalog, recipe)
    assert [facet.column for facet in facets] == list(columns)
    for facet in facets:
        less = rows_of(catalog, recipe.without(facet.column))
        found = {item.value: item.count for item in facet.values if item.count}
        assert found == Counter(row[facet.column] for row in less)
