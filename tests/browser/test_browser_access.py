"""Narrow windows, the keyboard alone, and what goes over the wire."""

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Response, expect
from seen import facet_value, heading, no_sideways_scroll, open_page, pictures_loaded, rerun, tiles
from visits import visit
from watch import Watched

pytestmark = pytest.mark.browser
PATHS = (
    "/",
    "/explore",
    "/explore?view=Table",
    "/explore?view=Charts",
    "/search",
    "/search?text=red+shoes",
    "/collection",
    "/collection?tab=Bring+in+more",
)


def test_nothing_is_wider_than_a_phone(chromium: Browser, address: str, watched: Watched) -> None:
    with visit(chromium, address, (390, 780)) as phone:
        page = phone.new_page()
        watched.watch(page)
        for path in PATHS:
            page.set_viewport_size({"width": 390, "height": 780})
            open_page(page, path)
            expect(heading(page)).to_be_visible()
            no_sideways_scroll(page)
            page.set_viewport_size({"width": 360, "height": 780})
            no_sideways_scroll(page)


def test_one_heading_of_the_first_level_and_a_name_for_every_picture(page: Page) -> None:
    for path in ("/", "/explore", "/search", "/search?text=red+shoes", "/collection"):
        open_page(page, path)
        expect(page.locator("h1")).to_have_count(1)
        assert page.locator("img:not([alt])").count() == 0


def test_the_keyboard_alone_is_enough(page: Page) -> None:
    open_page(page, "/explore")
    box = facet_value(page, "Men").locator("input")
    with rerun(page):
        box.focus()
        page.keyboard.press("Space")
    expect(heading(page)).to_contain_text("gender is Men")
    tiles(page).first.focus()
    page.keyboard.press("ArrowRight")
    expect(tiles(page).nth(1)).to_be_focused()
    with rerun(page):
        page.keyboard.press("Space")
    expect(page.get_by_text("1 image selected")).to_be_visible()
    expect(tiles(page).nth(1)).to_be_focused()
    with rerun(page):
        page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    with rerun(page):
        tiles(page).nth(1).focus()
        page.keyboard.press("m")
    expect(heading(page)).to_contain_text("most like image")
    with rerun(page):
        page.get_by_role("textbox", name="Search").focus()
        page.keyboard.press("Control+a")
        page.keyboard.type("watch")
        page.keyboard.press("Enter")
    expect(heading(page)).to_contain_text("most like “watch”")


def test_thumbnails_are_fetched_once(page: Page, watched: Watched) -> None:
    answers: list[Response] = []
    over_the_wire: list[str] = []
    page.on("response", lambda answer: answers.append(answer) if "/thumbnail" in answer.url else None)
    wire = page.context.new_cdp_session(page)
    wire.send("Network.enable")
    wire.on("Network.responseReceived", lambda event: over_the_wire.extend(_from_server(event["response"])))
    open_page(page, "/explore")
    expect(tiles(page)).to_have_count(60)
    pictures_loaded(page)
    assert answers
    for answer in answers:
        assert re.fullmatch(r'"[0-9a-f]{16}-thumbnail"', answer.headers["etag"])
        assert "immutable" in answer.headers["cache-control"]
        assert answer.headers["content-type"] == "image/webp"
    seen = {answer.url for answer in answers}
    over_the_wire.clear()
    for words in ("gender is Men", "All images"):
        with rerun(page):
            facet_value(page, "Men").click()
        expect(heading(page)).to_contain_text(words)
        pictures_loaded(page)
    assert not seen & set(over_the_wire)


def _from_server(response: dict[str, Any]) -> list[str]:
    """The address of an answer that did not come from the browser's own cache."""
    return [] if response.get("fromDiskCache") or response.get("fromPrefetchCache") else [str(response["url"])]


def test_the_first_page_comes_without_the_encoder(page: Page, address: str) -> None:
    open_page(page, "/")
    expect(page.get_by_role("textbox", name="Search")).to_be_visible()
    health = page.request.get(f"{address}/api/health").json()
    assert health["status"] == "ok"


def test_the_reader_can_choose_light_or_dark(page: Page) -> None:
    open_page(page, "/")
    page.get_by_test_id("stMainMenu").get_by_role("button").click()
    for name in ("System", "Light", "Dark"):
        expect(page.get_by_role("menuitemradio", name=name)).to_be_visible()
