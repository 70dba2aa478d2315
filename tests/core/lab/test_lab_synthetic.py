"""Enlarged collections: like the original, a little different, and marked."""

from pathlib import Path

import numpy as np
import pyarrow.compute as pc
import pytest

from core.collection.catalog import Catalog
from core.collection.store import Collection
from core.errors import InputError
from core.lab.sources import source_of
from core.lab.synthetic import enlarge, neighbour_gap, perturbed, synthetic_fact
from core.workspace import Workspace

ROWS = 700


@pytest.fixture(scope="module")
def enlarged(workspace: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Collection:
    return enlarge(workspace.collection("things"), tmp_path_factory.mktemp("enlarged"), "more", ROWS, seed=5)


def test_it_has_the_columns_and_the_proportions_of_the_original(workspace: Workspace, enlarged: Collection) -> None:
    catalog, original = Catalog(enlarged.dataset()), workspace.catalog("things")
    assert catalog.count_all == ROWS
    assert catalog.metadata == original.metadata
    assert {name: catalog.columns[name].label for name in catalog.metadata} == {
        name: original.columns[name].label for name in original.metadata
    }
    asked = "SELECT shape, count(*) / (SELECT count(*) FROM images) FROM images GROUP BY 1"
    shares, expected = (dict(one.select(asked)) for one in (catalog, original))
    assert shares.keys() == expected.keys()
    assert all(abs(shares[name] - expected[name]) < 0.12 for name in expected)


def test_rows_stay_together_and_numbers_move_within_their_bounds(workspace: Workspace, enlarged: Collection) -> None:
    pairs = "SELECT DISTINCT shape, masterColour FROM images"
    catalog, original = Catalog(enlarged.dataset()), workspace.catalog("things")
    assert set(catalog.select(pairs)) <= set(original.select(pairs))
    prices, old = (one.to_table(columns=["price"])["price"] for one in (enlarged.dataset(), original.dataset))
    assert len(set(prices.to_pylist())) > len(set(old.to_pylist()))
    low, high = pc.min_max(old).as_py().values()
    assert low <= min(prices.drop_null().to_pylist()) <= max(prices.drop_null().to_pylist()) <= high
    assert abs(prices.null_count / ROWS - old.null_count / len(old)) < 0.12
    years, old_years = (
        set(one.to_table(columns=["year"])["year"].to_pylist()) for one in (enlarged.dataset(), original.dataset)
    )
    assert years <= old_years


def test_pictures_are_the_originals_and_vectors_are_near_theirs(workspace: Workspace, enlarged: Collection) -> None:
    dataset, original = enlarged.dataset(), workspace.catalog("things").dataset
    assert enlarged.encoder == workspace.collection("things").encoder
    held = dataset.to_table(columns=["thumbnail", "content_hash", "vector", "id", "source"])
    known = original.to_table(columns=["thumbnail", "content_hash", "vector"])
    assert set(held["thumbnail"].to_pylist()) <= set(known["thumbnail"].to_pylist())
    by_hash = dict(zip(known["content_hash"].to_pylist(), known["vector"].to_pylist(), strict=True))
    vectors = np.array(held["vector"].to_pylist(), np.float32)
    theirs = np.array([by_hash[one] for one in held["content_hash"].to_pylist()], np.float32)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    likeness = (vectors * theirs).sum(axis=1)
    assert likeness.min() > 0.5
    assert (likeness < 0.999999).mean() > 0.9
    assert set(held["source"].to_pylist()) == {"synthetic, drawn from things"}
    assert held["id"].to_pylist()[:2] == ["synthetic-000000000", "synthetic-000000001"]


def test_it_says_that_it_is_synthetic_and_is_not_enlarged_again(
    workspace: Workspace, enlarged: Collection, tmp_path: Path
) -> None:
    fact = synthetic_fact(enlarged.schema)
    assert fact is not None
    assert (fact.of, fact.rows, fact.drawn_from, fact.seed) == ("things", ROWS, 60, 5)
    assert synthetic_fact(workspace.collection("things").schema) is None
    source = source_of(workspace, "things")
    assert source.dimension == workspace.collection("things").encoder.dimension
    with pytest.raises(InputError, match="already"):
        enlarge(workspace.collection("things"), enlarged.path.parents[1], "more", 10)
    with pytest.raises(InputError):
        enlarge(workspace.collection("things"), tmp_path, "none", 0)


def test_moves_are_as_long_as_a_nearest_neighbour_is_away() -> None:
    chance = np.random.default_rng(0)
    vectors = chance.standard_normal((300, 16)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    scores = vectors @ vectors.T
    np.fill_diagonal(scores, -1)
    apart = neighbour_gap(vectors, chance)
    moved = perturbed(vectors, np.arange(300), apart, chance)
    assert np.median((moved * vectors).sum(axis=1)) == pytest.approx(np.median(scores.max(axis=1)), abs=0.05)
    assert neighbour_gap(vectors[:1], chance) == 0
    assert np.allclose(perturbed(vectors[:1], np.zeros(3, np.int64), 0.0, chance), vectors[0])
