"""Waits for and finds what a person sees."""

import re
from contextlib import suppress

from playwright.sync_api import Locator, Page, TimeoutError, expect

WAIT_MS = 45_000
expect.set_options(timeout=WAIT_MS)
NUMBER = re.compile(r"[\d,]+")


def open_page(page: Page, path: str) -> None:
    """Go there and wait until the first run is over."""
    page.goto(path)
    page.get_by_test_id("stMainBlockContainer").wait_for()
    settled(page)


def settled(page: Page) -> None:
    """Wait until no run is under way and nothing on the page is out of date."""
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")
    expect(page.locator("[data-stale='true']")).to_have_count(0)


def heading(page: Page) -> Locator:
    """The page's first heading, less one that is about to go."""
    return page.locator("h1:not([data-stale='true'] *)")


def tiles(page: Page) -> Locator:
    """The images of the gallery."""
    return page.locator(".gallery .tile")


def tile_ids(page: Page) -> list[str]:
    """The ids of the gallery's images, in order, once it is there."""
    tiles(page).first.wait_for()
    return [str(item.get_attribute("data-id")) for item in tiles(page).all()]


def facet_value(page: Page, value: str) -> Locator:
    """One value in the facets."""
    return page.locator(".facets .value").filter(has_text=re.compile(rf"^{re.escape(value)}"))


def count_of(item: Locator) -> int:
    """The number in a facet's line."""
    return int(item.locator(".count").inner_text().replace(",", ""))


def no_sideways_scroll(page: Page) -> None:
    """Nothing is wider than the window, once what follows its width has done so."""
    page.wait_for_function(
        "[document.documentElement, document.querySelector('[data-testid=stMain]')]"
        ".every((box) => box.scrollWidth <= box.clientWidth)",
        timeout=10_000,
    )


def unfold(page: Page, title: str) -> None:
    """Open a folded part of the page; a click that fell beside it, as one may while the page grows, is made anew."""
    part = page.get_by_test_id("stExpander").filter(has_text=title)
    for _ in range(5):
        part.locator("summary").click()
        with suppress(TimeoutError):
            part.locator("details[open]").wait_for(timeout=3_000)
            return
    raise AssertionError(f"“{title}” stays folded.")
