"""Tags or deletes images of groups of duplicates; each act is one event of the history, which undoes it as a whole."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from core.acting import whoever
from core.collection.catalog import Catalog
from core.collection.history import DELETED, images
from core.duplicates.find import find_duplicates
from core.duplicates.found import Duplicates, kept_ids, other_ids
from core.duplicates.request import DuplicatesRequest
from core.edit.job import edit_soon
from core.edit.request import EditRequest
from core.errors import BusyError, InputError, NotFoundError
from core.jobs.job import Job
from core.workspace import Workspace

MOST_TOUCHED = 10_000  # images in one act
USUAL_TAG = "duplicate"


class Act(StrEnum):
    """What is done."""

    TAG_OTHERS = "tag-others"
    TAG_KEPT = "tag-kept"
    DELETE_OTHERS = "delete-others"


@dataclass(frozen=True)
class Acting:
    """What to do with which groups."""

    act: Act
    tag: str = USUAL_TAG
    kept: Sequence[str] | None = None  # ids of the kept images of the groups that are meant; None for all groups
    expected: int | None = None  # images that this must touch; another number means that the groups have changed


@dataclass(frozen=True)
class Acted:
    """What became of the images."""

    what: str  # was done, in words
    images: int  # that it touched
    event: str  # id in the history, by which it is undone; empty where nothing changed


def touched_ids(catalog: Catalog, found: Duplicates, acting: Acting) -> list[str]:
    """The images that an act touches, or an error; nothing is written."""
    numbers = None if acting.kept is None else _numbers(catalog, found, acting)
    ids = (kept_ids if acting.act is Act.TAG_KEPT else other_ids)(catalog, found, numbers)
    if acting.expected not in (None, len(ids)):
        raise _changed(f"{acting.expected:,} images were to be touched, now it would be {len(ids):,}.")
    if not ids:
        raise InputError("There are no duplicates to do that with.", "No group is found.", "Choose another threshold.")
    if len(ids) > MOST_TOUCHED:
        raise InputError(
            f"That would touch {len(ids):,} images.",
            f"At most {MOST_TOUCHED:,} are tagged or deleted at once.",
            "Filter to fewer images, choose a stricter threshold, or choose some of the groups.",
        )
    return ids


def act(
    space: Workspace, name: str, request: DuplicatesRequest, acting: Acting, who: str | None = None
) -> Acted | Job:  # fmt: skip
    """Do it at once; tagging more than a thousand images is queued as a job."""
    catalog = space.catalog(name)
    ids = touched_ids(catalog, find_duplicates(catalog, request), acting)
    who = whoever(who)
    if acting.act is Act.DELETE_OTHERS:
        deletion = space.delete(name, ids, who)
        return Acted(f"{images(len(ids))} deleted", len(ids), f"{deletion}{DELETED}")
    made = edit_soon(space, EditRequest(name, add_tags=(acting.tag,), ids=tuple(ids)), who)
    if isinstance(made, Job):
        return made
    return Acted(f"{made.what} on {images(made.changed)}", made.changed, made.event)


def _changed(why: str) -> BusyError:
    """The error of an act on groups that are not as they were seen."""
    return BusyError("The groups have changed meanwhile.", why, "Look at the groups again, then repeat it.")


def _numbers(catalog: Catalog, found: Duplicates, acting: Acting) -> list[int]:
    """The places of the groups whose kept images are named."""
    kept = acting.kept or ()
    held = {id: number for number, id in enumerate(kept_ids(catalog, found))}
    unknown = next((id for id in kept if id not in held), None)
    if unknown is not None and acting.expected is not None:
        raise _changed(f"“{unknown[:80]}” is not the kept image of a group (any more).")
    if unknown is not None:
        raise NotFoundError(
            f"“{unknown[:80]}” is not the kept image of a group.",
            "The groups may have changed, or another one of its group is kept.",
            "Look at the groups again, then repeat it.",
        )
    return sorted({held[id] for id in kept})
