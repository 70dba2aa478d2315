"""The tables of a set of augmented pictures: what each picture is, what its original was, and what failed."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import islice
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from core.batch.picture import Made, MadeFile, picture_id
from core.batch.request import AugmentRequest
from core.collection.catalog import Catalog
from core.collection.lineage import COLLECTION, ORIGINAL, PIPELINE, VARIANT
from core.collection.schema import label, metadata_fields
from core.collection.storage import storing
from core.export.files import FileFact
from core.export.formats import json_line
from core.export.layouts import LAYOUTS
from core.export.shards import Dealer, sample_line
from core.export.work import Work

PARQUET, LINES, FAILURES = "metadata.parquet", "metadata.jsonl", "failures.jsonl"
FACTS = "pictures.jsonl"  # beside a set under way
GROUP_IMAGES = 2_000  # to a row group; whatever the settings, or the same set would have other bytes


@dataclass(frozen=True)
class Column:
    """One column of the tables."""

    field: pa.Field  # under its name in the tables
    stored: str  # by which it comes back as a collection's; empty for what a collection has no use for
    label: str = ""  # header that it comes back with, where that is another


OWN = (
    Column(pa.field("id", pa.string()), "id"),
    Column(pa.field(ORIGINAL, pa.string()), ORIGINAL),
    Column(pa.field(COLLECTION, pa.string()), COLLECTION),  # that the original is in
    Column(pa.field(VARIANT, pa.int64()), VARIANT),
    Column(pa.field("file", pa.string()), ""),  # path inside the set
    Column(pa.field("width", pa.int64()), ""),  # of the new picture, pixels
    Column(pa.field("height", pa.int64()), ""),
    Column(pa.field("bytes", pa.int64()), ""),
    Column(pa.field("sha256", pa.string()), ""),  # of the file
    Column(pa.field(PIPELINE, pa.string()), PIPELINE),  # its name; the manifest has it whole
    Column(pa.field("seed", pa.int64()), ""),  # of the pipeline
    Column(pa.field("drawn", pa.string()), ""),  # JSON: the steps that were taken, with what was drawn for each
    Column(pa.field("tags", pa.list_(pa.string())), "tags"),  # of the original
)


def table_columns(catalog: Catalog) -> tuple[dict[str, str], tuple[Column, ...]]:
    """What a person's columns are called in the tables by their stored names, and every column of the tables."""
    fields = metadata_fields(catalog.dataset.schema)
    names = column_names([field.name for field in fields])
    theirs = [
        Column(pa.field(names[field.name], field.type), names[field.name], _label(field, names[field.name]))
        for field in fields
    ]
    return names, (*OWN, *theirs)


class Tables:
    """Writes a set's tables, some images at a time, in their order."""

    def __init__(self, work: Work, catalog: Catalog, request: AugmentRequest, pipeline: Mapping[str, Any]) -> None:
        self._catalog = catalog
        self._work = work
        self._names, self.columns = table_columns(catalog)
        self._schema = pa.schema([column.field for column in self.columns])
        self._sharded = not LAYOUTS[request.layout].images
        self._dealer = Dealer()
        self._facts = work.root / FACTS
        self._told = {COLLECTION: request.collection, PIPELINE: pipeline["name"], "seed": pipeline["seed"]}
        self.counts = {"images": 0, "made": 0, "failed": 0, "bytes": 0}

    def write(self, done: Iterable[Made], told: Callable[[int], None]) -> None:
        """Write every image's pictures or failure."""
        bundle, waiting = self._work.bundle, iter(done)
        with storing("the set's tables"), ExitStack() as stack:
            parquet = stack.enter_context(pq.ParquetWriter(bundle / PARQUET, self._schema, compression="zstd"))
            lines, failures, samples, facts = (
                stack.enter_context(path.open("w", encoding="utf-8", newline=""))
                for path in (bundle / LINES, bundle / FAILURES, self._work.samples, self._facts)
            )
            while some := list(islice(waiting, GROUP_IMAGES)):
                rows = list(self._rows(some))
                parquet.write_table(pa.table(self._arrays(rows), schema=self._schema))
                for row, file in rows:
                    lines.write(json_line(row))
                    facts.write(f"{json.dumps([row['file'], file.bytes, file.sha256])}\n")
                    if self._sharded:
                        known = {name: value for name, value in row.items() if name != "file"}
                        samples.write(sample_line(row["file"].partition("!/")[0], file.file, known))
                failures.writelines(
                    json_line({"original_id": made.id, "reason": made.failure}) for made in some if made.failure
                )
                self._count(some)
                told(self.counts["images"])
        if not self.counts["failed"]:
            (bundle / FAILURES).unlink()

    def pictures(self) -> Iterator[FileFact]:
        """The pictures that were written down, as the manifest lists them."""
        with self._facts.open(encoding="utf-8") as lines:
            yield from (FileFact(*json.loads(line)) for line in lines)

    def _rows(self, some: Sequence[Made]) -> Iterator[tuple[dict[str, Any], MadeFile]]:
        known = {row.id: row.values for row in self._catalog.rows([made.id for made in some])}
        for made in some:
            values = known.get(made.id, {})
            theirs = {new: values.get(name) for name, new in self._names.items()}
            tags = list(values.get("tags") or ())
            for file in made.files:
                yield self._own(made.id, file, tags) | theirs, file

    def _own(self, id: str, file: MadeFile, tags: list[str]) -> dict[str, Any]:
        place = self._dealer.deal(file.bytes) + "!/" if self._sharded else "images/"
        return {
            "id": picture_id(id, file.variant),
            ORIGINAL: id,
            COLLECTION: self._told[COLLECTION],
            VARIANT: file.variant,
            "file": place + file.file,
            "width": file.width,
            "height": file.height,
            "bytes": file.bytes,
            "sha256": file.sha256,
            PIPELINE: self._told[PIPELINE],
            "seed": self._told["seed"],
            "drawn": file.drawn,
            "tags": tags,
        }

    def _arrays(self, rows: Sequence[tuple[dict[str, Any], MadeFile]]) -> list[pa.Array]:
        texts = [json.dumps(row["drawn"], ensure_ascii=False) for row, _ in rows]
        return [
            pa.array(texts if field.name == "drawn" else [row[field.name] for row, _ in rows], field.type)
            for field in self._schema
        ]

    def _count(self, some: Sequence[Made]) -> None:
        self.counts["images"] += len(some)
        self.counts["made"] += sum(len(made.files) for made in some)
        self.counts["failed"] += sum(bool(made.failure) for made in some)
        self.counts["bytes"] += sum(file.bytes for made in some for file in made.files)


def column_names(names: Sequence[str]) -> dict[str, str]:
    """What a person's columns are called beside the set's own; one of the same name gets “original_” in front.

    Case does not set names apart, for it sets apart no column of a collection.
    """
    own = {column.field.name for column in OWN}
    taken = own | {name.casefold() for name in names}
    found = {}
    for name in names:
        new = name
        if name.casefold() in own:
            while new.casefold() in taken:
                new = f"original_{new}"
        taken.add(new.casefold())
        found[name] = new
    return found


def _label(field: pa.Field, new: str) -> str:
    """The header that a person's column had; one that had to give way is called by its new name."""
    text = label(field)
    return text if new == field.name and text != new else ""
