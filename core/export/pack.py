"""A bundle's folder as one zip archive whose bytes depend on nothing but the bundle."""

import io
import os
import shutil
import zipfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import IO, Any, cast

from core.collection.storage import storing
from core.export.manifest import MANIFEST, read_head

EARLIEST = (1980, 1, 1, 0, 0, 0)  # the first moment that an archive can note; every file in a bundle has it
PLAIN_FILE = 0o100644 << 16
COPY_BYTES = 1 << 20
DENSE = frozenset({"embeddings.npy", "embeddings.parquet"})  # packing takes long and gains nothing


def pack(folder: Path, files: Iterable[str], target: Path, told: Callable[[int], None]) -> None:
    """Write files of a folder into an archive in their order, images as they are, the manifest last.

    Memory grows by half a kilobyte a file, for the archive's own list.
    """
    with storing("the archive"), zipfile.ZipFile(target, "w") as archive:
        for place, file in enumerate((*files, MANIFEST), start=1):
            _add(archive, folder / file, file)
            told(place)


def streamed(folder: Path) -> Iterator[bytes]:
    """A finished bundle's folder as an archive, piece by piece; nothing of it is kept on disk or in memory."""
    sink = _Sink()
    with zipfile.ZipFile(cast(IO[bytes], sink), "w") as archive:
        for file in _files_in(folder):
            info = _entry(folder / file, file)
            info.compress_type = zipfile.ZIP_STORED
            with (folder / file).open("rb") as source, archive.open(info, "w") as target:
                while data := source.read(COPY_BYTES):
                    target.write(data)
                    yield sink.taken()
    yield sink.taken()


def manifest_head(path: Path) -> dict[str, Any]:
    """The manifest, less its files, of a finished bundle: a folder or an archive; ValueError when it has none."""
    try:
        if path.is_dir():
            with (path / MANIFEST).open(encoding="utf-8", newline="") as lines:
                return read_head(lines)
        with path.open("rb") as file:
            return archived_head(file)
    except OSError as error:
        raise ValueError("There is no manifest.") from error


def archived_head(file: IO[bytes]) -> dict[str, Any]:
    """The manifest, less its files, in an archive; ValueError when it has none."""
    try:
        with zipfile.ZipFile(file) as archive, archive.open(MANIFEST) as member:
            return read_head(io.TextIOWrapper(member, encoding="utf-8", newline=""))
    except (OSError, KeyError, zipfile.BadZipFile) as error:
        raise ValueError("There is no manifest.") from error


class _Sink:
    """Takes what an archive writes until it is asked for."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._pieces.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing waits anywhere else."""

    def taken(self) -> bytes:
        """What was written since the last time."""
        data = b"".join(self._pieces)
        self._pieces.clear()
        return data


def _files_in(folder: Path, below: str = "") -> Iterator[str]:
    """Files of a folder and the folders in it, by name; links are left out."""
    with os.scandir(folder) as entries:
        found = sorted((entry.name, entry.is_dir(follow_symlinks=False)) for entry in entries if not entry.is_symlink())
    for name, is_folder in found:
        if is_folder:
            yield from _files_in(folder / name, f"{below}{name}/")
        else:
            yield below + name


def _entry(path: Path, file: str) -> zipfile.ZipInfo:
    """A file as an archive notes it, the same on every machine and at every moment."""
    info = zipfile.ZipInfo(file, EARLIEST)
    info.create_system = 3  # Unix, wherever it is made
    info.external_attr = PLAIN_FILE
    info.file_size = path.stat().st_size
    return info


def _add(archive: zipfile.ZipFile, path: Path, file: str) -> None:
    info = _entry(path, file)
    info.compress_type = zipfile.ZIP_STORED if "/" in file or file in DENSE else zipfile.ZIP_DEFLATED
    with path.open("rb") as source, archive.open(info, "w") as target:
        shutil.copyfileobj(source, target, COPY_BYTES)
