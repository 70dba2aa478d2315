"""A step learns, and a run that stopped goes on exactly as if it had not."""

import itertools
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from torch import nn

from training.augmentation import Strength, augmented
from training.captions import Caption, vocabulary_texts
from training.losses import COUSIN_WEIGHT, UNLABELLED, agreement, neighbourhood, pairing, recognition
from training.memory import Memory
from training.model import (
    IMAGE_SETTINGS,
    TEXT_SETTINGS,
    HalfConvolution,
    Learner,
    halve_pointwise,
    towers,
    train_tokenizer,
)
from training.optimiser import orthogonalised
from training.prepare import Dataset
from training.train import Plan, Run, label_values, rate_at, restored, save

SMALL_IMAGE = {**IMAGE_SETTINGS, "width_coefficient": 0.125, "depth_coefficient": 0.3, "hidden_dim": 160}
SMALL_TEXT = {**TEXT_SETTINGS, "hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 1}


def ticking() -> Callable[[], float]:
    """Return a clock that advances one second a look."""
    counter = itertools.count()
    return lambda: float(next(counter))


@pytest.fixture
def started(dataset: Dataset) -> Callable[[], Run]:
    """Return a maker of equal new runs."""
    tokenizer = train_tokenizer(dataset.columns["productDisplayName"] + vocabulary_texts(), size=1500)
    values = label_values(dataset)

    def make() -> Run:
        torch.manual_seed(0)
        learner = Learner(towers(len(tokenizer), SMALL_IMAGE, SMALL_TEXT), values)
        plan = Plan(seconds=40.0, batch=32, kin_share=0.25, warm_up=0.1)
        return Run(dataset, learner, tokenizer, values, plan, ticking())

    return make


def test_training_reduces_the_loss_and_never_sees_the_hold_out(started: Callable[[], Run], tmp_path: Path) -> None:
    run = started()
    seen: set[int] = set()
    losses = []
    for _ in range(16):
        run.spent += 1
        losses.append(run.step()["total"])
        seen.update(run.next_rows().tolist())
    assert sum(losses[-3:]) < 0.9 * sum(losses[:3])
    assert not run.dataset.held_out[sorted(seen)].any()


def test_a_resumed_run_reaches_the_same_state(started: Callable[[], Run], tmp_path: Path) -> None:
    whole = started()
    whole.train(tmp_path / "whole", most_steps=4)
    first = started()
    first.train(tmp_path / "parts", most_steps=2)
    second = started()
    second.restore(restored(tmp_path / "parts" / "checkpoint.pt"))
    assert (second.step_number, second.spent) == (2, 2.0)
    second.train(tmp_path / "parts", most_steps=4)
    assert second.spent == whole.spent
    for name, weight in whole.learner.state_dict().items():
        torch.testing.assert_close(second.learner.state_dict()[name], weight, rtol=1e-4, atol=1e-5)


def test_a_run_ends_when_its_time_is_spent(started: Callable[[], Run], tmp_path: Path) -> None:
    run = started()
    run.spent = 38.0
    run.train(tmp_path)
    assert run.step_number == 2
    assert (tmp_path / "checkpoint.pt").is_file()


def test_a_checkpoint_is_written_whole(tmp_path: Path) -> None:
    save({"step_number": 3}, tmp_path / "checkpoint.pt")
    assert [path.name for path in tmp_path.iterdir()] == ["checkpoint.pt"]
    assert restored(tmp_path / "checkpoint.pt") == {"step_number": 3}


def test_the_rate_rises_then_falls_to_nothing() -> None:
    rates = [rate_at(place / 100, 0.05) for place in range(101)]
    assert rates[0] < rates[3] < rates[5]
    assert rates[5] == 1.0
    assert rates[100] == pytest.approx(0.0)
    assert all(later <= earlier for earlier, later in itertools.pairwise(rates[5:]))


def test_a_description_agrees_with_every_picture_it_fits() -> None:
    captions = [
        Caption("red thing", {"baseColour": ("Red",)}),
        Caption("Brand X", {"baseColour": ("Red",)}, exact=True),
    ]
    captions.append(Caption("something"))
    labels = {"baseColour": torch.tensor([0, 0, UNLABELLED])}
    agreed = agreement(captions, labels, {"baseColour": {"Red": 0}})
    assert agreed.tolist() == [[1, 1, 0], [pytest.approx(COUSIN_WEIGHT), 1, 0], [1, 1, 1]]


def test_right_pairs_cost_less_than_wrong_ones() -> None:
    vectors = torch.eye(4)
    right = pairing(vectors, vectors, torch.eye(4), torch.tensor(10.0))
    wrong = pairing(vectors, vectors.roll(1, 0), torch.eye(4), torch.tensor(10.0))
    assert right < 0.01 < wrong
    rows = torch.tensor([2, 0])
    alone = torch.eye(4, dtype=torch.bool)
    assert recognition(vectors, vectors[rows], rows, alone, 20.0) < 0.01
    others = 20.0 * vectors[rows] @ torch.cat([vectors[:1], -vectors]).T
    assert recognition(vectors, vectors[rows], rows, alone, 20.0, others) == pytest.approx(0.69 / 2, abs=0.01)
    barred = torch.full_like(others, -torch.inf)
    assert recognition(vectors, vectors[rows], rows, alone, 20.0, barred) < 0.01


def test_neighbours_with_the_same_label_cost_little() -> None:
    vectors = torch.eye(2).repeat_interleave(2, 0)
    similarity = (20.0 * vectors @ vectors.T).fill_diagonal_(-torch.inf)
    together, apart = torch.tensor([0, 0, 1, 1]), torch.tensor([0, 1, 0, 1])

    def loss(kinds: torch.Tensor) -> torch.Tensor:
        return neighbourhood(similarity, {"kind": kinds}, {"kind": kinds}, {"kind": 1.0})

    assert loss(together) < 0.01
    assert loss(apart) > 5
    assert loss(torch.arange(4)) == 0
    assert loss(torch.full((4,), UNLABELLED)) == 0


def test_the_memory_holds_the_latest_pictures() -> None:
    memory = Memory(4, 2)
    assert len(memory) == 0
    assert memory.recalled()[0].shape == (0, 2)
    memory.add(torch.full((3, 2), 1.0, requires_grad=True), torch.tensor([7, 8, 9]))
    memory.add(torch.full((2, 2), 2.0), torch.tensor([5, 6]))
    vectors, rows = memory.recalled()
    assert sorted(rows.tolist()) == [5, 6, 8, 9]
    assert not vectors.requires_grad
    assert dict(zip(rows.tolist(), vectors[:, 0].tolist(), strict=True)) == {8: 1.0, 9: 1.0, 5: 2.0, 6: 2.0}
    other = Memory(4, 2)
    other.restore(memory.state())
    for each in (memory, other):
        each.add(torch.full((6, 2), 3.0), torch.arange(6))
    assert sorted(other.recalled()[1].tolist()) == sorted(memory.recalled()[1].tolist()) == [2, 3, 4, 5]
    nothing = Memory(0, 2)
    nothing.add(torch.ones(3, 2), torch.arange(3))
    assert len(nothing) == 0


def test_a_halved_convolution_answers_as_the_whole_one_does() -> None:
    model = nn.Sequential(nn.Conv2d(8, 16, 1, bias=False), nn.Conv2d(16, 16, 3, groups=16), nn.Conv2d(16, 4, 1))
    pictures = torch.randn(2, 8, 5, 4)
    whole, names = model(pictures), list(model.state_dict())
    halve_pointwise(model)
    assert [type(part) for part in model] == [HalfConvolution, nn.Conv2d, nn.Conv2d]
    assert list(model.state_dict()) == names
    assert model(pictures).dtype == torch.float32
    assert torch.allclose(model(pictures), whole, atol=0.05)


def test_orthogonalised_updates_have_singular_values_near_one() -> None:
    torch.manual_seed(0)
    for shape in ((8, 30), (30, 8)):
        values = torch.linalg.svdvals(orthogonalised(torch.randn(shape)))
        assert values.min() > 0.5
        assert values.max() < 1.5


def test_augmented_pictures_are_valid_and_repeatable() -> None:
    frames = torch.randint(0, 255, (32, 80, 64, 3), dtype=torch.uint8, generator=torch.Generator().manual_seed(0))
    strong = Strength(jpeg=0.5, low_resolution=0.5, grey=0.5)
    pixels, grey = augmented(frames, torch.Generator().manual_seed(1), strong)
    again, _ = augmented(frames, torch.Generator().manual_seed(1), strong)
    assert pixels.shape == (32, 3, 140, 112)
    assert -1.01 <= float(pixels.min()) <= float(pixels.max()) <= 1.01
    assert torch.equal(pixels, again)
    assert 0 < int(grey.sum()) < 32
    assert torch.allclose(pixels[grey][:, 0], pixels[grey][:, 2], atol=1e-5)
    still = Strength(0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
    same, _ = augmented(frames, torch.Generator().manual_seed(1), still, (80, 64))
    assert torch.allclose((same + 1) * 127.5, frames.permute(0, 3, 1, 2).float(), atol=0.05)
