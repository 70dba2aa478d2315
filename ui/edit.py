"""Setting a value and adding or removing tags, on the selected images or on a whole result."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import streamlit as st

from core.collection.catalog import Catalog
from core.collection.counts import class_counts
from core.collection.tagcounts import tags_in_use
from core.edit.edit import Edited
from core.edit.job import edit_soon
from core.edit.request import EditRequest
from core.query.columns import Column, Kind
from core.query.english import spoken
from core.query.recipe import Recipe
from core.query.url import to_parameters
from core.workspace import Workspace
from ui.errors import plain, reporting
from ui.history import undo_bar
from ui.ranges import MOST_EXACT
from ui.signin import who
from ui.words import number, plural

LAST = "last edit"
FORM = "edit form"  # the popover, which stays open until it is told not to
NO_COLUMN = ""  # stands for leaving the values as they are
COLUMN, VALUE, CLEAR, ADD, REMOVE = (f"edit {part}" for part in ("column", "value", "clear", "add", "remove"))
FIRST_DAY, LAST_DAY = date(1, 1, 1), date(9999, 12, 31)


def edit_form(
    workspace: Workspace, name: str, catalog: Catalog, recipe: Recipe, chosen_ids: Sequence[str]
) -> None:  # fmt: skip
    """A button that opens the form."""
    with st.popover("Edit", icon=":material/edit:", key=FORM, on_change="rerun"):
        column = _column_box(catalog)
        if column is not None:
            st.checkbox("Leave it without a value", key=CLEAR)
            if not st.session_state[CLEAR]:
                _value_widget(catalog, column)
        known = tags_in_use(catalog)
        st.multiselect("Add tags", known, key=ADD, accept_new_options=True, placeholder="Choose, or type a new one")
        st.multiselect("Remove tags", known, key=REMOVE, placeholder="Choose")
        _apply_buttons(workspace, name, catalog, recipe, chosen_ids)


def _column_box(catalog: Catalog) -> Column | None:
    """Which column is to get a value, if any."""

    def words(name: str) -> str:
        return spoken(catalog.columns[name].label) if name else "none"

    if st.session_state.get(COLUMN) not in (NO_COLUMN, *catalog.metadata):
        st.session_state[COLUMN] = NO_COLUMN
    chosen = st.selectbox("Set a value of", [NO_COLUMN, *catalog.metadata], key=COLUMN, format_func=words)
    return catalog.columns[chosen] if chosen else None


def _value_widget(catalog: Catalog, column: Column) -> None:
    """The widget for one value, by the column's kind; what a browser cannot hold exactly is typed as text."""
    label, key = plain(spoken(column.label)), _value_key(column)
    if column.kind is Kind.CATEGORY:
        known = [item.value for item in class_counts(catalog, Recipe(), column.name).values if item.value is not None]
        st.selectbox(
            label, known, key=key, index=None, accept_new_options=True, placeholder="Choose, or type a new one"
        )
    elif column.kind is Kind.BOOLEAN:
        st.selectbox(label, [True, False], key=key, index=None, format_func=lambda value: "yes" if value else "no")
    elif column.kind is Kind.DATE:
        st.date_input(label, key=key, value=None, min_value=FIRST_DAY, max_value=LAST_DAY)
    elif column.kind is Kind.YEAR:
        st.number_input(label, -MOST_EXACT, MOST_EXACT, key=key, value=None, step=1)
    elif column.kind is Kind.NUMBER:
        st.text_input(label, key=key, placeholder="A whole number" if column.bits else "A number")
    else:
        st.text_area(label, key=key)


def _apply_buttons(
    workspace: Workspace, name: str, catalog: Catalog, recipe: Recipe, chosen_ids: Sequence[str]
) -> None:  # fmt: skip
    with st.container(horizontal=True):
        st.button(
            f"Apply to {number(len(chosen_ids))} selected",
            key="edit selected",
            type="primary",
            disabled=not chosen_ids,
            on_click=_apply,
            args=(workspace, catalog, EditRequest(name, ids=tuple(chosen_ids))),
        )
        if recipe.terms:
            result, label = EditRequest(name, recipe=to_parameters(recipe)), f"Apply to the {number(recipe.limit)} best"
        else:
            result = EditRequest(name, recipe=to_parameters(recipe), whole=True)
            label = f"Apply to all {number(catalog.count(recipe.where))} matching"
        st.button(label, key="edit result", on_click=_apply, args=(workspace, catalog, result))
    st.caption("You can undo this.")


@reporting
def _apply(workspace: Workspace, catalog: Catalog, images: EditRequest) -> None:
    """Edit what the form says, at once or as a job; the form is emptied where that went well."""
    state = st.session_state
    values: dict[str, Any] = {}
    column = catalog.columns.get(state.get(COLUMN, NO_COLUMN))
    if column is not None:
        values[column.name] = None if state.get(CLEAR) else _plain_value(state.get(_value_key(column)))
        if values[column.name] is None and not state.get(CLEAR):
            del values[column.name]
    request = EditRequest(
        images.collection, values, state.get(ADD, []), state.get(REMOVE, []), images.ids, images.recipe, images.whole
    )
    made = edit_soon(workspace, request, who())
    if isinstance(made, Edited):
        state[LAST] = {"collection": made.collection, "event": made.event, "words": outcome(made, catalog)}
    else:
        st.toast("The edit runs as a job.", icon=":material/edit:")
    state[COLUMN], state[CLEAR], state[ADD], state[REMOVE], state[FORM] = NO_COLUMN, False, [], [], False
    for known in catalog.columns.values():
        state.pop(_value_key(known), None)


def outcome(made: Edited, catalog: Catalog) -> str:
    """What an edit did, and whether it gave a value that nothing had before."""
    if not made.event:
        return f"Nothing to change: {plural(made.images, 'image is', 'images are')} so already."
    words = f"{made.what} on {plural(made.changed, 'image')}."
    for name, near in made.new_values.items():
        words += f" Nothing had that {spoken(catalog.columns[name].label)} before. {near}".rstrip()
    return words


def edit_undo_bar(workspace: Workspace, name: str) -> None:
    """What the last edit did, with a way back."""
    undo_bar(workspace, name, LAST, "edit")


def _value_key(column: Column) -> str:
    return f"{VALUE} {column.name}"


def _plain_value(value: Any) -> Any:
    """A widget's value as a request holds it; None where nothing was given."""
    if isinstance(value, date | datetime):
        return value.isoformat()
    return None if value == "" else value
