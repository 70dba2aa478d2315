"""A search by several terms: added, weighted, drawn on, and where relevance ends."""

import json
import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect
from seen import box_of, heading, open_page, rerun, tile_ids, tiles, unfold

pytestmark = pytest.mark.browser


def terms(page: Page) -> list[list[object]]:
    """The terms of the page's link."""
    found: list[list[object]] = json.loads(parse_qs(urlsplit(page.url).query)["terms"][0])
    return found


def test_words_to_be_unlike_and_a_picture_are_added(page: Page, pictures: Path) -> None:
    open_page(page, "/search?collection=sample&text=blue+shirt")
    page.get_by_role("button", name="Add").click()
    box = page.get_by_test_id("stChatInputTextArea")
    box.fill("-striped")
    with rerun(page):
        box.press("Enter")
    expect(heading(page)).to_contain_text("most like “blue shirt”, unlike “striped”")
    page.get_by_test_id("stChatInput").locator("input[type=file]").set_input_files(sorted(pictures.rglob("*.jpg"))[3])
    with rerun(page):
        page.get_by_test_id("stChatInputSubmitButton").click()
    expect(heading(page)).to_contain_text("most like “blue shirt” and the given picture, unlike “striped”")
    assert [term[0] for term in terms(page)] == ["text", "text", "image"]
    expect(tiles(page).first.locator(".score")).to_have_text(
        re.compile(r"^-?0\.\d\d = −?\.\d\d [−+] \.\d\d [−+] \.\d\d$")
    )


def test_a_picture_is_pasted(page: Page, pictures: Path) -> None:
    open_page(page, "/search?collection=sample&text=blue+shirt")
    page.get_by_role("button", name="Add").click()
    data = list(sorted(pictures.rglob("*.jpg"))[3].read_bytes())
    page.get_by_test_id("stChatInputTextArea").evaluate(
        """(element, data) => {
            const clipboard = new DataTransfer();
            clipboard.items.add(new File([new Uint8Array(data)], "pasted.jpg", { type: "image/jpeg" }));
            element.focus();
            element.dispatchEvent(new ClipboardEvent("paste", { clipboardData: clipboard, bubbles: true }));
        }""",
        data,
    )
    with rerun(page):
        page.get_by_test_id("stChatInputSubmitButton").click()
    expect(heading(page)).to_contain_text("most like “blue shirt” and the given picture")


def test_a_part_is_drawn_on_a_picture(page: Page) -> None:
    open_page(page, "/search?collection=sample")
    first = tile_ids(page)[0]
    open_page(page, f"/search?collection=sample&like={first}")
    with rerun(page):
        page.get_by_role("button", name="Part", exact=True).click()
    dialog = page.get_by_role("dialog")
    picture = dialog.locator(".nsewdrag").first
    expect(picture).to_be_visible()
    with rerun(page):
        box = box_of(picture)
        page.mouse.move(box["x"] + 0.2 * box["width"], box["y"] + 0.3 * box["height"])
        page.mouse.down()
        page.mouse.move(box["x"] + 0.5 * box["width"], box["y"] + 0.5 * box["height"], steps=4)
        page.mouse.move(box["x"] + 0.7 * box["width"], box["y"] + 0.8 * box["height"], steps=4)
        page.mouse.up()
    expect(dialog.get_by_text("70", exact=True).first).to_be_visible()
    with rerun(page):
        dialog.get_by_role("button", name="Search by this part").click()
    expect(heading(page)).to_contain_text(f"most like part of image {first}")
    left, top, right, bottom = terms(page)[0][3]  # type: ignore[misc]
    for edge, wanted in zip((left, top, right, bottom), (0.2, 0.3, 0.7, 0.8), strict=True):
        assert abs(edge - wanted) < 0.03


def test_nonsense_has_no_good_match_and_a_threshold_leaves_images_out(page: Page) -> None:
    open_page(page, "/search?collection=sample&text=zxcv")
    expect(page.get_by_test_id("stAlert").first).to_contain_text("No good match")
    open_page(page, "/search?collection=sample&text=blue+shirt&n=250")
    expect(page.get_by_test_id("stAlert")).to_have_count(0)
    before = len(tile_ids(page))
    leave = page.get_by_role("button", name="Leave the rest out")
    unfold(page, "Where relevance ends")
    with rerun(page):
        leave.click()
    expect(page).to_have_url(re.compile("min="))
    assert 0 < len(tile_ids(page)) < before
