"""Uploaded files, kept in the workspace as a source for an ingest."""

import hashlib
import os
import re
from collections.abc import Sequence
from pathlib import Path
from secrets import token_hex

from core.collection.storage import storing

MOST_NAME_BYTES = 200  # of a file's name; systems allow 255


def keep_files(folder: Path, files: Sequence[tuple[str, bytes]]) -> None:
    """Write files by name into a folder, which is made if need be.

    A file of the same name and other content gets its own name, so nothing is written over.
    """
    with storing("the uploaded images"):
        folder.mkdir(parents=True, exist_ok=True)
        for name, data in files:
            path = folder / _plain_name(name)
            if path.exists() and path.read_bytes() != data:
                path = folder / f"{path.stem}-{hashlib.sha256(data).hexdigest()[:8]}{path.suffix}"
            temporary = folder / f".{token_hex(4)}.part"
            temporary.write_bytes(data)
            os.replace(temporary, path)


def _plain_name(name: str) -> str:
    """A file's name without folders, short enough to be one."""
    last = re.split(r"[/\\]", name)[-1].replace("\0", "").lstrip(".") or "image"
    while len(last.encode()) > MOST_NAME_BYTES:
        last = last[1:]
    return last
