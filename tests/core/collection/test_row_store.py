"""Rows by place: what a catalog knows of single images is what its table holds, wherever they lie."""

from datetime import datetime

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.collection.rowstore import RowStore

MOMENTS = st.one_of(st.none(), st.datetimes(datetime(2020, 1, 1), datetime(2020, 1, 3)))
NAMES = st.one_of(st.none(), st.sampled_from(["red", "it's", ""]))
ROWS = st.lists(st.tuples(MOMENTS, NAMES, st.lists(NAMES, max_size=2)), max_size=40)


def table(rows: list[tuple[datetime | None, str | None, list[str | None]]], rowids: list[int], cut: int) -> pa.Table:
    """In two chunks."""
    whole = pa.table(
        {
            "_rowid": pa.array(rowids, pa.uint64()),
            "id": pa.array([f"row {rowid}" for rowid in rowids], pa.string()),
            "added_at": pa.array([row[0] for row in rows], pa.timestamp("us")),
            "colour": pa.array([row[1] for row in rows], pa.string()),
            "tags": pa.array([row[2] for row in rows], pa.list_(pa.string())),
        }
    )
    return pa.concat_tables([whole.slice(0, cut), whole.slice(cut)])


@given(ROWS, st.randoms(use_true_random=False), st.integers(0, 40))
def test_rows_come_back_as_they_are_by_place_and_by_row_id(rows: list[tuple], random: object, cut: int) -> None:  # type: ignore[type-arg]
    rowids = list(range(0, 3 * len(rows), 3))
    random.shuffle(rowids)  # type: ignore[attr-defined]
    store = RowStore(table(rows, rowids, min(cut, len(rows))))
    order = sorted(range(len(rows)), key=lambda at: (rows[at][0] or datetime.max, rowids[at]))
    assert store.rowids.tolist() == [rowids[at] for at in order]
    assert [order[place] for place in store.places()] == list(range(len(rows)))
    held = [
        {"id": f"row {rowids[at]}", "added_at": rows[at][0], "colour": rows[at][1], "tags": rows[at][2]} for at in order
    ]
    asked = [place for place in [3, 0, *reversed(range(len(rows))), 0] if place < len(rows)]
    assert store.values(asked) == [held[place] for place in asked]
    assert store.values(asked * 200) == [held[place] for place in asked] * 200
    assert store.ids(asked) == [held[place]["id"] for place in asked]
    assert store.places_of([rowids[order[place]] for place in asked]) == asked
    assert store.places_of([-1, 1, 10**15]) == []


@pytest.mark.parametrize("rowids", [[4, 5, 9], [9, 4, 5]])
def test_a_table_in_order_is_known_as_one(rowids: list[int]) -> None:
    moment = datetime(2020, 1, 1)
    store = RowStore(table([(moment, "red", [])] * 3, rowids, 1))
    assert store.in_order == (rowids == sorted(rowids))
    np.testing.assert_array_equal(store.rowids, sorted(rowids))


def test_rows_that_come_one_by_one_are_the_same_and_lie_in_few_pieces() -> None:
    rows = [(datetime(2020, 1, 1 + at // 100), f"colour {at}", ["a"] * (at % 3)) for at in range(1_000)]
    store = RowStore(table(rows[:500], list(range(500)), 3))
    for at in range(500, 1_000):
        grown = store.and_more(table(rows[at : at + 1], [at], 1))
        assert grown is not None
        store = grown
    assert len(store._pieces) <= 6
    assert [(one["added_at"], one["colour"], one["tags"]) for one in store.values(range(1_000))] == rows
    assert store.ids([999, 0, 500]) == ["row 999", "row 0", "row 500"]
