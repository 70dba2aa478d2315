"""A table whose rows name images by path or web address."""

import os
import re
import threading
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

import polars as pl

from core.errors import ImageError, SourceError, TableError, near_names
from core.ingest import files, naming
from core.ingest.addresses import Downloader
from core.ingest.headers import LINE_COLUMN, find_id_column
from core.ingest.items import Item
from core.ingest.rows import TableRead
from core.ingest.tables import find_image_column, read_table
from core.settings import Settings

WEB = re.compile(r"https?://", re.IGNORECASE)
SCHEME = re.compile(r"[a-z][a-z0-9+.-]+://|data:", re.IGNORECASE)
SLICE_ROWS = 50_000


class ListedSource:
    """Images that a table lists, in the order of its rows."""

    def __init__(
        self, path: Path, settings: Settings, *, image_column: str | None = None, id_column: str | None = None
    ) -> None:
        self.name = path.name
        self._path = path.resolve()
        self.location = str(self._path)
        self._settings = settings
        self._table = read_table(self._path, self.name)
        self._image_column = self._chosen(image_column, "--image-column") or self._found_image_column()
        self._id_column = self._chosen(id_column, "--id-column") or self._found_id_column()
        self._table = self._as_written()
        self._lock = threading.Lock()
        self._downloader: Downloader | None = None
        if not self._table.frame[self._image_column].null_count() < self._table.frame.height:
            raise SourceError(f"“{self.name}” names no images.", f"Its column “{self._label()}” is empty.")

    def items(self) -> Iterator[Item]:
        """One item for each row that names an image; a path named before gets its line number behind a "#"."""
        frame = self._table.frame
        seen: set[str] = set()
        for part in frame.iter_slices(SLICE_ROWS):
            ids = part[self._id_column].cast(pl.String).to_list() if self._id_column else [None] * part.height
            images, lines = part[self._image_column].to_list(), part[LINE_COLUMN].to_list()
            for text, id, line in zip(images, ids, lines, strict=True):
                if text is None or not text.strip():
                    continue
                key = text if text not in seen else f"{text}#{line}"
                seen.add(key)
                yield self._item(key, text.strip(), id, line)

    def others(self) -> Sequence[str]:
        """Nothing: a table has no other files."""
        return ()

    def notes(self) -> Sequence[str]:
        """What the table's reader noted, and how many rows name no image."""
        count = self._table.frame[self._image_column].null_count()
        missing = (f"Rows without a value in “{self._label()}”, which name no image: {count:,}.",) if count else ()
        return self._table.notes + missing

    def read(self, item: Item) -> bytes:
        """The bytes of one file or download; schemes other than http and https are refused."""
        if WEB.match(item.uri):
            return self._downloads().fetch(item.uri)
        if SCHEME.match(item.uri):
            raise refused_scheme(item.uri)
        return files.read_file(item.uri, self._settings.max_bytes)

    def tables(self) -> Sequence[str]:
        """The table itself."""
        return (self.name,)

    def read_table(self, key: str, *, text_columns: Collection[str] = ()) -> TableRead:
        """Read the table itself, or another by its path."""
        if key != self.name:
            return files.read_table_at(self._path, key, self.tables(), text_columns)
        return read_table(self._path, self.name, text_columns=text_columns) if text_columns else self._table

    def close(self) -> None:
        """Close connections that downloads left open."""
        with self._lock:
            if self._downloader is not None:
                self._downloader.close()
                self._downloader = None

    def _item(self, key: str, text: str, id: str | None, line: int) -> Item:
        if SCHEME.match(text):
            return Item(key, id or _address_stem(text), text, None, text, line)
        path = self._local(text)
        size, signature = files.signature(path)
        return Item(key, id or naming.stem(text.replace("\\", "/")), path, size, signature, line)

    def _local(self, text: str) -> str:
        """The absolute path that `text` means, seen from the table's folder; backslashes may stand for slashes."""
        path = os.path.normpath(os.path.join(self._path.parent, text))
        if "\\" in text and files.signature(path)[1] == files.MISSING:
            return os.path.normpath(os.path.join(self._path.parent, text.replace("\\", "/")))
        return path

    def _downloads(self) -> Downloader:
        with self._lock:
            if self._downloader is None:
                self._downloader = Downloader(self._settings)
            return self._downloader

    def _chosen(self, column: str | None, option: str) -> str | None:
        """The stored name of a column that a person named, by either of its names and in any case."""
        if column is None:
            return None
        wanted = column.strip().casefold()
        for stored, label in self._table.labels.items():
            if wanted in (stored.casefold(), label.casefold()):
                return stored
        raise TableError(
            f"“{self.name}” has no column “{column}”.",
            f"{option} has to name one of its columns.",
            near_names(column, self._table.labels.values()),
        )

    def _found_image_column(self) -> str:
        found = find_image_column(self._table.frame)
        if found is None:
            columns = ", ".join(f"“{label}”" for label in list(self._table.labels.values())[:40])
            raise TableError(
                f"“{self.name}” has no column of image files or addresses.",
                f"Its columns are {columns}.",
                "Name the column with --image-column, or give the folder or archive with the images instead.",
            )
        return found

    def _found_id_column(self) -> str | None:
        return find_id_column(stored for stored in self._table.labels if stored != self._image_column)

    def _as_written(self) -> TableRead:
        """The table with its id and image columns as they are written: an id 1.50 is not 1.5."""
        named = {column for column in (self._id_column, self._image_column) if column}
        types = self._table.frame.schema
        id_is_exact = self._id_column is None or types[self._id_column] in (pl.String, pl.Int64)
        if id_is_exact and types[self._image_column] == pl.String:
            return self._table
        return read_table(self._path, self.name, text_columns=named)

    def _label(self) -> str:
        return self._table.labels[self._image_column]


def refused_scheme(address: str) -> ImageError:
    """The error for an address of a kind that is never read."""
    return ImageError(
        "This address is refused.",
        f"It begins with “{address.partition(':')[0][:40]}:”.",
        "Give a path, or an http:// or https:// address.",
        code="refused-address",
    )


def _address_stem(address: str) -> str:
    """The stem of the file an address names, or the whole address when it names none."""
    try:
        name = PurePosixPath(unquote(urlsplit(address).path)).stem
    except ValueError:
        name = ""
    return name or address
