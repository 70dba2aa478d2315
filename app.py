"""The front door: dashboard and API on one port. Start it with `vitrine serve` or `streamlit run app.py`."""

import streamlit as st
from starlette.routing import Mount

from api.app import create_api
from ui.resources import open_workspace

app = st.App("ui/shell.py", routes=[Mount("/api", app=create_api(open_workspace))])
