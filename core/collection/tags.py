"""Tags of a collection's images: read, and replaced in whole commits without losing anybody else's.

The column is rewritten in place, so images keep their order and indices stay whole, which a merge would not grant in a
small collection. What is written rests on tags read at one version: where somebody else's commit came between, it is
refused, and they are read again.

Beside them stand the scores of those that a model gave, each with its tag's name. So whoever writes tags need not know
of scores: one whose tag is gone is passed over, and tells again when the tag is put back, as by an undo.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import lance
import pyarrow as pa

from core.collection.schema import FRAGMENT_BITS, SCORES
from core.collection.storage import storing
from core.collection.store import MOST_TRIES, Collection
from core.errors import BusyError

TAGS = pa.list_(pa.string())
SCORED = pa.list_(pa.struct([pa.field("tag", pa.string()), pa.field("score", pa.float32())]))
DIGITS = 4  # of a score that is kept
MOST_GONE = 100  # scores of one image that are kept for tags that it has no more; the latest
CONFLICT = "commit conflict"  # what Lance says of somebody else's commit

Scores = Mapping[str, float]  # cosine similarity by tag


def tags_of(dataset: Any, ids: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """The tags of these images at a dataset's version; an id that is not there is left out."""
    rows = _rows(dataset, ids, ["tags"])
    held = zip(rows["id"].to_pylist(), rows["tags"].to_pylist(), strict=True)
    return {id: tuple(tags or ()) for id, tags in held}


def scores_of(dataset: Any, ids: Sequence[str]) -> dict[str, dict[str, float]]:
    """The scores of the images' present tags by tag; images without one, and tags that no model gave, are left out."""
    if SCORES not in dataset.schema.names:
        return {}
    rows = _rows(dataset, ids, ["tags", SCORES])
    held = zip(*(rows[name].to_pylist() for name in ("id", "tags", SCORES)), strict=True)
    every = ((id, tags or (), _by_tag(scores)) for id, tags, scores in held)
    found = {id: {tag: scores[tag] for tag in tags if tag in scores} for id, tags, scores in every}
    return {id: scores for id, scores in found.items() if scores}


def replace_tags(
    collection: Collection,
    wanted: Mapping[str, Iterable[str]],
    is_own: Callable[[str], bool],
    scores: Mapping[str, Scores] | None = None,
) -> int:
    """Give images the tags wanted in the place of those that are one's own, in one commit; the others stay, in order.

    `scores` are those of the tags wanted, by id and tag. Unknown ids are passed over, and nothing is written where all
    is as wanted. Returns how many images changed.
    """
    with storing("tags"):
        for _ in range(MOST_TRIES):
            try:
                dataset = _with_scores(collection) if scores else lance.dataset(str(collection.path))
                changed = _changed(dataset, wanted, is_own, scores)
                if not changed:
                    return 0
                _write(dataset, changed)
                return sum(map(len, changed.values()))
            except OSError as error:
                if CONFLICT not in str(error).lower():
                    raise
    raise _busy()


def drop_scores(collection: Collection) -> None:
    """Forget every score, as where another encoder's vectors come: its scores cannot be compared with those held."""
    with storing("tags"):
        for _ in range(MOST_TRIES):
            dataset = lance.dataset(str(collection.path))
            if SCORES not in dataset.schema.names:
                return
            try:
                dataset.drop_columns([SCORES])
                return
            except (OSError, RuntimeError) as error:
                if CONFLICT not in str(error).lower():
                    raise
    raise _busy()


def field_ids(dataset: Any, columns: Iterable[str]) -> set[int]:
    """Lance's numbers of columns that are rewritten.

    Lance tells the number of a list's items alone, and goes by that of the list to know which rows an index is stale
    for: without it the index of tags would go on answering with the tags of before.
    """
    return {dataset.lance_schema.field(name).id() for name in columns if name in dataset.schema.names}


def _busy() -> BusyError:
    return BusyError(
        "The collection was changed by others again and again while tags were written.",
        "What was written before is kept.",
        "Start the same command again when less is going on.",
    )


def _with_scores(collection: Collection) -> Any:
    """The collection's latest version, with the column of scores."""
    dataset = lance.dataset(str(collection.path))
    if SCORES in dataset.schema.names:
        return dataset
    dataset.add_columns(pa.schema([pa.field(SCORES, SCORED)]))
    return lance.dataset(str(collection.path))


def _rows(dataset: Any, ids: Sequence[str], columns: Sequence[str]) -> pa.Table:
    listed = ", ".join("'" + id.replace("'", "''") + "'" for id in ids)
    condition = f"id IN ({listed})" if ids else "false"
    return dataset.scanner(columns=["id", *columns], filter=condition, with_row_address=True).to_table()


def _by_tag(scores: Iterable[Mapping[str, Any]] | None) -> dict[str, float]:
    """An image's scores by tag, those of tags that it has no more too."""
    return {item["tag"]: round(float(item["score"]), DIGITS) for item in scores or ()}


def _changed(
    dataset: Any,
    wanted: Mapping[str, Iterable[str]],
    is_own: Callable[[str], bool],
    scores: Mapping[str, Scores] | None,
) -> dict[int, dict[str, dict[str, Any]]]:
    """By fragment and id the whole cells of the images that are not as wanted."""
    scored = [SCORES] if scores else []
    rows = _rows(dataset, list(wanted), ["tags", *scored])
    columns = {name: rows[name].to_pylist() for name in ("id", "tags", "_rowaddr", *scored)}
    found: dict[int, dict[str, dict[str, Any]]] = defaultdict(dict)
    for place, (id, address) in enumerate(zip(columns["id"], columns["_rowaddr"], strict=True)):
        tags = list(columns["tags"][place] or ())
        kept = [tag for tag in tags if not is_own(tag)]
        cells: dict[str, Any] = {"tags": list(dict.fromkeys([*kept, *wanted[id]]))}
        same = cells["tags"] == tags
        if scores:
            held = _by_tag(columns[SCORES][place])
            told = {tag: round(float(score), DIGITS) for tag, score in scores.get(id, {}).items()}
            here = {**{tag: held[tag] for tag in cells["tags"] if tag in held}, **told}
            gone = [(tag, score) for tag, score in held.items() if tag not in here][:MOST_GONE]
            cells[SCORES] = [{"tag": tag, "score": score} for tag, score in (*here.items(), *gone)]
            same = same and all(held.get(tag) == score for tag, score in told.items())
        if not same:
            found[address >> FRAGMENT_BITS][id] = cells
    return found


def _write(dataset: Any, changed: Mapping[int, Mapping[str, Mapping[str, Any]]]) -> None:
    """Rewrite the columns of tags of these fragments in one commit, which fails where another one came between."""
    fragments, fields = [], set()
    for number, cells in changed.items():
        rows = {"id": pa.array(list(cells), pa.string())}
        for name, type in (("tags", TAGS), (SCORES, SCORED)):
            if all(name in cell for cell in cells.values()):
                rows[name] = pa.array([cell[name] for cell in cells.values()], type)
        fragment, touched = dataset.get_fragment(number).update_columns(pa.table(rows), left_on="id")
        fragments.append(fragment)
        fields |= set(touched) | field_ids(dataset, rows.keys() - {"id"})
    update = lance.LanceOperation.Update(
        updated_fragments=fragments, fields_modified=sorted(fields), update_mode="rewrite_columns"
    )
    lance.LanceDataset.commit(dataset, update, read_version=dataset.version, max_retries=0)
