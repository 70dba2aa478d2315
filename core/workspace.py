"""The composition root: opens settings, collections, encoder and jobs, and hands them out."""

import hashlib
import os
import re
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from secrets import token_hex
from typing import Any

from core.audit.figures import Audit, load_audit, save_audit
from core.audit.run import AuditRequest, audit, index_of
from core.collection.ahead import Ahead
from core.collection.catalog import Catalog, Row
from core.collection.changes import put_back, record_delete
from core.collection.domain import Verdict, judge, read_reference
from core.collection.hashes import Hash
from core.collection.history import STAMP
from core.collection.indexes import index
from core.collection.schema import EncoderFact, check_name
from core.collection.storage import storing
from core.collection.store import Collection, find_collection, open_collections
from core.collection.vectors import check_same, embed_command, fact_of
from core.embed import Embedded, embed
from core.encoders.protocol import Encoder
from core.encoders.registry import load_encoder, locate, whole_name
from core.encoders.weights import Stamp, fingerprint, stamp
from core.errors import EncoderError, NotFoundError, StorageError, VitrineError
from core.evaluation.record import save_evaluation
from core.evaluation.run import EvaluationRequest, Subject, evaluate
from core.evaluation.scores import Evaluation
from core.ingest.decode import decode
from core.ingest.ledger import Ledger, latest_ledger, load_ledgers
from core.ingest.listed import WEB
from core.ingest.lock import only_writer
from core.ingest.pipeline import ingest, ledger_folder
from core.ingest.plan import IngestRequest
from core.ingest.progress import Progress, Report
from core.ingest.sources import OriginalReader
from core.jobs.job import Job
from core.jobs.runner import Jobs
from core.jobs.supervisor import Supervisor
from core.links import complete_link, image_link
from core.pictured import Pictured, Vector
from core.query.recipe import Accuracy, ImageId, Upload
from core.relevance import MadeUp
from core.search import Searcher
from core.settings import Settings
from core.signing import Signer
from core.timed import Timed
from core.tokens import Tokens
from core.uploads import Uploads

MOST_CATALOGS = 8  # collections mirrored at once
MOST_ENCODERS = 2  # loaded at once
WARM_AFTER_SECONDS = 1.5  # after the first page, so that it comes first
MOST_NAME_BYTES = 200  # of an uploaded file's name; systems allow 255


class Workspace:
    """Everything in one folder. Safe to share between threads; several processes may open the same one."""

    def __init__(self, settings: Settings, encoder: Encoder | None = None) -> None:
        self.settings = settings
        self.folder = settings.workspace
        self.jobs = Jobs(self.folder, settings.broker)
        self.timings = Timed()
        self.supervisor = Supervisor(self.jobs, self.folder)
        self.tokens = Tokens(self.folder)
        self.signer = Signer(self.folder)
        self.uploads = Uploads(self.folder / "uploads")
        self.originals = OriginalReader(settings)
        self._collections: dict[str, Collection] = {}
        self._catalogs: OrderedDict[str, Catalog] = OrderedDict()
        self._encoders: OrderedDict[tuple[str, Stamp], Encoder] = OrderedDict()  # loaded ones
        self._loading: dict[str, threading.Lock] = {}  # by name: one that takes long does not hold up another
        if encoder is not None:
            self._encoders[self._key(whole_name(settings.encoder, self.folder))] = encoder
        self._weights: dict[tuple[str, Stamp], str] = {}  # fingerprints
        self._warming: threading.Timer | None = None
        self._pictured = Pictured(settings)
        self._made_up = MadeUp()
        self._ahead = Ahead()
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
                self._catalogs[name] = held = Catalog(dataset)
            self._catalogs.move_to_end(name)
            while len(self._catalogs) > MOST_CATALOGS:
                self._catalogs.popitem(last=False)
        return held

    def searcher(self, name: str, catalog: Catalog | None = None) -> Searcher:
        """What answers recipes about a collection, at the version of a catalog or else at its latest."""
        catalog = catalog or self.catalog(name)
        encoder = partial(self._encoder_of, name, catalog.encoder)
        note = partial(self.timings.note, name)
        pictured = partial(self._picture_vector, name, catalog, encoder)
        recall = partial(self._recall, name, catalog)
        hashed = partial(self._picture_hashes, name, catalog)
        return Searcher(self.collection(name), catalog, encoder, pictured, note, self._made_up, hashed, recall)

    def audit(self, name: str, request: AuditRequest, report: Report = lambda progress: None) -> Audit:
        """Measure a collection's answers against exact ones, and keep the figures."""
        catalog, encoder = self.catalog(name), None
        with suppress(EncoderError):  # then images alone are asked
            encoder = self._encoder_of(name, catalog.encoder)
        found = audit(name, self.searcher(name, catalog), catalog, encoder, request, report)
        save_audit(self.folder, found)
        return found

    def latest_audit(self, name: str) -> Audit | None:
        """The audit of a collection, if there is one that still tells about it."""
        return self._audit(name, self.catalog(name))

    def _audit(self, name: str, catalog: Catalog) -> Audit | None:
        found = load_audit(self.folder, name)
        holds = found is not None and found.holds_for(catalog.count_all, catalog.encoder, index_of(catalog)[0])
        return found if holds else None

    def _recall(
        self, name: str, catalog: Catalog, accuracy: Accuracy, filtered: bool, probes: int
    ) -> tuple[float, int] | None:
        """The measured recall of such answers, and of how many images."""
        found = self._audit(name, catalog)
        recall = None if found is None else found.recall_of(accuracy, filtered=filtered, probes=probes)
        return None if found is None or recall is None else (recall, found.k)

    def encoder(self, name: str | None = None) -> Encoder:
        """An encoder by name, or the one for new collections; loaded at first use and when its weights change."""
        name = whole_name(self.settings.encoder if name is None else name, self.folder)
        key = self._key(name)
        with self._lock:
            loading = self._loading.setdefault(name, threading.Lock())
        with loading:
            if key not in self._encoders:
                for old in [held for held in self._encoders if held[0] == name]:
                    self._encoders.pop(old, None)
                self._encoders[key] = load_encoder(name, self.folder)
            with self._lock:
                self._encoders.move_to_end(key)
                while len(self._encoders) > MOST_ENCODERS:
                    self._encoders.popitem(last=False)
                return self._encoders[key]

    def _key(self, name: str) -> tuple[str, Stamp]:
        """What a loaded encoder is kept under: its name and the state of its files."""
        try:
            return name, stamp(locate(name, self.folder))
        except EncoderError:
            return name, ()

    def encoder_problem(self, name: str) -> EncoderError | None:
        """Why a collection's vectors cannot be searched, told without loading an encoder; None when they can."""
        made_by = self.catalog(name).encoder
        try:
            with _naming_a_way_on(name, made_by, self.settings):
                location = locate(made_by.name, self.folder)
                key = (made_by.name, stamp(location))
                if key not in self._weights:
                    self._weights[key] = fingerprint(location)
                own = EncoderFact(made_by.name, made_by.dimension, self._weights[key])
            check_same(name, made_by, own)
        except EncoderError as error:
            return error
        return None

    def encoder_of(self, name: str) -> Encoder:
        """The encoder that made a collection's vectors."""
        return self._encoder_of(name, self.collection(name).encoder)

    def _encoder_of(self, name: str, made_by: EncoderFact) -> Encoder:
        """The encoder that made a collection's vectors, whatever new collections get."""
        with _naming_a_way_on(name, made_by, self.settings):
            encoder = self.encoder(made_by.name)
        check_same(name, made_by, fact_of(encoder))
        return encoder

    def _chosen(self, name: str, encoder: str | None) -> Encoder:
        """The encoder a person named, or else the collection's own."""
        return self.encoder(encoder) if encoder else self.encoder_of(name)

    def warm_encoder(self, name: str | None = None) -> None:
        """Begin to load a collection's encoder in the background, so that the first search need not wait for it."""
        with self._lock:
            if self._warming is None:
                self._warming = threading.Timer(WARM_AFTER_SECONDS, self._load_quietly, (name,))
                self._warming.daemon = True
                self._warming.start()

    def _load_quietly(self, name: str | None) -> None:
        with suppress(VitrineError):  # the search that needs the encoder tells what is wrong
            self.encoder(None if name is None else self.collection(name).encoder.name)

    def encoder_is_loaded(self, name: str | None = None) -> bool:
        """Whether a collection's encoder, or that of new collections, is ready."""
        asked = self.settings.encoder if name is None else self.catalog(name).encoder.name
        return self._key(whole_name(asked, self.folder)) in self._encoders

    def ingest(self, request: IngestRequest, report: Report = lambda progress: None) -> Ledger:
        """Bring a source in, in this process."""
        return ingest(self.folder, request, partial(self._encoder_to_ingest, request), self.settings, report)

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
        """Queue a job and see to it that there is a worker."""
        job = self.jobs.submit(kind, parameters, collection, who, writes=writes)
        self.supervisor.ensure()
        return job

    def retry(self, id: str) -> Job:
        """Queue a failed or cancelled job again; it goes on from what it has written."""
        job = self.jobs.retry(id)
        self.supervisor.ensure()
        return job

    def start_audit(self, name: str, request: AuditRequest, who: str = "") -> Job:
        """Measure a collection's answers against exact ones, as a job."""
        asked = {"collection": self.collection(name).name, **asdict(request)}
        return self.submit("audit", asked, name, who, writes=False)

    def start_index(self, name: str, who: str = "") -> Job:
        """Make or extend a collection's indexes as a job."""
        return self.submit("index", {"collection": self.collection(name).name}, name, who)

    def index(self, name: str, report: Report = lambda progress: None) -> dict[str, Any]:
        """Make or extend a collection's indexes in this process."""
        collection = self.collection(name)
        with only_writer(self.folder, collection.name):
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
        chosen = self._chosen(name, encoder)
        return embed(self.folder, collection, chosen, self.originals, self.settings, report, thumbnails=thumbnails)

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

    def evaluate(self, name: str, request: EvaluationRequest, report: Report = lambda progress: None) -> Evaluation:
        """Score an encoder on a collection's own labels and texts."""
        catalog = self.catalog(name)
        encoder = self._chosen(name, request.encoder)
        subject = Subject(self.collection(name), catalog, self.originals, self.settings)
        return evaluate(subject, encoder, request, report)

    def keep_evaluation(self, evaluation: Evaluation) -> Path:
        """Write an evaluation into the workspace; returns its file."""
        return save_evaluation(self.folder, evaluation)

    def domain(self, name: str) -> Verdict | None:
        """Whether a collection's pictures are like those its encoder was trained on; None where nothing tells."""
        catalog = self.catalog(name)
        with suppress(EncoderError):  # of an encoder that is gone nothing is known
            reference = read_reference(Path(locate(catalog.encoder.name, self.folder)))
            return None if reference is None else judge(catalog.dataset, reference)
        return None

    def image_link(self, name: str, row: Row, part: str) -> str:
        """The address of an image's `thumbnail` or `original`, which a browser may fetch without a token."""
        sign = self.signer.sign if self.settings.read_needs_token else None
        return image_link(name, row.id, part, row.content_hash, sign)

    def complete_link(self, name: str) -> str:
        """The address where a browser asks, without a token, what may be typed next in a filter."""
        return complete_link(name, self.signer.sign if self.settings.read_needs_token else None)

    def image(self, name: str, id: str) -> Row:
        """What is known about one image, or a NotFoundError."""
        return _row(self.catalog(name), name, id)

    def thumbnail(self, name: str, id: str) -> tuple[Row, bytes]:
        """One image's row and its WebP thumbnail."""
        catalog = self.catalog(name)
        held = self._ahead.get(name, catalog.version, id)
        if held is not None:
            return held
        row = _row(catalog, name, id)
        return row, self.collection(name).thumbnails([row.rowid], catalog.dataset)[0]

    def read_ahead(self, name: str, catalog: Catalog, rows: Sequence[Row]) -> None:
        """Read together the thumbnails that a browser is about to ask for."""
        self._ahead.read(self.collection(name), catalog, rows)

    def original(self, name: str, id: str) -> bytes:
        """The original's bytes, read from where the image came from."""
        return self.originals.read(str(self.image(name, id).values["uri"]))

    def has_original(self, name: str, id: str) -> bool:
        """Whether the original is still there; an address on the web is believed, not asked."""
        uri = str(self.image(name, id).values["uri"])
        if WEB.match(uri):
            return True
        try:
            self.originals.read(uri)
        except VitrineError:
            return False
        return True

    def keep_originals(self, name: str, files: Sequence[tuple[str, bytes]]) -> Path:
        """Keep uploaded files in the workspace and return their folder, a source for an ingest.

        A file of the same name and other content gets its own name, so nothing is written over.
        """
        folder = self.folder / "originals" / self.collection(name).name
        with storing("the uploaded images"):
            folder.mkdir(parents=True, exist_ok=True)
            for file_name, data in files:
                path = folder / _plain_name(file_name)
                if path.exists() and path.read_bytes() != data:
                    path = folder / f"{path.stem}-{hashlib.sha256(data).hexdigest()[:8]}{path.suffix}"
                temporary = folder / f".{token_hex(4)}.part"
                temporary.write_bytes(data)
                os.replace(temporary, path)
        return folder

    def delete(self, name: str, ids: Sequence[str], who: str | None = None) -> str:
        """Move images to the trash; returns the deletion's name, by which it can be undone."""
        at = datetime.now(UTC).replace(tzinfo=None)
        deletion = at.strftime(STAMP)
        collection = self.collection(name)
        count = collection.delete(ids, deletion, at)
        if not count:
            raise NotFoundError("None of these images is in the collection.", "They may have been deleted already.")
        record_delete(self.folder, collection, deletion, count, who)
        return deletion

    def undo_delete(self, name: str, deletion: str, who: str | None = None) -> int:
        """Put a deletion's images back; returns how many there were."""
        return put_back(self.folder, self.collection(name), deletion, who)

    def keep_upload(self, data: bytes) -> str:
        """Keep a picture to search by; returns the digest that names it in a recipe."""
        decode(data, self.settings)
        return self.uploads.keep(data)

    def _picture_vector(
        self, name: str, catalog: Catalog, encoder: Callable[[], Encoder], term: ImageId | Upload
    ) -> Vector:
        """The vector of a picture that no collection holds one of: a given one, or a part of any."""
        if isinstance(term, Upload):
            return self._pictured.vector(
                encoder(), term.digest, lambda: (self.uploads.read(term.digest), True), term.box
            )
        row = _row(catalog, name, term.id)
        return self._pictured.vector(encoder(), row.content_hash, partial(self._seen, name, catalog, row), term.box)

    def _picture_hashes(self, name: str, catalog: Catalog, term: ImageId | Upload) -> dict[Hash, int]:
        """The hashes of a given picture, or of a part of any."""
        if isinstance(term, Upload):
            data = self.uploads.read(term.digest)
        else:
            data = self._seen(name, catalog, _row(catalog, name, term.id))[0]
        return dict(zip(Hash, self._pictured.hashes(data, term.box), strict=True))

    def _seen(self, name: str, catalog: Catalog, row: Row) -> tuple[bytes, bool]:
        """An image's original, or its thumbnail where that cannot be had or is another picture now; and which it is."""
        with suppress(VitrineError):
            data = self.originals.read(str(row.values["uri"]))
            if hashlib.sha256(data).hexdigest() == row.content_hash:
                return data, True
        return self.collection(name).thumbnails([row.rowid], catalog.dataset)[0], False


@contextmanager
def _naming_a_way_on(name: str, made_by: EncoderFact, settings: Settings) -> Iterator[None]:
    """Where a collection's encoder cannot be had, say which collection wants it and what else would work."""
    try:
        yield
    except EncoderError as error:
        raise EncoderError(
            f"The vectors of “{name}” were made by “{made_by.name}”, which cannot be had.",
            " ".join(part for part in (error.title, error.detail) if part),
            f"Put the encoder back, or make the vectors anew: {embed_command(name, settings.encoder)}",
        ) from error


def _plain_name(name: str) -> str:
    """A file's name without folders, short enough to be one."""
    last = re.split(r"[/\\]", name)[-1].replace("\0", "").lstrip(".") or "image"
    while len(last.encode()) > MOST_NAME_BYTES:
        last = last[1:]
    return last


def _row(catalog: Catalog, name: str, id: str) -> Row:
    rows = catalog.rows([id])
    if not rows:
        raise NotFoundError(f"There is no image “{id[:80]}” in “{name}”.", "It may have been deleted.")
    return rows[0]
