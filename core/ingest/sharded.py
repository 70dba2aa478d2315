"""The images in the tar shards of a bundle's folder, besides those that lie in it loose."""

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from core.errors import ImageError, NotFoundError, SourceError
from core.ingest import files, naming
from core.ingest.archives import Archive, member_uri
from core.ingest.folder import FolderSource
from core.ingest.items import Item
from core.ingest.naming import Kind
from core.ingest.originals import OriginalReader
from core.ingest.rows import TableRead
from core.ingest.tarred import TarArchive
from core.settings import Settings

SHARDS = "shards"
INSIDE = "!/"  # between a shard and a file in it


class ShardSource:
    """Images in `shards/*.tar`, shard after shard; of the shards only a few are open at a time."""

    def __init__(self, path: Path, settings: Settings) -> None:
        self._folder = FolderSource(path, settings, may_be_empty=True)
        self.name, self.location = self._folder.name, self._folder.location
        self._reader = OriginalReader(settings)
        self._others: list[str] = []
        self._notes: list[str] = []
        names = sorted(shard.name for shard in (path / SHARDS).glob("*.tar") if shard.is_file())
        self._shards = [f"{SHARDS}/{name}" for name in names if not naming.is_hidden(name) and files.is_storable(name)]
        self._items = [item for shard in self._shards for item in self._opened(shard)]
        if not self._items:
            detail = self._notes[0] if self._notes else f"It has no {SHARDS}/*.tar with images."
            raise SourceError(f"“{self.name}” holds no images.", detail, "Export it again, or fetch it whole.")

    def items(self) -> Iterator[Item]:
        """Every image, in the shards' order, then those outside of them."""
        yield from self._items
        yield from self._folder.items()

    def others(self) -> Sequence[str]:
        """Keys of files that are neither image, shard, metadata of an image in a shard, nor table."""
        return tuple(key for key in self._folder.others() if key not in self._shards) + tuple(self._others)

    def notes(self) -> Sequence[str]:
        """A sentence for each shard or folder that could not be read whole."""
        return (*self._folder.notes(), *self._notes)

    def tables(self) -> Sequence[str]:
        """Tables in the folder, best first."""
        return self._folder.tables()

    def read(self, item: Item) -> bytes:
        """The bytes of one file."""
        if not item.uri.startswith("tar://"):
            return self._folder.read(item)
        try:
            return self._reader.read(item.uri)
        except NotFoundError as error:
            raise ImageError(error.title, error.detail, error.hint, code="missing") from error

    def read_table(self, key: str, *, text_columns: Collection[str] = ()) -> TableRead:
        """Read one of tables(), or a table elsewhere by its path."""
        return self._folder.read_table(key, text_columns=text_columns)

    def close(self) -> None:
        """Close the shards that are open."""
        self._reader.close()

    def _opened(self, shard: str) -> list[Item]:
        """The images of one shard; a shard that cannot be read is noted."""
        path = Path(self.location) / shard
        try:
            archive = TarArchive(path)
        except (SourceError, OSError) as error:
            self._notes.append(f"The shard {shard} cannot be read: {error}")
            return []
        try:
            if archive.damage:
                self._notes.append(archive.damage)
            return self._listed(archive, path, shard)
        finally:
            archive.close()

    def _listed(self, archive: Archive, path: Path, shard: str) -> list[Item]:
        changed = files.signature(str(path))[1]
        found, others = [], []
        for key in archive.members():
            kind = naming.kind_of(key, lambda: b"")
            if kind is Kind.IMAGE:
                uri, size = member_uri("tar", str(path), key), archive.size(key)
                found.append(Item(shard + INSIDE + key, naming.stem(key), uri, size, f"{changed}:{size}"))
            elif kind is not Kind.HIDDEN:
                others.append(key)
        stems = {item.id for item in found}
        self._others += [shard + INSIDE + key for key in others if not _is_metadata(key, stems)]
        return found


def _is_metadata(key: str, stems: Collection[str]) -> bool:
    return key.endswith(".json") and naming.stem(key) in stems
