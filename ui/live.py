"""What this workspace's answers cost: over time, by kind, and the slowest with their recipes."""

from datetime import UTC, datetime, timedelta

import streamlit as st

from core.collection.catalog import Catalog
from core.export.timings import as_csv, as_parquet
from core.query.recipe import Recipe
from core.timings.figures import KindFigures, by_kind, over_time
from core.timings.record import ASKED_AGAIN, KINDS
from core.timings.store import Point, Wanted
from core.workspace import Workspace
from ui.charts import saving
from ui.livechart import answers_over_time
from ui.question import remember
from ui.slowest import show_slowest
from ui.words import milliseconds, number, plural

SPANS = {"Hour": timedelta(hours=1), "Day": timedelta(days=1), "Week": timedelta(days=7), "All": None}
USUAL_SPAN = "Day"
ANSWERS = "answers"  # the kinds that a person waits for
HERE, EVERYWHERE = "This collection", "All collections"
PARQUET = "application/vnd.apache.parquet"


def show_live(workspace: Workspace, catalog: Catalog, name: str, recipe: Recipe) -> None:
    """The period and the kind, then the chart, the percentiles, and the slowest."""
    with st.container(horizontal=True, vertical_alignment="center", key="live-tools"):
        since = _since(_choice("since", "Period", list(SPANS), USUAL_SPAN))
        everywhere = len(workspace.names()) > 1 and _choice("of", "Of", [HERE, EVERYWHERE], HERE) == EVERYWHERE
        wanted = Wanted(collection=None if everywhere else name, since=since)
        points = workspace.timings.points(wanted)
        kind = _kind_box(points)
        _files(workspace, wanted)
        st.button("Look again", icon=":material/refresh:", type="tertiary")
    _explain(workspace)
    kinds = tuple(ASKED_AGAIN) if kind == ANSWERS else (kind,)
    shown = [point for point in points if point.kind in kinds]
    if not shown:
        st.info(
            "Nothing was asked in this time. Ask something on Explore or Search, or choose a longer period.",
            icon=":material/timer:",
        )
    else:
        figure = answers_over_time(shown, over_time(shown))
        alt = f"Time that {plural(len(shown), 'answer')} took"
        st.plotly_chart(figure, config=saving(f"{name}-timings"), key="live chart", theme=None, alt=alt)
    if points:
        st.dataframe([_row(one) for one in by_kind(points)], hide_index=True)
    if shown:
        st.subheader("The slowest", anchor=False)
        show_slowest(workspace, Wanted(kinds, wanted.collection, since))


def _choice(name: str, label: str, offered: list[str], usual: str) -> str:
    """One of a few, kept in the URL."""
    asked = str(st.query_params.get(name, usual))
    st.session_state[f"live {name}"] = asked if asked in offered else usual

    def changed() -> None:
        value = st.session_state[f"live {name}"] or usual
        remember(**{name: None if value == usual else value})

    st.segmented_control(
        label, offered, key=f"live {name}", on_change=changed, label_visibility="collapsed", required=True
    )
    return str(st.session_state[f"live {name}"] or usual)


def _kind_box(points: list[Point]) -> str:
    """What the chart and the list are of, kept in the URL; answers unless another kind is asked for."""
    there = {point.kind for point in points}
    offered = [ANSWERS, *(kind for kind in KINDS if kind in there)]
    asked = str(st.query_params.get("kind", ANSWERS))
    st.session_state["live kind"] = asked if asked in offered else ANSWERS

    def changed() -> None:
        kind = st.session_state["live kind"]
        remember(kind=None if kind == ANSWERS else kind)

    labels = {ANSWERS: "Queries and searches", **KINDS}
    st.selectbox(
        "Kind",
        offered,
        key="live kind",
        on_change=changed,
        format_func=labels.__getitem__,
        label_visibility="collapsed",
        width=210,
    )
    return str(st.session_state["live kind"])


def _files(workspace: Workspace, wanted: Wanted) -> None:
    """Every record of the period to take along."""
    with st.popover("Save", icon=":material/download:", type="tertiary", width="content"):
        for label, suffix, mime, make in (
            ("CSV", "csv", "text/csv", lambda: as_csv(workspace.timings.records(wanted))),
            ("Parquet", "parquet", PARQUET, lambda: as_parquet(workspace.timings.records(wanted))),
        ):
            st.download_button(
                f"Every answer as {label}", make, file_name=f"timings.{suffix}", mime=mime, on_click="ignore"
            )
        st.caption("A row for each, its steps in columns. Also: vitrine timings --out FILE.")


def _explain(workspace: Workspace) -> None:
    kept = workspace.settings.timings_kept
    if kept:
        st.caption(f"Wall time where it was answered. The last {number(kept)} are kept, of every front end and worker.")
    else:
        st.caption("The workspace keeps none (VITRINE_TIMINGS_KEPT is 0): these are this server's last thousand.")


def _since(span: str) -> str:
    length = SPANS[span]
    return "" if length is None else (datetime.now(UTC) - length).isoformat(timespec="milliseconds")


def _row(one: KindFigures) -> dict[str, object]:
    return {
        "Kind": KINDS.get(one.kind, one.kind),
        "Answers": one.count,
        "Median": milliseconds(one.p50),
        "95 % within": milliseconds(one.p95),
        "99 % within": milliseconds(one.p99),
        "Slowest": milliseconds(one.slowest),
    }
