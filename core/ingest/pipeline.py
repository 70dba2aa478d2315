"""Ingest: from a source to a searchable collection, in chunks that are each one commit.

Killed at any point and started again it goes on where it stopped: what is in the collection is known by its
address and signature and passed over, and a chunk is in whole or not at all.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

import polars as pl
import pyarrow as pa
from filelock import FileLock, Timeout

from core.collection.catalog import Catalog
from core.collection.schema import check_name
from core.collection.store import Collection
from core.collection.vectors import check_same, fact_of
from core.encoders.protocol import Encoder
from core.errors import BusyError, ImageError
from core.ingest.decode import Decoded, decode
from core.ingest.ledger import Entry, Ledger, Subject, save_ledger
from core.ingest.memory import peak_rss_mb
from core.ingest.plan import IngestRequest, Plan, make_plan
from core.ingest.sources import Item, Source, open_source
from core.query.columns import Kind
from core.settings import Settings

LONGEST_CHUNK_SECONDS = 30.0  # a slow source commits at least this often
UPDATE_ROWS = 50_000
MOST_GROUP_IDS = 50  # named of one group of identical files


@dataclass(frozen=True)
class Progress:
    """Where an ingest is."""

    stage: str  # such as "Reading the source", "Adding images"
    done: int
    total: int
    bad: int = 0  # files put into quarantine so far


Report = Callable[[Progress], None]


@dataclass(frozen=True)
class _Known:
    id: str
    source: str
    signature: str
    content_hash: str


def ingest(
    folder: Path,
    request: IngestRequest,
    encoder: Callable[[], Encoder],
    settings: Settings,
    report: Report = lambda progress: None,
) -> Ledger:
    """Bring a source into a collection of the workspace `folder`, and write its ledger."""
    check_name(request.collection)
    started = time.monotonic()
    at = datetime.now(UTC)
    with _only_writer(folder, request.collection):
        report(Progress("Reading the source", 0, 0))
        source = open_source(request.source, settings, image_column=request.image_column, id_column=request.id_column)
        try:
            collection = Collection(folder, request.collection)
            run = _Run(collection, source, settings, report)
            plan = run.plan(request)
            run.write(plan, encoder)
        finally:
            source.close()
        ledger = Ledger(
            run=at.strftime("%Y%m%dT%H%M%S%fZ"),
            source=source.location,
            table=plan.table,
            at=at.isoformat(timespec="seconds"),
            seconds=time.monotonic() - started,
            peak_rss_mb=peak_rss_mb(),
            counts=plan.counts,
            notes=plan.notes,
            entries=tuple(plan.entries),
        )
        save_ledger(ledger_folder(folder, request.collection), ledger)
    return ledger


def ledger_folder(folder: Path, collection: str) -> Path:
    """Where a collection's ledgers are."""
    return folder / "ledgers" / check_name(collection)


def _only_writer(folder: Path, name: str) -> "_Writer":
    return _Writer(folder / "locks" / f"{name}.lock", name)


class _Writer:
    """One ingest at a time may write a collection; the system frees the lock of a killed one."""

    def __init__(self, path: Path, name: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = FileLock(path)
        self._name = name

    def __enter__(self) -> None:
        try:
            self._lock.acquire(timeout=0)
        except Timeout:
            raise BusyError(
                f"Another ingest is writing to “{self._name}”.",
                "Only one may write to a collection at a time.",
                "Wait until it has finished, then start this one again.",
            ) from None

    def __exit__(self, *_: object) -> None:
        self._lock.release()


class _Run:
    """One ingest under way."""

    def __init__(self, collection: Collection, source: Source, settings: Settings, report: Report) -> None:
        self.collection = collection
        self.source = source
        self.settings = settings
        self.report = report
        self.known: dict[str, _Known] = {}  # uri -> what is in the collection
        self.ids: dict[str, _Known] = {}

    def plan(self, request: IngestRequest) -> Plan:
        if self.collection.exists():
            rows = self.collection.read(["id", "uri", "source", "signature", "content_hash"]).drop_columns(["_rowid"])
            for id, uri, source, signature, digest in zip(
                *(rows[name].to_pylist() for name in rows.column_names), strict=True
            ):
                self.known[uri] = self.ids[id] = _Known(id, source, signature, digest)
        return make_plan(request, self.source, self.collection, {uri: item.id for uri, item in self.known.items()})

    def write(self, plan: Plan, make_encoder: Callable[[], Encoder]) -> None:
        counts = plan.counts
        trash = self.collection.deleted_ids() if self.collection.exists() else set()
        todo = []
        for item in plan.items:
            known = self.ids.get(item.id)
            if item.id in trash and known is None:
                counts.deleted_before += 1
                reason = "Its image was deleted here; undo the deletion to bring it back."
                plan.entries.append(Entry(Subject.FILE, "deleted-before", item.key, item.id, reason))
                plan.left_out.add(item.key)
            elif known is not None and known.source == self.source.location and known.signature == item.signature:
                counts.images_unchanged += 1
            else:
                todo.append(item)
        if todo or not self.collection.exists():
            self._check_encoder(make_encoder)
            self.collection.ensure_columns(plan.fields, plan.labels)
            self._add(plan, todo, make_encoder())
        else:
            self.collection.ensure_columns(plan.fields, plan.labels)
        self._update_metadata(plan)
        self._index(plan)
        _name_rowless(plan)

    def _check_encoder(self, make_encoder: Callable[[], Encoder]) -> None:
        own = fact_of(make_encoder())
        if self.collection.exists():
            check_same(self.collection.encoder, own)
        else:
            self.collection.create(own)

    def _add(self, plan: Plan, items: Sequence[Item], encoder: Encoder) -> None:
        chunk: list[tuple[Item, Decoded]] = []
        vectors: list[list[float]] = []
        batch: list[tuple[Item, Decoded]] = []
        last_commit = time.monotonic()

        def encode() -> None:
            vectors.extend(encoder.encode_images([decoded.image for _, decoded in batch]))
            chunk.extend(batch)
            batch.clear()

        for done, (item, outcome) in enumerate(self._decoded(items), start=1):
            if isinstance(outcome, ImageError):
                self._quarantine(plan, item, outcome)
            elif self._is_new(plan, item, outcome):
                batch.append((item, outcome))
            if len(batch) >= self.settings.batch_images:
                encode()
                self.report(Progress("Adding images", done, len(items), plan.counts.unreadable))
            late = time.monotonic() - last_commit > LONGEST_CHUNK_SECONDS
            if len(chunk) >= self.settings.chunk_rows or (late and chunk):
                self._commit(plan, chunk, vectors)
                last_commit = time.monotonic()
        if batch:
            encode()
        if chunk:
            self._commit(plan, chunk, vectors)
        self.report(Progress("Adding images", len(items), len(items), plan.counts.unreadable))

    def _decoded(self, items: Sequence[Item]) -> Iterator[tuple[Item, Decoded | ImageError]]:
        """Read and decode in threads, a bounded number ahead, in the items' order."""
        threads = max(1, self.settings.decode_threads)
        with ThreadPoolExecutor(threads, thread_name_prefix="decode") as pool:
            waiting = iter(items)
            ahead: list[tuple[Item, Future[Decoded | ImageError]]] = [
                (item, pool.submit(self._decode, item)) for item in islice(waiting, threads * 8)
            ]
            while ahead:
                item, future = ahead.pop(0)
                yield item, future.result()
                for following in islice(waiting, 1):
                    ahead.append((following, pool.submit(self._decode, following)))

    def _decode(self, item: Item) -> Decoded | ImageError:
        try:
            return decode(self.source.read(item), self.settings)
        except ImageError as error:
            return error

    def _quarantine(self, plan: Plan, item: Item, error: ImageError) -> None:
        plan.counts.unreadable += 1
        plan.entries.append(Entry(Subject.FILE, error.code, item.key, item.id, str(error)))
        plan.left_out.add(item.key)

    def _is_new(self, plan: Plan, item: Item, decoded: Decoded) -> bool:
        """Whether the image is to be written; an id of another source is never overwritten."""
        known = self.ids.get(item.id)
        if known is None or known.source == self.source.location:
            return True
        if known.content_hash != decoded.content_hash:
            plan.counts.ids_taken += 1
            reason = f"The id belongs to another image, from {known.source}; that one is kept."
            plan.entries.append(Entry(Subject.FILE, "id-taken", item.key, item.id, reason))
            plan.left_out.add(item.key)
            return False
        if Path(known.source).exists():
            plan.counts.images_unchanged += 1
            return False
        return True  # the same picture, whose old source is gone

    def _commit(self, plan: Plan, chunk: list[tuple[Item, Decoded]], vectors: list[list[float]]) -> None:
        self.collection.upsert(_arrow_rows(plan, chunk, vectors, self.source.location, self.collection.schema))
        for item, _ in chunk:
            if item.id in self.ids:
                plan.counts.images_updated += 1
            else:
                plan.counts.images_added += 1
        chunk.clear()
        vectors.clear()

    def _update_metadata(self, plan: Plan) -> None:
        """Write the rows whose values differ from what the collection holds."""
        if plan.frame is None or not plan.row_of or not self.ids:
            return
        names = plan.frame.columns
        rows = [(item.id, plan.row_of[item.key]) for item in plan.items if item.key in plan.row_of]
        wanted = plan.frame[[row for _, row in rows]].with_columns(pl.Series("id", [id for id, _ in rows], pl.String))
        own = self.collection.dataset().to_table(columns=["id", "source", *names])
        held = pl.DataFrame(pl.from_arrow(own)).filter(pl.col("source") == self.source.location).drop("source")
        both = wanted.join(held, on="id", suffix="__held")
        differs = pl.any_horizontal([pl.col(name).ne_missing(pl.col(f"{name}__held")) for name in names])
        changed = both.filter(differs).select("id", *names) if names else both.clear()
        plan.counts.metadata_updated = len(changed)
        schema = self.collection.schema
        for part in changed.iter_slices(UPDATE_ROWS):
            fields = pa.schema([pa.field(name, schema.field(name).type) for name in part.columns])
            self.collection.update(part.to_arrow().cast(fields))

    def _index(self, plan: Plan) -> None:
        self.report(Progress("Building the index", 0, 0, plan.counts.unreadable))
        catalog = Catalog(self.collection.dataset())
        categories = [column.name for column in catalog.of_kind(Kind.CATEGORY)]
        ranges = [column.name for column in catalog.of_kind(Kind.NUMBER, Kind.YEAR, Kind.DATE)]
        self.collection.build_indexes(categories, ranges)
        groups = catalog.select(
            "SELECT content_hash, list(id ORDER BY id) FROM images GROUP BY content_hash HAVING count(*) > 1 ORDER BY 2"
        )
        plan.counts.duplicate_groups = len(groups)
        plan.counts.duplicate_images = sum(len(ids) for _, ids in groups)
        for digest, ids in groups:
            named = ", ".join(ids[:MOST_GROUP_IDS]) + (", …" if len(ids) > MOST_GROUP_IDS else "")
            reason = f"{len(ids)} images are byte-identical (SHA-256 {digest[:12]})."
            plan.entries.append(Entry(Subject.GROUP, "duplicate-files", named, ids[0], reason))


def _name_rowless(plan: Plan) -> None:
    if not plan.table:
        return
    rowless = [item for item in plan.items if item.key not in plan.row_of and item.key not in plan.left_out]
    plan.counts.images_without_row = len(rowless)
    reason = "The table has no row for this image; the image is in."
    plan.entries += [Entry(Subject.FILE, "without-row", item.key, item.id, reason) for item in rowless]


def _arrow_rows(
    plan: Plan,
    chunk: Sequence[tuple[Item, Decoded]],
    vectors: Sequence[Sequence[float]],
    source: str,
    schema: pa.Schema,
) -> pa.Table:
    items = [item for item, _ in chunk]
    images = [decoded for _, decoded in chunk]
    now = datetime.now(UTC).replace(tzinfo=None)
    values: dict[str, object] = {
        "id": [item.id for item in items],
        "uri": [item.uri for item in items],
        "source": [source] * len(items),
        "signature": [item.signature for item in items],
        "content_hash": [image.content_hash for image in images],
        "width": [image.width for image in images],
        "height": [image.height for image in images],
        "phash": [image.phash for image in images],
        "dhash": [image.dhash for image in images],
        "tags": [[] for _ in items],
        "added_at": [now] * len(items),
        "thumbnail": [image.thumbnail for image in images],
        "vector": vectors,
    }
    rows = [plan.row_of.get(item.key) for item in items]
    if plan.frame is not None:
        taken = pl.Series([len(plan.frame) if row is None else row for row in rows], dtype=pl.UInt32)
        padded = pl.concat([plan.frame, plan.frame.clear(1)]) if None in rows else plan.frame
        values |= {name: column.to_arrow() for name, column in padded[taken].to_dict().items()}
    arrays = [
        pa.array(values[field.name], field.type)
        if isinstance(values.get(field.name), list)
        else values[field.name].cast(field.type)  # type: ignore[attr-defined]
        if field.name in values
        else pa.nulls(len(items), field.type)
        for field in schema
    ]
    return pa.table(arrays, schema=schema)
