"""The images of a bundle under the ids they were exported by, and their rows as its manifest tells them."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl

from core.ingest.bundletables import own_columns, read_bundle_table
from core.ingest.headers import LINE_COLUMN
from core.ingest.items import Item, Source
from core.ingest.join import Join, noted
from core.ingest.ledger import Counts, Entry, Subject
from core.ingest.manifests import Bundle
from core.ingest.rows import TableRead

SMALL = "The bundle holds thumbnails: its images are at most 256 pixels wide and high."
NO_FILE = "The bundle has no file for this image; failures.jsonl in it tells why."


class BundleSource:
    """A bundle: the files of a folder or archive, as its table names them.

    A file that the table does not name is an image without a row, as in any other source.
    """

    def __init__(self, files: Source, bundle: Bundle, table: Path | bytes) -> None:
        self.name = files.name
        self.location = files.location
        self._files = files
        self._bundle = bundle
        self._table = read_bundle_table(table, bundle)
        self._lines: list[int] = self._table.read.frame[LINE_COLUMN].to_list()
        self._rejected: list[Entry] = []
        self._row_of_id: dict[str, int] = {}
        self._row_of_file: dict[str, int] = {}
        self._doubled: set[int] = set()  # rows whose file a row before them has
        self._sort_rows()

    @property
    def pipeline(self) -> Mapping[str, Any] | None:
        """By which a set's pictures were made; None for an export's."""
        return self._bundle.pipeline

    @property
    def table(self) -> TableRead:
        """The table as it was read, without types."""
        return self._table.read

    def items(self) -> Iterator[Item]:
        """Every image file: those that the table names, in its order and under its ids, then the others."""
        listed: dict[int, Item] = {}
        others = []
        for item in self._files.items():
            row = self._row_of_file.get(item.key)
            if row is None:
                others.append(item)
            else:
                listed[row] = replace(item, id=self._table.ids[row] or "", line=self._lines[row])
        yield from (listed[row] for row in sorted(listed))
        yield from others

    def others(self) -> Sequence[str]:
        """Keys of files that are neither image nor table nor manifest."""
        own = (self._bundle.manifest, self._bundle.table)
        return tuple(key for key in self._files.others() if key not in own)

    def notes(self) -> Sequence[str]:
        """Sentences about the files, the table, and what kind of images these are."""
        small = (SMALL,) if self._bundle.images == "thumbnail" else ()
        return (*self._files.notes(), *self._table.read.notes, *small)

    def read(self, item: Item) -> bytes:
        """The bytes of one file."""
        return self._files.read(item)

    def tables(self) -> Sequence[str]:
        """The bundle's own table."""
        return (self._bundle.table,)

    def read_table(self, key: str, *, text_columns: Collection[str] = ()) -> TableRead:
        """Read a table as if this were no bundle."""
        return self._files.read_table(key, text_columns=text_columns)

    def close(self) -> None:
        """Let go of files."""
        self._files.close()

    def columns(self, text_columns: Collection[str]) -> tuple[pl.DataFrame, dict[str, str], list[str]]:
        """A person's own columns, typed, under their stored names, with their headers, and notes."""
        return own_columns(self._table, self._bundle, text_columns)

    def join(self, items: Sequence[Item], counts: Counts) -> Join:
        """The rows of the items, and an entry for each row that has none."""
        row_of = {item.key: self._row_of_file[item.key] for item in items if item.key in self._row_of_file}
        matched = set(row_of.values())
        lacking = [(id, row) for id, row in self._row_of_id.items() if row not in matched]
        entries = [*noted(self.table, counts), *self._rejected]
        entries += [self._entry("without-image", row, id, self._why(row)) for id, row in lacking]
        counts.rows_rejected = len(self.table.rejected) + len(self._rejected)
        counts.rows_matched = len(matched)
        counts.rows_without_image = len(lacking)
        return Join(row_of, None, tuple(entries))

    def tags(self, row_of: dict[str, int]) -> dict[str, tuple[str, ...]]:
        """The tags of each item that has any, by its key."""
        return {key: tags for key, row in row_of.items() if (tags := self._table.tags[row])}

    def _sort_rows(self) -> None:
        """Which row speaks of which id and file; the first one of an id or a file has it."""
        for row, (id, file) in enumerate(zip(self._table.ids, self._table.files, strict=True)):
            if not (id or "").strip():
                self._rejected.append(self._entry("no-id", row, "", "The row has no id."))
            elif id in self._row_of_id:
                reason = f"The id was used before, in line {self._lines[self._row_of_id[id]]}; that row is kept."
                self._rejected.append(self._entry("duplicate-id", row, id, reason))
            elif id:
                self._row_of_id[id] = row
                if file and self._row_of_file.setdefault(self._bundle.root + file, row) != row:
                    self._doubled.add(row)

    def _why(self, row: int) -> str:
        file = self._table.files[row]
        if not file:
            return NO_FILE
        return "A row before it has its file." if row in self._doubled else f"The bundle does not hold {file[:200]}."

    def _entry(self, outcome: str, row: int, id: str, reason: str) -> Entry:
        return Entry(Subject.ROW, outcome, str(self._lines[row]), id, reason)
