"""One image of a collection to its augmented pictures on disk."""

import hashlib
import io
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image

from core.augment.apply import apply_all
from core.augment.pipeline import Pipeline
from core.collection.catalog import Row
from core.collection.storage import storing
from core.errors import ImageError, StorageError, VitrineError
from core.ingest.decode import decode_pixels
from core.ingest.originals import OriginalReader
from core.settings import Settings
from core.timing import step

IMAGES = "images"  # folder inside the set
EXTENSIONS = {"webp": "webp", "jpeg": "jpg", "png": "png"}
PLAIN = re.compile(r"[a-z0-9][a-z0-9_-]{0,79}")  # an id that is a file's name as it is, on every system
UNSAFE = re.compile(r"[^A-Za-z0-9_-]+")
READABLE = 40  # characters of an id that are kept where it cannot be a name
WEBP_METHOD = 4  # effort, 0 to 6


@dataclass(frozen=True)
class MadeFile:
    """One picture on disk."""

    variant: int
    file: str  # path inside the set
    width: int  # pixels
    height: int
    bytes: int
    sha256: str
    drawn: dict[str, Any]


@dataclass(frozen=True)
class Made:
    """What became of one image."""

    id: str
    files: tuple[MadeFile, ...] = ()
    failure: str = ""  # why there are none


class Maker:
    """Makes the pictures of one image after the other. Safe to call from several threads, which share no pixels."""

    def __init__(
        self,
        pipeline: Pipeline,
        variants: int,
        format: str,
        quality: int,
        originals: OriginalReader,
        settings: Settings,
        folder: Path,
    ) -> None:
        self._pipeline = pipeline
        self._variants = variants
        self._format = format
        self._options: dict[str, Any] = {} if format == "png" else {"quality": quality}
        if format == "webp":
            self._options["method"] = WEBP_METHOD
        self._originals = originals
        self._settings = settings
        self._folder = folder
        with storing("the pictures"):
            (folder / IMAGES).mkdir(parents=True, exist_ok=True)

    def make(self, row: Row) -> Made:
        """Write every variant, or none where one fails; a full disk is raised, any other failure told."""
        files: list[MadeFile] = []
        try:
            image = self._read(row)
            pictures = apply_all(self._pipeline, image, range(self._variants), row.id)
            for variant in range(self._variants):
                with step("augment", 1, 1):
                    made = next(pictures)
                with step("write", 1, 1):
                    files.append(self._write(row.id, variant, made.image, made.drawn))
            return Made(row.id, tuple(files))
        except StorageError:
            raise
        except VitrineError as error:
            for file in files:
                (self._folder / file.file).unlink(missing_ok=True)
            return Made(row.id, failure=str(error))

    def _read(self, row: Row) -> Image.Image:
        """The original's pixels at full size."""
        with step("read", 1, 1):
            data = self._originals.read(str(row.values["uri"]))
        if hashlib.sha256(data).hexdigest() != row.content_hash:
            raise ImageError("The original is another picture now.", "", "Bring its source in again.")
        with step("decode", 1, 1):
            return decode_pixels(data, self._settings, work_px=self._settings.max_pixels)

    def _write(self, id: str, variant: int, image: Image.Image, drawn: dict[str, Any]) -> MadeFile:
        buffer = io.BytesIO()
        try:
            image.save(buffer, self._format.upper(), **self._options)
        except (OSError, ValueError) as error:
            size = f"{image.width:,} × {image.height:,} pixels"
            raise ImageError(f"A picture of {size} cannot be written as {self._format}.", str(error)[:200]) from error
        data = buffer.getvalue()
        file = f"{IMAGES}/{file_stem(id)}-{variant}.{EXTENSIONS[self._format]}"
        path = self._folder / file
        temporary = path.with_name(f".{path.name}.part")
        with storing("a picture"):
            temporary.write_bytes(data)
            os.replace(temporary, path)
        return MadeFile(variant, file, image.width, image.height, len(data), hashlib.sha256(data).hexdigest(), drawn)


def file_stem(id: str) -> str:
    """The id where it can name a file on every system; else what is readable of it and a hash after a “~”."""
    if PLAIN.fullmatch(id):
        return id
    readable = UNSAFE.sub("_", id)[:READABLE].strip("_") or "image"
    return f"{readable}~{hashlib.sha256(id.encode()).hexdigest()[:16]}"
