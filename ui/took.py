"""“Took 14 ms”: a small line below a result that opens where that time went."""

from collections.abc import Sequence
from html import escape

import streamlit as st

from core.timing import Step, Timings, listener, together
from ui.words import milliseconds, number

NAMES = {
    "sql": "SQL",
    "vectors": "Vector search",
    "fetch": "Fetch rows",
    "encode": "Encode",
    "mirror": "Read the metadata",
    "load vectors": "Load the vectors",
    "load hashes": "Load the hashes",
    "parts": "Parts of the scores",
}
"""What steps are called where their own name says too little."""
DEEPEST = 4  # indents


def took(timings: Timings, wall_ms: float | None = None) -> None:
    """What an answer cost, by its wall time where that is known; opens its steps, and what the page's run took."""
    total = timings.total if wall_ms is None else wall_ms
    with st.popover(f"Took {milliseconds(total)}", type="tertiary", icon=":material/timer:", width="content"):
        show_steps(together(timings.steps), total)
        page = listener()
        if page is not None and page is not timings:
            st.caption(page_words(page))


def show_steps(steps: Sequence[Step], total_ms: float) -> None:
    """Each step with its rows and its share of the whole."""
    if not steps:
        st.caption("No steps: this was answered from memory.")
        return
    st.html(breakdown(steps, total_ms))


def breakdown(steps: Sequence[Step], total_ms: float) -> str:
    """A table of steps: what ran inside of another is indented; what none of them was is the rest."""
    rest = total_ms - sum(item.milliseconds for item in steps if item.depth == 0)
    lines = [_line(item, total_ms) for item in steps]
    if rest > 0.005 * total_ms and rest > 0.05:
        lines.append(_line(Step("everything else", rest), total_ms))
    words = ("Step", "Rows in", "Rows out", "Time")
    head = "".join(f'<th scope="col">{word}</th>' for word in words) + '<th scope="col" class="share">Share</th>'
    return f'<table class="steps"><thead><tr>{head}</tr></thead><tbody>{"".join(lines)}</tbody></table>'


def page_words(page: Timings) -> str:
    """How long this run of the page has taken so far, and how much of it was drawing."""
    asked = page.total
    return (
        f"The page has taken {milliseconds(page.elapsed)} so far: {milliseconds(asked)} for everything it asked, "
        f"{milliseconds(max(0.0, page.elapsed - asked))} to draw it."
    )


def step_name(name: str) -> str:
    """A step's name in words."""
    return NAMES.get(name, name[:1].upper() + name[1:])


def _line(item: Step, total_ms: float) -> str:
    share = min(1.0, item.milliseconds / total_ms) if total_ms > 0 else 0.0
    times = f" <small>× {number(item.times)}</small>" if item.times > 1 else ""
    bar = f'<span class="bar" style="width: {100 * share:.1f}%"></span>'
    cells = (_rows(item.rows_in), _rows(item.rows_out), milliseconds(item.milliseconds))
    return (
        f'<tr><th scope="row" class="deep{min(item.depth, DEEPEST)}">{escape(step_name(item.name))}{times}</th>'
        + "".join(f"<td>{cell}</td>" for cell in cells)
        + f'<td class="share" aria-label="{100 * share:.0f}%">{bar}</td></tr>'
    )


def _rows(count: int | None) -> str:
    return "–" if count is None else number(count)
