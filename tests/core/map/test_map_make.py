"""A map is made of the vectors, stands in the collection as columns of its own, and never takes a person's."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Any

import lance
import numpy as np
import pyarrow as pa
import pytest
from made_up import fill, made_up_rows, unit_vectors
from tqdm import tqdm

from core.collection.catalog import Catalog
from core.collection.counts import facet_counts
from core.collection.history import History, Kind
from core.collection.mapped import map_columns, map_of
from core.collection.store import Collection
from core.edit.edit import Edited, edit
from core.edit.request import EditRequest
from core.edit.undo import undo
from core.encoders.protocol import Vectors
from core.errors import BusyError, InputError, QueryError
from core.export.bundle import export
from core.export.request import ExportRequest
from core.ingest.headers import stored_names
from core.ingest.plan import IngestRequest
from core.ingest.progress import Progress
from core.map.make import Mapped, make_map
from core.map.plane import components, flat, framed
from core.map.points import inside, plane_of
from core.map.request import MapRequest, clusters_for
from core.query.columns import Kind as ColumnKind
from core.query.recipe import All, ImageId, OneOf, Recipe, Within
from core.query.sql import lance_filter
from core.search import Searcher
from core.workspace import Workspace

GROUPS = ("Shoe", "Shirt", "Watch")


def grouped(count: int, spread: float = 0.05) -> Vectors:
    """Unit vectors round three directions, by turns."""
    middles = unit_vectors(3, 16, seed=1)
    vectors = middles[np.arange(count) % 3] + spread * unit_vectors(count, 16, seed=2)
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def filled(folder: Path, count: int = 60, **more: pa.Array) -> Collection:
    kinds = pa.array([GROUPS[place % 3] for place in range(count)])
    ids = [f"row {place}" for place in range(count)]
    return fill(folder, "c", {"kind": kinds, **more}, ids, grouped(count))


def made(folder: Path, collection: Collection, method: str = "pca", clusters: int = 3, **more: Any) -> Mapped:
    return make_map(folder, collection, Catalog(collection.dataset()), MapRequest("c", method, clusters), **more)


def test_what_is_alike_lies_together_and_shares_a_cluster(tmp_path: Path) -> None:
    collection = filled(tmp_path)
    seen: list[Progress] = []
    found = make_map(tmp_path, collection, Catalog(collection.dataset()), MapRequest("c", "pca", 3), seen.append)
    assert found.names == {"Shirt": 20, "Shoe": 20, "Watch": 20}
    assert (found.images, found.fitted, found.without_vector) == (60, 60, 0)
    assert {step.stage for step in seen} >= {"Reading vectors", "Finding clusters", "Placing images", "Writing the map"}
    catalog = Catalog(collection.dataset())
    assert catalog.count(All((OneOf("map_cluster", ("Shoe",)), OneOf("kind", ("Shoe",))))) == 20
    plane = plane_of(catalog)
    assert plane is not None
    groups = plane.places % 3
    middles = np.array([[plane.x[groups == k].mean(), plane.y[groups == k].mean()] for k in range(3)])
    for k in range(3):
        away = np.hypot(plane.x[groups == k] - middles[k, 0], plane.y[groups == k] - middles[k, 1]).max()
        assert away < min(np.hypot(*(middles[k] - middles[other])) for other in range(3) if other != k) / 2


def test_clusters_are_classes_however_many_there_are(tmp_path: Path) -> None:
    ids = [f"row {place}" for place in range(16)]
    collection = fill(tmp_path, "c", {"kind": pa.array(ids)}, ids, unit_vectors(16))
    found = made(tmp_path, collection, clusters=16)
    assert found.clusters > 12
    changed(tmp_path, collection, "a long story of what can be seen here " * 5, "row 1")
    catalog = Catalog(collection.dataset())
    assert [catalog.columns[name].kind for name in ("kind", "map_cluster")] == [ColumnKind.TEXT, ColumnKind.CATEGORY]
    assert len(catalog.columns["map_cluster"].classes) == catalog.columns["map_cluster"].distinct
    collection.delete(ids, "d", datetime(2026, 1, 1))
    collection.upsert(made_up_rows(collection.schema, {}, ["late"], unit_vectors(1)))
    catalog = Catalog(collection.dataset())
    assert (catalog.columns["map_cluster"].kind, catalog.columns["map_cluster"].classes) == (ColumnKind.CATEGORY, ())
    assert catalog.count(All((OneOf("map_cluster", (None,)),))) == 1
    assert "map_cluster" in [facet.column for facet in facet_counts(catalog, Recipe())]


def test_the_coordinates_are_no_metadata_and_the_clusters_are(tmp_path: Path) -> None:
    collection = filled(tmp_path)
    made(tmp_path, collection)
    catalog = Catalog(collection.dataset())
    assert catalog.metadata == ("kind", "map_cluster")
    assert catalog.columns["map_cluster"].label == "Cluster"
    assert (catalog.columns["map_x"].axis, catalog.columns["map_y"].axis) == ("x", "y")
    assert "map_x" not in catalog.rows(["row 1"])[0].values


def test_a_new_map_takes_the_place_of_the_old_one_and_of_no_column_of_a_person(tmp_path: Path) -> None:
    own = pa.array([f"mine {place % 2}" for place in range(60)])
    collection = filled(tmp_path, map_cluster=own, map_x=pa.array([1.0] * 60))
    made(tmp_path, collection)
    first = map_of(collection.schema)
    made(tmp_path, collection, clusters=2)
    second = map_of(collection.schema)
    assert first is not None
    assert second is not None
    assert first.names() == second.names() == ("map_x_2", "map_y", "map_cluster_2")
    assert (first.clusters, second.clusters) == (3, 2)
    catalog = Catalog(collection.dataset())
    assert catalog.metadata == ("kind", "map_cluster", "map_x", "map_cluster_2")
    assert catalog.count(All((OneOf("map_cluster", ("mine 1",)),))) == 30
    assert catalog.rows(["row 0"])[0].values["map_x"] == 1.0


def test_the_same_seed_makes_the_same_map_and_an_area_of_another_is_refused(tmp_path: Path) -> None:
    collection = filled(tmp_path)
    keys = []
    for count in (60, 60, 63):
        if count > 60:
            collection.upsert(made_up_rows(collection.schema, {}, [f"new {k}" for k in range(3)], unit_vectors(3)))
        made(tmp_path, collection)
        fact = map_of(collection.schema)
        assert fact is not None
        keys.append(fact.area)
    assert keys[0] == keys[1] != keys[2]
    catalog = Catalog(collection.dataset())
    everywhere = ((-11.0, -11.0), (11.0, -11.0), (11.0, 11.0), (-11.0, 11.0))
    assert catalog.count(All((Within(everywhere, keys[2]),))) == 63
    with pytest.raises(QueryError, match="another map"):
        catalog.count(All((Within(everywhere, keys[0]),)))


def test_images_without_a_vector_or_added_later_have_no_place(tmp_path: Path) -> None:
    collection = filled(tmp_path)
    rows = made_up_rows(collection.schema, {}, ["blank"], unit_vectors(1))
    blank = rows.set_column(
        rows.schema.get_field_index("vector"), "vector", pa.nulls(1, rows.schema.field("vector").type)
    )
    collection.upsert(blank)
    assert made(tmp_path, collection).without_vector == 1
    collection.upsert(made_up_rows(collection.schema, {}, ["late"], unit_vectors(1, seed=9)))
    catalog = Catalog(collection.dataset())
    plane = plane_of(catalog)
    assert plane is not None
    assert plane.without == 2
    everywhere = Within(((-11.0, -11.0), (11.0, -11.0), (11.0, 11.0), (-11.0, 11.0)))
    assert catalog.count(All((everywhere,))) == 60
    assert catalog.count(All((OneOf("map_cluster", (None,)),))) == 2


def test_a_large_collection_is_fitted_on_a_sample_and_the_others_join_their_likes(tmp_path: Path) -> None:
    collection = filled(tmp_path, 300)
    found = made(tmp_path, collection, most_fitted=60)
    assert (found.images, found.fitted) == (300, 60)
    assert found.names == {"Shirt": 100, "Shoe": 100, "Watch": 100}


def test_umap_keeps_groups_apart_and_places_the_rest_in_them(tmp_path: Path) -> None:
    collection = filled(tmp_path, 150)
    stages: list[Progress] = []
    request = MapRequest("c", "umap", 3)
    catalog = Catalog(collection.dataset())
    make_map(tmp_path, collection, catalog, request, stages.append, most_fitted=90)
    plane = plane_of(Catalog(collection.dataset()))
    assert plane is not None
    assert plane.fact is not None
    assert (plane.fact.method, plane.fact.fitted) == ("umap", 90)
    groups = plane.places % 3
    boxes = [(plane.x[groups == k], plane.y[groups == k]) for k in range(3)]
    for k, (x, y) in enumerate(boxes):
        own = np.hypot(x - np.median(x), y - np.median(y)).max()
        others = [
            np.hypot(np.median(x) - np.median(a), np.median(y) - np.median(b))
            for j, (a, b) in enumerate(boxes)
            if j != k
        ]
        assert own < min(others)
    assert any(step.stage == "Laying out the map" and step.total > 0 for step in stages)


def free(locks: list[Any]) -> bool:
    """Whether this thread can have each of some locks at once."""
    held = [lock for lock in locks if lock.acquire(False)]
    for lock in held:
        lock.release()
    return len(held) == len(locks)


def test_who_cancels_ends_umap_and_nothing_is_written(tmp_path: Path) -> None:
    collection = filled(tmp_path, 60)
    before = collection.version

    def stop(progress: Progress) -> None:
        if progress.stage == "Laying out the map" and progress.total:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make_map(tmp_path, collection, Catalog(collection.dataset()), MapRequest("c", "umap"), stop)
    assert collection.version == before
    with ThreadPoolExecutor(1) as other:  # encoders of any thread write their progress through one lock
        assert other.submit(free, tqdm.get_lock().locks).result()


def as_it_stands(collection: Collection) -> tuple[Any, ...]:
    """The map, and every image's place and cluster."""
    catalog = Catalog(collection.dataset())
    places = catalog.select("SELECT id, map_x, map_y, map_cluster FROM images ORDER BY 1")
    return catalog.map, catalog.metadata, places


@pytest.mark.parametrize("commit", ["merge", "commit"])
def test_killed_before_it_counts_a_new_map_leaves_the_old_one_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, commit: str
) -> None:
    collection = filled(tmp_path)
    made(tmp_path, collection)
    changed(tmp_path, collection, "Mine", "row 1")
    before = as_it_stands(collection)

    def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    for count in (2, 3):  # the same map and another
        with monkeypatch.context() as broken:
            broken.setattr(lance.LanceDataset, commit, killed)
            with pytest.raises(KeyboardInterrupt):
                made(tmp_path, collection, clusters=count)
        assert as_it_stands(collection) == before
    collection.mend()
    assert as_it_stands(collection) == before
    assert made(tmp_path, collection, clusters=2).clusters == 2
    assert map_columns(collection.schema) == ["map_x", "map_y", "map_cluster"]


def test_a_new_map_counts_with_one_commit(tmp_path: Path) -> None:
    collection = filled(tmp_path)
    made(tmp_path, collection)
    first = collection.version
    made(tmp_path, collection, clusters=2)
    facts = [map_of(lance.dataset(str(collection.path), version=first + k).schema) for k in range(3)]
    assert collection.version == first + 2
    assert [fact and fact.clusters for fact in facts] == [3, 3, 2]


def test_an_edit_of_the_clusters_is_undone_on_its_own_map_only(tmp_path: Path) -> None:
    collection = filled(tmp_path)
    made(tmp_path, collection)
    undone = changed(tmp_path, collection, "Mine", "row 1", "row 2")
    assert undo(tmp_path, collection, undone.event).images == 2
    edited = changed(tmp_path, collection, "Mine", "row 1", "row 2")
    for clusters in (2, 3):  # another map, and the very same one
        made(tmp_path, collection, clusters=clusters)
        before = as_it_stands(collection)
        with pytest.raises(BusyError, match="cannot be undone") as refused:
            undo(tmp_path, collection, edited.event)
        assert "made anew since" in refused.value.detail
        assert as_it_stands(collection) == before
    again = changed(tmp_path, collection, "Mine", "row 1")
    assert undo(tmp_path, collection, again.event).images == 1
    assert as_it_stands(collection) == before


def test_of_an_older_edit_all_but_the_clusters_is_undone(tmp_path: Path) -> None:
    collection = filled(tmp_path)
    made(tmp_path, collection)
    edited = changed(tmp_path, collection, "Mine", "row 1", "row 2", kind="Other")
    made(tmp_path, collection, clusters=2)
    before = as_it_stands(collection)
    found = undo(tmp_path, collection, edited.event)
    assert (found.images, found.left) == (2, 2)
    assert "its clusters stay" in found.event.what
    assert as_it_stands(collection) == before
    kinds = Catalog(collection.dataset()).rows(["row 1", "row 2"])
    assert [row.values["kind"] for row in kinds] == ["Shirt", "Watch"]
    again = undo(tmp_path, collection, found.event.id)  # done again, and the clusters are left alone again
    assert (again.images, as_it_stands(collection)) == (2, before)


def changed(folder: Path, collection: Collection, cluster: str, *ids: str, **more: str) -> Edited:
    """The Cluster, and more, of some images as a person sets it."""

    def none(*_: object) -> Any:
        raise AssertionError

    catalog = Catalog(collection.dataset())
    request = EditRequest("c", {"map_cluster": cluster, **more}, ids=ids)
    return edit(folder, collection, catalog, Searcher(collection, catalog, none, none), request)


def test_the_map_stands_in_the_history_and_is_made_anew_instead_of_undone(tmp_path: Path) -> None:
    collection = filled(tmp_path)
    made(tmp_path, collection)
    event = History(tmp_path, collection).events()[0].event
    assert (event.kind, event.images) == (Kind.MAP, 60)
    assert event.what == "Map made by PCA: 60 images, 3 clusters, seed 0"
    with pytest.raises(BusyError, match="cannot be undone"):
        undo(tmp_path, collection, event.id)


def test_what_comes_back_from_the_trash_has_no_place_on_a_map_made_since(tmp_path: Path) -> None:
    collection = filled(tmp_path)
    made(tmp_path, collection)
    collection.delete(["row 3", "row 4"], "d", datetime(2026, 1, 1))
    collection.undo_delete("d")
    assert map_of(collection.schema) is not None
    catalog = Catalog(collection.dataset())
    assert catalog.columns["map_x"].missing == 0
    collection.delete(["row 3", "row 4"], "e", datetime(2026, 1, 2))
    made(tmp_path, collection, clusters=2)
    collection.undo_delete("e")
    catalog = Catalog(collection.dataset())
    assert catalog.columns["map_x"].missing == catalog.columns["map_cluster"].missing == 2


@pytest.mark.parametrize(
    ("request_", "title"),
    [
        (MapRequest("c", "tsne"), "no way to make a map called “tsne”"),
        (MapRequest("c", "pca", 1), "number of clusters"),
        (MapRequest("c", "pca", 201), "number of clusters"),
        (MapRequest("c", "pca", 2, -1), "seed"),
        (MapRequest("d", "pca"), "not about “c”"),
        (MapRequest("c", "umap"), "too small for UMAP"),
    ],
)
def test_what_cannot_be_made_is_refused(tmp_path: Path, request_: MapRequest, title: str) -> None:
    collection = filled(tmp_path, 12)
    with pytest.raises(InputError, match=title):
        make_map(tmp_path, collection, Catalog(collection.dataset()), request_)
    assert collection.schema.names.count("map_x") == 0


def test_two_images_are_no_map(tmp_path: Path) -> None:
    collection = filled(tmp_path, 2)
    with pytest.raises(InputError, match="too small for a map"):
        made(tmp_path, collection, clusters=0)
    assert plane_of(Catalog(collection.dataset())) is None


def test_clusters_follow_the_size() -> None:
    assert [clusters_for(0, count) for count in (3, 60, 1_000, 39_964, 10**6)] == [2, 7, 8, 24, 40]
    assert clusters_for(9, 5) == 5


def test_components_of_a_drawn_cloud_are_its_axes() -> None:
    chance = np.random.default_rng(3)
    cloud = (chance.normal(size=(500, 3)) * [4.0, 2.0, 0.1] + 7.0).astype(np.float32)
    found = components(cloud, 2)
    assert np.abs(np.abs(found.directions) - np.eye(2, 3)).max() < 0.05
    assert (found.directions.max(axis=1) > 0.99).all()  # the largest component is above 0
    places = framed(flat(found.of(cloud)))
    assert places[:, 0].min() == -10.0
    assert places[:, 0].max() == 10.0
    assert np.ptp(places[:, 1]) < np.ptp(places[:, 0])


def test_an_area_holds_the_same_images_in_numpy_as_in_the_engines(tmp_path: Path) -> None:
    collection = filled(tmp_path, 90)
    made(tmp_path, collection)
    catalog = Catalog(collection.dataset())
    plane = plane_of(catalog)
    assert plane is not None
    x, y = float(np.median(plane.x[::3])), float(np.median(plane.y[::3]))
    corners = ((x - 4.0, y - 3.0), (x, y - 0.1), (x + 5.0, y - 2.0), (x + 0.05, y + 0.05), (x - 2.0, y + 6.0))
    where = All((Within(corners),))
    assert plane.places[inside(plane, corners)].tolist() == catalog.places(where).tolist()
    assert catalog.dataset.count_rows(lance_filter(where, catalog.columns)) == int(inside(plane, corners).sum())
    assert 0 < inside(plane, corners).sum() < 30


def test_a_search_within_an_area_finds_only_what_lies_there(tmp_path: Path) -> None:
    collection = filled(tmp_path)
    made(tmp_path, collection)
    catalog = Catalog(collection.dataset())
    area = Within(((-11.0, -11.0), (11.0, -11.0), (11.0, 0.0), (-11.0, 0.0)))
    allowed = set(catalog.ids(All((area,)), None, 100))

    def none(*_: object) -> Any:
        raise AssertionError

    searcher = Searcher(collection, catalog, none, none)
    hits = searcher.run(Recipe(All((area,)), (ImageId("row 0"),), limit=60)).hits
    assert {hit.row.id for hit in hits} == allowed - {"row 0"}


def test_no_new_column_of_a_person_is_stored_as_a_maps() -> None:
    names = stored_names(["map_x", "Map_Cluster", "map_y_2", "map"])
    assert list(names) == ["map_x_", "Map_Cluster_", "map_y_2_", "map"]


def test_an_ingest_goes_on_after_a_map(own_workspace: Workspace, tmp_path: Path, small_source: Any) -> None:
    space = own_workspace
    make_map(space.folder, space.collection("things"), space.catalog("things"), MapRequest("things", "pca"))
    more = small_source(tmp_path / "more", count=5, first=900)
    ledger = space.ingest(IngestRequest(str(more), "things"))
    assert ledger.counts.images_added == 5
    catalog = space.catalog("things")
    assert catalog.map is not None
    assert catalog.columns["map_x"].missing == 5
    facts = json.loads(catalog.map.to_text())
    assert (facts["method"], facts["images"]) == ("pca", 60)


def test_a_bundle_takes_the_clusters_along_as_a_column_and_not_the_places(own_workspace: Workspace) -> None:
    space = own_workspace
    make_map(space.folder, space.collection("things"), space.catalog("things"), MapRequest("things", "pca", 4))
    request = ExportRequest("things", "taken", {}, whole=True, images="thumbnail")
    export(
        space.folder,
        space.collection("things"),
        space.catalog("things"),
        space.searcher("things"),
        space.originals,
        request,
    )
    header = (space.folder / "exports" / "taken" / "metadata.csv").read_text(encoding="utf-8").splitlines()[0]
    assert "Cluster" in header
    assert "map_x" not in header
    space.ingest(IngestRequest(str(space.folder / "exports" / "taken"), "again"))
    again = space.catalog("again")
    assert again.map is None
    (own,) = [name for name in again.metadata if again.columns[name].label == "Cluster"]
    make_map(space.folder, space.collection("again"), again, MapRequest("again", "pca", 4))
    names = space.catalog("again").map
    assert names is not None
    assert own in space.catalog("again").metadata
    assert own != names.cluster
    assert space.catalog("again").columns[names.cluster].label == "Cluster of the map"
