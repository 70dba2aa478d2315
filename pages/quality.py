"""Quality: for which classes search can be trusted, measured on the collection's own labels."""

import streamlit as st

from core.collection.catalog import Catalog
from core.evaluation.columns import choose
from core.workspace import Workspace
from ui.audit import show_audit
from ui.measuring import chosen_evaluation, kept_evaluations, measure, what_was_measured
from ui.quality import chosen_label, show_classes, show_encoders, show_headline, show_verdict
from ui.qualityclass import show_class
from ui.resources import current
from ui.style import heading
from ui.welcome import nothing_yet, welcome

TITLE = "How far search can be trusted"
LEAST_IMAGES = 3  # with two, the one is always the other's nearest


def quality() -> None:
    """The page, from top to bottom."""
    workspace, name = current()
    if name is None:
        welcome(workspace)
        return
    catalog = workspace.catalog(name)
    heading(TITLE)
    if catalog.count_all == 0:
        nothing_yet(name)
        return
    show_labels(workspace, catalog, name)
    st.subheader("How exact answers are", anchor=False, divider="gray")
    show_audit(workspace, catalog, name)


def show_labels(workspace: Workspace, catalog: Catalog, name: str) -> None:
    """What the latest evaluation says of each class, or how to make one."""
    kept = kept_evaluations(workspace, name)
    if not kept:
        nothing_measured(workspace, catalog, name)
        return
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        shown = chosen_evaluation(kept, catalog.encoder.fingerprint)
        measure(workspace, catalog, name, again=True)
    what_was_measured(catalog, shown.evaluation)
    if not shown.evaluation.labels:
        st.info("No column has classes that could be right or wrong.", icon=":material/label_off:")
        return
    label = chosen_label(shown.evaluation.labels)
    show_headline(label, shown.evaluation)
    if not label.classes:
        st.info("This was measured before classes were looked at. Measure again to see them.", icon=":material/update:")
    else:
        show_verdict(label)
        left, right = st.columns(2, gap="large")
        with left:
            st.subheader(f"Precision among {label.depth} nearest, by class", anchor=False)
            chosen = show_classes(label)
        if chosen is not None:
            with right:
                show_class(workspace, catalog, name, label, chosen)
    show_encoders(kept, label.column)


def nothing_measured(workspace: Workspace, catalog: Catalog, name: str) -> None:
    """What measuring is, and the button; or why there is nothing to measure on."""
    if catalog.count_all < LEAST_IMAGES:
        st.info("There are too few images to measure on. Bring in more.", icon=":material/photo_library:")
        return
    chosen = choose(catalog, (), None)
    if not chosen.labels and chosen.text is None:
        st.info(
            "There is nothing to measure on: no column has classes, and none has texts. Give the images labels in a "
            "table or by tagging, and come back.",
            icon=":material/label_off:",
        )
        return
    st.markdown(
        "The images' own labels tell how good search is. Some thousands are drawn at random; each is used as a search, "
        "and what it finds is right where it has the same value. That takes seconds, covers every column with "
        "classes, and changes nothing in the collection."
    )
    measure(workspace, catalog, name, again=False)


quality()
