"""The vectors of a large collection in memory, two bytes a component, to compare exactly those that pass a filter.

Of a million images 20,000 pass: reading their vectors from the table takes 210 ms, asking the index, all of whose
partitions have to be probed under a filter, 70 ms, and it misses some of the nearest. From here it takes 15 ms, and
comparing the whole million 300 ms instead of 2,000 (`python -m benchmarks.search`). What is known of a component here
only tells which images may be among the nearest; these are compared anew by the vectors of the table. An answer that
is approximate anyway does without: its scores have five decimals, of which the fifth may be off by one, rarely two.

A data file of Lance never changes, so what was read of one holds for every version of the collection that has it.
"""

import math
import threading
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from core.collection.matrix import matrix_of
from core.collection.schema import FRAGMENT_BITS, vector_column
from core.timing import step

MOST_BYTES = 1024**3  # of one collection's vectors here, such as a million of 512 components
MOST_AT_ONCE = 20_000  # vectors that a search waits for; more of them are read in the background
READ_ROWS = 16_384
TINY = 1e-30  # in the place of the largest component of a vector that is all zeros
BLOCK_ROWS = 256  # compared at a time, so that a block stays in the processor's cache
LARGEST = 32_767  # of a component here, which stands for the largest one of its vector
DECIMALS = 5  # of a score that is known from here alone
SINGLE = 1e-4  # by which sums of 512 products in single precision may differ, with much to spare

Vector = npt.NDArray[np.float32]
RowIds = npt.NDArray[np.int64]
File = tuple[int, str]
"""A fragment's number, and its file that holds the vectors."""


@dataclass(frozen=True)
class Part:
    """The vectors of one fragment, by their offsets in it."""

    components: npt.NDArray[np.int16]  # shape (rows, dimension)
    units: Vector  # what a component of 1 stands for in each row
    there: npt.NDArray[np.bool_]  # whether a row has a vector and was not deleted when this was read


class Compact:
    """Vectors by row id, for every version of one collection. Safe to share between threads."""

    def __init__(self) -> None:
        self._held: Mapping[File, Part] = {}
        self._latest: tuple[Any, Version] | None = None  # a dataset, and its vectors
        self._lock = threading.Lock()

    def read(self, dataset: Any) -> None:
        """Read what a version has and is not here yet; nothing where all of it is more than may be held."""
        files = dict(_files(dataset))
        column = vector_column(dataset.schema)
        width = dataset.schema.field(column).type.list_size
        if sum(fragment.physical_rows for fragment in files.values()) * width * 2 > MOST_BYTES:
            return
        with self._lock:
            self._held = {
                file: self._held.get(file) or _read(fragment, column, width) for file, fragment in files.items()
            }

    def at(self, dataset: Any) -> "Version | None":
        """The vectors of a version; None where none were ever read, or too many are missing, which are then read."""
        latest, held = self._latest, self._held
        if latest is not None and latest[0] is dataset:
            return latest[1]
        if not held:
            return None
        files = dict(_files(dataset))
        missing = sum(fragment.physical_rows for file, fragment in files.items() if file not in held)
        if missing > MOST_AT_ONCE:
            self._read_soon(dataset)
            return None
        if missing:
            self.read(dataset)
            held = self._held
        parts = {file[0]: held[file] for file in files if file in held}
        if len(parts) < len(files):
            return None
        self._latest = dataset, Version(parts)
        return self._latest[1]

    def _read_soon(self, dataset: Any) -> None:
        """Read in the background, unless that is under way."""
        if not self._lock.locked():
            threading.Thread(target=self._read_quietly, args=(dataset,), daemon=True).start()

    def _read_quietly(self, dataset: Any) -> None:
        with suppress(OSError, RuntimeError, ValueError):  # that version is gone; searching does without meanwhile
            self.read(dataset)


class Version:
    """The vectors of a collection at one version."""

    def __init__(self, parts: Mapping[int, Part]) -> None:
        self._parts = parts

    def candidates(self, vector: Vector, rowids: RowIds, count: int) -> list[int]:
        """Row ids among which the `count` nearest of these ones surely are; those without a vector are left out."""
        with step("compare", len(rowids)) as compared:
            scores, errors = self._scores(vector, rowids)
            known = np.flatnonzero(~np.isnan(scores))
            if count < len(known):
                least = np.partition(scores[known] - errors[known], len(known) - count)[len(known) - count]
                known = known[scores[known] + errors[known] >= least]
            found: list[int] = rowids[known].tolist()
            compared.rows_out = len(found)
        return found

    def nearest(self, vector: Vector, rowids: RowIds, count: int) -> tuple[list[int], list[float]]:
        """The `count` nearest of these ones by what is known here, nearest first, and their cosine similarities.

        These are rounded to what is known of them, so that copies of an image are alike; ties come by row id.
        """
        with step("compare", len(rowids)) as compared:
            scores, _ = self._scores(vector, rowids)
            rounded = np.round(scores.astype(np.float64).clip(-1, 1), DECIMALS)
            best = np.lexsort((rowids, -rounded))[: min(count, np.count_nonzero(~np.isnan(scores)))]
            compared.rows_out = len(best)
        return rowids[best].tolist(), rounded[best].tolist()

    def _scores(self, vector: Vector, rowids: RowIds) -> tuple[Vector, Vector]:
        """Cosine similarities, and how far each may be off; NaN where there is no vector."""
        scores, units = np.full(len(rowids), np.nan, np.float32), np.zeros(len(rowids), np.float32)
        fragments, offsets = rowids >> FRAGMENT_BITS, rowids & (2**FRAGMENT_BITS - 1)
        order = np.argsort(fragments, kind="stable")
        numbers, starts = np.unique(fragments[order], return_index=True)
        for number, own in zip(numbers.tolist(), np.split(order, starts[1:]), strict=False):
            part = self._parts[number]
            own = own[part.there[offsets[own]]]
            units[own] = part.units[offsets[own]]
            for first in range(0, len(own), BLOCK_ROWS):
                block = own[first : first + BLOCK_ROWS]
                scores[block] = part.components[offsets[block]].astype(np.float32) @ vector
        # Half a step in every component, by the inequality of Cauchy and Schwarz.
        return scores * units, units * np.float32(0.5 * math.sqrt(len(vector))) + np.float32(SINGLE)


def _files(dataset: Any) -> Iterator[tuple[File, Any]]:
    """Every fragment of a version by its number and the file of its vectors."""
    field = dataset.lance_schema.field(vector_column(dataset.schema)).id()
    for fragment in dataset.get_fragments():
        path = next((file.path for file in fragment.metadata.files if field in file.fields), "")
        yield (fragment.fragment_id, path), fragment


def _read(fragment: Any, column: str, width: int) -> Part:
    components = np.zeros((fragment.physical_rows, width), np.int16)
    units, there = np.zeros(len(components), np.float32), np.zeros(len(components), np.bool_)
    with step("load vectors", len(there)):
        for batch in fragment.scanner(columns=[column], with_row_address=True, batch_size=READ_ROWS).to_batches():
            vectors, known = matrix_of(batch.column(column))
            offsets = batch.column("_rowaddr").to_numpy()[known] & (2**FRAGMENT_BITS - 1)
            largest = np.maximum(np.abs(vectors).max(axis=1), TINY)
            components[offsets] = np.rint(vectors * (LARGEST / largest)[:, None])
            units[offsets], there[offsets] = largest / LARGEST, True
    return Part(components, units, there)
