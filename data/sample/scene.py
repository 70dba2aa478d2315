"""The studio around an article: backdrop, pose, shadow, and the finished picture."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from data.sample import raster
from data.sample.canvas import HEIGHT, SCALE, WIDTH, Canvas
from data.sample.palette import Colour, brightness, mix
from data.sample.raster import Pixels

_BACKDROPS: tuple[tuple[Colour, float], ...] = (
    ((1.0, 1.0, 1.0), 5.0),
    ((0.985, 0.98, 0.97), 3.0),
    ((0.955, 0.96, 0.968), 3.0),
    ((0.965, 0.945, 0.92), 1.2),
    ((0.92, 0.945, 0.96), 1.0),
    ((0.975, 0.935, 0.93), 0.8),
    ((0.93, 0.955, 0.93), 0.8),
    ((0.945, 0.935, 0.965), 0.6),
)


@dataclass(frozen=True)
class Staging:
    """How an article is photographed."""

    stands: bool = False
    """Stands on a surface with a shadow at its foot; otherwise it lies on paper, or hangs before it."""
    tilt: float = 3.0
    """Spread of the rotation, in degrees."""
    flips: bool = False
    """May face either way."""
    stretch: float = 1.0
    """How much taller than drawn."""
    fill: float = 0.86
    """The share of the frame it takes up, in its longer direction."""


def photograph(canvas: Canvas, colour: Colour, staging: Staging, rng: np.random.Generator) -> Image.Image:
    """Return the 240 x 320 picture of what is on the canvas, posed on a light backdrop chosen for its colour."""
    backdrop = _backdrop(colour, rng)
    paint = raster.posed(canvas.paint, canvas.cover, SCALE, _pose(canvas.cover, staging, rng))
    cover = paint[..., 3]
    scene = _surface(backdrop, staging, rng)
    dim = _ground_shadow(cover) if staging.stands else _drop_shadow(cover)
    tone = np.array([0.30, 0.29, 0.34], dtype=np.float32)
    scene = scene * (1 - dim[..., None] * (1 - tone))
    picture = scene * (1 - cover[..., None]) + paint[..., :3]
    return Image.fromarray(raster.eight_bit(np.asarray(picture, dtype=np.float32)))


def _backdrop(colour: Colour, rng: np.random.Generator) -> Colour:
    weights = np.array([weight for _, weight in _BACKDROPS])
    if brightness(colour) > 0.82:
        weights[:2] *= 0.12
    chosen = _BACKDROPS[int(rng.choice(len(weights), p=weights / weights.sum()))][0]
    if brightness(colour) > 0.82:
        chosen = mix(chosen, (0.80, 0.815, 0.84), float(rng.uniform(0.25, 0.6)))
    return chosen


def _surface(backdrop: Colour, staging: Staging, rng: np.random.Generator) -> Pixels:
    """Return the backdrop with a slight fall of light, and a softer floor where things stand."""
    down = np.linspace(0, 1, HEIGHT, dtype=np.float32)[:, None]
    across = np.linspace(-0.5, 0.5, WIDTH, dtype=np.float32)[None, :]
    fall = 1 - 0.035 * float(rng.uniform(0.4, 1)) * down - 0.02 * across
    if staging.stands:
        fall = fall - 0.025 / (1 + np.exp(-(down - float(rng.uniform(0.6, 0.72))) * 26))
    light = np.asarray(fall, dtype=np.float32)
    return np.asarray(light[..., None] * np.asarray(backdrop, dtype=np.float32), dtype=np.float32)


def _pose(cover: Pixels, staging: Staging, rng: np.random.Generator) -> NDArray[np.float64]:
    """Return the map that puts the article, a little turned, scaled and shifted, into the middle of the frame."""
    rows, columns = np.flatnonzero(cover.max(axis=1) > 0.1), np.flatnonzero(cover.max(axis=0) > 0.1)
    y0, y1, x0, x1 = float(rows[0]), float(rows[-1]), float(columns[0]), float(columns[-1])
    angle = float(np.clip(rng.normal(0, staging.tilt / 2), -staging.tilt, staging.tilt))
    cos, sin = np.cos(np.radians(angle)), np.sin(np.radians(angle))
    width = abs(cos) * (x1 - x0) + abs(sin) * staging.stretch * (y1 - y0)
    tall = staging.stretch * (y1 - y0)
    height = abs(cos) * tall + abs(sin) * (x1 - x0)
    share = staging.fill * float(rng.uniform(0.92, 1.04))
    size = min(share * WIDTH * SCALE / width, share * HEIGHT * SCALE / height, 1.7)
    flip = -1.0 if staging.flips and rng.random() < 0.5 else 1.0
    a, b = size * cos * flip, -size * sin * staging.stretch
    c, d = size * sin * flip, size * cos * staging.stretch
    cx, cy = (x0 + x1) / 2, (y0 + y1) / 2
    low = 0.53 if staging.stands else 0.5
    tx = WIDTH * SCALE * (0.5 + float(rng.uniform(-0.012, 0.012))) - a * cx - b * cy
    ty = HEIGHT * SCALE * (low + float(rng.uniform(-0.012, 0.012))) - c * cx - d * cy
    return np.array([[a, b, tx], [c, d, ty]])


def _drop_shadow(cover: Pixels) -> Pixels:
    small = raster.resized(cover, HEIGHT // 2, WIDTH // 2)
    near, far = raster.soften(small, 1.6), raster.soften(small, 5.5)
    shadow = np.zeros_like(small)
    shadow[1:, 1:] = near[:-1, :-1] * 0.16
    shadow[4:, 2:] += far[:-4, :-2] * 0.20
    return raster.resized(shadow, HEIGHT, WIDTH)


def _ground_shadow(cover: Pixels) -> Pixels:
    """Return the shadow below what stands: each column's lowest edge, pressed flat and blurred."""
    rows = np.flatnonzero(cover.max(axis=1) > 0.3)
    if len(rows) == 0:
        return np.zeros_like(cover)
    foot = int(rows[-1])
    reach = max(6, (foot - int(rows[0])) // 5)
    above = cover[max(0, foot - reach) : foot + 1]
    nearness = np.linspace(0, 1, len(above), dtype=np.float32)[:, None] ** 1.5
    near_floor = (above * nearness).max(axis=0)
    contact = cover[max(0, foot - 4) : foot + 1].max(axis=0)
    shadow = np.zeros_like(cover)
    shadow[max(0, foot - 5) : foot + 5] = near_floor * 0.55
    wide = raster.soften(shadow, 6.0)
    shadow[:] = 0
    shadow[max(0, foot - 1) : foot + 2] = contact
    return np.asarray(np.minimum(wide + raster.soften(shadow, 1.6) * 0.5, 0.7), dtype=np.float32)
