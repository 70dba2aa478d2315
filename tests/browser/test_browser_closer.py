"""A collection looked at closely: copies deleted and brought back, likeness of looks, quality, two lists, concepts."""

import re
import shutil
from collections.abc import Iterator

import pytest
from conftest import run_cli, served
from playwright.sync_api import Browser, Page, expect
from seen import heading, no_sideways_scroll, open_page, rerun, tile_ids, tiles
from visits import visit

pytestmark = pytest.mark.browser
COPIES = 3


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a dashboard whose collection holds three pictures twice."""
    folder = tmp_path_factory.mktemp("copied")
    run_cli(folder / "unused", "sample", str(folder / "drawn"), "--count", "60")
    for picture in sorted((folder / "drawn").rglob("*.jpg"))[:COPIES]:
        shutil.copy(picture, picture.with_name(f"copy-{picture.name}"))
    run_cli(folder / "workspace", "ingest", str(folder / "drawn"), "--collection", "copied")
    with served(folder / "workspace") as base:
        yield base


@pytest.fixture
def visitor(chromium: Browser, copied: str) -> Iterator[Page]:
    with visit(chromium, copied) as context:
        yield context.new_page()


def test_copies_are_deleted_in_one_step_and_brought_back(visitor: Page) -> None:
    open_page(visitor, "/duplicates")
    expect(heading(visitor)).to_contain_text("3 groups of identical images")
    with rerun(visitor):
        visitor.get_by_role("button", name="Delete 3 others", exact=True).click()
    with rerun(visitor):
        visitor.get_by_role("dialog").get_by_role("button", name=re.compile("^Delete 3 images")).click()
    expect(heading(visitor)).to_contain_text("No groups of identical images")
    with rerun(visitor):
        visitor.get_by_role("button", name="Undo", exact=True).click()
    expect(heading(visitor)).to_contain_text("3 groups of identical images")
    with rerun(visitor):
        visitor.get_by_role("radio", name="Looks alike").click()
    expect(visitor).to_have_url(re.compile("how=phash"))


def test_looks_are_compared_instead_of_what_is_shown(visitor: Page) -> None:
    open_page(visitor, "/search")
    first = next(id for id in tile_ids(visitor) if not id.startswith("copy-"))
    open_page(visitor, f"/search?like={first}")
    visitor.get_by_role("button", name="What they show").click()
    with rerun(visitor):
        visitor.get_by_text("How they look, perceptual hash").click()
    expect(heading(visitor)).to_contain_text("by perceptual hash")
    expect(tiles(visitor).first.locator(".score")).to_have_text(re.compile(r"^[01]\.\d\d · \d+ bits?$"))
    expect(visitor).to_have_url(re.compile("alike=phash"))


def test_quality_is_measured_on_the_page(visitor: Page) -> None:
    open_page(visitor, "/quality")
    with rerun(visitor):
        visitor.get_by_role("button", name="Measure now").click()
    expect(visitor.get_by_test_id("stMetric").first).to_be_visible()
    expect(visitor.get_by_text("How exact answers are")).to_be_visible()


def test_two_wordings_stand_side_by_side(visitor: Page) -> None:
    open_page(visitor, "/compare?text=red+shirt")
    with rerun(visitor):
        visitor.get_by_text("Side by side", exact=True).click()
    words = visitor.get_by_label("Other words to search by")
    with rerun(visitor):
        words.fill("a red top")
        words.press("Enter")
    expect(visitor.get_by_text(re.compile("in both")).first).to_be_visible()


def test_concepts_are_previewed(visitor: Page) -> None:
    open_page(visitor, "/concepts")
    expect(heading(visitor)).to_contain_text("words that fit")
    expect(visitor.get_by_role("button", name=re.compile("^Tag 63 images"))).to_be_visible()
    expect(tiles(visitor).first).to_be_visible()


@pytest.mark.parametrize("page", ["duplicates", "map", "concepts", "quality", "compare"])
def test_a_phone_shows_every_page_without_scrolling_sideways(chromium: Browser, copied: str, page: str) -> None:
    with visit(chromium, copied, (360, 740)) as context:
        phone = context.new_page()
        open_page(phone, f"/{page}")
        no_sideways_scroll(phone)
