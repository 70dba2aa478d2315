"""What a search goes by, term by term: weights, parts of pictures, and terms to add."""

import math
from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from core.errors import QueryError, VitrineError
from core.query.recipe import ImageId, Recipe, Term, Upload, Words
from core.query.url import check_terms
from core.workspace import Workspace
from ui.errors import plain, show_error
from ui.ingest import PICTURES, keep_given
from ui.part import CHOSEN, choose_part
from ui.picture import picture_address, picture_html
from ui.question import ask, question

ADDED = "added to the search"  # words and pictures that were given and are not taken in yet
PICTURE_STYLE = "height:48px;width:48px;object-fit:contain;border-radius:6px"
MOST_WEIGHT = 10.0
STEP = 0.25


def terms_bar(workspace: Workspace, name: str, recipe: Recipe) -> None:
    """Every term with its weight; nothing where words alone are searched by, for these stand in the search box."""
    if len(recipe.terms) == 1 and isinstance(recipe.terms[0], Words) and recipe.terms[0].weight == 1.0:
        return
    st.caption("Each counts by its weight; below zero, the less like it the better.")
    with st.container(horizontal=True, key="terms", gap="small"):
        for place, term in enumerate(recipe.terms):
            _term(workspace, name, recipe, place, term)


def _term(workspace: Workspace, name: str, recipe: Recipe, place: int, term: Term) -> None:
    with st.container(border=True, horizontal=True, vertical_alignment="center", width="content", key=f"term {place}"):
        if isinstance(term, Words):
            st.markdown(f"“{plain(term.text)}”", width="content")
            there = True
        else:
            there = _picture(workspace, name, term)
        _weight(place, term)
        if there and not isinstance(term, Words):
            label = "Part" if term.box is None else "Another part"
            st.button(
                label, icon=":material/crop:", key=f"part {place}", type="tertiary", on_click=_begin, args=(place,)
            )
        if there and isinstance(term, Upload):
            _keeper(workspace, name, place, term)
        drop = recipe.terms[:place] + recipe.terms[place + 1 :]
        st.button(
            "Remove",
            icon=":material/close:",
            key=f"remove {place}",
            type="tertiary",
            on_click=_ask_for,
            args=(drop,),
            help=f"Search without {'“' + plain(term.text) + '”' if isinstance(term, Words) else 'this picture'}",
        )
    if st.session_state.pop(f"choosing {place}", False) and not isinstance(term, Words):
        choose_part(workspace, name, recipe, place)


def _keeper(workspace: Workspace, name: str, place: int, term: Upload) -> None:
    """Offer to add a given picture to the collection, which else never holds it."""
    held = workspace.catalog(name).holds(term.digest)
    coming = any(job.kind == "ingest" and job.collection == name for job in workspace.jobs.under_way())
    st.button(
        "In the collection" if held else "Add to collection",
        icon=":material/check:" if held else ":material/add_photo_alternate:",
        key=f"keep {place}",
        type="tertiary",
        disabled=held or coming,
        on_click=keep_given,
        args=(workspace, name, term.digest),
    )


def _picture(workspace: Workspace, name: str, term: ImageId | Upload) -> bool:
    """Show what a term goes by; False where it is gone."""
    try:
        address, words = picture_address(workspace, name, term)
    except VitrineError as error:
        st.markdown(f":gray[{plain(error.title)}]", width="content")
        return False
    st.html(picture_html(address, words, PICTURE_STYLE), width="content")
    return True


def _begin(place: int) -> None:
    st.session_state.pop(CHOSEN, None)
    st.session_state[f"choosing {place}"] = True


def _weight(place: int, term: Term) -> None:
    key = f"weight {place}"
    st.session_state[key] = term.weight

    def changed() -> None:
        asked = question().terms
        weight = float(st.session_state[key]) or math.copysign(STEP, -term.weight)  # past zero, which is no weight
        if place < len(asked):
            _ask_for((*asked[:place], replace(asked[place], weight=weight), *asked[place + 1 :]))

    st.number_input(
        "Weight",
        min(-MOST_WEIGHT, term.weight),
        max(MOST_WEIGHT, term.weight),
        step=STEP,
        key=key,
        on_change=changed,
        format="%g",
        width=120,
        label_visibility="collapsed",
    )


def adder() -> None:
    """A popover in which words and pictures are added to what is searched by."""
    with st.popover("Add", icon=":material/add:", help="Mix words and pictures, or paste one from the clipboard"):
        st.markdown("Words or pictures to search by as well. A minus in front of words looks for less of them.")
        st.chat_input(
            "-floral, or paste or choose pictures",
            accept_file="multiple",
            file_type=PICTURES,
            key="term to add",
            on_submit=_given,
        )


def _given() -> None:
    given = st.session_state["term to add"]
    st.session_state[ADDED] = (given.text or "", [file.getvalue() for file in given.files])


def take_in_added(workspace: Workspace, recipe: Recipe) -> None:
    """Make what was just added a part of the question; where a picture cannot be read the question stays as it is."""
    text, pictures = st.session_state.pop(ADDED, ("", []))
    try:
        words = worded(text)
        check_terms(len(recipe.terms) + len(words) + len(pictures))
        added: tuple[Term, ...] = (*words, *(Upload(workspace.hold_upload(data)) for data in pictures))
        if added:
            _ask_for((*recipe.terms, *added))
    except VitrineError as error:
        show_error(error)
        return
    if added:
        st.rerun()


def worded(text: str) -> tuple[Words, ...]:
    """What was typed as a term; a minus in front means unlike."""
    words = " ".join(text.split())
    if words.startswith(("-", "−")):
        words = words[1:].strip()
        return (Words(words, -1.0),) if words else ()
    return (Words(words),) if words else ()


def _ask_for(terms: Sequence[Term]) -> None:
    try:
        ask(replace(question(), terms=tuple(terms)))
    except QueryError as error:
        show_error(error)
