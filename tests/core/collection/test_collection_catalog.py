"""The catalog: what it makes of a collection's columns, and what it answers."""

import random
import subprocess
import sys
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from made_up import fill, made_up_rows

from core.collection.catalog import Catalog
from core.collection.store import Collection
from core.encoders.protocol import Encoder
from core.errors import NotFoundError, QueryError
from core.query.columns import Kind
from core.query.recipe import All, Between, Contains, Not, OneOf, Order
from core.settings import ROOT, Settings
from core.workspace import Workspace

EVERY = All()
SQL_NAMES = (
    "select",
    "from",
    "rowid",
    "count",
    "place",
    "group",
    "images",
    "source_rows",
    "hash",
    "kind_select",
    "true",
)


def catalog_of(folder: Path, columns: dict[str, pa.Array], ids: list[str] | None = None) -> Catalog:
    count = len(next(iter(columns.values())))
    return Catalog(fill(folder, "made", columns, ids or [f"row {place}" for place in range(count)]).dataset())


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (pa.array(["red", "blue", None] * 20), Kind.CATEGORY),
        (pa.array(["a", "b", "c"]), Kind.CATEGORY),
        (pa.array([f"class {place}" for place in range(30)] * 2), Kind.CATEGORY),
        (pa.array([f"class {place}" for place in range(60)]), Kind.TEXT),
        (pa.array(["x" * 101, "x" * 101]), Kind.TEXT),
        (pa.array([f"a rather long sentence of words {place}" for place in range(5)]), Kind.TEXT),
        (pa.array([None, None], pa.string()), Kind.TEXT),
        (pa.array([1, 2, None]), Kind.NUMBER),
        (pa.array([1.5, None]), Kind.NUMBER),
        (pa.array([2012.0, 2013.0]), Kind.NUMBER),
        (pa.array([1800, 2100, None]), Kind.YEAR),
        (pa.array([1799, 2012]), Kind.NUMBER),
        (pa.array([2012, 2101]), Kind.NUMBER),
        (pa.array([None, None], pa.int64()), Kind.NUMBER),
        (pa.array([True, False, None]), Kind.BOOLEAN),
        (pa.array([datetime(2012, 1, 1), None], pa.timestamp("us")), Kind.DATE),
    ],
    ids=str,
)
def test_the_kind_of_a_column_follows_its_values(tmp_path: Path, values: pa.Array, kind: Kind) -> None:
    column = catalog_of(tmp_path, {"column": values}).columns["column"]
    assert column.kind is kind
    assert column.missing == values.null_count
    assert column.distinct == len(values.drop_null().unique())


def test_more_than_a_thousand_values_are_free_text(tmp_path: Path) -> None:
    values = [f"class {place % 1_001}" for place in range(2_010)]
    catalog = catalog_of(tmp_path, {"many": pa.array(values), "few": pa.array([v[:8] for v in values])})
    assert (catalog.columns["many"].kind, catalog.columns["few"].kind) == (Kind.TEXT, Kind.CATEGORY)


def test_every_collection_can_be_asked_about_size_time_and_id(catalog: Catalog) -> None:
    kinds = {name: catalog.columns[name].kind for name in ("id", "width", "height", "added_at")}
    assert kinds == {"id": Kind.TEXT, "width": Kind.NUMBER, "height": Kind.NUMBER, "added_at": Kind.DATE}
    assert "uri" not in catalog.columns
    assert [column.name for column in catalog.of_kind(Kind.NUMBER)] == ["price", "count"]


def test_an_ingested_table_keeps_its_headers_and_kinds(catalog: Catalog) -> None:
    assert {column.label: column.kind.value for column in map(catalog.columns.__getitem__, catalog.metadata)} == {
        "shape": "category",
        "masterColour": "category",
        "title": "text",
        "price": "number",
        "count": "number",
        "year": "year",
        "made": "date",
        "for sale": "boolean",
        "from": "category",
        "Größe": "category",
    }


def test_classes_are_an_enum_in_the_order_of_the_alphabet(catalog: Catalog) -> None:
    types = dict(catalog.select("SELECT column_name, data_type FROM duckdb_columns() WHERE table_name = 'images'"))
    assert types["masterColour"] == "ENUM('blue', 'green', 'red', 'yellow')"
    assert types["title"] == "VARCHAR"


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM '/etc/passwd'",
        "SELECT * FROM read_text('/etc/passwd')",
        "SELECT * FROM glob('/*')",
        "COPY images TO '/tmp/leak.csv'",
        "ATTACH '/tmp/other.db'",
        "EXPORT DATABASE '/tmp/leak'",
        "INSTALL httpfs",
        "LOAD httpfs",
        "SELECT * FROM read_csv('http://127.0.0.1:9/x.csv')",
        "SET enable_external_access = true",
        "SET lock_configuration = false",
        "SET threads = 1",
        "PRAGMA memory_limit='1GB'",
        "SELECT * FROM things_of_the_caller",
        "SELECT getenv('HOME')",
    ],
)
def test_the_connection_is_locked(catalog: Catalog, statement: str) -> None:
    things_of_the_caller = pa.table({"secret": [1]})
    with pytest.raises(duckdb.Error):
        catalog.select(statement)
    assert things_of_the_caller.num_rows == 1


def test_a_write_of_another_process_makes_a_new_catalog(own_workspace: Workspace) -> None:
    before = own_workspace.catalog("things")
    assert own_workspace.catalog("things") is before
    code = (
        "import sys; from pathlib import Path; from datetime import datetime\n"
        "from core.collection.store import Collection\n"
        "Collection(Path(sys.argv[1]), 'things').delete(['thing-020'], 'd1', datetime(2026, 1, 1))"
    )
    subprocess.run([sys.executable, "-c", code, str(own_workspace.folder)], cwd=ROOT, check=True, timeout=120)
    after = own_workspace.catalog("things")
    assert (before.count_all, after.count_all) == (60, 59)
    assert after.version > before.version
    assert before.count(None) == 60  # one at hand answers from its own version


# Rows


def test_rows_come_in_the_order_asked_for_without_unknown_ones(catalog: Catalog) -> None:
    rows = catalog.rows(["thing-030", "unknown", "it's", "thing-010", "it's"])
    assert [row.id for row in rows] == ["thing-030", "it's", "thing-010"]
    assert rows[1].values["shape"] in ("circle", "square", "triangle")
    assert catalog.rows([]) == []


def test_pages_follow_each_other_in_the_order_of_ingest(catalog: Catalog) -> None:
    whole = catalog.ids(EVERY, None, 1_000)
    assert len(whole) == len(set(whole)) == 60
    assert [id for offset in range(0, 70, 7) for id in catalog.ids(EVERY, None, 7, offset)] == whole
    assert catalog.ids(EVERY, None, 10, 1_000) == []


@pytest.mark.parametrize(
    "name", ["price", "count", "year", "made", "masterColour", "title", "for_sale", "from", "width"]
)
@pytest.mark.parametrize("descending", [False, True])
def test_an_order_puts_missing_values_last_and_keeps_ties_in_order(
    catalog: Catalog, name: str, descending: bool
) -> None:
    place = {id: number for number, id in enumerate(catalog.ids(EVERY, None, 1_000))}
    values = {row.id: row.values[name] for row in catalog.rows(list(place))}
    present = sorted((id for id in place if values[id] is not None), key=place.__getitem__)
    present.sort(key=lambda id: encoded(values[id]), reverse=descending)
    if descending:
        present.sort(key=lambda id: encoded(values[id]), reverse=True)
    missing = [id for id in place if values[id] is None]
    ordered = [id for o in range(0, 60, 11) for id in catalog.ids(EVERY, Order(name, descending), 11, o)]
    assert ordered == present + missing


def encoded(value: Any) -> Any:
    return value.encode() if isinstance(value, str) else value


@pytest.mark.parametrize("order", [None, Order("price", descending=True), Order("shape")])
@pytest.mark.parametrize("deep", [0, 10_000])
def test_a_page_and_a_sample_are_the_rows_of_their_ids(
    catalog: Catalog, monkeypatch: pytest.MonkeyPatch, order: Order | None, deep: int
) -> None:
    monkeypatch.setattr("core.collection.catalog.DEEP", deep)  # the two ways to find a page
    for where in (EVERY, All((OneOf("shape", ("circle",)),))):
        for offset in (0, 7, 55, 500):
            ids = catalog.ids(where, order, 9, offset)
            assert [row.id for row in catalog.page(where, order, 9, offset)] == ids
            assert catalog.page(where, order, 9, offset) == catalog.rows(ids)
        assert catalog.sample_rows(where, 8, 3) == catalog.rows(catalog.sample(where, 8, 3))


def test_an_order_by_an_unknown_column_is_refused(catalog: Catalog) -> None:
    with pytest.raises(QueryError, match="no column “prise”"):
        catalog.ids(EVERY, Order("prise"), 5)


def test_counting_follows_the_filter(catalog: Catalog) -> None:
    red = catalog.count(OneOf("masterColour", ("red",)))
    assert 0 < red < 60
    assert catalog.count(Not(OneOf("masterColour", ("red",)))) == 60 - red
    assert catalog.count(None) == catalog.count(EVERY) == catalog.count_all == 60


# Samples


def test_a_sample_is_the_same_for_the_same_seed_and_no_image_comes_twice(catalog: Catalog) -> None:
    first = catalog.sample(EVERY, 20, 1)
    assert len(set(first)) == 20
    assert catalog.sample(EVERY, 20, 1) == first
    assert catalog.sample(EVERY, 20, 2) != first
    assert catalog.sample(EVERY, 10, 1) == first[:10]
    assert sorted(catalog.sample(EVERY, 1_000, 1)) == sorted(catalog.ids(EVERY, None, 1_000))


@pytest.mark.parametrize("classes", [1, 2, 15, 16, 17, 31, 32, 33, 63, 64, 65, 200])
def test_any_choice_of_any_number_of_classes_is_counted_rightly(tmp_path: Path, classes: int) -> None:
    chance = random.Random(classes)
    names = [f"{place:03}" for place in range(classes)]
    values = [chance.choice([*names, None]) for _ in range(10 * classes + 10)]
    catalog = catalog_of(tmp_path, {"kind": pa.array([*names, *values], pa.string())})
    assert catalog.columns["kind"].kind is Kind.CATEGORY
    held = Counter([*names, *values])
    for _ in range(20):
        chosen = tuple(chance.sample([*names, None, "of none"], chance.randint(0, classes + 2)))
        right = sum(held[value] for value in chosen)
        assert catalog.count(OneOf("kind", chosen)) == right
        assert catalog.count(Not(OneOf("kind", chosen))) == sum(held.values()) - right
        assert catalog.places(OneOf("kind", chosen)).size == right


def test_many_images_give_the_sample_that_all_of_them_compared_would(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalog = catalog_of(tmp_path, {"colour": pa.array(["red", "blue", None] * 1_000)})
    for where in (EVERY, OneOf("colour", ("red",)), OneOf("colour", (None, "blue")), OneOf("colour", ("green",))):
        whole = catalog.sample(where, 3_000, 5)
        assert sorted(whole) == sorted(catalog.ids(where, None, 3_000))
        for count in (0, 1, 10, 50):
            assert catalog.sample(where, count, 5) == whole[:count]
    red = OneOf("colour", ("red",))
    whole = catalog.sample(red, 1_000, 6)
    monkeypatch.setattr(catalog, "count", lambda condition: 10**9)  # by which next to none would be looked at
    assert catalog.sample(red, 20, 6) == whole[:20]


def test_counts_are_remembered_by_what_is_asked_and_never_of_another_version(tmp_path: Path) -> None:
    collection = fill(tmp_path, "made", {"flag": pa.array([True, False, True])}, ["a", "b", "c"])
    catalog = Catalog(collection.dataset())
    assert [catalog.count(OneOf("flag", (True,))) for _ in range(2)] == [2, 2]
    with pytest.raises(QueryError):
        catalog.count(OneOf("flag", (1,)))  # which Python holds for equal
    collection.upsert(made_up_rows(collection.schema, {"flag": pa.array([True])}, ["d"]))
    followed = catalog.followed_by(collection.dataset())
    assert followed is not None
    assert followed.count(OneOf("flag", (True,))) == 3
    assert catalog.count(OneOf("flag", (True,))) == 2


def test_a_sample_of_a_filter_is_full_and_stays_when_other_images_go(own_workspace: Workspace) -> None:
    catalog = own_workspace.catalog("things")
    squares = OneOf("shape", ("square",))
    matching = catalog.ids(squares, None, 1_000)
    sample = catalog.sample(squares, 5, 7)
    assert len(sample) == 5
    assert set(sample) <= set(matching)
    others = [id for id in catalog.ids(EVERY, None, 1_000) if id not in matching]
    own_workspace.delete("things", others[:10])
    assert own_workspace.catalog("things").sample(squares, 5, 7) == sample


def test_every_matching_image_is_as_likely_to_be_drawn(tmp_path: Path) -> None:
    ids = [f"row {place}" for place in range(200)]
    catalog = catalog_of(tmp_path, {"half": pa.array(["a", "b"] * 100)}, ids)
    half = OneOf("half", ("a",))
    drawn = Counter(id for seed in range(400) for id in catalog.sample(half, 10, seed))
    assert set(drawn) == set(ids[::2])
    # 400 draws of 10 among 100: each is drawn 40 times, give or take six times its deviation of 6.
    assert all(4 < drawn[id] < 76 for id in drawn)
    firsts = Counter(catalog.sample(half, 1, seed)[0] for seed in range(400))
    assert max(firsts.values()) < 20


# Odd names


def test_columns_may_have_any_name_that_sql_uses(tmp_path: Path) -> None:
    columns = {
        **{name: pa.array([5, 3, None, 4, 3]) for name in SQL_NAMES if name != "select"},
        "select": pa.array(["a", "b", None, "a", "b"]),
        "Größe": pa.array([1.5, 2.5, None, 0.5, 1.0]),
        "名前": pa.array(["x", "y", "x", "y", None]),
    }
    catalog = catalog_of(tmp_path, columns, list("abcde"))
    assert catalog.ids(EVERY, None, 9) == list("abcde")
    for name in SQL_NAMES:
        if name != "select":
            assert catalog.ids(EVERY, Order(name), 9) == ["b", "e", "d", "a", "c"]
            assert catalog.ids(Between(name, 4, None), None, 9) == ["a", "d"]
    assert catalog.ids(OneOf("select", ("a", None)), Order("Größe", True), 9) == ["a", "d", "c"]
    assert catalog.ids(Contains("名前", "X"), None, 9) == ["a", "c"]
    assert sorted(catalog.sample(OneOf("名前", ("y",)), 9, 0)) == ["b", "d"]
    assert catalog.rows(["a"])[0].values["rowid"] == 5


def test_headers_that_differ_in_case_only_and_one_called_like_the_id(
    tmp_path: Path, encoder: Encoder, small_source: Any
) -> None:
    """An ingest of such a table ends in a collection that can be asked."""
    from core.ingest.plan import IngestRequest

    source = small_source(tmp_path / "source", 4, first=50)
    lines = (source / "things.csv").read_text(encoding="utf-8").splitlines()
    lines[0] = "file,ID,Price,price,WIDTH,rowid,_rowid,id_,count,from,images"
    (source / "things.csv").write_text("\n".join(lines), encoding="utf-8")
    space = Workspace.open(Settings(workspace=tmp_path / "workspace"), encoder)
    space.ingest(IngestRequest(str(source), "odd", id_column="file"))
    catalog = space.catalog("odd")
    assert catalog.count_all == 4
    labels = [catalog.columns[name].label for name in catalog.metadata]
    assert labels[-10:] == lines[0].split(",")[1:]
    for name in catalog.metadata:
        assert catalog.count(OneOf(name, (None,))) == catalog.columns[name].missing


# Values of all kinds


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 10_000))
def test_the_mirror_holds_what_the_collection_holds(tmp_path_factory: pytest.TempPathFactory, seed: int) -> None:
    chance = random.Random(seed)
    pools: dict[pa.DataType, list[Any]] = {
        pa.string(): ["", " ", "a", "A", "it's", "\n", "東", None],
        pa.int64(): [0, -(2**63), 2**63 - 1, None],
        pa.float64(): [0.0, 1e300, -5e-324, None],
        pa.bool_(): [True, False, None],
        pa.timestamp("us"): [datetime(1, 1, 1), datetime(9999, 12, 31, 23, 59, 59, 999999), None],
    }
    columns = {
        f"column_{number}": pa.array([chance.choice(pool) for _ in range(12)], kind)
        for number, (kind, pool) in enumerate(pools.items())
    }
    catalog = catalog_of(tmp_path_factory.mktemp("mirror"), columns)
    rows = catalog.rows(catalog.ids(EVERY, None, 100))
    assert {name: [row.values[name] for row in rows] for name in columns} == {
        name: values.to_pylist() for name, values in columns.items()
    }


def test_an_empty_collection_can_be_asked(tmp_path: Path) -> None:
    catalog = catalog_of(tmp_path, {"colour": pa.array([], pa.string()), "size": pa.array([], pa.int64())}, [])
    assert catalog.count_all == 0
    assert catalog.ids(EVERY, Order("size"), 5) == []
    assert catalog.sample(OneOf("colour", ("red",)), 5, 0) == []


def test_an_image_added_later_comes_last(tmp_path: Path) -> None:
    collection = fill(tmp_path, "grown", {}, ["b", "a"])
    rows = made_up_rows(collection.schema, {"added_at": pa.array([datetime(2026, 5, 1)], pa.timestamp("us"))}, ["c"])
    collection.upsert(rows)
    assert Catalog(collection.dataset()).ids(EVERY, None, 9) == ["b", "a", "c"]


def test_an_unknown_collection_has_no_catalog(workspace: Workspace) -> None:
    with pytest.raises(NotFoundError, match="no collection “thing”"):
        workspace.catalog("thing")
    assert isinstance(workspace.collection("things"), Collection)


@pytest.mark.parametrize("classes", [2, 63, 64, 65, 128, 129, 1_000])
def test_several_classes_are_asked_for_however_many_there_are(tmp_path: Path, classes: int) -> None:
    values = [None if place % 7 == 0 else f"it's {place % classes:04}" for place in range(2 * classes)]
    catalog = catalog_of(tmp_path, {"sort": pa.array(values)})
    last = f"it's {classes - 1:04}"
    for wanted in (
        ("it's 0000", last),
        ("it's 0001", last, "no such"),
        ("no such", "nor this"),
        (last, "it's 0000", None),
    ):
        there = [f"row {place}" for place, value in enumerate(values) if value in wanted]
        assert catalog.ids(OneOf("sort", wanted), None, 10_000) == there
        others = [f"row {place}" for place, value in enumerate(values) if value not in wanted]
        assert catalog.ids(Not(OneOf("sort", wanted)), None, 10_000) == others
