"""The filter as a line to type and as chips to change, nested as deep as a filter may be."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import streamlit as st

from core.collection.catalog import Catalog
from core.collection.counts import class_counts
from core.errors import QueryError
from core.query import tree
from core.query.columns import Columns, Kind
from core.query.english import condition_words
from core.query.recipe import All, Condition, Not, OneOf, Recipe, Some
from core.query.sql import check
from core.query.text import QueryTextError, parse_where, pointed
from core.query.textwrite import write_where
from core.workspace import Workspace
from ui.component import component, new_turns, noted, seen_turn, take_in
from ui.question import ask

KEY = "query bar"
REFUSED = "query bar refused"
MOST_EXAMPLES = 2
MOST_WORDS = 80  # characters of one chip
Change = Callable[[All, Sequence[int], Condition], All]
WITH_TEXT: Mapping[str, Change] = {
    "replace": tree.replaced,
    "add": tree.added,
    "alternative": tree.alternative,
}
WITHOUT_TEXT: Mapping[str, Callable[[All, Sequence[int]], All]] = {
    "remove": tree.removed,
    "negate": tree.negated,
    "turn": tree.turned,
}


def query_bar(workspace: Workspace, name: str, catalog: Catalog, recipe: Recipe) -> None:
    """Show the recipe's filter, and ask for what a person makes of it."""
    turns = new_turns(KEY)
    where = recipe.where
    for act in turns:
        where = _after(where, act, catalog.columns)
    turn = int(turns[-1]["turn"]) if turns else seen_turn(KEY)
    if where != recipe.where:  # asked before anything shows it: what a person does next comes with the link
        take_in(KEY, turn)
        ask(replace(recipe, where=where))
        st.rerun()
    text = write_where(where, catalog.columns)
    refused = st.session_state.get(REFUSED)
    if refused is not None and refused["filter"] != text:
        refused = None
    component("querybar")(
        key=KEY,
        data={
            "text": refused["text"] if refused else text,
            "error": refused,
            "tree": node(where, catalog.columns),
            "example": catalog.remembered("filter example", lambda: example(catalog)),
            "complete": workspace.complete_link(name),
            "turn": turn,
        },
        on_turns_change=noted,
    )
    take_in(KEY, turn)


def example(catalog: Catalog) -> str:
    """A filter that this collection could be asked, to show how one is written; nothing where it has no classes."""
    conditions: list[Condition] = []
    for column in catalog.of_kind(Kind.CATEGORY)[:MOST_EXAMPLES]:
        values = [item.value for item in class_counts(catalog, Recipe(), column.name).values if item.value is not None]
        if len(values) > 1:
            asked = OneOf(column.name, (values[len(conditions)],))
            conditions.append(Not(asked) if len(conditions) == MOST_EXAMPLES - 1 else asked)
    return write_where(All(tuple(conditions)), catalog.columns)


def node(condition: Condition, columns: Columns) -> dict[str, Any]:
    """What the browser needs to draw a condition: its kind, words, text form, and what is in it."""
    words = condition_words(condition, columns)
    words = words if len(words) <= MOST_WORDS else f"{words[: MOST_WORDS - 1]}…"
    if isinstance(condition, All | Some):
        kind, parts = ("all" if isinstance(condition, All) else "some"), condition.conditions
    elif isinstance(condition, Not) and isinstance(condition.condition, All | Some | Not):
        kind, parts = "not", (condition.condition,)
    else:
        text = write_where(All((condition,)), columns)
        return {"kind": "leaf", "words": words, "text": text, "children": []}
    return {"kind": kind, "words": words, "children": [node(part, columns) for part in parts]}


def _after(where: All, turn: Mapping[str, Any], columns: Columns) -> All:
    """The filter after one change; where it cannot be made the filter stays, and why is kept to be told."""
    text = str(turn.get("text", ""))
    st.session_state[REFUSED] = None
    try:
        new = changed(where, turn, columns)
        check(new, columns)
    except QueryError as error:
        st.session_state[REFUSED] = {
            "title": error.title,
            "detail": "" if isinstance(error, QueryTextError) else error.detail,
            "hint": error.hint,
            "pointed": pointed(text, error.position) if isinstance(error, QueryTextError) else "",
            "filter": write_where(where, columns),
            "text": text if turn.get("op") == "text" else write_where(where, columns),
        }
        return where
    return new


def changed(where: All, turn: Mapping[str, Any], columns: Columns) -> All:
    """The filter after what a browser reports; what makes no sense is a QueryError."""
    act, text, path = str(turn.get("op")), turn.get("text"), turn.get("path", [])
    if act == "text" and isinstance(text, str):
        return parse_where(text, columns)
    if not isinstance(path, list) or not all(type(number) is int for number in path):
        raise QueryError("That change cannot be read.", "", "Reload the page.")
    if act in WITHOUT_TEXT:
        return WITHOUT_TEXT[act](where, path)
    if act not in WITH_TEXT or not isinstance(text, str):
        raise QueryError("That change cannot be read.", "", "Reload the page.")
    asked = parse_where(text, columns)
    if not asked.conditions:
        return tree.removed(where, path) if act == "replace" else where
    return WITH_TEXT[act](where, path, asked.conditions[0] if len(asked.conditions) == 1 else asked)
