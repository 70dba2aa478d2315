"""A bundle's folder as one zip archive whose bytes depend on nothing but the bundle."""

import io
import shutil
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from core.collection.storage import storing
from core.export.manifest import MANIFEST, read_head

EARLIEST = (1980, 1, 1, 0, 0, 0)  # the first moment that an archive can note; every file in a bundle has it
PLAIN_FILE = 0o100644 << 16
COPY_BYTES = 1 << 20


def pack(folder: Path, files: Iterable[str], target: Path, told: Callable[[int], None]) -> None:
    """Write files of a folder into an archive in their order, images as they are, the manifest last.

    Memory grows by half a kilobyte a file, for the archive's own list.
    """
    with storing("the archive"), zipfile.ZipFile(target, "w") as archive:
        for place, file in enumerate((*files, MANIFEST), start=1):
            _add(archive, folder / file, file)
            told(place)


def manifest_head(path: Path) -> dict[str, Any]:
    """The manifest, less its files, of a finished bundle: a folder or an archive; ValueError when it has none."""
    try:
        if path.is_dir():
            with (path / MANIFEST).open(encoding="utf-8", newline="") as lines:
                return read_head(lines)
        with zipfile.ZipFile(path) as archive, archive.open(MANIFEST) as member:
            return read_head(io.TextIOWrapper(member, encoding="utf-8", newline=""))
    except (OSError, KeyError, zipfile.BadZipFile) as error:
        raise ValueError("There is no manifest.") from error


def _add(archive: zipfile.ZipFile, path: Path, file: str) -> None:
    info = zipfile.ZipInfo(file, EARLIEST)
    info.create_system = 3  # Unix, wherever it is made
    info.external_attr = PLAIN_FILE
    info.compress_type = zipfile.ZIP_STORED if "/" in file else zipfile.ZIP_DEFLATED
    info.file_size = path.stat().st_size
    with path.open("rb") as source, archive.open(info, "w") as target:
        shutil.copyfileobj(source, target, COPY_BYTES)
