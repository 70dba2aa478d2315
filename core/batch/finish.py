"""A set whose pictures are all there: its tables, its shards or archive, its manifest, and its place at last."""

from collections.abc import Iterator
from functools import partial
from itertools import chain
from typing import Any

from core.batch.request import AugmentRequest
from core.batch.tables import FAILURES, LINES, PARQUET, Column, Tables
from core.batch.underway import Journal, Plan, libraries
from core.collection.catalog import Catalog
from core.export.files import FileFact, fact_of
from core.export.layouts import LAYOUTS
from core.export.manifest import MANIFEST, TOOL, tool_version, write_manifest
from core.export.pack import pack
from core.export.shards import pack_shards
from core.export.upload import Upload
from core.export.work import Work
from core.ingest.progress import Progress, Report

IMAGES = "made"  # where an export's manifest says "original" or "thumbnail"


def finish(
    work: Work,
    request: AugmentRequest,
    plan: Plan,
    catalog: Catalog,
    journal: Journal,
    upload: Upload | None,
    report: Report,
) -> dict[str, Any]:
    """Write all that stands beside the pictures, and bring the set to its place; returns its manifest's head."""
    failed, pictures = journal.failed, len(plan.selection.ids)

    def tell(stage: str, total: int, done: int) -> None:
        report(Progress(stage, done, total, failed))

    head = head_of(request, plan)
    tables = Tables(work, catalog, request, head["pipeline"])
    tables.write(journal.made(), partial(tell, "Writing the tables", pictures))
    shards = []
    if request.layout == "webdataset":
        told = partial(tell, "Packing the shards", tables.counts["made"])
        shards = pack_shards(work.images, work.samples, work.bundle, told)
    names = [PARQUET, LINES, *([FAILURES] if failed else [])]
    first = [*(fact_of(work.bundle / name, name) for name in names), *shards]
    head |= {"counts": tables.counts, "columns": [_column(column) for column in tables.columns]}

    def files() -> Iterator[FileFact]:
        return chain(first, tables.pictures() if LAYOUTS[request.layout].images else ())

    write_manifest(work.bundle / MANIFEST, head, files())
    count = len(first) + 1 + (0 if shards else tables.counts["made"])
    if request.layout == "zip":
        packing = partial(tell, "Packing the archive", count)
        pack(work.bundle, (fact.file for fact in files()), work.archive, packing)
    if upload is None:
        work.finish(request.layout)
        return head
    if request.layout == "zip":
        upload.send_archive(work.archive, report)
    else:
        upload.send_folder(work.bundle, files, fact_of(work.bundle / MANIFEST, MANIFEST), count, report)
    work.leave()
    return head


def head_of(request: AugmentRequest, plan: Plan) -> dict[str, Any]:
    """Where the pictures come from and how they were made; nothing in it depends on when or how often it was tried."""
    identity = request.identity
    return {
        "tool": TOOL,
        "version": tool_version(),
        "libraries": libraries(),
        **identity,
        "seed": identity["pipeline"]["seed"],
        "images": IMAGES,
        "metadata": "parquet",
        "collection_version": plan.version,
        "sentence": plan.selection.sentence,
        "matching": plan.selection.matching,
        "exact": plan.selection.exact,
        "limited": plan.selection.limited,
    }


def _column(column: Column) -> dict[str, str]:
    facts = {"header": column.field.name, "column": column.stored, "type": str(column.field.type)}
    return {**facts, "label": column.label} if column.label else facts
