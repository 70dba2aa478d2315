"""A table's columns beside those that the collection has: names in any case, types that agree."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl
import pyarrow as pa

from core.collection.schema import metadata_fields
from core.collection.store import Collection
from core.errors import TableError
from core.ingest.columntypes import typed

POLARS_TYPES = {pa.string(): pl.String, pa.int64(): pl.Int64, pa.float64(): pl.Float64, pa.bool_(): pl.Boolean}
TYPE_WORDS = {
    pa.string(): "text",
    pa.int64(): "whole numbers",
    pa.float64(): "numbers",
    pa.bool_(): "yes or no",
    pa.timestamp("us"): "dates",
}


@dataclass(frozen=True)
class Fitted:
    """A frame whose columns are ready to be stored."""

    frame: pl.DataFrame
    fields: tuple[pa.Field, ...]  # of the frame, as they are stored
    labels: Mapping[str, str]  # stored name -> header as written
    retyped: tuple[pa.Field, ...] = ()  # columns of the collection that take on this type first
    notes: tuple[str, ...] = ()


def fit(
    frame: pl.DataFrame, labels: Mapping[str, str], lines: Sequence[int] | None, table: str, collection: Collection
) -> Fitted:
    """Fit a frame to the collection, or refuse with a TableError before anything is written."""
    if not collection.exists():
        fields = tuple(pa.field(column.name, arrow_type(column.dtype)) for column in frame)
        return Fitted(frame, fields, labels)
    stored = {field.name.casefold(): field for field in metadata_fields(collection.schema)}
    columns, named, retyped, notes = [], {}, [], []
    for column in frame:
        held = stored.get(column.name.casefold())
        name = held.name if held is not None else column.name
        label = named[name] = labels.get(column.name, column.name)
        if held is not None and held.name != column.name:
            notes.append(f"Column “{label}” went into the collection's column “{held.name}”.")
        wanted = _type(column, held, collection)
        if held is not None and wanted != held.type:
            retyped.append(pa.field(name, wanted))
        columns.append(_converted(column, wanted, label, lines, table).alias(name))
    fields = tuple(pa.field(column.name, arrow_type(column.dtype)) for column in columns)
    return Fitted(pl.DataFrame(columns), fields, named, tuple(retyped), tuple(notes))


def text_names(collection: Collection) -> set[str]:
    """Names, in lower case, of the collection's columns that hold text, so that a table's are read as such."""
    if not collection.exists():
        return set()
    fields = metadata_fields(collection.schema)
    return {
        field.name.casefold()
        for field in fields
        if pa.types.is_string(field.type) and not _is_empty(collection, field.name)
    }


def arrow_type(dtype: pl.DataType) -> pa.DataType:
    """How a frame's column is stored."""
    if isinstance(dtype, pl.Datetime):
        return pa.timestamp("us")
    return next((stored for stored, held in POLARS_TYPES.items() if dtype == held), pa.string())


def _type(column: pl.Series, held: pa.Field | None, collection: Collection) -> pa.DataType:
    """The type that both can have: an empty column takes on any, whole numbers become numbers."""
    own = arrow_type(column.dtype)
    if held is None or held.type == own:
        return own
    if column.null_count() == len(column):
        return held.type
    widens = pa.types.is_integer(held.type) and pa.types.is_floating(own)
    return own if widens or _is_empty(collection, held.name) else held.type


def _is_empty(collection: Collection, name: str) -> bool:
    return int(collection.dataset().count_rows(filter=f"`{name}` IS NOT NULL")) == 0


def _converted(
    column: pl.Series, wanted: pa.DataType, label: str, lines: Sequence[int] | None, table: str
) -> pl.Series:
    target = POLARS_TYPES.get(wanted, pl.Datetime("us"))
    if column.dtype == target or column.null_count() == len(column) or target == pl.String:
        return column.cast(target)
    if column.dtype == pl.Int64 and target == pl.Float64:
        return column.cast(target)
    place = _misfit(column, target)
    where = f" in line {lines[place]}" if lines is not None else ""
    raise TableError(
        f"Column “{label}” of {table or 'the source'} does not fit this collection.",
        f"The collection holds {TYPE_WORDS.get(wanted, str(wanted))} there, "
        f"and this table has “{str(column[place])[:80]}”{where}.",
        "Correct the value, rename the column, or ingest into a new collection.",
    )


def _misfit(column: pl.Series, target: object) -> int:
    """Where the first value stands that is not of the type; the first one at all where each would be by itself."""
    fitting = (target, pl.Int64) if target == pl.Float64 else (target,)
    present = [place for place, missing in enumerate(column.is_null()) if not missing]
    if column.dtype == pl.String:
        alone = (place for place in present if typed(column[place : place + 1]).dtype not in fitting)
        return next(alone, present[0])
    return present[0]
