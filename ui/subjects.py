"""The pictures that variants are shown of: images of the result, ten random ones of it, or one that a person gives."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import streamlit as st
from PIL import Image

from core.augment.pipeline import Pipeline
from core.collection.catalog import Catalog, Row
from core.ingest.decode import decode_pixels
from core.ingest.pictures import Stored, full_pixels
from core.query.recipe import Recipe
from core.workspace import Workspace
from ui.ingest import PICTURES
from ui.question import draw_again, remember, seed_box, seed_number

RESULT, RANDOM, GIVEN = SHOWS = ("The result", "Ten at random", "Your picture")
ROWS_AT_ONCE = 5  # of a result; more are asked for
MOST_ROWS = 50
RANDOM_ROWS = 10


@dataclass(frozen=True)
class Subject:
    """A picture to be changed."""

    name: str  # as a person knows it
    key: str  # what the draw depends on: the image's id; "" for a picture of no collection
    content_hash: str
    uri: str = ""
    data: bytes = b""  # of a given picture, which is kept nowhere
    shape: tuple[int, int] = (1, 1)  # width and height, pixels

    @property
    def stamp(self) -> tuple[str, ...]:
        """Tells it from every other picture, and from what it was before."""
        return (self.key, self.uri, self.content_hash)


def pixels(workspace: Workspace, subject: Subject) -> Image.Image:
    """A subject at full size, as a set reads it."""
    if not subject.uri:  # a given one
        return decode_pixels(subject.data, workspace.settings, work_px=workspace.settings.max_pixels)
    stored = Stored(subject.key, subject.uri, subject.content_hash)
    return full_pixels(stored, workspace.originals, workspace.settings)


def pipeline_text(pipeline: Pipeline) -> str:
    """A pipeline as a key of caches."""
    return json.dumps(pipeline.to_dict(), sort_keys=True)


def subjects(workspace: Workspace, catalog: Catalog, name: str, recipe: Recipe) -> list[Subject]:
    """What a person chose to see, with the controls to choose."""
    with st.container(horizontal=True, vertical_alignment="center", key="augment subjects"):
        show = _show_box()
        if show == RANDOM:
            seed_box()
            st.button("Draw again", icon=":material/casino:", on_click=draw_again, type="tertiary")
    if show == GIVEN:
        return _given()
    count = RANDOM_ROWS if show == RANDOM else rows_shown()
    rows = random_rows(workspace, catalog, name, recipe, count) if show == RANDOM else None
    if rows is None:
        rows = [hit.row for hit in workspace.searcher(name, catalog).run(replace(recipe, limit=count)).hits]
    if not rows:
        st.info("No image matches. Take a condition away in the sidebar.", icon=":material/filter_alt_off:")
    return [subject_of(row) for row in rows]


def random_rows(workspace: Workspace, catalog: Catalog, name: str, recipe: Recipe, count: int) -> list[Row]:
    """Images of the result, drawn with the seed in the link."""
    searcher = workspace.searcher(name, catalog)
    if not recipe.terms:
        drawn = replace(recipe, sample=True, limit=count, seed=seed_number())
        return [hit.row for hit in searcher.run(drawn).hits]
    rows = [hit.row for hit in searcher.run(recipe).hits]
    places = np.random.default_rng(seed_number()).permutation(len(rows))[:count]
    return [rows[place] for place in places]


def rows_shown() -> int:
    """How many rows of the result the link asks for."""
    text = st.query_params.get("upto", "")
    asked = int(text) if text.isdecimal() and len(text) < 5 else ROWS_AT_ONCE
    return max(1, min(asked, MOST_ROWS))


def _show_box() -> str:
    asked = st.query_params.get("show", RESULT)
    st.session_state["augment show"] = asked if asked in SHOWS else RESULT

    def changed() -> None:
        chosen = st.session_state["augment show"] or RESULT
        remember(show=None if chosen == RESULT else chosen, upto=None)

    chosen = st.segmented_control(
        "Images", SHOWS, key="augment show", on_change=changed, label_visibility="collapsed", required=True
    )
    return str(chosen)


def _given() -> list[Subject]:
    files: Sequence[st.runtime.uploaded_file_manager.UploadedFile] = st.file_uploader(
        "Pictures to change; they are kept nowhere", type=PICTURES, key="augment given", accept_multiple_files=True
    )
    found = []
    for file in files[:RANDOM_ROWS]:
        data = file.getvalue()
        found.append(Subject(file.name, "", hashlib.sha256(data).hexdigest(), data=data))
    return found


def subject_of(row: Row) -> Subject:
    """An image of the collection."""
    uri = str(row.values["uri"])
    return Subject(row.id, row.id, row.content_hash, uri, shape=(row.width, row.height))
