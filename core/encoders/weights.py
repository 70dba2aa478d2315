"""Tells one encoder's weights from another's without loading either."""

import hashlib
from pathlib import Path

from core.errors import EncoderError

Stamp = tuple[tuple[str, int, int], ...]


def weight_files(location: str) -> list[Path]:
    """Every file of weights in a folder; none where the location is a hub name."""
    return sorted([*Path(location).rglob("*.safetensors"), *Path(location).rglob("*.bin")])


def fingerprint(location: str) -> str:
    """Twelve hexadecimal digits of the SHA-256 of a folder's weights; a hub name stands for itself."""
    digest = hashlib.sha256()
    weights = weight_files(location)
    for path in weights:
        try:
            with path.open("rb") as file:
                digest.update(hashlib.file_digest(file, "sha256").digest())
        except OSError as error:
            raise EncoderError(
                f"The weights of the encoder in {location} cannot be read.",
                f"{path.name}: {error.strerror or error}",
                "Copy the whole folder again; links in it have to lead somewhere.",
            ) from error
    if not weights:
        digest.update(location.encode())
    return digest.hexdigest()[:12]


def stamp(location: str) -> Stamp:
    """What changes when a folder's weights may have changed: each file's name, size and time of change."""
    found = ((str(path), path.stat()) for path in weight_files(location) if path.is_file())
    return tuple((name, stat.st_size, stat.st_mtime_ns) for name, stat in found)
