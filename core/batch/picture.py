"""One image of a collection to its augmented pictures on disk."""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.augment.apply import Applier
from core.augment.output import Output, encode, source_info
from core.augment.pipeline import Pipeline
from core.collection.storage import storing
from core.errors import StorageError, VitrineError
from core.ingest.decode import decode_pixels
from core.ingest.originals import OriginalReader
from core.ingest.pictures import Stored, original_bytes
from core.settings import Settings
from core.timing import Step, collect, step, together

PLAIN = re.compile(r"[a-z0-9][a-z0-9_-]{0,79}")  # an id that is a file's name as it is, on every system
UNSAFE = re.compile(r"[^A-Za-z0-9_-]+")
READABLE = 40  # characters of an id that are kept where it cannot be a name


@dataclass(frozen=True)
class Order:
    """What is to be made of every image; goes to other processes."""

    pipeline: Pipeline
    variants: int
    output: Output
    images: Path  # folder that the pictures go to
    settings: Settings


@dataclass(frozen=True, slots=True)
class MadeFile:
    """One picture on disk."""

    variant: int
    file: str  # name in the folder of pictures
    width: int  # pixels
    height: int
    bytes: int
    sha256: str
    drawn: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Made:
    """What became of one image."""

    id: str
    files: tuple[MadeFile, ...] = ()
    failure: str = ""  # why there are none

    def to_line(self) -> bytes:
        """As a line of the journal."""
        files = [[one.variant, one.file, one.width, one.height, one.bytes, one.sha256, one.drawn] for one in self.files]
        return json.dumps([self.id, files, self.failure], ensure_ascii=False).encode("utf-8", "surrogatepass") + b"\n"

    @classmethod
    def from_line(cls, line: bytes) -> "Made":
        """What `to_line` wrote; ValueError or TypeError where it is damaged."""
        id, files, failure = json.loads(line)
        return cls(id, tuple(MadeFile(*file) for file in files), failure)


@dataclass(frozen=True, slots=True)
class Lines:
    """What was made of some images."""

    journal: list[bytes]  # a line for each
    failed: int  # of how many there are no pictures
    steps: tuple[Step, ...]  # what it took, those of one name together


class Maker:
    """Makes the pictures of one image after the other; for one thread."""

    def __init__(self, order: Order, originals: OriginalReader) -> None:
        self._order = order
        self._originals = originals
        self._applier = Applier(order.pipeline)

    def lines(self, originals: Sequence[Stored]) -> Lines:
        """Make the pictures of some images."""
        with collect() as timings:
            made = [self.make(original) for original in originals]
        failed = sum(1 for one in made if one.failure)
        return Lines([one.to_line() for one in made], failed, tuple(together(timings.steps)))

    def make(self, original: Stored) -> Made:
        """Write every variant, or none where one fails; a full disk is raised, any other failure told."""
        files: list[MadeFile] = []
        order = self._order
        try:
            with step("read", 1, 1):
                data = original_bytes(original, self._originals)
            with step("decode", 1, 1):
                image = decode_pixels(data, order.settings, work_px=order.settings.max_pixels)
            told = source_info(data)
            for variant, made in enumerate(self._applier.variants(image, range(order.variants), original.id)):
                with step("encode", 1, 1):
                    size, written = made.image.size, encode(made.image, order.output, told)
                file = self._name(original.id, variant)
                with step("write", 1, 1), storing("a picture"):
                    (order.images / file).write_bytes(written)
                digest = hashlib.sha256(written).hexdigest()
                files.append(MadeFile(variant, file, *size, len(written), digest, made.drawn))
            return Made(original.id, tuple(files))
        except StorageError:
            raise
        except VitrineError as error:
            for variant in range(order.variants):  # also those that a run before this one could still make
                (order.images / self._name(original.id, variant)).unlink(missing_ok=True)
            return Made(original.id, failure=str(error))

    def _name(self, id: str, variant: int) -> str:
        return f"{picture_id(id, variant)}.{self._order.output.extension}"


def picture_id(id: str, variant: int) -> str:
    """What a picture goes by: its file's name without the suffix, and its id where the set comes back."""
    return f"{file_stem(id)}-{variant}"


def file_stem(id: str) -> str:
    """The id where it can name a file on every system; else what is readable of it and a hash after a “~”."""
    if PLAIN.fullmatch(id):
        return id
    readable = UNSAFE.sub("_", id)[:READABLE].strip("_") or "image"
    return f"{readable}~{hashlib.sha256(id.encode()).hexdigest()[:16]}"
