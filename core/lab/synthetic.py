"""A larger collection that is like a given one: its rows drawn again and again, each a little different.

Whole rows are drawn, so columns stay related as they are. Fractions and moments move by a little of their column's
spread, within its bounds; what counts or names something (text, years, whole numbers, yes and no) stays as it is. A
vector is moved along the difference of two others, by as much as the nearest neighbour of an image is away from it: so
copies are as unlike each other as neighbours are, and the space between clusters stays empty. Thumbnails and originals
are those of the rows that were drawn.

Such a collection says so: in its schema, in every image's id and in every image's source.
"""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from core.collection.mapped import map_of
from core.collection.matrix import matrix_of
from core.collection.schema import (
    SCORES,
    EncoderFact,
    encoder_of,
    label,
    metadata_fields,
    vector_column,
)
from core.collection.store import Collection
from core.errors import InputError
from core.ingest.progress import Progress, Report
from core.lab.madeup import ENCODER

SYNTHETIC_KEY = "vitrine.synthetic"
MOST_DRAWN_FROM = 20_000  # rows of the original in memory; of a larger one so many at random
MOST_ROWS = 100_000_000
CHUNK_ROWS = 20_000
MOVED = 0.02  # of a column's standard deviation
COMPARED = 500  # vectors whose nearest neighbour is looked for
STAGE = "Enlarging"

Vectors = npt.NDArray[np.float32]
Places = npt.NDArray[np.int64]


@dataclass(frozen=True)
class SyntheticFact:
    """What a synthetic collection was made of."""

    of: str  # name of the collection; empty where everything is made up
    rows: int
    drawn_from: int  # different rows
    seed: int
    at: str  # UTC, ISO 8601


def is_made_up(encoder: EncoderFact) -> bool:
    """Whether a collection's vectors were made by no encoder at all."""
    return encoder == ENCODER


def synthetic_fact(schema: pa.Schema) -> SyntheticFact | None:
    """What a collection is an enlargement of; None for every collection of real images."""
    text = (schema.metadata or {}).get(SYNTHETIC_KEY.encode())
    return None if text is None else SyntheticFact(**json.loads(text))


def enlarge(
    source: Collection,
    folder: Path,
    name: str,
    rows: int,
    seed: int = 0,
    report: Report = lambda progress: None,
) -> Collection:
    """Make the collection `name` in the workspace `folder`, of `rows` images like those of `source`."""
    if not 1 <= rows <= MOST_ROWS:
        raise InputError(f"{rows:,} rows cannot be made.", "", f"From 1 to {MOST_ROWS:,} can.")
    dataset, chance = source.dataset(), np.random.default_rng(seed)
    held = _drawn_from(dataset, chance)
    if not held.num_rows:
        raise InputError(f"“{source.name}” has no image with a vector.", "Nothing can be drawn from it.")
    target = Collection(folder, name)
    if target.exists():
        raise InputError(f"There is a collection “{name}” already.", "", "Choose another name.")
    fact = SyntheticFact(source.name, rows, held.num_rows, seed, datetime.now(UTC).isoformat(timespec="seconds"))
    fields = [field for field in metadata_fields(dataset.schema) if field.name != SCORES]
    target.create(encoder_of(dataset.schema), fields, {field.name: label(field) for field in fields})
    mark(target, fact)
    vectors = np.array(matrix_of(held[vector_column(dataset.schema)])[0])
    movers = _movers(held, fields)
    apart = neighbour_gap(vectors, chance)
    for first in range(0, rows, CHUNK_ROWS):
        count = min(CHUNK_ROWS, rows - first)
        places = chance.integers(0, len(vectors), count)
        moved = perturbed(vectors, places, apart, chance)
        target.append(_chunk(target.schema, held, places, moved, movers, first, fact, chance))
        report(Progress(STAGE, first + count, rows))
    return target


def mark(collection: Collection, fact: SyntheticFact) -> None:
    """Note in a collection's schema that its images are made up."""
    import lance

    lance.dataset(str(collection.path)).update_schema_metadata({SYNTHETIC_KEY: json.dumps(asdict(fact))})


def neighbour_gap(vectors: Vectors, chance: np.random.Generator) -> float:
    """How far an image's nearest neighbour usually is, as the length to add to a unit vector to get as far away."""
    if len(vectors) < 2:
        return 0.0
    asked = chance.choice(len(vectors), min(COMPARED, len(vectors)), replace=False)
    scores = vectors[asked] @ vectors.T
    scores[np.arange(len(asked)), asked] = -1.0
    near = float(np.clip(np.median(scores.max(axis=1)), 0.05, 1.0))
    return float(np.sqrt(max(0.0, 1 / near**2 - 1)))


def perturbed(vectors: Vectors, places: Places, apart: float, chance: np.random.Generator) -> Vectors:
    """The vectors at some places, each moved by `apart` along the difference of two others; unit, float32."""
    first = chance.integers(0, len(vectors), len(places))
    second = (first + chance.integers(1, max(2, len(vectors)), len(places))) % len(vectors)  # never the same
    moves = vectors[first] - vectors[second]
    lengths = np.linalg.norm(moves, axis=1, keepdims=True)
    moves = np.divide(moves, lengths, out=np.zeros_like(moves), where=lengths > 0)
    found = vectors[places] + np.float32(apart) * moves
    return np.asarray(found / np.linalg.norm(found, axis=1, keepdims=True), np.float32)


def _drawn_from(dataset: Any, chance: np.random.Generator) -> pa.Table:
    """The rows that are drawn from: those with a vector, or so many of them at random; every column but the map's."""
    column = vector_column(dataset.schema)
    there = dataset.to_table(columns=[], filter=f"{column} IS NOT NULL", with_row_id=True)["_rowid"].to_numpy()
    if len(there) > MOST_DRAWN_FROM:
        there = np.sort(chance.choice(there, MOST_DRAWN_FROM, replace=False))
    current = map_of(dataset.schema)
    left_out = {SCORES, *(() if current is None else (current.x, current.y))}
    names = [name for name in dataset.schema.names if name not in left_out]
    if not len(there):
        return dataset.schema.empty_table().select(names)
    return dataset._take_rows(there.tolist(), columns=names).combine_chunks()


Mover = Callable[[pa.Array, np.random.Generator], pa.Array]


def _movers(held: pa.Table, fields: list[pa.Field]) -> dict[str, Mover]:
    """How the values of each column that may move are moved."""
    movers: dict[str, Mover] = {}
    for field in fields:
        if pa.types.is_floating(field.type) or pa.types.is_timestamp(field.type):
            values = held[field.name].drop_null()
            if len(values) > 1:
                movers[field.name] = _mover(values)
    return movers


def _mover(values: pa.ChunkedArray) -> Mover:
    """Moves numbers or moments by a little of their spread, within their bounds."""
    bounds = pc.min_max(values).as_py()
    low, high = bounds["min"], bounds["max"]
    kind = values.type
    as_numbers = values.cast(pa.int64()) if pa.types.is_timestamp(kind) else values
    deviation = pc.stddev(as_numbers).as_py() or 0.0

    def moved(column: pa.Array, chance: np.random.Generator) -> pa.Array:
        steps = chance.standard_normal(len(column)) * MOVED * deviation
        if pa.types.is_timestamp(kind):
            found = pc.add(column.cast(pa.int64()), pa.array(steps.astype(np.int64))).cast(kind)
        else:
            found = pc.add(column, pa.array(steps).cast(kind))
        below = pc.min_element_wise(found, pa.scalar(high, kind), skip_nulls=False)
        return pc.max_element_wise(below, pa.scalar(low, kind), skip_nulls=False)

    return moved


def _chunk(
    schema: pa.Schema,
    held: pa.Table,
    places: Places,
    vectors: Vectors,
    movers: dict[str, Mover],
    first: int,
    fact: SyntheticFact,
    chance: np.random.Generator,
) -> pa.Table:
    rows = held.take(pa.array(places)).combine_chunks()
    count = len(places)
    own = {
        "id": pa.array([f"synthetic-{number:09}" for number in range(first, first + count)]),
        "source": pa.array([f"synthetic, drawn from {fact.of}"] * count),
        "added_at": pa.array([datetime.now(UTC).replace(tzinfo=None)] * count, pa.timestamp("us")),
        vector_column(schema): pa.FixedSizeListArray.from_arrays(pa.array(vectors.reshape(-1)), vectors.shape[1]),
    }
    columns = []
    for field in schema:
        if field.name in own:
            columns.append(own[field.name])
        elif field.name in movers:
            columns.append(movers[field.name](rows[field.name].combine_chunks(), chance))
        elif field.name in rows.column_names:
            columns.append(rows[field.name].cast(field.type))
        else:
            columns.append(pa.nulls(count, field.type))
    return pa.table(columns, schema=schema)
