"""The finished exports and augmented sets of a workspace, and their files."""

from pathlib import Path
from typing import Any

from core.collection.schema import NAME
from core.errors import NotFoundError, near_names

EXPORTS, AUGMENTED = "exports", "augmented"
MANIFEST = "manifest.json"  # written last


class Outputs:
    """What may be downloaded; nothing outside the two folders is ever given out."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def exports(self) -> list[dict[str, Any]]:
        """Name, layout and size of every finished export, by name."""
        return [
            {"name": path.stem if path.suffix == ".zip" else path.name, "layout": _layout(path), "bytes": _size(path)}
            for path in self._finished(EXPORTS)
        ]

    def augmented(self) -> list[dict[str, Any]]:
        """Every finished augmented set, by name."""
        return [{"name": path.name, "layout": "folder", "bytes": None} for path in self._finished(AUGMENTED)]

    def archive(self, name: str) -> Path:
        """The zip of an export, or a NotFoundError."""
        found = {path.stem: path for path in self._finished(EXPORTS) if path.suffix == ".zip"}
        if name in found:
            return found[name]
        hint = near_names(name[:80], found) or "Export with the layout zip first."
        raise NotFoundError(f"There is no archive “{name[:80]}” among the exports.", "", hint)

    def file(self, kind: str, name: str, file: str) -> Path:
        """One file of an export's or augmented set's folder, or a NotFoundError."""
        folders = {path.name: path for path in self._finished(kind) if path.is_dir()}
        if name not in folders:
            raise NotFoundError(f"There is nothing called “{name[:80]}” here.", "", near_names(name[:80], folders))
        root = folders[name].resolve()
        try:
            path = (root / file).resolve()
            there = path.is_relative_to(root) and path.is_file()
        except (OSError, ValueError):  # no file can be called that
            there = False
        if not there:
            raise NotFoundError(f"“{name}” has no file “{file[:200]}”.", "", f"{MANIFEST} lists its files.")
        return path

    def _finished(self, kind: str) -> list[Path]:
        places = sorted((self._folder / kind).glob("*")) if kind in (EXPORTS, AUGMENTED) else []
        return [
            path
            for path in places
            if NAME.fullmatch(path.stem) and (path.suffix == ".zip" or (path / MANIFEST).is_file())
        ]


def _layout(path: Path) -> str:
    return "zip" if path.suffix == ".zip" else "folder"


def _size(path: Path) -> int | None:
    return path.stat().st_size if path.suffix == ".zip" else None
