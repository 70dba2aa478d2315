"""Rewrites single values of images in place, a commit at a time.

The columns of the fragments they lie in are rewritten, so images keep their order and no vector is touched. What is
written rests on what was read at one version: where somebody else's commit came between, it is read again.
"""

from collections.abc import Callable, Sequence
from typing import Any

import lance
import polars as pl

from core.collection.schema import FRAGMENT_BITS
from core.collection.storage import storing
from core.collection.store import MOST_TRIES, Collection
from core.collection.tags import CONFLICT, field_ids
from core.edit.request import arrow
from core.errors import BusyError

ADDRESS = "_rowaddr"
Wanted = Callable[[pl.DataFrame], pl.DataFrame]
"""Rows (id and the columns asked for) as they are to rows as they should be, in the same order."""


def rewrite(collection: Collection, ids: Sequence[str], columns: Sequence[str], wanted: Wanted) -> int:
    """Give images the values wanted, in one commit; returns how many changed. Unknown ids are passed over."""
    with storing("changed values"):
        for _ in range(MOST_TRIES):
            dataset = lance.dataset(str(collection.path))
            held = _read(dataset, ids, columns)
            changed = _changed(held, wanted(held.drop(ADDRESS)), columns)
            if not changed.height:
                return 0
            try:
                _write(dataset, changed)
                return changed.height
            except OSError as error:
                if CONFLICT not in str(error).lower():
                    raise
    raise BusyError(
        "The collection was changed by others again and again while values were written.",
        "What was written before is kept.",
        "Start the same again when less is going on.",
    )


def _read(dataset: Any, ids: Sequence[str], columns: Sequence[str]) -> pl.DataFrame:
    listed = ", ".join("'" + id.replace("'", "''") + "'" for id in ids)
    condition = f"id IN ({listed})" if ids else "false"
    scanner = dataset.scanner(columns=["id", *columns], filter=condition, with_row_address=True)
    return pl.DataFrame(pl.from_arrow(scanner.to_table()))


def _changed(held: pl.DataFrame, wanted: pl.DataFrame, columns: Sequence[str]) -> pl.DataFrame:
    """Id, address and the columns in which any row differs, of the rows that differ."""
    differs = [(name, held[name].ne_missing(wanted[name])) for name in columns]
    touched = [name for name, mask in differs if mask.any()]
    if not touched:
        return held.select("id", ADDRESS).clear()
    any_differs = pl.DataFrame({f"{place}": mask for place, (_, mask) in enumerate(differs)}).select(
        pl.any_horizontal(pl.all())
    )
    return pl.DataFrame([wanted["id"], held[ADDRESS], *wanted.select(touched)]).filter(any_differs.to_series())


def _write(dataset: Any, changed: pl.DataFrame) -> None:
    """Rewrite these columns of the fragments in one commit, which fails where another one came between."""
    fragments, fields = [], set()
    place = pl.col(ADDRESS) // 2**FRAGMENT_BITS
    for (number,), rows in changed.group_by(place, maintain_order=True):
        fragment = dataset.get_fragment(int(str(number)))
        rewritten, touched = fragment.update_columns(arrow(rows.drop(ADDRESS), dataset.schema), left_on="id")
        fragments.append(rewritten)
        fields |= set(touched) | field_ids(dataset, set(rows.columns) - {"id", ADDRESS})
    update = lance.LanceOperation.Update(
        updated_fragments=fragments, fields_modified=sorted(fields), update_mode="rewrite_columns"
    )
    lance.LanceDataset.commit(dataset, update, read_version=dataset.version, max_retries=0)
