"""Pictures and tables for small collections, good and bad."""

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PIL import Image
from streamlit.testing.v1 import AppTest

HOSTILE = [
    "<script>alert(1)</script>",
    "it's \"quoted\" 'twice'",
    "a/b\\c?d=e&f#g%20",
    "two\nlines\r\nand a tab\t.",
    "# heading **bold** [link](http://example.com) `code`",
    "$x^2$ and $$y$$",
    ":material/delete: :red[red] :smile:",
    "| a | b |",
    "<img src=x onerror=alert(2)>",
    "{curly} {{double}} %(name)s %d",
    "' OR 1=1; DROP TABLE images; --",
    "ünïcødé 服 👕 ‮right-to-left",
]
HOSTILE_COLUMNS = ["<b>col</b>", "it's $a$", 'say "hi" | :red[x]', ":material/delete:", "year; DROP TABLE images"]
Open = Callable[..., AppTest]
"""Opens a page, `open_page(page, workspace folder, **link)`."""


def draw(path: Path, number: int, size: tuple[int, int] = (48, 64)) -> None:
    """One picture that differs from all others."""
    path.parent.mkdir(parents=True, exist_ok=True)
    image = Image.new("RGB", size, ((number * 37) % 256, (number * 91) % 256, (number * 53) % 256))
    image.putpixel((number % size[0], 0), (255, 255, 255))
    image.save(path)


def write_table(path: Path, header: list[str], rows: list[list[Any]]) -> None:
    """A CSV table."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([header, *rows])


def shop(folder: Path, count: int = 70) -> Path:
    """A folder with every kind of column, a missing value, a row without image and an image without row."""
    header = ["id", "kind", "season", "price", "stock", "year", "sold", "on_sale", "name"]
    kinds, seasons = ["Shirt", "Shoe", "Watch"], ["Summer", "Winter", ""]
    rows: list[list[Any]] = []
    for number in range(count):
        draw(folder / "images" / f"{number}.png", number)
        sold = f"2020-{1 + number % 12:02}-{1 + number % 28:02}"
        row = [number, kinds[number % 3], seasons[number % 3], f"{number * 1.5 + 0.25:.2f}", number * 40]
        rows.append([*row, 2007 + number % 9, sold, number % 2 == 0, f"Item number {number} of the shop"])
    rows.append([9_999, "Shirt", "Summer", "1.00", 1, 2010, "2020-01-01", True, "A row without an image"])
    draw(folder / "images" / "stray.png", 200)
    write_table(folder / "styles.csv", header, rows)
    return folder


def hostile(folder: Path) -> Path:
    """Column names, values, captions and file names as bad as a file system takes them."""
    rows = []
    for number in range(3 * len(HOSTILE)):
        text = HOSTILE[number % len(HOSTILE)]
        name = f"{number} <script>'\"$a$ [b](c) :red[d] #%41&?.png"
        draw(folder / "images" / name, number)
        rows.append([name, text, f"{text} {number}", *[HOSTILE[(number + k) % len(HOSTILE)] for k in range(3)]])
    write_table(folder / "styles.csv", ["file", *HOSTILE_COLUMNS], rows)
    return folder


def wide(folder: Path) -> Path:
    """Forty columns of classes and numbers."""
    header = ["id", *[f"class{k}" for k in range(25)], *[f"number{k}" for k in range(15)]]
    rows = []
    for number in range(12):
        draw(folder / "images" / f"{number}.png", number)
        rows.append([number, *[f"v{(number + k) % 3}" for k in range(25)], *[number * k + 0.5 for k in range(15)]])
    write_table(folder / "styles.csv", header, rows)
    return folder


def prose(folder: Path) -> Path:
    """No category: only long free text, a constant, and numbers too large for a slider."""
    rows = []
    for number in range(20):
        draw(folder / "images" / f"{number}.png", number)
        rows.append([number, f"A long story about picture {number} " * 5, 7, 9_007_199_254_740_993 + number * 10**15])
    write_table(folder / "styles.csv", ["id", "story", "constant", "huge"], rows)
    return folder
