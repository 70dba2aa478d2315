"""What an ingest has to do: its items, their rows, and what the collection holds already."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath

import polars as pl
import pyarrow as pa

from core.collection.schema import metadata_fields
from core.collection.store import Collection
from core.errors import TableError
from core.ingest.join import distinct_ids, join
from core.ingest.ledger import Counts, Entry, Subject
from core.ingest.sources import Item, Source
from core.ingest.tables import TableRead

FOLDER_COLUMN = "folder"


@dataclass(frozen=True)
class IngestRequest:
    """What a person asked to bring in."""

    source: str  # path or table of addresses
    collection: str
    table: str | None = None  # path of the metadata table, or its name inside the source
    use_table: bool = True  # look for a table by itself when none is named
    id_column: str | None = None  # default: found by name and by what matches
    image_column: str | None = None  # of a table of paths or addresses
    text_columns: tuple[str, ...] = ()  # never read as numbers or dates


@dataclass
class Plan:
    """Everything that is known before the first image is decoded."""

    items: list[Item]
    frame: pl.DataFrame | None  # metadata, one row a table row, without the id column
    labels: Mapping[str, str]
    row_of: Mapping[str, int]  # item key -> row of the frame
    counts: Counts
    entries: list[Entry]
    notes: tuple[str, ...] = ()
    table: str = ""
    fields: list[pa.Field] = field(default_factory=list)  # of the frame, as stored
    left_out: set[str] = field(default_factory=set)  # keys of files that did not go in


def make_plan(request: IngestRequest, source: Source, collection: Collection, known: Mapping[str, str]) -> Plan:
    """List the source, read its table and join both; `known` is uri to id of what is in already."""
    items = distinct_ids(list(source.items()), dict(known))
    counts = Counts(files_found=len(items))
    entries: list[Entry] = []
    others = source.others()
    counts.ignored_files = len(others)
    entries += [Entry(Subject.FILE, "ignored", key, "", "It is neither an image nor a table.") for key in others]
    schema = collection.schema if collection.exists() else None
    notes = tuple(source.notes())
    table = _read_table(request, source, schema)
    if table is None:
        return _with_fields(Plan(items, _folders(items), {}, _own_rows(items), counts, entries, notes), schema)
    joined = join(table, items, counts, request.id_column)
    entries += joined.entries
    frame = table.frame.drop("__line__")
    if joined.id_column == "id":
        frame = frame.drop("id")
    elif "id" in frame.columns:
        frame = frame.rename({"id": "id_"})
    labels = {("id_" if name == "id" else name): text for name, text in table.labels.items()}
    return _with_fields(
        Plan(items, frame, labels, joined.row_of, counts, entries, (*notes, *table.notes), table.name),
        schema,
        table.name,
    )


def _read_table(request: IngestRequest, source: Source, schema: pa.Schema | None) -> TableRead | None:
    if not request.use_table:
        return None
    names = [request.table] if request.table else list(source.tables())[:1]
    if not names:
        return None
    stored_as_text = [
        item.name for item in (metadata_fields(schema) if schema is not None else []) if pa.types.is_string(item.type)
    ]
    return source.read_table(names[0], text_columns=[*request.text_columns, *stored_as_text])


def _folders(items: Sequence[Item]) -> pl.DataFrame | None:
    """Without a table, the folder an image lies in is what is known about it: often its class."""
    folders = [str(PurePosixPath(item.key).parent) for item in items]
    if len(set(folders)) < 2 or any("://" in item.key for item in items):
        return None
    return pl.DataFrame({FOLDER_COLUMN: [None if folder == "." else folder for folder in folders]})


def _own_rows(items: Sequence[Item]) -> dict[str, int]:
    return {item.key: row for row, item in enumerate(items)}


def _with_fields(plan: Plan, schema: pa.Schema | None, table: str = "") -> Plan:
    """Fit the frame to the columns the collection has, or refuse before anything is written."""
    if plan.frame is None:
        plan.row_of = {}
        return plan
    stored = {item.name: item.type for item in metadata_fields(schema)} if schema is not None else {}
    for name in plan.frame.columns:
        own = _arrow_type(plan.frame[name].dtype)
        wanted = stored.get(name, own)
        if wanted != own:
            plan.frame = plan.frame.with_columns(_fitted(plan, name, wanted, table))
        plan.fields.append(pa.field(name, wanted))
    return plan


def _fitted(plan: Plan, name: str, wanted: pa.DataType, table: str) -> pl.Series:
    assert plan.frame is not None
    column = plan.frame[name]
    types = {pa.string(): pl.String, pa.int64(): pl.Int64, pa.float64(): pl.Float64, pa.bool_(): pl.Boolean}
    target = types.get(wanted, pl.Datetime("us"))
    widening = column.dtype == pl.Int64 and target == pl.Float64
    if column.null_count() == len(column) or widening or target == pl.String:
        return column.cast(target, strict=False)
    raise TableError(
        f"Column “{plan.labels.get(name, name)}” of {table or 'the table'} does not fit this collection.",
        f"The collection holds {wanted} there, and this table has other values, such as “{column.drop_nulls()[0]}”.",
        "Correct the table, rename the column, or ingest into a new collection.",
    )


def _arrow_type(dtype: pl.DataType) -> pa.DataType:
    if dtype == pl.Int64:
        return pa.int64()
    if dtype == pl.Float64:
        return pa.float64()
    if dtype == pl.Boolean:
        return pa.bool_()
    if isinstance(dtype, pl.Datetime):
        return pa.timestamp("us")
    return pa.string()
