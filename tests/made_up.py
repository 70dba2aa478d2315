"""Collections made of arrays alone, for tests that need many rows or odd values and no pictures."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import lance
import numpy as np
import pyarrow as pa

from core.collection.mapped import MapFact, part_metadata
from core.collection.schema import ENCODER_KEY, LABEL_KEY, EncoderFact
from core.collection.store import Collection
from core.encoders.protocol import Vectors


def fill(
    folder: Path, name: str, columns: Mapping[str, pa.Array], ids: Sequence[str], vectors: Vectors | None = None
) -> Collection:
    """A collection in a workspace folder made of arrays alone, without pictures or an encoder."""
    collection = Collection(folder, name)
    vectors = unit_vectors(len(ids)) if vectors is None else vectors
    collection.create(EncoderFact("/made-up", vectors.shape[1], "0" * 12))
    collection.ensure_columns([pa.field(column, values.type) for column, values in columns.items()], {})
    collection.upsert(made_up_rows(collection.schema, columns, ids, vectors))
    return collection


def made_up_rows(
    schema: pa.Schema, columns: Mapping[str, pa.Array], ids: Sequence[str], vectors: Vectors | None = None
) -> pa.Table:
    """Rows for `Collection.upsert` of a collection that `fill` made."""
    count = len(ids)
    vectors = unit_vectors(count) if vectors is None else vectors
    values: dict[str, Any] = {
        "id": list(ids),
        "uri": [f"file:///nowhere/{place}.png" for place in range(count)],
        "source": ["/nowhere"] * count,
        "signature": ["1"] * count,
        "content_hash": [f"{place:064x}" for place in range(count)],
        "width": [60 + place % 5 for place in range(count)],
        "height": [80] * count,
        "phash": [0] * count,
        "dhash": [0] * count,
        "tags": [[]] * count,
        "added_at": [datetime(2026, 1, 2)] * count,
        "thumbnail": [b"RIFF"] * count,
        "vector": vectors.tolist(),
    } | dict(columns)
    arrays = [
        pa.array(values[field.name], field.type) if field.name in values else pa.nulls(count, field.type)
        for field in schema
    ]
    return pa.table(arrays, schema=schema)


def mapped(
    collection: Collection, places: Mapping[str, tuple[float, float]], clusters: Sequence[str] = ()
) -> Collection:
    """The collection with a made-up map, in which images have these places by id."""
    fields = [
        pa.field("id", pa.string()),
        *(
            pa.field(f"map_{part}", kind, metadata={**part_metadata(part, "made-up"), LABEL_KEY: label})
            for part, kind, label in (
                ("x", pa.float64(), "Map x"),
                ("y", pa.float64(), "Map y"),
                ("cluster", pa.string(), "Cluster"),
            )
        ),
    ]
    count = len(places)
    named = list(clusters) or [f"Cluster {place % 3 + 1}" for place in range(count)]
    xs, ys = [x for x, _ in places.values()], [y for _, y in places.values()]
    encoder, at = collection.encoder.to_text(), "2026-01-02T00:00:00+00:00"
    fact = MapFact(
        "made-up", "made-up", "umap", len(set(named)), 0, encoder, at, count, count, "map_x", "map_y", "map_cluster"
    )  # fmt: skip
    collection.put_map(fact, pa.table([list(places), xs, ys, named], schema=pa.schema(fields)))
    return collection


def unit_vectors(count: int, dimension: int = 16, seed: int = 5) -> Vectors:
    """Random float32 vectors of length one, shape (count, dimension)."""
    vectors = np.random.default_rng(seed).normal(size=(count, dimension)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def recorded_as(collection: Collection, encoder: EncoderFact) -> None:
    """Make a collection say that its vectors are from an encoder, which they are not."""
    lance.dataset(str(collection.path)).update_schema_metadata({ENCODER_KEY: encoder.to_text()})
