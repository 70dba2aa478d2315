"""The index of a collection's vectors: making it, its kind, and what it covers."""

from typing import Any

from lancedb.index import IvfFlat, IvfRq

from core.collection.planner import partitions, wanted_index
from core.collection.schema import vector_column

FLAT_PARTITIONS = 256  # up to here Lance takes clusters that stay empty; past it, it refuses them in these words:
TOO_ALIKE = "non-empty clusters"


def make_vector_index(table: Any, column: str, rows: int) -> None:
    """Make it, with fewer partitions where most of the vectors are copies of one another."""
    kind = IvfFlat if wanted_index(rows) == "IvfFlat" else IvfRq

    def make(partitions: int) -> None:
        table.create_index(column, config=kind(distance_type="cosine", num_partitions=partitions))

    try:
        make(partitions(rows))
    except RuntimeError as error:
        if TOO_ALIKE not in str(error):
            raise
        make(FLAT_PARTITIONS)


def vector_index(dataset: Any) -> str | None:
    """Its kind, such as IVF_FLAT, or None."""
    found = described(dataset)
    return None if found is None else str(found.index_type)


def indexed_fragments(dataset: Any) -> set[int]:
    """The numbers of the fragments whose vectors are in it."""
    found = described(dataset)
    return set() if found is None else {number for segment in found.segments for number in segment.fragment_ids}


def described(dataset: Any) -> Any:
    """What Lance says of it, or None."""
    column = vector_column(dataset.schema)
    return next((item for item in dataset.describe_indices() if column in item.field_names), None)
