"""What a pipeline makes of some images: rows of variants beside their originals, and a filmstrip of one number."""

import time
from collections.abc import Sequence

import streamlit as st

from core.augment.pipeline import Pipeline, parse_pipeline
from core.augment.preview import variants
from core.collection.catalog import Catalog
from core.errors import VitrineError
from core.query.recipe import Recipe
from core.workspace import Workspace
from ui.filmstrip import show_film
from ui.gallery import Tile, box_shape
from ui.pipeline import draws
from ui.pipelinelink import reroll
from ui.question import remember
from ui.subjects import MOST_ROWS, RESULT, ROWS_AT_ONCE, Subject, pipeline_text, pixels, rows_shown, subjects
from ui.variantshow import SHOWN_PX, Shown, row_html, shown_image, shown_variant, style_html

COLUMNS = (2, 4, 6, 8)
USUAL_COLUMNS = 4
MOST_KEPT = 300  # rows whose pictures are kept; some hundred kB each at the most
SECONDS = 6.0  # after so long the rest waits for a click, since originals may be large
Row = tuple[Shown, tuple[Shown, ...]]


def show_preview(workspace: Workspace, catalog: Catalog, name: str, recipe: Recipe, pipeline: Pipeline) -> None:
    """Variants of some images of the result, and a filmstrip of one number of the pipeline."""
    st.html(style_html())
    found = subjects(workspace, catalog, name, recipe)
    if not found:
        return
    count = 1
    with st.container(horizontal=True, vertical_alignment="center", key="augment draw"):
        st.button(
            "Re-roll",
            icon=":material/casino:",
            on_click=reroll,
            key="re-roll beside pictures",
            disabled=not draws(pipeline),
            help="Draw other variants with the next seed. The same seed gives the same pixels on every machine.",
        )
        st.markdown(f"Pipeline’s seed {pipeline.seed}", width="content")
        if draws(pipeline):  # else every variant is the same
            count = _columns_box()
    rows = _show_rows(workspace, name, found, pipeline, count)
    _below(rows, len(found))
    readable = [subject for subject, row in zip(found, rows, strict=False) if not row[0].failure]
    if readable:
        show_film(workspace, name, readable, pipeline)


def _show_rows(workspace: Workspace, name: str, found: Sequence[Subject], pipeline: Pipeline, count: int) -> list[Row]:
    """The rows one after the other, as far as the time goes; what is there already takes none."""
    shape, text = frame_shape(found), pipeline_text(pipeline)
    rows: list[Row] = []
    ends = time.monotonic() + SECONDS
    for place, subject in enumerate(found):
        if rows and time.monotonic() > ends:  # one row at least, so that each click leads on
            left = len(found) - place
            st.info(f"{left} more to make: these originals are large.", icon=":material/hourglass_empty:")
            st.button("Go on", icon=":material/play_arrow:", key="augment go on")
            break
        rows.append(made_row(workspace, name, subject, text, count))
        st.html(row_html(subject.name, *rows[-1], shape))
    return rows


def made_row(workspace: Workspace, name: str, subject: Subject, text: str, count: int) -> Row:
    """A subject and its variants; where it cannot be read, the reason in its place."""
    try:
        made: Row = _made(workspace, subject, (str(workspace.folder), name, *subject.stamp), text, count)
    except VitrineError as error:
        return Shown("", 0, 0, failure=f"{error.title} {error.detail}".strip()), ()
    return made


@st.cache_data(show_spinner=False, max_entries=MOST_KEPT)  # type: ignore[untyped-decorator]
def _made(_workspace: Workspace, _subject: Subject, stamp: tuple[str, ...], text: str, count: int) -> Row:
    """Made once for a picture's bytes, an id, a pipeline and a number of variants."""
    image = pixels(_workspace, _subject)
    made = variants(parse_pipeline(text), image, range(count), _subject.key)
    return shown_image(image), tuple(shown_variant(item) for item in made)


def frame_shape(found: Sequence[Subject]) -> float:
    """The width over height of every picture's box."""
    return box_shape([Tile("", "", *subject.shape, "", "") for subject in found])


def _columns_box() -> int:
    asked = st.query_params.get("variants", str(USUAL_COLUMNS))
    st.session_state["augment columns"] = int(asked) if asked in map(str, COLUMNS) else USUAL_COLUMNS

    def changed() -> None:
        chosen = st.session_state["augment columns"]
        remember(variants=None if chosen == USUAL_COLUMNS else str(chosen))

    return int(
        st.selectbox(
            "Variants of each",
            COLUMNS,
            key="augment columns",
            on_change=changed,
            format_func=lambda count: f"{count} variants",
            label_visibility="collapsed",
            width=140,
        )
    )


def _below(rows: Sequence[Row], count: int) -> None:
    """What is not seen at once: more rows, and that large pictures are shown smaller."""
    if st.query_params.get("show", RESULT) == RESULT and count == rows_shown() < MOST_ROWS:
        more = str(rows_shown() + ROWS_AT_ONCE)
        st.button("More images", icon=":material/expand_more:", on_click=remember, kwargs={"upto": more})
    if any(item.smaller for original, made in rows for item in (original, *made)):
        st.caption(f"Pictures over {SHOWN_PX} px are computed at their full size and shown smaller.")
