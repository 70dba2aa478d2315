"""Files on this machine: their addresses, signatures and bytes, and tables that lie beside a source."""

import os
import stat
from collections.abc import Collection
from pathlib import Path
from urllib.parse import quote, unquote_to_bytes

from core.errors import ImageError, NotFoundError, TableError, near_names
from core.ingest import naming
from core.ingest.kinds import HEAD_BYTES
from core.ingest.naming import BESIDE, Candidate
from core.ingest.rows import TableRead
from core.ingest.tables import read_table

ODD_PATH = "path://"  # begins the address of a file whose name is not UTF-8 and so cannot be stored as it is
MISSING = "missing"  # signature of a file that is not there


def file_uri(path: str) -> str:
    """The address of an absolute path: the path itself, or percent-encoded bytes where it is not UTF-8."""
    return path if is_storable(path) else ODD_PATH + quote(os.fsencode(path))


def path_of(uri: str) -> str:
    """The path that file_uri() gave this address to."""
    return os.fsdecode(unquote_to_bytes(uri.removeprefix(ODD_PATH))) if uri.startswith(ODD_PATH) else uri


def is_storable(text: str) -> bool:
    """Whether the text is valid Unicode; names of files need not be."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def storable(text: str) -> str:
    """The text with bytes that are not UTF-8 spelled out, such as "caf\\xe9.jpg"."""
    return text if is_storable(text) else os.fsencode(text).decode("utf-8", "backslashreplace")


def signature(path: str) -> tuple[int | None, str]:
    """Size in bytes and a signature of size and modification time; (None, "missing") when it is not there."""
    try:
        status = os.stat(path)
    except (OSError, ValueError):
        return None, MISSING
    return status.st_size, f"{status.st_size}:{status.st_mtime_ns}"


def read_file(path: str, max_bytes: int) -> bytes:
    """All bytes of a regular file; anything that is not one is refused before it is read."""
    name = storable(os.path.basename(path))
    try:
        with open(path, "rb", opener=_open_without_waiting) as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode):
                raise ImageError(f"“{name}” is not a file.", "It is a folder or a device.", code="unreadable")
            data = file.read(max_bytes + 1) if status.st_size <= max_bytes else b""
    except (FileNotFoundError, NotADirectoryError, ValueError):
        raise ImageError(f"“{name}” is not there.", f"Looked for {storable(path)[:300]}", code="missing") from None
    except OSError as error:
        raise ImageError(f"“{name}” cannot be read.", error.strerror or str(error), code="unreadable") from error
    check_size(name, max(status.st_size, len(data)), max_bytes)
    return data


def check_size(name: str, size: int, max_bytes: int) -> None:
    """Refuse a file of more than `max_bytes`."""
    if size > max_bytes:
        raise ImageError(
            f"“{name}” is too large.",
            f"It has {size:,} bytes or more; the limit is {max_bytes:,}.",
            "Raise VITRINE_MAX_BYTES to read it all the same.",
            code="too-large",
        )


def head(path: str) -> bytes:
    """The first bytes of a regular file, none when it cannot be read."""
    try:
        with open(path, "rb", opener=_open_without_waiting) as file:
            return file.read(HEAD_BYTES) if stat.S_ISREG(os.fstat(file.fileno()).st_mode) else b""
    except OSError:
        return b""


def tables_beside(place: Path, stem: str) -> list[Candidate]:
    """Tables in the folder that holds `place` and may belong to it."""
    found = []
    try:
        with os.scandir(place.parent) as entries:
            for entry in entries:
                shown = naming.is_table(entry.name) and not naming.is_hidden(entry.name) and is_storable(entry.name)
                if shown and entry.name != place.name and entry.is_file():
                    found.append(Candidate(BESIDE + entry.name, entry.stat().st_size))
    except OSError:
        return []
    return naming.beside(found, stem)


def read_table_at(place: Path, key: str, known: Collection[str], text_columns: Collection[str]) -> TableRead:
    """Read the table `key`: "../name" beside `place`, or a path; `known` keys are for the hint when it is neither."""
    path = (
        place.parent / key.removeprefix(BESIDE) if key.startswith(BESIDE) and key in known else Path(key).expanduser()
    )
    if path.is_file():
        return read_table(path, path.name, text_columns=text_columns)
    if path.is_dir():
        raise TableError(f"“{key}” is a folder, not a table.", "", near_names(key, known))
    raise NotFoundError(f"There is no table “{key}”.", f"Looked beside and inside {place}.", near_names(key, known))


def _open_without_waiting(path: str, flags: int) -> int:
    """Open without blocking on a named pipe that nobody writes to."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))
