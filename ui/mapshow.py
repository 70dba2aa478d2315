"""The map on its page: what it is coloured by, the chart, and what follows from an area or a click on it."""

from dataclasses import replace

import numpy as np
import streamlit as st

from core.collection.catalog import Catalog
from core.links import image_link
from core.map.points import MOST_DRAWN, Plane, inside
from core.map.view import SCORE, MapView, colourable, texts_at
from core.query.area import Corner
from core.query.english import spoken
from core.query.recipe import All, Not, OneOf, Recipe, Within
from core.query.url import MOST_CHARACTERS, to_parameters
from core.signing import PARAMETER
from core.workspace import Workspace
from ui.details import show_details
from ui.looks import looks
from ui.map import MAP_CONFIG, MOST_SVG, DrawnMap, drawn_map, label_of
from ui.mapview import MOST_CAPTION, MapEvent, Point, map_events, map_view_component
from ui.question import ask, images, remember

COLOUR = "colour"
ONE_COLOUR = "-"
EVENTS, PLOT = "map-events", "map-plot"
NO_WEBGL = "no webgl"
THUMBNAIL = "thumbnail"
NOTE = "map note"
MOST_NAMED = 2_000  # images of a preview that a question names one by one


def take_in_events(catalog: Catalog, recipe: Recipe, plane: Plane | None) -> tuple[Recipe, str | None]:
    """The question with an area that was just drawn, and the image that was clicked; before anything is shown."""
    event = map_events(EVENTS)
    if not event.webgl:
        st.session_state[NO_WEBGL] = True
    if event.problem:
        st.session_state[NOTE] = event.problem
    if event.area and plane is not None and event.map != plane.key:
        st.session_state[NOTE] = "That area was drawn on another map. The present one has other places: draw it again."
    elif event.area and plane is not None:
        recipe = _with_area(catalog, recipe, plane, event)
        ask(recipe)
    return recipe, event.opened


def _with_area(catalog: Catalog, recipe: Recipe, plane: Plane, event: MapEvent) -> Recipe:
    """The question with the area in place of an earlier one; of a preview, with the images in it."""
    if plane.fact is not None:
        return replace(without_area(recipe), where=All((*without_area(recipe).where.conditions, _area(plane, event))))
    chosen = np.flatnonzero(inside(plane, event.area))
    rest = recipe.without("id")
    ids = texts_at(catalog, plane.places[chosen[: MOST_NAMED + 1]], "id") if len(chosen) else []
    wanted = rest.including(OneOf("id", tuple(ids)))
    if not ids:
        st.session_state[NOTE] = "No image lies in that area."
        return recipe
    if len(ids) > MOST_NAMED or sum(map(len, to_parameters(wanted).values())) > MOST_CHARACTERS:
        st.session_state[NOTE] = (
            f"{images(len(chosen))} lie in that area, too many for a link to name. "
            "Make the map first: then an area is a filter of any size."
        )
        return recipe
    return wanted


def _area(plane: Plane, event: MapEvent) -> Within:
    assert plane.fact is not None
    return Within(event.area, plane.fact.area)


def without_area(recipe: Recipe) -> Recipe:
    """The question less the areas that it asks for or leaves out."""
    kept = tuple(
        item
        for item in recipe.where.conditions
        if not isinstance(item, Within) and not (isinstance(item, Not) and isinstance(item.condition, Within))
    )
    return replace(recipe, where=All(kept))


def areas_of(recipe: Recipe) -> list[tuple[Corner, ...]]:
    """The areas that the question asks for."""
    return [item.corners for item in recipe.where.conditions if isinstance(item, Within)]


def most_drawn() -> int:
    """How many points the browser is given; few where it draws without WebGL."""
    return MOST_SVG if st.session_state.get(NO_WEBGL) else MOST_DRAWN


def colour_box(catalog: Catalog, recipe: Recipe) -> str:
    """What the map is coloured by, kept in the URL: a column, the similarity to the search, or nothing (empty)."""
    columns = colourable(catalog)
    labels = {ONE_COLOUR: "One colour", **({SCORE: "Similarity to the search"} if recipe.terms else {})}
    labels |= {column.name: _words(column.label) for column in columns}
    usual = SCORE if recipe.terms else columns[0].name if columns else ONE_COLOUR
    asked = st.query_params.get(COLOUR, usual)
    chosen = asked if asked in labels else usual
    st.session_state["map colour"] = chosen

    def changed() -> None:
        picked = st.session_state["map colour"]
        remember(**{COLOUR: None if picked == usual else picked})

    st.selectbox(
        "Colour by",
        list(labels),
        key="map colour",
        format_func=lambda item: (
            f"Colour by {labels[item][:1].lower()}{labels[item][1:]}" if item != ONE_COLOUR else labels[item]
        ),
        on_change=changed,
        label_visibility="collapsed",
        width=300,
    )
    return "" if chosen == ONE_COLOUR else chosen


def _words(label: str) -> str:
    words = spoken(label)
    return words[:1].upper() + words[1:]


def show_map(workspace: Workspace, name: str, catalog: Catalog, recipe: Recipe, view: MapView) -> None:
    """The chart, and the browser's part of it."""
    webgl = not st.session_state.get(NO_WEBGL)
    made = drawn_map(view, areas_of(recipe), webgl=webgl)
    alt = f"Map of {images(len(view.plane.places))}; the clusters in the sidebar choose the same without a mouse"
    with st.container(key="map"):
        st.plotly_chart(made.figure, config=MAP_CONFIG, key=PLOT, theme=None, alt=alt)
    map_view_component(EVENTS, PLOT, _points(workspace, name, catalog, view, made), image_link(name, "", THUMBNAIL, ""))
    if note := st.session_state.pop(NOTE, None):
        st.warning(note, icon=":material/lasso_select:")
    if not webgl:
        st.caption("This browser has no WebGL, so fewer points are drawn.")


def _points(
    workspace: Workspace, name: str, catalog: Catalog, view: MapView, made: DrawnMap
) -> list[list[Point]]:  # fmt: skip
    """Each trace's points as the card shows them."""
    captions = looks(catalog).captions
    texts = texts_at(catalog, view.plane.places[view.indexes], captions[0]) if captions else [""] * len(view.ids)
    signatures = [""] * len(view.ids)
    if workspace.settings.read_needs_token:
        key = f"signatures of {hash(view.ids)}"
        signatures = catalog.recent(key, lambda: [_signature(workspace, name, id) for id in view.ids])

    def point(item: int) -> Point:
        return Point(view.ids[item], texts[item][:MOST_CAPTION], label_of(view.colouring, item), signatures[item])

    return [[point(item) for item in trace.tolist()] for trace in made.traces]


def _signature(workspace: Workspace, name: str, id: str) -> str:
    """Of the address of an image's thumbnail."""
    return image_link(name, id, THUMBNAIL, "", workspace.signer.sign).rpartition(f"&{PARAMETER}=")[2]


def open_clicked(workspace: Workspace, name: str, id: str | None) -> None:
    """The image that was clicked, in full."""
    if id is not None:
        show_details(workspace, name, id)
