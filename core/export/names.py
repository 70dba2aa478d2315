"""What an image's file in a bundle is called: safe on every system, and never the name of another's."""

import hashlib
import re
from collections.abc import Collection
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from core.collection.catalog import Catalog
from core.ingest.kinds import content_type
from core.ingest.listed import WEB
from core.ingest.naming import IMAGE_SUFFIXES
from core.query.sql import quote

PLAIN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,99}")
UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")
DEVICES = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?", re.IGNORECASE)  # no file names on Windows
UNLABELLED = "unlabelled"
READABLE_CHARACTERS = 60  # of an id that cannot be a name as it is
SUFFIXES = {
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/webp": ".webp",
    "image/gif": ".gif",
    "image/bmp": ".bmp",
    "image/tiff": ".tiff",
    "image/avif": ".avif",
}


def ids_alike(catalog: Catalog) -> frozenset[str]:
    """Lower-case ids that several images go by when case is ignored, as some file systems do."""
    return frozenset(row[0] for row in catalog.select("SELECT lower(id) FROM images GROUP BY 1 HAVING count(*) > 1"))


def alike_labels(catalog: Catalog, column: str) -> frozenset[str]:
    """Lower-case labels that several classes go by when case is ignored."""
    text = f"SELECT lower({quote(column)}::VARCHAR) FROM images GROUP BY 1 HAVING count(DISTINCT {quote(column)}) > 1"
    return frozenset(row[0] for row in catalog.select(text))


def image_name(id: str, suffix: str, alike: Collection[str]) -> str:
    """The id with the suffix; what remains of it and a hash where it cannot be a name or case alone sets it apart.

    It depends on nothing but its arguments, so it stays the same however often an export is interrupted. No plain
    name holds the "~" before the hash.
    """
    if PLAIN.fullmatch(id) and not DEVICES.fullmatch(id) and id.lower() not in alike:
        return id + suffix
    return _hashed(id) + suffix


def sample_name(id: str, suffix: str, alike: Collection[str]) -> str:
    """The same without a dot before the suffix, for a WebDataset's key ends at the first dot."""
    name = image_name(id, "", alike)
    return (_hashed(id).replace(".", "_") if "." in name else name) + suffix


def class_name(label: str | None, alike: Collection[str]) -> str:
    """The folder of a class; without a dot, so that it is never called like a file beside it."""
    return UNLABELLED if label is None else sample_name(label, "", alike)


def _hashed(id: str) -> str:
    readable = UNSAFE.sub("_", id)[:READABLE_CHARACTERS].strip("._-") or "image"
    return f"{readable}~{hashlib.sha256(id.encode()).hexdigest()[:16]}"


def suffix_in(uri: str) -> str:
    """The image suffix, in lower case, that an original's address ends in; empty where it has none."""
    try:
        path = urlsplit(uri).path if WEB.match(uri) else uri
    except ValueError:
        return ""
    suffix = PurePosixPath(path).suffix.lower()
    return suffix if suffix in IMAGE_SUFFIXES else ""


def suffix_for(data: bytes) -> str:
    """The suffix for image bytes whose address tells none."""
    return SUFFIXES.get(content_type(data) or "", ".bin")
