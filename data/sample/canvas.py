"""The drawing surface: parts with volume, folds and soft shadows, at twice the final size.

A drawing is made of parts. A part is an outline with a fill; its light is worked out once from its own shape, and
whatever is laid on it later (a print, a colour block) takes the same light, so that it looks woven in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from data.sample import raster
from data.sample.curves import lens, resampled
from data.sample.palette import Colour, darker
from data.sample.raster import Pixels, Points

WIDTH = 240
HEIGHT = 320
SCALE = 2
"""Pixels per design unit while drawing."""

_COARSE = 4
"""Light is smooth, so it's worked out on a grid this many times coarser."""


@dataclass(frozen=True)
class Cloth:
    """A repeating fill."""

    tile: Pixels
    """(height, width, 3), at drawing resolution."""
    base: Colour
    """The colour that names it, from which seams and edges take theirs."""
    angle: float = 0.0
    """Degrees clockwise."""
    origin: tuple[float, float] = (0.0, 0.0)
    """The place, in design units, where a tile begins."""

    def along(self, angle: float, origin: tuple[float, float] = (0.0, 0.0)) -> Cloth:
        """Return the cloth laid at another angle: a sleeve's stripes run across the sleeve."""
        return Cloth(self.tile, self.base, angle, origin)


Fill = Colour | Cloth


def base_of(fill: Fill) -> Colour:
    """Return the one colour a fill stands for."""
    return fill.base if isinstance(fill, Cloth) else fill


@dataclass(frozen=True)
class Fold:
    """A soft crease: a tapering stroke of shade (below 0) or light (above 0)."""

    line: Points
    width: float
    strength: float


@dataclass(frozen=True)
class Region:
    """Where a part was painted: its window on the canvas, its coverage and its light."""

    top: int
    left: int
    mask: Pixels
    light: Pixels


class Canvas:
    """Premultiplied colour and coverage of the article being drawn, on nothing."""

    def __init__(self, rng: np.random.Generator) -> None:
        self.paint: Pixels = np.zeros((HEIGHT * SCALE, WIDTH * SCALE, 3), dtype=np.float32)
        self.cover: Pixels = np.zeros((HEIGHT * SCALE, WIDTH * SCALE), dtype=np.float32)
        self._grain: Pixels = raster.soften_wrapped(rng.standard_normal((96, 96), dtype=np.float32), 0.7)

    def part(
        self,
        outline: Points,
        fill: Fill,
        *,
        depth: float = 0.22,
        spread: float = 8.0,
        folds: Sequence[Fold] = (),
        grain: float = 0.012,
        cast: float = 0.0,
        rim: float = 0.28,
        holes: Sequence[Points] = (),
        within: Region | None = None,
        alpha: float = 1.0,
    ) -> Region:
        """Paint a part and return where it went.

        `depth` is how round it looks and `spread` how far the rounding reaches in; `cast` is the shadow it throws on
        what lies under it, `rim` the weight of its edge line, `within` keeps it inside an earlier part.
        """
        region = self._region(outline, holes, within, depth, spread, folds, grain)
        if cast > 0:
            self._cast(region, cast)
        self._lay(region, self._filled(region, fill), region.mask * np.float32(alpha))
        if rim > 0:
            for edge in (outline, *holes):
                self.line(edge, darker(base_of(fill), 0.55), 0.6, rim, closed=True, within=within)
        return region

    def overlay(self, region: Region, outlines: Sequence[Points], fill: Fill, alpha: float = 1.0) -> None:
        """Lay a print on a part, in the part's own light; a second outline inside the first cuts a hole."""
        height, width = region.mask.shape
        local = [self._local(outline, region.top, region.left) for outline in outlines]
        mask = raster.polygon_mask(height, width, local) * region.mask * np.float32(alpha)
        self._lay(region, self._filled(region, fill), mask)

    def line(
        self,
        points: Points,
        colour: Colour,
        width: float = 0.6,
        alpha: float = 1.0,
        *,
        closed: bool = False,
        within: Region | None = None,
    ) -> None:
        """Draw a line `width` design units wide."""
        self.lines([points], colour, width, alpha, closed, within)

    def stitches(
        self,
        points: Points,
        colour: Colour,
        width: float = 0.55,
        alpha: float = 0.75,
        dash: float = 2.6,
        within: Region | None = None,
    ) -> None:
        """Draw a dashed line, as a sewing machine would."""
        places = resampled(points, dash / 2)
        dashes = [places[i : i + 2] for i in range(0, len(places) - 1, 2)]
        self.lines(dashes, colour, width, alpha, within=within)

    def shade(self, outline: Points, strength: float, blur: float, within: Region | None = None) -> None:
        """Darken (strength above 0) or lighten (below 0) what is already there, softly, inside an outline."""
        top, left, height, width = self._window([outline], blur * 3)
        if height <= 0 or width <= 0:
            return
        mask = raster.polygon_mask(height, width, [self._local(outline, top, left)])
        mask = _soft(mask, blur * SCALE)
        if within is not None:
            mask = mask * self._window_of(within, top, left, height, width)
        where = (slice(top, top + height), slice(left, left + width))
        amount = mask[..., None] * np.float32(abs(strength))
        if strength > 0:
            self.paint[where] *= 1 - amount
        else:
            self.paint[where] += (self.cover[where][..., None] - self.paint[where]) * amount

    def echo(self, dx: float, dy: float, dim: float = 0.12, size: float = 1.0) -> None:
        """Put a second copy of everything behind itself, moved by (dx, dy): the other one of a pair."""
        rows, columns = self.cover.shape
        cx, cy = columns / 2, rows / 2
        matrix = np.array([[size, 0, dx * SCALE + cx * (1 - size)], [0, size, dy * SCALE + cy * (1 - size)]])
        behind = raster.moved(np.concatenate([self.paint, self.cover[..., None]], axis=2), rows, columns, matrix)
        behind[..., :3] *= 1 - dim
        behind[..., :3] *= 1 - 0.35 * _soft(self.cover, 8)[..., None]
        free = 1 - self.cover
        self.paint += behind[..., :3] * free[..., None]
        self.cover += behind[..., 3] * free

    def lines(
        self,
        lines: Sequence[Points],
        colour: Colour,
        width: float,
        alpha: float = 1.0,
        closed: bool = False,
        within: Region | None = None,
    ) -> None:
        """Draw many lines at once; where they cross they don't darken."""
        top, left, height, wide = self._window(lines, width + 1)
        if height <= 0 or wide <= 0:
            return
        local = [self._local(line, top, left) for line in lines]
        mask = raster.line_mask(height, wide, local, width * SCALE, closed) * np.float32(alpha)
        if within is not None:
            mask = mask * self._window_of(within, top, left, height, wide)
        where = (slice(top, top + height), slice(left, left + wide))
        ink = np.empty((height, wide, 3), dtype=np.float32)
        ink[:] = colour
        self.paint[where] = raster.blended(self.paint[where], ink, mask)
        self.cover[where] += (1 - self.cover[where]) * mask

    def _window(self, outlines: Sequence[Points], pad: float) -> tuple[int, int, int, int]:
        low = np.min([outline.min(axis=0) for outline in outlines], axis=0)
        high = np.max([outline.max(axis=0) for outline in outlines], axis=0)
        left, top = (max(0, int((v - pad) * SCALE) - 1) for v in low)
        right = min(WIDTH * SCALE, int((high[0] + pad) * SCALE) + 2)
        bottom = min(HEIGHT * SCALE, int((high[1] + pad) * SCALE) + 2)
        return top, left, bottom - top, right - left

    @staticmethod
    def _local(points: Points, top: int, left: int) -> Points:
        return np.asarray(points * SCALE - np.array([left, top], dtype=np.float32), dtype=np.float32)

    @staticmethod
    def _window_of(region: Region, top: int, left: int, height: int, width: int) -> Pixels:
        """Return a region's coverage as seen through another window."""
        seen = np.zeros((height, width), dtype=np.float32)
        rows, columns = region.mask.shape
        y0, y1 = max(top, region.top), min(top + height, region.top + rows)
        x0, x1 = max(left, region.left), min(left + width, region.left + columns)
        if y0 < y1 and x0 < x1:
            seen[y0 - top : y1 - top, x0 - left : x1 - left] = region.mask[
                y0 - region.top : y1 - region.top, x0 - region.left : x1 - region.left
            ]
        return seen

    def _region(
        self,
        outline: Points,
        holes: Sequence[Points],
        within: Region | None,
        depth: float,
        spread: float,
        folds: Sequence[Fold],
        grain: float,
    ) -> Region:
        top, left, height, width = self._window([outline], 1)
        height, width = max(height, 8), max(width, 8)
        local = [self._local(edge, top, left) for edge in (outline, *holes)]
        mask = raster.polygon_mask(height, width, local)
        light = _light(mask, depth, spread)
        for fold in folds:
            light = _fold(light, fold, top, left)
        light = raster.resized(light, height, width)
        if grain > 0:
            repeats = (height // 96 + 1, width // 96 + 1)
            light += np.tile(self._grain, repeats)[:height, :width] * np.float32(grain * 2)
        if within is not None:
            mask = mask * self._window_of(within, top, left, height, width)
        return Region(top, left, mask[: self.cover.shape[0] - top, : self.cover.shape[1] - left], light)

    def _filled(self, region: Region, fill: Fill) -> Pixels:
        height, width = region.mask.shape
        light = region.light[:height, :width, None]
        if isinstance(fill, Cloth):
            angle = np.radians(fill.angle)
            cos, sin = np.cos(angle), np.sin(angle)
            dx, dy = region.left - fill.origin[0] * SCALE, region.top - fill.origin[1] * SCALE
            matrix = np.array([[cos, sin, cos * dx + sin * dy], [-sin, cos, -sin * dx + cos * dy]])
            colour = raster.tiled(fill.tile, height, width, matrix)
        else:
            return raster.lit(region.light[:height, :width], fill)
        shine = np.maximum(light - 1, 0)
        return np.asarray(colour * np.minimum(light, 1) + (1 - colour) * shine, dtype=np.float32)

    def _lay(self, region: Region, colour: Pixels, mask: Pixels) -> None:
        height, width = mask.shape
        where = (slice(region.top, region.top + height), slice(region.left, region.left + width))
        self.paint[where] = raster.blended(self.paint[where], colour, mask)
        self.cover[where] += (1 - self.cover[where]) * mask

    def _cast(self, region: Region, strength: float) -> None:
        pad = 10
        top, left = max(0, region.top - pad), max(0, region.left - pad)
        height = min(self.cover.shape[0], region.top + region.mask.shape[0] + pad) - top
        width = min(self.cover.shape[1], region.left + region.mask.shape[1] + pad) - left
        mask = self._window_of(region, top - 4, left - 2, height, width)
        amount = _soft(mask, 5.0)[..., None] * np.float32(strength)
        self.paint[top : top + height, left : left + width] *= 1 - amount


def _soft(mask: Pixels, sigma: float) -> Pixels:
    """Blur at a coarse size where the blur is wide enough to hide it."""
    if sigma < 4:
        return raster.soften(mask, sigma)
    height, width = mask.shape
    small = raster.resized(mask, max(1, height // 3), max(1, width // 3))
    return raster.resized(raster.soften(small, sigma / 3), height, width)


def _light(mask: Pixels, depth: float, spread: float) -> Pixels:
    """Return the coarse light of a rounded body: lit from the upper left, falling off towards its edges."""
    height, width = max(2, mask.shape[0] // _COARSE), max(2, mask.shape[1] // _COARSE)
    sigma = max(0.5, spread * SCALE / _COARSE / 2)
    body = raster.soften(raster.resized(mask, height, width), sigma)
    right, down = raster.slopes(body)
    facing = (right * np.float32(0.75) + down * np.float32(0.65)) * np.float32(sigma * 2.4)
    return np.asarray(1 + depth * (0.62 * facing - 1.1 * (1 - body)) + 0.02, dtype=np.float32)


def _fold(light: Pixels, fold: Fold, top: int, left: int) -> Pixels:
    """Return the coarse light with one crease in it."""
    ratio = SCALE / _COARSE
    line = np.asarray(fold.line * ratio - np.array([left, top]) / _COARSE, dtype=np.float32)
    shape = lens(line, max(1.2, fold.width * ratio))
    x0, y0 = (max(0, int(v) - 5) for v in shape.min(axis=0))
    x1, y1 = int(shape[:, 0].max()) + 6, int(shape[:, 1].max()) + 6
    height, width = min(light.shape[0], y1) - y0, min(light.shape[1], x1) - x0
    if height <= 0 or width <= 0:
        return light
    mask = raster.polygon_mask(height, width, [shape - np.array([x0, y0], dtype=np.float32)])
    light[y0 : y0 + height, x0 : x0 + width] += raster.soften(mask, 1.3) * np.float32(fold.strength)
    return light
