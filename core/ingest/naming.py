"""What a file's name says: image, table or neither, and which table most likely describes the images."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum
from pathlib import PurePosixPath

from core.ingest.kinds import content_type

IMAGE_SUFFIXES = (".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".avif")
TABLE_SUFFIXES = (".csv", ".tsv", ".parquet", ".jsonl", ".ndjson")
HIDDEN_NAMES = frozenset({"__macosx", "thumbs.db", "desktop.ini"})
TABLE_NAMES = frozenset(
    {"styles", "metadata", "labels", "index", "annotations", "attributes", "captions", "images", "data", "train"}
)
BESIDE = "../"  # begins the key of a table that stands beside its source


class Kind(Enum):
    """What a file in a source is to an ingest."""

    IMAGE = "image"
    TABLE = "table"
    OTHER = "other"  # reported as passed over
    HIDDEN = "hidden"  # what systems leave behind; never mentioned


@dataclass(frozen=True)
class Candidate:
    """A table that may describe a source's images."""

    key: str  # path inside the source, or "../name" beside it
    size: int  # bytes


def kind_of(key: str, head: Callable[[], bytes]) -> Kind:
    """What the file `key` ("/" separated) is; `head` gives its first bytes, asked only when there is no suffix."""
    if any(is_hidden(part) for part in key.split("/")):
        return Kind.HIDDEN
    name = key.rsplit("/", 1)[-1].lower()
    if name.endswith(IMAGE_SUFFIXES):
        return Kind.IMAGE
    if is_table(name):
        return Kind.TABLE
    suffixless = "." not in name
    return Kind.IMAGE if suffixless and content_type(head()) else Kind.OTHER


def is_hidden(name: str) -> bool:
    """Whether a file or folder of this name is never mentioned: dot files and what systems leave behind."""
    return (name.startswith(".") and name not in (".", "..")) or name.lower() in HIDDEN_NAMES


def is_table(name: str) -> bool:
    """Whether the name is that of a table; .txt is not, too many of them are notes."""
    return name.lower().removesuffix(".gz").endswith(TABLE_SUFFIXES)


def stem(key: str) -> str:
    """The file's name without folders and without its last suffix."""
    return PurePosixPath(key).stem if key else ""


def without_suffix(path: str) -> str:
    """The path without its last suffix; its folders stay."""
    suffix = PurePosixPath(path).suffix
    return path[: -len(suffix)] if suffix else path


def table_stem(key: str) -> str:
    """The table's name without folders, ".gz" and suffix."""
    return stem(key.lower().removesuffix(".gz"))


def ranked(candidates: Iterable[Candidate], source_stem: str) -> tuple[str, ...]:
    """Keys of tables, best first.

    First come those called like the source or by a usual name (styles, metadata, labels, index, ...), then the others;
    among equals what is inside before what is beside, then fewer folders deep, then larger, then by name.
    """
    usual = TABLE_NAMES | {source_stem.lower()}

    def rank(candidate: Candidate) -> tuple[bool, bool, int, int, str]:
        key = candidate.key
        return (table_stem(key) not in usual, key.startswith(BESIDE), key.count("/"), -candidate.size, key)

    return tuple(candidate.key for candidate in sorted(candidates, key=rank))


def beside(candidates: Iterable[Candidate], source_stem: str) -> list[Candidate]:
    """Those of the tables in a source's parent folder that may belong to it: of the same stem, or the only one."""
    found = list(candidates)
    same = [candidate for candidate in found if table_stem(candidate.key) == source_stem.lower()]
    return same or (found if len(found) == 1 else [])


def with_suffix(name: str, data: bytes) -> str:
    """A picture's name with a suffix by which an ingest knows it, by its content where it has none."""
    kind = (content_type(data) or "image/png").removeprefix("image/")
    return name if name.lower().endswith(IMAGE_SUFFIXES) else f"{name}.{kind}"
