"""The map under a hand: what is drawn round on it is a filter, and belongs to the map that was on the screen."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlparse

import pytest
from conftest import served
from playwright.sync_api import Page, expect
from seen import open_page, settled

from core.ingest.plan import IngestRequest
from core.map.make import make_map
from core.map.request import MapRequest
from core.settings import Settings
from core.workspace import Workspace

pytestmark = pytest.mark.browser


@pytest.fixture
def space(tmp_path: Path, pictures: Path) -> Workspace:
    """A workspace of its own."""
    opened = Workspace.open(Settings(workspace=tmp_path / "workspace"))
    opened.ingest(IngestRequest(str(pictures), "sample"))
    return opened


@pytest.fixture
def address(space: Workspace) -> Iterator[str]:
    with served(space.folder) as base:
        yield base


def draw(page: Page) -> None:
    """Draw round the middle of the map."""
    box = page.locator(".st-key-map-plot .nsewdrag").first.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    corners = [(-150, -150), (150, -150), (150, 150), (-150, 150), (-150, -145)]
    page.mouse.move(x + corners[0][0], y + corners[0][1])
    page.mouse.down()
    for across, down in corners[1:]:
        page.mouse.move(x + across, y + down, steps=8)
    page.mouse.up()


def test_an_area_belongs_to_the_map_it_was_drawn_on(page: Page, space: Workspace) -> None:
    open_page(page, "/map?collection=sample")
    page.locator(".st-key-map-plot .nsewdrag").first.wait_for(state="attached")
    request = MapRequest("sample", "pca")  # while the preview is shown
    make_map(space.folder, space.collection("sample"), space.catalog("sample"), request)
    draw(page)
    expect(page.get_by_text("drawn on another map")).to_be_visible()
    settled(page)
    assert "where" not in page.url
    draw(page)
    page.wait_for_url(re.compile("where="))
    ((word, corners, key),) = json.loads(parse_qs(urlparse(page.url).query)["where"][0])
    assert (word, len(corners) > 3, len(key)) == ("within", True, 10)
