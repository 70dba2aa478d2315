"""Metadata that has changed since an image came in."""

from collections.abc import Iterator, Sequence

import polars as pl
import pyarrow as pa

from core.collection.store import Collection
from core.ingest.plan import Plan

UPDATE_ROWS = 50_000  # changed in one commit


def changed_metadata(collection: Collection, plan: Plan, ids: Sequence[tuple[str, str]]) -> Iterator[pa.Table]:
    """Id and metadata of the images whose row differs from what the collection holds.

    `ids` are key and id of the images to compare. An image that the table no longer knows keeps what it has.
    """
    if plan.frame is None or not plan.frame.columns:
        return
    known = [(id, plan.row_of[key]) for key, id in ids if key in plan.row_of]
    if not known:
        return
    names = plan.frame.columns
    wanted = plan.frame[[row for _, row in known]].with_columns(pl.Series("id", [id for id, _ in known], pl.String))
    stored = collection.dataset().to_table(columns=["id", *names])
    held = pl.DataFrame(pl.from_arrow(stored)).rename({name: f"{place}" for place, name in enumerate(names)})
    # Positions stand for the names of the held columns: they never meet a name of the frame, none begins with a digit.
    both = wanted.join(held, on="id")
    differs = [pl.col(name).ne_missing(pl.col(f"{place}")) for place, name in enumerate(names)]
    changed = both.filter(pl.any_horizontal(differs)).select("id", *names)
    schema = collection.schema
    fields = pa.schema([schema.field(name) for name in changed.columns])
    for part in changed.iter_slices(UPDATE_ROWS):
        yield pa.table([column.to_arrow().cast(schema.field(column.name).type) for column in part], schema=fields)
