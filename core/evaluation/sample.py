"""Draws the images an evaluation looks at: the same ones whatever the encoder."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.collection.catalog import Catalog
from core.ingest.pictures import Stored
from core.query.sql import quote

UNKNOWN = frozenset({"", "na", "n/a", "nan", "null", "unknown", "undefined", "-", "?"})
"""Values, in lower case, that say nothing about a picture. "None" may be one that does."""


@dataclass(frozen=True)
class Sample:
    """Images of different content, in random order."""

    stored: tuple[Stored, ...]
    rowids: NDArray[np.int64]  # Lance row ids at the catalog's version
    values: Mapping[str, tuple[str | None, ...]]  # by column, in the images' order; None where missing or unknown


def draw(catalog: Catalog, columns: Sequence[str], count: int, seed: int) -> Sample:
    """Draw `count` images, or all for 0, no two of which have the same bytes.

    An image's copy would be its nearest neighbour with any encoder, and a right one at that. Of copies the one whose id
    comes first stands for all. The order is that of a hash of id and seed, so a larger sample holds the smaller one.
    """
    listed = "".join(f", {_as_text(name)}" for name in columns)
    rows = catalog.select(
        f"SELECT _rowid, id, uri, content_hash{listed} FROM images "
        "QUALIFY row_number() OVER (PARTITION BY coalesce(content_hash, id) ORDER BY id) = 1 "
        f"ORDER BY md5(id || ?), id LIMIT {int(count) if count else 'ALL'}",
        (f"#{seed}",),
    )
    return Sample(
        stored=tuple(Stored(row[1], row[2], row[3]) for row in rows),
        rowids=np.array([row[0] for row in rows], np.int64),
        values={name: tuple(known(row[place]) for row in rows) for place, name in enumerate(columns, 4)},
    )


def different_pictures(catalog: Catalog) -> int:
    """How many images of a collection are no copy of another."""
    return int(catalog.select("SELECT count(DISTINCT coalesce(content_hash, id)) FROM images")[0][0])


def names_of(catalog: Catalog, column: str) -> list[str]:
    """Every known value of a column in the whole collection, sorted."""
    found = catalog.select(f"SELECT DISTINCT {_as_text(column)} FROM images")
    return sorted({name for (value,) in found if (name := known(value)) is not None})


def known(value: str | None) -> str | None:
    """A value without the white space around it; None where it says nothing."""
    text = (value or "").strip()
    return None if text.casefold() in UNKNOWN else text


def _as_text(column: str) -> str:
    return f"CAST({quote(column)} AS VARCHAR)"
