"""How a result looks: the size of pictures, the words below them, the columns of the table. All of it is in the URL."""

import json
from dataclasses import dataclass

import streamlit as st

from core.collection.catalog import Catalog
from core.query.columns import Kind
from core.query.english import spoken
from ui.question import remember
from ui.words import plural

SIZES = {"Small": 96, "Medium": 150, "Large": 230}  # side of a square as large as a picture's box, in pixels
MEDIUM = "Medium"
MOST_CAPTIONS = 4


@dataclass(frozen=True)
class Looks:
    """What a person chose."""

    tile_px: int
    captions: tuple[str, ...]  # columns below a picture
    columns: tuple[str, ...]  # of the table


def looks(catalog: Catalog) -> Looks:
    """What the URL says, less what this collection does not have."""
    size = st.query_params.get("size", MEDIUM)
    captions = _listed("captions", catalog)
    return Looks(
        SIZES.get(size, SIZES[MEDIUM]),
        captions if "captions" in st.query_params else default_captions(catalog),
        _listed("columns", catalog) or tuple(catalog.metadata),
    )


def looks_box(catalog: Catalog) -> None:
    """The choices, behind one quiet button."""
    chosen = looks(catalog)
    names = ["id", *catalog.metadata]
    labels = {name: spoken(catalog.columns[name].label) for name in names}
    st.session_state["size"] = next(name for name, px in SIZES.items() if px == chosen.tile_px)
    st.session_state["captions"] = list(chosen.captions)
    st.session_state["columns"] = list(chosen.columns)

    def changed_size() -> None:
        size = st.session_state["size"] or MEDIUM
        remember(size=None if size == MEDIUM else size)

    def changed_captions() -> None:
        captions = tuple(st.session_state["captions"])
        remember(captions=None if captions == default_captions(catalog) else _joined(captions))

    def changed_columns() -> None:
        columns = tuple(st.session_state["columns"])
        remember(columns=None if columns in ((), tuple(catalog.metadata)) else _joined(columns))

    with st.popover("Display", icon=":material/tune:"):
        st.segmented_control("Pictures", list(SIZES), key="size", on_change=changed_size)
        st.multiselect(
            "Below each picture",
            names,
            key="captions",
            format_func=labels.__getitem__,
            on_change=changed_captions,
            max_selections=MOST_CAPTIONS,
            placeholder="nothing",
        )
        st.multiselect(
            "Columns of the table",
            list(catalog.metadata),
            key="columns",
            format_func=labels.__getitem__,
            on_change=changed_columns,
            placeholder=f"all {plural(len(catalog.metadata), 'column')}",
        )


def default_captions(catalog: Catalog) -> tuple[str, ...]:
    """The column that names an image best: the first free text, else the first category; never an address."""
    named = [*catalog.of_kind(Kind.TEXT), *catalog.of_kind(Kind.CATEGORY)]
    return (named[0].name,) if named else ("id",)


def _listed(name: str, catalog: Catalog) -> tuple[str, ...]:
    known = {"id", *catalog.metadata}
    try:
        parts = json.loads(st.query_params.get(name, "[]"))
    except ValueError:
        return ()
    listed = parts if isinstance(parts, list) else []
    return tuple(dict.fromkeys(part for part in listed if isinstance(part, str) and part in known))


def _joined(names: tuple[str, ...]) -> str:
    return json.dumps(names, ensure_ascii=False, separators=(",", ":"))
