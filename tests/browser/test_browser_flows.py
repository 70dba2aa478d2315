"""The main flows, as a person goes through them."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from seen import box_of, count_of, facet_value, heading, open_page, rerun, select, settled, tile_ids, tiles
from visits import visit

pytestmark = pytest.mark.browser
FIRST = "sample"


def test_the_first_page_leads_to_a_search(page: Page) -> None:
    open_page(page, "/")
    expect(heading(page)).to_have_text(FIRST)
    expect(tiles(page)).to_have_count(12)
    box = page.get_by_role("textbox", name="Search")
    box.fill("a red shirt")
    with rerun(page):
        box.press("Enter")
    expect(heading(page)).to_contain_text("most like “a red shirt”")
    expect(page).to_have_url(re.compile(r"/search\?.*text=a(\+|%20)red(\+|%20)shirt"))
    expect(tiles(page)).to_have_count(50)
    expect(tiles(page).first.locator(".score")).to_have_text(re.compile(r"^-?0\.\d\d$"))


def test_a_facet_changes_link_counts_and_gallery_and_the_link_can_be_copied(
    page: Page, chromium: Browser, address: str
) -> None:
    open_page(page, "/explore")
    men = facet_value(page, "Men")
    expected = count_of(men)
    with rerun(page):
        men.click()
    expect(heading(page)).to_contain_text(f"{expected} of 150 images")
    expect(page).to_have_url(re.compile("where="))
    expect(men.locator("input")).to_be_checked()
    expect(tiles(page)).to_have_count(min(expected, 60))
    shown = (heading(page).inner_text(), tile_ids(page), page.locator(".facets .count").all_inner_texts())
    with visit(chromium, address) as other:
        copy = other.new_page()
        open_page(copy, page.url)
        expect(heading(copy)).to_have_text(shown[0])
        expect(tiles(copy)).to_have_count(len(shown[1]))
        assert tile_ids(copy) == shown[1]
        expect(copy.locator(".facets .count")).to_have_count(len(shown[2]))
        assert sorted(copy.locator(".facets .count").all_inner_texts()) == sorted(shown[2])


def test_views_order_and_pages_are_in_the_link(page: Page) -> None:
    open_page(page, "/explore")
    first = tile_ids(page)
    with rerun(page):
        page.get_by_role("button", name="Next").click()
    expect(page).to_have_url(re.compile("page=2"))
    expect(tiles(page).first).not_to_have_attribute("data-id", first[0])
    with rerun(page):
        page.get_by_role("radio", name="Charts").click()
    expect(page.get_by_test_id("stPlotlyChart").first).to_be_visible()
    expect(page).to_have_url(re.compile("view=Charts"))
    with rerun(page):
        page.get_by_role("radio", name="Ten at random").click()
    expect(tiles(page)).to_have_count(10)
    before = tile_ids(page)
    with rerun(page):
        page.get_by_role("button", name="Draw again").click()
    expect(page).to_have_url(re.compile("seed=1"))
    expect(tiles(page).first).not_to_have_attribute("data-id", before[0])
    with rerun(page):
        page.get_by_role("radio", name="Table").click()
    expect(page.get_by_test_id("stDataFrame")).to_be_visible()
    page.reload()
    settled(page)
    expect(page.get_by_test_id("stDataFrame")).to_be_visible()


def test_details_open_and_lead_to_more_like_this(page: Page) -> None:
    open_page(page, "/explore")
    first = tile_ids(page)[0]
    with rerun(page):
        tiles(page).first.locator(".picture").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text(first)
    picture = dialog.locator("img").first
    expect(picture).to_have_attribute("src", re.compile("/original"))
    page.wait_for_function("element => element.complete && element.naturalWidth > 0", arg=picture.element_handle())
    with rerun(page):
        dialog.get_by_role("button", name="More like this").click()
    expect(heading(page)).to_contain_text(f"most like image {first}")
    expect(page).to_have_url(re.compile(r"/search\?.*like="))
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_more_like_this_below_a_picture(page: Page) -> None:
    open_page(page, "/search")
    expect(tiles(page)).to_have_count(12)
    first = tile_ids(page)[0]
    with rerun(page):
        tiles(page).first.hover()
        tiles(page).first.get_by_role("button", name=re.compile("More like")).click()
    expect(heading(page)).to_contain_text(f"most like image {first}")
    assert first not in tile_ids(page)


def test_a_picture_is_dropped(page: Page, pictures: Path) -> None:
    open_page(page, "/search")
    given = sorted(pictures.rglob("*.jpg"))[3]
    with rerun(page):
        page.locator("input[type=file]").set_input_files(given)
    expect(heading(page)).to_contain_text("most like the given picture")
    expect(page).to_have_url(re.compile("image=[0-9a-f]{64}"))
    expect(tiles(page).first).to_have_attribute("data-id", given.stem)
    page.reload()
    settled(page)
    expect(tiles(page).first).to_have_attribute("data-id", given.stem)
    page.get_by_role("button", name="By a picture").click()
    with rerun(page):
        page.locator("input[type=file]").set_input_files(sorted(pictures.rglob("*.jpg"))[7])
    expect(tiles(page).first).to_have_attribute("data-id", sorted(pictures.rglob("*.jpg"))[7].stem)


def test_a_file_that_is_no_picture_is_told(page: Page, tmp_path: Path) -> None:
    open_page(page, "/search")
    (tmp_path / "bad.png").write_bytes(b"nothing")
    with rerun(page):
        page.locator("input[type=file]").set_input_files(tmp_path / "bad.png")
    expect(page.get_by_test_id("stAlert").first).to_be_visible()
    expect(tiles(page)).to_have_count(12)


def test_two_images_are_selected_deleted_and_put_back(page: Page) -> None:
    open_page(page, "/explore")
    top = box_of(tiles(page).first)
    chosen = select(page, 2)
    expect(page.get_by_text("2 images selected")).to_be_in_viewport()
    assert box_of(tiles(page).first) == top
    with rerun(page):
        page.get_by_role("button", name="Delete 2").click()
    expect(page.get_by_text("2 images deleted")).to_be_visible()
    expect(heading(page)).to_contain_text("148 images")
    assert not set(chosen) & set(tile_ids(page))
    with rerun(page):
        page.get_by_role("button", name="Undo").click()
    expect(heading(page)).to_contain_text("150 images")
    expect(page.get_by_role("button", name="Undo")).to_have_count(0)


def test_a_link_that_makes_no_sense_is_told_and_left_behind(page: Page) -> None:
    open_page(page, "/explore?where=%5B%5B%22nope%22%2C%22in%22%2C%5B1%5D%5D%5D")
    expect(page.get_by_test_id("stAlert")).to_contain_text("nope")
    with rerun(page):
        page.get_by_role("link", name="Search").click()
    with rerun(page):
        page.get_by_role("button", name="Start again").click()
    expect(page.get_by_test_id("stAlert")).to_have_count(0)
    expect(tiles(page)).to_have_count(12)
    open_page(page, "/?collection=nobody")
    expect(page.get_by_test_id("stAlert")).to_contain_text("nobody")
    with rerun(page):
        page.get_by_role("button", name="Start again").click()
    expect(heading(page)).to_have_text(FIRST)
