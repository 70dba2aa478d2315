"""A result as a bundle: its images, what is known about them, and a manifest of where all that comes from.

Killed at any point and started again with the same request it goes on where it stopped, and ends as one that nobody
disturbed. Images are read and written one by one and rows page by page, so memory does not grow with the result.
"""

import os
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import asdict, dataclass
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any, TextIO

from core.collection.catalog import Catalog
from core.collection.storage import storing
from core.collection.store import Collection
from core.export.columns import table_fields, table_row
from core.export.files import FileFact, fact_of
from core.export.formats import FORMATS, json_line
from core.export.images import Failure, ImageFolder, Originals, Thumbnails
from core.export.journal import Journal, Kept
from core.export.manifest import MANIFEST, head_of, tool_version, write_manifest
from core.export.names import ids_alike
from core.export.pack import pack
from core.export.request import ExportRequest, read_recipe
from core.export.selection import Selection, check, pages, select
from core.export.work import Work, at_work
from core.ingest.originals import OriginalReader
from core.ingest.progress import Progress, Report
from core.search import Hit, Searcher

FORM = 1  # of what an interrupted export leaves behind; another form is not gone on with
FAILURES = "failures.jsonl"
IMAGES = "images"
READ_THREADS = 4  # originals under way at once
JOURNAL_EVERY = 50  # images; a killed export reads so many again at the most


@dataclass(frozen=True)
class Exported:
    """A finished bundle."""

    path: Path  # of its folder or archive
    collection: str
    matching: int  # images that pass the filter
    rows: int  # images in the bundle's table
    exported: int  # of these, complete: with their file where images were asked for
    failed: int  # of these, without their file, each with a reason in failures.jsonl
    exact: bool
    files: int
    bytes: int  # of all files together, or of the archive
    notes: tuple[str, ...]  # what is other than the recipe says
    seconds: float  # wall clock

    def summary(self) -> dict[str, Any]:
        """Every fact as plain JSON."""
        return {
            **asdict(self), "path": str(self.path), "notes": list(self.notes), "seconds": round(self.seconds, 2)
        }  # fmt: skip


def export(
    folder: Path,
    collection: Collection,
    catalog: Catalog,
    searcher: Searcher,
    originals: OriginalReader,
    request: ExportRequest,
    report: Report = lambda progress: None,
) -> Exported:
    """Write a result's bundle into the workspace `folder`, under exports/; the searcher has to be of this catalog."""
    started = time.monotonic()
    recipe = read_recipe(request, collection.name)
    check(catalog, recipe)
    identity = {"form": FORM, "tool": tool_version(), **request.identity}
    with at_work(folder, request) as work, storing(f"the export “{request.name}”"):
        work.check_target(request)
        report(Progress("Finding the images", 0, 0))
        selection = work.prepare(identity, catalog.version, request.images != "none")
        if selection is None:
            selection = select(catalog, searcher, recipe, request.whole)
            work.keep_plan(identity, catalog.version, selection)
        with closing(Journal(work.journal)) as journal:
            run = _Run(work, collection, catalog, originals, request, selection, journal, report)
            run.write(pages(catalog, selection, recipe))
            total, files = run.finish()
        work.finish(request.layout)
    return Exported(
        path=work.final,
        collection=collection.name,
        matching=selection.matching,
        rows=selection.rows,
        exported=selection.rows - run.failed,
        failed=run.failed,
        exact=selection.exact,
        files=files,
        bytes=total,
        notes=selection.notes,
        seconds=time.monotonic() - started,
    )


class _Run:
    """One attempt at a bundle."""

    def __init__(
        self,
        work: Work,
        collection: Collection,
        catalog: Catalog,
        originals: OriginalReader,
        request: ExportRequest,
        selection: Selection,
        journal: Journal,
        report: Report,
    ) -> None:
        self._work = work
        self._collection = collection
        self._catalog = catalog
        self._originals = originals
        self._request = request
        self._selection = selection
        self._journal = journal
        self._report = report
        self._with_images = request.images != "none"
        self._fields = table_fields(catalog, with_file=self._with_images, with_score=selection.scored)
        self._table = f"metadata{FORMATS[request.metadata].suffix}"
        self._unnoted: list[tuple[int, Kept]] = []  # images that the journal does not know yet
        self._done = 0
        self.failed = 0

    def write(self, found: Iterable[list[Hit]]) -> None:
        """Write every image, its row in the table, and why it has no file where it has none."""
        failures = self._work.bundle / FAILURES
        with ExitStack() as stack:
            table = self._work.bundle / self._table
            write = stack.enter_context(FORMATS[self._request.metadata].opened(table, self._fields))
            failed = stack.enter_context(failures.open("w", encoding="utf-8", newline=""))
            images = self._images(stack) if self._with_images else None
            self._tell()
            for page in found:
                files = {} if images is None else self._write_images(images, page, failed)
                write([table_row(hit, files.get(hit.row.id), self._fields) for hit in page])
                self._done += 0 if self._with_images else len(page)
                self._tell()
        if not self.failed:
            failures.unlink()

    def finish(self) -> tuple[int, int]:
        """Drop what does not belong, write the manifest and pack; returns the bytes and files of the bundle."""
        self._sweep()
        bundle, manifest = self._work.bundle, self._work.bundle / MANIFEST
        first = [fact_of(bundle / file, file) for file in (self._table, FAILURES) if (bundle / file).exists()]
        head = head_of(self._catalog, self._request, self._selection, self.failed, self._fields)
        total = write_manifest(manifest, head, chain(first, self._image_facts())) + manifest.stat().st_size
        count = len(first) + 1 + (self._selection.rows - self.failed if self._with_images else 0)
        if self._request.layout == "zip":
            names = (fact.file for fact in chain(first, self._image_facts()))
            pack(bundle, names, self._work.archive, partial(self._tell_packing, count))
            total = self._work.archive.stat().st_size
        return total, count

    def _images(self, stack: ExitStack) -> Originals | Thumbnails:
        folder = ImageFolder(self._work.images, self._work.parts, ids_alike(self._catalog))
        if self._request.images == "thumbnail":
            return Thumbnails(self._collection, self._catalog, folder)
        pool = ThreadPoolExecutor(READ_THREADS, thread_name_prefix="export")
        stack.callback(pool.shutdown, wait=True, cancel_futures=True)
        return Originals(self._originals, folder, pool)

    def _write_images(self, images: Originals | Thumbnails, page: Sequence[Hit], failed: TextIO) -> dict[str, str]:
        """Put a page's images into the bundle; returns their paths in it by id."""
        files = {}
        known = self._journal.of([hit.row.id for hit in page])
        for outcome in images.write([hit.row for hit in page], known):
            if isinstance(outcome, Failure):
                self.failed += 1
                failed.write(json_line(asdict(outcome)))
            else:
                files[outcome.id] = f"{IMAGES}/{outcome.file}"
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

    def _sweep(self) -> None:
        """Drop files of an earlier attempt that are not of this result."""
        expected = {self._table, *([FAILURES] if self.failed else []), *([IMAGES] if self._with_images else [])}
        for path in list(self._work.bundle.iterdir()):
            if path.name not in expected:
                path.unlink()
        if self._with_images:
            with os.scandir(self._work.images) as entries:
                for entry in entries:
                    if not self._journal.is_placed(entry.name):
                        os.unlink(entry.path)

    def _image_facts(self) -> Iterator[FileFact]:
        return (FileFact(f"{IMAGES}/{kept.file}", kept.bytes, kept.sha256) for kept in self._journal.placed())

    def _tell(self) -> None:
        stage = "Exporting images" if self._with_images else "Exporting rows"
        self._report(Progress(stage, self._done, self._selection.rows, self.failed))

    def _tell_packing(self, total: int, done: int) -> None:
        self._report(Progress("Packing the archive", done, total, self.failed))
