"""A result as a bundle: its images, what is known about them, and a manifest of where all that comes from.

Killed at any point and started again with the same request it goes on where it stopped, and ends as one that nobody
disturbed. Images are read and written one by one and rows page by page, so memory does not grow with the result.
"""

import time
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from core.collection.catalog import Catalog
from core.collection.storage import storing
from core.collection.store import Collection
from core.export.files import fact_of
from core.export.journal import Journal
from core.export.manifest import MANIFEST, tool_version
from core.export.places import is_bucket
from core.export.plan import keep_plan, prepare
from core.export.request import ExportRequest, read_recipe
from core.export.run import Material, Run
from core.export.selection import check, choose, pages, select
from core.export.upload import Upload
from core.export.work import at_work
from core.ingest.originals import OriginalReader
from core.ingest.progress import Progress, Report
from core.search import Searcher
from core.timing import step

FORM = 1  # of what an interrupted export leaves behind; another form is not gone on with


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
    address: str = ""  # s3://… where it lies in a bucket, and then nothing is at `path`

    def summary(self) -> dict[str, Any]:
        """Every fact as plain JSON."""
        facts = {
            **asdict(self), "path": self.address or str(self.path), "notes": list(self.notes),
            "seconds": round(self.seconds, 2),
        }  # fmt: skip
        del facts["address"]
        return facts


def export(
    folder: Path,
    collection: Collection,
    catalog: Catalog,
    searcher: Searcher,
    originals: OriginalReader,
    request: ExportRequest,
    report: Report = lambda progress: None,
) -> Exported:
    """Write a result's bundle into the workspace `folder`, under exports/, or where the request says.

    The searcher has to be of this catalog.
    """
    started = time.monotonic()
    recipe = read_recipe(request, collection.name)
    check(catalog, recipe, request)
    identity = {"form": FORM, "tool": tool_version(), **request.identity}
    upload = Upload(request) if is_bucket(request.destination) else None
    with at_work(folder, request) as work, storing(f"the export “{request.name}”"):
        work.check_target(request)
        if upload is not None:
            upload.check_target()
        report(Progress("Finding the images", 0, 0))
        selection = prepare(work, identity, catalog.version, request.images != "none")
        if selection is None:
            with step("select", catalog.count_all) as selected:
                selection = (
                    choose(catalog, request.ids, recipe)
                    if request.ids
                    else select(catalog, searcher, recipe, request.whole)
                )
                selected.rows_out = selection.rows
            keep_plan(work, identity, catalog.version, selection)
        with closing(Journal(work.journal)) as journal:
            run = Run(work, Material(collection, catalog, originals, request, selection), journal, report)
            with step("write", selection.rows) as written:
                run.write(pages(catalog, selection, recipe))
                written.rows_out = selection.rows - run.failed
            with step("pack", selection.rows):
                total, files = run.finish()
            if upload is not None and request.layout == "zip":
                upload.send_archive(work.archive, report)
            elif upload is not None:
                manifest = fact_of(work.bundle / MANIFEST, MANIFEST)
                upload.send_folder(work.bundle, run.files, manifest, files, report)
        if upload is None:
            work.finish(request.layout)
        else:
            work.leave()
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
        address="" if upload is None else upload.address,
    )
