"""The classes of a label column."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from core.collection.catalog import Catalog, Row
from core.errors import QueryError
from core.query.columns import find_column
from core.query.sql import quote

MOST_LABELS = 10_000


def check_label(catalog: Catalog, column: str) -> None:
    """Refuse a column that a person's table did not bring, or that hardly sorts anything."""
    found = find_column(catalog.columns, column)
    if column not in catalog.metadata:
        raise QueryError(f"The column “{column}” holds no labels.", "It is one that every collection has.")
    if found.distinct > MOST_LABELS:
        raise QueryError(
            f"The column “{column}” holds no labels.",
            f"It has {found.distinct:,} different values, and labels are {MOST_LABELS:,} at the most.",
            "Choose a column of classes.",
        )


def label_of(row: Row, column: str) -> str | None:
    """The class of an image; None where it has none."""
    return label_text(row.values[column])


def label_text(value: Any) -> str | None:
    """A value as the name of a class."""
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value.isoformat() if isinstance(value, date) else str(value)


def categories(catalog: Catalog, column: str) -> Mapping[str, int]:
    """The number, from 1, of every class in the collection, so that two exports of it agree."""
    if not column:
        return {}
    found = catalog.select(f"SELECT DISTINCT {quote(column)} FROM images")
    names = {label_text(row[0]) for row in found} - {None}
    return {name: place for place, name in enumerate(sorted(map(str, names)), start=1)}
