"""Which columns of a collection get an index."""

from collections.abc import Callable

import numpy as np

from core.collection.catalog import Catalog
from core.collection.compact import RowIds
from core.collection.schema import FRAGMENT_BITS
from core.collection.store import Collection
from core.collection.vectorindex import indexed_fragments, vector_index
from core.query.columns import Kind

Step = Callable[[int, int], None]


def index(collection: Collection, catalog: Catalog, step: Step = lambda done, total: None) -> None:
    """Make or extend the vectors' index and those of the columns that filters use; `step` hears of each before it."""
    categories = [column.name for column in catalog.of_kind(Kind.CATEGORY)]
    ranges = [column.name for column in catalog.of_kind(Kind.NUMBER, Kind.YEAR, Kind.DATE)]
    collection.build_indexes(categories, ranges, step)


def index_kind(catalog: Catalog) -> str | None:
    """The kind of the vectors' index at a catalog's version, such as IVF_FLAT, or None; read once."""
    kind: str | None = catalog.remembered("index", lambda: vector_index(catalog.dataset))
    return kind


def not_indexed(catalog: Catalog) -> RowIds:
    """The row ids at a catalog's version whose vectors are not in the index (yet), such as of new images; read once."""

    def read() -> RowIds:
        rowids = catalog.rowids_by_place
        return rowids[~np.isin(rowids >> FRAGMENT_BITS, list(indexed_fragments(catalog.dataset)))]

    found: RowIds = catalog.remembered("not indexed", read)
    return found
