"""Vector columns as matrices."""

import numpy as np
import pyarrow as pa
import pytest

from core.collection.matrix import matrix_of

LISTS = [[0.0, 1.0], None, [2.0, 3.0], [4.0, 5.0], None, [6.0, 7.0]]


@pytest.mark.parametrize(("first", "last"), [(0, 6), (1, 5), (2, 4), (1, 2), (3, 3)])
@pytest.mark.parametrize("chunked", [False, True])
def test_it_holds_the_vectors_there_are(first: int, last: int, chunked: bool) -> None:
    whole = pa.array(LISTS, pa.list_(pa.float32(), 2))
    column = whole[first:last]
    if chunked:
        column = pa.chunked_array([column[:1], column[1:]], whole.type)
    vectors, there = matrix_of(column)
    wanted = [pair for pair in LISTS[first:last] if pair is not None]
    assert vectors.dtype == np.float32
    assert vectors.shape == (len(wanted), 2)
    assert vectors.tolist() == wanted
    assert there.tolist() == [pair is not None for pair in LISTS[first:last]]


def test_a_column_without_rows_has_its_width() -> None:
    vectors, there = matrix_of(pa.chunked_array([], pa.list_(pa.float32(), 3)))
    assert (vectors.shape, there.shape) == ((0, 3), (0,))
