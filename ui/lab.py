"""What the measured parts of Performance share: the button that begins a job, how far it is, and the files."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

import plotly.graph_objects as go
import streamlit as st

from core.collection.catalog import Catalog
from core.errors import VitrineError
from core.export import csv_text
from core.jobs.job import Job, State
from core.lab.kept import Part, latest
from core.operations.lab import start_lab
from core.workspace import Workspace
from ui.chartmenu import choices, picture_choice
from ui.charts import saving
from ui.errors import plain, reporting, show_error
from ui.jobs import EVERY_SECONDS, show_job, turn_when_ended
from ui.signin import who
from ui.words import ago, number, plural

LATEST = 20  # jobs that are looked through
Rows = Sequence[Mapping[str, Any]]


def measured(workspace: Workspace, name: str, part: Part, asked: Mapping[str, Any]) -> dict[str, Any] | None:
    """The button that measures what is asked, the job that is under way, and the last measurement; None without one."""
    found = latest(workspace.folder, name, part)
    under_way = bool(_under_way(workspace, name, part))
    st.button(
        "Measure" if found is None else "Measure again",
        icon=":material/speed:",
        type="primary" if found is None else "secondary",
        key=f"measure {part}",
        disabled=under_way,
        on_click=_start,
        args=(workspace, name, part, dict(asked)),
    )
    st.fragment(_follow, run_every=EVERY_SECONDS if under_way else None)(workspace, name, part)
    return found


def not_yet(workspace: Workspace, name: str, part: Part, words: str) -> None:
    """What to do where nothing was measured; nothing while it is being done."""
    if not _under_way(workspace, name, part):
        st.info(f"Nothing was measured here yet{words}", icon=":material/speed:")


@reporting
def _start(workspace: Workspace, name: str, part: Part, asked: Mapping[str, Any]) -> None:
    start_lab(workspace, name, part.value, asked, who())


def _follow(workspace: Workspace, name: str, part: Part) -> None:
    try:
        jobs = [job for job in workspace.jobs.all(LATEST) if _is_of(job, name, part)]
    except VitrineError as error:
        show_error(error)
        return
    for job in jobs[:1]:
        if not job.ended or job.state is State.FAILED:
            show_job(workspace, job)
    turn_when_ended(jobs)


def _under_way(workspace: Workspace, name: str, part: Part) -> list[Job]:
    return [job for job in workspace.jobs.under_way() if _is_of(job, name, part)]


def _is_of(job: Job, name: str, part: Part) -> bool:
    return job.kind == "lab" and job.collection == name and job.parameters.get("part") == part


def told(found: Mapping[str, Any], catalog: Catalog) -> None:
    """When and where it was measured, what could not be, and whether the collection has changed since."""
    machine = found.get("machine", {})
    when = ago(datetime.fromisoformat(str(found["at"])))
    busy = machine.get("load_before", 0) > (machine.get("cores") or 1)
    where = f"{plural(int(machine.get('cores') or 1), 'core')}, {plain(str(machine.get('processor', '')))}"
    st.caption(f"Measured {when} on {where}" + (", which was busy with other things." if busy else "."))
    for note in found.get("notes", ()):
        st.caption(plain(str(note)))
    if found["version"] != catalog.version:
        st.info(
            f"The collection has changed since: it had {number(int(found['images']))} images then and has "
            f"{number(catalog.count_all)} now.",
            icon=":material/update:",
        )


def chart(figure: go.Figure, key: str, file: str, alt: str) -> None:
    """A chart that can be saved as a picture of the chosen kind."""
    st.plotly_chart(figure, config=saving(file, choices(key).format), key=f"lab {key}", theme=None, alt=alt)


def files(key: str, file: str, found: Mapping[str, Any], rows: Callable[[], Rows], columns: Sequence[str]) -> None:
    """The figures as CSV and JSON, and the kind of picture that charts are saved as."""
    with st.popover("Save", icon=":material/download:", type="tertiary", width="content"):
        st.download_button(
            "Figures as CSV",
            lambda: csv_text(rows(), columns),
            file_name=f"{file}.csv",
            mime="text/csv",
            icon=":material/download:",
            key=f"lab csv {key}",
            on_click="ignore",
        )
        st.download_button(
            "Everything as JSON",
            lambda: json.dumps(found, ensure_ascii=False, indent=2),
            file_name=f"{file}.json",
            mime="application/json",
            icon=":material/download:",
            key=f"lab json {key}",
            on_click="ignore",
        )
        picture_choice(key, choices(key).format)
