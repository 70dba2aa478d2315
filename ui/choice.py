"""Which images of a question something is done to: the selected, the shown, or all that match."""

from core.query.recipe import Recipe
from ui.question import images
from ui.words import number

SELECTION, SHOWN, ALL = "selection", "shown", "all"


def counts_of(recipe: Recipe, matching: int, chosen_ids: tuple[str, ...]) -> dict[str, int]:
    """How many images each choice takes; every image is like a search, so there is no whole of one."""
    counts = {SELECTION: len(chosen_ids)} if chosen_ids else {}
    shown = min(recipe.limit, matching)
    if recipe.terms or recipe.sample or shown < matching:
        counts[SHOWN] = shown
    if not recipe.terms:
        counts[ALL] = matching
    return counts


def which(kind: str, count: int) -> str:
    """A choice in words."""
    few = f"The first {number(count)}"
    return {SELECTION: f"Selected: {images(count)}", SHOWN: few, ALL: f"All {number(count)} that match"}[kind]
