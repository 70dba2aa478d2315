"""Both engines select the rows that a plain evaluation in Python selects, whatever is asked."""

import math
import random
import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from made_up import fill, made_up_rows, mapped
from patterns import PATTERNS, found

from core.collection.catalog import Catalog
from core.collection.store import Collection
from core.errors import QueryError
from core.query.columns import Kind
from core.query.pattern import MOST_CHARACTERS
from core.query.recipe import (
    MOST_DEPTH,
    All,
    Between,
    Condition,
    Contains,
    HasTag,
    Matches,
    Not,
    OneOf,
    Some,
    StartsWith,
    Value,
    Within,
)
from core.query.sql import duckdb_filter, lance_filter
from core.workspace import Workspace

CLASSES = ["Men", "men", "", " ", "it's", 'say "hi"', "a`b", "100%", "a_b", "a\\b", "İstanbul", "ΣΑΣ", "null", "東京"]
TEXTS = [
    *CLASSES,
    "straße STRASSE",
    "ΟΔΟΣ ΟΔΟΣ",
    "K is kelvin",
    "'; DROP TABLE images;--",
    "🙂 e\u0301",
    "two\nlines",
    "Iİıi",
    "\n",
    "ends\n",
    "a\r\nb",
    "٣ 3",
    "ſtraße _x",
    "a\u2028b\x85c",
    "[a-b]{2}.*?",
]
TAGS = ["colour:red", "Colour:red", "colour:re", "it's", "", " ", 'say "hi"', "東京", "a\\b", "two\nlines", "%"]
WHOLE = [0, 1, -1, 7, 2**31, 2**53, 2**53 + 1, 2**53 + 2, -(2**53) - 1, 2**63 - 1, -(2**63), -(2**63) + 1]
FRACTIONS = [0.0, -0.0, 0.1, 0.5, -2.5, 1e-308, 5e-324, 1e300, -1e300, 1e22, float(2**53), 1.7976931348623157e308]
MOMENTS = [
    datetime(1, 1, 1),
    datetime(999, 12, 31, 23, 59, 59, 999999),
    datetime(1969, 12, 31, 23, 59, 59, 999999),
    datetime(1970, 1, 1),
    datetime(2012, 5, 1, 12, 30),
    datetime(9999, 12, 31, 23, 59, 59, 999999),
]
YEARS = [1800, 1999, 2000, 2012, 2100]
POOLS: dict[str, tuple[pa.DataType, list[Any], Kind]] = {
    "select": (pa.string(), CLASSES, Kind.CATEGORY),
    "Größe": (pa.string(), TEXTS, Kind.TEXT),
    "count": (pa.int64(), WHOLE, Kind.NUMBER),
    "price": (pa.float64(), FRACTIONS, Kind.NUMBER),
    "year": (pa.int64(), YEARS, Kind.YEAR),
    "made": (pa.timestamp("us"), MOMENTS, Kind.DATE),
    "sold": (pa.bool_(), [True, False], Kind.BOOLEAN),
}
ROWS = 1_060  # enough for indices
KEY = "made-up"
Row = dict[str, Any]


def made_up(count: int, seed: int) -> dict[str, pa.Array]:
    chance = random.Random(seed)
    values = {
        name: [None if chance.random() < 0.2 else chance.choice(pool) for _ in range(count)]
        for name, (_, pool, _) in POOLS.items()
    }
    lines = [f"{text} {place}" if text and place % 3 else text for place, text in enumerate(values["Größe"])]
    lines[0] = "long " * 60  # makes the column free text
    values["Größe"] = lines
    sizes = [chance.choice([None, 0, 1, 1, 2, 3]) for _ in range(count)]
    tags = [None if size is None else chance.sample([*TAGS, None], size) for size in sizes]
    columns = {name: pa.array(items, POOLS[name][0]) for name, items in values.items()}
    return columns | {"tags": pa.array(tags, pa.list_(pa.string()))}


def places(ids: list[str]) -> dict[str, tuple[float, float]]:
    """Places on a map for most of the images, many of them on the lines and corners of areas."""
    chance = random.Random(7)
    edges = [-10.0, -2.5, 0.0, 0.1, 1.0, 1.5, 2.0, 10.0, 5e-324]
    return {
        id: (chance.choice([*edges, chance.uniform(-10, 10)]), chance.choice([*edges, chance.uniform(-10, 10)]))
        for id in ids
        if chance.random() < 0.9
    }


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    folder = tmp_path_factory.mktemp("plain")
    ids = [f'it\'s "{place}"' if place % 7 == 0 else f"row {place}" for place in range(120)]
    return Catalog(mapped(fill(folder, "plain", made_up(120, 1), ids), places(ids)).dataset())


@pytest.fixture(scope="module")
def indexed(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """Indexed, then changed: rows deleted, replaced, updated in one column, and added."""
    folder = tmp_path_factory.mktemp("indexed")
    ids = [f"row {place}" for place in range(ROWS)]
    collection = mapped(fill(folder, "indexed", made_up(ROWS, 2), ids), places(ids))
    catalog = Catalog(collection.dataset())
    collection.build_indexes(
        [column.name for column in catalog.of_kind(Kind.CATEGORY)],
        [column.name for column in catalog.of_kind(Kind.NUMBER, Kind.YEAR, Kind.DATE)],
    )
    assert {column for item in collection.dataset().describe_indices() for column in item.field_names} >= {
        "vector",
        "id",
        "select",
        "count",
    }
    change(collection)
    return Catalog(collection.dataset())


def change(collection: Collection) -> None:
    collection.delete([f"row {place}" for place in range(0, 60, 2)], "d1", datetime(2026, 1, 1))
    collection.upsert(made_up_rows(collection.schema, made_up(40, 3), [f"row {place}" for place in range(100, 140)]))
    news = made_up(30, 4)
    names = ["select", "count", "made", "tags"]
    collection.update(pa.table({"id": [f"row {place}" for place in range(200, 230)], **{n: news[n] for n in names}}))
    collection.upsert(made_up_rows(collection.schema, made_up(50, 5), [f"new {place}" for place in range(50)]))


@pytest.fixture(params=["plain", "indexed"])
def catalog(request: pytest.FixtureRequest) -> Catalog:
    return request.getfixturevalue(request.param)


def rows_of(catalog: Catalog) -> list[Row]:
    return catalog.remembered(
        "rows", lambda: catalog.dataset.to_table(columns=["id", "width", "tags", "map_x", "map_y", *POOLS]).to_pylist()
    )


def holds(condition: Condition, row: Row) -> bool:
    """What a condition means, in a few lines of Python."""
    match condition:
        case All(items):
            return all(holds(item, row) for item in items)
        case Some(items):
            return any(holds(item, row) for item in items)
        case Not(item):
            return not holds(item, row)
        case OneOf(name, values):
            value = row[name]
            return None in values if value is None else any(v is not None and value == naive(v) for v in values)
        case Between(name, low, high):
            value = row[name]
            return value is not None and (low is None or naive(low) <= value) and (high is None or value <= naive(high))
        case Contains(name, text):
            return row[name] is not None and lowered(text) in lowered(row[name])
        case StartsWith(name, text):
            return row[name] is not None and lowered(row[name]).startswith(lowered(text))
        case Matches(name, pattern):
            return row[name] is not None and found(pattern, row[name])
        case HasTag(tag):
            return tag in (row["tags"] or ())
        case Within(corners):
            return row["map_x"] is not None and is_inside(row["map_x"], row["map_y"], corners)
    raise AssertionError(condition)


def is_inside(x: float, y: float, corners: tuple[tuple[float, float], ...]) -> bool:
    """Whether a line to the right crosses the outline an odd number of times; nothing outside the box round it is."""
    xs, ys = zip(*corners, strict=True)
    crossings = 0
    for (x1, y1), (x2, y2) in zip(corners, (*corners[1:], corners[0]), strict=True):
        if (y1 > y) != (y2 > y) and math.isfinite(slope := (x2 - x1) / (y2 - y1)):
            crossings += x < x1 + slope * (y - y1)
    return crossings % 2 == 1 and min(xs) <= x <= max(xs) and min(ys) <= y <= max(ys)


def naive(value: Value) -> Any:
    zoned = isinstance(value, datetime) and value.tzinfo is not None
    return value.astimezone(UTC).replace(tzinfo=None) if zoned else value


def lowered(text: str) -> str:
    """Lower case letter by letter, whatever stands beside a letter."""
    return "".join("i" if letter == "İ" else letter.lower() for letter in text)


def agree(condition: Condition, catalog: Catalog) -> None:
    wanted = sorted(row["id"] for row in rows_of(catalog) if holds(condition, row))
    sql = duckdb_filter(condition, catalog.columns)
    assert sorted(row[0] for row in catalog.select(f"SELECT id FROM images WHERE {sql.text}", sql.parameters)) == wanted
    filter = lance_filter(condition, catalog.columns)
    assert sorted(catalog.dataset.to_table(columns=["id"], filter=filter)["id"].to_pylist()) == wanted


LETTERS = st.text(alphabet="aAiIsSkKßẞİıΣσςé'\"`%_\\\n ÀЖж東🙂-;", max_size=4)
ANY_NUMBER = st.one_of(
    st.sampled_from([*WHOLE, *FRACTIONS, 0.5, 2**53 + 0.0, 9.3e18, -9.3e18, 1e308, 2012.5]),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False, allow_infinity=False),
)
ANY_MOMENT = st.one_of(
    st.sampled_from(MOMENTS),
    st.datetimes(datetime(2, 1, 1), datetime(9998, 1, 1), timezones=st.none() | st.just(timezone(timedelta(hours=-7)))),
)
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "select": st.sampled_from(CLASSES) | LETTERS,
    "Größe": st.sampled_from(TEXTS) | LETTERS,
    "id": st.sampled_from(["row 1", "row 77", 'it\'s "7"', "new 3", "row 214"]) | LETTERS,
    "count": ANY_NUMBER,
    "price": ANY_NUMBER,
    "year": ANY_NUMBER | st.sampled_from(YEARS),
    "width": ANY_NUMBER | st.integers(58, 66),
    "made": ANY_MOMENT,
    "sold": st.booleans(),
}
ONE_OF = st.sampled_from(sorted(VALUES)).flatmap(
    lambda name: st.builds(OneOf, st.just(name), st.lists(st.none() | VALUES[name], max_size=4).map(tuple))
)
BETWEEN = st.sampled_from(["count", "price", "year", "width", "made"]).flatmap(
    lambda name: st.builds(Between, st.just(name), st.none() | VALUES[name], st.none() | VALUES[name])
)
SOUGHT = st.one_of(
    st.builds(kind, st.sampled_from(["select", "Größe", "id"]), LETTERS | st.sampled_from(TEXTS))
    for kind in (Contains, StartsWith)
)
MATCHES = st.builds(Matches, st.sampled_from(["select", "Größe", "id"]), PATTERNS)
HAS_TAG = st.builds(HasTag, st.sampled_from(TAGS) | LETTERS)
CORNERS = st.sampled_from([-10.0, -2.5, 0.0, -0.0, 0.1, 1.0, 2.0, 10.0, 5e-324, 1e9]) | st.floats(-12, 12)
WITHIN = st.builds(Within, st.lists(st.tuples(CORNERS, CORNERS), min_size=3, max_size=9).map(tuple))
CONDITIONS: st.SearchStrategy[Condition] = st.recursive(
    ONE_OF | BETWEEN | SOUGHT | MATCHES | HAS_TAG | WITHIN,
    lambda inner: st.one_of(
        st.builds(Not, inner),
        st.builds(All, st.lists(inner, max_size=3).map(tuple)),
        st.builds(Some, st.lists(inner, max_size=3).map(tuple)),
    ),
    max_leaves=8,
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(condition=CONDITIONS)
@example(condition=Between("count", 0.5, 2**53 + 0.0))
@example(condition=OneOf("count", (-(2**63), 1.0, 0.5)))
@example(condition=Between("price", 2**53 + 1, None))
@example(condition=Not(Between("width", -(2**40), 2**40)))
@example(condition=Between("width", 2**40, None))
@example(condition=Contains("Größe", "οδος"))
@example(condition=Contains("select", "is"))
@example(condition=StartsWith("Größe", "ΟΔΟσ"))
@example(condition=Not(StartsWith("id", "ROW 1")))
@example(condition=All((StartsWith("select", ""), Not(HasTag("it's")))))
@example(condition=Not(HasTag("colour:red")))
@example(condition=Some((HasTag("nowhere"), Not(Matches("Größe", r"(?i)\bstrasse$")))))
@example(condition=Between("made", datetime(1, 1, 1), datetime(999, 12, 31)))
@example(condition=Not(All((Some(()), Not(All(()))))))
@example(condition=Within(((0.0, 0.0), (2.0, 0.0), (1.0, 1.5))))
@example(condition=Not(Within(((-10.0, -10.0), (10.0, -10.0), (10.0, 10.0), (-10.0, 10.0)), KEY)))
@example(condition=Within(((0.0, 0.0), (10.0, 10.0), (0.0, 10.0), (10.0, 0.0))))
@example(condition=Within(((-2.5, -2.5), (-0.0, -2.5), (-0.0, -0.0), (-2.5, -0.0))))
@example(condition=Within(((0.0, 1.0), (1.0, 1.0), (2.0, 1.0))))
@example(condition=Within(((0.0, 0.0), (1e9, 5e-324), (1.0, -1e9))))
def test_both_engines_select_what_the_condition_means(catalog: Catalog, condition: Condition) -> None:
    agree(condition, catalog)


@pytest.mark.parametrize(
    "text", ["\\", "a\\", "a\\b", "%", "100%", "_", "a_", "'", "it's", "", "^", "Men", "two\nlines", "İ", "Σ", ".", "["]
)
@pytest.mark.parametrize("name", ["select", "Größe"])
def test_signs_that_mean_something_elsewhere_are_characters(catalog: Catalog, name: str, text: str) -> None:
    pattern = re.sub(r"([^\w\s%'])", r"\\\1", text)
    for condition in (
        Contains(name, text),
        StartsWith(name, text),
        Matches(name, pattern),
        Matches(name, f"^{pattern}$"),
        Matches(name, f"^(?:{pattern}|men)$"),
        Matches(name, f"^{pattern}.*"),
        HasTag(text),
    ):
        agree(condition, catalog)
        agree(Not(condition), catalog)


def test_an_area_of_as_many_corners_as_there_may_be_is_answered(catalog: Catalog) -> None:
    def star(place: int) -> tuple[float, float]:
        reach = 9.0 if place % 2 else 3.0
        return reach * math.cos(place / 32 * math.pi), reach * math.sin(place / 32 * math.pi)

    area = Within(tuple(star(place) for place in range(64)))
    agree(area, catalog)
    agree(Not(All((Some((area, Not(area))), area))), catalog)
    deep: Condition = area
    for _ in range(MOST_DEPTH - 1):
        deep = Not(deep)
    agree(deep, catalog)
    chance = random.Random(3)
    agree(Within(tuple((chance.uniform(-10, 10), chance.uniform(-10, 10)) for _ in range(64))), catalog)


def test_an_area_asks_for_a_map(workspace: Workspace) -> None:
    for render in (duckdb_filter, lance_filter):
        with pytest.raises(QueryError, match="has no map") as caught:
            render(Within(((0.0, 0.0), (1.0, 1.0), (0.0, 1.0))), workspace.catalog("things").columns)
        assert "vitrine map" in caught.value.hint


def test_a_hostile_pattern_is_answered(plain: Catalog) -> None:
    for pattern in ("(a+)+$", "(?:a?){300}a{300}", "(?:(?:(?:.*)*)*)*x", "(.|a|[^b])*(.|a|[^b])*c"):
        agree(Matches("Größe", pattern), plain)


def test_columns_are_of_the_kinds_the_conditions_are_made_for(catalog: Catalog) -> None:
    assert {name: catalog.columns[name].kind for name in POOLS} == {name: kind for name, (*_, kind) in POOLS.items()}


@pytest.mark.parametrize("shape", ["not", "left", "right", "mixed"])
def test_the_deepest_filter_is_answered_and_a_deeper_one_refused(plain: Catalog, shape: str) -> None:
    leaf = OneOf("sold", (True, None))

    def deeper(inner: Condition) -> Condition:
        if shape == "not":
            return Not(inner)
        pair = (leaf, inner) if shape == "right" else (inner, leaf)
        return Some((All(pair), leaf)) if shape == "mixed" and isinstance(inner, Some) else All(pair)

    condition: Condition = leaf
    for _ in range(MOST_DEPTH // (2 if shape == "mixed" else 1)):
        condition = deeper(condition)
    agree(condition, plain)
    for _ in range(MOST_DEPTH):
        condition = Not(condition)
    for render in (duckdb_filter, lance_filter):
        with pytest.raises(QueryError, match="nested too deeply"):
            render(condition, plain.columns)


def test_a_filter_of_thousands_of_conditions_is_answered(plain: Catalog) -> None:
    agree(Some(tuple(Between("count", place, place) for place in range(3_000))), plain)
    agree(OneOf("id", tuple(f"row {place}" for place in range(9_000))), plain)


@pytest.mark.parametrize(
    ("condition", "title"),
    [
        (OneOf("colour", ("red",)), "There is no column “colour”"),
        (OneOf("Count", (1,)), "There is no column “Count”"),
        (OneOf("select", (1,)), "“1” is not a value for the category column “select”."),
        (OneOf("count", ("1",)), "“1” is not a value for the number column “count”."),
        (OneOf("count", (True,)), "“True” is not a value"),
        (OneOf("sold", (1,)), "“1” is not a value for the boolean column"),
        (OneOf("made", ("2012-01-01",)), "is not a value for the date column"),
        (OneOf("count", (2**63,)), "cannot be compared with so large a number"),
        (Between("price", math.nan, None), "cannot be compared with nan"),
        (Between("price", None, math.inf), "cannot be compared with inf"),
        (Between("made", datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=9))), None), "cannot be compared with"),
        (Between("made", 3, None), "“3” is not a value for the date column"),
        (Between("select", 1, 2), "“select” is a category column and has no range."),
        (Contains("count", "1"), "“count” is a number column and holds no text."),
        (StartsWith("count", "1"), "“count” is a number column and holds no text."),
        (Matches("made", "1"), "“made” is a date column and holds no text."),
        (StartsWith("select", "a\0b"), "NUL"),
        (Matches("select", "a\0b"), "NUL"),
        (Matches("select", "\ud800"), "half a character"),
        (Matches("select", "a("), "A group is never closed."),
        (Matches("select", "a" * (MOST_CHARACTERS + 1)), "longer than 500 characters"),
        (Matches("nothing", "a"), "There is no column “nothing”"),
        (HasTag("a\0b"), "NUL"),
        (HasTag("\udfff"), "half a character"),
        (Contains("select", "a\0b"), "NUL"),
        (OneOf("select", ("a\0b",)), "NUL"),
        (OneOf("select", ("\ud800",)), "half a character"),
        (Contains("Größe", "\udfff"), "half a character"),
        (Not(All((Some((OneOf("nothing", ()),)),))), "There is no column “nothing”"),
        (Within(((0.0, 0.0), (1.0, 1.0))), "An area cannot be read"),
        (Within(((0.0, 0.0), (1.0, 1.0), (math.nan, 0.0))), "An area cannot be read"),
        (Within(((0.0, 0.0), (1.0, 1.0), (2e9, 0.0))), "An area cannot be read"),
        (Within(((0.0, 0.0),) * 65), "An area cannot be read"),
        (Within(((0.0, 0.0), (1.0, 1.0), (0.0, 1.0)), "other"), "drawn on another map"),
    ],
)
def test_what_cannot_be_answered_is_refused_by_both(plain: Catalog, condition: Condition, title: str) -> None:
    for render in (duckdb_filter, lance_filter):
        with pytest.raises(QueryError, match=title):
            render(condition, plain.columns)


def test_an_unknown_column_lists_the_near_ones(plain: Catalog) -> None:
    with pytest.raises(QueryError) as caught:
        duckdb_filter(OneOf("yaer", (2012,)), plain.columns)
    assert caught.value.hint.startswith("Did you mean “year”")


def test_engines_agree_on_an_ingested_collection(workspace: Workspace) -> None:
    things = workspace.catalog("things")
    names = [*things.metadata, "id"]
    rows = things.dataset.to_table(columns=names).to_pylist()
    for name in names:
        kind = things.columns[name].kind
        value = next(row[name] for row in rows if row[name] is not None)
        condition = Contains(name, value[1:4]) if kind is Kind.TEXT else OneOf(name, (value, None))
        wanted = sorted(row["id"] for row in rows if holds(condition, row))
        filter = lance_filter(condition, things.columns)
        assert sorted(things.dataset.to_table(columns=["id"], filter=filter)["id"].to_pylist()) == wanted
        assert sorted(things.ids(condition, None, 1_000)) == wanted
