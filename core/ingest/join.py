"""Which row of the table belongs to which image file."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

import polars as pl

from core.errors import TableError, near_names
from core.ingest.ledger import Counts, Entry, Subject
from core.ingest.naming import IMAGE_SUFFIXES
from core.ingest.sources import Item
from core.ingest.tables import TableRead, find_id_columns


@dataclass(frozen=True)
class Join:
    """Rows and files brought together."""

    row_of: dict[str, int]  # item key -> row of the table's frame
    id_column: str | None
    entries: tuple[Entry, ...]


def distinct_ids(items: Sequence[Item], known: dict[str, str]) -> list[Item]:
    """Items under ids that are all different.

    An original that is in the collection keeps its id (`known`: uri to id). Files of the same stem go by their
    path without suffix, and by their whole path where that is not enough.
    """
    taken = set(known.values())
    fresh = [item for item in items if item.uri not in known]
    stems = Counter(item.id for item in fresh)
    paths = Counter(_without_suffix(item.key) for item in fresh)
    chosen: dict[str, str] = {}
    for item in fresh:
        path = _without_suffix(item.key)
        id = item.id if stems[item.id] == 1 else path if paths[path] == 1 else item.key
        # Another original of this very source already goes by that id.
        chosen[item.key] = id if id not in taken else path if path not in taken else item.key
    return [replace(item, id=known.get(item.uri) or chosen[item.key]) for item in items]


def join(table: TableRead, items: Sequence[Item], counts: Counts, id_column: str | None = None) -> Join:
    """Match rows to items by id, file name or path; unmatched and unusable rows get a ledger entry."""
    counts.rows_read = table.rows_read
    counts.rows_repaired = len(table.repaired)
    column = _id_column(table, items, id_column)
    values = _as_text(table.frame[column]).to_list()
    lines = table.frame["__line__"].to_list()
    entries = [Entry(Subject.ROW, note.reason, str(note.line), note.id or "", note.detail) for note in table.rejected]
    entries += [Entry(Subject.ROW, "repaired", str(note.line), note.id or "", note.detail) for note in table.repaired]
    rows: dict[str, int] = {}
    unusable = 0
    for row, value in enumerate(values):
        if value is None or not value.strip():
            entries.append(Entry(Subject.ROW, "no-id", str(lines[row]), "", f"The row has no value in “{column}”."))
            unusable += 1
        elif value in rows:
            first = lines[rows[value]]
            reason = f"The id was used before, in line {first}; that row is kept."
            entries.append(Entry(Subject.ROW, "duplicate-id", str(lines[row]), value, reason))
            unusable += 1
        else:
            rows[value] = row
    row_of = _match(rows, items)
    matched = set(row_of.values())
    for value, row in rows.items():
        if row not in matched:
            reason = "The source has no image for this row."
            entries.append(Entry(Subject.ROW, "without-image", str(lines[row]), value, reason))
    counts.rows_rejected = len(table.rejected) + unusable
    counts.rows_matched = len(matched)
    counts.rows_without_image = len(rows) - len(matched)
    return Join(row_of, column, tuple(entries))


def _match(rows: dict[str, int], items: Sequence[Item]) -> dict[str, int]:
    by_name: dict[str, int] = {}
    for value, row in rows.items():
        if value.lower().endswith(IMAGE_SUFFIXES):
            by_name.setdefault(_without_suffix(value.replace("\\", "/").removeprefix("./")), row)
            by_name.setdefault(PurePosixPath(value.replace("\\", "/")).stem, row)
    found = {}
    for item in items:
        names = list(_names(item))
        matching = [known[name] for known in (rows, by_name) for name in names if name in known]
        if matching:
            found[item.key] = matching[0]
    return found


def _names(item: Item) -> Iterator[str]:
    path = PurePosixPath(item.key)
    yield from (item.id, item.key, _without_suffix(item.key), path.name, path.stem)


def _id_column(table: TableRead, items: Sequence[Item], wanted: str | None) -> str:
    columns = [name for name in table.frame.columns if name != "__line__"]
    if wanted is not None:
        by_label = {table.labels.get(name, name): name for name in columns}
        if wanted in columns or wanted in by_label:
            return wanted if wanted in columns else by_label[wanted]
        raise TableError(
            f"The table {table.name} has no column “{wanted}”.",
            f"Its columns are {', '.join(by_label)}.",
            near_names(wanted, by_label),
        )
    names = {name for item in items for name in _names(item)}
    named = find_id_columns(columns)
    for column in [*named, *(name for name in columns if name not in named)]:
        if _overlap(table.frame[column], names):
            return column
    if named:
        return named[0]
    raise TableError(
        f"No column of the table {table.name} identifies the images.",
        f"Its columns are {', '.join(table.labels.get(name, name) for name in columns)}; "
        "none holds file names or their stems.",
        "Name the column with --id-column, or leave the table aside with --no-table.",
    )


def _overlap(column: pl.Series, names: set[str]) -> bool:
    if column.dtype not in (pl.String, pl.Int64):
        return False
    values = _as_text(column).drop_nulls()
    return any(
        value in names or PurePosixPath(value.replace("\\", "/")).stem in names
        for value in values.unique().to_list()
        if value
    )


def _as_text(column: pl.Series) -> pl.Series:
    return column if column.dtype == pl.String else column.cast(pl.String)


def _without_suffix(path: str) -> str:
    suffix = PurePosixPath(path).suffix
    return path[: -len(suffix)] if suffix else path
