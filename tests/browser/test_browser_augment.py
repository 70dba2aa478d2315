"""A pipeline put together in the browser: other links, other pixels, and the same ones again from a copied link."""

import re

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from seen import no_sideways_scroll, open_page, rerun, settled
from visits import visit

pytestmark = pytest.mark.browser
PICTURES = "[data-testid='stMainBlockContainer'] .variants img"


def pixels(page: Page) -> list[str]:
    """The addresses of every picture of the preview."""
    settled(page)
    page.locator(PICTURES).first.wait_for()
    return [str(address) for address in page.locator(PICTURES).evaluate_all("found => found.map((one) => one.src)")]


def step(page: Page, words: str) -> Locator:
    return page.locator("summary").filter(has_text=words)


def test_a_pipeline_is_changed_seen_rolled_anew_and_shared(page: Page, chromium: Browser, address: str) -> None:
    open_page(page, "/augment")
    first = pixels(page)
    page.get_by_label("Pipeline", exact=True).click()
    with rerun(page):
        page.get_by_role("option", name="Weak", exact=True).click()
    expect(page).to_have_url(re.compile(r"pipeline=weak(&|$)"))
    weak = pixels(page)
    assert weak != first

    step(page, "Random brightness contrast").click()
    box = page.get_by_role("spinbutton", name="Brightness", exact=True)
    with rerun(page):
        box.fill("1e308")
        box.press("Enter")
    expect(page.get_by_role("alert").filter(has_text="is too much")).to_be_visible()
    expect(box).to_have_value("1e+308")
    assert pixels(page) == weak
    with rerun(page):
        box.fill("-0.9")
        box.press("Enter")
    expect(page).to_have_url(re.compile(r"pipeline=z\."))
    expect(page.get_by_role("alert").filter(has_text="is too much")).to_have_count(0)
    changed = pixels(page)
    assert changed != weak

    with rerun(page):
        page.get_by_role("button", name="Re-roll").first.click()
    expect(page.get_by_role("spinbutton", name="Seed", exact=True)).to_have_value("1")
    rolled = pixels(page)
    assert rolled != changed

    page.get_by_role("button", name="Share", exact=True).click()
    link = page.get_by_test_id("stPopoverBody").get_by_test_id("stCode").first.inner_text()
    with visit(chromium, address) as context:
        other = context.new_page()
        open_page(other, link)
        assert pixels(other) == rolled

    page.keyboard.press("Escape")
    with rerun(page):
        page.get_by_role("button", name="Undo", exact=True).click()
    expect(page.get_by_role("spinbutton", name="Seed", exact=True)).to_have_value("0")
    assert pixels(page) == changed


def test_a_transform_is_found_added_moved_and_removed(page: Page) -> None:
    open_page(page, "/augment?pipeline=as-is")
    before = pixels(page)
    box = page.get_by_role("combobox", name=re.compile("^Add a step"))
    for word, name in (("sepia", "To sepia"), ("HorizontalFlip", "Horizontal flip")):
        box.click()
        box.press_sequentially(word)
        with rerun(page):
            page.get_by_role("option", name=re.compile(f"^{name}")).first.click()
        step(page, name).wait_for()
    assert pixels(page) != before
    page.get_by_role("button", name="Change step 2").last.click()
    with rerun(page):
        page.get_by_text("Move up", exact=True).click()
    expect(step(page, "1. Horizontal flip")).to_be_visible()
    for _ in range(2):
        page.get_by_role("button", name="Change step 1").last.click()
        with rerun(page):
            page.get_by_text("Remove", exact=True).click()
    expect(page.get_by_text("No steps: pictures stay as they are.")).to_be_visible()
    assert pixels(page) == before


@pytest.mark.parametrize("part", ["Preview", "Effect on search", "Apply"])
def test_a_phone_shows_every_part_without_scrolling_sideways(chromium: Browser, address: str, part: str) -> None:
    with visit(chromium, address, (360, 740)) as context:
        phone = context.new_page()
        open_page(phone, f"/augment?pipeline=strong&part={part}")
        step(phone, "Affine").click()
        settled(phone)
        no_sideways_scroll(phone)
