"""Images and their metadata as the Arrow rows that a collection stores."""

from collections.abc import Sequence
from datetime import UTC, datetime

import numpy as np
import polars as pl
import pyarrow as pa

from core.collection.mapped import map_columns
from core.collection.schema import SCORES, vector_column
from core.ingest.items import Item
from core.ingest.plan import Plan
from core.ingest.stream import Encoded

ORIGIN = pa.schema(
    [
        pa.field("id", pa.string(), nullable=False),
        pa.field("uri", pa.string()),
        pa.field("source", pa.string()),
        pa.field("signature", pa.string()),
    ]
)


def whole_rows(plan: Plan, images: Sequence[Encoded], source: str, schema: pa.Schema) -> pa.Table:
    """Rows of new images, with the metadata the plan has for them; other columns are missing."""
    now = datetime.now(UTC).replace(tzinfo=None)
    columns = _content(images, source, schema)
    tags = [list(plan.tags.get(image.item.key, ())) for image in images]
    columns["tags"] = pa.array(tags, pa.list_(pa.string()))
    columns["added_at"] = pa.array([now] * len(images), pa.timestamp("us"))
    columns |= _metadata(plan, [image.item for image in images], schema)
    missing = [name for name in schema.names if name not in columns]
    columns |= {name: pa.nulls(len(images), schema.field(name).type) for name in missing}
    return pa.table([columns[name] for name in schema.names], schema=schema)


def changed_rows(images: Sequence[Encoded], source: str, schema: pa.Schema) -> pa.Table:
    """What a changed file changes: neither tags nor metadata nor when it was added.

    What was told of the picture before goes: its tags' scores, and its place on the map.
    """
    columns = _content(images, source, schema)
    for name in {SCORES, *map_columns(schema)}.intersection(schema.names):
        columns[name] = pa.nulls(len(images), schema.field(name).type)
    return pa.table(list(columns.values()), schema=pa.schema([schema.field(name) for name in columns]))


def origin_rows(items: Sequence[Item], source: str) -> pa.Table:
    """Where known images come from now."""
    return pa.table(_origin(items, source), schema=ORIGIN)


def _origin(items: Sequence[Item], source: str) -> dict[str, pa.Array]:
    return {
        "id": pa.array([item.id for item in items], pa.string()),
        "uri": pa.array([item.uri for item in items], pa.string()),
        "source": pa.array([source] * len(items), pa.string()),
        "signature": pa.array([item.signature for item in items], pa.string()),
    }


def _content(images: Sequence[Encoded], source: str, schema: pa.Schema) -> dict[str, pa.Array]:
    vectors = np.stack([image.vector for image in images]).astype(np.float32, copy=False)
    column = vector_column(schema)
    return {
        **_origin([image.item for image in images], source),
        "content_hash": pa.array([image.content_hash for image in images], pa.string()),
        "width": pa.array([image.width for image in images], pa.int32()),
        "height": pa.array([image.height for image in images], pa.int32()),
        "phash": pa.array([image.phash for image in images], pa.int64()),
        "dhash": pa.array([image.dhash for image in images], pa.int64()),
        "thumbnail": pa.array([image.thumbnail for image in images], pa.binary()),
        column: pa.FixedSizeListArray.from_arrays(pa.array(vectors.reshape(-1)), schema.field(column).type.list_size),
    }


def _metadata(plan: Plan, items: Sequence[Item], schema: pa.Schema) -> dict[str, pa.Array]:
    if plan.frame is None:
        return {}
    rows = pl.Series([plan.row_of.get(item.key) for item in items], dtype=pl.UInt32)
    taken = plan.frame.select(pl.all().gather(rows))
    return {column.name: column.to_arrow().cast(schema.field(column.name).type) for column in taken}
