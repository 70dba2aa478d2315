"""The few lines of page style that Streamlit's theme has no setting for."""

from html import escape

import streamlit as st

STYLE = """
.stApp { font-variant-numeric: tabular-nums; }
[data-testid="stMainBlockContainer"] { max-width: 110rem; padding: 3.75rem 2rem 4rem; }
[data-testid="stSidebarUserContent"] { padding-bottom: 2rem; }
[data-testid="stMainBlockContainer"] [data-testid="stVerticalBlock"] { gap: 0.75rem; }
[data-testid="stHeadingWithActionElements"] :is(h1, h2, h3) { letter-spacing: -0.01em; }
[data-testid="stPlotlyChart"] :is(.cartesianlayer, .infolayer, .hoverlayer) text {
  fill: currentColor !important;
  fill-opacity: 1 !important;
  font-variant-numeric: tabular-nums;
}
.strip { display: block; width: 100%; height: 26px; margin-bottom: -1.9rem; }
.strip .whole { fill: currentColor; opacity: 0.16; }
.strip .found { fill: #1e8079; opacity: 0.75; }
[data-testid="stPlotlyChart"] .nsewdrag { touch-action: pan-y !important; }
[class*="st-key-term-"] { padding: 0.4rem 0.75rem; }
.st-key-sql-editor textarea { font-family: ui-monospace, Menlo, Consolas, monospace; }
.asked { margin: 0; padding: 0; font-size: 1.375rem; line-height: 1.3; font-weight: 600; overflow-wrap: anywhere; }
.asked { display: flex; flex-wrap: wrap; align-items: baseline; column-gap: 0.75rem; }
.asked small { font-size: 0.9375rem; font-weight: 400; opacity: 0.75; white-space: nowrap; }
.st-key-synonyms { gap: 0 1rem !important; }
.st-key-synonyms button { min-height: 1.75rem; padding-block: 0; }
.st-key-overview-search input { font-size: 1.0625rem; padding-block: 0.8rem; }
.st-key-overview-search [data-testid="stTextInputRootElement"] { height: auto; }
.st-key-text-filter > :first-child [data-baseweb="select"] > div { border-radius: 6px 6px 0 0; border-bottom-width: 0; }
.st-key-text-filter [data-testid="stColumn"] [data-baseweb="select"] > div { border-radius: 0 0 0 6px; }
.st-key-text-filter [data-testid="stColumn"] { min-width: 0; flex: 1 1 0; }
.st-key-text-filter [data-testid="stTextInputRootElement"] { border-radius: 0 0 6px 0; border-left-width: 0; }
[data-testid="stLayoutWrapper"]:has(> .st-key-selection) { position: sticky; bottom: 1rem; z-index: 5; }
.st-key-selection-bar, .st-key-undo-bar {
  background: var(--background-color, Canvas);
  border-radius: 6px;
  box-shadow: 0 4px 24px rgba(0, 0, 0, 0.18);
}
[data-testid="stAlertContainer"]:has([data-testid="stAlertContentInfo"]) {
  background: rgba(128, 134, 134, 0.12);
  color: inherit;
}
[data-variant="segmented_control"][aria-checked="true"] { color: inherit !important; font-weight: 600; }
[data-testid="stTab"][aria-selected="true"], [data-testid="stSliderThumbValue"] { color: inherit !important; }
[data-testid="stPopoverButton"][aria-expanded="true"] { color: inherit !important; }
[data-testid="stMarkdownContainer"] table { width: 100%; font-size: 0.9rem; }
[data-testid="stMarkdownContainer"] table :is(th, td) { border-width: 0 0 1px; padding: 0.3rem 0.2rem; }
[data-testid="stMarkdownContainer"] td { overflow-wrap: anywhere; }
.steps { border-collapse: collapse; font-size: 0.875rem; min-width: 22rem; }
.steps :is(th, td) { padding: 0.2rem 0.6rem 0.2rem 0; text-align: right; font-weight: 400; white-space: nowrap; }
.steps :is(th:first-child, .share) { text-align: left; }
.steps thead th { font-size: 0.8125rem; opacity: 0.75; }
.steps tr > .deep1 { padding-left: 0.9rem; }
.steps tr > .deep2 { padding-left: 1.8rem; }
.steps tr > :is(.deep3, .deep4) { padding-left: 2.7rem; }
.steps .share { width: 6rem; padding-right: 0; }
.steps .bar { display: block; height: 0.6rem; min-width: 1px; border-radius: 2px; background: #1e8079; }
.st-key-map-plot .annotation-text {
  paint-order: stroke;
  stroke: var(--background-color, Canvas);
  stroke-width: 4px;
  stroke-linejoin: round;
  font-family: inherit !important;
  font-weight: 600 !important;
}
.field-error { margin: -0.4rem 0 0; padding: 0; font-size: 0.875rem; font-weight: 600; color: #b3261e; }
.field-error { color: light-dark(#b3261e, #ff9a90); overflow-wrap: anywhere; }
[class*="st-key-row-"] { flex-wrap: nowrap; align-items: flex-start; }
[class*="st-key-row-"] > [class*="st-key-acts-"] { padding-top: 0.15rem; }
[class*="st-key-acts-"] [data-testid="stMarkdownContainer"] {
  position: absolute;
  width: 1px;
  height: 1px;
  overflow: hidden;
  clip-path: inset(50%);
}
[class*="st-key-acts-"] button > div > [aria-hidden="true"] { display: none; }
[class*="st-key-inside-"] { margin-left: 0.75rem; padding-left: 0.75rem; width: calc(100% - 0.75rem) !important; }
[class*="st-key-inside-"] { border-left: 2px solid rgba(128, 134, 134, 0.3); }
[class*="st-key-pair-"] { flex-wrap: nowrap; }
[class*="st-key-pair-"] [data-testid^="stNumberInputStep"] { display: none; }
@media (max-width: 40rem) {
  [data-testid="stMainBlockContainer"] { padding: 4.25rem 1rem 3rem; }
  .st-key-order, .st-key-views-bar { gap: 0.5rem; }
  .steps { min-width: 0; font-size: 0.8125rem; }
  .steps .share { width: 3rem; }
  .st-key-order button { padding-inline: 0.5rem; }
}
@media (prefers-reduced-motion: reduce) {
  .stApp * { animation-duration: 0.01ms !important; transition-duration: 0.01ms !important; }
}
"""


def inject_style() -> None:
    """Put the style into the page; the shell calls this once a run."""
    st.html(f"<style>{STYLE}</style>")


def heading(text: str, answer: str = "") -> None:
    """The page's heading and, smaller beside it, the answer's size; shown letter for letter."""
    beside = f" <small>{escape(answer)}</small>" if answer else ""
    st.html(f'<h1 class="asked">{escape(text)}{beside}</h1>')
