"""How vectors are asked, and that an index which only approximates still finds what there is."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from made_up import fill, made_up_rows

from core.collection import planner
from core.collection.catalog import Catalog
from core.collection.indexes import not_indexed
from core.collection.planner import MOST_COMPARED, MOST_EXACT, MOST_PARTITIONS, Plan, plan
from core.collection.store import Collection
from core.collection.vectorindex import vector_index
from core.encoders.protocol import Encoder
from core.query.recipe import Accuracy, All, Condition, OneOf, Recipe, Upload
from core.search import Searcher

ROWS = 6_000
MILLION = 1_000_000

LARGE = 10**6  # components: too many to be held in memory


def test_what_is_quick_is_exact() -> None:
    for accuracy in Accuracy:
        assert plan(None, 500, 500, accuracy, LARGE) == Plan(exact=True, use_index=False)
        assert plan("IVF_FLAT", 40_000, 900, accuracy, 512) == Plan(exact=True, in_memory=True)
        assert not plan("IVF_FLAT", 70_000, 70_000, accuracy, 512).in_memory
    for accuracy in (Accuracy.AUTO, Accuracy.EXACT):
        assert plan("IVF_FLAT", MOST_EXACT, 40_000, accuracy, LARGE) == Plan(
            exact=True, use_index=True, probes=MOST_PARTITIONS
        )


def test_what_few_images_pass_is_compared_in_memory_where_the_vectors_are_there() -> None:
    for accuracy in Accuracy:
        for index, rows in (("IVF_RQ", MILLION), ("IVF_FLAT", 200_000)):
            assert plan(index, rows, 20_000, accuracy, 512, compact=True) == Plan(exact=True, compact=True)
            assert not plan(index, rows, 20_000, accuracy, 512).compact
    assert plan("IVF_RQ", MILLION, MILLION, Accuracy.EXACT, 512, compact=True) == Plan(exact=True, compact=True)
    for accuracy in (Accuracy.AUTO, Accuracy.QUICK):
        for matching in (900_000, MILLION):
            there, away = (plan("IVF_RQ", MILLION, matching, accuracy, 512, compact=held) for held in (True, False))
            assert there == replace(away, compact=True)  # its candidates are compared there


def test_a_person_can_insist() -> None:
    assert not plan("IVF_FLAT", 40_000, 40_000, Accuracy.QUICK, LARGE).exact
    assert plan("IVF_RQ", MILLION, MILLION, Accuracy.EXACT, LARGE) == Plan(exact=True, use_index=False)
    auto, quick = (plan("IVF_RQ", MILLION, MILLION, accuracy, LARGE) for accuracy in (Accuracy.AUTO, Accuracy.QUICK))
    assert not auto.exact
    assert (quick.probes, quick.refine) < (auto.probes, auto.refine)


def test_the_narrower_the_filter_the_more_probes_until_all_that_pass_are_compared() -> None:
    for accuracy in (Accuracy.AUTO, Accuracy.QUICK):
        probes = [
            plan("IVF_RQ", MILLION, matching, accuracy, LARGE).probes for matching in (MILLION, 300_000, 100_000, 2_001)
        ]
        assert probes == sorted(probes)
        assert probes[-1] == MOST_PARTITIONS
        for matching in (0, 1, MOST_COMPARED):
            assert plan("IVF_RQ", MILLION, matching, accuracy, LARGE).exact


@pytest.fixture(scope="module")
def quantised(tmp_path_factory: pytest.TempPathFactory) -> Collection:
    """A collection with the index that only large ones get."""
    chance = np.random.default_rng(4)
    centres = chance.standard_normal((40, 32))
    vectors = centres[chance.integers(0, 40, ROWS)] + 0.4 * chance.standard_normal((ROWS, 32))
    vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    columns = {"share": pa.array([f"{place % 50}" for place in range(ROWS)])}
    collection = fill(
        tmp_path_factory.mktemp("quantised"), "large", columns, [f"row {k}" for k in range(ROWS)], vectors
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(planner, "MOST_EXACT", 0)
        collection.build_indexes(["share"], [])
    return collection


def recall(
    collection: Collection, accuracy: Accuracy, condition: Condition | None, compact: bool, count: int = 50
) -> float:  # fmt: skip
    """The share of the truly nearest that is found; as many as there are have to be returned."""
    catalog = Catalog(collection.dataset())
    searcher = Searcher(collection, catalog, no_encoder, no_encoder)
    where = All(() if condition is None else (condition,))
    matching = catalog.count(condition)
    passing = (
        catalog.rowids(catalog.ids(condition, None, ROWS))
        if condition
        else catalog.rowids([row[0] for row in catalog.select("SELECT id FROM images")])
    )
    held = collection.vectors_at(list(passing.values()), catalog.dataset)
    matrix, rowids = np.stack(list(held.values())), np.array(list(held))
    how = plan(vector_index(catalog.dataset), catalog.count_all, matching, accuracy, LARGE, compact=compact)
    shares = []
    for vector in matrix[:: max(1, len(matrix) // 20)]:
        found = searcher.nearest(vector, count, where, matching, how)
        assert len(found.rowids) == min(count, matching)
        assert found.scores == sorted(found.scores, reverse=True)
        best = rowids[np.argsort(-(matrix @ vector))[:count]]
        shares.append(len(set(found.rowids) & set(best.tolist())) / len(best))
    return float(np.mean(shares))


@pytest.mark.parametrize("compact", [False, True])
def test_a_quantised_index_finds_nearly_all_and_always_as_many_as_are_asked_for(
    quantised: Collection, monkeypatch: pytest.MonkeyPatch, compact: bool
) -> None:
    if compact:
        quantised.compact.read(quantised.dataset())
    assert vector_index(quantised.dataset()) == "IVF_RQ"
    monkeypatch.setattr(planner, "MOST_COMPARED", 10)
    for condition in (None, OneOf("share", ("1", "2", "3", "4", "5")), OneOf("share", ("7",))):
        exact, auto, quick = (
            recall(quantised, accuracy, condition, compact)
            for accuracy in (Accuracy.EXACT, Accuracy.AUTO, Accuracy.QUICK)
        )
        assert exact == 1.0
        assert auto > 0.97
        assert quick > 0.85


@pytest.mark.parametrize("compact", [False, True])
def test_images_added_after_the_index_was_made_are_found_at_once(quantised: Collection, compact: bool) -> None:
    new = np.eye(32, dtype=np.float32)[:3]
    ids = [f"new {k}" for k in range(3)]
    quantised.upsert(made_up_rows(quantised.schema, {"share": pa.array(["1"] * 3)}, ids, new))
    other = np.eye(32, dtype=np.float32)[5:6]  # of an image that there was already
    quantised.upsert(made_up_rows(quantised.schema, {"share": pa.array(["1"])}, ["row 5"], other))
    catalog = Catalog(quantised.dataset())
    searcher = Searcher(quantised, catalog, no_encoder, no_encoder)
    if compact:
        quantised.compact.read(catalog.dataset)
    assert {row.id for row in catalog.rows_at(not_indexed(catalog).tolist())} == {*ids, "row 5"}
    for accuracy in Accuracy:
        how = plan(vector_index(catalog.dataset), ROWS, ROWS, accuracy, LARGE, compact=compact)
        for id, vector in zip([*ids, "row 5"], [*new, *other], strict=True):
            found = searcher.nearest(vector, 1, All(), catalog.count_all, how)
            assert [row.id for row in catalog.rows_at(found.rowids)] == [id]


@pytest.mark.parametrize("wanted", ["IVF_FLAT", "IVF_RQ"])
def test_a_filter_that_leaves_only_what_is_far_from_the_question(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wanted: str
) -> None:
    """Shoes among dresses, with a dress asked for: the nearest shoes lie in none of the partitions nearest to it."""
    chance = np.random.default_rng(9)
    kinds = np.where(np.arange(ROWS) % 5 == 0, "shoe", "dress")
    vectors = 0.3 * chance.standard_normal((ROWS, 256)) + np.where(kinds == "shoe", 2, -2)[:, None] * np.eye(256)[0]
    vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    collection = fill(tmp_path, "far", {"kind": pa.array(kinds)}, [f"row {k}" for k in range(ROWS)], vectors)
    monkeypatch.setattr(planner, "MOST_EXACT", 0 if wanted == "IVF_RQ" else ROWS)
    monkeypatch.setattr(planner, "MOST_COMPARED", 10)
    monkeypatch.setattr(planner, "MOST_HELD_BYTES", 0)
    collection.build_indexes(["kind"], [])
    catalog = Catalog(collection.dataset())
    assert vector_index(catalog.dataset) == wanted
    searcher = Searcher(collection, catalog, no_encoder, lambda term: vectors[1])
    shoes = np.flatnonzero(kinds == "shoe")
    best = {f"row {place}" for place in shoes[np.argsort(-(vectors[shoes] @ vectors[1]))[:50]]}
    for accuracy in Accuracy:
        asked = Recipe(All((OneOf("kind", ("shoe",)),)), (Upload("0"),), accuracy=accuracy)
        found = {hit.row.id for hit in searcher.run(asked).hits}
        assert len(found) == 50
        assert len(found & best) >= LEAST_FOUND[accuracy], accuracy


LEAST_FOUND = {Accuracy.AUTO: 40, Accuracy.EXACT: 50, Accuracy.QUICK: 25}  # the index is trained by chance


def no_encoder() -> Encoder:
    raise AssertionError("nothing is encoded")
