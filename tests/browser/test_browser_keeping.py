"""What outlasts a look: saved views, edits, exports; and the pages that ask in SQL and compare."""

import io
import re
import zipfile

import pytest
from playwright.sync_api import Locator, Page, expect
from seen import facet_value, heading, no_sideways_scroll, open_page, rerun, select, tiles

pytestmark = pytest.mark.browser


def opener(page: Page, key: str) -> Locator:
    """The button that opens a popover of this key."""
    return page.locator(f".st-key-{key}").get_by_role("button").first


def pop_up(page: Page, key: str) -> None:
    """Open the popover of this key, one that asks for its content when it opens."""
    with rerun(page):
        opener(page, key).click()


def choose(page: Page, label: str, value: str) -> None:
    """Take a value of a box with a list."""
    with rerun(page):
        page.get_by_role("combobox", name=re.compile(label)).click()
        page.get_by_role("option", name=value, exact=True).click()


def about_first_view(page: Page) -> Locator:
    """The dialog of the first view in the list."""
    pop_up(page, "views-list")
    with rerun(page):
        page.locator("[class*='st-key-about-0']").get_by_role("button").click()
    return page.get_by_role("dialog", name="View")


def apply(page: Page) -> None:
    """Do what the edit form says to the two that are selected."""
    with rerun(page):
        page.get_by_role("button", name="Apply to 2 selected").click()


def test_a_view_is_saved_shown_renamed_deleted_and_put_back(page: Page) -> None:
    open_page(page, "/explore?collection=sample")
    with rerun(page):
        facet_value(page, "Men").click()
    expect(heading(page)).to_contain_text("gender is Men")
    pop_up(page, "view-form")
    page.get_by_role("textbox", name="Name").fill("All for men")
    with rerun(page):
        page.get_by_test_id("stFormSubmitButton").get_by_role("button").click()
    expect(page.get_by_text("Saved “All for men”.")).to_be_visible()
    expect(opener(page, "views-list")).to_contain_text("View: All for men")
    open_page(page, "/explore?collection=sample")
    expect(heading(page)).to_contain_text("All images")
    pop_up(page, "views-list")
    with rerun(page):
        page.get_by_role("button", name="All for men", exact=True).click()
    expect(heading(page)).to_contain_text("gender is Men")
    expect(opener(page, "views-list")).to_contain_text("View: All for men")
    dialog = about_first_view(page)
    dialog.get_by_role("textbox", name="Name").fill("Men, all of it")
    with rerun(page):
        dialog.get_by_role("button", name="Save changes").click()
    expect(page.get_by_text("Changed “Men, all of it”.")).to_be_visible()
    expect(dialog).to_have_count(0)
    expect(opener(page, "views-list")).to_contain_text("View: Men, all of it")
    for undone in (True, False):
        dialog = about_first_view(page)
        with rerun(page):
            dialog.get_by_role("button", name="Delete").click()
        expect(page.get_by_text("View “Men, all of it” deleted.")).to_be_visible()
        expect(opener(page, "views-list")).not_to_contain_text("Men, all of it")
        if undone:
            with rerun(page):
                page.locator(".st-key-undo-view").get_by_role("button").click()
            expect(page.get_by_text("“Men, all of it” put back.")).to_be_visible()
            expect(opener(page, "views-list")).to_contain_text("View: Men, all of it")


def test_a_value_is_set_and_a_tag_added_and_both_undone(page: Page) -> None:
    open_page(page, "/explore?collection=sample")
    select(page, 2)
    expect(page.get_by_text("2 images selected")).to_be_visible()
    pop_up(page, "edit-form")
    choose(page, "Set a value of", "usage")
    choose(page, "^usage|usage$", "Party")
    apply(page)
    expect(page.get_by_text(re.compile(r"on [12] images?\."))).to_be_visible()
    expect(page.get_by_role("button", name="Apply to 2 selected")).to_have_count(0)
    with rerun(page):
        page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text(re.compile("put back"))).to_be_visible()
    pop_up(page, "edit-form")
    tags = page.get_by_role("combobox", name=re.compile("Add tags"))
    tags.fill("worth keeping")
    with rerun(page):
        tags.press("Enter")
    apply(page)
    expect(page.get_by_text(re.compile(r"on 2 images\."))).to_be_visible()
    expect(page.locator(".facets .facet .name").get_by_text("Tags", exact=True)).to_be_visible()
    pop_up(page, "edit-form")
    expect(page.get_by_role("button", name="Apply to 2 selected")).to_be_visible()
    expect(page.get_by_test_id("stMultiSelect").get_by_text("worth keeping")).to_have_count(0)
    open_page(page, "/collection?collection=sample&tab=History")
    expect(page.get_by_text("worth keeping").first).to_be_visible()
    with rerun(page):
        page.get_by_role("button", name="Undo").first.click()
    expect(page.get_by_text("2 images put back")).to_be_visible()


def test_sql_answers_tells_of_a_slip_and_leads_to_explore(page: Page) -> None:
    open_page(page, "/sql?collection=sample")
    pop_up(page, "sql-examples")
    with rerun(page):
        page.get_by_role("button", name="Count by gender").click()
    expect(page.get_by_text(re.compile(r"\d rows · took"))).to_be_visible()
    expect(page.get_by_role("button", name="Count by gender")).to_have_count(0)
    expect(page).to_have_url(re.compile("sql=SELECT"))
    with rerun(page):
        page.get_by_role("radio", name="Bars").click()
    expect(page.get_by_test_id("stPlotlyChart")).to_be_visible()
    box = page.get_by_role("textbox", name="SQL")
    box.fill("SELECT nope FROM images")
    with rerun(page):
        page.get_by_role("button", name="Run").click()
    expect(page.get_by_test_id("stAlert")).to_contain_text("nope")
    box.fill("SELECT id FROM images ORDER BY id LIMIT 5")
    with rerun(page):
        box.press("Control+Enter")
    with rerun(page):
        page.get_by_role("button", name="Show 5 images in Explore").click()
    expect(heading(page)).to_contain_text("5 of 150 images")
    expect(tiles(page)).to_have_count(5)
    expect(page).to_have_url(re.compile(r"/explore\?.*where="))


def test_a_selection_is_exported_and_fetched_as_a_zip(page: Page) -> None:
    open_page(page, "/explore?collection=sample")
    ids = select(page, 3)
    with rerun(page):
        page.get_by_role("button", name="Export").click()
    dialog = page.get_by_role("dialog", name="Export")
    expect(dialog.get_by_role("radio", name="Selected: 3 images")).to_be_checked()
    with rerun(page):
        dialog.get_by_role("textbox", name="Name").fill("three-of-them")
        dialog.get_by_role("button", name="Export", exact=False).last.click()
    with rerun(page):
        dialog.get_by_role("button", name="See the jobs").click()
    expect(heading(page)).to_have_text("Jobs")
    expect(page.get_by_text("Export sample as three-of-them")).to_be_visible()
    with rerun(page):
        page.get_by_role("tab", name="Exports").click()
    link = page.get_by_role("link", name="Download")
    expect(link).to_be_visible(timeout=180_000)
    expect(page.get_by_text("three-of-them", exact=True)).to_be_visible()
    answer = page.request.get(str(link.get_attribute("href")))
    assert answer.ok
    with zipfile.ZipFile(io.BytesIO(answer.body())) as bundle:
        assert bundle.testzip() is None
        names = bundle.namelist()
        assert "manifest.json" in {name.rsplit("/", 1)[-1] for name in names}
        assert all(any(id in name for name in names) for id in ids)


def test_two_questions_are_compared(page: Page) -> None:
    open_page(page, "/compare?collection=sample")
    expect(heading(page)).to_contain_text("beside Everything")
    expect(page.get_by_test_id("stMainBlockContainer").get_by_test_id("stSelectbox")).to_have_count(2)
    expect(page.get_by_test_id("stPlotlyChart").first).to_be_visible()
    expect(page.get_by_test_id("stAlert")).to_have_count(0)
    expect(page.get_by_test_id("stException")).to_have_count(0)
    with rerun(page):
        page.locator(".st-key-turn-sides").get_by_role("button").click()
    expect(heading(page)).to_contain_text(re.compile("^Everything beside"))
    page.set_viewport_size({"width": 390, "height": 844})
    no_sideways_scroll(page)
