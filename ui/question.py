"""The question a person is asking, which lives in the URL so that a copied link shows the same thing.

The URL is the only truth. Session memory holds a copy of its parameters, because Streamlit empties the URL when a
person goes to another page.
"""

from dataclasses import replace

import streamlit as st

from core.hashed import comparable
from core.query.recipe import Recipe
from core.query.url import from_parameters, to_parameters
from core.timing import step
from core.workspace import Workspace
from ui.words import number

MEMORY = "question"
COLLECTION = "collection"
QUESTION_NAMES = ("where", "text", "like", "image", "terms", "min", "accuracy", "alike", "bits", "sort", "n", "seed")
LOOK_NAMES = ("size", "captions", "columns")  # how results look
MOST_SEEDS = 10**9
CHART_NAMES = ("charts", "section", "rows", "across", "measure", "pick", "along", "by", "shape")
DUPLICATE_NAMES = ("how", "threshold", "keep")
CONCEPT_NAMES = ("words", "fitting", "least", "most", "label")
QUALITY_NAMES = ("measured", "label", "class", "classes")
COMPARE_NAMES = ("way", "a", "b", "in", "depth", "words")
MAP_NAMES = ("colour",)
AUGMENT_NAMES = ("pipeline", "part", "film", "span", "show", "variants", "upto", "change")
PERFORMANCE_NAMES = ("part", "kind", "since", "of")
ONE_PAGES_NAMES = (
    *(*MAP_NAMES, *AUGMENT_NAMES, *CHART_NAMES, *DUPLICATE_NAMES, *CONCEPT_NAMES),
    *(*QUALITY_NAMES, *COMPARE_NAMES, *PERFORMANCE_NAMES),
)
PAGE_NAMES = ("view", "page", "tab", *ONE_PAGES_NAMES)  # of one page; not carried to another


def carry_over(url_path: str) -> None:
    """Restore the question after a change of page."""
    shown = {
        name: value for name, value in st.query_params.items() if name in (COLLECTION, *QUESTION_NAMES, *LOOK_NAMES)
    }
    memory = st.session_state.get(MEMORY, {})
    if not shown and memory and st.session_state.get("page") != url_path:
        st.query_params.update(memory)
        shown = memory
    st.session_state[MEMORY] = shown
    st.session_state["page"] = url_path


def choose_collection(workspace: Workspace) -> None:
    """Offer the collections where there are several; a link names one of them."""
    names = workspace.names()
    if COLLECTION not in st.query_params and names:
        remember(**{COLLECTION: names[0]})
    if len(names) < 2 or st.query_params.get(COLLECTION) not in names:
        return

    def changed() -> None:
        forget_all()
        remember(**{COLLECTION: st.session_state["collection choice"]})

    st.session_state["collection choice"] = st.query_params[COLLECTION]
    with st.sidebar:
        st.selectbox("Collection", names, key="collection choice", on_change=changed)


def collection_name() -> str | None:
    """The collection the link names; None while there is none."""
    name: str | None = st.query_params.get(COLLECTION)
    return name


def question() -> Recipe:
    """The recipe in the URL, or a QueryError."""
    with step("parse"):
        return from_parameters(question_link())


def question_link() -> dict[str, str]:
    """The recipe's parameters in the URL as they are."""
    return {name: st.query_params[name] for name in QUESTION_NAMES if name in st.query_params}


def ask(recipe: Recipe) -> None:
    """Put another recipe into the URL; paging starts again."""
    recipe = comparable(recipe)
    values = to_parameters(recipe)
    gone: dict[str, str | None] = {name: None for name in QUESTION_NAMES if name not in values}
    remember(**values, **gone, page=None)


def remember(**values: str | None) -> None:
    """Set URL parameters, or remove those that are None; the browser hears of all of them at once."""
    held, memory = st.query_params.to_dict(), dict(st.session_state.get(MEMORY, {}))
    asked = {name: value for name, value in {**held, **values}.items() if value is not None}
    if asked != held:
        st.query_params.from_dict(asked)
    carried = {name: value for name, value in {**memory, **values}.items() if name not in PAGE_NAMES}
    st.session_state[MEMORY] = {name: value for name, value in carried.items() if value is not None}


def forget_all() -> None:
    """Start anew, as after a change of collection."""
    remember(**dict.fromkeys((COLLECTION, *QUESTION_NAMES, *LOOK_NAMES, *PAGE_NAMES)))
    st.session_state.pop("selected", None)


def link_to(recipe: Recipe, name: str) -> dict[str, str]:
    """URL parameters that show a recipe on any page."""
    return {COLLECTION: name, **to_parameters(recipe)}


def start_again(workspace: Workspace) -> None:
    """Leave a link behind that cannot be answered; a collection that exists stays."""
    name = collection_name()
    forget_all()
    if name in workspace.names():
        remember(**{COLLECTION: name})


def page_number() -> int:
    """The page of the result that is shown, from 0."""
    text = st.query_params.get("page", "1")
    return max(0, int(text) - 1) if text.isdecimal() and len(text) < 9 else 0


def seed_number() -> int:
    """The seed of the random images that are shown; 0 where the link's makes no sense."""
    text = st.query_params.get("seed", "0")
    return int(text) if text.isdecimal() and len(text) < 10 else 0


def seed_box() -> None:
    """The seed of the random images, to note down or to type in."""
    st.session_state["seed number"] = seed_number()

    def changed() -> None:
        remember(seed=str(st.session_state["seed number"]))

    st.number_input(
        "Seed", 0, MOST_SEEDS - 1, key="seed number", on_change=changed, label_visibility="collapsed", width=130
    )


def draw_again() -> None:
    """Other random images: the next seed."""
    remember(seed=str((seed_number() + 1) % MOST_SEEDS))


def without_terms(recipe: Recipe) -> Recipe:
    """The filter of a question alone."""
    return replace(recipe, terms=(), threshold=None)


def images(count: int) -> str:
    """A number of images in words."""
    return f"{number(count)} image" if count == 1 else f"{number(count)} images"
