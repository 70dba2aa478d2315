"""What a collection holds already, and what that means for a file of the source."""

from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from core.collection.store import Collection
from core.ingest import files
from core.ingest.archives import parse_member
from core.ingest.items import Item

COLUMNS = ("id", "uri", "source", "signature", "content_hash")


@dataclass(frozen=True, slots=True)
class KnownImage:
    """One image of the collection."""

    id: str
    uri: str
    source: str
    signature: str
    content_hash: str


class Verdict(Enum):
    """What is to be done with a file that was decoded."""

    NEW = "new"
    CHANGED = "changed"  # its image is in, with other content
    SAME = "same"  # its image is in, but its address or signature has changed
    SHARED = "shared"  # its image is in from another source that is still there
    TAKEN = "taken"  # its id belongs to another source's image


class KnownImages:
    """The images that were in the collection when an ingest of the source at `location` began.

    Grows with the collection: about half a kilobyte for each image.
    """

    def __init__(self, collection: Collection, location: str) -> None:
        self._location = location
        self._by_id: dict[str, KnownImage] = {}
        self._standing: dict[str, bool] = {}  # source -> whether it is still there
        if collection.exists():
            sources: dict[str, str] = {}  # one string for all images of a source
            for batch in collection.read(COLUMNS).select(list(COLUMNS)).to_batches():
                for id, uri, source, signature, digest in zip(*(column.to_pylist() for column in batch), strict=True):
                    self._by_id[id] = KnownImage(id, uri, sources.setdefault(source, source), signature, digest)

    def __contains__(self, id: str) -> bool:
        return id in self._by_id

    def __len__(self) -> int:
        return len(self._by_id)

    def own_ids(self) -> dict[str, list[str]]:
        """Address to ids of the images from this source; a table may list one file several times."""
        found: dict[str, list[str]] = {}
        for image in self._by_id.values():
            if image.source == self._location:
                found.setdefault(image.uri, []).append(image.id)
        return found

    def moved_ids(self) -> dict[str, str]:
        """Key inside the source to id, of images whose source is not where it was."""
        found: dict[str, str] = {}
        for image in self._by_id.values():
            if image.source != self._location and not self._stands(image.source) and (key := _key(image)):
                found.setdefault(key, image.id)
        return found

    def is_unchanged(self, item: Item) -> bool:
        """Whether the file need not be read: it is in, from this source, and has not changed since."""
        image = self._by_id.get(item.id)
        return (
            image is not None
            and image.source == self._location
            and image.uri == item.uri
            and image.signature == item.signature
        )

    def verdict(self, item: Item, content_hash: str) -> Verdict:
        """What is to be done with a file of this content; an image of another source is never overwritten."""
        image = self._by_id.get(item.id)
        if image is None:
            return Verdict.NEW
        same = image.content_hash == content_hash
        if image.source == self._location:
            return Verdict.SAME if same else Verdict.CHANGED
        if not same:
            return Verdict.TAKEN
        return Verdict.SHARED if self._stands(image.source) else Verdict.SAME

    def holder(self, id: str) -> str:
        """The source that an id's image came from."""
        return self._by_id[id].source

    def _stands(self, source: str) -> bool:
        if source not in self._standing:
            self._standing[source] = _is_there(source)
        return self._standing[source]


def _is_there(source: str) -> bool:
    try:
        return Path(source).exists()
    except OSError:  # it may not be looked at, which does not mean that it is gone
        return True


def _key(image: KnownImage) -> str:
    """The image's path inside its source, empty for one that a table listed."""
    if image.uri.startswith(("zip://", "tar://")):
        return parse_member(image.uri)[1]
    prefix = image.source.rstrip("/") + "/"
    path = files.storable(files.path_of(image.uri))
    return path.removeprefix(prefix) if path.startswith(prefix) else ""
