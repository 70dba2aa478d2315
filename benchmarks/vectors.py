"""Columns of classes of several sizes beside the made-up vectors of `core.lab`, to measure filtered search on."""

from pathlib import Path

import numpy as np
import pyarrow as pa

from core.collection.store import Collection
from core.lab import madeup
from core.lab.vectors import DIMENSION, MadeUp, Vectors

SHARES = {"half": 2, "tenth": 10, "fiftieth": 50, "thousandth": 1_000}  # columns and how many classes each has

__all__ = ["DIMENSION", "SHARES", "MadeUp", "Vectors", "fill", "table_of"]


def shares(rows: int, first: int) -> dict[str, pa.Array]:
    """A column for each share, whose classes are equally frequent."""
    chance = np.random.default_rng(first)
    columns = {}
    for name, classes in SHARES.items():
        drawn = chance.integers(0, classes, rows).astype(np.int32)
        named = pa.array([f"{name} {place}" for place in range(classes)])
        columns[name] = pa.DictionaryArray.from_arrays(pa.array(drawn), named).cast("string")
    return columns


def fill(folder: Path, name: str, rows: int, keep: Vectors, made: MadeUp) -> Collection:
    """A collection of so many made-up images; their vectors are written into `keep`, shape (rows, DIMENSION), too."""

    def heard(first: int, vectors: Vectors) -> None:
        keep[first : first + len(vectors)] = vectors

    return madeup.fill(folder, name, rows, made, shares, heard)


def table_of(schema: pa.Schema, vectors: Vectors, first: int) -> pa.Table:
    """Rows of such a collection with these vectors, numbered from `first`."""
    return madeup.table_of(schema, vectors, first, shares)
