"""The figures mean what they say on cases small enough to check by hand."""

import numpy as np
import pytest

from training.metrics import (
    accuracy,
    one_nearest_neighbour,
    ranks,
    recall_at,
    text_to_image_recall,
    weighted_f1,
    zero_shot,
)


def unit(*rows: tuple[float, float]) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    vectors = np.array(rows, np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def test_a_vector_is_not_its_own_neighbour() -> None:
    vectors = unit((1, 0), (1, 0.1), (0, 1), (0.2, 1))
    assert one_nearest_neighbour(vectors, ["a", "a", "b", "b"]) == 1.0
    assert one_nearest_neighbour(vectors, ["a", "b", "a", "b"], chunk=3) == 0.0


def test_zero_shot_takes_the_nearest_name() -> None:
    assert zero_shot(unit((1, 0), (0.1, 1)), unit((0, 1), (1, 0))).tolist() == [1, 0]


def test_weighted_f1_matches_the_definition() -> None:
    actual, predicted = ["a", "a", "a", "b"], ["a", "a", "b", "b"]
    assert accuracy(predicted, actual) == 0.75
    assert weighted_f1(predicted, actual) == pytest.approx(0.75 * 0.8 + 0.25 * (2 / 3))


def test_copies_of_the_answer_do_not_push_it_down() -> None:
    candidates = unit((1, 0), (1, 0), (0, 1))
    assert ranks(unit((1, 0.01), (0.5, 1)), candidates, np.array([1, 0])).tolist() == [0, 1]
    assert recall_at(np.array([0, 1, 7]), 2) == pytest.approx(2 / 3)


def test_recall_counts_pictures_that_come_before_the_own_one() -> None:
    images = unit((1, 0), (0, 1), (1, 1))
    assert text_to_image_recall(images, images, (1, 2)) == {1: 1.0, 2: 1.0}
    assert text_to_image_recall(images[::-1], images, (1, 3)) == {1: pytest.approx(1 / 3), 3: 1.0}
