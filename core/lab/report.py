"""One HTML file with a run's figures as plots: it needs nothing beside itself, and no network."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import plotly.graph_objects as go
import plotly.io

from core.lab.compare import Comparison
from core.lab.questions import CROSSTAB, FACETS, PAGES, SAMPLES

OWN, OTHER = "#1e8079", "#9aa3a3"
UNITS = {"_ms": "ms", "_s": "s", "_mb": "MB"}
TITLES = {
    FACETS: "All facets of a filtered result",
    PAGES: "A sorted page of 100, at any depth",
    SAMPLES: "Ten at random",
    CROSSTAB: "A cross-tab",
    "search_ms": "Search, top 50",
    "search_filtered_ms": "Search within 2 % of the images",
    "quick_ms": "Quick search",
    "open_s": "Opening",
    "index_build_s": "Making the index",
    "rss_mb": "Memory",
}
PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
body {{ font: 15px/1.5 system-ui, sans-serif; color: #1f2626; background: #fff; max-width: 60rem; margin: 2rem auto;
  padding: 0 1rem; }}
h1 {{ font-size: 1.5rem; }} h2 {{ font-size: 1.1rem; margin: 2rem 0 0; }}
p, td, th {{ color: inherit; }} .quiet {{ color: #5b6464; }}
table {{ border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }}
th, td {{ text-align: left; padding: .25rem .75rem .25rem 0; border-bottom: 1px solid #e4e8e8; }}
td.n, th.n {{ text-align: right; }} .bad {{ color: #9a5b0f; font-weight: 600; }}
</style></head><body>
<h1>{title}</h1>
<p class="quiet">{subtitle}</p>
{body}
</body></html>
"""


def html_report(run: Mapping[str, Any], comparison: Comparison | None = None) -> str:
    """A page with a chart for each figure that has baselines, the table of all, and the comparison."""
    parts = [_table(run)]
    if comparison is not None:
        parts.append(_compared(comparison))
    charts = [chart for name in TITLES if name in run["figures"] for chart in [figure_chart(run, name)] if chart]
    for place, (title, chart) in enumerate(charts):
        script = "inline" if place == 0 else False  # plotly itself, once
        drawn = plotly.io.to_html(chart, include_plotlyjs=script, full_html=False, config={"displaylogo": False})
        parts.append(f"<h2>{escape(title)}</h2>\n{drawn}")
    machine = run.get("machine", {})
    facts = [f"{machine.get('cores')} cores", machine.get("processor"), f"{machine.get('memory_mb', 0):,} MB"]
    libraries = [f"{name} {number}" for name, number in run.get("versions", {}).items()]
    subtitle = ", ".join(str(fact) for fact in (run.get("at"), *facts, *libraries) if fact)
    kind = f"enlarged from “{run['collection']}”" if run.get("collection") else "made up"
    title = f"Vitrine with {run['rows']:,} images ({kind})"
    return PAGE.format(title=escape(title), subtitle=escape(subtitle), body="\n".join(parts))


def figure_chart(run: Mapping[str, Any], name: str) -> tuple[str, go.Figure] | None:
    """One figure beside every baseline that has it, as bars on a logarithmic axis; None where there is no baseline."""
    rows = [("Vitrine", float(run["figures"][name]), _recall(run["figures"], name))]
    for held in run.get("baselines", {}).values():
        if isinstance(held.get(name), int | float):
            rows.append((str(held.get("what", "")), float(held[name]), _recall(held, name)))
    if len(rows) < 2:
        return None
    unit = next(unit for end, unit in UNITS.items() if name.endswith(end))
    texts = [f"{value:,.4g} {unit}{recall}" for _, value, recall in rows]
    figure = go.Figure(
        go.Bar(
            x=[max(value, 1e-3) for _, value, _ in rows],
            y=list(range(len(rows))),
            orientation="h",
            text=texts,
            textposition="auto",
            marker_color=[OWN] + [OTHER] * (len(rows) - 1),
            hoverinfo="text",
        )
    )
    figure.update_layout(height=60 + 34 * len(rows), margin={"l": 8, "r": 8, "t": 8, "b": 32}, showlegend=False)
    figure.update_layout(paper_bgcolor="#fff", plot_bgcolor="#fff", font={"size": 12})
    figure.update_xaxes(type="log", title_text=f"{unit}, logarithmic", gridcolor="#e4e8e8")
    labels = [escape(label) for label, _, _ in rows]
    figure.update_yaxes(tickvals=list(range(len(rows))), ticktext=labels, autorange="reversed", automargin=True)
    return TITLES[name], figure


def _recall(held: Mapping[str, Any], name: str) -> str:
    found = held.get(f"{name.removesuffix('_ms')}_recall") if name.endswith("_ms") else None
    return f", recall {float(found):.4f}" if isinstance(found, int | float) else ""


def _table(run: Mapping[str, Any]) -> str:
    spreads, words = run.get("spreads", {}), run.get("meaning", {})
    lines = []
    for name, value in run["figures"].items():
        held = spreads.get(name)
        between = f"{held['low']:,.4g} to {held['p95']:,.4g}, {held['runs']} runs" if held else ""
        lines.append((name, f"{value:,.4g}", between, words.get(name, "")))
    for name, held in run.get("baselines", {}).items():
        if reason := held.get("absent") or held.get("failed"):
            lines.append((name, "", "", str(reason)))
    return _lines(("Figure", "Median", "Low to 95 %", "What it is"), lines)


def _compared(comparison: Comparison) -> str:
    lines = [
        (one.figure, f"{one.old:,.4g}", f"{one.new:,.4g}", "" if one.ratio is None else f"{one.ratio:.2f}", one.verdict)
        for one in comparison.changes
    ]
    notes = "".join(f"<p class='quiet'>{escape(note)}</p>" for note in comparison.notes)
    bad = {one.figure for one in comparison.regressions}
    return f"<h2>Beside the earlier run</h2>{notes}" + _lines(("Figure", "Before", "Now", "Ratio", ""), lines, bad)


def _lines(head: Sequence[str], lines: Sequence[Sequence[str]], bad: set[str] | frozenset[str] = frozenset()) -> str:
    shown = "".join(f"<th>{escape(name)}</th>" for name in head)
    rows = [
        f"<tr{' class=bad' if line[0] in bad else ''}>" + "".join(f"<td>{escape(cell)}</td>" for cell in line) + "</tr>"
        for line in lines
    ]
    return f"<table><tr>{shown}</tr>{''.join(rows)}</table>"
