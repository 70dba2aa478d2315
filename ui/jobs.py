"""Jobs as a person sees them: what each does, how far it is, how it ended, and what can be done about it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import streamlit as st

from core.errors import VitrineError
from core.jobs.job import Job, State
from core.workspace import Workspace
from ui.errors import plain, reporting, show_error, show_job_error
from ui.question import collection_name, forget_all, images, remember
from ui.words import ago, bytes_, milliseconds, number, plural, share

LATEST = 3  # shown beside a collection
EVERY_SECONDS = 1.0
ACTIVE = "active jobs"
MARKS = {
    State.DONE: ":material/check_circle:",
    State.FAILED: ":material/error:",
    State.CANCELLED: ":material/cancel:",
    State.QUEUED: ":material/hourglass_empty:",
    State.RUNNING: ":material/play_circle:",
    State.INTERRUPTED: ":material/pause_circle:",
}
RETRIED = (State.FAILED, State.CANCELLED)


def show_jobs(workspace: Workspace) -> None:
    """The latest jobs; the ones under way tell how far they are, every second."""
    under_way = bool(workspace.jobs.under_way())
    st.fragment(_follow, run_every=EVERY_SECONDS if under_way else None)(workspace)


def _follow(workspace: Workspace) -> None:
    try:
        jobs = workspace.jobs.all(LATEST)
    except VitrineError as error:
        show_error(error)
        return
    for job in jobs:
        show_job(workspace, job)
    turn_when_ended(jobs)


def turn_when_ended(jobs: Sequence[Job]) -> None:
    """Draw the page anew when a job has ended, and show the collection that it was for."""
    active = {job.id for job in jobs if not job.ended}
    before = set(st.session_state.get(ACTIVE, []))
    st.session_state[ACTIVE] = sorted(active)
    if before - active:
        for job in jobs:
            if job.id in before - active and job.state is State.DONE and job.kind == "ingest":
                _turn_to(job.collection)
        st.rerun(scope="app")


def _turn_to(name: str) -> None:
    """Show the collection that has just grown; a question about another one does not fit it."""
    if name != collection_name():
        forget_all()
    remember(collection=name, tab=None)


def show_job(workspace: Workspace, job: Job) -> None:
    """One job: its progress or its end, and a button for what can be done about it."""
    said, button = st.columns([8, 2], vertical_alignment="center")
    with said:
        if job.ended:
            end = f": {_outcome(job)}" if job.state is State.DONE else ""
            st.markdown(f"{MARKS[job.state]} {title(job)}{end}")
        else:
            part = min(1.0, job.done / job.total) if job.total and job.state is State.RUNNING else 0.0
            st.progress(part, text=f"{title(job)}: {progress_words(workspace, job)}")
    if job.state in RETRIED:
        button.button(
            "Try again", key=f"again {job.id}", icon=":material/replay:", on_click=_again, args=(workspace, job.id)
        )
    elif not job.ended:
        button.button(
            "Cancel", key=f"stop {job.id}", icon=":material/cancel:", on_click=_cancel, args=(workspace, job.id)
        )
    if job.state is State.FAILED:
        show_job_error(job)


def title(job: Job) -> str:
    """What a job does to which collection."""
    asked, name = job.parameters, plain(job.collection)
    return {
        "ingest": f"Bring {plain(str(asked.get('source', '')))} into {name}",
        "embed": f"Make vectors of {name} by {plain(str(asked.get('encoder', '')))}",
        "augment": f"Augment {name} as {plain(str(asked.get('name', '')))}",
        "effect": f"Effect of {plain(str((asked.get('pipeline') or {}).get('name', 'a pipeline')))} on {name}",
        "export": f"Export {name} as {plain(str(asked.get('name', '')))}",
        "undo": f"Undo a change of {name}",
        "lab": f"Measure {plain(str(asked.get('part', '')))} of {name}",
        "map": f"Make a map of {name} by {plain(str(asked.get('method', '')).upper())}",
    }.get(job.kind, f"{plain(job.kind.capitalize())} {name}")


def progress_words(workspace: Workspace, job: Job) -> str:
    """How far a job is, at what rate, and how long it will take."""
    if job.state is State.INTERRUPTED:
        return "its worker died; another goes on with it"
    if job.state is State.QUEUED:
        ahead = workspace.jobs.ahead_of(job)
        return f"waits for “{title(ahead)}”" if ahead else "waits for a worker"
    if not job.stage:
        return "starting …"
    words = [job.stage.lower() + (f", {number(job.done)} of {number(job.total)}" if job.total else "")]
    if job.bad:
        words.append(f"{number(job.bad)} unreadable")
    if job.rate:
        words.append(f"{number(round(job.rate)) if job.rate >= 1 else f'{job.rate:.2g}'}/s")
    if job.seconds_left:
        words.append(f"{milliseconds(1000 * job.seconds_left)} left")
    return plain(", ".join(words))


def _outcome(job: Job) -> str:
    result = job.result
    if not result:
        return "done"
    took = f" in {milliseconds(1000 * result['seconds'])}" if "seconds" in result else ""
    if job.kind == "ingest":
        return ingest_words(result)
    if job.kind == "embed":
        thumbnails = int(result.get("from_thumbnails", 0))
        return f"{images(int(result.get('encoded', 0)))} encoded{took}" + (
            f", {number(thumbnails)} from thumbnails" if thumbnails else ""
        )
    if job.kind == "edit":
        return f"{number(int(result['changed']))} of {images(int(result['images']))} changed{took}"
    if job.kind == "export":
        missing = f", {number(int(result['failed']))} without their file" if result.get("failed") else ""
        return f"{images(int(result['rows']))}{missing}, {bytes_(result['bytes'])}{took}"
    if job.kind == "augment":
        missing = f", {number(int(result['failed']))} could not be changed" if result.get("failed") else ""
        pictures = plural(int(result["made"]), "picture")
        return f"{pictures} of {images(int(result['images']))}{missing}, {bytes_(result['bytes'])}{took}"
    if job.kind == "effect":
        return f"{share(result['first'], 1)} of {images(int(result['images']))} find their original first{took}"
    if job.kind == "lab":
        return f"measured{took}"
    if job.kind == "audit":
        return f"{images(int(result['images']))} audited{took}"
    if job.kind == "tag":
        return f"{number(int(result['tagged']))} of {images(int(result['images']))} tagged{took}"
    if job.kind == "map":
        return f"{images(int(result['images']))} placed, {number(int(result['clusters']))} clusters{took}"
    return f"{images(int(result.get('images', 0)))}{took}"


def ingest_words(result: Mapping[str, Any]) -> str:
    """How an ingest ended, in one line; what did not go in is never left unsaid."""
    parts = [f"{images(int(result.get('images_added', 0)))} added"]
    if updated := int(result.get("images_updated", 0)):
        parts.append(f"{number(updated)} updated")
    aside = sum(int(result.get(name, 0)) for name in ("unreadable", "ids_taken", "deleted_before"))
    if aside:
        parts.append(f"{number(aside)} put aside (see the ledger)")
    return f"{', '.join(parts)} in {milliseconds(1000 * result['seconds'])}"


def show_particulars(workspace: Workspace, job: Job) -> None:
    """Who asked for a job and when, what it was told, what came out, and its log."""
    when = ago(datetime.fromisoformat(job.created))
    tries = f", {plural(job.attempts, 'attempt')}" if job.attempts > 1 else ""
    st.caption(f"{plain(job.id)}, asked for {when} by {plain(job.who or 'somebody')}{tries}")
    facts = {**job.parameters, **(job.result or {})}
    lines = [
        f"| {plain(str(name))} | {plain(str(value)[:300])} |"
        for name, value in facts.items()
        if value not in (None, "", [], {})
    ]
    if lines:
        st.markdown("\n".join(["| | |", "|:--|:--|", *lines]))
    log = workspace.jobs.log(job.id)
    if log:
        st.code(log, language=None, height=200)


@reporting
def _again(workspace: Workspace, id: str) -> None:
    workspace.retry(id)


@reporting
def _cancel(workspace: Workspace, id: str) -> None:
    workspace.jobs.cancel(id)
