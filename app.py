"""The front door: dashboard and API on one port. Start it with `vitrine serve` or `streamlit run app.py`."""

import streamlit as st

from api.app import api_mount
from ui.resources import open_workspace, supervised

app = st.App("ui/shell.py", routes=[api_mount(open_workspace)], lifespan=supervised)
