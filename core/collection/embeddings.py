"""Another encoder's vectors of a collection while they are being made, in a Lance table of their own.

They stand beside the collection's present vectors, which go on answering searches, until every image has one; then the
collection takes them over. What is here of an earlier, interrupted run is not made again. A vector belongs to an image
and to what it showed then: one of other content is never taken for it.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

import lancedb
import numpy as np
import polars as pl
import pyarrow as pa

from core.collection.matrix import matrix_of
from core.collection.schema import EncoderFact, new_vector_column
from core.collection.storage import storing

MARKS = (
    pa.field("id", pa.string(), nullable=False),
    pa.field("content_hash", pa.string()),  # of the picture that the vector was made from
    pa.field("from_thumbnail", pa.bool_()),
)
KEY = ("id", "content_hash")
VECTOR = "vector"
READ_ROWS = 8_192
Lookup = Callable[[Sequence[str], Sequence[str]], pa.Array]
"""Vectors of some ids with their content hashes, of the list type; null where there is none."""


class Embeddings:
    """The vectors of one collection by one encoder; written by one process at a time."""

    def __init__(self, folder: Path, collection: str, encoder: EncoderFact) -> None:
        self._folder = folder / "embeddings"
        self._connection = lancedb.connect(self._folder)
        self._name = f"{collection}--{new_vector_column(encoder)}"
        self._type = pa.list_(pa.float32(), encoder.dimension)
        self._row_bytes = 4 * encoder.dimension
        self.schema = pa.schema([*MARKS, pa.field(VECTOR, self._type)])

    def done(self) -> pl.DataFrame:
        """Id and content hash of every picture that has its vector."""
        return self._marks().select(KEY).unique()

    def count_from_thumbnails(self, images: pl.DataFrame) -> int:
        """How many of these images (id and content hash) have a vector that was made from the thumbnail."""
        marks = self._marks().unique(KEY, keep="last")
        return int(marks.join(images, on=list(KEY), how="semi")["from_thumbnail"].sum())

    def add(self, rows: pa.Table) -> None:
        """Write vectors in one commit."""
        with storing("a chunk of vectors"):
            self._connection.create_table(self._name, schema=self.schema, exist_ok=True).add(rows)

    @contextmanager
    def at_hand(self) -> Iterator[Lookup]:
        """Look vectors up without Lance, which cannot be asked while it is taking a column in.

        They lie in a temporary file, so that millions of them need no memory.
        """
        with storing("the vectors"), TemporaryFile(dir=self._folder) as file:
            places: dict[tuple[str, str], int] = {}
            table = self._table()
            if table is not None:
                for batch in table.to_lance().to_batches(columns=[*KEY, VECTOR], batch_size=READ_ROWS):
                    first = file.tell() // self._row_bytes
                    keys = zip(*(batch[name].to_pylist() for name in KEY), strict=True)
                    places.update((key, first + place) for place, key in enumerate(keys))
                    file.write(matrix_of(batch[VECTOR])[0].astype(np.float32).tobytes())
            file.flush()
            shape = (-1, self._type.list_size)
            held = np.memmap(file, np.float32, "r").reshape(shape) if places else np.zeros((1, shape[1]), np.float32)

            def lookup(ids: Sequence[str], hashes: Sequence[str]) -> pa.Array:
                at = np.array([places.get(key, -1) for key in zip(ids, hashes, strict=True)], np.int64)
                values = pa.array(held[at].reshape(-1))
                return pa.FixedSizeListArray.from_arrays(values, type=self._type, mask=pa.array(at < 0))

            yield lookup

    def drop(self) -> None:
        """Remove what the collection has taken over."""
        with storing("the vectors"):
            self._connection.drop_table(self._name, ignore_missing=True)

    def _table(self) -> Any:
        if self._name not in self._connection.list_tables(limit=10_000).tables:
            return None
        return self._connection.open_table(self._name)

    def _marks(self) -> pl.DataFrame:
        table, columns = self._table(), [field.name for field in MARKS]
        rows = pa.schema(MARKS).empty_table() if table is None else table.to_lance().to_table(columns=columns)
        return pl.DataFrame(pl.from_arrow(rows))
