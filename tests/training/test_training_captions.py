"""Captions speak of the row's labels, in many words, and know what else they would be true for."""

import random

import pytest

from training.captions import caption, described, label_phrases, mistyped, named, vocabulary_texts
from training.vocabulary import BROAD, COLOURS, PHRASES, TYPES, phrases_for

ROW = {
    "id": "1", "gender": "Women", "masterCategory": "Accessories", "subCategory": "Bags", "articleType": "Handbags",
    "baseColour": "Red", "season": "Summer", "year": "2012", "usage": "Casual",
    "productDisplayName": "Baggit Women Red Handbag",
}  # fmt: skip


def many(count: int = 600) -> list[str]:
    rng = random.Random(0)
    return [caption(ROW, rng).text for _ in range(count)]


def test_captions_use_names_labels_and_synonyms() -> None:
    texts = many()
    together = "\n".join(texts)
    for words in ("Baggit Women Red Handbag", "Handbags", "purse", "tote", "Red", "scarlet", "for ladies", "women's"):
        assert words in together
    assert len(set(texts)) > 200


def test_a_description_is_true_for_its_own_row() -> None:
    rng = random.Random(1)
    for _ in range(300):
        made = described(ROW, rng)
        assert made.fits
        assert all(ROW[column] in values for column, values in made.fits.items())
        assert not made.exact


def test_a_broad_term_is_true_for_every_type_it_covers() -> None:
    rng = random.Random(2)
    made = [described(ROW, rng) for _ in range(600)]
    broad = [each for each in made if len(each.fits.get("articleType", ())) > 1]
    assert any("purses" in each.text or "bag" in each.text for each in broad)
    assert all("Handbags" in each.fits["articleType"] for each in broad)


def test_unknown_values_are_never_spoken_of() -> None:
    rng = random.Random(3)
    row = {**ROW, "baseColour": "NA", "usage": "NA", "season": ""}
    for _ in range(200):
        assert not {"baseColour", "usage", "season"} & set(described(row, rng).fits)


def test_a_name_is_exact_and_may_lose_a_word() -> None:
    rng = random.Random(4)
    texts = {named(ROW, rng).text for _ in range(100)}
    assert ROW["productDisplayName"] in texts
    assert len(texts) > 3
    assert named(ROW, rng).exact


def test_typing_errors_stay_close() -> None:
    rng = random.Random(5)
    assert all(abs(len(mistyped("red running shoes", rng)) - 17) <= 1 for _ in range(50))
    assert mistyped("red", rng) == "red"


@pytest.mark.parametrize("column", list(BROAD))
def test_broad_terms_cover_values_that_exist(column: str) -> None:
    known = set(PHRASES[column])
    assert all(set(values) <= known for values in BROAD[column].values())


def test_no_phrase_means_two_types_or_two_colours() -> None:
    for column, values in (("articleType", TYPES), ("baseColour", COLOURS)):
        seen: dict[str, str] = {}
        for value in values:
            for words in phrases_for(column, value):
                assert seen.setdefault(words.lower(), value) == value, (column, words)
                assert words not in BROAD[column]


def test_label_phrases_are_row_aligned() -> None:
    assert label_phrases("gender", ["Men", "Girls"], None) == ["Men", "Girls"]
    assert len(label_phrases("articleType", list(TYPES), random.Random(0))) == 143
    assert len(vocabulary_texts()) > 500
