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
    held = [{"added_at": rows[at][0], "colour": rows[at][1], "tags": rows[at][2]} for at in order]
    asked = [place for place in [3, 0, *reversed(range(len(rows))), 0] if place < len(rows)]
    assert store.values(asked) == [held[place] for place in asked]
    assert store.values(asked * 200) == [held[place] for place in asked] * 200
    assert store.places_of([rowids[order[place]] for place in asked]) == asked
    assert store.places_of([-1, 1, 10**15]) == []


@pytest.mark.parametrize("rowids", [[4, 5, 9], [9, 4, 5]])
def test_a_table_in_order_is_known_as_one(rowids: list[int]) -> None:
    moment = datetime(2020, 1, 1)
    store = RowStore(table([(moment, "red", [])] * 3, rowids, 1))
    assert store.in_order == (rowids == sorted(rowids))
    np.testing.assert_array_equal(store.rowids, sorted(rowids))
