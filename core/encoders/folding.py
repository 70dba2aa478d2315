"""A convolutional tower made quicker, its answers the same: norms become part of the convolutions before them.

A batch norm in evaluation is a fixed scale and shift, so a convolution can carry it in its weights; it then costs
nothing. Registration order tells which norm follows which convolution, and a comparison on a picture of noise whether
that was so.
"""

from itertools import pairwise
from typing import Any

CLOSE = 1e-4  # largest difference of a component of a unit vector


def fold_norms(tower: Any, shape: tuple[int, int]) -> None:
    """Fold every batch norm of an image tower in place, or none where its answer would change.

    `shape` is the height and width of what it reads.
    """
    import torch
    from torch import nn
    from torch.nn.utils.fusion import fuse_conv_bn_eval

    generator = torch.Generator().manual_seed(0)
    noise = (torch.rand(2, 3, *shape, generator=generator) * 2 - 1).to(next(tower.parameters()).device)
    with torch.inference_mode():
        before = nn.functional.normalize(tower(pixel_values=noise).pooler_output, dim=-1)
    replaced: list[tuple[Any, str, Any]] = []
    for parent in list(tower.modules()):
        children = list(parent.named_children())
        for (name, first), (next_name, second) in pairwise(children):
            fits = isinstance(first, nn.Conv2d) and isinstance(second, nn.BatchNorm2d)
            if fits and second.num_features == first.out_channels:
                replaced += [(parent, name, first), (parent, next_name, second)]
                setattr(parent, name, fuse_conv_bn_eval(first, second))
                setattr(parent, next_name, nn.Identity())
    with torch.inference_mode():
        after = nn.functional.normalize(tower(pixel_values=noise).pooler_output, dim=-1)
    if not bool((before - after).abs().max() < CLOSE):
        for parent, name, module in replaced:
            setattr(parent, name, module)
