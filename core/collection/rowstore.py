"""What is known about single images, by their places: the columns as they came from Lance, kept in memory.

Looking 50 images up among a million in DuckDB takes 10 ms, for it looks through a column of places each time. Here it
takes two where the columns lie in 16 pieces, as they are read, and less than one where they lie in one (medians of 60,
19 columns, 2 cores), which costs 0.4 s when they are read.
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from copy import copy
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

LARGER = 4  # times as many rows as come after it: so large a piece stays as it is, and no row is copied often

RowIds = npt.NDArray[np.int64]
Indices = npt.NDArray[np.intp]


class RowStore:
    """The rows of a table with the columns `_rowid` and `added_at`, placed in the order of ingest."""

    def __init__(self, source: pa.Table) -> None:
        rowids = source["_rowid"].to_numpy().astype(np.int64)
        added = source["added_at"].to_numpy()
        self._added = added[-1:]  # when the last of them came
        self._order: Indices | None = None if _is_ascending(added, rowids) else np.lexsort((rowids, added))
        self.rowids: RowIds = rowids if self._order is None else rowids[self._order]
        """Every image's row id, by place."""
        self._by_rowid: Indices | None = None if _is_rising(self.rowids) else np.argsort(self.rowids, kind="stable")
        shown = source.drop_columns("_rowid")
        self._names = shown.column_names
        self._pieces = _in_one(shown.to_batches())
        self._ends = _ends(self._pieces)

    def and_more(self, source: pa.Table) -> "RowStore | None":
        """With further rows; None unless all of them come after those there are."""
        more = RowStore(source)
        if not (self.in_order and more.in_order and self._by_rowid is None and more._by_rowid is None):
            return None
        if not len(self.rowids) or not len(more.rowids):
            return more if not len(self.rowids) else self
        if more._added[0] < self._added[-1] or more.rowids[0] <= self.rowids[-1]:
            return None
        found = copy(self)
        found._added, found.rowids = more._added, np.concatenate([self.rowids, more.rowids])
        pieces, last = list(self._pieces), more._pieces
        while pieces and pieces[-1].num_rows < LARGER * sum(piece.num_rows for piece in last):
            last = _in_one([pieces.pop(), *last])
        found._pieces = [*pieces, *last]
        found._ends = _ends(found._pieces)
        return found

    @property
    def in_order(self) -> bool:
        """Whether the table's rows are in the order of ingest."""
        return self._order is None

    def places(self) -> npt.NDArray[np.int32]:
        """The place of each of the table's rows, from 0."""
        found = np.arange(len(self.rowids), dtype=np.int32)
        if self._order is not None:
            found[self._order] = np.arange(len(found), dtype=np.int32)
        return found

    def places_of(self, rowids: Sequence[int]) -> list[int]:
        """The places of images by their row ids, in their order; unknown ones are left out."""
        if not len(self.rowids):
            return []
        wanted = np.asarray(rowids, np.int64)
        at = np.searchsorted(self.rowids, wanted, sorter=self._by_rowid).clip(max=len(self.rowids) - 1)
        places = at if self._by_rowid is None else self._by_rowid[at]
        return list(map(int, places[self.rowids[places] == wanted]))

    def values(self, places: Sequence[int]) -> list[dict[str, Any]]:
        """Every column of the images at these places, in their order."""
        found: list[dict[str, Any]] = [{}] * len(places)
        for piece, positions, offsets in self._lying(places):
            columns = [column.to_pylist() for column in piece.take(offsets).columns]
            for position, values in zip(positions, zip(*columns, strict=True), strict=True):
                found[position] = dict(zip(self._names, values, strict=True))
        return found

    def ids(self, places: Sequence[int]) -> list[str]:
        """The ids of the images at these places, in their order."""
        found = [""] * len(places)
        for piece, positions, offsets in self._lying(places):
            for position, id in zip(positions, piece["id"].take(offsets).to_pylist(), strict=True):
                found[position] = id
        return found

    def _lying(self, places: Sequence[int]) -> Iterator[tuple[pa.RecordBatch, list[int], pa.Array]]:
        """Each piece with some of these images, which of them they are, and where they lie in it."""
        rows = np.asarray(places, np.intp) if self._order is None else self._order[np.asarray(places, np.intp)]
        numbers = np.searchsorted(self._ends, rows, side="right")
        offsets = rows - np.concatenate(([0], self._ends))[numbers]
        for number in np.unique(numbers).tolist():
            own = np.flatnonzero(numbers == number)
            yield self._pieces[number], own.tolist(), pa.array(offsets[own])


def _in_one(batches: Sequence[pa.RecordBatch]) -> list[pa.RecordBatch]:
    """The same rows in one piece, or in as few as the offsets of texts allow."""
    if not batches:
        return []
    whole = pa.Table.from_batches(batches)
    with suppress(pa.ArrowInvalid):  # lists of more than 2 GB stay in the pieces they came in
        whole = whole.combine_chunks()
    return [batch for batch in whole.to_batches() if batch.num_rows]


def _ends(pieces: Sequence[pa.RecordBatch]) -> Indices:
    """How many rows there are up to the end of each piece."""
    return np.cumsum([piece.num_rows for piece in pieces], dtype=np.intp)


def _is_rising(values: RowIds) -> bool:
    return bool((values[1:] > values[:-1]).all())


def _is_ascending(added: npt.NDArray[Any], rowids: RowIds) -> bool:
    """Whether the rows are in the order of ingest already; where a moment is unknown they count as not."""
    later, same = added[1:] > added[:-1], added[1:] == added[:-1]
    return bool((later | (same & (rowids[1:] > rowids[:-1]))).all())
