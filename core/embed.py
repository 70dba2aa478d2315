"""Makes a collection's vectors anew with another encoder, or completes those it has.

Interrupted at any point and started again it goes on where it stopped. Until every image has its new vector the
collection answers from the old ones; images that come in meanwhile are caught up with before the change-over.
"""

import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa

from core.collection.embeddings import Embeddings, Lookup
from core.collection.schema import EncoderFact, vector_column
from core.collection.store import Collection
from core.collection.vectors import fact_of
from core.encoders.protocol import Encoder
from core.ingest.lock import only_embedder, only_writer
from core.ingest.originals import OriginalReader
from core.ingest.pictures import Picture, Stored, pictures
from core.ingest.progress import Progress, Report
from core.settings import Settings

LONGEST_CHUNK_SECONDS = 30.0  # slow originals are committed at least this often


@dataclass(frozen=True)
class Embedded:
    """What became of a collection's vectors."""

    collection: str
    encoder: str
    encoder_before: str
    images: int
    encoded: int  # in this run; the others had their vector already
    from_thumbnails: int  # of all images: their original was gone or had changed
    seconds: float  # wall clock

    def summary(self) -> dict[str, Any]:
        """Every fact, and the speed of this run."""
        speed = self.encoded / self.seconds if self.encoded and self.seconds else 0.0
        return {**asdict(self), "seconds": round(self.seconds, 2), "images_per_second": round(speed, 1)}


def embed(
    folder: Path,
    collection: Collection,
    encoder: Encoder,
    originals: OriginalReader,
    settings: Settings,
    report: Report = lambda progress: None,
) -> Embedded:
    """Give every image of a collection in the workspace `folder` its vector by this encoder."""
    started = time.monotonic()
    with only_embedder(folder, collection.name):
        before = collection.encoder
        run = _Run(folder, collection, encoder, originals, settings, report)
        run.make_vectors()
        with only_writer(folder, collection.name, wait=True):
            collection.mend()
            run.make_vectors()  # of the images that came in meanwhile
            from_thumbnails = run.hand_over()
    return Embedded(
        collection=collection.name,
        encoder=encoder.name,
        encoder_before=before.name,
        images=collection.count(),
        encoded=run.encoded,
        from_thumbnails=from_thumbnails,
        seconds=time.monotonic() - started,
    )


class _Run:
    """One embedding under way."""

    def __init__(
        self,
        folder: Path,
        collection: Collection,
        encoder: Encoder,
        originals: OriginalReader,
        settings: Settings,
        report: Report,
    ) -> None:
        self._collection = collection
        self._encoder = encoder
        self._originals = originals
        self._settings = settings
        self._report = report
        self._fact: EncoderFact = fact_of(encoder)
        self._made = Embeddings(folder, collection.name, self._fact)
        self.encoded = 0

    def make_vectors(self) -> None:
        """Encode every image that lacks its vector, in chunks that are each one commit."""
        todo, total = self._todo()
        done = total - len(todo)
        waiting: list[Picture] = []
        rows: list[pa.Table] = []
        last_commit = time.monotonic()
        self._report(Progress("Embedding images", done, total))
        found = pictures(todo, self._collection.thumbnail_of, self._originals, self._settings)
        with closing(found):
            for place, picture in enumerate(found, start=1):
                waiting.append(picture)
                if len(waiting) >= self._settings.batch_images or place == len(todo):
                    rows.append(self._encode(waiting))
                    waiting = []
                    self._report(Progress("Embedding images", done + place, total))
                late = time.monotonic() - last_commit > LONGEST_CHUNK_SECONDS
                if rows and (late or place == len(todo) or sum(map(len, rows)) >= self._settings.chunk_rows):
                    self._made.add(pa.concat_tables(rows))
                    rows, last_commit = [], time.monotonic()

    def hand_over(self) -> int:
        """Let the collection take the new vectors over; returns how many were made from thumbnails."""
        self._report(Progress("Building the index", 0, 0))
        from_thumbnails = self._made.count_from_thumbnails()
        with self._made.at_hand() as lookup:
            if self._collection.encoder != self._fact:
                self._collection.pass_to(self._fact, lookup)
            else:
                self._complete(lookup)
        self._made.drop()
        return from_thumbnails

    def _complete(self, lookup: Lookup) -> None:
        """Fill in the vectors that the collection's own encoder had yet to make."""
        column = vector_column(self._collection.schema)
        ids = self._made.done()["id"].to_list()
        for start in range(0, len(ids), self._settings.chunk_rows):
            part = ids[start : start + self._settings.chunk_rows]
            self._collection.update(pa.table({"id": part, column: lookup(part)}))

    def _todo(self) -> tuple[list[Stored], int]:
        """The images that lack their vector, and how many images there are that need one."""
        dataset = self._collection.dataset()
        own = self._collection.encoder == self._fact
        lacking = f"{vector_column(dataset.schema)} IS NULL" if own else None
        stored = dataset.to_table(columns=["id", "uri", "content_hash"], filter=lacking)
        rows = pl.DataFrame(pl.from_arrow(stored))
        left = rows.join(self._made.done(), on=["id", "content_hash"], how="anti", maintain_order="left")
        return [Stored(*values) for values in left.iter_rows()], len(rows)

    def _encode(self, waiting: Sequence[Picture]) -> pa.Table:
        vectors = self._encoder.encode_images([picture.image for picture in waiting])
        self.encoded += len(waiting)
        flat = pa.array(np.ascontiguousarray(vectors, np.float32).reshape(-1))
        columns = [
            pa.array([picture.id for picture in waiting], pa.string()),
            pa.array([picture.content_hash for picture in waiting], pa.string()),
            pa.array([picture.from_thumbnail for picture in waiting], pa.bool_()),
            pa.FixedSizeListArray.from_arrays(flat, self._fact.dimension),
        ]
        return pa.table(columns, schema=self._made.schema)
