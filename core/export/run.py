"""One attempt at a bundle: its images, its table, what stands beside them, and the manifest at last."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from functools import partial
from itertools import chain
from typing import Any, TextIO

from core.collection.catalog import Catalog
from core.collection.store import Collection
from core.export.card import CARD, card
from core.export.coco import COCO, Companion, file_size, opened_coco, original_size
from core.export.columns import table_fields, table_row
from core.export.embeddings import FILES, WITHOUT, Told, opened_embeddings
from core.export.files import FileFact, fact_of
from core.export.formats import FORMATS, json_line
from core.export.images import Failure, ImageFolder, Originals, Thumbnails
from core.export.journal import Journal, Kept
from core.export.layouts import LAYOUTS
from core.export.manifest import MANIFEST, head_of, tool_version, write_manifest
from core.export.pack import pack
from core.export.placing import namer, pather
from core.export.request import ExportRequest
from core.export.selection import Selection
from core.export.shards import pack_shards, sample_line
from core.export.sweep import sweep
from core.export.work import Work
from core.ingest.originals import OriginalReader
from core.ingest.progress import Progress, Report
from core.search import Hit

FAILURES = "failures.jsonl"
READ_THREADS = 4  # originals under way at once
JOURNAL_EVERY = 50  # images; a killed export reads these again, and the parts that threads have under way


@dataclass(frozen=True)
class Material:
    """What a bundle is made from."""

    collection: Collection
    catalog: Catalog
    originals: OriginalReader
    request: ExportRequest
    selection: Selection


class Run:
    """One attempt."""

    def __init__(self, work: Work, material: Material, journal: Journal, report: Report) -> None:
        self._work = work
        self._collection = material.collection
        self._catalog = material.catalog
        self._originals = material.originals
        self._request = material.request
        self._selection = material.selection
        self._journal = journal
        self._report = report
        self._layout = LAYOUTS[self._request.layout]
        self._with_images = self._request.images != "none"
        header = self._layout.file_header if self._with_images else ""
        self._fields = table_fields(self._catalog, file=header, with_score=self._selection.scored)
        self._table = f"{self._layout.table}metadata{FORMATS[self._request.metadata].suffix}"
        self._path_of = pather(self._request)
        self._unnoted: list[tuple[int, Kept]] = []  # images that the journal does not know yet
        self._told = Told()
        self._shards: list[FileFact] = []
        self._first: list[FileFact] = []  # what stands in the manifest before the images
        self._done = 0
        self.failed = 0

    def write(self, found: Iterable[list[Hit]]) -> None:
        """Write every image, its row in the table, what else is said of it, and why it has no file if it has none."""
        failures = self._work.bundle / FAILURES
        with ExitStack() as stack:
            table = self._work.bundle / self._table
            write = stack.enter_context(FORMATS[self._request.metadata].opened(table, self._fields))
            failed = stack.enter_context(failures.open("w", encoding="utf-8", newline=""))
            images = self._images(stack) if self._with_images else None
            companions = list(self._companions(stack))
            self._tell()
            for page in found:
                kept = {} if images is None else self._write_images(images, page, failed)
                paths = {id: self._path_of(one) for id, one in kept.items()}
                write(self._rows(page, paths))
                for companion in companions:
                    companion(page, kept, paths)
                self._done += 0 if self._with_images else len(page)
                self._tell()
        if not self.failed:
            failures.unlink()

    def finish(self) -> tuple[int, int]:
        """Drop what does not belong, write the manifest and pack; returns the bytes and files of the bundle."""
        bundle, manifest = self._work.bundle, self._work.bundle / MANIFEST
        if self._request.layout == "webdataset":
            tell = partial(self._tell_packing, "Packing the shards", self._selection.rows - self.failed)
            self._shards = pack_shards(self._work.images, self._work.samples, bundle, tell)
        if self._request.layout == "imagefolder":
            self._write_card()
        self._sweep()
        head = head_of(
            self._catalog, self._request, self._selection, self.failed, self._fields, self._more_counts()
        )  # fmt: skip
        self._first = [*(fact_of(bundle / name, name) for name in self._names()), *self._shards]
        total = write_manifest(manifest, head, self.files()) + manifest.stat().st_size
        lone = self._with_images and bool(self._layout.images)
        count = len(self._first) + 1 + (self._selection.rows - self.failed if lone else 0)
        if self._request.layout == "zip":
            names = (fact.file for fact in self.files())
            tell = partial(self._tell_packing, "Packing the archive", count)
            pack(bundle, names, self._work.archive, tell)
            total = self._work.archive.stat().st_size
        return total, count

    def files(self) -> Iterator[FileFact]:
        """Every file of the bundle but its manifest."""
        return chain(self._first, self._image_facts())

    def _rows(self, page: Sequence[Hit], paths: Mapping[str, str]) -> list[list[Any]]:
        """A page's rows; an imagefolder's loader wants none without a file."""
        taken = [hit for hit in page if hit.row.id in paths] if self._layout.by_class else page
        return [table_row(hit, paths.get(hit.row.id), self._fields) for hit in taken]

    def _companions(self, stack: ExitStack) -> Iterator[Companion]:
        """What is written beside the table, image by image."""
        request, bundle = self._request, self._work.bundle
        if request.annotations == "coco":
            size_of = partial(file_size, self._work.images) if request.images == "thumbnail" else original_size
            info = {"description": self._selection.sentence, "version": tool_version(), "contributor": "Vitrine"}
            part = self._work.parts / COCO
            place = self._layout.table and f"{self._layout.images}/"
            opened = opened_coco(bundle / COCO, part, self._catalog, request.label_column, info, place, size_of)
            yield stack.enter_context(opened)
        if request.embeddings != "none":
            yield stack.enter_context(opened_embeddings(bundle, request.embeddings, self._catalog, self._told))
        if request.layout == "webdataset":
            samples = stack.enter_context(self._work.samples.open("w", encoding="utf-8", newline=""))
            yield partial(self._note_samples, samples)

    def _note_samples(
        self, samples: TextIO, page: Sequence[Hit], kept: Mapping[str, Kept], paths: Mapping[str, str]
    ) -> None:
        for hit in page:
            if hit.row.id in kept:
                values = table_row(hit, None, self._fields)
                known = {
                    field.header: value for field, value in zip(self._fields, values, strict=True)
                    if field.header != self._layout.file_header or field.column
                }  # fmt: skip
                samples.write(sample_line(paths[hit.row.id].partition("!/")[0], kept[hit.row.id].file, known))

    def _images(self, stack: ExitStack) -> Originals | Thumbnails:
        folder = ImageFolder(self._work.images, self._work.parts, namer(self._request, self._catalog))
        if self._request.images == "thumbnail":
            return Thumbnails(self._collection, self._catalog, folder)
        pool = ThreadPoolExecutor(READ_THREADS, thread_name_prefix="export")
        stack.callback(pool.shutdown, wait=True, cancel_futures=True)
        return Originals(self._originals, folder, pool, READ_THREADS)

    def _write_images(self, images: Originals | Thumbnails, page: Sequence[Hit], failed: TextIO) -> dict[str, Kept]:
        """Put a page's images into the bundle; returns them by id, in their order."""
        files = {}
        known = self._journal.of([hit.row.id for hit in page])
        for outcome in images.write([hit.row for hit in page], known):
            if isinstance(outcome, Failure):
                self.failed += 1
                failed.write(json_line(asdict(outcome)))
            else:
                files[outcome.id] = outcome
                self._unnoted.append((self._done, outcome))
            self._done += 1
            if self._done % JOURNAL_EVERY == 0:
                self._note()
                self._tell()
        self._note()
        return files

    def _note(self) -> None:
        self._journal.place(self._unnoted)
        self._unnoted = []

    def _write_card(self) -> None:
        whole = self._selection.rows - self.failed
        text = card(self._request, self._selection, self._catalog.encoder.name, whole, self.failed)
        (self._work.bundle / CARD).write_text(text, encoding="utf-8", newline="")

    def _names(self) -> list[str]:
        """The bundle's files that are neither images, shards nor the manifest, in the manifest's order."""
        request = self._request
        names = [self._table, *([FAILURES] if self.failed else [])]
        names += [CARD] if request.layout == "imagefolder" else []
        names += [COCO] if request.annotations == "coco" else []
        return [*names, *FILES[request.embeddings], *([WITHOUT] if self._told.without_vector else [])]

    def _more_counts(self) -> dict[str, int]:
        return asdict(self._told) if self._request.embeddings != "none" else {}

    def _sweep(self) -> None:
        """Drop files of an earlier attempt that are not of this result."""
        expected = {*self._names(), *(fact.file for fact in self._shards)}
        images = f"{self._layout.images}/" if self._with_images and self._layout.images else ""

        def belongs(file: str) -> bool:
            is_image = bool(images) and file.startswith(images)
            return file in expected or (is_image and self._journal.is_placed(file.removeprefix(images)))

        sweep(self._work.bundle, belongs, stays=images)

    def _image_facts(self) -> Iterator[FileFact]:
        if not self._layout.images:
            return iter(())
        before = f"{self._layout.images}/"
        return (FileFact(before + kept.file, kept.bytes, kept.sha256) for kept in self._journal.placed())

    def _tell(self) -> None:
        stage = "Exporting images" if self._with_images else "Exporting rows"
        self._report(Progress(stage, self._done, self._selection.rows, self.failed))

    def _tell_packing(self, stage: str, total: int, done: int) -> None:
        self._report(Progress(stage, done, total, self.failed))
