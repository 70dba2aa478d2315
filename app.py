"""The front door: dashboard and API on one port. Start it with `vitrine serve` or `streamlit run app.py`."""

import streamlit as st
from starlette.middleware import Middleware

from api.front import ApiFirst
from ui.resources import open_workspace, supervised

app = st.App("ui/shell.py", middleware=[Middleware(ApiFirst, workspace=open_workspace)], lifespan=supervised)
