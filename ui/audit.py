"""How near answers come to exact ones: the audit's figures, its curve, and how to measure anew."""

from datetime import datetime

import plotly.graph_objects as go
import streamlit as st

from core.audit.figures import Audit, Point
from core.audit.quoted import current_audit
from core.audit.run import AuditRequest, index_of
from core.collection.catalog import Catalog
from core.operations.measuring import start_audit
from core.search import rounded_down
from core.workspace import Workspace
from ui.charts import ACCENT, LINE, PLOTLY_CONFIG, layout
from ui.errors import plain, reporting
from ui.jobs import EVERY_SECONDS, show_job, turn_when_ended
from ui.signin import who
from ui.words import ago, milliseconds, number

HEIGHT_PX = 300
NAMES = {
    "auto": "As exact as is quick",
    "auto, filtered": "As exact as is quick, filtered",
    "quick": "Quick",
    "quick, filtered": "Quick, filtered",
}
KINDS = {
    "memory": "Every vector is compared in memory, so every answer is exact.",
    "none": "There is no index: every vector is compared, so every answer is exact, and slow where there are many.",
    "IVF_FLAT": "The index compares every vector unless you ask for quick answers, so answers are exact.",
}


def show_audit(workspace: Workspace, catalog: Catalog, name: str) -> None:
    """The latest audit of a collection and what it says, or how to make one."""
    found = current_audit(workspace.folder, name, workspace.catalog(name))
    kind = index_of(catalog)[0]
    said = KINDS.get(kind, "An index of quantised vectors is asked, which may miss a few of the nearest images.")
    st.markdown(said)
    under_way = [job for job in workspace.jobs.under_way() if job.kind == "audit" and job.collection == name]
    if under_way:
        st.fragment(_follow, run_every=EVERY_SECONDS)(workspace, name)
    else:
        label = "Measure" if found is None else "Measure again"
        st.button(label, icon=":material/speed:", on_click=_start, args=(workspace, name), key="audit")
    if found is None:
        st.caption("Not measured yet: 48 questions are asked, and their answers compared with exact ones.")
        return
    st.caption(told(found))
    st.dataframe([_row(one.point) for one in found.settings], hide_index=True)
    if found.curve:
        st.plotly_chart(curve(found), config=PLOTLY_CONFIG, key="audit curve")


@reporting
def _start(workspace: Workspace, name: str) -> None:
    start_audit(workspace, name, AuditRequest(), who())


def _follow(workspace: Workspace, name: str) -> None:
    jobs = [job for job in workspace.jobs.all(20) if job.kind == "audit" and job.collection == name][:1]
    for job in jobs:
        show_job(workspace, job)
    turn_when_ended(jobs)


def told(found: Audit) -> str:
    """What was asked, when, and with which filter."""
    asked = f"{number(found.image_questions)} images and {number(found.word_questions)} texts"
    when = ago(datetime.fromisoformat(found.at))
    filtered = f" Filtered: {plain(found.filter)} ({number(found.matching)})." if found.filter else ""
    images = f"of {number(found.images)} images"
    return f"Measured {when}: {asked} asked for their {number(found.k)} nearest {images}.{filtered}"


def _row(point: Point) -> dict[str, str]:
    return {
        "Asked": NAMES.get(point.label, point.label),
        "Answer": "exact" if point.exact else "approximate",
        "Recall": rounded_down(point.recall),
        "Worst question": rounded_down(point.worst),
        "Median": milliseconds(point.median_ms),
        "95 % within": milliseconds(point.p95_ms),
    }


def curve(found: Audit) -> go.Figure:
    """Return recall by time for more and more of the index's partitions, with what the choices of a person come to."""
    figure = go.Figure(
        go.Scatter(
            x=[point.median_ms for point in found.curve],
            y=[point.recall for point in found.curve],
            text=[point.label for point in found.curve],
            mode="lines+markers+text",
            textposition="bottom right",
            line={"color": LINE},
            marker={"color": LINE, "size": 7},
            hovertemplate="%{text} of the partitions: recall %{y:.4f} in %{x:.1f} ms<extra></extra>",
            cliponaxis=False,
        )
    )
    chosen = [one for one in found.settings if not one.filtered]
    figure.add_scatter(
        x=[one.point.median_ms for one in chosen],
        y=[one.point.recall for one in chosen],
        text=[NAMES[one.accuracy.value] for one in chosen],
        mode="markers+text",
        textposition="top left",
        marker={"color": ACCENT, "size": 11, "symbol": "diamond"},
        hovertemplate="%{text}: recall %{y:.4f} in %{x:.1f} ms<extra></extra>",
        cliponaxis=False,
    )
    figure.update_layout(layout("", height=HEIGHT_PX), showlegend=False, margin={"l": 56, "b": 44, "r": 60, "t": 24})
    figure.update_xaxes(title_text="Median, ms", rangemode="tozero", fixedrange=True, zeroline=False)
    figure.update_yaxes(title_text=f"Recall of {number(found.k)}", fixedrange=True, tickformat=".3f")
    return figure
