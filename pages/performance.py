"""Performance: what answers cost here, how that grows, and what it would be with many more images."""

from collections.abc import Callable

import streamlit as st

from core.collection.catalog import Catalog
from core.query.recipe import Recipe
from core.workspace import Workspace
from ui.audit import show_audit
from ui.limits import show_limits
from ui.live import show_live
from ui.question import question, remember
from ui.resources import current
from ui.scale import show_scale
from ui.storage import show_storage
from ui.style import heading
from ui.welcome import nothing_yet, welcome


def show_recall(workspace: Workspace, catalog: Catalog, name: str, recipe: Recipe) -> None:
    """How near the index's answers come to exact ones, and in what time."""
    show_audit(workspace, catalog, name)


Part = Callable[[Workspace, Catalog, str, Recipe], None]
LIVE = "Live"
PARTS: dict[str, tuple[str, Part]] = {
    LIVE: ("What answers cost", show_live),
    "Limits": ("Time against the number of images asked for", show_limits),
    "Scale": ("Time against the size of the collection", show_scale),
    "Recall": ("How exact answers are, and in what time", show_recall),
    "Storage": ("How images are best stored", show_storage),
}


def performance() -> None:
    """The page, from top to bottom."""
    workspace, name = current()
    if name is None:
        welcome(workspace)
        return
    catalog = workspace.catalog(name)
    title, show = PARTS[asked_part()]
    heading(title)
    choose_part()
    if catalog.count_all == 0:
        nothing_yet(name)
        return
    show(workspace, catalog, name, question())


def asked_part() -> str:
    """The part that the link names."""
    asked = str(st.query_params.get("part", LIVE))
    return asked if asked in PARTS else LIVE


def choose_part() -> None:
    """The parts of the page, side by side; kept in the URL."""
    st.session_state["part"] = asked_part()

    def changed() -> None:
        part = st.session_state["part"] or LIVE
        remember(part=None if part == LIVE else part)

    st.segmented_control(
        "Part", list(PARTS), key="part", on_change=changed, label_visibility="collapsed", required=True
    )


performance()
