"""How far an interrupted tagging got, kept in the workspace until it has ended."""

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path

from core.collection.storage import storing

FOLDER = "tagging"  # of the workspace


@dataclass(frozen=True)
class Done:
    """What is committed of one request."""

    images: int = 0  # from the first of the result on
    tagged: int = 0
    changed: int = 0
    untold: int = 0
    tags: Mapping[str, int] = field(default_factory=dict)  # images by tag


class Mark:
    """The file of one request; another request, or other images, have another file."""

    def __init__(self, folder: Path, collection: str, key: Sequence[object]) -> None:
        digest = hashlib.sha256(json.dumps(key, sort_keys=True, default=str).encode()).hexdigest()[:16]
        self._path = folder / FOLDER / f"{collection}-{digest}.json"
        self._part = self._path.with_name(f".{self._path.stem}.part")  # one writes at a time: it holds the lock

    @property
    def run(self) -> str:
        """What tells this request from every other one."""
        return self._path.stem

    def read(self) -> Done:
        """Where the last attempt got to; nothing where there was none or its file cannot be read."""
        with suppress(OSError, ValueError, TypeError):
            return Done(**json.loads(self._path.read_text(encoding="utf-8")))
        return Done()

    def write(self, done: Done) -> None:
        """Keep where this attempt got to; readers see the old state or the new one."""
        with storing("how far the tagging got"):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            try:
                self._part.write_text(json.dumps(asdict(done), ensure_ascii=False), encoding="utf-8")
                os.replace(self._part, self._path)
            finally:
                self._part.unlink(missing_ok=True)

    def remove(self) -> None:
        """Forget the request: it has ended."""
        with suppress(OSError):
            self._part.unlink(missing_ok=True)  # of an attempt that was killed as it wrote
            self._path.unlink(missing_ok=True)
