"""What an export under way is of, kept for whoever goes on with it."""

import json
import os
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from core.export.selection import Selection
from core.export.work import Work

PLAN = "plan.json"


def prepare(work: Work, identity: Mapping[str, Any], version: int, with_images: bool) -> Selection | None:
    """Make the folders; returns what an earlier attempt at the same selected, or None to begin with a new choice.

    Of an attempt at another version of the collection the images are kept, of one at another request nothing.
    """
    work.mend()
    earlier = _earlier(work)
    if earlier.get("identity") != identity:
        work.leave()
    work.make_folders(with_images)
    if earlier.get("identity") != identity or earlier.get("version") != version:
        return None
    try:
        found = earlier["selection"]
        ranking = found["ranking"]
        ranked = None if ranking is None else tuple((id, score) for id, score in ranking)
        return Selection(**{**found, "notes": tuple(found["notes"]), "ranking": ranked})
    except (KeyError, TypeError, ValueError):  # another release's, or damaged
        return None


def keep_plan(work: Work, identity: Mapping[str, Any], version: int, selection: Selection) -> None:
    """Note what is being exported."""
    body = {"identity": identity, "version": version, "selection": asdict(selection)}
    part = work.parts / PLAN
    part.write_text(json.dumps(body, ensure_ascii=False), encoding="utf-8")
    os.replace(part, work.root / PLAN)


def _earlier(work: Work) -> dict[str, Any]:
    try:
        found = json.loads((work.root / PLAN).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
