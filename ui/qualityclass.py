"""One class of an evaluation: what stands in its places, what its name is taken for, and mistakes to look at."""

from collections.abc import Mapping, Sequence

import streamlit as st

from core.collection.catalog import Catalog, Row
from core.evaluation.classes import condition_of
from core.evaluation.scores import ClassFigures, LabelFigures, Mistake, Neighbour
from core.query.recipe import All, Recipe
from core.workspace import Workspace
from ui.charts import PLOTLY_CONFIG
from ui.details import show_details
from ui.errors import plain
from ui.gallery import Tile, gallery
from ui.places import EXPLORE
from ui.qualitycharts import confusion_bars, interval, rounded
from ui.question import link_to
from ui.words import plural

MOST_CONFUSED = 5
MISTAKE_PX = 120  # four fit beside each other, or two on a phone
RANKS = {1: "1st", 2: "2nd", 3: "3rd"}


def show_class(workspace: Workspace, catalog: Catalog, name: str, label: LabelFigures, item: ClassFigures) -> None:
    """One class in full: a sentence, what stands in its places, and mistakes to look at."""
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.subheader(plain(item.value), anchor=False, width="content")
        _to_explore(catalog, name, label, item)
    _choose_class(label, item)
    st.markdown(_sentence(label, item))
    left, right = st.columns(2, gap="large")
    told = item.at(label.depth)
    if told is not None:
        figure = confusion_bars(
            (item.value, told.figure.value),
            item.confusions,
            title=f"What its {label.depth} nearest are",
            most=MOST_CONFUSED,
        )
        left.plotly_chart(figure, config=PLOTLY_CONFIG, key="class confusions", theme=None)
    if item.zero_shot is not None:
        figure = confusion_bars(
            (item.value, item.zero_shot.value), item.guesses, title="Whose name is nearest", most=MOST_CONFUSED
        )
        right.plotly_chart(figure, config=PLOTLY_CONFIG, key="class guesses", theme=None)
    _show_mistakes(workspace, catalog, name, item)


def _choose_class(label: LabelFigures, item: ClassFigures) -> None:
    """Every class, those not in the chart too; what a keyboard reaches."""

    def changed() -> None:
        st.query_params["class"] = st.session_state["class choice"]

    st.session_state["class choice"] = item.value
    images = {held.value: held.images for held in label.classes}
    st.selectbox(
        "Class",
        list(images),
        key="class choice",
        format_func=lambda value: f"{value} ({plural(images[value], 'image')})",
        on_change=changed,
        label_visibility="collapsed",
    )


def _to_explore(catalog: Catalog, name: str, label: LabelFigures, item: ClassFigures) -> None:
    wanted = condition_of(catalog, label.column, item.value)
    if wanted is None:
        st.caption("No image has this value any more.")
        return
    recipe = Recipe(All((wanted,)))
    st.page_link(
        EXPLORE,
        label="Show its images",
        icon=":material/filter_alt:",
        query_params=link_to(recipe, name),
        width="content",
    )


def _sentence(label: LabelFigures, item: ClassFigures) -> str:
    """What a person who looks for images of the class will see."""
    told = item.at(label.depth)
    if told is None or not told.most:
        return f"Only {plural(item.images, 'image')} of it was drawn, so there is nothing to find it by."
    words = (
        f"Of the {label.depth} images nearest to one of “{plain(item.value)}”, **{rounded(told.figure.value)}** are of "
        f"it too ({interval(told.figure)}, from {plural(item.images, 'image')})."
    )
    if told.most < 1:
        words += f" With so few images drawn, {rounded(told.most)} is the most there can be."
    if item.confusions:
        first = item.confusions[0]
        words += f" **{rounded(first.share)}** are “{plain(first.value)}” instead."
    return words


def _show_mistakes(workspace: Workspace, catalog: Catalog, name: str, item: ClassFigures) -> None:
    """Images of the class, each with the wrong images that stand nearest to it; those that are gone are left out."""
    ids = [id for mistake in item.mistakes for id in (mistake.id, *(wrong.id for wrong in mistake.wrong))]
    rows = {row.id: row for row in catalog.rows(list(dict.fromkeys(ids)))}
    pairs = [(mistake, [wrong for wrong in mistake.wrong if wrong.id in rows]) for mistake in item.mistakes]
    pairs = [(mistake, wrong) for mistake, wrong in pairs if mistake.id in rows and wrong]
    if not pairs:
        return
    st.markdown("**Mistakes to look at:** an image of the class, and the images of other classes nearest to it.")
    workspace.read_ahead(name, catalog, list(rows.values()))
    opened = None
    for index, (mistake, wrong) in enumerate(pairs):
        with st.container(border=True):
            tiles = _tiles(workspace, name, rows, item.value, mistake, wrong)
            event = gallery(tiles, key=f"mistake {index}", selectable=False, tile_px=MISTAKE_PX)
        opened = opened or event.opened
    if opened is not None:
        show_details(workspace, name, opened, list(rows))


def _tiles(
    workspace: Workspace, name: str, rows: Mapping[str, Row], value: str, mistake: Mistake, wrong: Sequence[Neighbour]
) -> list[Tile]:
    """The image first, then its wrong neighbours with their value, rank and likeness."""
    told = [(mistake.id, value, "the image")]
    told += [(one.id, one.value, f"{RANKS.get(one.rank, f'{one.rank}th')}, {one.similarity:.2f}") for one in wrong]
    return [
        Tile(
            id,
            workspace.image_link(name, row, "thumbnail"),
            row.width,
            row.height,
            caption,
            f"{caption}, {words}",
            words,
        )
        for id, caption, words in told
        for row in (rows[id],)
    ]
