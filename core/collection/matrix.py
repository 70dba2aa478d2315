"""A vector column as a matrix: Lance hands out lists of one length, NumPy compares rows."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Matrix = npt.NDArray[np.float32]
Present = npt.NDArray[np.bool_]


def matrix_of(column: Any) -> tuple[Matrix, Present]:
    """The vectors that a column holds, shape (vectors, dimension), and which of its rows have one.

    A view of the column's memory where no row lacks one, so it is not to be written to.
    """
    held = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    present: Present = held.is_valid().to_numpy(zero_copy_only=False)
    flat: Matrix = held.flatten().to_numpy(zero_copy_only=False)  # the rows that have none leave it
    return flat.reshape(len(flat) // held.type.list_size, held.type.list_size), present
