"""Whether a collection is in good order: missing values, encoder, index, last ingest."""

from datetime import datetime
from functools import partial

import streamlit as st

from core.collection.catalog import Catalog
from core.collection.counts import missing_counts
from core.collection.schema import has_passed
from core.collection.store import LEAST_INDEXED
from core.collection.vectorindex import vector_index
from core.errors import NotFoundError
from core.query.english import spoken
from core.workspace import Workspace
from ui.errors import plain
from ui.words import ago, number, share

INDEX_WORDS = {"IVF_FLAT": "IVF_FLAT, exact", "IVF_RQ": "IVF_RQ, approximate"}


def show_health(workspace: Workspace, catalog: Catalog, name: str) -> None:
    """Four short answers, and the columns that lack values."""
    places = st.columns(4)
    places[0].metric("Images", number(catalog.count_all))
    places[1].metric("Encoder", catalog.encoder.name, help=f"{catalog.encoder.dimension} components a vector")
    places[2].metric("Index", _index(catalog))
    places[3].metric("Last ingest", _last_ingest(workspace, name))
    problem = workspace.encoder_problem(name)
    if problem is not None:
        st.warning(plain(str(problem)), icon=":material/warning:")
    lacking = _without_vector(workspace, catalog, name)
    if lacking:
        said = "1 image has no vector" if lacking == 1 else f"{number(lacking)} images have no vector"
        st.warning(
            f"{said} by {plain(catalog.encoder.name)} yet, and cannot be found by similarity. "
            f"Complete them: vitrine embed --collection {plain(name)}",
            icon=":material/warning:",
        )
    gaps = [(label, count) for label, count in missing_counts(catalog) if count]
    if not gaps:
        st.caption("No value is missing in any column.")
        return
    told = [f"{plain(spoken(label))} {number(count)} ({share(count, catalog.count_all)})" for label, count in gaps]
    st.caption("Missing values: " + ", ".join(told))


def _without_vector(workspace: Workspace, catalog: Catalog, name: str) -> int:
    """How many images lack a vector, which happens only where a collection has passed to another encoder."""
    if not has_passed(catalog.dataset.schema):
        return 0
    count = partial(workspace.collection(name).count_without_vector, catalog.dataset)
    return int(catalog.remembered("without vector", count))


def _index(catalog: Catalog) -> str:
    kind = vector_index(catalog.dataset)
    if kind is not None:
        return INDEX_WORDS.get(kind, kind)
    return "None needed" if catalog.count_all < LEAST_INDEXED else "Missing"


def _last_ingest(workspace: Workspace, name: str) -> str:
    try:
        return ago(datetime.fromisoformat(workspace.ledger(name).at))
    except NotFoundError:
        return "Not finished"
