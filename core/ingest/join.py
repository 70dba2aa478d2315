"""A table's rows and a source's files brought together."""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from core.errors import TableError, near_names
from core.ingest.headers import LINE_COLUMN
from core.ingest.items import Item
from core.ingest.ledger import Counts, Entry, Subject
from core.ingest.match import match_rows, names_of
from core.ingest.tables import TableRead, find_id_columns

LEAST_SHARE = 0.5  # of rows or files that a column must name before it is taken for the id without being called one


@dataclass(frozen=True)
class Join:
    """Rows and files brought together."""

    row_of: dict[str, int]  # item key -> row of the table's frame
    id_column: str | None
    entries: tuple[Entry, ...]


def join(table: TableRead, items: Sequence[Item], counts: Counts, id_column: str | None = None) -> Join:
    """Match rows to items by id, file name or path; unmatched and unusable rows get a ledger entry."""
    column = _id_column(table, items, id_column)
    entries = noted(table, counts)
    rows: dict[str, int] = {}
    lines = table.frame[LINE_COLUMN]
    for row, value in enumerate(_values(table.frame[column])):
        if not value:
            entries.append(Entry(Subject.ROW, "no-id", str(lines[row]), "", f"The row has no value in “{column}”."))
        elif value in rows:
            reason = f"The id was used before, in line {lines[rows[value]]}; that row is kept."
            entries.append(Entry(Subject.ROW, "duplicate-id", str(lines[row]), value, reason))
        else:
            rows[value] = row
    row_of = match_rows(rows, items)
    matched = set(row_of.values())
    reason = "The source has no image for this row."
    entries += [
        Entry(Subject.ROW, "without-image", str(lines[row]), value, reason)
        for value, row in rows.items()
        if row not in matched
    ]
    counts.rows_rejected = len(table.rejected) + table.frame.height - len(rows)
    counts.rows_matched = len(matched)
    counts.rows_without_image = len(rows) - len(matched)
    return Join(row_of, column, tuple(entries))


def join_listed(table: TableRead, items: Sequence[Item], counts: Counts) -> Join:
    """Rows of the table that is the source itself: each names its image, so the line joins them."""
    entries = noted(table, counts)
    place = {line: row for row, line in enumerate(table.frame[LINE_COLUMN].to_list())}
    row_of = {item.key: place[item.line] for item in items if item.line in place}
    matched = set(row_of.values())
    reason = "The row names no image."
    entries += [
        Entry(Subject.ROW, "without-image", str(line), "", reason) for line, row in place.items() if row not in matched
    ]
    counts.rows_rejected = len(table.rejected)
    counts.rows_matched = len(matched)
    counts.rows_without_image = table.frame.height - len(matched)
    return Join(row_of, None, tuple(entries))


def find_column(table: TableRead, wanted: str) -> str:
    """The stored name of a column that a person named by its header or stored name, in any case."""
    for stored, label in table.labels.items():
        if wanted.strip().casefold() in (stored.casefold(), label.casefold()):
            return stored
    raise TableError(
        f"The table {table.name} has no column “{wanted}”.",
        f"Its columns are {', '.join(table.labels.values())}.",
        near_names(wanted, table.labels.values()),
    )


def may_identify(table: TableRead, wanted: str | None) -> list[str]:
    """Columns that may hold ids, the most likely first; the one a person named stands alone."""
    return [find_column(table, wanted)] if wanted is not None else find_id_columns(table.labels)


def noted(table: TableRead, counts: Counts) -> list[Entry]:
    """What the table's reader had to say, as entries."""
    counts.rows_read = table.rows_read
    counts.rows_repaired = len(table.repaired)
    entries = [Entry(Subject.ROW, note.reason, str(note.line), note.id or "", note.detail) for note in table.rejected]
    return entries + [
        Entry(Subject.ROW, "repaired", str(note.line), note.id or "", note.detail) for note in table.repaired
    ]


def _id_column(table: TableRead, items: Sequence[Item], wanted: str | None) -> str:
    """The column that names most images; one that is called like an id before any other."""
    named = may_identify(table, wanted)
    if wanted is not None:
        return named[0]
    names = names_of(items)
    matches = {column: _matches(table.frame[column], items, names) for column in named}
    best = max(matches, key=lambda column: matches[column], default=None)
    if best is not None and matches[best]:
        return best
    others = {column: _matches(table.frame[column], items, names) for column in table.labels if column not in matches}
    other = max(others, key=lambda column: others[column], default=None)
    if other is not None and others[other] >= max(1, LEAST_SHARE * min(len(items), table.frame.height)):
        return other
    if best is not None:
        return best
    raise TableError(
        f"No column of the table {table.name} identifies the images.",
        f"Its columns are {', '.join(table.labels.values())}; none holds the names of the files or their stems.",
        "Name the column with --id-column, or leave the table aside with --no-table.",
    )


def _matches(column: pl.Series, items: Sequence[Item], names: set[str]) -> int:
    """How many items the column's values name."""
    if column.dtype not in (pl.String, pl.Int64):
        return 0
    values = [value for value in dict.fromkeys(_values(column)) if value]
    if not any(value in names or _file_name(value) in names for value in values):
        return 0
    return len(match_rows({value: row for row, value in enumerate(values)}, items))


def _values(column: pl.Series) -> list[str | None]:
    """Ids as text without surrounding blanks; missing ones are None."""
    texts: list[str | None] = column.cast(pl.String).str.strip_chars().to_list()
    return texts


def _file_name(value: str) -> str:
    return value.replace("\\", "/").rsplit("/", 1)[-1]
