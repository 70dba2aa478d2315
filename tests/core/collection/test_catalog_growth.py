"""A catalog that follows a version with more images is the one made anew, and the earlier one stays as it was."""

import threading
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from made_up import fill, made_up_rows, unit_vectors

from core.collection.catalog import Catalog
from core.collection.counts import facet_counts
from core.collection.store import Collection
from core.query.recipe import All, Between, OneOf, Order, Recipe

ROWS = 40
START = datetime(2026, 1, 1)


def columns(first: int, count: int) -> dict[str, Any]:
    places = range(first, first + count)
    return {
        "colour": pa.array([None if place % 7 == 3 else ["red", "blue"][place % 2] for place in places]),
        "price": pa.array([None if place % 5 == 1 else place * 1.5 for place in places]),
        "year": pa.array([2000 + place % 9 for place in places]),
        "text": pa.array([f"text {place % 37}" + "x" * 200 * (place == 0) for place in places]),
        "when": pa.array([START + timedelta(days=place) for place in places], pa.timestamp("us")),
        "on": pa.array([place % 3 == 0 for place in places]),
    }


@pytest.fixture
def collection(tmp_path: Path) -> Collection:
    ids = [f"row {place}" for place in range(ROWS)]
    return fill(tmp_path, "growing", columns(0, ROWS), ids, unit_vectors(ROWS, seed=1))


def add(collection: Collection, first: int, count: int, **others: Any) -> None:
    ids = [f"row {place}" for place in range(first, first + count)]
    made = {**columns(first, count), **others}
    collection.append(made_up_rows(collection.schema, made, ids, unit_vectors(count, seed=first)))


def same(one: Catalog, other: Catalog) -> None:
    assert (one.version, one.count_all, one.columns) == (other.version, other.count_all, other.columns)
    assert one.rowids_by_place.tolist() == other.rowids_by_place.tolist()
    text = "SELECT * EXCLUDE (_rowid) FROM images ORDER BY _place"
    assert one.select(text) == other.select(text)
    assert facet_counts(one, Recipe(All((Between("year", 2002, None),)))) == facet_counts(
        other, Recipe(All((Between("year", 2002, None),)))
    )
    for order in (None, Order("price", descending=True)):
        pages = [catalog.page(All(), order, 1_000) for catalog in (one, other)]
        assert pages[0] == pages[1]
        assert len(pages[0]) == one.count_all
    assert one.sample(All((OneOf("colour", ("red", None)),)), 9, 4) == other.sample(
        All((OneOf("colour", ("red", None)),)), 9, 4
    )


def test_a_catalog_that_grew_is_that_which_is_made_anew(collection: Collection) -> None:
    first = Catalog(collection.dataset())
    kept = first.select("SELECT * FROM images ORDER BY _place")
    catalog, count = first, ROWS
    for added in (5, 1, 30):
        add(collection, count, added)
        count += added
        grown = catalog.followed_by(collection.dataset())
        assert grown is not None
        same(grown, Catalog(collection.dataset()))
        catalog = grown
    assert first.count_all == ROWS
    assert first.count(None) == ROWS
    assert first.select("SELECT * FROM images ORDER BY _place") == kept
    assert [row.id for row in first.page(All(), Order("when", descending=True), 2)] == ["row 39", "row 38"]
    assert first.followed_by(collection.dataset()) is None  # another one follows it already


def test_it_follows_a_version_that_has_no_more_images(collection: Collection) -> None:
    first = Catalog(collection.dataset())
    collection.build_indexes([], [])
    collection.append(made_up_rows(collection.schema, {}, [], unit_vectors(0, seed=1)))
    if collection.version > first.version:
        grown = first.followed_by(collection.dataset())
        assert grown is not None
        same(grown, Catalog(collection.dataset()))


@pytest.mark.parametrize(
    "others",
    [
        {"colour": pa.array(["green"])},
        {"year": pa.array([12])},
        {"added_at": pa.array([datetime(1999, 1, 1)], pa.timestamp("us"))},
    ],
)
def test_what_a_catalog_cannot_follow_is_made_anew(collection: Collection, others: dict[str, Any]) -> None:
    first = Catalog(collection.dataset())
    add(collection, ROWS, 1, **others)
    assert first.followed_by(collection.dataset()) is None


def test_edits_and_deletions_are_not_followed(collection: Collection) -> None:
    first = Catalog(collection.dataset())
    collection.update(pa.table({"id": ["row 1"], "colour": ["red"]}))
    assert first.followed_by(collection.dataset()) is None
    second = Catalog(collection.dataset())
    collection.delete(["row 5"], "d1", START)
    assert second.followed_by(collection.dataset()) is None
    assert second.followed_by(second.dataset) is None


def test_it_grows_while_others_ask(collection: Collection) -> None:
    catalog, ended, wrong = Catalog(collection.dataset()), threading.Event(), []

    def ask(asked: Catalog) -> None:
        while not ended.is_set():
            if asked.count(None) != asked.count_all or len(asked.select("SELECT id FROM images")) != asked.count_all:
                wrong.append(asked.version)

    threads = [threading.Thread(target=ask, args=(catalog,)) for _ in range(2)]
    for thread in threads:
        thread.start()
    count = ROWS
    for _ in range(8):
        add(collection, count, 5)
        count += 5
        grown = catalog.followed_by(collection.dataset())
        assert grown is not None
        catalog = grown
        threads.append(threading.Thread(target=ask, args=(catalog,)))
        threads[-1].start()
    ended.set()
    for thread in threads:
        thread.join()
    assert not wrong
    same(catalog, Catalog(collection.dataset()))
