"""What is drawn of a map keeps every place and no more than may be; clusters get names of what tells them."""

from pathlib import Path
from time import process_time
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from made_up import fill, mapped, unit_vectors

from core.collection.catalog import Catalog
from core.errors import QueryError
from core.map.naming import different, names_of, short
from core.map.points import CELLS, Plane, drawn_of, matching, plane_of, thinned
from core.map.view import SCORE, colourable, map_view
from core.query.area import MOST_CORNERS, outline
from core.query.recipe import All, ImageId, OneOf, Recipe
from core.search import Searcher


def cloud(count: int) -> Plane:
    """Most images in two dense heaps, some alone."""
    chance = np.random.default_rng(4)
    x = np.concatenate([chance.normal(-5, 0.2, count // 2), chance.normal(5, 0.2, count - count // 2 - 50)])
    y = np.concatenate([chance.normal(0, 0.2, count - 50), chance.uniform(-10, 10, 50)])
    x = np.concatenate([x, chance.uniform(-10, 10, 50)])
    return Plane(np.arange(count), np.clip(x, -10, 10), np.clip(y, -10, 10), None, count)


def test_a_sample_keeps_every_place_and_has_the_size_asked_for() -> None:
    plane = cloud(200_000)
    kept = thinned(plane, np.arange(200_000), 20_000, seed=0)
    assert 0.9 * 20_000 < len(kept) <= 20_000
    assert (np.diff(kept) > 0).all()
    assert len(set(range(199_950, 200_000)) & set(kept.tolist())) >= 45  # who lies alone stays
    cells = {(int(x * CELLS / 20), int(y * CELLS / 20)) for x, y in zip(plane.x, plane.y, strict=True)}
    held = {(int(plane.x[k] * CELLS / 20), int(plane.y[k] * CELLS / 20)) for k in kept}
    assert len(held) > 0.95 * len(cells)
    assert thinned(plane, np.arange(200_000), 20_000, seed=0).tolist() == kept.tolist()
    assert thinned(plane, np.arange(200_000), 20_000, seed=1).tolist() != kept.tolist()


@pytest.mark.parametrize("most", [0, 1, 5, 300])
def test_never_more_is_drawn_than_may_be(most: int) -> None:
    plane = cloud(1_000)
    assert len(thinned(plane, np.arange(1_000), most, seed=0)) <= most
    assert thinned(plane, np.arange(3), 5, seed=0).tolist() == [0, 1, 2]


@pytest.fixture
def collection(tmp_path: Path) -> tuple[Catalog, Searcher]:
    count = 400
    columns = {
        "kind": pa.array([("Shoe", "Shirt")[place % 2] for place in range(count)]),
        "price": pa.array([None if place % 10 == 0 else place / 2 for place in range(count)]),
        "note": pa.array([f"a long story about image number {place}" for place in range(count)]),
    }
    ids = [f"row {place}" for place in range(count)]
    chance = np.random.default_rng(1)
    places = {id: (float(x), float(y)) for id, (x, y) in zip(ids, chance.uniform(-10, 10, (count, 2)), strict=True)}
    made = mapped(fill(tmp_path, "c", columns, ids, unit_vectors(count)), places)
    catalog = Catalog(made.dataset())
    return catalog, Searcher(made, catalog, lambda: 1 / 0, lambda term: 1 / 0)  # type: ignore[arg-type, return-value]


def test_the_result_comes_before_the_rest(collection: tuple[Catalog, Searcher]) -> None:
    catalog, searcher = collection
    shoes = Recipe(All((OneOf("kind", ("Shoe",)),)))
    view = map_view(catalog, searcher, shoes, "kind", most=100)
    assert view is not None
    assert view.matching == view.drawn.matching == 200
    assert len(view.drawn.found) + len(view.drawn.rest) == len(view.ids) <= 100
    assert len(view.drawn.found) >= 60
    assert view.drawn.backdrop is not None
    assert view.drawn.backdrop.sum() == 400
    assert view.colouring is not None
    assert view.colouring.codes is not None
    kinds = [view.colouring.classes[code] for code in view.colouring.codes]
    assert set(kinds[: len(view.drawn.found)]) == {"Shoe"}
    assert set(kinds[len(view.drawn.found) :]) == {"Shirt"}


def test_every_image_is_drawn_where_they_are_few(collection: tuple[Catalog, Searcher]) -> None:
    catalog, searcher = collection
    view = map_view(catalog, searcher, Recipe(), "price")
    assert view is not None
    assert view.drawn.count == 400
    assert view.drawn.backdrop is None
    assert view.colouring is not None
    assert view.colouring.numbers is not None
    by_id = dict(zip(view.ids, view.colouring.numbers.tolist(), strict=True))
    assert by_id["row 7"] == 3.5
    assert np.isnan(by_id["row 10"])


def test_a_search_marks_its_hits_and_colours_by_likeness(collection: tuple[Catalog, Searcher]) -> None:
    catalog, searcher = collection
    recipe = Recipe(terms=(ImageId("row 5"),), limit=12)
    view = map_view(catalog, searcher, recipe, SCORE)
    assert view is not None
    assert view.matching == len(view.drawn.found) == len(view.hits) == 12
    assert {view.ids[k] for k in range(12)} == {hit.row.id for hit in view.hits}
    assert view.colouring is not None
    assert view.colouring.numbers is not None
    best = {hit.row.id: hit.score for hit in view.hits}
    for id, score in list(zip(view.ids, view.colouring.numbers, strict=True))[:12]:
        assert score == pytest.approx(best[id], abs=1e-5)
    plain = map_view(catalog, searcher, Recipe(), SCORE)
    assert plain is not None
    assert plain.colouring is None


def test_only_classes_and_numbers_colour_a_map(collection: tuple[Catalog, Searcher]) -> None:
    catalog, searcher = collection
    assert [column.name for column in colourable(catalog)] == ["map_cluster", "kind", "price"]
    with pytest.raises(QueryError, match="free text"):
        map_view(catalog, searcher, Recipe(), "note")


def test_without_a_stored_map_there_is_a_preview(tmp_path: Path) -> None:
    collection = fill(tmp_path, "c", {}, [f"row {k}" for k in range(50)], unit_vectors(50))
    catalog = Catalog(collection.dataset())
    plane = plane_of(catalog)
    assert plane is not None
    assert plane.fact is None
    assert (len(plane.places), plane.without, plane.left_out) == (50, 0, 0)
    assert max(np.abs(plane.x).max(), np.abs(plane.y).max()) == 10.0
    assert matching(catalog, plane, All()) is None
    assert drawn_of(catalog, plane, None).count == 50


def test_names_say_what_tells_a_cluster_and_nothing_twice(tmp_path: Path) -> None:
    count = 900
    kinds = np.array(["Sports Shoes", "Casual Shoes", "Watches"])[np.arange(count) % 3]
    groups = np.where(np.arange(count) % 3 == 2, "Accessories", "Footwear")
    genders = np.where((np.arange(count) // 3) % 2 == 0, "Men", "Women")
    columns = {"group": pa.array(groups), "kind": pa.array(kinds), "gender": pa.array(genders)}
    columns["tags"] = pa.array([["colour:red"] if place % 5 == 0 else [] for place in range(count)])
    catalog = Catalog(fill(tmp_path, "c", columns, [f"row {k}" for k in range(count)]).dataset())
    labels = np.full(count, 4)
    labels[(kinds == "Sports Shoes") & (genders == "Men")] = 0
    labels[kinds == "Watches"] = 1
    labels[(kinds == "Casual Shoes") & (np.arange(count) % 5 == 0)] = 2
    labels[3] = 3
    names = names_of(catalog, labels, 5)
    assert names[0] == "Sports Shoes, Men"
    assert names[1] == "Watches"
    assert names[2] == "colour:red, Casual Shoes"
    assert names[3] == "Cluster 4"  # one image tells nothing
    assert len(set(names)) == 5


def test_hundreds_of_tags_and_clusters_are_named_in_no_time(tmp_path: Path) -> None:
    count, clusters = 10_000, 200
    labels = np.arange(count) % clusters
    tags = [[f"own:{k}", f"own:{k + 1}", f"wide:{place % 99}"] for place, k in enumerate(labels.tolist())]
    ids = [f"row {place}" for place in range(count)]
    catalog = Catalog(fill(tmp_path, "c", {"tags": pa.array(tags)}, ids, unit_vectors(count, 2)).dataset())
    began = process_time()
    names = names_of(catalog, labels, clusters)
    assert process_time() - began < 2  # looked through by cluster and tag it takes many times that
    assert len(set(names)) == clusters
    assert all(name.startswith("own:") for name in names)


def test_two_clusters_never_have_the_same_name() -> None:
    told = [
        ["Shoes", "Men", "Black"],
        ["Shoes", "Men", "White"],
        ["Shoes", "Men"],
        ["Shoes", "Men"],
        [],
        ["shoes", "men"],
    ]
    names = different(told, [50, 40, 30, 20, 10, 5])
    assert names == [
        "Shoes, Men, Black",
        "Shoes, Men, White",
        "Shoes, Men",
        "Shoes, Men 2",
        "Cluster 5",
        "shoes, men 3",
    ]
    assert short("a\nb\u202e  " + "long " * 20) == "a b long long long long long…"


def test_a_freely_drawn_line_becomes_few_corners() -> None:
    turns = np.linspace(0, 2 * np.pi, 900)
    corners = outline((5 * np.cos(turns)).tolist(), (3 * np.sin(turns)).tolist())
    assert 12 <= len(corners) <= MOST_CORNERS
    assert max(abs(x * x / 25 + y * y / 9 - 1) for x, y in corners) < 0.01
    ragged = np.random.default_rng(0).uniform(-9, 9, (400, 2))
    assert 3 <= len(outline(ragged[:, 0].tolist(), ragged[:, 1].tolist())) <= MOST_CORNERS
    assert outline([0.0, 1.0], [0.0, 1.0]) == ()
    assert outline([1.0] * 9, [2.0] * 9) == ()


@pytest.mark.parametrize("edge", [float("nan"), float("inf"), -1e99, 10**400, "1", None, True])
def test_a_line_with_a_point_that_is_no_place_is_refused(edge: Any) -> None:
    for xs, ys in (([0.0, 1.0, edge, 0.0], [0.0, 0.0, 1.0, 1.0]), ([0.0, 1.0, 1.0, 0.0], [0.0, 0.0, edge, 1.0])):
        with pytest.raises(QueryError, match="cannot be read") as refused:
            outline(xs, ys)
        assert "Its point 3 is no place" in refused.value.detail
        assert "Draw it again" in refused.value.hint
    with pytest.raises(QueryError, match="cannot be read"):
        outline([0.0, 1.0, 1.0], [0.0, 0.0])
