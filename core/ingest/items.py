"""What every source of images has in common."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from core.ingest.rows import TableRead


@dataclass(frozen=True, slots=True)
class Item:
    """One image file of a source, before it is read."""

    key: str  # path inside the source, "/" separated, unique in it; a listed source's path or address as written
    id: str  # the file's stem, or the id its row has in a listed source
    uri: str  # where the original can be read again
    size: int | None  # bytes, where known
    signature: str  # changes when the file may have changed
    line: int | None = None  # of the table that lists it, in a listed source


class Source(Protocol):
    """A place images come from. All methods may be called from several threads once it is open."""

    name: str  # what a person recognises: folder or file name
    location: str  # canonical absolute path

    def items(self) -> Iterator[Item]:
        """Every image file, in an order that is the same each time.

        Files count by their suffix; those without one are looked into.
        """

    def others(self) -> Sequence[str]:
        """Keys that were passed over as neither image nor table; hidden files are not mentioned."""

    def notes(self) -> Sequence[str]:
        """Sentences about the source as a whole, such as a folder that may not be read."""

    def read(self, item: Item) -> bytes:
        """The bytes of one file, or an ImageError."""

    def tables(self) -> Sequence[str]:
        """Keys of tables that may describe the images, best first."""

    def read_table(self, key: str, *, text_columns: Collection[str] = ()) -> TableRead:
        """Read one of tables(), or a table elsewhere by its path."""

    def close(self) -> None:
        """Let go of files and connections."""
