"""Intervals against published values and by drawing."""

import numpy as np
import pytest

from core.evaluation.intervals import f1_figure, mean_figure, wilson
from core.evaluation.metrics import weighted_f1


def test_wilsons_interval_matches_published_values() -> None:
    assert wilson(81 / 263, 263) == pytest.approx((0.2553, 0.3662), abs=1e-4)  # Newcombe, 1998, table I
    assert wilson(15 / 148, 148) == pytest.approx((0.0624, 0.1605), abs=1e-4)
    assert wilson(0 / 20, 20) == pytest.approx((0, 0.1611), abs=1e-4)
    assert wilson(1 / 29, 29) == pytest.approx((0.0061, 0.1718), abs=1e-4)


def test_hits_and_misses_get_wilsons_interval() -> None:
    figure = mean_figure(np.array([True] * 81 + [False] * 182))
    assert (figure.value, figure.images) == (pytest.approx(81 / 263, abs=1e-6), 263)
    assert (figure.low, figure.high) == pytest.approx((0.2553, 0.3662), abs=1e-4)


def test_shares_that_scatter_less_get_a_narrower_interval() -> None:
    chance = np.random.default_rng(0)
    shares = chance.binomial(10, 0.6, 400) / 10
    figure = mean_figure(shares)
    expected = 1.96 * shares.std() / 20
    assert figure.high - figure.value == pytest.approx(expected, rel=0.05)
    assert figure.value - figure.low == pytest.approx(expected, rel=0.05)


@pytest.mark.parametrize("value", [0.0, 0.1, 0.3, 0.5, 0.7, 1.0])
def test_values_all_alike_keep_a_width_and_stay_between_0_and_1(value: float) -> None:
    for images in (3, 10, 11):  # the variance of eleven times 0.3 is 3e-33
        figure = mean_figure(np.full(images, value))
        assert figure.value == value
        assert 0 <= figure.low <= value <= figure.high <= 1
        assert figure.high - figure.low > 0.2
        assert (figure.low, figure.high) == pytest.approx(wilson(value, images), abs=1e-6)


def test_few_images_that_hardly_scatter_do_not_pass_for_thousands() -> None:
    figure = mean_figure(np.array([0.3] * 10 + [0.31]))
    assert figure.low < 0.25
    assert figure.high > 0.35


def test_f1_has_the_intervals_of_a_bootstrap_over_images() -> None:
    chance = np.random.default_rng(1)
    truth = chance.integers(0, 4, 300)
    guess = np.where(chance.random(300) < 0.7, truth, chance.integers(0, 4, 300))
    figure = f1_figure(guess, truth, 4, seed=0)
    assert figure == f1_figure(guess, truth, 4, seed=0)
    assert figure.value == pytest.approx(weighted_f1(guess.tolist(), truth.tolist()), abs=1e-6)
    drawn = [
        weighted_f1(guess[places].tolist(), truth[places].tolist())
        for places in (chance.integers(0, 300, 300) for _ in range(400))
    ]
    assert (figure.low, figure.high) == pytest.approx(tuple(np.quantile(drawn, (0.025, 0.975))), abs=0.02)


def test_f1_without_a_miss_is_not_certain() -> None:
    codes = np.arange(20) % 2
    figure = f1_figure(codes, codes, 2, seed=0)
    assert (figure.value, figure.high) == (1, 1)
    assert figure.low == pytest.approx(0.8389, abs=1e-4)
