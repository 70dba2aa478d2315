"""A made-up collection of unit vectors with classes, of any size, to measure search on."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from core.collection.schema import EncoderFact, labelled
from core.collection.store import Collection

DIMENSION = 512
CLUSTERS = 3_000
KINDS = 64  # ways in which the vectors of a cluster may differ, each along RANK directions of its own
RANK = 8
BETWEEN = 0.86  # share of a vector's length that its cluster decides
MEAN = 0.75  # length of what all vectors share, beside 1 for what they do not
NOISE = 0.3  # beside 1 for the differences within a cluster
CHUNK_ROWS = 50_000
SHARES = {"half": 2, "tenth": 10, "fiftieth": 50, "thousandth": 1_000}  # columns and how many classes each has
ENCODER = EncoderFact("/made-up", DIMENSION, "0" * 12)
FIELDS = [labelled(pa.field(name, pa.string()), name) for name in SHARES]

Vectors = npt.NDArray[np.float32]


class MadeUp:
    """Vectors about as unlike each other as those of product photos; the same seed draws the same.

    Of 40,000 in 300 clusters the mean cosine is 0.37 and that of the 50 nearest 0.90, and of 200 partitions 2, 5 and
    10 % hold 0.988, 0.996 and 0.997 of the 50 nearest; of the shipped encoder's vectors of 39,964 product photos it was
    0.37, 0.91, 0.972, 0.998 and 1.000.
    """

    def __init__(self, seed: int = 0, clusters: int = CLUSTERS) -> None:
        chance = np.random.default_rng(seed)

        def directions(*shape: int) -> Vectors:
            drawn = chance.standard_normal((*shape, DIMENSION), dtype=np.float32) * scale
            return np.asarray(drawn, np.float32)

        scale = (1 / np.sqrt(1 + np.arange(DIMENSION))).astype(np.float32)
        scale /= np.linalg.norm(scale)
        self.centres = directions(clusters)
        self.differences = directions(KINDS, RANK) / np.float32(np.sqrt(RANK))
        mean = chance.standard_normal(DIMENSION, dtype=np.float32)
        self.mean = mean / np.linalg.norm(mean)
        sizes = 1 / np.arange(1, clusters + 1) ** 0.7
        self.sizes = sizes / sizes.sum()

    def vectors(self, rows: int, seed: int) -> Vectors:
        """Unit vectors, shape (rows, DIMENSION)."""
        chance = np.random.default_rng(seed)
        cluster = chance.choice(len(self.sizes), rows, p=self.sizes)
        inside = chance.standard_normal((rows, DIMENSION), dtype=np.float32) * np.float32(NOISE / np.sqrt(DIMENSION))
        for kind, directions in enumerate(self.differences):
            of_kind = np.flatnonzero(cluster % KINDS == kind)
            inside[of_kind] += chance.standard_normal((len(of_kind), RANK), dtype=np.float32) @ directions
        found = self.centres[cluster] * np.float32(BETWEEN) + inside * np.float32(np.sqrt(1 - BETWEEN**2))
        found += self.mean * np.float32(MEAN)
        return np.asarray(found / np.linalg.norm(found, axis=1, keepdims=True), np.float32)


def fill(folder: Path, name: str, rows: int, keep: Vectors, made: MadeUp) -> Collection:
    """A collection of so many made-up images; their vectors are written into `keep`, shape (rows, DIMENSION), too."""
    collection = Collection(folder, name)
    collection.create(ENCODER, FIELDS)
    for table, vectors in _chunks(collection.schema, made, rows):
        first = int(str(table["id"][0]).removeprefix("image-"))
        keep[first : first + len(vectors)] = vectors
        collection.append(table)
    return collection


def _chunks(schema: pa.Schema, made: MadeUp, rows: int) -> Iterator[tuple[pa.Table, Vectors]]:
    for first in range(0, rows, CHUNK_ROWS):
        vectors = made.vectors(min(CHUNK_ROWS, rows - first), first + 1)
        yield table_of(schema, vectors, first), vectors


def table_of(schema: pa.Schema, vectors: Vectors, first: int) -> pa.Table:
    """Rows of a made-up collection with these vectors, numbered from `first`."""
    rows = len(vectors)
    chance = np.random.default_rng(first)
    columns: dict[str, pa.Array] = {
        "id": pa.array([f"image-{first + place:08}" for place in range(rows)]),
        "added_at": pa.array([datetime(2026, 1, 2)] * rows, pa.timestamp("us")),
        "vector": pa.FixedSizeListArray.from_arrays(pa.array(vectors.reshape(-1)), DIMENSION),
        "width": pa.array(np.full(rows, 60, np.int32)),
        "height": pa.array(np.full(rows, 80, np.int32)),
    }
    for name, classes in SHARES.items():
        drawn = chance.integers(0, classes, rows).astype(np.int32)
        named = pa.array([f"{name} {place}" for place in range(classes)])
        columns[name] = pa.DictionaryArray.from_arrays(pa.array(drawn), named).cast("string")
    missing = {field.name: pa.nulls(rows, field.type) for field in schema}
    return pa.table([{**missing, **columns}[name] for name in schema.names], schema=schema)
