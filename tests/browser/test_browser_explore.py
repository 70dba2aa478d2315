"""Explore: what is typed, left out, clicked in a chart or sorted in the table is one question in the link."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect
from seen import box_of, count_of, downloaded, facet_value, heading, open_page, rerun, settled, tile_ids, tiles

pytestmark = pytest.mark.browser
FIRST_ROW_PX, TICK_PX, FIRST_HEADER_PX = 50, 16, 55
"""In the table: the middle of the first row, of the ticks, and a place in the first column's header."""


def line(page: Page) -> Locator:
    """Where the whole filter is typed."""
    return page.get_by_role("combobox", name="Filter, as text")


def editor(page: Page) -> Locator:
    """Where one condition is typed."""
    return page.get_by_role("combobox", name="Condition, as text")


def chips(page: Page) -> Locator:
    return page.locator(".querybar .chip .words")


def chart(page: Page, title: str) -> Locator:
    """The chart with this title, once it is drawn."""
    exact = page.locator(".gtitle", has_text=re.compile(f"^{title}$"))
    found = page.get_by_test_id("stPlotlyChart").filter(has=exact)
    expect(found).to_have_count(1)
    return found


def table(page: Page) -> Locator:
    """Where the table is clicked, once it is drawn."""
    frame = page.get_by_test_id("stDataFrame")
    expect(frame.locator("canvas [role='gridcell']").first).to_be_attached()
    return frame.locator(".dvn-scroller")


def press(page: Page, place: Locator) -> None:
    """Click where something is drawn, whatever lies over it to catch the click."""
    box = box_of(place)
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


def enter(page: Page, box: Locator, text: str) -> None:
    """Ask for what is typed."""
    box.fill(text)
    with rerun(page):
        box.press("Enter")


def test_a_filter_is_typed_with_completion_and_a_slip_is_pointed_at(page: Page) -> None:
    open_page(page, "/explore?collection=sample")
    line(page).press_sequentially("gend")
    expect(page.get_by_role("option", name="gender", exact=True)).to_be_visible()
    line(page).press("Tab")
    expect(line(page)).to_have_value("gender")
    line(page).press_sequentially("=Wo")
    expect(page.get_by_role("option", name="Women", exact=True)).to_be_visible()
    line(page).press("Tab")
    expect(line(page)).to_have_value("gender=Women")
    with rerun(page):
        line(page).press("Enter")
    expect(heading(page)).to_contain_text("Images whose gender is Women")
    expect(chips(page)).to_have_text(["gender is Women"])
    expect(page).to_have_url(re.compile("where=.*Women"))
    enter(page, line(page), "gendr=Women")
    slip = page.locator(".querybar .error")
    expect(slip).to_contain_text("gendr")
    expect(slip).to_contain_text("gender")
    expect(slip.locator("pre")).to_contain_text("^")
    expect(line(page)).to_have_value("gendr=Women")
    expect(heading(page)).to_contain_text("Images whose gender is Women")


def test_chips_are_changed_joined_turned_and_taken_away(page: Page) -> None:
    open_page(page, "/explore?collection=sample")
    enter(page, line(page), "gender=Women")
    chips(page).click()
    expect(editor(page)).to_have_value("gender=Women")
    enter(page, editor(page), "gender=Men")
    expect(chips(page)).to_have_text(["gender is Men"])
    expect(heading(page)).to_contain_text("Images whose gender is Men")
    chips(page).click()
    page.locator(".querybar").get_by_role("button", name="Or …").click()
    enter(page, editor(page), "season=Winter")
    expect(heading(page)).to_contain_text(re.compile(r"gender is Men or .*season is Winter"))
    expect(page.locator(".querybar .group .chip")).to_have_count(2)
    either = page.url
    with rerun(page):
        page.get_by_role("button", name="or: change to and").click()
    expect(heading(page)).to_contain_text(re.compile(r"gender is Men and .*season is Winter"))
    expect(chips(page)).to_have_count(2)
    assert page.url != either
    with rerun(page):
        page.get_by_role("button", name="Remove: season is Winter").click()
    expect(chips(page)).to_have_text(["gender is Men"])
    shown = heading(page).inner_text()
    page.reload()
    settled(page)
    expect(heading(page)).to_have_text(shown)
    expect(line(page)).to_have_value("gender=Men")
    with rerun(page):
        page.get_by_role("button", name="Remove: gender is Men").click()
    expect(chips(page)).to_have_count(0)
    expect(page).not_to_have_url(re.compile("where="))


def test_a_value_is_left_out(page: Page) -> None:
    open_page(page, "/explore?collection=sample")
    men = facet_value(page, "Men")
    rest = 150 - count_of(men)
    with rerun(page):
        men.hover()
        page.get_by_role("button", name="Leave out Men", exact=True).click()
    expect(heading(page)).to_contain_text(f"{rest} of 150 images")
    expect(chips(page)).to_have_text([re.compile("gender is not Men")])
    expect(page.locator(".facets").get_by_text("1 left out")).to_be_visible()
    with rerun(page):
        page.locator(".querybar .remove").click()
    expect(heading(page)).to_contain_text("150 images")
    expect(page.locator(".facets").get_by_text("1 left out")).to_have_count(0)


def test_a_bar_a_brushed_range_and_a_cell_become_conditions(page: Page) -> None:
    open_page(page, "/explore?collection=sample&view=Charts")
    with rerun(page):
        press(page, chart(page, "Gender").locator(".trace").last.locator(".point path").first)
    expect(heading(page)).to_contain_text("Images whose gender is")
    expect(chips(page)).to_have_count(1)
    with rerun(page):
        box = box_of(chart(page, "Year").locator(".nsewdrag").first)
        page.mouse.move(box["x"] + box["width"] * 0.25, box["y"] + 40)
        page.mouse.down()
        page.mouse.move(box["x"] + box["width"] * 0.7, box["y"] + 90, steps=8)
        page.mouse.up()
    expect(heading(page)).to_contain_text(re.compile(r"and year is \d{4}"))
    expect(chips(page)).to_have_count(2)
    expect(page).to_have_url(re.compile("year"))
    open_page(page, "/explore?collection=sample&view=Charts")
    with rerun(page):
        page.get_by_role("radio", name="Two columns").click()
    expect(page).to_have_url(re.compile("section=Two"))
    with rerun(page):
        press(page, chart(page, "Gender and master category").locator(".point path").first)
    expect(heading(page)).to_contain_text(re.compile("gender is .* and master category is"))


def test_cells_that_are_dragged_over_become_conditions(page: Page) -> None:
    open_page(page, "/explore?collection=sample&view=Charts")
    with rerun(page):
        page.get_by_role("radio", name="Two columns").click()
    expect(page).to_have_url(re.compile("section=Two"))
    with rerun(page):
        page.get_by_role("radio", name="Dragging").click()
    expect(page).to_have_url(re.compile("pick=Dragging"))
    crossed = chart(page, "Gender and master category")
    cells = crossed.locator(".point path")
    with rerun(page):
        box_of(crossed)  # in view, so that neither cell's place changes with the other's
        first, second = box_of(cells.nth(0)), box_of(cells.nth(1))
        page.mouse.move(first["x"] + first["width"] * 0.4, first["y"] + first["height"] * 0.3)
        page.mouse.down()
        page.mouse.move(second["x"] + second["width"] * 0.6, second["y"] + second["height"] * 0.7, steps=8)
        page.mouse.up()
    expect(heading(page)).to_contain_text(re.compile("gender is .* and master category is .* or "))
    expect(chips(page)).to_have_count(2)


def test_a_chart_is_saved_as_png_svg_and_csv(page: Page, tmp_path: Path) -> None:
    open_page(page, "/explore?collection=sample&view=Charts")
    gender = chart(page, "Gender")
    camera = gender.locator(".modebar-btn")
    gender.hover()
    made = downloaded(page, camera.click)
    assert made.suggested_filename == "gender.png"
    made.save_as(tmp_path / "gender.png")
    assert (tmp_path / "gender.png").read_bytes().startswith(b"\x89PNG")
    menu = page.get_by_test_id("stPopover").get_by_role("button").filter(has_text="tune").first
    menu.click()
    counts = downloaded(page, page.get_by_role("button", name="Counts as CSV").click)
    counts.save_as(tmp_path / "gender.csv")
    assert (tmp_path / "gender.csv").read_text().splitlines()[0] == "value,from,to,count,total"
    with rerun(page):
        page.get_by_role("radio", name="SVG").click()
    expect(page.get_by_role("radio", name="SVG")).to_be_checked()
    page.keyboard.press("Escape")
    expect(page.get_by_role("radio", name="SVG")).to_have_count(0)
    chart(page, "Gender").hover()
    made = downloaded(page, camera.click)
    assert made.suggested_filename == "gender.svg"
    made.save_as(tmp_path / "gender.svg")
    assert (tmp_path / "gender.svg").read_text().startswith("<svg")


def test_a_header_sorts_the_whole_and_ticks_outlast_a_page(page: Page) -> None:
    open_page(page, "/explore?collection=sample&view=Table")
    with rerun(page):
        table(page).click(position={"x": FIRST_HEADER_PX, "y": 18})
    expect(page).to_have_url(re.compile(r"sort=(\+|%2B)id"))
    expect(page.get_by_role("button", name="Low to high")).to_be_visible()
    with rerun(page):
        table(page).click(position={"x": FIRST_HEADER_PX, "y": 18})
    expect(page.get_by_role("button", name="High to low")).to_be_visible()
    with rerun(page):
        table(page).click(position={"x": TICK_PX, "y": FIRST_ROW_PX})
    expect(page.get_by_text("1 image selected")).to_be_in_viewport()
    with rerun(page):
        page.get_by_role("button", name="Next").click()
    expect(page).to_have_url(re.compile("page=2"))
    expect(page.get_by_text("1 image selected")).to_be_visible()
    with rerun(page):
        table(page).click(position={"x": TICK_PX, "y": FIRST_ROW_PX})
    expect(page.get_by_text("2 images selected")).to_be_visible()
    with rerun(page):
        page.get_by_role("button", name="Previous").click()
    expect(page).not_to_have_url(re.compile("page=2"))
    expect(page.get_by_text("2 images selected")).to_be_visible()
    with rerun(page):
        page.get_by_role("radio", name="Gallery").click()
    shown = tile_ids(page)
    assert shown[0] == max(shown)
    expect(tiles(page).first.get_by_role("checkbox")).to_be_checked()
    with rerun(page):
        page.get_by_role("button", name="Clear selection").click()
    expect(page.get_by_text("images selected")).to_have_count(0)


def test_details_are_leafed_through_and_say_where_an_image_came_from(page: Page) -> None:
    open_page(page, "/explore?collection=sample")
    first, second = tile_ids(page)[:2]
    with rerun(page):
        tiles(page).first.locator(".picture").click()
    dialog = page.get_by_role("dialog")
    shown = dialog.locator("strong").first
    expect(shown).to_have_text(first)
    expect(dialog.get_by_role("button", name="Previous")).to_be_disabled()
    with rerun(page):
        dialog.get_by_role("button", name="Next").click()
    expect(shown).to_have_text(second)
    expect(dialog.locator("img").first).to_have_attribute("alt", second)
    near = dialog.locator(".gallery .tile").first
    other = str(near.get_attribute("data-id"))
    with rerun(page):
        near.locator(".picture").click()
    expect(shown).to_have_text(other)
    dialog.get_by_text("Where it came from").click()
    expect(dialog.get_by_role("cell", name=re.compile("^[0-9a-f]{64}$"))).to_be_visible()
    expect(dialog.get_by_text("perceptual hash")).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
