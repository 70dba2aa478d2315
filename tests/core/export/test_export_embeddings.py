"""Vectors with their ids, in chunks."""

import json
from pathlib import Path

import lance
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from core.export import embeddings, selection
from core.query.recipe import Order, Recipe
from core.query.url import to_parameters
from tests.core.export.exporting import assert_sound, manifest_of, take_made_up
from tests.made_up import fill, unit_vectors

IDS = [f"i{place:03}" for place in range(95)]


@pytest.mark.parametrize("kind", ["parquet", "npy"])
@pytest.mark.parametrize("layout", ["folder", "zip"])
def test_every_vector_stands_under_its_id(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, layout: str
) -> None:
    monkeypatch.setattr(selection, "PAGE_ROWS", 20)
    monkeypatch.setattr(embeddings, "ROWS", 7)
    vectors = unit_vectors(95)
    collection = fill(tmp_path, "many", {"n": pa.array([place * 37 % 95 for place in range(95)])}, IDS, vectors)
    recipe = to_parameters(Recipe(order=Order("n", True)))
    made = take_made_up(tmp_path, collection, "many", recipe=recipe, embeddings=kind, layout=layout)
    files = assert_sound(made)
    (tmp_path / "read").mkdir()
    for name, data in files.items():
        (tmp_path / "read" / name).write_bytes(data)
    if kind == "parquet":
        table = pq.read_table(tmp_path / "read" / "embeddings.parquet")
        assert table.schema.field("vector").type == pa.list_(pa.float32(), 16)
        ids, found = table["id"].to_pylist(), np.array(table["vector"].to_pylist(), np.float32)
    else:
        ids = json.loads(files["embeddings_ids.json"])
        found = np.load(tmp_path / "read" / "embeddings.npy", mmap_mode="r")
    order = sorted(range(95), key=lambda place: -(place * 37 % 95))
    assert ids == [IDS[place] for place in order]
    assert found.dtype == np.float32
    np.testing.assert_array_equal(found, vectors[order])
    assert manifest_of(made.path)["counts"] | {"embedded": 95, "without_vector": 0} == manifest_of(made.path)["counts"]


@pytest.mark.parametrize("kind", ["parquet", "npy"])
def test_images_without_a_vector_are_named_and_counted(tmp_path: Path, kind: str) -> None:
    collection = fill(tmp_path, "some", {"n": pa.array(range(95))}, IDS)
    rows = lance.dataset(str(collection.path)).to_table(filter="n % 10 = 3")
    column = rows.schema.get_field_index("vector")
    collection.upsert(rows.set_column(column, rows.schema.field(column), pa.nulls(len(rows), rows["vector"].type)))
    made = take_made_up(tmp_path, collection, "some", embeddings=kind)
    files = assert_sound(made)
    lacking = [json.loads(line)["id"] for line in files["without_vector.jsonl"].decode().splitlines()]
    assert sorted(lacking) == [id for place, id in enumerate(IDS) if place % 10 == 3]
    counts = manifest_of(made.path)["counts"]
    assert (counts["rows"], counts["embedded"], counts["without_vector"]) == (95, 85, 10)


def test_nothing_has_no_vector(tmp_path: Path) -> None:
    collection = fill(tmp_path, "none", {"n": pa.array(range(95))}, IDS)
    recipe = {"where": '[["n","between",1000,null]]'}
    for kind in ("parquet", "npy"):
        made = take_made_up(tmp_path, collection, f"none-{kind}", recipe=recipe, embeddings=kind)
        assert_sound(made)
    assert np.load(tmp_path / "exports/none-npy/embeddings.npy").shape == (0, 16)
    assert json.loads((tmp_path / "exports/none-npy/embeddings_ids.json").read_text()) == []
