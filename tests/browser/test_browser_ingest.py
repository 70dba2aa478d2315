"""Bringing images in: by upload, and from a folder with live progress."""

import re
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, expect
from seen import downloaded, heading, open_page, rerun, settled, tile_ids, tiles

pytestmark = pytest.mark.browser
HOSTILE = "0 <script>alert(1)</script> '\"$a$ [b](c) :red[d] :material:delete: #%41&?"
JOB_MS = 90_000


def test_a_folder_is_brought_in_through_the_form(page: Page, tmp_path: Path) -> None:
    source = tmp_path / "photos"
    source.mkdir()
    for number in range(5):
        Image.new("RGB", (40, 50), (number * 40, 90, 160)).save(source / f"photo{number}.png")
    Image.new("RGB", (40, 50), "red").save(source / (HOSTILE.replace("/", "∕") + ".png"))
    (source / "broken.png").write_bytes(b"not a picture")
    rows = [["file", "<b>kind</b>"], *[[f"photo{number}.png", ":red[x] $y$ <i>z</i>"] for number in range(5)]]
    (source / "table.csv").write_text("\n".join(",".join(row) for row in rows))
    open_page(page, "/collection?tab=Bring+in+more")
    with rerun(page):
        page.get_by_role("button", name="Bring in", exact=True).click()
    page.get_by_label("Source").fill(str(source))
    page.get_by_label("Collection", exact=True).fill("photos")
    with rerun(page):
        page.get_by_role("button", name="Bring in", exact=True).click()
    expect(page.get_by_role("progressbar").first).to_be_visible()
    expect(page.get_by_text("6 images added")).to_be_visible(timeout=JOB_MS)
    expect(heading(page)).to_have_text("photos: 6 images")
    expect(page.get_by_text("The totals reconcile")).to_be_visible()
    settled(page)
    entries = downloaded(page, page.get_by_role("button", name="Export all entries as CSV").click)
    assert "broken.png" in Path(entries.path()).read_text(encoding="utf-8")
    open_page(page, "/explore?collection=photos")
    expect(tiles(page)).to_have_count(6)
    expect(tiles(page).locator(".picture.broken")).to_have_count(0)
    hostile = next(place for place, id in enumerate(tile_ids(page)) if id.startswith("0 <script>"))
    with rerun(page):
        tiles(page).nth(hostile).locator(".picture").click()
    expect(page.get_by_role("dialog")).to_contain_text("<script>alert(1)<")
    expect(page.get_by_role("dialog")).to_contain_text(":red[d] :material:delete:")
    open_page(page, "/search?collection=photos&text=%3Cimg+src%3Dx%3E+%3Amaterial%2Fdelete%3A+%24x%5E2%24")
    expect(heading(page)).to_contain_text("<img src=x> :material/delete: $x^2$")


def test_pictures_are_uploaded(page: Page, tmp_path: Path) -> None:
    files = []
    for number in range(2):
        files.append(tmp_path / f"upload{number}.png")
        Image.new("RGB", (30, 30), (number * 99, 10, 10)).save(files[-1])
    open_page(page, "/collection?collection=sample&tab=Bring+in+more")
    before = int(re.sub(r"\D", "", heading(page).inner_text()))
    page.locator("input[type=file]").set_input_files(files)
    for file in files:
        expect(page.get_by_text(file.name)).to_be_visible()
    with rerun(page):
        page.get_by_role("button", name="Add images").click()
    expect(heading(page)).to_have_text(f"sample: {before + 2} images", timeout=JOB_MS)
    open_page(page, "/collection?collection=sample&tab=Images&page=3")
    expect(page.locator("[data-id=upload0]")).to_be_visible()
    with rerun(page):
        for name in ("upload0", "upload1"):
            page.locator(f"[data-id={name}]").hover()
            page.locator(f"[data-id={name}]").get_by_role("checkbox").check()
    with rerun(page):
        page.get_by_role("button", name="Delete 2").click()
    expect(heading(page)).to_have_text(f"sample: {before} images")
