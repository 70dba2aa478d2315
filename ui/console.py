"""The SQL console's editor, its examples and its list of columns; what is asked stands in the URL."""

import polars as pl
import streamlit as st

from core.collection.catalog import Catalog
from core.console.limits import Limits, limits_of
from core.console.picked import known_ids
from core.console.run import Table
from core.console.schema import Example, examples, schema
from core.operations.asking import ask_sql
from core.query.recipe import Recipe
from core.query.url import from_json, to_json
from core.workspace import Workspace
from ui.errors import plain
from ui.words import number

SQL = "sql"  # the URL's name for it
TEXT, EDITOR, SHOWN, RUNS = "sql text", "sql editor", "sql shown", "sql runs"
EXAMPLES = "sql examples"  # the popover, which stays open until it is told not to
MOST_ANSWERS = 16
SCHEMA_PX = 250
EDITOR_PX = 190


def asked_sql() -> str:
    """The statement in the URL, or the last one where a person comes back from another page."""
    text: str = st.query_params.get(SQL, st.session_state.get(TEXT, ""))
    if text and SQL not in st.query_params:
        st.query_params[SQL] = text
    st.session_state[TEXT] = text
    return text


def editor(catalog: Catalog, text: str, limits: Limits) -> None:
    """Where the statement is written; Ctrl+Enter runs it."""
    if EDITOR not in st.session_state or st.session_state.get(SHOWN) != text:
        st.session_state[EDITOR] = text
        st.session_state[SHOWN] = text
    with st.form("sql form", border=False):
        st.text_area(
            "SQL",
            key=EDITOR,
            height=EDITOR_PX,
            placeholder="SELECT … FROM images",
            label_visibility="collapsed",
        )
        with st.container(horizontal=True, vertical_alignment="center"):
            st.form_submit_button("Run", type="primary", icon=":material/play_arrow:", on_click=_run_written)
            st.caption(
                f"or Ctrl+Enter · {limits.seconds:g} s, {number(limits.rows)} rows and "
                f"{number(limits.memory_mb)} MB at the most",
                width="content",
            )
    with (
        st.popover("Examples", icon=":material/lightbulb:", key=EXAMPLES, on_change="rerun"),
        st.container(gap=None),
    ):
        for place, example in enumerate(examples(catalog)):
            _example_button(place, example)


def _example_button(place: int, example: Example) -> None:
    st.button(
        plain(example.title),
        key=f"sql example {place}",
        help=f"```sql\n{example.sql.replace('`', '')}\n```",
        on_click=_run_example,
        args=(example.sql,),
        type="tertiary",
    )


def _run_written() -> None:
    _run(st.session_state[EDITOR])


def _run_example(text: str) -> None:
    st.session_state[EXAMPLES] = False
    _run(text)


def _run(text: str) -> None:
    st.query_params[SQL] = text
    st.session_state[RUNS] = st.session_state.get(RUNS, 0) + 1


def schema_browser(catalog: Catalog) -> None:
    """The columns that there are, with what is known of them."""
    found = schema(catalog)
    table = {
        "Column": [column.name for column in found],
        "Type": [column.type for column in found],
        "Kind": [column.kind for column in found],
        "Distinct": [column.distinct for column in found],
        "Missing": [column.missing for column in found],
        "In your table": [column.label for column in found],
    }
    counts = {name: st.column_config.NumberColumn(format="localized") for name in ("Distinct", "Missing")}
    st.dataframe(pl.DataFrame(table, strict=False), hide_index=True, height=SCHEMA_PX, column_config=counts)


def answered(workspace: Workspace, catalog: Catalog, name: str, recipe: Recipe, text: str) -> tuple[Table, list[str]]:
    """The answer, and those ids in it that are images; kept until Run is pressed again."""
    runs = int(st.session_state.get(RUNS, 0))
    found: tuple[Table, list[str]] = _answered(workspace, catalog, name, catalog.version, to_json(recipe), text, runs)
    return found


@st.cache_data(show_spinner="Running …", max_entries=MOST_ANSWERS)  # type: ignore[untyped-decorator]
def _answered(
    _workspace: Workspace, _catalog: Catalog, name: str, version: int, recipe: str, text: str, runs: int
) -> tuple[Table, list[str]]:
    limits = limits_of(_workspace.settings)
    table = ask_sql(_workspace, name, text, from_json(recipe), limits, _catalog)
    return table, known_ids(_catalog, table.ids())
