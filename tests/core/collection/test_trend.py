"""Counts over time against counting by polars."""

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
from core.collection.groups import MISSING, Others, Span, Values, condition_of
from core.collection.told import told_trend
from core.collection.trend import Trend, trend
from core.errors import QueryError
from core.query.recipe import All, OneOf, Recipe


def catalog_of(folder: Path, columns: dict[str, Any]) -> Catalog:
    ids = [f"row {place}" for place in range(len(next(iter(columns.values()))))]
    place = folder / f"c{len(list(folder.iterdir()))}"
    place.mkdir()
    arrays = {name: values if isinstance(values, pa.Array) else pa.array(values) for name, values in columns.items()}
    return Catalog(fill(place, "made", arrays, ids).dataset())


def conditions_agree(catalog: Catalog, found: Trend) -> None:
    """A condition made of a point's time and class finds what the point counts."""
    classes = found.classes.groups if found.classes else (None,)
    for row, group in enumerate(classes):
        for place, time in enumerate(found.times.groups):
            parts = [condition_of(found.times.column, time)]
            if group is not None and found.classes is not None:
                parts.append(condition_of(found.classes.column, group))
            assert catalog.count(All(tuple(parts))) == found.totals[row][place]
    assert sum(map(sum, found.totals)) == catalog.count_all


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_years_of_each_class(tmp_path: Path, data: st.DataObject) -> None:
    years = data.draw(st.lists(st.one_of(st.none(), st.integers(2000, 2012)), min_size=4, max_size=40))
    kinds = data.draw(st.lists(st.sampled_from(["a", "b", "c", "d", None]), min_size=len(years), max_size=len(years)))
    columns = {"year": pa.array(years, pa.int64()), "kind": pa.array(kinds, pa.string())}
    catalog = catalog_of(tmp_path, columns)
    if catalog.columns["kind"].kind.value != "category" or catalog.columns["year"].kind.value != "year":
        return
    found = trend(catalog, Recipe(All((OneOf("kind", ("a", "b", None)),))), "year", "kind", top=2)
    conditions_agree(catalog, found)
    rows = pl.DataFrame({"year": years, "kind": kinds}, schema={"year": pl.Int64, "kind": pl.String})
    kept = rows.filter(pl.col("kind").is_in(["a", "b"]) | pl.col("kind").is_null())
    assert found.classes is not None
    for row, group in enumerate(found.classes.groups):
        match group:
            case Others(listed):
                mine = kept.filter(pl.col("kind").is_not_null() & ~pl.col("kind").is_in(list(listed)))
            case Values(values):
                mine = kept.filter(pl.col("kind").eq_missing(pl.lit(values[0])))
        for place, time in enumerate(found.times.groups):
            wanted = mine.filter(pl.col("year").eq_missing(time.low if isinstance(time, Span) else None))
            assert found.counts[row][place] == len(wanted)


@pytest.mark.parametrize(
    ("last", "unit", "periods"),
    [
        (datetime(2020, 2, 29, 23, 59), "day", 60),
        (datetime(2021, 3, 1), "month", 15),
        (datetime(2045, 12, 31), "year", 26),
        (datetime(9999, 12, 31, 23, 59, 59, 999999), "span", 60),
    ],
)
def test_dates_are_counted_by_what_tells_most(tmp_path: Path, last: datetime, unit: str, periods: int) -> None:
    first = datetime(2020, 1, 1, 0, 0)
    moments = [first, first + timedelta(microseconds=1), last, None, last - timedelta(days=20)]
    catalog = catalog_of(tmp_path, {"at": pa.array(moments, pa.timestamp("us")), "kind": ["a", "a", "b", "b", None]})
    for by in (None, "kind"):
        found = trend(catalog, Recipe(), "at", by)
        assert found.unit == unit
        assert len(found.times.groups) == periods + 1
        assert found.times.groups[-1] == MISSING
        conditions_agree(catalog, found)


def test_the_last_year_of_all_has_an_end(tmp_path: Path) -> None:
    moments = [datetime(9990, 5, 1), datetime(9999, 12, 31, 23, 59, 59, 999999)]
    for first in (datetime(9990, 5, 1), datetime(9999, 11, 30), datetime(9850, 1, 1), datetime(1, 1, 1)):
        conditions_agree(catalog := catalog_of(tmp_path, {"at": [first, moments[1]]}), trend(catalog, Recipe(), "at"))


def test_everything_together_in_the_result_and_in_the_whole(catalog: Catalog) -> None:
    found = trend(catalog, Recipe(All((OneOf("shape", ("circle",)),))), "year")
    assert found.classes is None
    assert sum(found.counts[0]) == catalog.count(OneOf("shape", ("circle",)))
    conditions_agree(catalog, found)
    told = told_trend(found)
    assert told["classes"] is None
    assert told["times"]["groups"][-1]["is"] == "missing"


def test_a_column_without_any_date_and_those_without_a_trend(tmp_path: Path) -> None:
    columns = {"at": pa.nulls(4, pa.timestamp("us")), "kind": ["a", "b", "a", "b"], "year": [2001, 2002, 2003, 2004]}
    catalog = catalog_of(tmp_path, columns)
    assert trend(catalog, Recipe(), "at", "kind").times.groups == (MISSING,)
    assert trend(catalog, Recipe(), "at").counts == ((4,),)
    with pytest.raises(QueryError, match="no trend"):
        trend(catalog, Recipe(), "kind")
    with pytest.raises(QueryError, match="against itself"):
        trend(catalog, Recipe(), "year", "year")
