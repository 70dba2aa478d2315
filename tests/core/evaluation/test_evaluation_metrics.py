"""The figures mean what they say on cases small enough to check by hand."""

import numpy as np
import pytest

from core.evaluation import metrics
from core.evaluation.metrics import (
    accuracy,
    agreeing,
    found_within,
    most_agreeing,
    nearest_others,
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


def test_only_finite_vectors_with_a_length_are_usable() -> None:
    rows = np.array([[3, 4], [0, 0], [np.nan, 1], [np.inf, 1], [1e-10, 0]], np.float32)
    vectors, usable = metrics.unit(rows)
    assert usable.tolist() == [True, False, False, False, True]
    np.testing.assert_allclose(vectors, [[0.6, 0.8], [0, 0], [0, 0], [0, 0], [1, 0]], atol=1e-6)


def test_a_vector_is_not_its_own_neighbour() -> None:
    vectors = unit((1, 0), (1, 0.1), (0, 1), (0.2, 1))
    assert one_nearest_neighbour(vectors, ["a", "a", "b", "b"]) == 1.0
    assert one_nearest_neighbour(vectors, ["a", "b", "a", "b"], chunk=3) == 0.0


def test_nearest_others_stand_in_order_whatever_the_chunk() -> None:
    vectors = unit((1, 0), (1, 0.1), (1, 0.5), (0, 1))
    assert nearest_others(vectors, 3).tolist() == [[1, 2, 3], [0, 2, 3], [1, 0, 3], [2, 1, 0]]
    many = metrics.unit(np.random.default_rng(1).normal(size=(50, 8)).astype(np.float32))[0]
    heard: list[int] = []
    np.testing.assert_array_equal(nearest_others(many, 7, chunk=13, told=heard.append), nearest_others(many, 7))
    assert heard == [13, 26, 39, 50]


def test_precision_and_the_most_it_can_reach() -> None:
    labels = np.array([0, 0, 0, 1])
    nearest = np.array([[1, 3], [0, 2], [3, 1], [0, 1]])
    assert agreeing(nearest, labels, 2).tolist() == [0.5, 1.0, 0.5, 0.0]
    assert agreeing(nearest, labels, 1).tolist() == [1.0, 1.0, 0.0, 0.0]
    assert most_agreeing(labels, 2).tolist() == [1.0, 1.0, 1.0, 0.0]
    assert most_agreeing(labels, 4).tolist() == [0.5, 0.5, 0.5, 0.0]


def test_zero_shot_takes_the_nearest_name(monkeypatch: pytest.MonkeyPatch) -> None:
    assert zero_shot(unit((1, 0), (0.1, 1)), unit((0, 1), (1, 0))).tolist() == [1, 0]
    monkeypatch.setattr(metrics, "CHUNK_BYTES", 8)
    assert zero_shot(unit((1, 0), (0.1, 1)), unit((0, 1), (1, 0))).tolist() == [1, 0]


def test_weighted_f1_matches_the_definition() -> None:
    actual, predicted = ["a", "a", "a", "b"], ["a", "a", "b", "b"]
    assert accuracy(predicted, actual) == 0.75
    assert weighted_f1(predicted, actual) == pytest.approx(0.75 * 0.8 + 0.25 * (2 / 3))
    assert weighted_f1(["c"], ["a"]) == 0


def test_copies_of_the_answer_do_not_push_it_down() -> None:
    candidates = unit((1, 0), (1, 0), (0, 1))
    assert ranks(unit((1, 0.01), (0.5, 1)), candidates, np.array([1, 0])).tolist() == [0, 1]
    assert recall_at(np.array([0, 1, 7]), 2) == pytest.approx(2 / 3)


def test_recall_counts_pictures_that_come_before_the_own_one() -> None:
    images = unit((1, 0), (0, 1), (1, 1))
    assert text_to_image_recall(images, images, (1, 2)) == {1: 1.0, 2: 1.0}
    assert text_to_image_recall(images[::-1], images, (1, 3)) == {1: pytest.approx(1 / 3), 3: 1.0}


def test_the_first_of_several_own_images_counts() -> None:
    images = unit((1, 0), (1, 0.2), (0, 1), (0.2, 1))
    own = np.array([0, 1, 0, -1])
    assert found_within(unit((0, 1), (1, 0)), images, own, (1, 2)).tolist() == [[1, 1], [0, 1]]
    own = np.array([1, 1, 0, -1])
    assert found_within(unit((0.1, 1), (0, 1)), images, own, (1, 2, 3)).tolist() == [[0, 1, 1], [0, 0, 1]]


def test_an_encoder_to_which_all_images_are_alike_finds_by_chance(monkeypatch: pytest.MonkeyPatch) -> None:
    images = unit(*[(1, 0)] * 8)
    own = np.arange(8)
    assert found_within(images, images, own, (1, 2, 8)).tolist() == [[1 / 8, 2 / 8, 1]] * 8
    monkeypatch.setattr(metrics, "CHUNK_BYTES", 8)
    assert found_within(images, images, own, (1, 2, 8)).tolist() == [[1 / 8, 2 / 8, 1]] * 8
    assert found_within(images[:1], images, np.array([0] * 4 + [-1] * 4), (1,)).tolist() == [[1 / 2]]
