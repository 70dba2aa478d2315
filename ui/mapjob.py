"""Making a collection's map: how, how far the job is, and what the map at hand is."""

from datetime import datetime

import streamlit as st

from core.collection.catalog import Catalog
from core.errors import VitrineError
from core.jobs.job import Job, State
from core.map.points import Plane
from core.map.request import LEAST_UMAP, METHODS, MOST_CLUSTERS, MOST_SEED, PCA, UMAP, MapRequest
from core.tasks import start_map
from core.workspace import Workspace
from ui.errors import reporting, show_error
from ui.jobs import EVERY_SECONDS, show_job, turn_when_ended
from ui.question import images
from ui.signin import who
from ui.words import ago, number, plural

LATEST = 20  # jobs that are looked through
SHORT = {UMAP: "UMAP", PCA: "PCA"}


def making(workspace: Workspace, name: str, catalog: Catalog) -> None:
    """A button behind which a map is made, or made anew."""
    label = "Make the map" if catalog.map is None else "Make it anew"
    if _under_way(workspace, name):  # a popover in its place would stay open
        st.button(label, icon=":material/scatter_plot:", disabled=True, key="map under way")
        return
    with st.popover(label, icon=":material/scatter_plot:"):
        methods = [UMAP, PCA] if catalog.count_all >= LEAST_UMAP else [PCA]
        method = st.radio(
            "Places by",
            methods,
            format_func=lambda item: SHORT[item],
            captions=[METHODS[item].partition(": ")[2].capitalize() for item in methods],
            key="map method",
        )
        clusters = st.number_input(
            "Clusters", 0, MOST_CLUSTERS, 0, key="map clusters", help="0 makes as many as suit the collection."
        )
        seed = st.number_input("Seed", 0, MOST_SEED, 0, key="map seed", help="The same seed makes the same map.")
        if catalog.map is not None:
            st.caption("The new map and its clusters take the place of the present ones.")
        wanted = MapRequest(name, str(method), int(clusters), int(seed))
        st.button("Make the map", type="primary", key="map start", on_click=_start, args=(workspace, wanted))


@reporting
def _start(workspace: Workspace, request: MapRequest) -> None:
    start_map(workspace, request, who())


def show_making(workspace: Workspace, name: str) -> None:
    """The map's job while it is under way, and why it failed."""
    st.fragment(_follow, run_every=EVERY_SECONDS if _under_way(workspace, name) else None)(workspace, name)


def _follow(workspace: Workspace, name: str) -> None:
    try:
        jobs = _jobs(workspace, name)
    except VitrineError as error:
        show_error(error)
        return
    for job in jobs[:1]:
        if not job.ended or job.state is State.FAILED:
            show_job(workspace, job)
    turn_when_ended(jobs)


def _jobs(workspace: Workspace, name: str) -> list[Job]:
    """The latest jobs that make the collection's map, the last one first."""
    return [job for job in workspace.jobs.all(LATEST) if job.kind == "map" and job.collection == name]


def _under_way(workspace: Workspace, name: str) -> list[Job]:
    return [job for job in workspace.jobs.under_way() if job.kind == "map" and job.collection == name]


def map_words(plane: Plane, drawn: int) -> str:
    """What the map is and how much of it is drawn, in one line."""
    fact = plane.fact
    parts = []
    if drawn < len(plane.places):
        parts.append(f"{number(drawn)} of {images(len(plane.places))} drawn, some of every place")
    if fact is None:
        parts.append("A preview by principal components")
        if plane.left_out:
            parts.append(f"made of {number(len(plane.places))} random images")
        return " · ".join(parts)
    parts.append(f"{SHORT.get(fact.method, fact.method)}, made {ago(datetime.fromisoformat(fact.at))}")
    parts.append(f"{plural(fact.clusters, 'cluster')}, seed {fact.seed}")
    if fact.fitted < fact.images and fact.method == UMAP:
        parts.append(f"laid out on {number(fact.fitted)}, the others among their likes")
    return " · ".join(parts)


def show_staleness(plane: Plane, catalog: Catalog) -> None:
    """What the map does not have, and what to do about it."""
    if plane.fact is not None and not plane.fact.encoder.startswith(catalog.encoder.weights):
        st.info(
            "The map was made of another encoder's vectors. Make it anew to see the present ones.",
            icon=":material/update:",
        )
    elif plane.without:
        verb = "has" if plane.without == 1 else "have"
        st.info(
            f"{images(plane.without)} {verb} no place on the map: added or changed since, or without a vector. "
            "Make it anew to place them.",
            icon=":material/update:",
        )
