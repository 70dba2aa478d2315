"""The index of tags: used by the filter before a search, and never stale."""

from pathlib import Path

import polars as pl
import pyarrow as pa
import pytest

from core.collection.catalog import Catalog
from core.collection.store import Collection
from core.collection.tags import replace_tags, scores_of
from core.edit.cells import rewrite
from core.query.recipe import All, Condition, HasTag, Not, Some
from core.query.sql import lance_filter
from tests.made_up import fill

COUNT = 1_200
TAGS = [None, [], ["red"], ["red", "big"], ["it's", "a:b"], ["big"]]
ASKED: tuple[Condition, ...] = (
    HasTag("red"), HasTag("it's"), HasTag("new"), Not(HasTag("red")), All((HasTag("red"), HasTag("big"))),
    Some((HasTag("new"), HasTag("a:b"))), Not(Some((HasTag("red"), HasTag("big")))),
)  # fmt: skip


@pytest.fixture
def collection(tmp_path: Path) -> Collection:
    """A collection with tags and all indexes."""
    tags = pa.array([TAGS[place % len(TAGS)] for place in range(COUNT)], pa.list_(pa.string()))
    columns = {"tags": tags, "n": pa.array(range(COUNT))}
    made = fill(tmp_path, "x", columns, [f"{place:04}" for place in range(COUNT)])
    made.build_indexes([], ["n"])
    return made


def answers(collection: Collection) -> list[list[str]]:
    """Ids by Lance's own filter, for each condition; as DuckDB has them, which knows no index."""
    dataset, catalog = collection.dataset(), Catalog(collection.dataset())
    found = []
    for condition in ASKED:
        text = lance_filter(All((condition,)), catalog.columns)
        by_lance = sorted(dataset.to_table(columns=["id"], filter=text)["id"].to_pylist())
        assert by_lance == sorted(catalog.ids(All((condition,)), None, COUNT)), condition
        found.append(by_lance)
    return found


def plan(collection: Collection) -> str:
    text = lance_filter(All((HasTag("red"),)), Catalog(collection.dataset()).columns)
    return str(collection.dataset().scanner(columns=["id"], filter=text).explain_plan(verbose=True))


def test_the_filter_of_a_tag_uses_the_index(collection: Collection) -> None:
    assert "tags_idx(LabelList)" in plan(collection)
    assert [len(ids) for ids in answers(collection)] == [400, 200, 0, 800, 200, 200, 600]


def test_tags_that_are_written_later_are_found_at_once_and_indexed_after(collection: Collection) -> None:
    before = answers(collection)
    wanted = {f"{place:04}": ["new"] for place in range(0, COUNT, 3)}
    replace_tags(collection, wanted, lambda tag: tag == "red", {id: {"new": 0.5} for id in wanted})
    after = answers(collection)
    assert after != before
    assert after[2] == sorted(wanted)
    collection.index_tags()
    assert answers(collection) == after
    stats = collection._table().index_stats("tags_idx")
    assert (stats.num_indexed_rows, stats.num_unindexed_rows) == (COUNT, 0)
    assert scores_of(collection.dataset(), ["0000"]) == {"0000": {"new": 0.5}}


def test_edited_tags_are_found_at_once(collection: Collection) -> None:
    ids = [f"{place:04}" for place in range(100)]

    def cleared(rows: pl.DataFrame) -> pl.DataFrame:
        return rows.with_columns(tags=pl.Series([["new"]] * rows.height))

    assert rewrite(collection, ids, ["tags"], cleared) == 100
    assert answers(collection)[2] == ids


def test_a_collection_without_any_tag_can_be_indexed(tmp_path: Path) -> None:
    for number, tags in enumerate(([[]] * COUNT, [None] * COUNT)):
        columns = {"tags": pa.array(tags, pa.list_(pa.string()))}
        made = fill(tmp_path / str(number), "x", columns, [f"{place:04}" for place in range(COUNT)])
        made.build_indexes([], [])
        assert [len(ids) for ids in answers(made)] == [0, 0, 0, COUNT, 0, 0, COUNT]
        replace_tags(made, {"0007": ["red"]}, lambda tag: False)
        assert answers(made)[0] == ["0007"]
