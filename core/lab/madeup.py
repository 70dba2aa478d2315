"""Made-up collections of any size, with the columns that charts, filters and orders are measured on."""

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

import numpy as np
import pyarrow as pa

from core.collection.schema import EncoderFact, labelled
from core.collection.store import Collection
from core.lab.vectors import DIMENSION, MadeUp, Vectors

CLASSES = (3, 5, 8, 12, 25, 50, 150, 400)  # different values of the eight category columns
EVEN = 5  # the column whose classes are equally frequent, so that each is 2 % of the images
MISSING = 0.02  # share of the images without a value in any other
CHUNK_ROWS = 50_000
ENCODER = EncoderFact("/made-up", DIMENSION, "0" * 12)

Columns = Callable[[int, int], Mapping[str, pa.Array]]
"""From how many rows and the number of the first to a person's columns; the same numbers give the same."""


def shop(rows: int, first: int = 0) -> dict[str, pa.Array]:
    """Eight category columns, a year, a price and a moment."""
    chance = np.random.default_rng(first)
    columns: dict[str, pa.Array] = {}
    for number, distinct in enumerate(CLASSES):
        if number == EVEN:
            drawn, missing = chance.integers(0, distinct, rows).astype(np.int32), np.zeros(rows, np.bool_)
        else:
            drawn = np.minimum(chance.zipf(1.5, rows) - 1, distinct - 1).astype(np.int32)
            missing = chance.random(rows) < MISSING
        names = pa.array([f"class {number} value {value}" for value in range(distinct)])
        columns[f"class_{number}"] = pa.DictionaryArray.from_arrays(pa.array(drawn, mask=missing), names).cast("string")
    columns["year"] = pa.array(chance.integers(2007, 2020, rows))
    columns["price"] = pa.array(chance.gamma(2.0, 40.0, rows), mask=chance.random(rows) < 0.05)
    seconds = chance.integers(0, 10 * 365 * 86_400, rows).astype("timedelta64[s]")
    columns["sold"] = pa.array((np.datetime64("2010-01-01", "us") + seconds).astype("datetime64[us]"))
    return columns


def fill(
    folder: Path,
    name: str,
    rows: int,
    made: MadeUp,
    columns: Columns = shop,
    heard: Callable[[int, Vectors], None] = lambda first, vectors: None,
) -> Collection:
    """A collection of so many made-up images; `heard` is given each chunk's vectors and the number of its first row."""
    collection = Collection(folder, name)
    collection.create(ENCODER, [labelled(pa.field(key, held.type), key) for key, held in columns(1, 0).items()])
    for first in range(0, rows, CHUNK_ROWS):
        vectors = made.vectors(min(CHUNK_ROWS, rows - first), first + 1)
        collection.append(table_of(collection.schema, vectors, first, columns))
        heard(first, vectors)
    return collection


def table_of(schema: pa.Schema, vectors: Vectors, first: int, columns: Columns = shop) -> pa.Table:
    """Rows of a made-up collection with these vectors, numbered from `first`."""
    rows = len(vectors)
    numbers = range(first, first + rows)
    known: dict[str, pa.Array] = {
        "id": pa.array([image_id(number) for number in numbers]),
        "uri": pa.array(["file:///nowhere"] * rows),
        "source": pa.array(["/nowhere"] * rows),
        "content_hash": pa.array([f"{number:064x}" for number in numbers]),
        "added_at": pa.array([datetime(2026, 1, 2)] * rows, pa.timestamp("us")),
        "vector": pa.FixedSizeListArray.from_arrays(pa.array(vectors.reshape(-1)), DIMENSION),
        "width": pa.array(np.full(rows, 60, np.int32)),
        "height": pa.array(np.full(rows, 80, np.int32)),
        **columns(rows, first),
    }
    missing = {field.name: pa.nulls(rows, field.type) for field in schema}
    return pa.table([{**missing, **known}[name] for name in schema.names], schema=schema)


def image_id(number: int) -> str:
    """The id of a made-up image."""
    return f"image-{number:08}"
