"""The sentence above a result: what it says of each kind of question."""

from datetime import datetime

import pytest

from core.query.columns import Column, Kind
from core.query.english import condition_words, sentence, spoken
from core.query.recipe import (
    All,
    Between,
    Box,
    Condition,
    Contains,
    HasTag,
    ImageId,
    Matches,
    Not,
    OneOf,
    Order,
    Recipe,
    Some,
    StartsWith,
    Upload,
    Words,
)

COLUMNS = {
    column.name: column
    for column in (
        Column("gender", "gender", Kind.CATEGORY),
        Column("masterCategory", "masterCategory", Kind.CATEGORY),
        Column("name", "productDisplayName", Kind.TEXT),
        Column("price", "Price", Kind.NUMBER),
        Column("year", "year", Kind.YEAR),
        Column("made", "made", Kind.DATE),
        Column("for_sale", "for sale", Kind.BOOLEAN),
        Column("SKU", "SKU", Kind.TEXT),
    )
}
MEN = OneOf("gender", ("Men",))
HALF = Box(0, 0, 0.5, 1)


def asked(*conditions: Condition, **others: object) -> Recipe:
    return Recipe(All(conditions), **others)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("recipe", "words"),
    [
        (Recipe(), "All images"),
        (asked(MEN), "Images whose gender is Men"),
        (asked(OneOf("gender", ("Men", "Women"))), "Images whose gender is Men or Women"),
        (asked(OneOf("masterCategory", ("Shoes", None))), "Images whose master category is Shoes or missing"),
        (asked(OneOf("gender", tuple("abcdef"))), "Images whose gender is a, b, c or one of 3 others"),
        (asked(OneOf("for_sale", (True,))), "Images whose for sale is yes"),
        (asked(MEN, Between("year", 2013, None)), "Images whose gender is Men and year is 2013 or later"),
        (asked(Between("year", None, 2013)), "Images whose year is 2013 or earlier"),
        (asked(Between("year", 2013, 2013)), "Images whose year is 2013"),
        (asked(Between("price", 5, 9.5)), "Images whose price is 5 to 9.5"),
        (asked(Between("price", 5)), "Images whose price is at least 5"),
        (asked(Between("price", None, 5)), "Images whose price is at most 5"),
        (asked(Between("price")), "Images whose price is known"),
        (asked(Between("made", datetime(2012, 5, 1))), "Images whose made is 2012-05-01 or later"),
        (
            asked(Between("made", datetime(2012, 5, 1), datetime(2012, 6, 30, 23, 59, 59, 999999))),
            "Images whose made is 2012-05-01 to 2012-06-30",
        ),
        (
            asked(Between("made", None, datetime(999, 1, 2, 3, 4, 5))),
            "Images whose made is 0999-01-02 03:04:05 or earlier",
        ),
        (asked(Contains("name", "red")), "Images whose product display name contains “red”"),
        (asked(Contains("SKU", "7")), "Images whose SKU contains “7”"),
        (asked(Not(Contains("SKU", "7"))), "Images whose SKU does not contain “7”"),
        (asked(StartsWith("name", "Puma")), "Images whose product display name begins with “Puma”"),
        (asked(Not(StartsWith("name", "Puma"))), "Images whose product display name does not begin with “Puma”"),
        (asked(Matches("name", "Shirt|Tee")), "Images whose product display name matches “Shirt|Tee”"),
        (asked(Not(Matches("SKU", "^7"))), "Images whose SKU does not match “^7”"),
        (asked(MEN, HasTag("colour:red")), "Images whose gender is Men and tags include “colour:red”"),
        (asked(Not(HasTag("colour:red"))), "Images whose tags do not include “colour:red”"),
        (asked(OneOf("name", (None,))), "Images whose product display name is missing"),
        (asked(Not(OneOf("name", (None,)))), "Images whose product display name is known"),
        (asked(Not(OneOf("gender", ("Men", None)))), "Images whose gender is not Men or missing"),
        (asked(Not(MEN)), "Images whose gender is not Men"),
        (asked(Not(Between("price", 5))), "Images whose not (price is at least 5)"),
        (
            asked(Some((MEN, All((Between("year", 2013), Contains("name", "red")))))),
            "Images whose (gender is Men or (year is 2013 or later and product display name contains “red”))",
        ),
        (Recipe(terms=(Words("red shoe"),)), "All images, most like “red shoe”"),
        (
            asked(MEN, terms=(Words("red shoe"), ImageId("1163", -0.5), Upload("a" * 64, 2)), threshold=0.25),
            "Images whose gender is Men, most like “red shoe” and 2 × the given picture, unlike 0.5 × image 1163, "
            "similarity at least 0.25",
        ),
        (
            Recipe(terms=(Words("a", -1.0), ImageId("7", 0.5, HALF), Upload("b" * 64, -2, HALF))),
            "All images, most like 0.5 × part of image 7, unlike “a” and 2 × part of the given picture",
        ),
        (Recipe(terms=(ImageId("7", -1.0),)), "All images, unlike image 7"),
        (Recipe(order=Order("price")), "All images, by price from low to high"),
        (asked(MEN, order=Order("year", True)), "Images whose gender is Men, by year from high to low"),
        (Recipe(sample=True, limit=1_200), "1,200 random images"),
        (asked(MEN, sample=True, limit=1), "1 random image whose gender is Men"),
    ],
)
def test_sentence(recipe: Recipe, words: str) -> None:
    assert sentence(recipe, COLUMNS) == words


@pytest.mark.parametrize(
    ("recipe", "words"),
    [
        (Recipe(terms=(Words("x"),), order=Order("price")), "All images, most like “x”"),
        (Recipe(terms=(Words("x"),), sample=True, limit=5), "All images, most like “x”"),
        (Recipe(threshold=0.5), "All images"),
        (Recipe(sample=True, limit=5, order=Order("price")), "5 random images"),
    ],
)
def test_what_has_no_effect_on_the_answer_is_not_said(recipe: Recipe, words: str) -> None:
    assert sentence(recipe, COLUMNS) == words


@pytest.mark.parametrize(
    ("recipe", "words"),
    [
        (asked(Some()), "No images"),
        (asked(MEN, OneOf("year", ())), "No images"),
        (asked(All((MEN, Not(All())))), "No images"),
        (asked(Some(), terms=(Words("x"),)), "No images"),
        (asked(Some(), sample=True, limit=5), "No images"),
        (asked(All()), "All images"),
        (asked(Not(Some()), MEN), "Images whose gender is Men"),
        (asked(Some((MEN, All()))), "All images"),
        (
            asked(Some((Some(), MEN, All((OneOf("SKU", ()), MEN)), Contains("SKU", "7")))),
            "Images whose (gender is Men or SKU contains “7”)",
        ),
        (asked(Not(All((MEN, All())))), "Images whose not (gender is Men)"),
    ],
)
def test_what_holds_for_every_image_or_for_none_is_said_so(recipe: Recipe, words: str) -> None:
    assert sentence(recipe, COLUMNS) == words


def test_a_condition_without_conditions_has_words() -> None:
    assert [condition_words(item, COLUMNS) for item in (All(), Some(), Not(All()))] == [
        "anything",
        "nothing",
        "nothing",
    ]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("two\nlines\tand \r more", "two lines and more"),
        ("x" * 500, "x" * 79 + "…"),
        ("'; DROP TABLE images;--", "'; DROP TABLE images;--"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
    ],
)
def test_a_hostile_text_stays_one_short_line(text: str, shown: str) -> None:
    assert sentence(asked(Contains("name", text)), COLUMNS) == f"Images whose product display name contains “{shown}”"
    assert condition_words(OneOf("gender", (text,)), COLUMNS) == f"gender is {shown}"
    assert sentence(Recipe(terms=(Words(text),)), COLUMNS).endswith(f"“{shown}”")
    assert sentence(Recipe(terms=(ImageId(text),)), COLUMNS).endswith(f"image {shown}")


def test_an_empty_value_can_be_seen() -> None:
    assert condition_words(OneOf("gender", ("", " ")), COLUMNS) == "gender is “” or “”"


@pytest.mark.parametrize(
    ("label", "words"),
    [
        ("masterCategory", "master category"),
        ("base_colour", "base colour"),
        ("SKU", "SKU"),
        ("Größe", "größe"),
        ("_", "_"),
    ],
)
def test_a_label_is_spoken(label: str, words: str) -> None:
    assert spoken(label) == words


def test_an_unknown_column_is_named_as_it_is() -> None:
    assert condition_words(OneOf("colour", ("red",)), COLUMNS) == "colour is red"
