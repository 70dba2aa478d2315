"""What a file in a bundle is, as its manifest states it."""

import hashlib
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class FileFact:
    """One file of a bundle."""

    file: str  # path inside the bundle, "/" separated
    bytes: int
    sha256: str


def fact_of(path: Path, file: str) -> FileFact:
    """What the file at `path` is, under its name in the bundle."""
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    return FileFact(file, path.stat().st_size, digest)
