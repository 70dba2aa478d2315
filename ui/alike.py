"""What makes images alike: what they show, or how they look, and how near a look must be."""

from dataclasses import replace

import streamlit as st

from core.hashed import USUAL_BITS, has_picture
from core.query.recipe import Alike, Recipe
from ui.question import ask, question

NAMES = {
    Alike.MEANING: "What they show",
    Alike.PHASH: "How they look, perceptual hash",
    Alike.DHASH: "How they look, difference hash",
    Alike.PHASH_FIRST: "What they show, of a near perceptual hash",
    Alike.DHASH_FIRST: "What they show, of a near difference hash",
}
SHORT = {
    Alike.MEANING: "What they show",
    Alike.PHASH: "pHash",
    Alike.DHASH: "dHash",
    Alike.PHASH_FIRST: "pHash first",
    Alike.DHASH_FIRST: "dHash first",
}
HELP = (
    "What images show is compared by the encoder. A hash compares light and dark alone: it finds the same picture "
    "in another size or compression, and costs next to nothing."
)
MOST_SHOWN = 32  # bits; random pictures differ in about so many


def alike_box(recipe: Recipe) -> None:
    """What to compare; nothing where no picture is searched by, for words have no hash."""
    if not has_picture(recipe):
        return
    with st.popover(SHORT[recipe.alike], icon=":material/fingerprint:"):
        st.session_state["alike"] = recipe.alike
        st.radio(
            "Compare", list(NAMES), key="alike", format_func=NAMES.__getitem__, on_change=_compare, help=HELP
        )  # fmt: skip
        if recipe.alike is not Alike.MEANING:
            _bits(recipe)


def _compare() -> None:
    alike = st.session_state["alike"]
    ask(replace(question(), alike=alike, bits=None, threshold=None))


def _bits(recipe: Recipe) -> None:
    alone = recipe.alike in (Alike.PHASH, Alike.DHASH)
    usual = MOST_SHOWN if alone else USUAL_BITS
    most = max(MOST_SHOWN, recipe.bits or 0)
    st.session_state["bits"] = usual if recipe.bits is None else recipe.bits

    def changed() -> None:
        bits = int(st.session_state["bits"])
        ask(replace(question(), bits=None if alone and bits >= MOST_SHOWN else bits))

    st.slider(
        "Bits of 64 that may differ",
        0,
        most,
        key="bits",
        on_change=changed,
        help="0 finds what looks the same, 10 what looks much alike. All the way to the right leaves nothing out."
        if alone
        else "The larger, the more images are compared by what they show.",
    )
