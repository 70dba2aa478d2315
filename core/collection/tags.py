"""Tags of a collection's images: read, and replaced in whole commits without losing anybody else's.

The column is rewritten in place, so images keep their order and indices stay whole, which a merge would not grant in a
small collection. What is written rests on tags read at one version: where somebody else's commit came between, it is
refused, and they are read again.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import lance
import pyarrow as pa

from core.collection.storage import storing
from core.collection.store import MOST_TRIES, Collection
from core.errors import BusyError

TAGS = pa.list_(pa.string())
CONFLICT = "commit conflict"  # what Lance says of somebody else's commit
FRAGMENT_BITS = 32  # a row's address is its fragment, then its place there


def tags_of(dataset: Any, ids: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """The tags of these images at a dataset's version; an id that is not there is left out."""
    rows = _rows(dataset, ids)
    held = zip(rows["id"].to_pylist(), rows["tags"].to_pylist(), strict=True)
    return {id: tuple(tags or ()) for id, tags in held}


def replace_tags(collection: Collection, wanted: Mapping[str, Iterable[str]], is_own: Callable[[str], bool]) -> int:
    """Give images the tags wanted in the place of those that are one's own, in one commit; the others stay, in order.

    Unknown ids are passed over, and nothing is written where all is as wanted. Returns how many images changed.
    """
    with storing("tags"):
        for _ in range(MOST_TRIES):
            dataset = lance.dataset(str(collection.path))
            changed = _changed(dataset, wanted, is_own)
            if not changed:
                return 0
            try:
                _write(dataset, changed)
                return sum(map(len, changed.values()))
            except OSError as error:
                if CONFLICT not in str(error).lower():
                    raise
    raise BusyError(
        "The collection was changed by others again and again while tags were written.",
        "What was written before is kept.",
        "Start the same command again when less is going on.",
    )


def _rows(dataset: Any, ids: Sequence[str]) -> pa.Table:
    listed = ", ".join("'" + id.replace("'", "''") + "'" for id in ids)
    condition = f"id IN ({listed})" if ids else "false"
    return dataset.scanner(columns=["id", "tags"], filter=condition, with_row_address=True).to_table()


def _changed(
    dataset: Any, wanted: Mapping[str, Iterable[str]], is_own: Callable[[str], bool]
) -> dict[int, dict[str, list[str]]]:
    """By fragment and id the whole lists of tags of the images whose tags are not as wanted."""
    rows = _rows(dataset, list(wanted))
    found: dict[int, dict[str, list[str]]] = defaultdict(dict)
    for id, tags, address in zip(*(rows[name].to_pylist() for name in ("id", "tags", "_rowaddr")), strict=True):
        kept = [tag for tag in tags or () if not is_own(tag)]
        new = list(dict.fromkeys([*kept, *wanted[id]]))
        if new != list(tags or ()):
            found[address >> FRAGMENT_BITS][id] = new
    return found


def _write(dataset: Any, changed: Mapping[int, Mapping[str, Sequence[str]]]) -> None:
    """Rewrite the column of tags of these fragments in one commit, which fails where another one came between."""
    fragments, fields = [], set()
    for number, tags in changed.items():
        rows = pa.table({"id": list(tags), "tags": pa.array(list(tags.values()), TAGS)})
        fragment, touched = dataset.get_fragment(number).update_columns(rows, left_on="id")
        fragments.append(fragment)
        fields |= set(touched)
    update = lance.LanceOperation.Update(
        updated_fragments=fragments, fields_modified=sorted(fields), update_mode="rewrite_columns"
    )
    lance.LanceDataset.commit(dataset, update, read_version=dataset.version, max_retries=0)
