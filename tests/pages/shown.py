"""Reads what a page shows."""

import json
from typing import Any

from streamlit.testing.v1 import AppTest


def words(at: AppTest) -> str:
    """Everything a person can read on the page, markup included."""
    parts = [str(getattr(item, "value", "")) for item in at]
    return "\n".join(parts + [item.proto.body for item in at.get("html")])


def heading(at: AppTest) -> str:
    """The heading's HTML, or the title."""
    found = [item.proto.body for item in at.get("html") if "<h1" in item.proto.body]
    return found[0] if found else at.title[0].value


def sound(at: AppTest) -> AppTest:
    """The page as it is, after making sure that nothing went wrong on it."""
    assert not at.exception, [item.value for item in at.exception]
    assert not at.error, [item.value for item in at.error]
    return at


def told(at: AppTest) -> str:
    """What the page says went wrong; it must not be a fault of ours."""
    assert not at.exception, [item.value for item in at.exception]
    assert len(at.error) == 1
    assert "server's log" not in at.error[0].value.replace("\\", "")
    return at.error[0].value.replace("\\", "")


def linked(at: AppTest, name: str) -> str:
    """One parameter of the page's link."""
    value = at.query_params[name]
    return value if isinstance(value, str) else value[0]


def button(at: AppTest, label: str) -> Any:
    """The button with this label."""
    return next(item for item in at.button if item.label == label)


def sent(at: AppTest, kind: str) -> list[dict[str, Any]]:
    """What was sent to the browser components whose data has this key."""
    found = []
    for item in at.get("bidi_component"):
        data = json.loads(item.proto.mixed.json if item.proto.HasField("mixed") else item.proto.json)
        if kind in data:
            found.append(data)
    return found


def ids(at: AppTest) -> list[str]:
    """Ids of the images in the first gallery."""
    return [tile[0] for tile in sent(at, "tiles")[0]["tiles"]]


def click_facet(at: AppTest, column: str, chosen: list[str | None], turn: int = 1) -> AppTest:
    """Run the page as after a choice in one facet."""
    at.session_state["facets"] = {"turns": [{"turn": turn, "column": column, "chosen": chosen}]}
    return sound(at.run())
