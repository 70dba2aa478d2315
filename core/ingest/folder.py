"""A folder of images and everything below it."""

import os
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from core.errors import SourceError
from core.ingest import files, naming
from core.ingest.items import Item
from core.ingest.naming import Candidate, Kind
from core.ingest.rows import TableRead
from core.ingest.tables import read_table
from core.settings import Settings


@dataclass
class _Survey:
    """What one walk met besides images."""

    others: list[str] = field(default_factory=list)
    tables: list[Candidate] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


class FolderSource:
    """Images in a folder, subfolders included; files of a folder before its subfolders, both by name."""

    def __init__(
        self, path: Path, settings: Settings, *, notes: Sequence[str] = (), may_be_empty: bool = False
    ) -> None:
        """`notes` are what was found out about the folder before; one without images is refused unless it may be."""
        self.name = path.absolute().name or str(path)
        self._root = path.resolve()
        self.location = str(self._root)
        self._prefix = self.location.rstrip(os.sep) + os.sep
        self._max_bytes = settings.max_bytes
        self._seen: _Survey | None = None
        self._told = tuple(notes)
        if not may_be_empty and next(self.items(), None) is None:
            raise self._nothing_here()

    def items(self) -> Iterator[Item]:
        """Every image file, in the same order each time."""
        survey = _Survey()
        yield from self._walk(survey)
        self._seen = survey

    def others(self) -> Sequence[str]:
        """Keys of files that are neither image nor table."""
        return tuple(self._survey().others)

    def notes(self) -> Sequence[str]:
        """What was told before, and a sentence for each subfolder that could not be read."""
        return (*self._told, *self._survey().notes)

    def tables(self) -> Sequence[str]:
        """Tables inside the folder, and beside it the one of the same name or the only one; best first."""
        stem = self._root.name
        return naming.ranked([*self._survey().tables, *files.tables_beside(self._root, stem)], stem)

    def read(self, item: Item) -> bytes:
        """The bytes of one file."""
        return files.read_file(files.path_of(item.uri), self._max_bytes)

    def read_table(self, key: str, *, text_columns: Collection[str] = ()) -> TableRead:
        """Read one of tables(), or a table elsewhere by its path."""
        known = self.tables()
        if key in known and not key.startswith(naming.BESIDE):
            return read_table(self._root / key, Path(key).name, text_columns=text_columns)
        return files.read_table_at(self._root, key, known, text_columns)

    def close(self) -> None:
        """Nothing is held open."""

    def _survey(self) -> _Survey:
        if self._seen is None:
            survey = _Survey()
            for _ in self._walk(survey):
                pass
            self._seen = survey
        return self._seen

    def _walk(self, survey: _Survey) -> Iterator[Item]:
        """Yield images and fill `survey`; a linked folder is entered once, and not when it lies in this one anyway."""
        entered: set[str] = set()
        waiting = [self.location]
        while waiting:
            folder = waiting.pop()
            entries = self._entries(folder, survey)
            for entry in entries:
                if not _is_folder(entry) and (item := self._item(entry, survey)) is not None:
                    yield item
            below = [entry for entry in entries if _is_folder(entry) and self._enters(entry, entered)]
            waiting.extend(entry.path for entry in reversed(below))

    def _entries(self, folder: str, survey: _Survey) -> list["os.DirEntry[str]"]:
        try:
            with os.scandir(folder) as entries:
                return sorted(entries, key=lambda entry: entry.name)
        except OSError as error:
            survey.notes.append(f"The folder “{self._key(folder)}” cannot be read: {error.strerror or error}.")
            return []

    def _enters(self, entry: "os.DirEntry[str]", entered: set[str]) -> bool:
        if naming.is_hidden(entry.name):
            return False
        if not entry.is_symlink():
            return True
        target = os.path.realpath(entry.path)
        inside = target == self.location or target.startswith(self._prefix)
        if inside or target in entered or self._prefix.startswith(target.rstrip(os.sep) + os.sep):
            return False
        entered.add(target)
        return True

    def _item(self, entry: "os.DirEntry[str]", survey: _Survey) -> Item | None:
        key = self._key(entry.path)
        kind = naming.kind_of(entry.name, lambda: files.head(entry.path))
        if kind is Kind.IMAGE:
            size, signature = files.signature(entry.path)
            return Item(key, naming.stem(key), files.file_uri(entry.path), size, signature)
        if kind is Kind.TABLE and files.is_storable(entry.path):
            survey.tables.append(Candidate(key, files.signature(entry.path)[0] or 0))
        elif kind is not Kind.HIDDEN:
            survey.others.append(key)
        return None

    def _key(self, path: str) -> str:
        return files.storable(path.removeprefix(self._prefix).replace(os.sep, "/"))

    def _nothing_here(self) -> SourceError:
        survey = self._survey()
        if survey.notes and not survey.others and not survey.tables:
            return SourceError(f"“{self.name}” cannot be read.", survey.notes[0], "Check the rights of the folder.")
        looked = len(survey.others) + len(survey.tables)
        detail = f"Files of other kinds in it: {looked:,}." if looked else "It is empty."
        hint = f"Give a folder with images: {', '.join(naming.IMAGE_SUFFIXES)}."
        if survey.tables:
            table = self._root / survey.tables[0].key
            hint = f"If a table lists the images, give the table itself: {table}"
        return SourceError(f"“{self.name}” holds no images.", detail, hint)


def _is_folder(entry: "os.DirEntry[str]") -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False
