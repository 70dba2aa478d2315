"""What may happen to a picture between a catalogue and somebody's upload, applied to a whole batch at once.

Frames come in as uint8 of the size training keeps and leave as float32 between -1 and 1 of the size the tower reads.
Every change is drawn anew for each step: flips, other aspect ratios and margins, slight rotation, light or coloured
backgrounds, other exposure, low resolution, JPEG blocks, noise, sharpness and, rarely, grey. Colour stays what the
label says, so hues are never shifted.
"""

import io
import math
from dataclasses import dataclass

import numpy as np
import torch
from PIL import Image
from torch import Tensor
from torch.nn import functional

from training.preprocess import FRAME_HEIGHT, FRAME_WIDTH

WHOLE = (FRAME_HEIGHT, FRAME_WIDTH)


@dataclass(frozen=True)
class Strength:
    """How often each change happens; a share of the batch between 0 and 1."""

    flip: float = 0.5
    move: float = 0.6
    coloured_margin: float = 0.3
    coloured_background: float = 0.2
    exposure: float = 0.3
    low_resolution: float = 0.16
    jpeg: float = 0.08
    noise: float = 0.1
    grey: float = 0.03
    sharper: float = 0.15


LIGHT = Strength(
    move=0.35, coloured_margin=0.1, coloured_background=0.06, exposure=0.2, low_resolution=0.05, jpeg=0.02, noise=0.02,
    grey=0.01,
)  # fmt: skip
STRONG = Strength(
    move=0.7, coloured_margin=0.4, coloured_background=0.6, exposure=0.4, low_resolution=0.3, jpeg=0.1, noise=0.1,
)  # fmt: skip


def as_unit(frames: Tensor) -> Tensor:
    """Turn uint8 frames of shape (count, height, width, 3) into floats between 0 and 1, (count, 3, height, width)."""
    return frames.permute(0, 3, 1, 2).float() / 255.0


def as_input(unit: Tensor) -> Tensor:
    """Turn pictures between 0 and 1 into what the image tower reads."""
    return (unit * 2.0 - 1.0).contiguous(memory_format=torch.channels_last)


def enlarged(unit: Tensor, sharper: float, rng: torch.Generator, size: tuple[int, int] = WHOLE) -> Tensor:
    """Enlarge pictures to the image tower's frame; sharpen a share of them, as larger photos are to begin with."""
    large = functional.interpolate(unit, size=size, mode="bicubic", align_corners=False)
    chosen = torch.nonzero(_chosen(len(unit), sharper, rng))[:, 0]
    if len(chosen):
        amount = _between(len(chosen), 0.2, 1.5, rng)[:, None, None, None]
        soft = functional.avg_pool2d(large[chosen], 3, 1, 1, count_include_pad=False)
        large[chosen] += amount * (large[chosen] - soft)
    return large.clamp(0.0, 1.0)


def _chosen(count: int, share: float, rng: torch.Generator) -> Tensor:
    return torch.rand(count, generator=rng) < share


def _between(count: int, low: float, high: float, rng: torch.Generator) -> Tensor:
    return torch.rand(count, generator=rng) * (high - low) + low


def light_colours(count: int, rng: torch.Generator) -> Tensor:
    """Return light colours of shape (count, 3, 1, 1), the sort of wall or table a photo is taken against."""
    lightness = _between(count, 0.72, 1.0, rng)[:, None]
    tint = torch.rand(count, 3, generator=rng) * 0.22
    return (lightness - tint).clamp(0.0, 1.0)[:, :, None, None]


def on_coloured_background(unit: Tensor, share: float, rng: torch.Generator) -> Tensor:
    """Give the near-white parts of some pictures a light colour; one in three of them is tinted all over by it."""
    count = len(unit)
    colours = torch.where(
        _chosen(count, share, rng)[:, None, None, None], light_colours(count, rng), torch.ones(count, 3, 1, 1)
    )
    background = ((unit.amin(1, keepdim=True) - 0.82) / 0.12).clamp(0.0, 1.0)
    tinted = _chosen(count, 1 / 3, rng)[:, None, None, None]
    background = torch.where(tinted, 1.0, background)
    return unit * (1.0 - background * (1.0 - colours))


def moved(unit: Tensor, strength: Strength, rng: torch.Generator) -> Tensor:
    """Flip, scale, squash, turn and shift pictures; what is uncovered becomes white, or sometimes another colour."""
    count, _, height, width = unit.shape
    moving = _chosen(count, strength.move, rng).float()
    size = torch.exp(_between(count, math.log(0.55), math.log(1.12), rng) * moving)
    squash = torch.exp(_between(count, -0.18, 0.18, rng) * moving)
    turn = torch.randn(count, generator=rng) * 0.08 * moving
    flip = 1.0 - 2.0 * _chosen(count, strength.flip, rng).float()
    across, down = size * squash, size / squash
    ratio = height / width
    matrix = torch.zeros(count, 2, 3)
    matrix[:, 0, 0] = flip * torch.cos(turn) / across
    matrix[:, 0, 1] = -ratio * torch.sin(turn) / across
    matrix[:, 1, 0] = flip * torch.sin(turn) / ratio / down
    matrix[:, 1, 1] = torch.cos(turn) / down
    room = (1.0 - size).abs() * 0.7 + 0.06
    matrix[:, :, 2] = (torch.rand(count, 2, generator=rng) * 2 - 1) * room[:, None] * moving[:, None]
    grid = functional.affine_grid(matrix, [count, 4, height, width], align_corners=False)
    layered = torch.cat([1.0 - unit, torch.ones(count, 1, height, width)], 1)
    sampled = functional.grid_sample(layered, grid, mode="bilinear", padding_mode="zeros", align_corners=False)
    covered = sampled[:, 3:]
    colours = light_colours(count, rng)
    dark = _chosen(count, 0.2, rng)[:, None, None, None]
    colours = torch.where(dark, torch.rand(count, 3, 1, 1, generator=rng), colours)
    margin = torch.where(_chosen(count, strength.coloured_margin, rng)[:, None, None, None], colours, torch.ones(1))
    return (covered - sampled[:, :3]) + (1.0 - covered) * margin


def at_low_resolution(unit: Tensor, share: float, rng: torch.Generator) -> Tensor:
    """Shrink some pictures and enlarge them again; one factor for all that are chosen."""
    chosen = torch.nonzero(_chosen(len(unit), share, rng))[:, 0]
    if not len(chosen):
        return unit
    factor = (0.2, 0.25, 0.25, 0.35, 0.5, 0.7)[int(torch.randint(6, (1,), generator=rng))]
    height, width = unit.shape[2:]
    small = functional.interpolate(unit[chosen], size=(round(height * factor), round(width * factor)), mode="area")
    unit[chosen] = functional.interpolate(small, size=(height, width), mode="bicubic", align_corners=False).clamp(
        0.0, 1.0
    )
    return unit


def recompressed(unit: Tensor, share: float, rng: torch.Generator) -> Tensor:
    """Store some pictures as JPEG of low quality and read them back."""
    for row in torch.nonzero(_chosen(len(unit), share, rng))[:, 0].tolist():
        quality = int(torch.randint(15, 75, (1,), generator=rng))
        pixels = (unit[row].permute(1, 2, 0) * 255.0).round().to(torch.uint8).numpy()
        stored = io.BytesIO()
        Image.fromarray(np.ascontiguousarray(pixels)).save(stored, "JPEG", quality=quality)
        read = torch.from_numpy(np.array(Image.open(stored)))
        unit[row] = read.permute(2, 0, 1).float() / 255.0
    return unit


def exposed(unit: Tensor, strength: Strength, rng: torch.Generator) -> Tensor:
    """Change brightness and contrast of some pictures a little and add noise to some."""
    count = len(unit)
    changed = _chosen(count, strength.exposure, rng).float()
    contrast = 1.0 + _between(count, -0.2, 0.15, rng) * changed
    brightness = _between(count, -0.08, 0.08, rng) * changed
    unit = (unit - 0.5) * contrast[:, None, None, None] + 0.5 + brightness[:, None, None, None]
    noisy = torch.nonzero(_chosen(count, strength.noise, rng))[:, 0]
    if len(noisy):
        unit[noisy] += torch.randn(unit[noisy].shape, generator=rng) * 0.03
    return unit.clamp(0.0, 1.0)


def augmented(
    frames: Tensor, rng: torch.Generator, strength: Strength, size: tuple[int, int] = WHOLE
) -> tuple[Tensor, Tensor]:
    """Return changed pictures of a size (height, width) for the image tower, and which lost their colour (bool)."""
    unit = as_unit(frames)
    unit = on_coloured_background(unit, strength.coloured_background / 2, rng)
    unit = moved(unit, strength, rng)
    unit = on_coloured_background(unit, strength.coloured_background / 2, rng)
    unit = exposed(unit, strength, rng)
    unit = at_low_resolution(unit, strength.low_resolution, rng)
    unit = recompressed(unit, strength.jpeg, rng)
    grey = _chosen(len(unit), strength.grey, rng)
    weights = torch.tensor([0.299, 0.587, 0.114])[None, :, None, None]
    unit = torch.where(grey[:, None, None, None], (unit * weights).sum(1, keepdim=True).expand_as(unit), unit)
    return as_input(enlarged(unit, strength.sharper, rng, size)), grey
