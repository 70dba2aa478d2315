"""Which columns of a collection get an index."""

from collections.abc import Callable

from core.collection.catalog import Catalog
from core.collection.store import Collection, vector_index
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
