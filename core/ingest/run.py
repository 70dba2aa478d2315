"""One ingest under way: what the plan says is written, chunk by chunk, and counted."""

import time
from collections.abc import Callable, Sequence
from contextlib import closing, nullcontext

from core.collection.catalog import Catalog
from core.collection.indexes import index
from core.collection.schema import collection_schema
from core.collection.store import Collection
from core.collection.vectors import check_same, fact_of
from core.encoders.protocol import Encoder
from core.errors import ImageError
from core.ingest.decode import Decoded
from core.ingest.known import KnownImages, Verdict
from core.ingest.ledger import Entry, Subject
from core.ingest.metadata import changed_metadata
from core.ingest.plan import Plan
from core.ingest.progress import Progress, Report
from core.ingest.records import changed_rows, origin_rows, whole_rows
from core.ingest.sources import Item, Source
from core.ingest.stream import Batch, Encoded, decoded
from core.settings import Settings
from core.timing import step

LONGEST_CHUNK_SECONDS = 30.0  # a slow source commits at least this often
MOST_GROUP_IDS = 50  # named of one group of identical files


class Run:
    """Carries out one plan."""

    def __init__(
        self,
        collection: Collection,
        source: Source,
        known: KnownImages,
        plan: Plan,
        settings: Settings,
        report: Report,
    ) -> None:
        self._collection = collection
        self._source = source
        self._known = known
        self._plan = plan
        self._settings = settings
        self._report = report
        self._encoder: Encoder | None = None
        self._ready = False  # whether the collection is there with every column
        self._images: list[Encoded] = []  # of the chunk under way
        self._moved: list[Item] = []  # same content, other address or signature
        self._not_ours: set[str] = set()  # keys of files whose id is another image's, or may be

    def write(self, make_encoder: Callable[[], Encoder]) -> None:
        """Add what is new, update what has changed, complete the index, and count it all."""
        todo = self._todo()
        self._add(todo, make_encoder)
        self._prepare(make_encoder)
        self._update_metadata()
        stage = "Building the index"
        self._report(self._progress(stage, 0, 0))
        catalog = Catalog(self._collection.dataset())
        with step("index", catalog.count_all):
            index(self._collection, catalog, lambda done, total: self._report(self._progress(stage, done, total)))
        self._name_duplicates(catalog)
        self._name_rowless()

    def _todo(self) -> list[Item]:
        """Items that have to be read."""
        trash = self._collection.deleted_ids() if self._collection.exists() else set()
        todo = []
        for item in self._plan.items:
            if item.id in trash and item.id not in self._known:
                self._plan.counts.deleted_before += 1
                self._leave_out(item, "deleted-before", "Its image was deleted here; undo that to bring it back.")
            elif self._known.is_unchanged(item):
                self._plan.counts.images_unchanged += 1
            else:
                todo.append(item)
        return todo

    def _add(self, items: Sequence[Item], make_encoder: Callable[[], Encoder]) -> None:
        batch = Batch(lambda: self._checked(make_encoder), self._settings.batch_images)
        last_commit = time.monotonic()
        with closing(decoded(self._source, items, self._settings)) as outcomes:
            for done, (item, outcome) in enumerate(outcomes, start=1):
                if isinstance(outcome, ImageError):
                    self._quarantine(item, outcome)
                elif self._needs_vector(item, outcome):
                    batch.add(item, outcome)
                late = time.monotonic() - last_commit > LONGEST_CHUNK_SECONDS
                if batch.is_full or late:
                    self._images += batch.encode()
                    self._report(self._progress("Adding images", done, len(items)))
                if late or len(self._images) + len(self._moved) >= self._settings.chunk_rows:
                    self._commit(make_encoder)
                    last_commit = time.monotonic()
        self._images += batch.encode()
        self._commit(make_encoder)
        self._report(self._progress("Adding images", len(items), len(items)))

    def _needs_vector(self, item: Item, picture: Decoded) -> bool:
        """Whether the picture has to be encoded; counts it where it has not."""
        verdict = self._known.verdict(item, picture.content_hash)
        if verdict is Verdict.TAKEN:
            self._plan.counts.ids_taken += 1
            self._not_ours.add(item.key)
            holder = self._known.holder(item.id)
            self._leave_out(item, "id-taken", f"The id belongs to another image, from {holder}; that one is kept.")
        elif verdict in (Verdict.SAME, Verdict.SHARED):
            self._plan.counts.images_unchanged += 1
            if verdict is Verdict.SAME:
                self._moved.append(item)
        return verdict in (Verdict.NEW, Verdict.CHANGED)

    def _commit(self, make_encoder: Callable[[], Encoder]) -> None:
        """Write what has gathered; new and changed images are a commit each."""
        counts, source = self._plan.counts, self._source.location
        new = [image for image in self._images if image.item.id not in self._known]
        changed = [image for image in self._images if image.item.id in self._known]
        rows = len(new) + len(changed) + len(self._moved)
        with step("write", rows, rows) if rows else nullcontext():
            if new and not self._collection.exists():
                self._create(make_encoder, new)
            elif new:
                self._prepare(make_encoder)
                self._collection.append(whole_rows(self._plan, new, source, self._collection.schema))
            if changed:
                self._collection.update(changed_rows(changed, source, self._collection.schema))
            if self._moved:
                self._collection.update(origin_rows(self._moved, source))
        counts.images_added += len(new)
        counts.images_updated += len(changed)
        self._images, self._moved = [], []

    def _create(self, make_encoder: Callable[[], Encoder], images: Sequence[Encoded]) -> None:
        """Make the collection with its columns and first images in one commit, so that it is never there without."""
        fact = fact_of(self._checked(make_encoder))
        schema = collection_schema(fact, self._plan.fields, self._plan.labels)
        rows = whole_rows(self._plan, images, self._source.location, schema) if images else None
        self._collection.create(fact, self._plan.fields, self._plan.labels, rows)
        self._collection.keep_pipelines(self._plan.pipelines)
        self._ready = True

    def _prepare(self, make_encoder: Callable[[], Encoder]) -> None:
        """See that the collection is there with every column the plan needs."""
        if self._ready:
            return
        if not self._collection.exists():
            self._create(make_encoder, [])
        for field in self._plan.retyped:
            self._collection.retype(field)
        self._collection.ensure_columns(self._plan.fields, self._plan.labels)
        self._collection.keep_pipelines(self._plan.pipelines)
        self._ready = True

    def _checked(self, make_encoder: Callable[[], Encoder]) -> Encoder:
        """The encoder, when it is the one that the collection's vectors are from."""
        if self._encoder is None:
            encoder = make_encoder()
            if self._collection.exists():
                check_same(self._collection.name, self._collection.encoder, fact_of(encoder))
            self._encoder = encoder
        return self._encoder

    def _update_metadata(self) -> None:
        """Write the rows whose values differ from what the collection holds of this source's images."""
        known = [
            (item.key, item.id)
            for item in self._plan.items
            if item.id in self._known and item.key not in self._not_ours
        ]
        for rows in changed_metadata(self._collection, self._plan, known):
            self._report(self._progress("Updating metadata", self._plan.counts.metadata_updated, 0))
            self._collection.update(rows)
            self._plan.counts.metadata_updated += rows.num_rows

    def _name_duplicates(self, catalog: Catalog) -> None:
        groups = catalog.select(
            "SELECT content_hash, list(id ORDER BY id) FROM images GROUP BY content_hash HAVING count(*) > 1 ORDER BY 2"
        )
        self._plan.counts.duplicate_groups = len(groups)
        self._plan.counts.duplicate_images = sum(len(ids) for _, ids in groups)
        for digest, ids in groups:
            named = ", ".join(ids[:MOST_GROUP_IDS]) + (", …" if len(ids) > MOST_GROUP_IDS else "")
            reason = f"{len(ids)} images are byte-identical (SHA-256 {digest[:12]})."
            self._plan.entries.append(Entry(Subject.GROUP, "duplicate-files", named, ids[0], reason))

    def _name_rowless(self) -> None:
        plan = self._plan
        if not plan.table:
            return
        rowless = [item for item in plan.items if item.key not in plan.row_of and item.key not in plan.left_out]
        plan.counts.images_without_row = len(rowless)
        reason = "The table has no row for this image; the image is in."
        plan.entries += [Entry(Subject.FILE, "without-row", item.key, item.id, reason) for item in rowless]

    def _quarantine(self, item: Item, error: ImageError) -> None:
        self._plan.counts.unreadable += 1
        if item.id in self._known and self._known.holder(item.id) != self._source.location:
            self._not_ours.add(item.key)  # nobody can tell whether it is that image
        self._leave_out(item, error.code, str(error))

    def _leave_out(self, item: Item, outcome: str, reason: str) -> None:
        self._plan.entries.append(Entry(Subject.FILE, outcome, item.key, item.id, reason))
        self._plan.left_out.add(item.key)

    def _progress(self, stage: str, done: int, total: int) -> Progress:
        return Progress(stage, done, total, self._plan.counts.unreadable)
