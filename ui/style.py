"""The few lines of page style that Streamlit's theme has no setting for."""

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
[data-testid="stTab"][aria-selected="true"], [data-testid="stSliderThumbValue"] { color: inherit !important; }
[data-testid="stMarkdownContainer"] table { width: 100%; font-size: 0.9rem; }
[data-testid="stMarkdownContainer"] table :is(th, td) { border-width: 0 0 1px; padding: 0.3rem 0.2rem; }
[data-testid="stMarkdownContainer"] td { overflow-wrap: anywhere; }
@media (max-width: 40rem) {
  [data-testid="stMainBlockContainer"] { padding: 4.25rem 1rem 3rem; }
}
@media (prefers-reduced-motion: reduce) {
  .stApp * { animation-duration: 0.01ms !important; transition-duration: 0.01ms !important; }
}
"""


def inject_style() -> None:
    """Put the style into the page; the shell calls this once a run."""
    st.html(f"<style>{STYLE}</style>")
