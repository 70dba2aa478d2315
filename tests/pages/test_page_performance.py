"""Performance: its parts, and what each shows before there is anything to show."""

import pytest
from drawn import Open
from shown import sound, words

PARTS = ("Live", "Limits", "Scale", "Recall", "Storage")


@pytest.mark.parametrize("part", PARTS)
def test_every_part_opens(open_page: Open, part: str) -> None:
    at = sound(open_page("performance", collection="shop", part=part))
    assert at.segmented_control(key="part").value == part
    assert not at.exception


def test_an_unknown_part_is_the_first(open_page: Open) -> None:
    at = sound(open_page("performance", collection="shop", part="Nowhere"))
    assert at.segmented_control(key="part").value == "Live"


def test_a_collection_without_images_says_so(open_page: Open) -> None:
    assert "has no images" in words(sound(open_page("performance", collection="gone")))
