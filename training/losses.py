"""What the two towers are asked for: pair pictures with words, tell labels apart, know a picture again.

All embeddings here have unit length and shape (count, width).
"""

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor
from torch.nn import functional

from training.captions import Caption

COUSIN_WEIGHT = 0.1
UNLABELLED = -100


def agreement(
    captions: Sequence[Caption], labels: Mapping[str, Tensor], positions: Mapping[str, dict[str, int]]
) -> Tensor:
    """Return how right each picture is for each caption, float of shape (captions, pictures).

    A caption and its own picture weigh 1. Another picture weighs 1 where a description fits it just as well, and
    little where a product name does, which only shares type, colour and gender with it. `labels` holds the pictures'
    values as positions in their column, UNLABELLED where nothing is known.
    """
    count = len(captions)
    fitting = torch.ones(count, count, dtype=torch.bool)
    for column, known in positions.items():
        allowed = torch.ones(count, len(known) + 1, dtype=torch.bool)
        for row, caption in enumerate(captions):
            if column in caption.fits:
                allowed[row] = False
                allowed[row, [known[value] for value in caption.fits[column] if value in known]] = True
        values = torch.where(labels[column] == UNLABELLED, len(known), labels[column])
        fitting &= allowed[:, values]
    exact = torch.tensor([caption.exact for caption in captions])
    weights = fitting.float() * torch.where(exact, COUSIN_WEIGHT, 1.0)[:, None]
    return weights.fill_diagonal_(1.0)


def pairing(images: Tensor, texts: Tensor, agreed: Tensor, scale: Tensor) -> Tensor:
    """Return the contrastive loss in both directions against soft targets; `agreed` is (texts, images)."""
    logits = scale * texts @ images.T
    by_text = agreed / agreed.sum(1, keepdim=True)
    by_image = agreed.T / agreed.T.sum(1, keepdim=True)
    towards_images = -(by_text * functional.log_softmax(logits, 1)).sum(1).mean()
    towards_texts = -(by_image * functional.log_softmax(logits.T, 1)).sum(1).mean()
    return (towards_images + towards_texts) / 2


def labelling(logits: Mapping[str, Tensor], labels: Mapping[str, Tensor], weights: Mapping[str, float]) -> Tensor:
    """Return the weighted cross-entropy of every column; unlabelled pictures count for nothing in that column."""
    total = torch.zeros(())
    for column, weight in weights.items():
        if bool((labels[column] != UNLABELLED).any()):
            loss = functional.cross_entropy(
                logits[column], labels[column], ignore_index=UNLABELLED, label_smoothing=0.05
            )
            total = total + weight * loss
    return total


def alike(labels: Mapping[str, Tensor], columns: Sequence[str]) -> Tensor:
    """Return which pictures share their values in all the columns, bool of shape (pictures, pictures)."""
    same = torch.ones(1, 1, dtype=torch.bool)
    for column in columns:
        values = labels[column]
        same = same & (values[:, None] == values[None, :]) & (values[:, None] != UNLABELLED)
    return same


def recognition(
    pictures: Tensor, changed: Tensor, rows: Tensor, same: Tensor, scale: float, others: Tensor | None = None
) -> Tensor:
    """Return the loss of finding, for some changed pictures, the pictures they were made from among the whole batch.

    `rows` says which row of `pictures` each changed one belongs to; pictures that are alike (`same`) count a little
    as right, so that what comes after the picture itself is its like. `others` are the logits of each changed picture
    against pictures outside the batch, shape (changed, others), none of which is right.
    """
    wanted = (COUSIN_WEIGHT * same[rows].float()).scatter(1, rows[:, None], 1.0)
    wanted = wanted / wanted.sum(1, keepdim=True)
    logits = scale * changed @ pictures.T
    whole = logits if others is None else torch.cat([logits, others], 1)
    return (torch.logsumexp(whole, 1) - (wanted * logits).sum(1)).mean()


def neighbourhood(
    similarity: Tensor, labels: Mapping[str, Tensor], of: Mapping[str, Tensor], weights: Mapping[str, float]
) -> Tensor:
    """Return the weighted loss of a picture's neighbours carrying its labels, column by column.

    Each picture draws one of the candidates with a probability that grows with similarity; the loss is minus the
    logarithm of the chance that the drawn one carries the same label (neighbourhood components analysis). `similarity`
    has the shape (pictures, candidates) and is minus infinity where a candidate is the picture itself; `labels` are the
    pictures' and `of` the candidates'. Pictures nobody shares a label with count for nothing.
    """
    barred = similarity == -torch.inf
    drawn = functional.log_softmax(similarity.masked_fill(barred, -1e9), 1)
    total = torch.zeros(())
    for column, weight in weights.items():
        known = labels[column][:, None]
        same = (known == of[column][None, :]) & (known != UNLABELLED) & ~barred
        matched = same.any(1)
        if bool(matched.any()):
            chance = torch.logsumexp(drawn.masked_fill(~same, -1e9)[matched], 1)
            total = total - weight * chance.mean()
    return total
