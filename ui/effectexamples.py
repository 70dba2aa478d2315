"""Images whose meaning a change moved most: the original, the changed one, and what is found first instead."""

import streamlit as st

from core.augment.pipeline import parse_pipeline
from core.augment.preview import variants
from core.collection.catalog import Catalog
from core.effect.figures import Example, Point
from core.errors import VitrineError
from core.workspace import Workspace
from ui.errors import plain
from ui.gallery import Tile, box_shape
from ui.subjects import Subject, pipeline_text, pixels, subject_of
from ui.variantshow import Shown, shown_image, shown_variant, style_html, trio_html
from ui.words import number

MOST_SHOWN = 4
MOST_KEPT = 300  # pictures


def show_examples(workspace: Workspace, catalog: Catalog, name: str, point: Point) -> None:
    """Those that moved most by one change; images that are gone are left out."""
    if point.pipeline is None or not point.examples:
        return
    st.markdown(f"**Moved most by {plain(point.words[0].lower() + point.words[1:])}**")
    st.html(style_html())
    text = pipeline_text(parse_pipeline(point.pipeline))
    rows = {row.id: row for row in catalog.rows([id for one in point.examples for id in (one.id, one.first)])}
    shape = box_shape([Tile(row.id, "", row.width, row.height, "", "") for row in rows.values()])
    shown = [example for example in point.examples if example.id in rows][:MOST_SHOWN]
    columns = st.columns(2)
    for place, example in enumerate(shown):
        original = subject_of(rows[example.id])
        changed = _picture(workspace, name, original, text)
        others = [] if example.first in ("", example.id) or example.first not in rows else [rows[example.first]]
        instead = [_picture(workspace, name, subject_of(row), "") for row in others]
        pictures = [(f"Original {example.id}", _picture(workspace, name, original, ""))]
        pictures.append((f"Changed, {_drift(example)}", changed))
        pictures += [(f"Found first: {example.first}", item) for item in instead]
        with columns[place % 2]:
            st.html(trio_html(pictures, shape))


def _drift(example: Example) -> str:
    ahead = "found first" if not example.ahead else f"{number(example.ahead)} ahead of it"
    return f"drift {example.drift:.2f}, {ahead}"


def _picture(workspace: Workspace, name: str, subject: Subject, text: str) -> Shown:
    """A picture as it is, or what a pipeline makes of it."""
    try:
        made: Shown = _made(workspace, subject, (str(workspace.folder), name, *subject.stamp), text)
    except VitrineError as error:
        return Shown("", 0, 0, failure=f"{error.title} {error.detail}".strip())
    return made


@st.cache_data(show_spinner=False, max_entries=MOST_KEPT)  # type: ignore[untyped-decorator]
def _made(_workspace: Workspace, _subject: Subject, stamp: tuple[str, ...], text: str) -> Shown:
    """Made once for a picture's bytes, an id and a pipeline; no pipeline leaves it as it is."""
    image = pixels(_workspace, _subject)
    if not text:
        return shown_image(image)
    return shown_variant(next(variants(parse_pipeline(text), image, [0], _subject.key)))
