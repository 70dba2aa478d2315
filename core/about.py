"""What is known about one image beyond its row: hashes, what is like it, and what its ingests said of it."""

from dataclasses import dataclass

from core.collection.catalog import Catalog, Row
from core.collection.lineage import Parent, parent_of
from core.errors import VitrineError
from core.ingest.ledger import Entry
from core.query.recipe import ImageId, Recipe
from core.search import Hit
from core.workspace import Workspace

NEIGHBOURS = 6
MOST_NOTES = 20


@dataclass(frozen=True)
class Note:
    """What one ingest's ledger says of an image."""

    at: str  # UTC, ISO 8601
    source: str
    entry: Entry


@dataclass(frozen=True)
class MadeFrom:
    """What an image was made from, and whether that is still there."""

    parent: Parent
    is_there: bool

    def told(self) -> str:
        """In one sentence."""
        made = self.parent
        text = f"Made from image {made.id} of {made.collection}, variant {made.variant}, by {made.pipeline}."
        return text if self.is_there else f"{text} That image is no longer there."


def made_from(space: Workspace, catalog: Catalog, row: Row) -> MadeFrom | None:
    """What the image was made from, where it came in with a set of augmented pictures."""
    parent = parent_of(row.values, catalog.dataset.schema)
    if parent is None:
        return None
    return MadeFrom(parent, _is_there(space, parent))


def _is_there(space: Workspace, parent: Parent) -> bool:
    """Whether the original is still in its collection; one that cannot be opened does not take its children along."""
    try:
        return parent.collection in space.names() and bool(space.catalog(parent.collection).rows([parent.id]))
    except VitrineError:
        return False


def hashes(space: Workspace, name: str, catalog: Catalog, row: Row) -> dict[str, str]:
    """The image's 64-bit perceptual and difference hashes, 16 hexadecimal digits each; those it has."""
    held = space.collection(name).hashes(row.rowid, catalog.dataset)
    return {kind: f"{value & (2**64 - 1):016x}" for kind, value in held.items() if value is not None}


def neighbours(space: Workspace, name: str, catalog: Catalog, id: str, most: int = NEIGHBOURS) -> tuple[Hit, ...]:
    """The images most like this one, itself left out; none where it has no vector or its encoder is gone."""
    try:
        found = space.searcher(name, catalog).run(Recipe(terms=(ImageId(id),), limit=most + 1))
    except VitrineError:
        return ()
    return tuple(hit for hit in found.hits if hit.row.id != id)[:most]


def notes(space: Workspace, name: str, row: Row) -> list[Note]:
    """What the ledgers say of the image, the latest ingest first; of what went in plainly they say nothing."""
    found = []
    for ledger in space.ledgers(name):
        for entry in ledger.entries:
            if entry.id == row.id:
                found.append(Note(ledger.at, ledger.source, entry))
            if len(found) == MOST_NOTES:
                return found
    return found
