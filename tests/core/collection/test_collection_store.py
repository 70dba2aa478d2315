"""The Lance table of a collection: writing, deleting, undoing, and the nearest vectors."""

import os
import subprocess
from datetime import datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from made_up import fill, made_up_rows, unit_vectors

from core.collection.catalog import Catalog
from core.collection.planner import plan
from core.collection.schema import EncoderFact, check_name, label, metadata_names
from core.collection.storage import storing
from core.collection.store import (
    LEAST_INDEXED,
    Collection,
    find_collection,
    open_collections,
)
from core.collection.vectorindex import vector_index
from core.encoders.protocol import Vectors
from core.errors import InputError, NotFoundError, StorageError
from core.query.recipe import Accuracy, Between, Condition, Not, OneOf
from core.query.sql import lance_filter

ODD_IDS = [
    "it's",
    'a "b"',
    "a/b/c",
    "back\\slash",
    "two\nlines",
    "<script>",
    "'; DROP TABLE images;--",
    "東京",
    " ",
    "%_`",
]
AT = datetime(2026, 1, 2, 3, 4, 5)

LARGE = 10**6  # components: too many to be held in memory


def ids_of(collection: Collection) -> list[str]:
    return sorted(collection.read(["id"])["id"].to_pylist())


def colours(*values: str | None) -> dict[str, pa.Array]:
    return {"colour": pa.array(values, pa.string())}


@pytest.fixture
def odd(tmp_path: Path) -> Collection:
    return fill(tmp_path, "odd", colours(*["red"] * len(ODD_IDS)), ODD_IDS)


def test_an_upsert_adds_unknown_ids_and_replaces_known_ones(odd: Collection) -> None:
    before = odd.version
    odd.upsert(made_up_rows(odd.schema, colours("blue", "green"), ["it's", "new"]))
    rows = dict(zip(*(odd.read(["id", "colour"])[name].to_pylist() for name in ("id", "colour")), strict=True))
    assert rows == {**dict.fromkeys(ODD_IDS, "red"), "it's": "blue", "new": "green"}
    assert odd.version > before


def test_an_update_changes_some_columns_of_known_ids_only(odd: Collection) -> None:
    vectors = odd.vectors(["a/b/c"])
    odd.update(pa.table({"id": ["a/b/c", "unknown"], "colour": ["blue", "blue"]}))
    rows = {row["id"]: row for row in odd.read(["id", "colour", "width"]).to_pylist()}
    assert set(rows) == set(ODD_IDS)
    assert rows["a/b/c"]["colour"] == "blue"
    assert rows["a/b/c"]["width"] == 62
    np.testing.assert_array_equal(odd.vectors(["a/b/c"])["a/b/c"], vectors["a/b/c"])


def test_new_columns_are_empty_and_keep_the_header_of_the_table(odd: Collection) -> None:
    odd.ensure_columns(
        [pa.field("colour", pa.int64()), pa.field("Größe", pa.float64())], {"Größe": "Größe (cm)", "colour": "x"}
    )
    assert odd.schema.field("colour").type == pa.string()
    assert label(odd.schema.field("Größe")) == "Größe (cm)"
    assert label(odd.schema.field("colour")) == "colour"
    assert metadata_names(odd.schema) == ["colour", "Größe"]
    assert odd.read(["Größe"])["Größe"].null_count == len(ODD_IDS)


@pytest.mark.parametrize("id", ODD_IDS)
def test_an_image_with_an_odd_id_is_found_deleted_and_restored(odd: Collection, id: str) -> None:
    vector = odd.vectors([id])[id]
    assert odd.delete([id, "unknown"], "d1", AT) == 1
    assert ids_of(odd) == sorted(set(ODD_IDS) - {id})
    assert odd.vectors([id]) == {}
    assert odd.deleted_ids() == {id}
    assert odd.undo_delete("d1") == 1
    assert ids_of(odd) == sorted(ODD_IDS)
    assert odd.deleted_ids() == set()
    np.testing.assert_array_equal(odd.vectors([id])[id], vector)


def test_thousands_are_deleted_and_restored_at_once(tmp_path: Path) -> None:
    ids = [f"row {place}" for place in range(3_000)]
    collection = fill(tmp_path, "many", {}, ids, unit_vectors(3_000, 4))
    assert collection.delete(ids[:2_500], "d1", AT) == 2_500
    assert collection.count() == 500
    assert collection.undo_delete("d1") == 2_500
    assert ids_of(collection) == sorted(ids)


def test_deleting_nothing_leaves_no_trace(odd: Collection) -> None:
    version = odd.version
    assert odd.delete(["unknown"], "d1", AT) == 0
    assert odd.delete([], "d2", AT) == 0
    assert odd.deletions() == []
    assert odd.version == version


def test_deletions_are_undone_in_any_order_and_after_other_writes(odd: Collection) -> None:
    odd.delete(ODD_IDS[:2], "d1", AT)
    odd.delete(ODD_IDS[2:4], "d2", AT)
    assert odd.deletions() == ["d1", "d2"]
    odd.upsert(made_up_rows(odd.schema, colours("green"), ["later"]))
    odd.ensure_columns([pa.field("size", pa.int64())], {})
    odd.update(pa.table({"id": ODD_IDS[4:5], "size": [7]}))
    assert odd.undo_delete("d1") == 2
    assert odd.deletions() == ["d2"]
    assert ids_of(odd) == sorted({*ODD_IDS, "later"} - set(ODD_IDS[2:4]))
    rows = {row["id"]: row for row in odd.read(["id", "colour", "size"]).to_pylist()}
    assert (rows[ODD_IDS[0]]["colour"], rows[ODD_IDS[0]]["size"]) == ("red", None)
    assert rows[ODD_IDS[4]]["size"] == 7


def test_an_undo_leaves_an_id_alone_that_came_again(odd: Collection) -> None:
    odd.delete(["it's"], "d1", AT)
    odd.upsert(made_up_rows(odd.schema, colours("blue"), ["it's"]))
    odd.undo_delete("d1")
    assert ids_of(odd) == sorted(ODD_IDS)
    row = next(row for row in odd.read(["id", "colour"]).to_pylist() if row["id"] == "it's")
    assert row["colour"] == "blue"


def test_an_undo_after_a_column_became_another_type(odd: Collection) -> None:
    odd.ensure_columns([pa.field("size", pa.int64())], {})
    odd.update(pa.table({"id": ODD_IDS[:2], "size": [1, 2]}))
    odd.delete(ODD_IDS[:1], "d1", AT)
    odd.retype(pa.field("size", pa.float64()))
    odd.undo_delete("d1")
    sizes = {row["id"]: row["size"] for row in odd.read(["id", "size"]).to_pylist()}
    assert (sizes[ODD_IDS[0]], sizes[ODD_IDS[1]], sizes[ODD_IDS[2]]) == (1.0, 2.0, None)


def test_an_undo_happens_once(odd: Collection) -> None:
    odd.delete(["it's"], "d1", AT)
    odd.undo_delete("d1")
    for name in ("d1", "", "..", "d1' OR '1'='1"):
        with pytest.raises(NotFoundError, match="cannot be undone"):
            odd.undo_delete(name)


def test_collections_of_similar_names_have_their_own_trash(tmp_path: Path) -> None:
    names = ["a", "a--b", "a-", "a--"]
    collections = [fill(tmp_path, name, {}, [f"of {name}", "kept"]) for name in names]
    for name, collection in zip(names, collections, strict=True):
        collection.delete([f"of {name}"], "20260102T030405", AT)
    for name, collection in zip(names, collections, strict=True):
        assert collection.deletions() == ["20260102T030405"]
        assert collection.deleted_ids() == {f"of {name}"}


def test_another_holder_of_the_collection_sees_every_write(tmp_path: Path, odd: Collection) -> None:
    other = Collection(tmp_path, "odd")
    version = other.version
    odd.delete(["it's"], "d1", AT)
    assert other.version > version
    assert "it's" not in ids_of(other)
    assert other.deletions() == ["d1"]


def test_creating_again_changes_nothing(odd: Collection) -> None:
    odd.create(EncoderFact("another", 3, "f" * 12))
    assert odd.encoder == EncoderFact("/made-up", 16, "0" * 12)
    assert odd.count() == len(ODD_IDS)


def test_an_unknown_collection_lists_the_near_ones(tmp_path: Path, odd: Collection) -> None:
    assert open_collections(tmp_path) == ["odd"]
    with pytest.raises(NotFoundError, match="no collection “ood”") as caught:
        find_collection(tmp_path, "ood")
    assert caught.value.hint == "Did you mean “odd”?"
    with pytest.raises(NotFoundError):
        Collection(tmp_path, "never").count()


@pytest.mark.parametrize("name", ["", "../x", "a/b", "a b", "-a", "_a", "a" * 65, "é", "a\n", "a.b"])
def test_a_name_that_is_no_folder_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match="cannot name a collection"):
        Collection(tmp_path, name)


def test_names_of_folders_are_taken_as_they_are() -> None:
    assert [check_name(name) for name in ("a", "A-b_9", "0" * 64)] == ["a", "A-b_9", "0" * 64]


# The nearest vectors


def brute_force(collection: Collection, vector: Vectors, keep: set[str] | None = None) -> list[tuple[str, float]]:
    """Ids and cosine distances, nearest first, computed with numpy."""
    rows = collection.read(["id", "vector"])
    held = np.asarray(rows["vector"].to_pylist(), np.float64).reshape(-1, vector.size)
    distances = 1 - held @ vector.astype(np.float64) / np.linalg.norm(held, axis=1) / np.linalg.norm(vector)
    order = np.argsort(distances)
    ids = rows["id"].to_pylist()
    return [(ids[place], float(distances[place])) for place in order if keep is None or ids[place] in keep]


def agree(collection: Collection, vector: Vectors, count: int, condition: Condition | None = None) -> None:
    catalog = Catalog(collection.dataset())
    where = None if condition is None else lance_filter(condition, catalog.columns)
    keep = None if condition is None else set(catalog.ids(condition, None, 100_000))
    how = plan(vector_index(catalog.dataset), catalog.count_all, catalog.count(condition), Accuracy.AUTO, LARGE)
    found = collection.nearest(vector, count, where, catalog.dataset, how)
    wanted = brute_force(collection, vector, keep)[:count]
    assert how.exact
    assert [row.id for row in catalog.rows_at(found.rowids)] == [id for id, _ in wanted]
    np.testing.assert_allclose(found.scores, [1 - distance for _, distance in wanted], atol=2e-6)


QUERIES = unit_vectors(4, seed=99)


def test_the_nearest_of_a_small_collection(odd: Collection) -> None:
    odd.build_indexes(["colour"], [])
    assert vector_index(odd.dataset()) is None
    for vector in QUERIES:
        agree(odd, vector, 4)
        agree(odd, vector, 1_000)
        agree(odd, vector, 5, Not(OneOf("id", ("it's", " "))))


def test_the_nearest_of_an_empty_collection(tmp_path: Path) -> None:
    empty = fill(tmp_path, "empty", {}, [])
    empty.build_indexes([], [])
    agree(empty, QUERIES[0], 5)


@pytest.fixture
def large(tmp_path: Path) -> Collection:
    """Above the threshold of the index, in two commits, with vectors in clusters."""
    chance = np.random.default_rng(1)
    centres = unit_vectors(20, seed=8)
    vectors = centres[chance.integers(0, 20, 1_500)] + chance.normal(scale=0.2, size=(1_500, 16)).astype(np.float32)
    vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    names = [["red", "green", "blue", None][place % 4] for place in range(1_500)]
    columns = {"colour": pa.array(names), "size": pa.array([place % 100 for place in range(1_500)])}
    ids = [f"row {place}" for place in range(1_500)]
    parts = {name: values[:900] for name, values in columns.items()}
    collection = fill(tmp_path, "large", parts, ids[:900], vectors[:900])
    rest = {name: values[900:] for name, values in columns.items()}
    collection.upsert(made_up_rows(collection.schema, rest, ids[900:], vectors[900:]))
    return collection


def test_an_index_answers_exactly_with_and_without_filters_and_after_changes(large: Collection) -> None:
    assert large.count() >= LEAST_INDEXED
    assert vector_index(large.dataset()) is None
    agree(large, QUERIES[0], 20)
    large.build_indexes(["colour"], ["size"])
    assert vector_index(large.dataset()) == "IVF_FLAT"

    def check() -> None:
        for vector in QUERIES:
            agree(large, vector, 20)
            agree(large, vector, 20, OneOf("colour", ("red", None)))
            agree(large, vector, 20, Between("size", 3, 3))  # about 15 match: all are returned
        agree(large, QUERIES[0], 2_000)

    check()
    near = QUERIES + unit_vectors(4, seed=3) * 0.01
    large.upsert(made_up_rows(large.schema, {"colour": pa.array(["red"] * 4)}, [f"new {k}" for k in range(4)], near))
    assert brute_force(large, QUERIES[0])[0][0] == "new 0"
    check()
    large.update(pa.table({"id": [f"row {k}" for k in range(300)], "colour": ["red"] * 300}))
    check()
    large.delete([f"row {k}" for k in range(1_400)], "d1", AT)
    check()
    large.undo_delete("d1")
    check()
    large.build_indexes(["colour"], ["size"])
    check()


def test_copies_of_few_vectors_get_an_index_too(tmp_path: Path) -> None:
    count = 67_000  # past it Lance makes partitions in another way, which refuses those that stay empty
    vectors = unit_vectors(5, seed=8)[np.arange(count) % 5]
    alike = fill(tmp_path, "alike", {}, [f"row {place}" for place in range(count)], vectors)
    alike.build_indexes([], [])
    assert vector_index(alike.dataset()) == "IVF_FLAT"
    found = alike.nearest(vectors[3], 20, None, alike.dataset(), plan("IVF_FLAT", count, count, Accuracy.AUTO, 10_000))
    assert found.scores == pytest.approx([1.0] * 20, abs=1e-5)


def test_building_the_indexes_again_changes_no_answer_and_makes_none_twice(large: Collection) -> None:
    large.build_indexes(["colour"], ["size"])
    held = sorted((item.index_type, *item.field_names) for item in large.dataset().describe_indices())
    large.build_indexes(["colour"], ["size"])
    assert sorted((item.index_type, *item.field_names) for item in large.dataset().describe_indices()) == held
    assert len(held) == 5


def test_thumbnails_come_in_the_order_asked_for(tmp_path: Path) -> None:
    collection = fill(tmp_path, "thumbs", {}, ["a", "b", "c"])
    rows = made_up_rows(collection.schema, {"thumbnail": pa.array([b"1", b"2"])}, ["b", "c"])
    collection.upsert(rows)
    catalog = Catalog(collection.dataset())
    rowids = [row.rowid for row in catalog.rows(["c", "a", "b"])]
    assert collection.thumbnails(rowids, catalog.dataset) == [b"2", b"RIFF", b"1"]


# A full disk


@pytest.mark.parametrize(
    "error",
    [
        OSError(28, "No space left on device"),
        OSError("LanceError(IO): External error: No space left on device (os error 28)"),
        RuntimeError("lance error: LanceError(IO): Generic LocalFileSystem error: Disk quota exceeded (os error 122)"),
        ValueError("Storage full"),
    ],
)
def test_a_full_disk_is_one_clear_error(error: Exception) -> None:
    with pytest.raises(StorageError) as caught, storing("the ledger"):
        raise error
    assert caught.value.title == "The disk is full: the ledger could not be written."
    assert caught.value.__cause__ is error


def test_any_other_error_stays_what_it_is() -> None:
    with pytest.raises(ValueError, match="a bug"), storing("the ledger"):
        raise ValueError("a bug")


def test_a_disk_that_fills_up_keeps_what_was_written(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(disk)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        pytest.skip("needs the right to mount a small disk")
    try:
        collection = fill(disk, "full", {}, ["first"])
        noise = pa.array([os.urandom(500_000) for _ in range(20)])
        ids = [f"row {place}" for place in range(20)]
        with pytest.raises(StorageError, match="The disk is full"):
            collection.upsert(made_up_rows(collection.schema, {"thumbnail": noise}, ids))
        assert ids_of(Collection(disk, "full")) == ["first"]
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=True)
