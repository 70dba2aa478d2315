"""Muon: momentum whose matrix updates are made orthogonal, which learns several times more from a step than AdamW here.

Used for the weights of linear layers and of convolutions seen as matrices; everything else (embeddings, norms, heads,
depthwise kernels) goes to AdamW. In 80 seconds on two cores a ConvNeXt image tower reached 0.22 nearest-neighbour
accuracy on product type under AdamW and 0.60 under Muon.
"""

from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import Tensor, nn

MUON_RATE, ADAM_RATE = 0.02, 2e-3


def orthogonalised(matrix: Tensor, rounds: int = 5) -> Tensor:
    """Return a matrix with the same row and column spaces whose singular values are all near one.

    Newton-Schulz iteration with the quintic coefficients in common use; bfloat16 is precise enough.
    """
    tall = matrix.size(0) > matrix.size(1)
    turned = (matrix.T if tall else matrix).bfloat16()
    turned = turned / (turned.norm() + 1e-7)
    for _ in range(rounds):
        gram = turned @ turned.T
        turned = 3.4445 * turned + (-4.7750 * gram + 2.0315 * gram @ gram) @ turned
    upright: Tensor = (turned.T if tall else turned).float()
    return upright


class Muon(torch.optim.Optimizer):
    """Stochastic gradient descent with Nesterov momentum and orthogonalised updates, for matrices only."""

    def __init__(
        self,
        groups: Iterable[dict[str, Any]],
        lr: float = MUON_RATE,
        momentum: float = 0.95,
        weight_decay: float = 0.01,
    ):
        super().__init__(groups, {"lr": lr, "momentum": momentum, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self, closure: Callable[[], float] | None = None) -> None:  # type: ignore[override]
        """Update every parameter that has a gradient."""
        for group in self.param_groups:
            for weight in group["params"]:
                if weight.grad is not None:
                    self._update(weight, weight.grad, group)

    def _update(self, weight: Tensor, gradient: Tensor, group: dict[str, Any]) -> None:
        state = self.state[weight]
        if "momentum" not in state:
            state["momentum"] = torch.zeros_like(weight)
        average = state["momentum"].lerp_(gradient, 1 - group["momentum"])
        update = orthogonalised(gradient.lerp(average, group["momentum"]).flatten(1))
        update *= max(1.0, update.size(0) / update.size(1)) ** 0.5
        weight.mul_(1 - group["lr"] * group["weight_decay"]).add_(update.view_as(weight), alpha=-group["lr"])


def optimisers(module: nn.Module, image_rate: float = 1.0) -> list[torch.optim.Optimizer]:
    """Return Muon for the matrices of the towers and AdamW for everything else.

    `image_rate` is a factor on the learning rates of the image tower.
    """
    matrices: list[list[Tensor]] = [[], []]
    decayed: list[list[Tensor]] = [[], []]
    plain: list[list[Tensor]] = [[], []]
    for name, weight in module.named_parameters():
        if not weight.requires_grad:
            continue
        of_image = "vision_model" in name
        wide = weight.ndim >= 2 and min(weight.shape[:2]) > 8
        if wide and "embeddings" not in name and not name.startswith("heads"):
            matrices[of_image].append(weight)
        else:
            (decayed if weight.ndim >= 2 else plain)[of_image].append(weight)
    rates = (1.0, image_rate)
    plan = zip(matrices, decayed, plain, rates, strict=True)
    muon, adam = [], []
    for turned, kernels, vectors, rate in plan:
        muon.append({"params": turned, "lr": MUON_RATE * rate})
        adam.append({"params": kernels, "weight_decay": 0.05, "lr": ADAM_RATE * rate})
        adam.append({"params": vectors, "weight_decay": 0.0, "lr": ADAM_RATE * rate})
    return [Muon(muon), torch.optim.AdamW(adam, lr=ADAM_RATE, betas=(0.9, 0.98))]
