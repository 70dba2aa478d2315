"""Where a bundle is made, and how it gets its final name once it is whole.

Everything under way lies in one hidden folder beside the finished bundles, and stays there when an export is killed.
A bundle appears under its own name in one step, so what goes by that name is always finished.
"""

import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from core.collection.storage import storing
from core.errors import BusyError, InputError, StorageError
from core.export.layouts import LAYOUTS
from core.export.pack import manifest_head
from core.export.places import is_bucket
from core.export.request import ExportRequest
from core.export.selection import Selection


class Work:
    """One bundle under way."""

    def __init__(self, folder: Path, request: ExportRequest) -> None:
        elsewhere = request.destination and not is_bucket(request.destination)
        exports = Path(request.destination) if elsewhere else folder / "exports"
        kind = "zip" if request.layout == "zip" else "folder"
        self.final = exports / (f"{request.name}.zip" if kind == "zip" else request.name)
        self.lock = exports / f".{request.name}.{kind}.lock"
        self._root = exports / f".{request.name}.{kind}.part"
        self._old = exports / f".{request.name}.{kind}.old"
        self._plan = self._root / "plan.json"
        self.bundle = self._root / "bundle"
        inside = LAYOUTS[request.layout].images
        self.images = self.bundle / inside if inside else self._root / "images"
        self.parts = self._root / "parts"
        self.samples = self._root / "samples.jsonl"
        self.archive = self._root / "bundle.zip"
        self.journal = self._root / "journal.sqlite"

    def check_target(self, request: ExportRequest) -> None:
        """Refuse to write over anything but an earlier bundle of the same request."""
        if is_bucket(request.destination) or not os.path.lexists(self.final):
            return
        try:
            head = manifest_head(self.final)
        except ValueError:
            head = {}
        if not request.is_told_by(head):
            what = "is the export of another request" if head else "is not an export"
            raise InputError(
                f"There is something called “{self.final.name}” among the exports already.",
                f"It {what} and is not written over.",
                f"Choose another name, or remove {self.final}",
            )

    def prepare(self, identity: Mapping[str, Any], version: int, with_images: bool) -> Selection | None:
        """Make the folders; returns what an earlier attempt at the same selected, or None to begin with a new choice.

        Of an attempt at another version of the collection the images are kept, of one at another request nothing.
        """
        if self._old.exists() and not self.final.exists():  # killed between two renames
            os.replace(self._old, self.final)
        earlier = self._earlier()
        if earlier.get("identity") != identity:
            shutil.rmtree(self._root, ignore_errors=True)
        shutil.rmtree(self.parts, ignore_errors=True)
        for path in (self.bundle, self.parts, *([self.images] if with_images else [])):
            path.mkdir(parents=True, exist_ok=True)
        if earlier.get("identity") != identity or earlier.get("version") != version:
            return None
        try:
            found = earlier["selection"]
            ranking = found["ranking"]
            ranked = None if ranking is None else tuple((id, score) for id, score in ranking)
            return Selection(**{**found, "notes": tuple(found["notes"]), "ranking": ranked})
        except (KeyError, TypeError, ValueError):  # another release's, or damaged
            return None

    def keep_plan(self, identity: Mapping[str, Any], version: int, selection: Selection) -> None:
        """Note what is being exported, for whoever goes on with it."""
        body = {"identity": identity, "version": version, "selection": asdict(selection)}
        part = self.parts / "plan.json"
        part.write_text(json.dumps(body, ensure_ascii=False), encoding="utf-8")
        os.replace(part, self._plan)

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
        shutil.rmtree(self._root, ignore_errors=True)

    def leave(self) -> None:
        """Clear up after a bundle that lies elsewhere by now."""
        shutil.rmtree(self._root, ignore_errors=True)

    def _earlier(self) -> dict[str, Any]:
        try:
            found = json.loads(self._plan.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}


@contextmanager
def at_work(folder: Path, request: ExportRequest) -> Iterator[Work]:
    """The place to make a bundle in the workspace `folder`, alone; what the disk refuses is a StorageError."""
    work = Work(folder, request)
    lock = FileLock(work.lock)
    try:
        with storing(f"the export “{request.name}”"):
            work.lock.parent.mkdir(parents=True, exist_ok=True)
            lock.acquire(timeout=0)
    except (FileExistsError, NotADirectoryError) as error:
        raise StorageError(
            f"The export “{request.name}” could not be written.",
            f"{work.lock.parent} is not a folder.",
            "Move what is there out of the way and start the same export again.",
        ) from error
    except Timeout:
        raise BusyError(
            f"The export “{request.name}” is being made already.", "", "Wait until it has finished."
        ) from None
    try:
        yield work
    finally:
        lock.release()
