"""Where a bundle is made, and how it gets its final name once it is whole.

Everything under way lies in one hidden folder beside the finished bundles, and stays there when its maker is killed.
A bundle appears under its own name in one step, so what goes by that name is always finished.
"""

import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

from filelock import FileLock, Timeout

from core.collection.storage import storing
from core.errors import BusyError, InputError, StorageError
from core.export.layouts import LAYOUTS
from core.export.pack import manifest_head
from core.export.places import is_bucket


class Wanted(Protocol):
    """What is to be made and where: an export, or a set of augmented pictures."""

    @property
    def noun(self) -> str:
        """What a person calls it: "export" or "set"."""

    @property
    def folder(self) -> str:
        """Of the workspace, where it goes when it goes nowhere else."""

    @property
    def name(self) -> str:
        """Of its folder or archive."""

    @property
    def layout(self) -> str:
        """One of LAYOUTS."""

    @property
    def destination(self) -> str:
        """A folder's whole path, s3://BUCKET/PREFIX, or nothing for the workspace."""

    @property
    def identity(self) -> dict[str, Any]:
        """What makes two of one name the same, wherever they go."""

    def is_told_by(self, head: Mapping[str, Any]) -> bool:
        """Whether a manifest is of this request."""


class Work:
    """One bundle under way."""

    def __init__(self, folder: Path, wanted: Wanted) -> None:
        elsewhere = wanted.destination and not is_bucket(wanted.destination)
        place = Path(wanted.destination) if elsewhere else folder / wanted.folder
        kind = "zip" if wanted.layout == "zip" else "folder"
        self.final = place / (f"{wanted.name}.zip" if kind == "zip" else wanted.name)
        self.lock = place / f".{wanted.name}.{kind}.lock"
        self.root = place / f".{wanted.name}.{kind}.part"
        self._old = place / f".{wanted.name}.{kind}.old"
        self.bundle = self.root / "bundle"
        inside = LAYOUTS[wanted.layout].images
        self.images = self.bundle / inside if inside else self.root / "images"
        self.parts = self.root / "parts"
        self.samples = self.root / "samples.jsonl"
        self.archive = self.root / "bundle.zip"
        self.journal = self.root / "journal.sqlite"

    def check_target(self, wanted: Wanted) -> None:
        """Refuse to write over anything but an earlier bundle of the same request."""
        if is_bucket(wanted.destination) or not os.path.lexists(self.final):
            return
        head = self.head()
        if not wanted.is_told_by(head):
            article = "an" if wanted.noun[0] in "aeiou" else "a"
            what = f"is the {wanted.noun} of another request" if head else f"is not {article} {wanted.noun}"
            raise InputError(
                f"There is something called “{self.final.name}” among the {wanted.noun}s already.",
                f"It {what} and is not written over.",
                f"Choose another name, or remove {self.final}",
            )

    def head(self) -> dict[str, Any]:
        """The manifest, less its files, of what lies at the final place; nothing where nothing with one does."""
        try:
            return manifest_head(self.final)
        except ValueError:
            return {}

    def mend(self) -> None:
        """Put back what a maker took away that was killed between two renames."""
        if self._old.exists() and not self.final.exists():
            os.replace(self._old, self.final)

    def make_folders(self, with_images: bool) -> None:
        """Make the folders, none of which holds a half-written part."""
        shutil.rmtree(self.parts, ignore_errors=True)
        for path in (self.bundle, self.parts, *([self.images] if with_images else [])):
            path.mkdir(parents=True, exist_ok=True)

    def finish(self, layout: str) -> None:
        """Give the bundle its name and clear up."""
        if layout == "zip":
            os.replace(self.archive, self.final)
        else:
            shutil.rmtree(self._old, ignore_errors=True)
            if self.final.exists():
                os.replace(self.final, self._old)
            os.replace(self.bundle, self.final)
            shutil.rmtree(self._old, ignore_errors=True)
        self.leave()

    def leave(self) -> None:
        """Remove all that is under way, such as that of a bundle that lies elsewhere by now."""
        shutil.rmtree(self.root, ignore_errors=True)


@contextmanager
def at_work(folder: Path, wanted: Wanted) -> Iterator[Work]:
    """The place to make a bundle in the workspace `folder`, alone; what the disk refuses is a StorageError."""
    work = Work(folder, wanted)
    lock = FileLock(work.lock)
    try:
        with storing(f"the {wanted.noun} “{wanted.name}”"):
            work.lock.parent.mkdir(parents=True, exist_ok=True)
            lock.acquire(timeout=0)
    except (FileExistsError, NotADirectoryError) as error:
        raise StorageError(
            f"The {wanted.noun} “{wanted.name}” could not be written.",
            f"{work.lock.parent} is not a folder.",
            "Move what is there out of the way and start the same again.",
        ) from error
    except Timeout:
        raise BusyError(
            f"The {wanted.noun} “{wanted.name}” is being made already.", "", "Wait until it has finished."
        ) from None
    try:
        yield work
    finally:
        lock.release()
