"""Reading one original again, long after its source was closed."""

import os
import threading
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from core.errors import ImageError, NotFoundError, SourceError, VitrineError
from core.ingest import files
from core.ingest.addresses import Downloader
from core.ingest.archives import Archive, open_archive, parse_member, read_member
from core.ingest.listed import SCHEME, WEB, refused_scheme
from core.settings import Settings

OPEN_ARCHIVES = 4  # kept open between reads; the least recently used one that nobody reads is closed first


@dataclass
class _Open:
    archive: Archive
    signature: str
    readers: int = 0


class OriginalReader:
    """Reads originals by their address; safe from several threads.

    A compressed tar archive is unpacked to a temporary file when one of its members is asked for, so the first such
    read takes as long as the whole archive.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._open: OrderedDict[str, _Open] = OrderedDict()
        self._downloader: Downloader | None = None

    def read(self, uri: str) -> bytes:
        """The original's bytes; NotFoundError when it is gone, ImageError for any other failure."""
        try:
            return self._read(uri)
        except ImageError as error:
            if error.code == "missing":
                raise NotFoundError(error.title, error.detail, error.hint) from None
            raise

    def has(self, uri: str) -> bool:
        """Whether an original is still there; an address on the web is believed, not asked."""
        if WEB.match(uri):
            return True
        try:
            self.read(uri)
        except VitrineError:
            return False
        return True

    def close(self) -> None:
        """Close archives and connections."""
        with self._lock:
            for held in self._open.values():
                held.archive.close()
            self._open.clear()
            if self._downloader is not None:
                self._downloader.close()
                self._downloader = None

    def _read(self, uri: str) -> bytes:
        if WEB.match(uri):
            return self._downloads().fetch(uri)
        if uri.startswith(("zip://", "tar://")):
            with self._borrowed(parse_member(uri)[0]) as archive:
                return read_member(archive, uri, self._settings.max_bytes)
        if SCHEME.match(uri) and not uri.startswith(files.ODD_PATH):
            raise refused_scheme(uri)
        return files.read_file(files.path_of(uri), self._settings.max_bytes)

    @contextmanager
    def _borrowed(self, path: str) -> Iterator[Archive]:
        """The open archive at `path`, which is not closed before the block ends."""
        held = self._held(path)
        try:
            yield held.archive
        finally:
            with self._lock:
                held.readers -= 1
                if self._open.get(path) is not held and not held.readers:
                    held.archive.close()

    def _held(self, path: str) -> _Open:
        signature = files.signature(path)[1]
        with self._lock:
            held = self._open.get(path)
            if held is None or held.signature != signature:
                self._drop(path)
                held = self._open[path] = _Open(_opened(path), signature)
            self._open.move_to_end(path)
            held.readers += 1
            while len(self._open) > OPEN_ARCHIVES:
                self._drop(next(iter(self._open)))
            return held

    def _drop(self, path: str) -> None:
        """Forget an archive; it is closed now, or by the last of its readers."""
        with suppress(KeyError):
            held = self._open.pop(path)
            if not held.readers:
                held.archive.close()

    def _downloads(self) -> Downloader:
        with self._lock:
            if self._downloader is None:
                self._downloader = Downloader(self._settings)
            return self._downloader


def read_original(uri: str, settings: Settings) -> bytes:
    """Read one original; keep an OriginalReader to read many."""
    reader = OriginalReader(settings)
    try:
        return reader.read(uri)
    finally:
        reader.close()


def _opened(path: str) -> Archive:
    name = files.storable(os.path.basename(path))
    if not os.path.exists(path):
        raise NotFoundError(f"The archive “{name}” is not there.", f"Looked for {files.storable(path)}")
    try:
        return open_archive(Path(path))
    except SourceError as error:
        raise ImageError(error.title, error.detail, error.hint, code="unreadable") from error
