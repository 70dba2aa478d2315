"""Norms become part of the convolutions before them, and the answer stays what it was."""

import torch
from torch import nn

from core.encoders.folding import fold_norms


class Seen:
    """What a tower answers."""

    def __init__(self, pooler_output: torch.Tensor):
        self.pooler_output = pooler_output


class Tower(nn.Module):
    """Two convolutions with their norms, used in the order they stand or not."""

    def __init__(self, crossed: bool):
        super().__init__()
        self.first, self.first_norm = nn.Conv2d(3, 8, 3, bias=False), nn.BatchNorm2d(8)
        self.second, self.second_norm = nn.Conv2d(8, 8, 3, bias=False), nn.BatchNorm2d(8)
        self.crossed = crossed
        for norm in (self.first_norm, self.second_norm):
            nn.init.uniform_(norm.weight, 0.5, 2.0)
            nn.init.normal_(norm.bias)
            norm.running_mean.normal_()
            norm.running_var.uniform_(0.5, 2.0)

    def forward(self, pixel_values: torch.Tensor) -> Seen:
        norms = (self.second_norm, self.first_norm) if self.crossed else (self.first_norm, self.second_norm)
        seen = torch.relu(norms[0](self.first(pixel_values)))
        return Seen(norms[1](self.second(seen)).mean((2, 3)))


def count(tower: nn.Module) -> int:
    return sum(isinstance(module, nn.BatchNorm2d) for module in tower.modules())


def test_norms_are_folded_where_the_answer_stays() -> None:
    torch.manual_seed(0)
    tower = Tower(crossed=False).eval()
    picture = torch.rand(1, 3, 20, 16)
    before = tower(picture).pooler_output
    fold_norms(tower, (20, 16))
    assert count(tower) == 0
    torch.testing.assert_close(tower(picture).pooler_output, before, rtol=1e-4, atol=1e-5)


def test_a_tower_whose_norms_stand_elsewhere_is_left_alone() -> None:
    torch.manual_seed(0)
    tower = Tower(crossed=True).eval()
    picture = torch.rand(1, 3, 20, 16)
    before = tower(picture).pooler_output
    fold_norms(tower, (20, 16))
    assert count(tower) == 2
    assert torch.equal(tower(picture).pooler_output, before)
