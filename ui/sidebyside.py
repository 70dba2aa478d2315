"""Two ranked lists side by side: another wording, a view, or the same question put to another encoder's vectors."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import streamlit as st

from core.collection.catalog import Catalog
from core.errors import VitrineError
from core.overlap import BY_CONTENT, Asked, Overlap, RankedList, carried, overlap
from core.query.recipe import Alike, Recipe, Words
from core.timing import Timings, collect
from core.workspace import Workspace
from ui.details import show_details
from ui.errors import plain, reporting, show_error
from ui.looks import looks
from ui.question import ask, question
from ui.ranked import RankedTile, RankedTiles, ranked
from ui.results import tile
from ui.took import took
from ui.words import number, plural

SAME, OTHER_WORDS, QUESTION = "same", "words", "question"
DEPTHS = (25, 50, 100)
USUAL_DEPTH = 50
TILE_PX = 104
MOST_WORDS = 500  # characters
Choices = Mapping[str, tuple[str, Recipe]]


@dataclass(frozen=True)
class Sides:
    """What the link names."""

    a: str
    b: str
    words: str
    collection: str  # of the second list
    depth: int


def side_by_side(workspace: Workspace, name: str, choices: Choices) -> None:
    """The choices, then the lists."""
    sides = _sides(workspace, name, choices)
    _choose(workspace, name, choices, sides)
    first = choices[sides.a][1] if sides.a in choices else question()
    second = _second(choices, sides, first)
    if sides.a == QUESTION and not first.terms and not first.where.conditions:
        st.info("Type what to search for, or choose a view as the first list.", icon=":material/search:")
        return
    if second is None:
        st.info("Type the words that the second list is to be searched by.", icon=":material/search:")
        return
    if sides.b == SAME and sides.collection == name:
        st.info(
            "Both lists are the same. Choose other words or a view for the second, or another collection.",
            icon=":material/balance:",
        )
        return
    try:
        with st.spinner("Searching both …", show_time=True), collect() as timings:
            second = carried(workspace, second, name, sides.collection)
            found = overlap(workspace, Asked(name, first), Asked(sides.collection, second), sides.depth)
    except VitrineError as error:
        show_error(error)
        return
    _show(workspace, found, sides.depth, timings)


def overlap_words(found: Overlap, depth: int) -> str:
    """How much the lists agree in one line, such as “31 of 50 in both; of the first 10, 7”."""
    longest = max(len(found.a.images), len(found.b.images))
    if not longest:
        return "Neither list has an image."
    words = f"{number(found.both)} of {number(min(depth, longest))} in both"
    ten = found.at(10)
    if ten is not None and longest > 10:
        words += f"; of the first 10, {ten.common}"
    return words


def _sides(workspace: Workspace, name: str, choices: Choices) -> Sides:
    asked = {key: str(st.query_params.get(key, "")) for key in ("a", "b", "words", "in", "depth")}
    others = {SAME, OTHER_WORDS, *choices}
    depth = int(asked["depth"]) if asked["depth"].isdecimal() and len(asked["depth"]) < 5 else USUAL_DEPTH
    return Sides(
        a=asked["a"] if asked["a"] in choices else QUESTION,
        b=asked["b"] if asked["b"] in others else OTHER_WORDS,
        words=asked["words"][:MOST_WORDS],
        collection=asked["in"] if asked["in"] in workspace.names() else name,
        depth=depth if depth in DEPTHS else USUAL_DEPTH,
    )


def _second(choices: Choices, sides: Sides, first: Recipe) -> Recipe | None:
    """The second list's question; None while its words are missing. Other words keep the first one's settings."""
    if sides.b == SAME:
        return first
    if sides.b == OTHER_WORDS:
        words = sides.words.strip()
        if not words:
            return None
        return replace(first, terms=(Words(words),), alike=Alike.MEANING, bits=None, order=None, sample=False)
    return choices[sides.b][1]


def _choose(workspace: Workspace, name: str, choices: Choices, sides: Sides) -> None:
    """What each list is; kept in the link."""
    offered = {key: label for key, (label, _) in choices.items()}
    left, right = st.columns(2, gap="large")
    with left:
        _box("First list", "a", {QUESTION: "The present question"} | offered, sides.a)
        if sides.a == QUESTION:
            _first_words()
    with right:
        _box("Second list", "b", {OTHER_WORDS: "Other words", SAME: "The same question"} | offered, sides.b)
        if sides.b == OTHER_WORDS:
            _text("Other words to search by", "words", sides.words)
        _second_collection(workspace, name, sides)


def _second_collection(workspace: Workspace, name: str, sides: Sides) -> None:
    names = workspace.names()
    if len(names) < 2:
        return
    labels = {other: f"{other} · {workspace.collection(other).encoder.name}" for other in names}
    labels[name] += ", as the first"
    _box("In the collection", "in", labels, sides.collection)


def _box(label: str, side: str, listed: Mapping[str, str], value: str) -> None:
    key = f"list {side}"

    def changed() -> None:
        st.query_params[side] = st.session_state[key]

    st.session_state[key] = value
    st.selectbox(label, list(listed), key=key, format_func=listed.__getitem__, on_change=changed)


def _text(label: str, side: str, value: str) -> None:
    key = f"list {side}"

    def changed() -> None:
        st.query_params[side] = st.session_state[key].strip()

    st.session_state[key] = value
    st.text_input(
        label,
        key=key,
        on_change=changed,
        icon=":material/search:",
        max_chars=MOST_WORDS,
        placeholder=label,
        label_visibility="collapsed",
    )


def _first_words() -> None:
    """The present question's words, where it has none or a single text; other terms are changed on Search."""
    asked = question()
    single = next((term for term in asked.terms if isinstance(term, Words)), None) if len(asked.terms) == 1 else None
    if asked.terms and single is None:
        st.caption(f"Searched by {plural(len(asked.terms), 'term')}; change them on Search.")
        return

    @reporting
    def changed() -> None:
        text = st.session_state["list text"].strip()
        terms = (replace(single or Words(text), text=text),) if text else ()
        ask(replace(question(), terms=terms))

    st.session_state["list text"] = single.text if single else ""
    st.text_input(
        "Words to search by",
        key="list text",
        on_change=changed,
        icon=":material/search:",
        max_chars=MOST_WORDS,
        placeholder="Words to search by",
        label_visibility="collapsed",
    )


def _show(workspace: Workspace, found: Overlap, depth: int, timings: Timings) -> None:
    """How much they agree, and both lists."""
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.subheader(overlap_words(found, depth), anchor=False, width="content")
        _depth_box(depth)
    _figures(found)
    if not found.a.images and not found.b.images:
        return
    lists = (_tiles(workspace, found.a), _tiles(workspace, found.b))
    opened = ranked(lists, key="side by side", tile_px=TILE_PX)
    took(timings, found.milliseconds)
    if opened is not None:
        side = (found.a, found.b)[opened.side]
        show_details(workspace, side.collection, opened.id, [image.row.id for image in side.images])


def _figures(found: Overlap) -> None:
    """What is shared at each depth, rank-biased overlap, and what keeps the figures from being whole."""
    told = [f"first {item.depth}: {round(100 * item.share)}%" for item in found.depths]
    if found.rbo is not None:
        told.append(f"rank-biased overlap {found.rbo:.2f}")
    if told:
        st.caption(
            "In common among the " + " · ".join(told) + ". ⇄ is the place in the other list.",
            help="Rank-biased overlap weighs the first places most: 1 is the same order, 0 nothing in common.",
        )
    for side, other in ((found.a, found.b), (found.b, found.a)):
        if side.unknown:
            st.caption(
                f"{number(side.unknown)} of the images in “{plain(side.collection)}” are not in "
                f"“{plain(other.collection)}” at all."
            )
    if found.ids_differ:
        st.caption("The two collections' ids name different pictures, so images are matched by their content.")
    elif found.matched_by == BY_CONTENT:
        st.caption("No image here has the same id in both collections, so they are matched by their content.")
    if all(image.score is None for image in (*found.a.images, *found.b.images)):
        st.caption("Neither list is ranked by similarity: both stand in their collection's order.")


def _depth_box(depth: int) -> None:
    def changed() -> None:
        st.query_params["depth"] = str(st.session_state["list depth"])

    st.session_state["list depth"] = depth
    st.selectbox(
        "Images in each list",
        DEPTHS,
        key="list depth",
        format_func=lambda count: f"{count} in each",
        on_change=changed,
        label_visibility="collapsed",
        width=150,
    )


def _tiles(workspace: Workspace, side: RankedList) -> RankedTiles:
    catalog: Catalog = workspace.catalog(side.collection)
    captions = looks(catalog).captions
    workspace.read_ahead(side.collection, catalog, [image.row for image in side.images])
    tiles = []
    for image in side.images:
        score = "" if image.score is None else f"{image.score:.2f}"
        shown = tile(workspace, side.collection, image.row, captions, score)
        tiles.append(RankedTile(shown, image.rank, image.other))
    how = "" if side.exact else ", approximate"
    return RankedTiles(side.english, f"{side.collection}, by {side.encoder}{how}", tiles)
