"""Vocabularies: a column's values, shipped lists, and a person's own."""

from pathlib import Path

import pyarrow as pa
import pytest

from core.collection.catalog import Catalog
from core.errors import InputError, NotFoundError, QueryError
from core.models.facts import LONGEST_TEXT, check_parameters
from core.models.run import find_model
from core.models.vocabulary import column_labels, left_out, own_labels, shipped, shipped_labels
from tests.made_up import fill


def test_shipped_lists_can_be_used_as_they_are() -> None:
    assert {item.name for item in shipped()} == {"general", "colours"}
    assert len(shipped_labels("general")) > 300
    for item in shipped():
        assert item.about.endswith(".")
        assert check_parameters(find_model("zero-shot"), {"labels": item.labels})["labels"] == item.labels
    with pytest.raises(NotFoundError, match="generl"):
        shipped_labels("generl")


def test_a_columns_values_come_by_how_frequent_they_are(catalog: Catalog) -> None:
    counts = catalog.select("SELECT shape FROM images WHERE shape IS NOT NULL GROUP BY 1 ORDER BY count(*) DESC, 1")
    assert column_labels(catalog, "shape") == tuple(str(row[0]) for row in counts)
    assert column_labels(catalog, "SHAPE") == column_labels(catalog, "shape")


@pytest.mark.parametrize("column", ["title", "price", "year", "for_sale", "nothing"])
def test_a_column_without_classes_is_refused(catalog: Catalog, column: str) -> None:
    with pytest.raises(QueryError):
        column_labels(catalog, column)


def test_a_persons_list_has_one_label_a_line() -> None:
    text = "\ufeff# mine\n  red   dress \n\nRed Dress\nblue\tshoe\n" + "x" * (LONGEST_TEXT + 1) + "\nbell\x07\n"
    assert own_labels(text) == ("red dress", "blue shoe")
    for few in ("", "# only\n# notes", "one"):
        with pytest.raises(InputError, match="too few"):
            own_labels(few)
    with pytest.raises(InputError, match="too many"):
        own_labels("\n".join(map(str, range(1_001))))


def test_joiners_and_soft_hyphens_are_part_of_words() -> None:
    words = ("\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645", "\U0001f469\u200d\U0001f680", "hand\u00adbag")
    assert own_labels("\n".join(words)) == words
    assert check_parameters(find_model("zero-shot"), {"labels": words})["labels"] == words
    for wrong in ("bell\x07", "half \ud800", "none \uffff"):
        with pytest.raises(InputError):
            check_parameters(find_model("zero-shot"), {"labels": ["a", wrong]})


def test_lines_that_are_no_label_of_their_own_are_counted() -> None:
    assert left_out("# note\n\nred\nRed\nbell\x07\nblue\n" + "x" * (LONGEST_TEXT + 1)) == 3
    assert left_out("red\nblue") == 0


def test_a_column_whose_values_differ_in_case_alone_is_refused_by_name(tmp_path: Path) -> None:
    made = fill(tmp_path, "x", {"hue": pa.array(["Red", "red"] * 20)}, [str(place) for place in range(40)])
    with pytest.raises(QueryError, match="hue") as raised:
        column_labels(Catalog(made.dataset()), "hue")
    assert "case" in raised.value.detail
