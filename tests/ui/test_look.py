"""The theme: readable in light and dark, and nothing fetched from elsewhere."""

import tomllib
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from ui.charts import ACCENT

CONFIG = tomllib.loads((Path(__file__).parents[2] / ".streamlit" / "config.toml").read_text(encoding="utf-8"))


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("name", ["light", "dark"])
def test_words_and_marks_stand_out_on_every_surface(name: str) -> None:
    theme = CONFIG["theme"][name]
    surfaces = [
        part[key] for part in (theme, theme["sidebar"]) for key in ("backgroundColor", "secondaryBackgroundColor")
    ]
    assert contrast(theme["primaryColor"], "#ffffff") >= 4.5
    for surface in surfaces:
        assert contrast(theme["textColor"], surface) >= 7
        assert contrast(theme["linkColor"], surface) >= 4.5
        assert contrast(theme["primaryColor"], surface) >= 3
        assert contrast(ACCENT, surface) >= 3


def test_nothing_is_loaded_from_elsewhere_and_nothing_is_reported() -> None:
    assert CONFIG["browser"]["gatherUsageStats"] is False
    assert "fontFaces" not in CONFIG["theme"]
    assert "://" not in str(CONFIG)


def test_the_page_style_is_taken() -> None:
    def page() -> None:
        from ui.style import inject_style

        inject_style()

    assert not AppTest.from_function(page).run().exception
