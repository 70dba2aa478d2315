"""Which images an edit is about and how far it got, kept until it has ended.

The images are those that the recipe found when the edit began: what is written may well change what it finds.
"""

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

import polars as pl

from core.collection.history import forget, write_json, write_rows
from core.collection.storage import storing
from core.edit.values import is_whole

FOLDER = "editing"  # of the workspace


@dataclass(frozen=True)
class Aim:
    """The images of an edit."""

    ids: tuple[str, ...]
    sentence: str  # what they are
    limited: bool = False  # every match was asked for, but likeness was too, so the recipe's limit stayed


@dataclass(frozen=True)
class Done:
    """What is committed."""

    images: int = 0  # from the first on
    changed: int = 0


class Plan:
    """The files of one edit; without a `run`, by which it is known again, nothing is kept."""

    def __init__(self, folder: Path, collection: str, run: str) -> None:
        self._path = folder / FOLDER / f"{collection}-{run}.json" if run else None

    def aim(self, find: Callable[[], Aim]) -> Aim:
        """The images as they were found at first."""
        if self._path is None:
            return find()
        ids_path = self._path.with_suffix(".parquet")
        with suppress(OSError, ValueError, KeyError, TypeError, pl.exceptions.PolarsError):
            kept = json.loads(self._path.with_suffix(".aim").read_text(encoding="utf-8"))
            return Aim(tuple(pl.read_parquet(ids_path)["id"].to_list()), kept["sentence"], kept["limited"])
        found = find()
        with storing("which images are edited"):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            write_rows(ids_path, pl.DataFrame({"id": list(found.ids)}, {"id": pl.String}))
            sentence = found.sentence if is_whole(found.sentence) else ""
            write_json(self._path.with_suffix(".aim"), {"sentence": sentence, "limited": found.limited})
        return found

    def read(self) -> Done:
        """How far the last attempt got."""
        if self._path is not None:
            with suppress(OSError, ValueError, TypeError):
                return Done(**json.loads(self._path.read_text(encoding="utf-8")))
        return Done()

    def write(self, done: Done) -> None:
        """Keep how far this attempt got."""
        if self._path is not None:
            with storing("how far the edit got"):
                write_json(self._path, asdict(done))

    def remove(self) -> None:
        """Forget the edit: it has ended."""
        if self._path is not None:
            forget(*(self._path.with_suffix(suffix) for suffix in (".aim", ".parquet", ".json")))
