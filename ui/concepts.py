"""Concepts: a vocabulary, what tagging with it would give, and the threshold that decides."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from core.batch.labels import labels_from
from core.batch.preview import Chosen as Given
from core.batch.preview import LabelCount, Preview, preview
from core.batch.tag import PREFIX, TagRequest
from core.collection.catalog import Catalog
from core.errors import InputError, QueryError
from core.models.vocabulary import left_out, own_labels, shipped, vocabulary_columns
from core.operations.batches import start_tag
from core.query.english import spoken
from core.query.recipe import Recipe
from core.query.url import to_parameters
from core.workspace import Workspace
from ui.charts import PLOTLY_CONFIG, bars, selection_to_value
from ui.details import show_details
from ui.errors import plain, reporting
from ui.gallery import gallery
from ui.looks import looks
from ui.question import images
from ui.results import more_like, tile
from ui.signin import who
from ui.words import number, plural, share

OWN = "own"
COLUMN, SHIPPED = "column:", "list:"
OWN_WORDS = "concept words"  # in session memory: a person's own list
MOST_BARS = 18
MOST_PICTURES = 24
MOST_EACH = 10  # tags of one image
STEP = 0.01
LONGEST_SLUG, HASH_DIGITS = 30, 6  # of a tag's beginning, made of a column's name that cannot be one itself
LONG = 100  # labels of a list made for no collection in particular


@dataclass(frozen=True)
class Chosen:
    """A vocabulary and how it is given."""

    source: str  # as the link has it
    labels: tuple[str, ...]
    name: str  # for people

    @property
    def prefix(self) -> str:
        """What its tags begin with unless told otherwise, so that two vocabularies leave each other's tags alone."""
        name = self.source.partition(":")[2]
        if not name or PREFIX.fullmatch(name):
            return name or "concept"
        plainer = re.sub(r"[^A-Za-z0-9]+", "-", name).strip("-")[:LONGEST_SLUG].strip("-")
        return f"{plainer or 'concept'}-{hashlib.sha256(name.encode()).hexdigest()[:HASH_DIGITS]}"


def choose_vocabulary(catalog: Catalog) -> Chosen | None:
    """A box with every vocabulary, kept in the URL; None while a person's own list is still empty or wrong."""
    names = sources(catalog)
    asked = st.query_params.get("words", "")
    st.session_state["words"] = asked if asked in names else next(iter(names))

    def changed() -> None:
        st.query_params["words"] = st.session_state["words"]
        st.query_params.pop("label", None)
        st.query_params.pop("least", None)

    source = st.selectbox("Words to choose among", list(names), key="words", format_func=names.get, on_change=changed)
    return own_words(names[source]) if source == OWN else known_words(catalog, source, names[source])


def known_words(catalog: Catalog, source: str, title: str) -> Chosen | None:
    """A column's values or a shipped list; None where the values cannot be labels, with the reason."""
    kind, _, name = source.partition(":")
    try:
        found = labels_from(catalog, *((name, "") if f"{kind}:" == SHIPPED else ("", name)))
    except QueryError as error:
        st.warning(plain(f"{error.title} {error.detail} {error.hint}"), icon=":material/edit_note:")
        return None
    if f"{kind}:" == COLUMN:
        distinct = next(item.distinct for item in vocabulary_columns(catalog) if item.name == name)
        _tell_left_out(distinct - len(found), "value")
    return Chosen(source, found, title)


def own_words(title: str) -> Chosen | None:
    """A person's own list; None while it is empty or wrong."""
    text = st.text_area(
        "Your words, one a line", key=OWN_WORDS, placeholder="red dress\nrunning shoes\nsomething else", height=150
    )
    if not text.strip():
        st.info("Write two words or phrases at least, one a line.", icon=":material/edit_note:")
        return None
    try:
        found = own_labels(text)
    except InputError as error:
        st.warning(plain(f"{error.title} {error.detail} {error.hint}"), icon=":material/edit_note:")
        return None
    _tell_left_out(left_out(text), "line")
    return Chosen(OWN, found, title)


def _tell_left_out(count: int, what: str) -> None:
    if count > 0:
        st.caption(f"{plural(count, what)} left out: too long, not text, or the same as another but for case.")


def sources(catalog: Catalog) -> dict[str, str]:
    """Every vocabulary's words for people, by what the link has for it."""
    columns = vocabulary_columns(catalog)
    own = {COLUMN + item.name: f"Values of {spoken(item.label)} ({number(item.distinct)})" for item in columns}
    lists = {SHIPPED + item.name: f"{item.name.capitalize()} words ({number(len(item.labels))})" for item in shipped()}
    return {**own, **lists, OWN: "My own list"}


def previewed(workspace: Workspace, catalog: Catalog, name: str, labels: Sequence[str], recipe: Recipe) -> Preview:
    """The preview of these labels on the images that pass the filter; made once for each."""

    def made() -> Preview:
        waiting = "Comparing a sample …" if workspace.encoder_is_loaded(name) else "Loading the encoder, once …"
        with st.spinner(waiting, show_time=True):
            return preview(name, catalog, lambda: workspace.encoder_of(name), labels, recipe.where)

    found: Preview = catalog.recent(f"preview of {labels!r} for {recipe.where!r}", made)
    return found


def choose_labels(found: Preview, chosen: Chosen) -> Preview:
    """The preview less the words that stand out nowhere, where a person wants that; kept in the URL."""
    without = found.outstanding()
    left_out = len(found.labels) - len(without.labels)
    if not left_out:
        return found
    long = not chosen.source.startswith(COLUMN) and len(found.labels) > LONG
    st.session_state["fitting"] = st.query_params.get("fitting", "1" if long else "0") == "1"

    def changed() -> None:
        st.query_params["fitting"] = "1" if st.session_state["fitting"] else "0"

    asked = st.toggle(
        f"Leave out {plural(left_out, 'word')} that stand out nowhere",
        key="fitting",
        on_change=changed,
        help="No image is much more like them than most are, as with made-up words: nothing here is about them, or the "
        "encoder does not know them.",
    )
    return without if asked else found


def choose_threshold(found: Preview) -> tuple[float, int]:
    """The least score and the most tags of an image; both in the URL."""
    low, high = 0.0, max(0.1, round(float(found.similar.max()) + STEP, 2))
    least = min(max(_number("least", found.suggested), low), high)
    fewer = len(found.labels) - (least == low)  # without a score every label would be given to every image
    highest = max(1, min(MOST_EACH, fewer))
    most = int(min(max(_number("most", 1), 1), highest))
    st.session_state["least score"], st.session_state["most tags"] = least, most

    def changed() -> None:
        least = st.session_state["least score"]
        asked = {"least": f"{least:g}", "most": str(st.session_state["most tags"])}
        st.query_params.update(asked)

    slider, count = st.columns([3, 1], vertical_alignment="bottom")
    slider.slider(
        "Score at least",
        low,
        high,
        step=STEP,
        key="least score",
        on_change=changed,
        help=f"Cosine similarity of picture and word. Made-up words reach {found.suggested:.2f} on half of the images.",
    )
    count.number_input("Tags of an image, at most", 1, highest, key="most tags", on_change=changed)
    return least, most


def _number(name: str, otherwise: float) -> float:
    """A number from the URL; where it makes no sense, another."""
    text = st.query_params.get(name, "")
    try:
        value = float(text) if len(text) < 12 else otherwise
    except ValueError:
        return otherwise
    return value if value == value else otherwise


def outlook(found: Preview, given: Given) -> str:
    """What the tagging would do, in a sentence."""
    tagged, tags = found.tagged(given), int(given.sum())
    used = int(given.any(axis=0).sum())
    whole = found.drawn >= found.matching
    about = "" if whole else "about "
    of = f"of {images(found.matching)}" if whole else f"of {images(found.matching)}, judged by {number(found.drawn)}"
    words = f"Tags {about}{number(found.estimated(tagged))} {of} ({share(tagged, found.drawn)})"
    each = f", {number(round(tags / tagged, 2))} tags each" if tagged and tags > tagged else ""
    return f"{words}{each}; {number(used)} of {plural(len(found.labels), 'label')} used."


def label_bars(counts: Sequence[LabelCount]) -> None:
    """The most frequent labels as bars; a click shows the pictures of one."""
    shown = sorted((item for item in counts if item.sampled), key=lambda item: (-item.sampled, item.label))[:MOST_BARS]
    if not shown:
        st.info("No label is near enough. Lower the score.", icon=":material/filter_alt_off:")
        return
    rows = [(item.label, item.estimate, item.estimate) for item in shown]
    asked = st.query_params.get("label")
    chosen = [place for place, item in enumerate(shown) if item.label == asked]

    def picked() -> None:
        labels = selection_to_value(st.session_state["label bars"])
        if labels:
            st.query_params["label"] = labels[0]

    st.plotly_chart(
        bars(rows, title="Images by label", chosen=chosen),
        config=PLOTLY_CONFIG,
        key="label bars",
        theme=None,
        on_select=picked,
        selection_mode=("points",),
        alt="Images by label",
    )
    rest = sum(1 for item in counts if item.sampled) - len(shown)
    if rest > 0:
        st.caption(f"And {plural(rest, 'rarer label')}, in the list beside.")


def label_pictures(
    workspace: Workspace,
    catalog: Catalog,
    name: str,
    found: Preview,
    counts: Sequence[LabelCount],
    given: Given,
) -> None:
    """The best pictures of one label, chosen in a list or by its bar."""
    used = {item.label: item for item in counts if item.sampled}
    if not used:
        return
    asked = st.query_params.get("label", "")
    st.session_state["label"] = asked if asked in used else next(iter(used))

    def changed() -> None:
        st.query_params["label"] = st.session_state["label"]

    def words(label: str) -> str:
        return f"{label} ({number(used[label].estimate)})"

    label = st.selectbox("Best pictures of", list(used), key="label", format_func=words, on_change=changed)
    best = dict(found.best(label, given, MOST_PICTURES))
    captions = looks(catalog).captions
    tiles = [tile(workspace, name, row, captions, f"{best[row.id]:.2f}") for row in catalog.rows(list(best))]
    event = gallery(tiles, key="label pictures", selectable=False, tile_px=108)
    if event.similar is not None:
        more_like(name, event.similar)
    if event.opened is not None:
        show_details(workspace, name, event.opened, [item.id for item in tiles])


def tag_button(
    workspace: Workspace, name: str, recipe: Recipe, chosen: Chosen, found: Preview, least: float, most: int
) -> None:
    """Start the job that tags every image that passes the filter."""
    key = f"tag prefix {name} {chosen.source}"  # one typed for another vocabulary would take the place of its tags
    st.session_state.setdefault(key, chosen.prefix)
    with st.container(horizontal=True, vertical_alignment="bottom", key="tag these"):
        prefix = st.text_input("Tags begin with", key=key, max_chars=40, width=200)
        source, _, from_ = chosen.source.partition(":")
        parameters = {"labels": list(found.labels), "multi": most > 1, "similarity": least, "most": most}
        request = TagRequest(
            name,
            to_parameters(recipe),
            True,
            "zero-shot",
            parameters,
            prefix.strip(),
            from_ if f"{source}:" == SHIPPED else "",
            from_ if f"{source}:" == COLUMN else "",
        )
        st.button(
            f"Tag {images(found.matching)}",
            type="primary",
            icon=":material/sell:",
            key="tag",
            disabled=not found.matching,
            on_click=_start,
            args=(workspace, request),
        )
    example = next((item.label for item in found.counts(found.chosen(least, most))), "")
    st.caption(
        f"A tag reads “{plain(prefix.strip() or 'zero-shot')}:{plain(example)}”, keeps its score, and takes the place "
        "of those with the same beginning. It can be undone in the collection's history."
    )


@reporting
def _start(workspace: Workspace, request: TagRequest) -> None:
    start_tag(workspace, request, who())
    st.toast("The tagging runs as a job.", icon=":material/sell:")
