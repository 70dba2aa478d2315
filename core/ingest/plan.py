"""What an ingest has to do: its items, their rows, and the columns they need."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, fields
from itertools import chain, count
from pathlib import PurePosixPath
from typing import Any

import polars as pl
import pyarrow as pa

from core.collection.lineage import PIPELINE, pipelines_of
from core.collection.store import Collection
from core.errors import TableError
from core.ingest.archives import archive_stem
from core.ingest.bundled import BundleSource
from core.ingest.fit import Fitted, fit, text_names
from core.ingest.headers import LINE_COLUMN
from core.ingest.ids import distinct_ids
from core.ingest.join import Join, join, join_listed, may_identify
from core.ingest.known import KnownImages
from core.ingest.ledger import Counts, Entry, Subject
from core.ingest.naming import BESIDE, table_stem
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

    @property
    def tells_columns(self) -> bool:
        """Whether it says itself where metadata and ids come from, so that a bundle's manifest need not."""
        return not self.use_table or self.table is not None or self.id_column is not None


@dataclass
class Plan:
    """Everything that is known before the first image is decoded.

    Grows with the source: half a kilobyte for each file, and the whole table.
    """

    items: list[Item]
    counts: Counts
    entries: list[Entry]
    notes: tuple[str, ...] = ()
    table: str = ""
    frame: pl.DataFrame | None = None  # metadata, one row a table row, without the id column
    row_of: Mapping[str, int] = field(default_factory=dict)  # item key -> row of the frame
    fields: tuple[pa.Field, ...] = ()  # of the frame, as stored
    labels: Mapping[str, str] = field(default_factory=dict)  # stored name -> header as written
    retyped: tuple[pa.Field, ...] = ()  # columns of the collection that have to take on another type
    tags: Mapping[str, Sequence[str]] = field(default_factory=dict)  # item key -> tags of its image if that is new
    pipelines: Mapping[str, Any] = field(default_factory=dict)  # by which images were made, as their column names them
    left_out: set[str] = field(default_factory=set)  # keys of files that did not go in


def make_plan(request: IngestRequest, source: Source, collection: Collection, known: KnownImages) -> Plan:
    """List the source, read its table and join both."""
    moved = {} if isinstance(source, BundleSource) else known.moved_ids()
    items = distinct_ids(list(source.items()), known.own_ids(), moved)
    others = source.others()
    plan = Plan(items, Counts(files_found=len(items), ignored_files=len(others)), [], tuple(source.notes()))
    plan.entries += [Entry(Subject.FILE, "ignored", key, "", "It is neither an image nor a table.") for key in others]
    if isinstance(source, BundleSource):
        _describe_by_manifest(plan, source, request, collection)
        return plan
    table = _read_table(request, source, collection)
    if table is not None and _is_guess(request, source):
        table = _fitting(request, table, plan)
    if table is None:
        _describe_by_folder(plan, collection)
        return plan
    plan.table = table.name
    joined = _join(request, source, table, plan)
    plan.entries += joined.entries
    plan.row_of = joined.row_of
    plan.notes += tuple(note for note in table.notes if note not in plan.notes)
    frame, labels = _without_id(table, joined.id_column)
    _take(plan, fit(frame, labels, table.frame[LINE_COLUMN].to_list(), table.name, collection))
    return plan


def _join(request: IngestRequest, source: Source, table: TableRead, plan: Plan) -> Join:
    lists_itself = request.table is None and any(item.line is not None for item in plan.items)
    if lists_itself and table.name == source.name:
        return join_listed(table, plan.items, plan.counts)
    return join(table, plan.items, plan.counts, request.id_column)


def _read_table(request: IngestRequest, source: Source, collection: Collection) -> TableRead | None:
    """The metadata table; a column that the collection holds as text, or that may hold ids, is read as it is written.

    An id "1.50" read as a number would name another file.
    """
    if not request.use_table:
        return None
    name = request.table or next(iter(source.tables()), None)
    if name is None:
        return None
    try:
        table = source.read_table(name, text_columns=request.text_columns)
    except TableError:
        if _is_guess(request, source):
            return None
        raise
    as_text = text_names(collection)
    ids = may_identify(table, request.id_column)
    types = table.frame.schema
    texts = [column for column in table.labels if column.casefold() in as_text and types[column] != pl.String]
    texts += [column for column in ids if types[column] not in (pl.String, pl.Int64)]
    return source.read_table(name, text_columns=[*request.text_columns, *texts]) if texts else table


def _is_guess(request: IngestRequest, source: Source) -> bool:
    """Whether the table only happens to stand alone beside the source, under a name of its own."""
    key = next(iter(source.tables()), "")
    stems = {source.name.lower(), archive_stem(source.name).lower()}
    return request.table is None and key.startswith(BESIDE) and table_stem(key) not in stems


def _fitting(request: IngestRequest, table: TableRead, plan: Plan) -> TableRead | None:
    """A guessed table when it speaks of these images; otherwise a note that it was left aside."""
    is_ledger = set(table.labels.values()) == {item.name for item in fields(Entry)}
    with suppress(TableError):
        if not is_ledger and join(table, plan.items, Counts(), request.id_column).row_of:
            return table
    plan.notes += (f"The table {table.name} beside the source names none of its images and was left aside.",)
    return None


def _without_id(table: TableRead, id_column: str | None) -> tuple[pl.DataFrame, dict[str, str]]:
    """The table's columns without line numbers, and none called like the collection's own id."""
    frame, labels = table.frame.drop(LINE_COLUMN), dict(table.labels)
    own = next((name for name in frame.columns if name.casefold() == "id"), None)
    if own is None:
        return frame, labels
    if own == id_column:
        return frame.drop(own), labels
    taken = {name.casefold() for name in frame.columns}
    free = next(name for name in (f"id{'_' * length}" for length in range(1, len(taken) + 2)) if name not in taken)
    labels[free] = labels.pop(own)
    return frame.rename({own: free}), labels


def _describe_by_manifest(plan: Plan, source: BundleSource, request: IngestRequest, collection: Collection) -> None:
    """Of a bundle, everything is known as the collection had it that it was exported from."""
    joined = source.join(plan.items, plan.counts)
    frame, labels, notes = source.columns(request.text_columns)
    if source.pipeline is not None:
        frame, plan.pipelines = _named_apart(frame, source.pipeline, collection)
    plan.table = source.table.name
    plan.entries += joined.entries
    plan.row_of = joined.row_of
    plan.tags = source.tags(joined.row_of)
    plan.notes += tuple(notes)
    _take(plan, fit(frame, labels, source.table.frame[LINE_COLUMN].to_list(), source.table.name, collection))


def _named_apart(
    frame: pl.DataFrame, pipeline: Mapping[str, Any], collection: Collection
) -> tuple[pl.DataFrame, Mapping[str, Any]]:
    """The rows with the name that the collection knows the set's pipeline by: no other one's that has the same."""
    if PIPELINE not in frame.columns:
        return frame, {}
    known = pipelines_of(collection.schema) if collection.exists() else {}
    own = str(pipeline["name"])
    names = chain([own], (f"{own} {number}" for number in count(2)))
    name = next(name for name in names if known.get(name, pipeline) == pipeline)
    told = pl.when(pl.col(PIPELINE).is_not_null()).then(pl.lit(name)).alias(PIPELINE)
    return frame.with_columns(told), {name: pipeline}


def _describe_by_folder(plan: Plan, collection: Collection) -> None:
    """Without a table, the folder an image lies in is what is known about it: often its class."""
    folders = _folders(plan.items)
    if folders is None:
        return
    try:
        fitted = fit(pl.DataFrame({FOLDER_COLUMN: folders}), {}, None, "", collection)
    except TableError:
        plan.notes += (f"The folders were not noted: the collection's column “{FOLDER_COLUMN}” holds other values.",)
        return
    plan.row_of = {item.key: row for row, item in enumerate(plan.items)}
    _take(plan, fitted)


def _folders(items: Sequence[Item]) -> list[str | None] | None:
    folders = [str(PurePosixPath(item.key).parent) for item in items]
    if len(set(folders)) < 2 or any(item.line is not None for item in items):
        return None
    return [None if folder == "." else folder for folder in folders]


def _take(plan: Plan, fitted: Fitted) -> None:
    plan.frame, plan.fields, plan.labels = fitted.frame, fitted.fields, fitted.labels
    plan.retyped = fitted.retyped
    plan.notes += fitted.notes
