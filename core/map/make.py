"""Makes a collection's map: places in two dimensions and named clusters, as columns of the collection.

Principal components, UMAP and clusters are found on a random sample of a large collection. The others are read in
batches: each joins the nearest cluster and, where UMAP placed the sample, lies among its likes in it. So memory stays
bounded whatever the size, and nothing is written before all of it is known.
"""

import hashlib
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from core.collection.catalog import Catalog
from core.collection.changes import record_map, settle
from core.collection.indexes import index
from core.collection.mapped import CLUSTER, PARTS, MapFact, free_names, map_columns, part_metadata
from core.collection.matrix import matrix_of
from core.collection.schema import LABEL_KEY, label, metadata_fields, vector_column
from core.collection.store import LEAST_INDEXED, Collection
from core.evaluation.vectors import stored_vectors
from core.ingest.lock import only_writer
from core.ingest.progress import Progress, Report
from core.map.naming import names_of
from core.map.plane import Components, Matrix, among_likes, components, flat, framed, umap_places
from core.map.request import UMAP, MapRequest, check_request, clusters_for
from core.timing import step

MOST_FITTED = 50_000  # images that the method itself places
READ_ROWS = 8_192  # at a time
BLOCK = 2_048  # placed among their likes at a time
LABELS = {"x": "Map x", "y": "Map y", CLUSTER: "Cluster"}
READING, PLANE, GROUPING = "Reading vectors", "Laying out the map", "Finding clusters"
PLACING, NAMING, WRITING = "Placing images", "Naming clusters", "Writing the map"
Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Mapped:
    """What became of a map."""

    collection: str
    method: str
    images: int  # that have a place
    fitted: int  # of these, how many the method itself placed
    without_vector: int  # images that have none
    clusters: int
    names: dict[str, int]  # images by cluster, the largest first
    seed: int
    version: int  # of the collection afterwards
    seconds: float

    def summary(self) -> dict[str, Any]:
        """Every fact, as plain values."""
        return {**asdict(self), "seconds": round(self.seconds, 2)}


def make_map(
    folder: Path,
    collection: Collection,
    catalog: Catalog,
    request: MapRequest,
    report: Report = lambda progress: None,
    *,
    most_fitted: int = MOST_FITTED,
) -> Mapped:
    """Make a map in the place of the one there is; `folder` is the workspace's. Nobody else may write meanwhile."""
    started = time.monotonic()
    with only_writer(folder, collection.name):
        settle(folder, collection)  # of what was cut off: the map's columns are no part of that
        if catalog.version != collection.version:
            catalog = Catalog(collection.dataset())
        lacking = collection.count_without_vector(catalog.dataset)
        check_request(request, collection.name, catalog.count_all - lacking)
        sample, fit = _fit(catalog, request, most_fitted, report)
        ids, places, labels, rowids = _place(catalog, fit, sample, report)
        report(Progress(NAMING, 0, 0))
        names = _names(catalog, rowids, labels, len(fit.centres))
        report(Progress(WRITING, 0, 0))
        fact, rows = _table(
            catalog, request, ids, framed(places, fit.frame), [names[item] for item in labels], len(sample)
        )
        collection.put_map(fact, rows)
        record_map(folder, collection, _words(fact), fact.images)
        if collection.count() >= LEAST_INDEXED:
            done: Callable[[int, int], None] = lambda part, total: report(Progress("Building the index", part, total))  # noqa: E731
            index(collection, Catalog(collection.dataset()), done)
    sizes = np.bincount(labels, minlength=len(names)).tolist()
    return Mapped(
        collection=collection.name,
        method=request.method,
        images=fact.images,
        fitted=fact.fitted,
        without_vector=lacking,
        clusters=fact.clusters,
        names=dict(sorted(zip(names, sizes, strict=True), key=lambda item: (-item[1], item[0]))),
        seed=request.seed,
        version=collection.version,
        seconds=time.monotonic() - started,
    )


@dataclass(frozen=True)
class _Fit:
    """What places and groups any vector."""

    components: Components
    reduced: Matrix  # of the sample, shape (fitted, kept)
    labels: Numbers  # of the sample
    centres: Matrix  # of the clusters, shape (clusters, kept)
    laid: npt.NDArray[Any] | None  # places of the sample by UMAP; None where the components are the places
    frame: npt.NDArray[Any]  # places that the map's frame is put round


def _fit(catalog: Catalog, request: MapRequest, most: int, report: Report) -> tuple[Numbers, _Fit]:
    """Row ids of the sample, and what was found on it."""
    report(Progress(READING, 0, 0))
    with step("read vectors"):
        rowids, vectors = sampled_vectors(catalog, most, request.seed)
    parts = components(vectors)
    reduced = parts.of(vectors)
    laid = None
    if request.method == UMAP:
        report(Progress(PLANE, 0, 0))
        with step("lay out"):
            laid = umap_places(reduced, request.seed, lambda done, total: report(Progress(PLANE, done, total)))
    report(Progress(GROUPING, 0, 0))
    with step("cluster"):
        labels, centres = _clusters(reduced, clusters_for(request.clusters, len(reduced)), request.seed)
    return rowids, _Fit(parts, reduced, labels, centres, laid, flat(reduced) if laid is None else laid)


def sampled_vectors(catalog: Catalog, most: int, seed: int) -> tuple[Numbers, Matrix]:
    """Row ids and unit vectors of at most so many images that have one, drawn at random; in the order of ingest."""
    rowids = catalog.arrays(f"SELECT _rowid FROM images ORDER BY {catalog.place}")["_rowid"].astype(np.int64)
    if len(rowids) > most:
        rowids = rowids[np.sort(np.random.default_rng(seed).choice(len(rowids), most, replace=False))]
    looked = stored_vectors(catalog.dataset, rowids)
    return rowids[looked.usable], looked.vectors[looked.usable]


def _clusters(reduced: Matrix, count: int, seed: int) -> tuple[Numbers, Matrix]:
    """The cluster of each, numbered from the largest on, and the clusters' centres; one that is empty is left out."""
    from sklearn.cluster import MiniBatchKMeans

    model = MiniBatchKMeans(count, random_state=seed, n_init=3, batch_size=4_096).fit(reduced)
    labels = nearest_centres(reduced, model.cluster_centers_)
    sizes = np.bincount(labels, minlength=count)
    order = np.argsort(-sizes, kind="stable")[: int((sizes > 0).sum())]
    number = np.zeros(count, np.int64)
    number[order] = np.arange(len(order))
    return number[labels], model.cluster_centers_[order].astype(np.float32)


def nearest_centres(reduced: Matrix, centres: Matrix) -> Numbers:
    """The number of the nearest centre of each."""
    away = (centres**2).sum(axis=1) - 2.0 * (reduced @ centres.T)
    found: Numbers = away.argmin(axis=1).astype(np.int64)
    return found


def _place(
    catalog: Catalog, fit: _Fit, sample: Numbers, report: Report
) -> tuple[pa.ChunkedArray, npt.NDArray[Any], Numbers, Numbers]:
    """Ids, places, clusters and row ids of every image with a vector."""
    column = vector_column(catalog.dataset.schema)
    groups = [np.flatnonzero(fit.labels == number) for number in range(len(fit.centres))]
    order = np.argsort(sample)
    parts: list[tuple[Any, npt.NDArray[Any], Numbers, Numbers]] = []
    done = 0
    report(Progress(PLACING, done, catalog.count_all))
    for batch in catalog.dataset.to_batches(columns=["id", column], with_row_id=True, batch_size=READ_ROWS):
        vectors, present = matrix_of(batch[column])
        there = np.flatnonzero(present)
        usable = np.isfinite(vectors).all(axis=1) & (np.abs(vectors).sum(axis=1) > 0)
        vectors, there = vectors[usable], there[usable]
        if len(there):
            rowids = batch["_rowid"].to_numpy()[there].astype(np.int64)
            reduced = fit.components.of(_unit(vectors))
            labels = nearest_centres(reduced, fit.centres)
            places = flat(reduced) if fit.laid is None else _laid(fit, reduced, labels, groups, sample, order, rowids)
            parts.append((batch["id"].take(pa.array(there)), places, labels, rowids))
        done += len(batch)
        report(Progress(PLACING, done, catalog.count_all))
    ids = pa.chunked_array([part[0] for part in parts], pa.string())
    places, labels, rowids = (np.concatenate([part[place] for part in parts]) for place in (1, 2, 3))
    return ids, places, labels, rowids


def _unit(vectors: npt.NDArray[Any]) -> Matrix:
    made: Matrix = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    return made


def _laid(
    fit: _Fit,
    reduced: Matrix,
    labels: Numbers,
    groups: list[Numbers],
    sample: Numbers,
    order: Numbers,
    rowids: Numbers,
) -> npt.NDArray[Any]:
    """Places by UMAP: an image of the sample keeps its own, another lies among its likes of the same cluster."""
    assert fit.laid is not None
    at = np.minimum(np.searchsorted(sample, rowids, sorter=order), len(sample) - 1)
    own = order[at]
    is_own = sample[own] == rowids
    places = np.zeros((len(rowids), 2))
    places[is_own] = fit.laid[own[is_own]]
    for number in np.unique(labels[~is_own]):
        members = groups[number]
        rows = np.flatnonzero(~is_own & (labels == number))
        for first in range(0, len(rows), BLOCK):
            block = rows[first : first + BLOCK]
            places[block] = among_likes(reduced[block], fit.reduced[members], fit.laid[members])
    return places


def _names(catalog: Catalog, rowids: Numbers, labels: Numbers, count: int) -> list[str]:
    """The clusters' names."""
    known = catalog.rowids_by_place
    order = np.argsort(rowids)
    at = np.minimum(np.searchsorted(rowids, known, sorter=order), len(rowids) - 1)
    found = order[at]
    return names_of(catalog, np.where(rowids[found] == known, labels[found], -1), count)


def _table(
    catalog: Catalog, request: MapRequest, ids: Any, places: npt.NDArray[Any], names: list[str], fitted: int
) -> tuple[MapFact, pa.Table]:
    """The map's facts, and the columns to be written with their ids."""
    schema, old = catalog.dataset.schema, set(map_columns(catalog.dataset.schema))
    digest = hashlib.sha256(places.tobytes())
    digest.update("\n".join(ids.to_pylist()).encode())
    area = digest.hexdigest()[:10]
    digest.update("\n".join(names).encode())
    key = digest.hexdigest()[:10]
    columns = free_names([name for name in schema.names if name not in old])
    fact = MapFact(
        key=key,
        area=area,
        method=request.method,
        clusters=len(set(names)),
        seed=request.seed,
        encoder=catalog.encoder.to_text(),
        at=datetime.now(UTC).isoformat(timespec="seconds"),
        images=len(ids),
        fitted=fitted,
        x=columns[0],
        y=columns[1],
        cluster=columns[2],
        since=catalog.version,
    )
    taken = {label(field).casefold() for field in metadata_fields(schema) if field.name not in old}
    fields = [pa.field("id", pa.string())]
    for part, name, kind in zip(PARTS, columns, (pa.float64(), pa.float64(), pa.string()), strict=True):
        shown = LABELS[part] if LABELS[part].casefold() not in taken else f"{LABELS[part]} of the map"
        fields.append(pa.field(name, kind, metadata={**part_metadata(part, key), LABEL_KEY: shown}))
    return fact, pa.table([ids, places[:, 0], places[:, 1], pa.array(names)], schema=pa.schema(fields))


def _words(fact: MapFact) -> str:
    """Such as “Map made by UMAP, 24 clusters, seed 0”."""
    return f"Map made by {fact.method.upper()}: {fact.images:,} images, {fact.clusters} clusters, seed {fact.seed}"
