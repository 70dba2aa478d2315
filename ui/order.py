"""In which order a result without similarity is shown: a column and a direction."""

from dataclasses import replace

import streamlit as st

from core.collection.catalog import Catalog
from core.query.english import spoken
from core.query.recipe import Order, Recipe
from ui.question import ask, question

INGEST = ""  # stands for the order of ingest


def order_box(catalog: Catalog, recipe: Recipe) -> None:
    """A small choice of column, and a button that turns the order round."""
    order = recipe.order
    labels = {INGEST: "in order of ingest"}
    labels |= {name: f"by {spoken(catalog.columns[name].label)}" for name in ("id", *catalog.metadata)}
    if order is not None:
        labels.setdefault(order.column, f"by {spoken(order.column)}")
    st.session_state["sort"] = order.column if order is not None else INGEST

    def changed() -> None:
        name = st.session_state["sort"]
        ask(replace(question(), order=Order(name) if name else None))

    st.selectbox(
        "Sort",
        list(labels),
        key="sort",
        format_func=labels.__getitem__,
        on_change=changed,
        label_visibility="collapsed",
        width=180,
    )
    if order is not None:
        st.button(
            "High to low" if order.descending else "Low to high",
            icon=":material/arrow_downward:" if order.descending else ":material/arrow_upward:",
            help="Turn the order round",
            on_click=ask,
            args=(replace(recipe, order=replace(order, descending=not order.descending)),),
        )
