"""Ids for the files of a source: the stem where that is enough, and always the same ones in later runs.

Which ids a listing gives must not depend on how much of it is in the collection already, or an ingest that was
killed would go on with other ids than it began with.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import chain, count

from core.ingest.items import Item
from core.ingest.naming import without_suffix


def distinct_ids(
    items: Sequence[Item], known: Mapping[str, Sequence[str]], moved: Mapping[str, str] | None = None
) -> list[Item]:
    """Items under ids that are all different.

    An original that is in the collection from this source keeps its id (`known`: address to ids). One whose source
    lay elsewhere keeps it too (`moved`: key to id). The others get what `listed_ids` gives, unless another original
    of this source that is still there goes by that.
    """
    listed = listed_ids(items)
    kept = _kept(items, listed, known)
    there = {item.uri for item in items}
    held = {id for uri, ids in known.items() if uri in there for id in ids}
    taken = held | set(listed)
    chosen: list[str] = []
    for place, (item, wanted) in enumerate(zip(items, listed, strict=True)):
        id = kept.get(place)
        if id is None:
            id = (moved or {}).get(item.key, wanted)
            if id in held or (id != wanted and id in taken):
                id = wanted if wanted not in held else _unused(item, taken, without_suffix(item.key))
            held.add(id)
            taken.add(id)
        chosen.append(id)
    return [item if item.id == id else replace(item, id=id) for item, id in zip(items, chosen, strict=True)]


def listed_ids(items: Sequence[Item]) -> list[str]:
    """Different ids for a listing as it stands: the stem, else the path without suffix, else the path.

    Only what is shared by several files is lengthened, so that `train/0001.jpg` and `test/0001.jpg` both keep their
    folder. In a table that lists images, the first row of an id keeps it.
    """
    stems = Counter(item.id for item in items)
    paths = Counter(without_suffix(item.key) for item in items)
    ids: list[str | None] = [None] * len(items)
    taken: set[str] = set()

    def settle(place: int, id: str) -> None:
        if ids[place] is None and id.strip() and id not in taken:
            ids[place] = id
            taken.add(id)

    for place, item in enumerate(items):
        if stems[item.id] == 1 or (item.line is not None and item.id not in taken):
            settle(place, item.id)
    for place, item in enumerate(items):
        if paths[without_suffix(item.key)] == 1:
            settle(place, without_suffix(item.key))
    for place, item in enumerate(items):
        if ids[place] is None:
            settle(place, _unused(item, taken))
    return [id or "" for id in ids]


def _kept(items: Sequence[Item], listed: Sequence[str], known: Mapping[str, Sequence[str]]) -> dict[int, str]:
    """Place in the listing to the id it has in the collection; an address may stand there under several."""
    left = {uri: list(ids) for uri, ids in known.items()}
    kept: dict[int, str] = {}
    for place, item in enumerate(items):
        if listed[place] in left.get(item.uri, ()):
            left[item.uri].remove(listed[place])
            kept[place] = listed[place]
    for place, item in enumerate(items):
        if place not in kept and left.get(item.uri):
            kept[place] = left[item.uri].pop(0)
    return kept


def _unused(item: Item, taken: set[str], *more: str) -> str:
    """A longer name that nothing goes by."""
    numbered = (f"{item.key}#{number}" for number in count(2))
    return next(id for id in chain(more, (item.key,), numbered) if id.strip() and id not in taken)
