"""The pictures of the last steps, remembered as they were embedded then.

A batch of 128 holds few pictures of a product's type and hardly one that could be mistaken for it. Thousands of earlier
ones cost one matrix product and no further pass of the image tower; weights change so little from step to step that
they are still good (cross-batch memory, Wang et al. 2020, arXiv:1912.06798).
"""

from collections.abc import Mapping

import torch
from torch import Tensor


class Memory:
    """A ring of embeddings, none with a gradient, and the dataset rows they belong to."""

    def __init__(self, size: int, width: int):
        self.vectors = torch.zeros(size, width)
        """Unit vectors, shape (size, width)."""
        self.rows = torch.full((size,), -1)
        """Dataset rows, shape (size,); -1 where nothing is remembered yet."""
        self.next = 0

    def __len__(self) -> int:
        return int((self.rows >= 0).sum())

    def recalled(self) -> tuple[Tensor, Tensor]:
        """Return what is remembered: vectors of shape (count, width) and rows of shape (count,)."""
        kept = self.rows >= 0
        return self.vectors[kept], self.rows[kept]

    def add(self, vectors: Tensor, rows: Tensor) -> None:
        """Remember a batch in place of the oldest; of a batch larger than the memory, its last."""
        size = len(self.rows)
        if not size:
            return
        vectors, rows = vectors.detach()[-size:], rows[-size:]
        places = (self.next + torch.arange(len(rows))) % size
        self.vectors[places], self.rows[places] = vectors, rows
        self.next = (self.next + len(rows)) % size

    def state(self) -> dict[str, Tensor | int]:
        """Return everything it holds."""
        return {"vectors": self.vectors, "rows": self.rows, "next": self.next}

    def restore(self, state: Mapping[str, Tensor | int]) -> None:
        """Hold again what a state says."""
        self.vectors, self.rows, self.next = (
            torch.as_tensor(state["vectors"]), torch.as_tensor(state["rows"]), int(state["next"]),
        )  # fmt: skip
