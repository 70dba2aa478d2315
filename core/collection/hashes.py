"""Perceptual hashes of a collection: 64 bits a picture, and how many of them differ between two.

The pHash keeps the coarse frequencies of a picture's light and dark (imagehash.phash), the dHash where it grows lighter
from left to right (imagehash.dhash). They see the picture itself, not what it shows, and cost next to nothing.
"""

from enum import StrEnum

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from core.collection.catalog import Catalog, lined_up
from core.timing import step

BITS = 64
Bits = npt.NDArray[np.uint64]


class Hash(StrEnum):
    """Which one."""

    PHASH = "phash"
    DHASH = "dhash"


class Hashes:
    """One kind of hash of every image, by place in the order of ingest. Safe to share between threads."""

    def __init__(self, catalog: Catalog, kind: Hash) -> None:
        with step("load hashes"):
            table = catalog.dataset.to_table(columns=[kind.value], with_row_id=True)
            self.rowids = catalog.rowids_by_place
            rows = lined_up(table["_rowid"].to_numpy(), self.rowids)
            column: pa.ChunkedArray = table[kind.value]
            self.known: npt.NDArray[np.bool_] = column.is_valid().to_numpy()[rows]  # images that have one
            self.bits: Bits = column.fill_null(0).to_numpy().view(np.uint64)[rows]

    def distances(self, bits: int) -> npt.NDArray[np.uint8]:
        """How many bits of each image's hash differ from these, 0 to 64; 255 where an image has none."""
        differing = np.bitwise_count(self.bits ^ np.uint64(bits % 2**BITS))
        return np.where(self.known, differing, np.uint8(255))


def hashes(catalog: Catalog, kind: Hash) -> Hashes:
    """The hashes of a catalog's version, read once."""
    found: Hashes = catalog.remembered(f"hashes {kind.value}", lambda: Hashes(catalog, kind))
    return found
