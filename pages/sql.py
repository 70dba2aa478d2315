"""SQL: a person's own question over the collection's columns, for reading only."""

import streamlit as st

from core.console.limits import limits_of
from core.errors import InputError
from core.query.english import sentence
from ui.console import answered, asked_sql, editor, schema_browser
from ui.console_answer import show_answer
from ui.errors import plain, show_error
from ui.question import images, question
from ui.resources import current
from ui.style import heading
from ui.welcome import nothing_yet, welcome


def sql() -> None:
    """The page, from top to bottom."""
    workspace, name = current()
    if name is None:
        welcome(workspace)
        return
    catalog, recipe = workspace.catalog(name), question()
    heading("Ask in SQL", f"for reading only, over {images(catalog.count_all)}")
    if catalog.count_all == 0:
        nothing_yet(name)
        return
    text = asked_sql()
    writing, columns = st.columns([3, 2], gap="large")
    with writing:
        editor(catalog, text, limits_of(workspace.settings))
    with columns:
        schema_browser(catalog)
        st.caption(f"`images` has a row for each image. `result` is now: {plain(sentence(recipe, catalog.columns))}.")
    if not text.strip():
        st.info("Write a SELECT over images or result, or take one of the examples.", icon=":material/terminal:")
        return
    try:
        table, ids = answered(workspace, catalog, name, recipe, text)
    except InputError as error:
        show_error(error)
        return
    show_answer(workspace, catalog, name, table, ids)


sql()
