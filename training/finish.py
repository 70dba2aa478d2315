"""The last stage: the image tower stands still and everything behind it is tuned on its features.

A picture then costs a matrix product instead of a convolutional network, so batches can be many times larger: the
contrastive loss meets more wrong answers, and recognition picks from more pictures.
"""

import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional
from transformers import PreTrainedTokenizerFast

from training.augmentation import Strength, as_input, as_unit, augmented
from training.model import Learner
from training.prepare import Dataset
from training.train import CHECKPOINT, Clock, Plan, Run, restored

STRONG_VIEWS = 2


def features(
    learner: Learner, dataset: Dataset, rows: NDArray[np.int64], strength: Strength | None, seed: int
) -> Tensor:
    """Return what the image tower says of the rows' pictures, unchanged or changed: float16 of (rows, tower width)."""
    rng = torch.Generator().manual_seed(seed)
    parts = []
    learner.eval()
    with torch.inference_mode():
        for part in np.array_split(rows, max(1, len(rows) // 256)):
            frames = torch.from_numpy(dataset.frames[part])
            pixels = as_input(as_unit(frames)) if strength is None else augmented(frames, rng, strength)[0]
            pixels = pixels.contiguous(memory_format=torch.channels_last)
            parts.append(learner.clip.vision_model(pixel_values=pixels).pooler_output.half())
    return torch.cat(parts).clone()


class Finish(Run):
    """A run whose pictures are features that were computed once: one unchanged view and a few strongly changed ones."""

    def __init__(
        self,
        dataset: Dataset,
        learner: Learner,
        tokenizer: PreTrainedTokenizerFast,
        values: Mapping[str, Sequence[str]],
        plan: Plan,
        clock: Clock = time.monotonic,
    ):
        super().__init__(dataset, learner, tokenizer, values, plan, clock)
        self.row_places = np.full(len(dataset), -1)
        self.row_places[self.rows] = np.arange(len(self.rows))
        strong = Strength(**{**vars(plan.strong), "grey": 0.0})
        self.clean = features(learner, dataset, self.rows, None, plan.seed)
        self.strong = [features(learner, dataset, self.rows, strong, plan.seed + n + 1) for n in range(STRONG_VIEWS)]

    def views(self, rows: NDArray[np.int64], watched: Tensor) -> tuple[Tensor, Tensor]:
        """Embed the unchanged features of the rows, then changed ones of the watched rows."""
        places = torch.from_numpy(self.row_places[rows])
        view = self.strong[int(torch.randint(STRONG_VIEWS, (1,), generator=self.pixels_rng))]
        seen = torch.cat([self.clean[places], view[places[watched]]]).float()
        embedded = functional.normalize(self.learner.clip.visual_projection(seen), dim=-1)
        return embedded, torch.zeros(len(seen), dtype=torch.bool)


def finish(run: Run, folder: Path, seconds: float, resume: bool) -> None:
    """Tune a run's projections, words and heads for some time more, in place."""
    plan = Plan(
        seconds=seconds, batch=1024, kin_share=0.1, changed_share=0.5, near_weight=0.5, rate=0.25, warm_up=0.1
    )  # fmt: skip
    last = Finish(run.dataset, run.learner, run.tokenizer, run.values, plan)
    if resume and (folder / CHECKPOINT).is_file():
        last.restore(restored(folder / CHECKPOINT))
    last.train(folder)
