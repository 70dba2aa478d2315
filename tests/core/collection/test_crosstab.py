"""Cross-tabs against counting by polars."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from made_up import fill

from core.collection.catalog import Catalog
from core.collection.counts import histogram
from core.collection.crosstab import CrossTab, cross_tab
from core.collection.groups import MISSING, Group, Others, Span, Values, condition_of
from core.collection.told import told_cross_tab
from core.errors import QueryError
from core.query.recipe import All, Between, OneOf, Recipe

WORDS = st.lists(st.sampled_from(["a", "b", "B", "é", "'; --", "x y", None]), min_size=1, max_size=40)
QUICK = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def catalog_of(folder: Path, columns: dict[str, Any]) -> Catalog:
    """A catalog of made-up columns; each call may use the same folder again."""
    ids = [f"row {place}" for place in range(len(next(iter(columns.values()))))]
    arrays = {name: values if isinstance(values, pa.Array) else pa.array(values) for name, values in columns.items()}
    place = folder / f"c{len(list(folder.iterdir()))}"
    place.mkdir()
    return Catalog(fill(place, "made", arrays, ids).dataset())


def holds(group: Group, value: Any) -> bool:
    """Whether a value belongs to a group, decided in Python."""
    match group:
        case Values(values):
            return value in values
        case Others(listed):
            return value is not None and value not in listed
        case Span(low, high, closed):
            return value is not None and low <= value and (value <= high if closed else value < high)


def check(catalog: Catalog, found: CrossTab, rows: pl.DataFrame, kept: pl.Series) -> None:
    """Every row is in one cell, every cell holds what is counted by hand, and its condition finds it."""
    first, second = found.first, found.second
    for a, down in enumerate(first.groups):
        for b, across in enumerate(second.groups):
            inside = pl.Series(
                [
                    holds(down, x) and holds(across, y)
                    for x, y in zip(rows[first.column], rows[second.column], strict=True)
                ],
                dtype=pl.Boolean,
            )
            assert found.totals[a][b] == inside.sum()
            assert found.counts[a][b] == (inside & kept).sum()
            both = All((condition_of(first.column, down), condition_of(second.column, across)))
            assert catalog.count(both) == found.totals[a][b]
    assert sum(map(sum, found.totals)) == len(rows)


@QUICK
@given(data=st.data())
def test_classes_against_classes(tmp_path: Path, data: st.DataObject) -> None:
    first = data.draw(WORDS)
    second = data.draw(st.lists(st.sampled_from(["k", "l", "m", None]), min_size=len(first), max_size=len(first)))
    rows = pl.DataFrame({"first": first, "second": second}, schema={"first": pl.String, "second": pl.String})
    catalog = catalog_of(tmp_path, {"first": pa.array(first, pa.string()), "second": pa.array(second, pa.string())})
    if any(catalog.columns[name].kind.value != "category" for name in rows.columns):
        return
    top = data.draw(st.integers(1, 5))
    recipe = Recipe(All((OneOf("second", ("k", None)),)))
    found = cross_tab(catalog, recipe, "first", "second", top)
    kept = rows["second"].is_in(["k"]) | rows["second"].is_null()
    check(catalog, found, rows, kept)
    ranked = rows.with_columns(kept=kept).drop_nulls("first").group_by("first").agg(pl.col("kept").sum(), pl.len())
    wanted = sorted(ranked.rows(), key=lambda row: (-row[1], -row[2], row[0]))[:top]
    named = [group.values[0] for group in found.first.groups if isinstance(group, Values) and group != MISSING]
    assert named == [row[0] for row in wanted]
    others = [group.count for group in found.first.groups if isinstance(group, Others)]
    assert others == ([len(ranked) - top] if len(ranked) > top else [])


@QUICK
@given(
    values=st.lists(
        st.one_of(st.none(), st.floats(-1e6, 1e6), st.integers(0, 30).map(lambda n: n / 10)), min_size=1, max_size=30
    ),
    bins=st.integers(1, 30),
)
def test_a_bar_and_its_condition_have_the_same_rows(tmp_path: Path, values: list[float | None], bins: int) -> None:
    flags = [place % 2 == 0 for place in range(len(values))]
    catalog = catalog_of(tmp_path, {"x": pa.array(values, pa.float64()), "flag": flags})
    found = cross_tab(catalog, Recipe(), "x", "flag", bins=bins)
    check(catalog, found, pl.DataFrame({"x": values, "flag": flags}), pl.Series([True] * len(values)))
    drawn = histogram(catalog, Recipe(), "x", bins)
    last = len(drawn.bins) - 1
    for place, bar in enumerate(drawn.bins):
        assert catalog.count(condition_of("x", Span(bar.low, bar.high, place == last))) == bar.count


def test_whole_numbers_dates_years_and_yes_or_no(tmp_path: Path) -> None:
    columns = {
        "size": [place * 7 for place in range(60)],
        "year": [2000 + place % 50 if place % 9 else None for place in range(60)],
        "at": [datetime(2020, 1, 1) + timedelta(hours=31 * place) for place in range(60)],
        "flag": [None if place % 7 == 0 else place % 2 == 0 for place in range(60)],
        "few": [place % 3 for place in range(60)],
    }
    catalog = catalog_of(tmp_path, columns)
    rows = pl.DataFrame(columns)
    recipe = Recipe(All((Between("size", 70, 300),)))
    kept = rows["size"].is_between(70, 300)
    for first, second in (("size", "flag"), ("year", "at"), ("flag", "few"), ("at", "size")):
        check(catalog, cross_tab(catalog, recipe, first, second, bins=7), rows, kept)
    assert len(cross_tab(catalog, recipe, "year", "flag", bins=7).first.groups) == 8  # too many years to stand alone


def test_an_empty_result_and_columns_without_variety(tmp_path: Path) -> None:
    columns = {"one": ["a"] * 6, "none": pa.nulls(6, pa.float64()), "kind": ["k", "l"] * 3}
    catalog = catalog_of(tmp_path, columns)
    nothing = cross_tab(catalog, Recipe(All((OneOf("kind", ()),))), "one", "kind")
    assert nothing.counts == ((0, 0),)
    assert nothing.totals == ((3, 3),)
    missing = cross_tab(catalog, Recipe(), "none", "kind")
    assert missing.first.groups == (MISSING,)
    assert missing.counts == ((3, 3),)


def test_what_has_no_cross_tab_is_told(tmp_path: Path) -> None:
    columns = {"text": [f"a long story no. {place} " * 20 for place in range(20)], "kind": ["k", "l"] * 10}
    catalog = catalog_of(tmp_path, columns)
    with pytest.raises(QueryError, match="against itself"):
        cross_tab(catalog, Recipe(), "kind", "kind")
    with pytest.raises(QueryError, match="no classes"):
        cross_tab(catalog, Recipe(), "text", "kind")
    with pytest.raises(QueryError, match="no column"):
        cross_tab(catalog, Recipe(), "kind", "knid")


def test_plain_values_carry_the_filter_of_each_group(catalog: Catalog) -> None:
    told = told_cross_tab(cross_tab(catalog, Recipe(), "shape", "price", top=2, bins=3))
    assert [group["is"] for group in told["first"]["groups"]] == ["value", "value", "others", "missing"]
    assert [group["is"] for group in told["second"]["groups"]] == ["range"] * 3 + ["missing"]
    assert told["second"]["groups"][3]["where"] == '[["price","in",[null]]]'


@pytest.mark.parametrize("name", ["n", "t", "v0", "v1", "counted", "rank0", "value", "place", "images"])
def test_a_column_may_be_called_like_a_part_of_the_query(tmp_path: Path, name: str) -> None:
    columns = {name: ["a", "b", "a", None], "kind": ["k", "k", "l", "l"]}
    catalog = catalog_of(tmp_path, columns)
    found = cross_tab(catalog, Recipe(All((OneOf(name, ("a",)),))), name, "kind")
    check(catalog, found, pl.DataFrame(columns), pl.Series([True, False, True, False]))
