"""A pipeline applied to a whole result: which images, how they are written and where to; a set starts as a job."""

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from core.augment.pipeline import Pipeline
from core.batch.estimate import estimate
from core.batch.request import MOST_VARIANTS, AugmentRequest, check_request
from core.collection.catalog import Catalog
from core.errors import VitrineError
from core.export import layouts
from core.export.places import allowed_places, check_allowed
from core.jobs.job import State
from core.operations.batches import start_augment
from core.outputs import AUGMENTED, Outputs
from core.query.recipe import Recipe
from core.query.url import to_parameters
from core.workspace import Workspace
from ui.choice import ALL, SELECTION, counts_of, which
from ui.errors import show_error
from ui.jobs import show_job, turn_when_ended
from ui.places import JOBS
from ui.question import images
from ui.selection import selected_ids
from ui.sets import show_sets
from ui.signin import who
from ui.words import bytes_, plural

SUGGESTED = "set name suggested"
NAME = "set name"
HERE = "Here, to download"
LAYOUTS = ("zip", "folder", "webdataset")
COLOURS = {"srgb": "sRGB", "grey": "Shades of grey", "original": "As in the originals, with their profile"}
KEPT = {"strip": "None", "keep": "EXIF of the originals"}
FORMATS = {"webp": "WebP", "jpeg": "JPEG", "png": "PNG, without loss"}
NONE_YET = "No set of this collection yet. It will stand here, to download or to bring in as a collection."
EVERY_SECONDS = 1.0
MOST_ESTIMATES = 200
LATEST = 20  # jobs that are looked through for sets under way


def show_apply(workspace: Workspace, catalog: Catalog, name: str, recipe: Recipe, pipeline: Pipeline) -> None:
    """What to write, where to, the job that does it, and the sets there are."""
    try:
        _form(workspace, catalog, name, recipe, pipeline)
    except VitrineError as error:
        show_error(error)
    under_way = any(job.kind == "augment" for job in workspace.jobs.under_way())
    st.fragment(_made, run_every=EVERY_SECONDS if under_way else None)(workspace, name)


def _form(workspace: Workspace, catalog: Catalog, name: str, recipe: Recipe, pipeline: Pipeline) -> None:
    matching = catalog.count(recipe.where)
    if not matching:
        st.info("No image matches, so there is nothing to change. Take a condition out.", icon=":material/inbox:")
        return
    places = allowed_places(workspace.settings.export_folders)
    request, count = _asked(workspace, name, recipe, pipeline, counts_of(recipe, matching, selected_ids()), places)
    check_request(request, name)
    alike = replace(request, name=SUGGESTED, destination="", layout=LAYOUTS[0], variants=1)  # sets whose pictures are
    each = _picture_bytes(workspace, catalog, pipeline, alike, (str(workspace.folder), catalog.version))
    size = None if each is None else round(each * count * request.variants)
    about = f", about {bytes_(size)}" if size is not None else ""
    st.caption(f"{plural(count * request.variants, 'picture')} of {images(count)}{about}.")
    if st.button("Make the set", type="primary", icon=":material/auto_fix_high:", disabled=not count):
        check_allowed(request.destination, places)
        start_augment(workspace, request, who())


@st.cache_data(show_spinner=False, max_entries=MOST_ESTIMATES)  # type: ignore[untyped-decorator]
def _picture_bytes(
    _workspace: Workspace, _catalog: Catalog, _pipeline: Pipeline, request: AugmentRequest, stamp: tuple[str | int, ...]
) -> float | None:
    """About how many bytes a picture takes, told once for what is asked and a version of a collection."""
    return estimate(_catalog, _workspace.originals, _workspace.settings, _pipeline, request)


def _asked(
    workspace: Workspace, name: str, recipe: Recipe, pipeline: Pipeline, counts: dict[str, int], places: Sequence[str]
) -> tuple[AugmentRequest, int]:
    """What the form says, and of how many images."""
    what = st.radio("Which images", list(counts), format_func=lambda kind: which(kind, counts[kind]), key="set what")
    _suggest(Outputs(workspace.folder).free_name(f"{name}-{_word(pipeline.name)}", AUGMENTED))
    left, right = st.columns(2)
    called = left.text_input("Name of the set", key=NAME, max_chars=64)
    variants = right.number_input("Variants of each", 1, MOST_VARIANTS, 1, key="set variants")
    left, right = st.columns(2)
    format = left.selectbox("Format", list(FORMATS), format_func=FORMATS.__getitem__, key="set format")
    quality = right.slider("Quality", 1, 100, 90, key="set quality", disabled=format == "png")
    left, right = st.columns(2)
    colour = left.selectbox("Colours", list(COLOURS), format_func=COLOURS.__getitem__, key="set colour")
    kept = right.selectbox("Metadata in the files", list(KEPT), format_func=KEPT.__getitem__, key="set meta")
    left, right = st.columns(2)
    layout = left.selectbox("Layout", LAYOUTS, format_func=_layout, key="set layout")
    destination = right.selectbox("Where to", [HERE, *places], key="set place") if places else HERE
    request = AugmentRequest(
        collection=name,
        name=called.strip(),
        pipeline=pipeline.to_dict(),
        recipe=to_parameters(recipe),
        whole=what == ALL,
        variants=int(variants),
        format=format,
        quality=int(quality),
        colour=colour,
        metadata=kept,
        layout=layout,
        destination="" if destination == HERE else destination,
        ids=selected_ids() if what == SELECTION else (),
    )
    return request, counts[what]


def _made(workspace: Workspace, name: str) -> None:
    """The sets of this collection, those under way first, and the last one where it failed."""
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.subheader("Sets", anchor=False)
        if st.button("See the jobs", icon=":material/arrow_forward:", type="tertiary"):
            st.switch_page(JOBS)
    jobs = [job for job in workspace.jobs.all(LATEST) if job.kind == "augment" and job.collection == name]
    for place, job in enumerate(jobs):
        if not job.ended or (place == 0 and job.state is State.FAILED):
            show_job(workspace, job)
    under_way = any(not job.ended for job in jobs)
    show_sets(workspace, collection=name, empty="" if under_way else NONE_YET)
    turn_when_ended(jobs)


def _suggest(free: str) -> None:
    """Keep the name that a person typed; one that was suggested gives way to the next suggestion."""
    if st.session_state.get(NAME) in (None, st.session_state.get(SUGGESTED)):
        st.session_state[NAME] = free
    st.session_state[SUGGESTED] = free


def _layout(layout: str) -> str:
    about = layouts.LAYOUTS[layout].about
    return about[0].upper() + about[1:]


def _word(name: str) -> str:
    """What of a pipeline's name can stand in a set's."""
    kept = "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in name.lower())
    return "-".join(part for part in kept.split("-") if part)[:30] or "set"
