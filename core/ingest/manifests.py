"""What an export or a set of augmented pictures says about itself: its manifest, without the list of its files."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.collection.schema import SYSTEM_NAMES

TOOL = "Vitrine"
MANIFEST = "manifest.json"
HEAD_BYTES = 8 * 1024 * 1024  # of a manifest before the list of files; what is longer is none of an export
MOST_NAME = 80  # characters of a pipeline's name
MOST_PIPELINE = 1_000_000  # bytes of all of it, as JSON
FILES = b'\n  "files": ['  # begins that list, which may have millions of lines
TABLE_FOLDERS = {"folder": "", "zip": "", "webdataset": "", "imagefolder": "train/"}  # where a layout has its table
SUFFIXES = {"csv": ".csv", "parquet": ".parquet", "jsonl": ".jsonl", "xlsx": ".xlsx"}
FILE_HEADERS = ("file", "file_name")
TAKEN = frozenset({"id", "score", "tags", *FILE_HEADERS})  # by the export, so that a person's header gives way
IMAGES = ("none", "original", "thumbnail", "made")


@dataclass(frozen=True)
class BundleColumn:
    """One column of a bundle's table."""

    header: str
    column: str  # in the collection it comes from; empty for what the export added
    type: str  # as Arrow calls it
    label: str  # header that the collection has


@dataclass(frozen=True)
class Bundle:
    """What is needed of a manifest to bring its images in again."""

    layout: str
    images: str  # "none", "original", "thumbnail", or "made" of a set of augmented pictures
    metadata: str  # format of the table
    columns: tuple[BundleColumn, ...]
    pipeline: Mapping[str, Any] | None = None  # by which a set's pictures were made
    prefix: str = ""  # of everything in the bundle, with "/" behind it: an archive may hold the bundle's folder

    @property
    def manifest(self) -> str:
        """Path of the manifest in the source."""
        return self.prefix + MANIFEST

    @property
    def root(self) -> str:
        """The folder in the source that the table lies in, and that its paths begin in."""
        return self.prefix + TABLE_FOLDERS[self.layout]

    @property
    def table(self) -> str:
        """Path of the table in the source."""
        return f"{self.root}metadata{SUFFIXES[self.metadata]}"

    @property
    def id_header(self) -> str:
        """Header of the images' ids."""
        return next(column.header for column in self.columns if column.column == "id")

    @property
    def tags_header(self) -> str | None:
        """Header of the images' tags, where there are any."""
        return next((column.header for column in self.columns if column.column == "tags"), None)

    @property
    def file_header(self) -> str | None:
        """Header of the images' paths, where there are images."""
        added = (column.header for column in self.columns if not column.column)
        return next((header for header in added if header in FILE_HEADERS), None)

    @property
    def own(self) -> tuple[BundleColumn, ...]:
        """A person's own columns."""
        return tuple(column for column in self.columns if column.column and column.column not in SYSTEM_NAMES)


def parse_manifest(data: bytes, prefix: str = "") -> Bundle:
    """The bundle that a manifest speaks of, from its first HEAD_BYTES; ValueError, with the reason, when it is none."""
    head = _head(data)
    if not isinstance(head, dict) or head.get("tool") != TOOL:
        raise ValueError("it is not the manifest of an export or a set from Vitrine")
    layout, images, metadata = (head.get(name) for name in ("layout", "images", "metadata"))
    if layout not in TABLE_FOLDERS or images not in IMAGES or metadata not in SUFFIXES:
        raise ValueError("it does not tell how the export is laid out")
    listed = head.get("columns")
    columns = tuple(_column(told) for told in listed) if isinstance(listed, list) else ()
    if sum(column.column == "id" for column in columns) != 1:
        raise ValueError("it does not tell which column holds the ids")
    pipeline = _pipeline(head.get("pipeline")) if images == "made" else None
    return Bundle(str(layout), str(images), str(metadata), columns, pipeline, prefix)


def _pipeline(told: Any) -> Mapping[str, Any]:
    """By what a set was made; every row is given its name and the collection all of it, so neither may be endless."""
    name = told.get("name") if isinstance(told, dict) else None
    if not isinstance(name, str) or not 0 < len(name.strip()) <= len(name) <= MOST_NAME:
        raise ValueError("it does not tell by which pipeline its pictures were made")
    try:
        size = len(json.dumps(told, ensure_ascii=False).encode())
    except (UnicodeEncodeError, RecursionError):
        raise ValueError("its pipeline is no text") from None
    if size > MOST_PIPELINE:
        raise ValueError(f"its pipeline has {size:,} bytes, of {MOST_PIPELINE:,} at the most")
    return dict(told)


def _head(data: bytes) -> Any:
    before, mark, _ = data.partition(FILES)
    text = before.rstrip().removesuffix(b",") + b"}" if mark else data
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ValueError("it is damaged") from error


def _column(told: Any) -> BundleColumn:
    """One column; underscores behind a name that the export has for itself are not a person's."""
    if not isinstance(told, Mapping) or not all(isinstance(told.get(name), str) for name in ("header", "column")):
        raise ValueError("it does not tell what the table's columns are")
    header, column = told["header"].strip(), told["column"]
    label = told.get("label")
    if not isinstance(label, str) or not label.strip():
        bare = header.rstrip("_")
        label = bare if bare.casefold() in TAKEN else header
    return BundleColumn(header, column, str(told.get("type", "")), label.strip())
