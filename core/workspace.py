"""The composition root: opens settings, collections, encoders and jobs, and hands them out.

What is done with a collection is a function of the workspace, in a module of its subject (`core/operations/`); here is
what those share, and what brings collections in.
"""

import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

from core.audit.quoted import measured_recall
from core.collection.catalog import Catalog, Row
from core.collection.changes import put_back, take_out
from core.collection.indexes import index
from core.collection.schema import check_name
from core.collection.store import Collection, find_collection, open_collections
from core.embed import Embedded, embed
from core.encoders.protocol import Encoder
from core.encoders.registry import locate, whole_name
from core.errors import EncoderError, StorageError
from core.images import Images, row_of
from core.ingest.decode import decode
from core.ingest.kept import keep_files
from core.ingest.ledger import Ledger, latest_ledger, load_ledgers
from core.ingest.lock import only_writer
from core.ingest.pipeline import ingest, ledger_folder
from core.ingest.plan import IngestRequest
from core.ingest.progress import Progress, Report
from core.ingest.sources import OriginalReader
from core.jobs.job import Job
from core.jobs.runner import Jobs
from core.jobs.supervisor import Supervisor
from core.links import complete_link, image_link
from core.loaded import WARM_AFTER_SECONDS, Encoders
from core.query.recipe import Recipe, Upload
from core.query.url import from_parameters, to_parameters
from core.relevance import MadeUp
from core.search import Result, Searcher
from core.settings import Settings
from core.signing import Signer
from core.timings.recorder import Recorder
from core.tokens import Tokens
from core.uploads import Uploads

MOST_CATALOGS = 8  # collections mirrored at once


class Workspace:
    """Everything in one folder. Safe to share between threads; several processes may open the same one."""

    def __init__(self, settings: Settings, encoder: Encoder | None = None) -> None:
        self.settings = settings
        self.folder = settings.workspace
        self.jobs = Jobs(self.folder, settings.broker)
        self.timings = Recorder(self.folder, settings.timings_kept)
        self.supervisor = Supervisor(self.jobs, self.folder)
        self.tokens = Tokens(self.folder)
        self.signer = Signer(self.folder)
        self.uploads = Uploads(self.folder / "uploads")
        self.originals = OriginalReader(settings)
        self.encoders = Encoders(settings, encoder)
        self._images = Images(settings, self.originals, self.uploads)
        self._collections: dict[str, Collection] = {}
        self._catalogs: OrderedDict[str, Catalog] = OrderedDict()
        self._made_up = MadeUp()
        self._lock = threading.Lock()

    @classmethod
    def open(cls, settings: Settings, encoder: Encoder | None = None) -> "Workspace":
        """Open the workspace folder, making it if need be; an encoder that is loaded already need not be again."""
        try:
            settings.workspace.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StorageError(
                f"The workspace {settings.workspace} cannot be used.",
                error.strerror or str(error),
                "Set VITRINE_WORKSPACE to a folder that can be written.",
            ) from error
        return cls(settings, encoder)

    def names(self) -> list[str]:
        """The collections, sorted by name."""
        return open_collections(self.folder)

    def collection(self, name: str) -> Collection:
        """A collection by name, or a NotFoundError."""
        with self._lock:
            if name not in self._collections or not self._collections[name].exists():
                self._collections[name] = find_collection(self.folder, name)
            return self._collections[name]

    def catalog(self, name: str) -> Catalog:
        """The catalog of a collection's latest version."""
        dataset = self.collection(name).dataset()
        with self._lock:
            held = self._catalogs.get(name)
            if held is None or held.version != dataset.version:
                grown = None if held is None else held.followed_by(dataset)
                self._catalogs[name] = held = grown or Catalog(dataset)
            self._catalogs.move_to_end(name)
            while len(self._catalogs) > MOST_CATALOGS:
                self._catalogs.popitem(last=False)
        return held

    def searcher(self, name: str, catalog: Catalog | None = None) -> Searcher:
        """What answers recipes about a collection, at the version of a catalog or else at its latest."""
        catalog, collection = catalog or self.catalog(name), self.collection(name)
        encoder = partial(self.encoders.that_made, name, catalog.encoder)
        pictured = partial(self._images.vector, collection, catalog, encoder)
        note = partial(self._note, name)
        hashed = partial(self._images.hashes, collection, catalog)
        recall = partial(measured_recall, self.folder, name, catalog)
        return Searcher(collection, catalog, encoder, pictured, note, self._made_up, hashed, recall)

    def _note(self, name: str, recipe: Recipe, offset: int, result: Result) -> None:
        """Record what an answer cost."""
        self.timings.note(
            "search" if recipe.terms else "query",
            name,
            result.sentence,
            result.timings,
            recipe=to_parameters(recipe),
            first=offset,
            rows=len(result.hits),
            matching=result.matching,
        )

    def encoder(self, name: str | None = None) -> Encoder:
        """An encoder by name, or the one for new collections; loaded at first use and when its weights change."""
        return self.encoders.get(name)

    def encoder_problem(self, name: str) -> EncoderError | None:
        """Why a collection's vectors cannot be searched, told without loading an encoder; None when they can."""
        return self.encoders.problem(name, self.catalog(name).encoder)

    def encoder_of(self, name: str) -> Encoder:
        """The encoder that made a collection's vectors."""
        return self.encoders.that_made(name, self.collection(name).encoder)

    def chosen_encoder(self, name: str, encoder: str | None) -> Encoder:
        """The encoder a person named, or else the collection's own."""
        return self.encoder(encoder) if encoder else self.encoder_of(name)

    def warm_search(self, name: str | None = None) -> None:
        """Begin to load a collection's encoder and index in the background: the first search need not wait for them."""
        self.encoders.warm(lambda: None if name is None else self.collection(name).encoder.name)
        if name is not None:
            self.collection(name).warm_soon(WARM_AFTER_SECONDS)

    def encoder_is_loaded(self, name: str | None = None) -> bool:
        """Whether a collection's encoder, or that of new collections, is ready."""
        return self.encoders.is_loaded(None if name is None else self.catalog(name).encoder.name)

    def ingest(self, request: IngestRequest, report: Report = lambda progress: None) -> Ledger:
        """Bring a source in, in this process."""
        with self.timings.work("ingest", request.collection, "Ingest") as done:
            ledger = ingest(self.folder, request, partial(self._encoder_to_ingest, request), self.settings, report)
            done.rows = ledger.counts.images_added + ledger.counts.images_updated
        return ledger

    def _encoder_to_ingest(self, request: IngestRequest) -> Encoder:
        """A collection that is there goes on with its own encoder; a new one gets that of the settings."""
        if request.collection in self.names():
            return self.encoder_of(request.collection)
        return self.encoder()

    def start_ingest(self, request: IngestRequest, who: str = "") -> Job:
        """Bring a source in as a job."""
        check_name(request.collection)
        return self.submit("ingest", asdict(request), request.collection, who)

    def submit(
        self, kind: str, parameters: Mapping[str, Any], collection: str, who: str, *, writes: bool = True
    ) -> Job:  # fmt: skip
        """Queue a job and see to it that there is a worker, which finds the pictures that its recipe searches by."""
        self.keep_uploads(from_parameters(parameters.get("recipe") or {}))
        job = self.jobs.submit(kind, parameters, collection, who, writes=writes)
        self.supervisor.ensure()
        return job

    def retry(self, id: str) -> Job:
        """Queue a failed or cancelled job again; it goes on from what it has written."""
        job = self.jobs.retry(id)
        self.supervisor.ensure()
        return job

    def start_index(self, name: str, who: str = "") -> Job:
        """Make or extend a collection's indexes as a job."""
        return self.submit("index", {"collection": self.collection(name).name}, name, who)

    def index(self, name: str, report: Report = lambda progress: None) -> dict[str, Any]:
        """Make or extend a collection's indexes in this process."""
        collection = self.collection(name)
        with self.timings.work("index", name, "Indexing") as done, only_writer(self.folder, collection.name):
            done.rows = collection.count()
            index(collection, self.catalog(name), lambda done, total: report(Progress("Indexing", done, total)))
        return {"collection": collection.name, "images": collection.count()}

    def embed(
        self,
        name: str,
        encoder: str | None = None,
        report: Report = lambda progress: None,
        *,
        thumbnails: bool = False,
    ) -> Embedded:
        """Make a collection's vectors anew with an encoder, or complete those of its own; goes on where it stopped."""
        collection = self.collection(name)
        chosen = self.chosen_encoder(name, encoder)
        with self.timings.work("embed", name, f"Embedding by {chosen.name}") as done:
            made = embed(
                self.folder, collection, chosen, self.originals, self.settings, report, thumbnails=thumbnails
            )  # fmt: skip
            done.rows = made.encoded
        return made

    def start_embed(self, name: str, encoder: str | None = None, *, thumbnails: bool = False, who: str = "") -> Job:
        """Make a collection's vectors anew as a job."""
        collection = self.collection(name)
        whole = whole_name(encoder, self.folder) if encoder else collection.encoder.name
        locate(whole, self.folder)
        parameters = {"collection": collection.name, "encoder": whole, "thumbnails": thumbnails}
        return self.submit("embed", parameters, collection.name, who)

    def ledger(self, name: str) -> Ledger:
        """The last ingest's ledger of a collection."""
        self.collection(name)
        return latest_ledger(ledger_folder(self.folder, name), name)

    def ledgers(self, name: str) -> list[Ledger]:
        """Every ingest's ledger, latest first."""
        return load_ledgers(ledger_folder(self.folder, name))

    def image_link(self, name: str, row: Row, part: str) -> str:
        """The address of an image's `thumbnail` or `original`, which a browser may fetch without a token."""
        sign = self.signer.sign if self.settings.read_needs_token else None
        return image_link(name, row.id, part, row.content_hash, sign)

    def complete_link(self, name: str) -> str:
        """The address where a browser asks, without a token, what may be typed next in a filter."""
        return complete_link(name, self.signer.sign if self.settings.read_needs_token else None)

    def image(self, name: str, id: str) -> Row:
        """What is known about one image, or a NotFoundError."""
        return row_of(self.catalog(name), name, id)

    def thumbnail(self, name: str, id: str) -> tuple[Row, bytes]:
        """One image's row and its WebP thumbnail."""
        return self._images.thumbnail(self.collection(name), self.catalog(name), id)

    def read_ahead(self, name: str, catalog: Catalog, rows: Sequence[Row]) -> None:
        """Read together the thumbnails that a browser is about to ask for."""
        self._images.read_ahead(self.collection(name), catalog, rows)

    def original(self, name: str, id: str) -> bytes:
        """The original's bytes, read from where the image came from."""
        return self.originals.read(str(self.image(name, id).values["uri"]))

    def has_original(self, name: str, id: str) -> bool:
        """Whether the original is still there; an address on the web is believed, not asked."""
        return self.originals.has(str(self.image(name, id).values["uri"]))

    def keep_originals(self, name: str, files: Sequence[tuple[str, bytes]]) -> Path:
        """Keep uploaded files in the workspace and return their folder, a source for an ingest."""
        folder = self.folder / "originals" / self.collection(name).name
        keep_files(folder, files)
        return folder

    def delete(self, name: str, ids: Sequence[str], who: str | None = None) -> str:
        """Move images to the trash; returns the deletion's name, by which it can be undone."""
        with self.timings.work("edit", name, "Deletion") as done:
            deletion = take_out(self.folder, self.collection(name), ids, who)
            done.rows = len(ids)
        return deletion

    def undo_delete(self, name: str, deletion: str, who: str | None = None) -> int:
        """Put a deletion's images back; returns how many there were."""
        return put_back(self.folder, self.collection(name), deletion, who)

    def hold_upload(self, data: bytes) -> str:
        """Hold a picture to search by in memory; returns the digest that names it in a recipe."""
        decode(data, self.settings)
        return self.uploads.hold(data)

    def keep_uploads(self, recipe: Recipe) -> None:
        """Store the given pictures that a recipe searches by, since what it is for outlives this process."""
        for term in recipe.terms:
            if isinstance(term, Upload):
                self.uploads.keep(term.digest)
