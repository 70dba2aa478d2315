"""Taking a result along: what of it, in which form and where to; an export starts as a job."""

from collections.abc import Sequence

import streamlit as st

from core.collection.catalog import Catalog
from core.errors import VitrineError
from core.export.estimate import estimate
from core.export.formats import FORMATS
from core.export.labels import MOST_LABELS
from core.export.layouts import LAYOUTS
from core.export.places import allowed_places, check_allowed
from core.export.request import ExportRequest
from core.outputs import Outputs
from core.query.english import spoken
from core.query.recipe import Recipe
from core.query.url import to_parameters
from core.tasks import start_export
from core.workspace import Workspace
from ui.choice import ALL, SELECTION, counts_of, which
from ui.errors import plain, show_error
from ui.places import JOBS
from ui.question import images
from ui.signin import who
from ui.words import bytes_

STARTED = "export started"
TABLES = {"csv": "CSV", "parquet": "Parquet", "jsonl": "JSON Lines", "xlsx": "Excel"}
IMAGES = {"original": "Originals", "thumbnail": "Thumbnails", "none": "No images"}
ORDER = ("zip", "folder", "webdataset", "imagefolder")
VECTORS = {"none": "No embeddings", "parquet": "Embeddings as Parquet", "npy": "Embeddings as NumPy (npy)"}
HERE = "Here, to download"


def export_button(workspace: Workspace, name: str, recipe: Recipe, matching: int, chosen_ids: Sequence[str]) -> None:
    """A button that opens the form."""
    if st.button("Export", icon=":material/download:", disabled=matching == 0):
        places = allowed_places(workspace.settings.export_folders)
        export_dialog(workspace, name, recipe, matching, chosen_ids, places)


@st.dialog("Export", width="medium")  # type: ignore[untyped-decorator]
def export_dialog(
    workspace: Workspace,
    name: str,
    recipe: Recipe,
    matching: int,
    chosen_ids: Sequence[str] = (),
    places: Sequence[str] = (),
) -> None:
    """The form in a dialog."""
    export_form(workspace, name, recipe, matching, chosen_ids, places)


def export_form(
    workspace: Workspace,
    name: str,
    recipe: Recipe,
    matching: int,
    chosen_ids: Sequence[str] = (),
    places: Sequence[str] = (),
) -> None:
    """Ask what to take along and start it; `places` are folders and buckets that exports may go to."""
    try:
        catalog = workspace.catalog(name)
        request, count = _asked(workspace, catalog, name, recipe, matching, tuple(chosen_ids), places)
        size = estimate(workspace.collection(name), catalog, request, count)
        about = f", about {bytes_(size)}" if size is not None else ""
        st.caption(f"{images(count)}{about}.")
        if st.button("Export", type="primary", icon=":material/download:", disabled=not count):
            check_allowed(request.destination, places)
            start_export(workspace, request, who())
            st.session_state[STARTED] = request.name
    except VitrineError as error:
        show_error(error)
        return
    if st.session_state.get(STARTED) == request.name:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f":material/check_circle: {plain(request.name)} is under way.", width="content")
            if st.button("See the jobs", icon=":material/arrow_forward:", type="tertiary"):
                st.switch_page(JOBS)


def _asked(
    workspace: Workspace,
    catalog: Catalog,
    name: str,
    recipe: Recipe,
    matching: int,
    chosen_ids: tuple[str, ...],
    places: Sequence[str],
) -> tuple[ExportRequest, int]:
    """What the form says, and of how many images."""
    counts = counts_of(recipe, matching, chosen_ids)
    what = st.radio("Which images", list(counts), format_func=lambda kind: which(kind, counts[kind]), key="export what")
    if "export name" not in st.session_state:
        st.session_state["export name"] = Outputs(workspace.folder).free_name(name)
    called = st.text_input("Name", key="export name", max_chars=64)
    left, right = st.columns(2)
    layout = left.selectbox("Layout", ORDER, format_func=_layout, key="export layout")
    kinds = [kind for kind in IMAGES if kind != "none" or not LAYOUTS[layout].needs_images]
    kind = right.selectbox("Images", kinds, format_func=IMAGES.__getitem__, key="export images")
    formats = LAYOUTS[layout].formats
    metadata = left.selectbox("Metadata", formats, format_func=_table, key=f"export metadata {len(formats)}")
    vectors = right.selectbox("Embeddings", list(VECTORS), format_func=VECTORS.__getitem__, key="export embeddings")
    coco = kind != "none" and st.checkbox("Also as COCO JSON", key="export coco", help="Annotations of whole images.")
    label = _label(catalog) if coco or LAYOUTS[layout].by_class else ""
    destination = HERE
    if places:
        destination = st.selectbox("Where to", [HERE, *places], key="export destination")
    request = ExportRequest(
        collection=name,
        name=called.strip(),
        recipe=to_parameters(recipe),
        whole=what == ALL,
        metadata=metadata,
        images=kind,
        layout=layout,
        label_column=label,
        annotations="coco" if coco else "none",
        embeddings=vectors,
        destination="" if destination == HERE else destination,
        ids=chosen_ids if what == SELECTION else (),
    )
    return request, counts[what]


def _layout(layout: str) -> str:
    about = LAYOUTS[layout].about
    return about[0].upper() + about[1:]


def _table(metadata: str) -> str:
    return f"{TABLES[metadata]}, {FORMATS[metadata].about}"


def _label(catalog: Catalog) -> str:
    """The column that sorts images into classes."""
    columns = [name for name in catalog.metadata if 0 < catalog.columns[name].distinct <= MOST_LABELS]
    few = sorted(columns, key=lambda name: catalog.columns[name].kind.value != "category")
    chosen: str = st.selectbox(
        "Classes by",
        ["", *few],
        format_func=lambda name: spoken(catalog.columns[name].label) if name else "No classes",
        key="export label",
    )
    return chosen
