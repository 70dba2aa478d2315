"""Takes an event of the history back, which leaves an event that can be taken back too.

Put back is what is still as the event left it: a value that somebody has changed since stays, and how many is told. Of
an image's tags those that the event gave go and those that it took come back; every other one stays. Images that the
event brought in go into the trash, and those that it took out come back. Clusters stay as they are
where the map was made anew since: the event's are those of another one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl

from core.collection.changes import recording, settle
from core.collection.differences import AFTER, BEFORE, TAGS
from core.collection.history import STAMP, Event, History, Kind, Listed
from core.collection.mapped import map_of
from core.collection.store import Collection
from core.edit.cells import rewrite
from core.errors import BusyError
from core.ingest.lock import only_writer
from core.ingest.progress import Progress, Report

CHUNK = 5_000  # images put back, or moved to the trash, in one commit
STAGE = "Undoing"


@dataclass(frozen=True)
class Undone:
    """What undoing an event came to."""

    event: Event  # that it left
    images: int  # changed, put back or taken out
    left: int  # images of which something stays, because it was changed since
    gone: int  # images of which nothing could be put back, because they are not in the collection

    def summary(self) -> dict[str, Any]:
        """Every fact, as plain values."""
        return {
            "event": self.event.id,
            "what": self.event.what,
            "images": self.images,
            "left": self.left,
            "gone": self.gone,
        }


def check_undo(listed: Listed) -> Event:
    """The event, or a BusyError where there is nothing (left) to take back."""
    event = listed.event
    if listed.undone_by:
        raise BusyError(
            f"“{event.what[:200]}” has been undone.", "", "To have it again, or to undo what was left, undo that first."
        )
    if not listed.can_undo:
        detail = {
            Kind.EMBED: "Vectors are not kept; make them anew with the encoder before.",
            Kind.MAP: "The map before is not kept; the same method and seed make the same one again.",
            Kind.DELETE: "Its images are not in the trash any more.",
            Kind.DAMAGED: "Restore a backup of its file.",
        }.get(event.kind, "It changed nothing that could be put back.")
        raise BusyError(f"“{event.what[:200]}” cannot be undone.", detail)
    return event


def undo(
    folder: Path,
    collection: Collection,
    id: str,
    who: str | None = None,
    report: Report = lambda progress: None,
    *,
    chunk_rows: int = CHUNK,
) -> Undone:
    """Undo an event of a collection; `folder` is the workspace's, and nobody else may write meanwhile."""
    history = History(folder, collection)
    with only_writer(folder, collection.name):
        settle(folder, collection)
        event = check_undo(history.get(id))
        rows = history.rows(event)
        columns = [name.removeprefix(BEFORE) for name in rows.columns if name.startswith(BEFORE)]
        columns = [name for name in columns if name in collection.schema.names]
        others = _of_another_map(collection, event, columns)
        columns = [name for name in columns if name not in others]
        trash = set(collection.deletions())
        deletions = [name for name in event.deletions if name in trash]
        if others and not columns and not deletions and not rows["added"].any():
            raise BusyError(
                f"“{event.what[:200]}” cannot be undone.",
                "The map has been made anew since, and its clusters are others.",
                "Set the clusters of the new map instead.",
            )
        ids = [*rows["id"], *(id for name in deletions for id in collection.trashed_ids(name))]
        with recording(
            folder, collection, Kind.UNDO, _words(history, event),
            who=who, ids=ids, columns=columns, undoes=id, adds=bool(deletions),
        ) as record:  # fmt: skip
            for deletion in deletions:
                collection.undo_delete(deletion)
            cells = rows.filter(~pl.col("added"))
            left, gone = _put_back(collection, cells, columns, others, report, chunk_rows)
            added = rows.filter(pl.col("added"))["id"].to_list()
            for first in range(0, len(added), chunk_rows):
                at = datetime.now(UTC).replace(tzinfo=None)
                deletion = at.strftime(STAMP)
                if count := collection.delete(added[first : first + chunk_rows], deletion, at):
                    record.deletions.append(deletion)
                    record.deleted += count
                report(Progress(STAGE, cells.height + first, rows.height))
            record.note = f", {left:,} left as they were changed later" if left else ""
            record.note += " (the map was made anew, and its clusters stay)" if others else ""
    if record.event is None:
        raise BusyError(
            f"Nothing of “{event.what[:200]}” is left to undo.",
            f"{left:,} of its images were changed again since, {gone:,} are not in the collection any more.",
            "Undo what came later first; the history lists it.",
        )
    return Undone(record.event, record.event.images, left, gone)


def _of_another_map(collection: Collection, event: Event, columns: Sequence[str]) -> list[str]:
    """Which of these columns held the clusters of an earlier map when the event was."""
    fact = map_of(collection.schema)
    return [name for name in columns if fact is not None and name == fact.cluster and event.version <= fact.since]


def _put_back(
    collection: Collection,
    cells: pl.DataFrame,
    columns: Sequence[str],
    others: Sequence[str],
    report: Report,
    chunk_rows: int,
) -> tuple[int, int]:
    """Give images their earlier values; returns how many kept a later one, and how many are not there."""
    left = gone = 0
    for first in range(0, cells.height, chunk_rows):
        part = cells.slice(first, chunk_rows)
        kept: dict[str, bool] = {}

        def wanted(rows: pl.DataFrame, part: pl.DataFrame = part, kept: dict[str, bool] = kept) -> pl.DataFrame:
            kept.clear()
            return _restored(rows, part, columns, others, kept)

        rewrite(collection, part["id"].to_list(), columns, wanted)
        left += sum(kept.values())
        gone += part.height - len(kept)
        report(Progress(STAGE, first + part.height, cells.height))
    return left, gone


def _restored(
    rows: pl.DataFrame, part: pl.DataFrame, columns: Sequence[str], others: Sequence[str], kept: dict[str, bool]
) -> pl.DataFrame:
    """Rows with their values from before the event; notes by id in `kept` whether a later one stayed.

    `others` are columns that the event changed and that are something else by now.
    """
    both = rows.select("id").join(part, on="id", how="left", maintain_order="left")
    stays = pl.Series([False] * rows.height, dtype=pl.Boolean)
    made = []
    for name in columns:
        dtype, held = rows.schema[name], rows[name]
        before, after = (both[f"{side}{name}"].cast(dtype, strict=False) for side in (BEFORE, AFTER))
        if name == TAGS:
            made.append(_restored_tags(held, before, after))
            continue
        as_left = before.ne_missing(after) & held.eq_missing(after)
        stays |= before.ne_missing(after) & held.ne_missing(after) & held.ne_missing(before)
        made.append(pl.select(pl.when(as_left).then(before).otherwise(held).alias(name)).to_series())
    for name in others:
        stays |= both[f"{BEFORE}{name}"].ne_missing(both[f"{AFTER}{name}"])
    kept.update(zip(rows["id"], stays, strict=True))
    return rows.with_columns(made)


def _restored_tags(held: pl.Series, before: pl.Series, after: pl.Series) -> pl.Series:
    """Tags without those that the event gave and with those that it took; every other one stays, in its order."""
    values = []
    for tags, old, new in zip(*(side.to_list() for side in (held, before, after)), strict=True):
        gave, took = set(new or ()) - set(old or ()), [tag for tag in old or () if tag not in (new or ())]
        rest = [tag for tag in tags or () if tag not in gave]
        as_left = (tags or []) == (new or [])
        values.append(old if as_left else list(dict.fromkeys([*rest, *took])))
    return pl.Series(TAGS, values, held.dtype)


def _words(history: History, event: Event) -> str:
    """Such as “Undid “gender set to Men on 12 images””; an undo that is undone is the event done again."""
    by_id = {item.event.id: item.event for item in history.events()}
    undoing, origin = True, event
    while origin.undoes in by_id:
        undoing, origin = not undoing, by_id[origin.undoes]
    return f"Undid “{origin.what[:300]}”" if undoing else f"Did again “{origin.what[:300]}”"
