"""Vectors in memory, two bytes a component: whatever becomes of a collection, the nearest are those of its table."""

import time
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from made_up import fill, made_up_rows, unit_vectors

from core.collection import compact, planner
from core.collection.catalog import Catalog
from core.collection.compact import Compact, Version
from core.collection.matrix import matrix_of
from core.collection.planner import Plan
from core.collection.store import Collection
from core.encoders.protocol import Encoder
from core.query.recipe import All, OneOf
from core.search import Searcher

ROWS = 600
WAY = Plan(exact=True, compact=True)
WHERE = (All(), All((OneOf("colour", ("red",)),)), All((OneOf("colour", ("none",)),)))


@pytest.fixture
def collection(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Collection:
    """Two fragments, one image in ten without a vector."""
    monkeypatch.setattr(planner, "MOST_HELD_BYTES", 0)
    vectors = unit_vectors(ROWS, seed=2)
    colours = pa.array(["red" if place % 3 else "blue" for place in range(ROWS)])
    ids = [f"row {place}" for place in range(ROWS)]
    made = fill(tmp_path, "large", {"colour": colours[:400]}, ids[:400], vectors[:400])
    rest = made_up_rows(made.schema, {"colour": colours[400:]}, ids[400:], vectors[400:])
    empty = [None if place % 10 == 0 else vector.tolist() for place, vector in enumerate(vectors[400:])]
    column = rest.column_names.index("vector")
    made.upsert(rest.set_column(column, "vector", pa.array(empty, rest.schema.field("vector").type)))
    made.warm()
    return made


def encoder() -> Encoder:
    raise AssertionError


def vector_of(term: object) -> Any:
    raise AssertionError


def agree(collection: Collection) -> None:
    """Every answer from memory is that of the table's own vectors."""
    catalog = Catalog(collection.dataset())
    searcher = Searcher(collection, catalog, encoder, vector_of)
    assert searcher.is_compact
    table = collection.dataset().to_table(columns=["id", "colour", "vector"])
    vectors, there = matrix_of(table["vector"])
    known = table.filter(pa.array(there))
    colours = known["colour"].to_pylist()
    for vector in unit_vectors(3, seed=9):
        for where in WHERE:
            passing = [place for place, colour in enumerate(colours) if not where.conditions or colour == "red"]
            passing = [] if where is WHERE[2] else passing
            scores = np.sort(vectors[passing] @ vector)[::-1]
            for count in (1, 7, 10_000):
                found = searcher.nearest(vector, count, where, catalog.count(where), WAY)
                np.testing.assert_allclose(found.scores, scores[:count], atol=1e-6)
                ids = [row.id for row in catalog.rows_at(found.rowids)]
                held = dict(zip(known["id"].to_pylist(), vectors, strict=True))
                np.testing.assert_allclose([held[id] @ vector for id in ids], found.scores, atol=1e-6)


def test_the_nearest_are_found_at_every_version(collection: Collection) -> None:
    agree(collection)
    new = unit_vectors(4, seed=5)
    collection.upsert(made_up_rows(collection.schema, {"colour": pa.array(["red"] * 4)}, list("abcd"), new))
    agree(collection)
    moved = made_up_rows(collection.schema, {"colour": pa.array(["blue"] * 2)}, ["a", "row 3"], new[2:])
    collection.upsert(moved)
    agree(collection)
    collection.update(pa.table({"id": ["row 1", "b"], "colour": ["red", "blue"]}))
    agree(collection)
    collection.delete(["row 5", "c"], "d1", datetime(2026, 1, 1))
    agree(collection)
    collection.undo_delete("d1")
    agree(collection)
    collection._table().optimize()
    agree(collection)


def test_an_older_version_is_answered_as_it_was(collection: Collection) -> None:
    before = collection.dataset()
    collection.delete([f"row {place}" for place in range(500)], "d1", datetime(2026, 1, 1))
    agree(collection)
    held = collection.compact.at(before)
    assert held is not None
    vector, rowids = unit_vectors(1, seed=9)[0], before.to_table(columns=[], with_row_id=True)["_rowid"].to_numpy()
    table = before.to_table(columns=["vector"], with_row_id=True)
    vectors, there = matrix_of(table["vector"])
    best = table["_rowid"].to_numpy()[there][np.argmax(vectors @ vector)]
    assert best in held.candidates(vector, rowids.astype(np.int64), 1)


def test_scores_in_memory_have_five_decimals_and_copies_of_an_image_the_same(tmp_path: Path) -> None:
    vectors = unit_vectors(2_000, 512, seed=3)
    vectors[5] = np.eye(1, 512, dtype=np.float32)[0]
    vectors[1_000:1_900:3] = vectors[7]
    collection = fill(tmp_path, "large", {}, [f"row {place}" for place in range(len(vectors))], vectors)
    collection.compact.read(collection.dataset())
    held = collection.compact.at(collection.dataset())
    assert held is not None
    rowids = collection.dataset().to_table(columns=[], with_row_id=True)["_rowid"].to_numpy().astype(np.int64)
    for vector in (*unit_vectors(5, 512, seed=4), vectors[7], vectors[5]):
        found, scores = held.nearest(vector, rowids, 400)
        errors = np.abs(np.asarray(scores) - [vectors[rowids == rowid][0] @ vector for rowid in found])
        assert errors.max() < 2.5e-5
        assert np.median(errors) < 7e-6
        assert scores == sorted(scores, reverse=True)
        assert sorted(held.nearest(vector, rowids[:3], 50)[0]) == rowids[:3].tolist()
    copies = {7, *range(1_000, 1_900, 3)}
    found, scores = held.nearest(vectors[7], rowids, len(copies))
    assert set(scores) == {1.0}
    assert found == sorted(rowids[list(copies)].tolist())


def test_a_search_whose_version_is_no_longer_in_memory_is_answered_from_the_table(
    collection: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalog = Catalog(collection.dataset())
    searcher = Searcher(collection, catalog, encoder, vector_of)
    vector = unit_vectors(1, seed=9)[0]
    for where in WHERE:
        inside = searcher.nearest(vector, 7, where, catalog.count(where), WAY)
        with monkeypatch.context() as patch:
            patch.setattr(collection.compact, "at", lambda dataset: None)
            outside = searcher.nearest(vector, 7, where, catalog.count(where), WAY)
        assert outside.rowids == inside.rowids
        np.testing.assert_allclose(outside.scores, inside.scores, atol=1e-6)


def test_what_is_too_much_is_not_held(collection: Collection, monkeypatch: pytest.MonkeyPatch) -> None:
    dataset = collection.dataset()
    monkeypatch.setattr(compact, "MOST_BYTES", 2 * 16 * ROWS - 1)
    own = Compact()
    own.read(dataset)
    assert own.at(dataset) is None
    monkeypatch.undo()
    own.read(dataset)
    assert isinstance(own.at(dataset), Version)


def test_much_that_is_new_is_not_waited_for(collection: Collection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compact, "MOST_AT_ONCE", 3)
    new = made_up_rows(collection.schema, {}, list("abcd"), unit_vectors(4, seed=5))
    collection.upsert(new)
    assert collection.compact.at(collection.dataset()) is None
    ended = time.monotonic() + 30
    while collection.compact.at(collection.dataset()) is None:
        assert time.monotonic() < ended
        time.sleep(0.01)
