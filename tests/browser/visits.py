"""A visitor's window, which knows when the page has answered what was done in it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, expect
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

WAIT_MS = 45_000
expect.set_options(timeout=WAIT_MS)
DESK = (1440, 900)
RUNS = Path(__file__).with_name("runs.js")


@contextmanager
def visit(browser: Browser, address: str, size: tuple[int, int] = DESK) -> Iterator[BrowserContext]:
    """A new visitor of the dashboard there, with a window of this width and height."""
    width, height = size
    with browser.new_context(viewport={"width": width, "height": height}, base_url=address) as made:
        made.set_default_timeout(WAIT_MS)
        made.add_init_script(RUNS.read_text(encoding="utf-8").replace("FIELDS", json.dumps(_numbers())))
        yield made


def _numbers() -> dict[str, int]:
    """Where in Streamlit's messages runs.js finds what it looks for."""
    places = {
        BackMsg: ["rerun_script"],
        ClientState: ["is_auto_rerun"],
        ForwardMsg: ["new_session", "script_finished"],
    }
    found = {name: kind.DESCRIPTOR.fields_by_name[name].number for kind, names in places.items() for name in names}
    return {**found, "FINISHED_EARLY_FOR_RERUN": ForwardMsg.FINISHED_EARLY_FOR_RERUN}
