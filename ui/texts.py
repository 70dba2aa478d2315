"""The text filter in the sidebar: a column, how its text is compared, and with what."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import streamlit as st

from core.collection.catalog import Catalog
from core.query.columns import Kind
from core.query.english import spoken
from core.query.recipe import All, Condition, Contains, Matches, OneOf, Recipe, StartsWith
from core.query.sql import check
from ui.errors import reporting
from ui.question import ask, question

MISSING = "is missing"
MAKERS: Mapping[str, Callable[[str, str], Condition]] = {
    "contains": Contains,
    "begins with": StartsWith,
    "matches": Matches,
    MISSING: lambda column, text: OneOf(column, (None,)),
}
HINTS = {"contains": "text …", "begins with": "text …", "matches": "(?i)shirt|tee"}


@dataclass(frozen=True)
class TextAsked:
    """One comparison of a text."""

    column: str
    how: str = "contains"
    text: str = ""


def text_asked(recipe: Recipe) -> TextAsked | None:
    """The first comparison of a text among the recipe's conditions."""
    for item in recipe.where.conditions:
        match item:
            case Contains(column, text):
                return TextAsked(column, "contains", text)
            case StartsWith(column, text):
                return TextAsked(column, "begins with", text)
            case Matches(column, pattern):
                return TextAsked(column, "matches", pattern)
    return None


def with_text(recipe: Recipe, asked: TextAsked) -> Recipe:
    """The recipe that makes this comparison in the place of the first one it makes."""
    held = list(recipe.where.conditions)
    place = next((n for n, item in enumerate(held) if isinstance(item, Contains | StartsWith | Matches)), len(held))
    made = [MAKERS[asked.how](asked.column, asked.text.strip())] if asked.text.strip() or asked.how == MISSING else []
    return replace(recipe, where=All((*held[:place], *made, *held[place + 1 :])))


def text_filter(catalog: Catalog, recipe: Recipe) -> None:
    """The three boxes; what they cannot ask is told and changes nothing."""
    asked = text_asked(recipe)
    columns = [*catalog.of_kind(Kind.TEXT), *catalog.of_kind(Kind.CATEGORY), catalog.columns["id"]]
    labels = {column.name: spoken(column.label) for column in columns}
    if asked:
        labels.setdefault(asked.column, spoken(catalog.columns[asked.column].label))
        st.session_state["text column"] = asked.column
        st.session_state["text how"] = asked.how
    if st.session_state.get("text column") not in labels:
        st.session_state["text column"] = columns[0].name
    if asked is None and st.session_state.get("text how") == MISSING:
        st.session_state["text how"] = "contains"
    st.session_state["text"] = asked.text if asked else ""

    @reporting
    def changed() -> None:
        how = st.session_state["text how"]
        new = with_text(question(), TextAsked(st.session_state["text column"], how, st.session_state["text"]))
        check(new.where, catalog.columns)
        if new != question():
            ask(new)

    with st.container(key="text filter", gap=None):
        st.selectbox(
            "Column in which to find a text",
            list(labels),
            key="text column",
            format_func=labels.__getitem__,
            on_change=changed,
            label_visibility="collapsed",
        )
        left, right = st.columns([1, 1.2], gap=None)
        left.selectbox("How to compare", list(MAKERS), key="text how", on_change=changed, label_visibility="collapsed")
        right.text_input(
            "Text to find",
            key="text",
            on_change=changed,
            placeholder=HINTS.get(st.session_state.get("text how", "contains"), ""),
            label_visibility="collapsed",
        )
