"""The training loop: bounded by wall-clock time, resumable, the same on any machine but for its speed.

The learning rate follows the share of the time budget that is spent, not a number of steps, so a run on a busy machine
ends on time with its schedule complete. A checkpoint holds everything the next step depends on.
"""

import json
import math
import os
import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from transformers import PreTrainedTokenizerFast

from training.augmentation import LIGHT, STRONG, WHOLE, Strength, augmented
from training.captions import Caption, caption, label_phrases
from training.losses import UNLABELLED, agreement, alike, labelling, neighbourhood, pairing, recognition
from training.memory import Memory
from training.model import MAX_TOKENS, WIDTH, Learner
from training.optimiser import optimisers
from training.prepare import LABELS, Dataset
from training.preprocess import KEPT_HEIGHT, KEPT_WIDTH
from training.vocabulary import TYPES, UNKNOWN

LABEL_WEIGHTS = {
    "articleType": 1.0, "baseColour": 1.0, "gender": 0.7, "subCategory": 0.3,
    "masterCategory": 0.2, "usage": 0.2, "season": 0.15,
}  # fmt: skip
CHECKPOINT = "checkpoint.pt"
ALIKE = ("articleType", "baseColour", "gender")
SAME_SCALE, NEAR_SCALE = 30.0, 30.0
TEXT_PARTS = 4
Clock = Callable[[], float]


@dataclass(frozen=True)
class Plan:
    """How a run is shaped."""

    seconds: float
    """Wall-clock time to spend on training."""
    batch: int = 128
    """Pictures a step."""
    kin_share: float = 0.0
    """Share of a batch drawn from one product type, to compare a picture with its like."""
    changed_share: float = 0.3
    """Share of a batch that is embedded a second time, strongly changed, to be recognised."""
    near_weight: float = 0.3
    """Weight of the loss that a picture's neighbours carry its labels."""
    remembered: int = 8192
    """How many pictures of earlier steps a picture is compared with besides its batch."""
    rate: float = 1.0
    """Factor on every learning rate."""
    image_rate: float = 1.0
    """Further factor on those of the image tower, below 1 where it comes with weights worth keeping."""
    small_until: float = 0.5
    """Share of the time in which pictures stay as small as they are kept, which is twice as quick."""
    warm_up: float = 0.03
    """Share of the time in which the learning rate rises."""
    checkpoint_seconds: float = 180.0
    """Time between two checkpoints."""
    seed: int = 7
    """Seed of everything random."""
    light: Strength = LIGHT
    """How strongly every picture is changed: little, because labels are learnt several times faster that way."""
    strong: Strength = STRONG
    """How strongly the second views are changed."""


def label_values(dataset: Dataset) -> dict[str, list[str]]:
    """Return the values every label column can take; product types include those no picture shows."""
    values = {name: sorted(set(dataset.columns[name]) - UNKNOWN) for name in LABELS}
    values["articleType"] = sorted({*values["articleType"], *TYPES})
    return values


def rate_at(spent: float, warm_up: float) -> float:
    """Return the factor on the learning rate when a share `spent` of the time is gone: a short rise, then a cosine."""
    if spent < warm_up:
        return max(spent / warm_up, 0.02)
    return 0.5 * (1 + math.cos(math.pi * min(1.0, (spent - warm_up) / (1 - warm_up))))


class Run:
    """One training run: the learner, its optimisers, its place in the data and the time it has spent."""

    def __init__(
        self,
        dataset: Dataset,
        learner: Learner,
        tokenizer: PreTrainedTokenizerFast,
        values: Mapping[str, Sequence[str]],
        plan: Plan,
        clock: Clock = time.monotonic,
    ):
        self.dataset, self.learner, self.tokenizer, self.values, self.plan, self.clock = (
            dataset, learner, tokenizer, values, plan, clock,
        )  # fmt: skip
        self.positions = {name: {value: place for place, value in enumerate(of)} for name, of in values.items()}
        self.labels = {
            name: torch.tensor([self.positions[name].get(value, UNLABELLED) for value in dataset.columns[name]])
            for name in values
        }
        known_looks = {look: number for number, look in enumerate(sorted(set(dataset.columns["look"])))}
        self.looks = torch.tensor([known_looks[look] for look in dataset.columns["look"]])
        self.memory = Memory(plan.remembered, WIDTH)
        self.rows = np.flatnonzero(~dataset.held_out)
        by_type = self.labels["articleType"].numpy()[self.rows]
        self.kin = [self.rows[by_type == place] for place in np.unique(by_type)]
        self.optimisers = optimisers(learner, plan.image_rate)
        self.base_rates = [[group["lr"] for group in each.param_groups] for each in self.optimisers]
        self.words_rng, self.pixels_rng = random.Random(plan.seed), torch.Generator().manual_seed(plan.seed)
        self.order_rng = np.random.default_rng(plan.seed)
        self.order = self.order_rng.permutation(self.rows)
        self.place, self.step_number, self.spent = 0, 0, 0.0

    def next_rows(self) -> NDArray[np.int64]:
        """Return the dataset rows of the next batch: a shuffled pass, and some rows that share a product type."""
        kin_count = round(self.plan.batch * self.plan.kin_share)
        free = min(self.plan.batch, len(self.rows)) - kin_count
        if self.place + free > len(self.order):
            self.order, self.place = self.order_rng.permutation(self.rows), 0
        rows = self.order[self.place : self.place + free]
        self.place += free
        if kin_count:
            sizes = np.array([len(each) for each in self.kin]) ** 0.75
            family = self.kin[self.order_rng.choice(len(self.kin), p=sizes / sizes.sum())]
            rows = np.concatenate([rows, self.order_rng.choice(family, min(kin_count, len(family)), replace=False)])
            rows = np.unique(rows)
        return np.sort(rows)

    def tokens(self, texts: Sequence[str]) -> dict[str, Tensor]:
        """Tokenise texts into one padded batch."""
        encoded = self.tokenizer(list(texts), padding=True, truncation=True, max_length=MAX_TOKENS, return_tensors="pt")
        return {name: encoded[name] for name in ("input_ids", "attention_mask")}

    def embedded(self, texts: Sequence[str]) -> Tensor:
        """Embed texts, short ones together and long ones together, so that little time goes into padding."""
        lengths = np.array([len(ids) for ids in self.tokenizer(list(texts))["input_ids"]])
        order = np.argsort(lengths, kind="stable")
        parts = [
            self.learner.texts(self.tokens([texts[place] for place in part]))
            for part in np.array_split(order, TEXT_PARTS)
            if len(part)
        ]
        return torch.cat(parts)[torch.from_numpy(np.argsort(order))]

    def embedded_texts(self, captions: Sequence[Caption]) -> tuple[Tensor, dict[str, Tensor]]:
        """Embed the captions, and a phrase for every value of every column, in one pass of the text tower."""
        texts, ends = [each.text for each in captions], {}
        for column, names in self.values.items():
            texts += label_phrases(column, names, self.words_rng)
            ends[column] = len(texts)
        embedded = self.embedded(texts)
        words, start = {}, len(captions)
        for column, end in ends.items():
            words[column], start = embedded[start:end], end
        return embedded[: len(captions)], words

    def views(self, rows: NDArray[np.int64], watched: Tensor) -> tuple[Tensor, Tensor]:
        """Embed the rows' pictures changed a little, then the watched ones changed strongly; say which lost colour."""
        frames = torch.from_numpy(self.dataset.frames[rows])
        size = (KEPT_HEIGHT, KEPT_WIDTH) if self.spent < self.plan.small_until * self.plan.seconds else WHOLE
        light, grey = augmented(frames, self.pixels_rng, self.plan.light, size)
        strong, paled = augmented(frames[watched], self.pixels_rng, self.plan.strong, size)
        pixels = torch.cat([light, strong]).contiguous(memory_format=torch.channels_last)
        return self.learner.images(pixels), torch.cat([grey, paled])

    def loss(self, rows: NDArray[np.int64]) -> tuple[Tensor, dict[str, float]]:
        """Return the loss of one batch and its parts."""
        watched = torch.randperm(len(rows), generator=self.pixels_rng)[: round(self.plan.changed_share * len(rows))]
        embedded, pale = self.views(rows, watched)
        images, changed = embedded[: len(rows)], embedded[len(rows) :]
        labels = {name: known[rows] for name, known in self.labels.items()}
        every = {name: torch.cat([known, known[watched]]) for name, known in labels.items()}
        every["baseColour"] = torch.where(pale, UNLABELLED, every["baseColour"])
        captions = [caption({n: c[row] for n, c in self.dataset.columns.items()}, self.words_rng) for row in rows]
        texts, words = self.embedded_texts(captions)
        parts = {
            "pair": pairing(images, texts, agreement(captions, labels, self.positions), self.learner.pair_scale),
            "head": labelling(self.learner.judged(embedded), every, LABEL_WEIGHTS),
            "word": labelling(self.learner.compared(embedded, words), every, LABEL_WEIGHTS),
        }
        total = parts["pair"] + 0.5 * parts["head"] + 0.5 * parts["word"]
        places = torch.from_numpy(rows)
        before, before_rows = self.memory.recalled()
        if self.plan.near_weight:
            candidates, candidate_rows = torch.cat([images, before]), torch.cat([places, before_rows])
            near = (NEAR_SCALE * images @ candidates.T).masked_fill(places[:, None] == candidate_rows, -torch.inf)
            of = {name: known[candidate_rows] for name, known in self.labels.items()}
            parts["near"] = neighbourhood(near, labels, of, LABEL_WEIGHTS)
            total = total + self.plan.near_weight * parts["near"]
        if len(watched):
            twins = self.looks[places[watched]][:, None] == self.looks[before_rows]
            others = (SAME_SCALE * changed @ before.T).masked_fill(twins, -torch.inf)
            parts["same"] = recognition(images, changed, watched, alike(labels, ALIKE), SAME_SCALE, others)
            total = total + parts["same"]
        self.memory.add(images, places)
        return total, {name: float(part.detach()) for name, part in parts.items()}

    def step(self) -> dict[str, float]:
        """Take one optimisation step and return the parts of its loss."""
        factor = self.plan.rate * rate_at(self.spent / self.plan.seconds, self.plan.warm_up)
        for each, rates in zip(self.optimisers, self.base_rates, strict=True):
            for group, rate in zip(each.param_groups, rates, strict=True):
                group["lr"] = rate * factor
        self.learner.train()
        total, parts = self.loss(self.next_rows())
        for each in self.optimisers:
            each.zero_grad(set_to_none=True)
        total.backward()  # type: ignore[no-untyped-call]
        for each in self.optimisers:
            each.step()
        self.step_number += 1
        return {"total": float(total.detach()), **parts}

    def state(self) -> dict[str, Any]:
        """Return everything the next step depends on."""
        return {
            "learner": self.learner.state_dict(),
            "optimisers": [each.state_dict() for each in self.optimisers],
            "words_rng": self.words_rng.getstate(), "pixels_rng": self.pixels_rng.get_state(),
            "order_rng": self.order_rng.bit_generator.state, "order": self.order,
            "memory": self.memory.state(), "place": self.place, "step_number": self.step_number, "spent": self.spent,
        }  # fmt: skip

    def restore(self, state: Mapping[str, Any]) -> None:
        """Continue from a state as if the run had never stopped."""
        self.learner.load_state_dict(state["learner"])
        for each, kept in zip(self.optimisers, state["optimisers"], strict=True):
            each.load_state_dict(kept)
        self.words_rng.setstate(state["words_rng"])
        self.pixels_rng.set_state(state["pixels_rng"])
        self.order_rng.bit_generator.state = state["order_rng"]
        self.memory.restore(state["memory"])
        self.order, self.place = state["order"], state["place"]
        self.step_number, self.spent = state["step_number"], state["spent"]

    def train(self, folder: Path, most_steps: int | None = None) -> None:
        """Take steps until the time is spent, with checkpoints and a line of figures every few steps on the way."""
        folder.mkdir(parents=True, exist_ok=True)
        last, saved = self.clock(), self.spent
        while self.spent < self.plan.seconds and (most_steps is None or self.step_number < most_steps):
            figures = self.step()
            now = self.clock()
            self.spent, last = self.spent + now - last, now
            if self.step_number % 20 == 0:
                self._log(folder, figures)
            if self.spent - saved >= self.plan.checkpoint_seconds:
                save(self.state(), folder / CHECKPOINT)
                saved = self.spent
        save(self.state(), folder / CHECKPOINT)

    def _log(self, folder: Path, figures: Mapping[str, float]) -> None:
        speed = self.step_number * self.plan.batch / max(self.spent, 1e-9)
        line = {"step": self.step_number, "spent": round(self.spent, 1), "images_per_second": round(speed, 1)}
        with (folder / "log.jsonl").open("a") as log:
            log.write(json.dumps({**line, **{name: round(value, 4) for name, value in figures.items()}}) + "\n")


def save(state: Mapping[str, Any], path: Path) -> None:
    """Write a checkpoint whole or not at all."""
    partial = path.with_suffix(".partial")
    torch.save(dict(state), partial)
    os.replace(partial, path)


def restored(path: Path) -> dict[str, Any]:
    """Read a checkpoint this package wrote."""
    state: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=False)
    return state
