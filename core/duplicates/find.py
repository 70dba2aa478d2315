"""Finds groups of images that are the same to the byte, or nearly the same by hash or by vector."""

import time
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.collection.catalog import Catalog, Places
from core.collection.hashes import Hash, hashes
from core.collection.held import Vector
from core.collection.matrix import matrix_of
from core.collection.schema import vector_column
from core.duplicates.found import Duplicates
from core.duplicates.likeness import alike_vectors
from core.duplicates.pairs import Whole, near_hashes, too_much
from core.duplicates.request import DuplicatesRequest, How, Keep
from core.duplicates.stars import stars
from core.timing import step

MOST_PRODUCTS = 2.5e12  # of components: 69,000 images of 512, half a minute on two cores
PACK = 2**32  # two places in one number


@dataclass(frozen=True)
class Facts:
    """What is compared and chosen by, each by place."""

    turns: Places  # in the order of who came first: by batch, then by id, which a delete and its undo do not change
    contents: Places  # the first turn with the same bytes
    pixels: Whole


def find_duplicates(catalog: Catalog, request: DuplicatesRequest) -> Duplicates:
    """The groups of a request, largest first; the same request about the same version is answered from memory."""
    found: Duplicates = catalog.recent(f"duplicates {request}", lambda: _find(catalog, request))
    return found


def _find(catalog: Catalog, request: DuplicatesRequest) -> Duplicates:
    started = time.perf_counter()
    with step("duplicates"):
        facts = _facts(catalog)
        passing = _in_order_of_keeping(catalog, request)
        places, kept, distance = _centres(catalog, request, passing)
        content = facts.contents[places]
        sizes = _sizes(kept, content, apart=request.how is not How.IDENTICAL)
        inside = np.flatnonzero(sizes[kept] > 1)
        centre = kept[inside]
        order = np.lexsort((inside, distance[inside], centre != inside, facts.turns[places[centre]], -sizes[centre]))
        inside, centre = inside[order], centre[order]
        starts = np.flatnonzero(np.concatenate([[True], centre[1:] != centre[:-1]])) if len(centre) else centre
    return Duplicates(
        request=request,
        version=catalog.version,
        compared=len(places),
        left_out=len(passing) - len(places),
        places=places[inside],
        starts=np.append(starts, len(inside)),
        distances=distance[inside],
        copies=_copies(centre, content[inside]),
        milliseconds=1000 * (time.perf_counter() - started),
    )


def _facts(catalog: Catalog) -> Facts:
    """Of every image, read once for a version."""

    def read() -> Facts:
        size = "coalesce(width::BIGINT * height, 0)"
        turned = (
            f"SELECT {catalog.place} AS place, content_hash, {size} AS pixels, "
            "row_number() OVER (ORDER BY added_at, id) - 1 AS turn FROM images"
        )
        found = catalog.arrays(
            "SELECT turn, CASE WHEN content_hash IS NULL THEN turn ELSE min(turn) OVER same END AS content, pixels "
            f"FROM ({turned}) WINDOW same AS (PARTITION BY content_hash) ORDER BY place"
        )
        turns, contents = found["turn"].astype(np.int32), found["content"].astype(np.int32)
        return Facts(turns, contents, found["pixels"].astype(np.int64))

    facts: Facts = catalog.remembered("facts of duplicates", read)
    return facts


def _in_order_of_keeping(catalog: Catalog, request: DuplicatesRequest) -> Places:
    """The places of the images that pass the filter, first what is kept rather than the others."""
    every = not request.where.conditions
    places = np.arange(catalog.count_all, dtype=np.int32) if every else catalog.places(request.where)
    facts = _facts(catalog)
    places = places[np.argsort(facts.turns[places])]
    if request.keep is Keep.MOST_PIXELS:
        return places[np.argsort(-facts.pixels[places], kind="stable")]
    return places[::-1] if request.keep is Keep.LAST else places


def _centres(
    catalog: Catalog, request: DuplicatesRequest, passing: Places
) -> tuple[Places, Whole, npt.NDArray[np.float32]]:
    """The images that can be compared; for each which one of them is kept in its place, and how far from it it is."""
    contents = _facts(catalog).contents
    if request.how is How.IDENTICAL:
        _, index, inverse = np.unique(contents[passing], return_index=True, return_inverse=True)
        return passing, index[inverse], np.zeros(len(passing), np.float32)
    if request.how is How.VECTOR:
        index, inverse, nodes = _vectors(catalog, passing)
        passing = passing[inverse >= 0]
        inverse = inverse[inverse >= 0]
        pairs = alike_vectors(nodes, request.threshold)
    else:
        held = hashes(catalog, Hash(request.how.value))
        passing = passing[held.known[passing]]
        bits, index, inverse = np.unique(held.bits[passing], return_index=True, return_inverse=True)
        pairs = near_hashes(bits, int(request.threshold))
    found = stars(len(index), index, pairs)
    return passing, index[found.kept][inverse], found.distance[inverse]


def _vectors(catalog: Catalog, passing: Places) -> tuple[Whole, Whole, Vector]:
    """Where each content that has a vector comes first among the images with one, each image's content, and vectors.

    A content without a vector is -1.
    """
    contents = _facts(catalog).contents
    _, index, inverse = np.unique(contents[passing], return_index=True, return_inverse=True)
    width = catalog.encoder.dimension
    if len(index) ** 2 * width > MOST_PRODUCTS:
        most = int((MOST_PRODUCTS / width) ** 0.5) // 1_000 * 1_000
        raise too_much(
            f"{len(index):,} different images pass the filter; up to about {most:,} are compared by vector.",
            "Filter to fewer images, or compare by hash, which is quick for a million.",
        )
    vectors, known = _read_vectors(catalog, passing[index])
    number = np.where(known, np.cumsum(known) - 1, -1)[inverse]
    _, first = np.unique(number[number >= 0], return_index=True)
    return first, number, vectors[known]


def _read_vectors(catalog: Catalog, places: Places) -> tuple[Vector, npt.NDArray[np.bool_]]:
    """The unit vectors at some places, float32, shape (places, dimension), and which of them there are."""
    with step("load vectors"):
        column, dimension = vector_column(catalog.dataset.schema), catalog.encoder.dimension
        rowids = catalog.arrays(f"SELECT _rowid FROM images ORDER BY {catalog.place}")["_rowid"][places]
        if not len(rowids):
            return np.empty((0, dimension), np.float32), np.empty(0, np.bool_)
        order = np.argsort(rowids)
        held, known = matrix_of(catalog.dataset._take_rows(rowids[order].tolist(), columns=[column])[column])
        read = np.zeros((len(places), dimension), np.float32)
        read[order[known]] = held
        present = np.zeros(len(places), np.bool_)
        present[order] = known
        return read, present


def _sizes(kept: Whole, content: Places, *, apart: bool) -> Whole:
    """How many images each one is kept for; where `apart`, 0 for those whose images are all the same to the byte."""
    sizes = np.bincount(kept, minlength=len(kept))
    if apart:
        different = np.unique(_packed(kept, content)) // PACK
        sizes[np.bincount(different, minlength=len(kept)) < 2] = 0
    return sizes


def _copies(centre: Whole, content: Places) -> npt.NDArray[np.bool_]:
    """Whether an earlier image of the same group has the same content."""
    copies = np.ones(len(centre), np.bool_)
    _, first = np.unique(_packed(centre, content), return_index=True)
    copies[first] = False
    return copies


def _packed(centre: Whole, content: Places) -> Whole:
    return centre.astype(np.int64) * PACK + content
