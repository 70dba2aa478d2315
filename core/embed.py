"""Makes a collection's vectors anew with another encoder, or completes those it has.

Interrupted at any point and started again it goes on where it stopped. Until every image has its new vector the
collection answers from the old ones; images that come in meanwhile are caught up with before the change-over.
"""

import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from itertools import starmap
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa

from core.collection.changes import record_embed
from core.collection.embeddings import KEY, Embeddings, Lookup
from core.collection.schema import vector_column
from core.collection.store import Collection
from core.collection.tags import drop_scores
from core.collection.vectors import fact_of
from core.encoders.protocol import Encoder
from core.errors import EncoderError, SourceError
from core.ingest.lock import only_embedder, only_writer
from core.ingest.originals import OriginalReader
from core.ingest.pictures import Picture, Stored, pictures
from core.ingest.progress import Progress, Report
from core.settings import Settings
from core.timing import step

LONGEST_CHUNK_SECONDS = 30.0  # slow originals are committed at least this often
MOST_THUMBNAILS_ALONE = 50  # of so many first images one original at least has to be there


@dataclass(frozen=True)
class Embedded:
    """What became of a collection's vectors."""

    collection: str
    encoder: str
    encoder_before: str
    passed: bool  # whether the collection changed its encoder; otherwise its own vectors were completed
    images: int
    encoded: int  # in this run; the others had their vector already
    from_thumbnails: int  # of the images that got a vector: their original could not be read or had changed
    without_vector: int  # images that came back from the trash at the last moment
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
    *,
    thumbnails: bool = False,
) -> Embedded:
    """Give every image of a collection in the workspace `folder` its vector by this encoder.

    With `thumbnails` it goes on where not even one of the first originals can be read.
    """
    started = time.monotonic()
    with only_embedder(folder, collection.name):
        before, own = collection.encoder, fact_of(encoder)
        if before != own and (before.fingerprint, before.dimension) == (own.fingerprint, own.dimension):
            collection.rename_encoder(own)
        passing = collection.encoder != own
        run = _Run(folder, collection, encoder, originals, settings, report, thumbnails)
        run.make_vectors()
        report(Progress("Waiting until nobody else writes", 0, 0))
        with only_writer(folder, collection.name, wait=True):
            collection.mend()
            run.make_vectors()  # of the images that came in meanwhile
            from_thumbnails = run.hand_over()
    if run.encoded or passing:
        what = f"Vectors of {run.encoded:,} images made by {encoder.name}"
        record_embed(folder, collection, what, run.encoded)
    dataset = collection.dataset()
    return Embedded(
        collection=collection.name,
        encoder=encoder.name,
        encoder_before=before.name,
        passed=passing,
        images=dataset.count_rows(),
        encoded=run.encoded,
        from_thumbnails=from_thumbnails,
        without_vector=collection.count_without_vector(dataset),
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
        thumbnails: bool,
    ) -> None:
        self._collection = collection
        self._encoder = encoder
        self._originals = originals
        self._settings = settings
        self._report = report
        self._originals_seen = thumbnails  # or not asked for
        self._fact = fact_of(encoder)
        self._made = Embeddings(folder, collection.name, self._fact)
        self._waiting: list[Picture] = []  # for the encoder
        self._rows: list[pa.Table] = []  # of the chunk under way
        self.encoded = 0

    def make_vectors(self) -> None:
        """Encode every image that lacks its vector, in chunks that are each one commit."""
        wanted = self._wanted()
        todo = wanted.join(self._made.done(), on=list(KEY), how="anti", maintain_order="left")
        done = len(wanted) - len(todo)
        last_commit = time.monotonic()
        self._report(Progress("Embedding images", done, len(wanted)))
        images = starmap(Stored, todo.iter_rows())
        with closing(pictures(images, self._collection.thumbnail_of, self._originals, self._settings)) as found:
            for place, picture in enumerate(found, start=1):
                self._waiting.append(picture)
                if len(self._waiting) >= self._settings.batch_images:
                    self._encode()
                    self._report(Progress("Embedding images", done + place, len(wanted)))
                late = time.monotonic() - last_commit > LONGEST_CHUNK_SECONDS
                if late or sum(map(len, self._rows)) >= self._settings.chunk_rows:
                    self._commit()
                    last_commit = time.monotonic()
        self._encode()
        self._commit()
        self._report(Progress("Embedding images", len(wanted), len(wanted)))

    def hand_over(self) -> int:
        """Let the collection take the new vectors over; returns how many of them were made from thumbnails."""
        self._report(Progress("Building the index", 0, 0))
        wanted = self._wanted()
        from_thumbnails = self._made.count_from_thumbnails(wanted.select(KEY))
        if self._collection.encoder != self._fact:
            drop_scores(self._collection)  # they are similarities to the vectors that go
            with self._made.at_hand() as lookup:
                self._collection.pass_to(self._fact, lookup)
        elif len(wanted):
            with self._made.at_hand() as lookup:
                self._complete(wanted, lookup)
        self._made.drop()
        return from_thumbnails

    def _complete(self, wanted: pl.DataFrame, lookup: Lookup) -> None:
        """Fill in the vectors that the collection's own encoder had yet to make."""
        column = vector_column(self._collection.schema)
        for part in wanted.iter_slices(self._settings.chunk_rows):
            ids, hashes = part["id"].to_list(), part["content_hash"].to_list()
            self._collection.update(pa.table({"id": ids, column: lookup(ids, hashes)}))

    def _wanted(self) -> pl.DataFrame:
        """Id, address and content hash of the images that need a vector: all, or those that lack their own."""
        dataset = self._collection.dataset()
        own = self._collection.encoder == self._fact
        lacking = f"{vector_column(dataset.schema)} IS NULL" if own else None
        return pl.DataFrame(pl.from_arrow(dataset.to_table(columns=["id", "uri", "content_hash"], filter=lacking)))

    def _encode(self) -> None:
        """Encode what waits; without any original among the first images, ask before going on."""
        if not self._waiting:
            return
        self._originals_seen = self._originals_seen or not all(picture.from_thumbnail for picture in self._waiting)
        if not self._originals_seen and self.encoded + len(self._waiting) >= MOST_THUMBNAILS_ALONE:
            raise _no_originals(self._collection.name, self._encoder.name)
        with step("encode", len(self._waiting), len(self._waiting)):
            vectors = np.asarray(self._encoder.encode_images([picture.image for picture in self._waiting]), np.float32)
        if vectors.shape != (len(self._waiting), self._fact.dimension) or not np.isfinite(vectors).all():
            raise _odd_vectors(self._encoder.name, vectors.shape[-1], self._fact.dimension)
        self._rows.append(self._table(self._waiting, vectors))
        self.encoded += len(self._waiting)
        self._waiting = []

    def _commit(self) -> None:
        if self._rows:
            with step("write"):
                self._made.add(pa.concat_tables(self._rows))
            self._rows = []

    def _table(self, images: Sequence[Picture], vectors: np.ndarray[Any, np.dtype[np.float32]]) -> pa.Table:
        columns = [
            pa.array([picture.id for picture in images], pa.string()),
            pa.array([picture.content_hash for picture in images], pa.string()),
            pa.array([picture.from_thumbnail for picture in images], pa.bool_()),
            pa.FixedSizeListArray.from_arrays(pa.array(vectors.reshape(-1)), self._fact.dimension),
        ]
        return pa.table(columns, schema=self._made.schema)


def _no_originals(collection: str, encoder: str) -> SourceError:
    return SourceError(
        f"The originals of “{collection}” cannot be read.",
        f"Not one of the first {MOST_THUMBNAILS_ALONE} is where it was, or it is another picture now.",
        "Put the source back where it was and start again; or add --thumbnails to make vectors by "
        f"“{encoder}” of the thumbnails, which are at most 256 pixels wide.",
    )


def _odd_vectors(encoder: str, found: int, dimension: int) -> EncoderError:
    return EncoderError(
        f"The encoder “{encoder}” makes vectors that cannot be used.",
        f"Those of its texts have {dimension} components, those of pictures {found}; or some are not numbers.",
        "Its folder may be damaged or may not be a model of texts and pictures. See vitrine encoders for others.",
    )
