"""One record: what was asked, and what each step of it cost.

Questions stand here as recipes have them: a given picture is its digest, never its bytes.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from core.errors import NotFoundError
from core.timing import Step

KINDS = {
    "query": "Queries",
    "search": "Searches",
    "count": "Counts",
    "sql": "SQL",
    "page": "Pages",
    "ingest": "Ingests",
    "augment": "Augmentations",
    "export": "Exports",
    "embed": "Embeddings",
    "index": "Indexing",
    "tag": "Taggings",
    "edit": "Edits",
    "map": "Maps",
    "audit": "Audits",
}
"""What is recorded, and what several of it are called."""
ASKED_AGAIN = frozenset({"query", "search"})  # kinds whose recipe can be run again
MOST_ENGLISH = 1_000  # characters
MOST_RECIPE = 20_000  # characters; a longer question is recorded without its recipe
DIGITS = 3  # of milliseconds


@dataclass(frozen=True)
class Record:
    """What one answer, or one piece of work, cost."""

    kind: str  # one of KINDS
    collection: str
    english: str  # what was asked, as a sentence
    milliseconds: float  # wall time
    steps: tuple[Step, ...] = ()  # those of one name together, in the order they began
    recipe: Mapping[str, str] | None = None  # a link's parameters; None where there is none, or none was kept
    first: int = 0  # place in the result of the answer's first image
    rows: int = 0  # images in the answer, or that the work was done on
    matching: int = 0  # images that pass the filter
    front: str = ""  # "dashboard", "api", "command" or "worker"
    who: str = ""  # the person, where that is known
    at: str = field(default_factory=lambda: datetime.now(UTC).isoformat(timespec="milliseconds"))  # the end, UTC
    id: int = 0  # in the workspace; 0 while it is not written

    @property
    def can_run_again(self) -> bool:
        """Whether the same can be asked again."""
        return self.kind in ASKED_AGAIN and self.recipe is not None

    def told(self) -> dict[str, Any]:
        """As plain values."""
        return {
            "id": self.id,
            "at": self.at,
            "kind": self.kind,
            "collection": self.collection,
            "english": self.english,
            "recipe": None if self.recipe is None else dict(self.recipe),
            "first": self.first,
            "rows": self.rows,
            "total": self.matching,
            "milliseconds": round(self.milliseconds, DIGITS),
            "front": self.front,
            "who": self.who,
            "steps": told_steps(self.steps),
        }


def known_kinds(kind: str | None) -> tuple[str, ...]:
    """The kind that is asked for, none for all of them; another one is a NotFoundError that lists those there are."""
    if kind is None:
        return ()
    if kind in KINDS:
        return (kind,)
    raise NotFoundError(f"Nothing of the kind “{kind[:40]}” is recorded.", "", f"There are: {', '.join(KINDS)}.")


def told_steps(steps: Sequence[Step]) -> list[dict[str, Any]]:
    """What each step cost, as plain values."""
    return [
        {
            "step": item.name,
            "milliseconds": round(item.milliseconds, DIGITS),
            "depth": item.depth,
            "rows_in": item.rows_in,
            "rows_out": item.rows_out,
            "times": item.times,
        }
        for item in steps
    ]


def recipe_text(recipe: Mapping[str, str] | None) -> str:
    """A recipe's parameters as JSON; empty where there is none, or one too long to be kept."""
    text = "" if recipe is None else json.dumps(dict(recipe), ensure_ascii=False)
    return text if len(text) <= MOST_RECIPE else ""


def read_recipe(text: str) -> dict[str, str] | None:
    """What `recipe_text` was given; none where another release wrote it in another form."""
    try:
        found = json.loads(text)
    except ValueError:
        return None
    return {str(name): str(value) for name, value in found.items()} if isinstance(found, dict) else None


def steps_text(steps: Sequence[Step]) -> str:
    """Steps as compact JSON."""
    return json.dumps(
        [
            [s.name, round(s.milliseconds, DIGITS), s.inside, s.rows_in, s.rows_out, s.times, round(s.began, DIGITS)]
            for s in steps
        ]
    )


def read_steps(text: str) -> tuple[Step, ...]:
    """Steps from what `steps_text` gave; none where another release wrote them in another form."""
    try:
        return tuple(Step(name, took, tuple(inside), *more) for name, took, inside, *more in json.loads(text))
    except (ValueError, TypeError):
        return ()
