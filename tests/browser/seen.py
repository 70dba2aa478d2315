"""Waits for and finds what a person sees.

Streamlit draws a new run over the old one, piece by piece: for a while an element may be there twice, be the old one,
or move. So whatever makes the page run is done inside `rerun`, which ends when nothing of the old run is left.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from playwright.sync_api import Download, FloatRect, Locator, Page, TimeoutError

LEFT_OVER = "[data-stale='true'], [data-retained], [data-testid='stSkeleton']"
"""What was on the page before its last run, or stands in for what is still to be drawn."""
AT_REST = f"""() => {{
    const app = document.querySelector("[data-testid='stApp']");
    return app?.dataset.testScriptState === "notRunning" && !runs.awaited && !runs.busy
        && !document.querySelector("{LEFT_OVER}");
}}"""
STILL = """async (element) => {
    const frame = () => new Promise((done) => requestAnimationFrame(done));
    for (let before = ""; ; await frame()) {
        if (!element.isConnected) return null;
        const { x, y, width, height } = element.getBoundingClientRect();
        const now = JSON.stringify([x, y, width, height]);
        if (now === before) return { x, y, width, height };
        before = now;
    }
}"""
"""The box of an element once two frames show it at the same place; null where it has gone."""


def open_page(page: Page, path: str) -> None:
    """Go there and wait until the first run is over."""
    page.goto(path)
    page.get_by_test_id("stMainBlockContainer").wait_for()
    settled(page)


def settled(page: Page) -> None:
    """Wait until every run that the page asked for is over and drawn, and nothing is left of an earlier one."""
    page.wait_for_function(AT_REST)


@contextmanager
def rerun(page: Page) -> Iterator[None]:
    """What is done inside makes the page run: wait until that run, however late it is asked for, is over and drawn."""
    settled(page)
    before = page.evaluate("runs.asked")
    yield
    page.wait_for_function("(before) => runs.asked !== before", arg=before)
    settled(page)


def heading(page: Page) -> Locator:
    """The page's first heading, less one that is about to go."""
    return page.locator("h1:not([data-stale='true'] *)").first


def tiles(page: Page) -> Locator:
    """The images of the gallery."""
    return page.locator(".gallery .tile")


def tile_ids(page: Page) -> list[str]:
    """The ids of the gallery's images, in order, once it is there."""
    settled(page)
    tiles(page).first.wait_for()
    return [str(id) for id in tiles(page).evaluate_all("found => found.map((tile) => tile.dataset.id)")]


def select(page: Page, count: int) -> list[str]:
    """Tick the first images, one right after the other; returns their ids."""
    ids = tile_ids(page)[:count]
    with rerun(page):
        for place in range(count):
            tiles(page).nth(place).hover()
            tiles(page).nth(place).get_by_role("checkbox").check()
    return ids


def facet_value(page: Page, value: str) -> Locator:
    """One value in the facets."""
    return page.locator(".facets .value").filter(has_text=re.compile(rf"^{re.escape(value)}"))


def pictures_loaded(page: Page) -> None:
    """Wait for every thumbnail that is in view; the others are fetched when they come near."""
    page.wait_for_function(
        """() => [...document.querySelectorAll(".gallery .tile img")].every((image) => {
            const { top, bottom } = image.getBoundingClientRect();
            return bottom < 0 || top > window.innerHeight || (image.complete && image.naturalWidth > 0);
        })"""
    )


def count_of(item: Locator) -> int:
    """The number in a facet's line."""
    return int(item.locator(".count").inner_text().replace(",", ""))


def box_of(place: Locator) -> FloatRect:
    """Where something is in the window, once it no longer moves; it is brought into view."""
    for _ in range(20):
        place.scroll_into_view_if_needed()
        box: FloatRect | None = place.evaluate(STILL)
        if box is not None:  # else it was drawn anew, as a chart does for a new width
            return box
    raise AssertionError(f"{place} is drawn over and over.")


def downloaded(page: Page, act: Callable[[], None]) -> Download:
    """The file that comes of it."""
    with page.expect_download() as download:
        act()
    return download.value


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
