"""The controls of a search: its words, how many hits, and what to do when there are none."""

from dataclasses import replace

import streamlit as st

from core.collection.catalog import Catalog
from core.collection.planner import is_held
from core.query.recipe import Accuracy, Alike, ImageId, Recipe, Words
from ui.question import ask, question
from ui.words import number

ACCURACIES = {
    Accuracy.AUTO: "As exact as is quick",
    Accuracy.EXACT: "Exact, may take long",
    Accuracy.QUICK: "Quick, may miss some",
}
LIMITS = (10, 25, 50, 100, 250, 500)


def search_box(recipe: Recipe, count: int) -> None:
    """The words to look for."""
    shown = next((term for term in recipe.terms if isinstance(term, Words) and term.weight > 0), None)
    st.session_state["search words"] = "" if shown is None else shown.text

    def changed() -> None:
        text = st.session_state["search words"].strip()
        others = tuple(term for term in question().terms if term != shown)
        written = replace(shown or Words(text), text=text)
        ask(replace(question(), terms=(written, *others) if text else others))

    st.text_input(
        "Search",
        key="search words",
        placeholder=f"Search {number(count)} images: a red dress, blue running shoes …",
        icon=":material/search:",
        label_visibility="collapsed",
        on_change=changed,
    )


def limit_box(recipe: Recipe) -> None:
    """How many hits at the most."""
    st.session_state["limit"] = recipe.limit

    def changed() -> None:
        ask(replace(question(), limit=st.session_state["limit"]))

    st.selectbox(
        "Show at most",
        sorted({*LIMITS, recipe.limit}),
        key="limit",
        on_change=changed,
        format_func=lambda limit: f"Top {number(limit)}",
        label_visibility="collapsed",
        width=130,
    )


def accuracy_box(recipe: Recipe, catalog: Catalog) -> None:
    """Whether to insist on an exact or a quick answer; nothing where exact ones are the quickest."""
    if is_held(catalog.count_all, catalog.encoder.dimension) or recipe.alike is not Alike.MEANING:
        return
    st.session_state["accuracy"] = recipe.accuracy

    def changed() -> None:
        ask(replace(question(), accuracy=st.session_state["accuracy"]))

    st.selectbox(
        "Accuracy",
        list(Accuracy),
        key="accuracy",
        on_change=changed,
        format_func=ACCURACIES.__getitem__,
        label_visibility="collapsed",
        width=190,
    )


def nothing_found(recipe: Recipe, matching: int) -> None:
    """Why there is no image, and what to do."""
    if matching and recipe.alike is not Alike.MEANING:
        st.info("No image looks as much like it as is asked for.", icon=":material/filter_alt_off:")
        st.button("Compare what they show", on_click=ask, args=(replace(recipe, alike=Alike.MEANING, bits=None),))
    elif matching and recipe.threshold is not None:
        st.info("No image is as like it as the threshold asks for.", icon=":material/filter_alt_off:")
        st.button("No threshold", on_click=ask, args=(replace(recipe, threshold=None),))
    elif matching:
        st.info("The images that pass the filter have no vectors yet.", icon=":material/filter_alt_off:")
    else:
        other = "other " if any(isinstance(term, ImageId) for term in recipe.terms) else ""
        st.info(f"No {other}image passes the filter. Take one away in the sidebar.", icon=":material/filter_alt_off:")
