"""Which cells and images differ between two versions of a collection."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import polars as pl

from core.collection.history import NO_ROWS
from core.collection.schema import metadata_names

BEFORE, AFTER = "before:", "after:"  # begin the names of the columns that hold values
TAGS = "tags"
MOST_LISTED = 1_000  # ids that are named in a filter; more are looked for in the whole column
READ_ROWS = 65_536  # at a time


def differences(
    before: Any, after: Any, ids: Sequence[str] | None, columns: Sequence[str] | None, since: datetime
) -> pl.DataFrame:
    """The rows that differ between two versions of a dataset, as the history keeps them; `before` may be None.

    Without `ids` an image that was not there before counts where it was added since then: what came back from the trash
    is somebody else's doing. Values of a column that has another type now are cast.
    """
    names = [name for name in (*metadata_names(after.schema), TAGS) if columns is None or name in columns]
    types = pl.DataFrame(pl.from_arrow(after.schema.empty_table().select(["id", *names]))).schema
    known = None if ids is None else pl.Series("id", list(ids), pl.String)
    old = _digests(before, names, types, known)
    new = _digests(after, names, types, known, dated=True)
    both = new.join(old, on="id", how="left", suffix="_before")
    is_new = pl.col("digest_before").is_null()
    if ids is None:
        is_new &= pl.col("added_at") >= since
    added = both.filter(is_new)["id"]
    changed = both.filter(pl.col("digest_before").is_not_null() & (pl.col("digest") != pl.col("digest_before")))["id"]
    rows = pl.DataFrame({"id": changed, "added": pl.Series([False] * len(changed), dtype=pl.Boolean)})
    if len(changed):
        held = [pl.concat(_read_cells(dataset, names, types, changed)) for dataset in (before, after)]
        wanted = rows.select("id")
        first, second = (wanted.join(frame, on="id", how="left", maintain_order="left") for frame in held)
        for name in names:
            if first[name].ne_missing(second[name]).any():
                pair = first[name].alias(f"{BEFORE}{name}"), second[name].alias(f"{AFTER}{name}")
                rows = rows.with_columns(*pair)
    fresh = pl.DataFrame({"id": added, "added": pl.Series([True] * len(added), dtype=pl.Boolean)})
    return pl.concat([NO_ROWS, rows, fresh], how="diagonal")


def _digests(
    dataset: Any, names: Sequence[str], types: Mapping[str, Any], ids: pl.Series | None, *, dated: bool = False
) -> pl.DataFrame:
    """Id and digest of the values of every image, and when it was added where asked for."""
    more = ["added_at"] if dated else []
    schema: dict[str, Any] = {"id": pl.String, "digest": pl.UInt64}
    if dated:
        schema["added_at"] = pl.Datetime("us")
    values = pl.struct(pl.col("id").is_null().alias("id"), pl.exclude("id", *more)).hash().alias("digest")
    parts = [part.select("id", values, *more) for part in _read_cells(dataset, names, types, ids, more)]
    return pl.concat([pl.DataFrame(schema=schema), *parts])


def _read_cells(
    dataset: Any, names: Sequence[str], types: Mapping[str, Any], ids: pl.Series | None, more: Sequence[str] = ()
) -> list[pl.DataFrame]:
    """Values in parts, in the types wanted; a column that the dataset lacks is missing."""
    if dataset is None:
        return []
    present = [name for name in names if name in dataset.schema.names]
    listed = None
    if ids is not None and len(ids) <= MOST_LISTED:
        listed = f"id IN ({', '.join(map(_text, ids))})" if len(ids) else "false"
    parts = []
    for batch in dataset.to_batches(columns=["id", *present, *more], filter=listed, batch_size=READ_ROWS):
        part = pl.DataFrame(pl.from_arrow(batch))
        if ids is not None and listed is None:
            part = part.filter(pl.col("id").is_in(ids.implode()))
        columns = [part[name].cast(types[name], strict=False) for name in present]
        columns += [pl.Series(name, [None] * part.height, types[name]) for name in names if name not in present]
        cells = pl.DataFrame([part["id"], *sorted(columns, key=lambda column: names.index(column.name))])
        if TAGS in names:
            cells = cells.with_columns(pl.col(TAGS).fill_null([]))
        parts.append(cells.with_columns(part.select(more).get_columns()))
    return parts


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
