"""Graphic prints without words for the front of a garment, a cap or a bag."""

from collections.abc import Callable

import numpy as np

from data.sample.canvas import Canvas, Region
from data.sample.curves import Pen, box, ellipse, points_of, ribbon, spline, turned
from data.sample.palette import Colour
from data.sample.raster import Points

Pair = tuple[Colour, Colour]
Emblem = Callable[[Canvas, Region, float, float, float, Pair], None]


def _sunset(canvas: Canvas, region: Region, x: float, y: float, r: float, ink: Pair) -> None:
    canvas.overlay(region, [ellipse(x, y, r, r)], ink[0], 0.95)
    for i in range(4):
        top = y + r * (0.05 + 0.26 * i)
        bar = box(x - r * 1.05, top, x + r * 1.05, top + r * (0.05 + 0.035 * i))
        canvas.overlay(region, [bar], ink[1], 0.95)


def _peaks(canvas: Canvas, region: Region, x: float, y: float, r: float, ink: Pair) -> None:
    canvas.overlay(region, [ellipse(x + r * 0.35, y - r * 0.55, r * 0.3, r * 0.3)], ink[1], 0.95)
    back = points_of([(x - r * 0.2, y + r * 0.7), (x + r * 0.5, y - r * 0.25), (x + r * 1.15, y + r * 0.7)])
    front = points_of([(x - r * 1.15, y + r * 0.7), (x - r * 0.3, y - r * 0.7), (x + r * 0.55, y + r * 0.7)])
    canvas.overlay(region, [back], ink[1], 0.75)
    canvas.overlay(region, [front], ink[0], 0.95)
    snow = [(-0.3, -0.7), (-0.05, -0.29), (-0.2, -0.36), (-0.32, -0.22), (-0.43, -0.36), (-0.55, -0.28)]
    canvas.overlay(region, [points_of([(x + a * r, y + b * r) for a, b in snow])], ink[1], 0.95)


def _star(canvas: Canvas, region: Region, x: float, y: float, r: float, ink: Pair) -> None:
    def star(size: float) -> Points:
        angle = np.radians(np.arange(10) * 36 - 90)
        reach = np.where(np.arange(10) % 2 == 0, size, size * 0.42)
        return np.stack([x + reach * np.cos(angle), y + reach * np.sin(angle)], axis=1).astype(np.float32)

    canvas.overlay(region, [ellipse(x, y, r, r), ellipse(x, y, r * 0.9, r * 0.9)], ink[1], 0.95)
    canvas.overlay(region, [star(r * 0.78)], ink[0], 0.95)


def _chevrons(canvas: Canvas, region: Region, x: float, y: float, r: float, ink: Pair) -> None:
    for i in range(3):
        dy = (i - 1) * r * 0.62
        arrow = points_of([(x - r, y + dy - r * 0.3), (x, y + dy + r * 0.25), (x + r, y + dy - r * 0.3)])
        canvas.overlay(region, [ribbon(arrow, r * 0.26)], ink[i % 2], 0.95)


def _orbit(canvas: Canvas, region: Region, x: float, y: float, r: float, ink: Pair) -> None:
    ring = turned(ellipse(x, y, r * 1.15, r * 0.4), -22, x, y)
    inner = turned(ellipse(x, y, r * 1.0, r * 0.28), -22, x, y)
    canvas.overlay(region, [ring, inner], ink[1], 0.95)
    canvas.overlay(region, [ellipse(x, y, r * 0.62, r * 0.62)], ink[0], 0.97)
    front = turned(ellipse(x, y, r * 1.08, r * 0.34, 15, 165), -22, x, y)
    canvas.overlay(region, [ribbon(front, r * 0.12)], ink[1], 0.95)


def _heart(canvas: Canvas, region: Region, x: float, y: float, r: float, ink: Pair) -> None:
    pen = Pen(x, y + r * 0.85)
    pen.cubic(x - r * 1.5, y - r * 0.1, x - r * 0.8, y - r * 1.15, x, y - r * 0.4)
    pen.cubic(x + r * 0.8, y - r * 1.15, x + r * 1.5, y - r * 0.1, x, y + r * 0.85)
    canvas.overlay(region, [pen.points], ink[0], 0.95)
    gleam = ellipse(x - r * 0.42, y - r * 0.32, r * 0.18, r * 0.13)
    canvas.overlay(region, [turned(gleam, -35, x - r * 0.42, y - r * 0.32)], ink[1], 0.9)


def _blossom(canvas: Canvas, region: Region, x: float, y: float, r: float, ink: Pair) -> None:
    petal = ellipse(x, y - r * 0.58, r * 0.3, r * 0.45)
    for i in range(6):
        canvas.overlay(region, [turned(petal, i * 60, x, y)], ink[0], 0.92)
    canvas.overlay(region, [ellipse(x, y, r * 0.26, r * 0.26)], ink[1], 0.97)


def _palm(canvas: Canvas, region: Region, x: float, y: float, r: float, ink: Pair) -> None:
    canvas.overlay(region, [ellipse(x, y, r, r)], ink[1], 0.9)
    trunk = Pen(x - r * 0.1, y + r * 0.92).curve(x - r * 0.12, y + r * 0.2, x + r * 0.12, y - r * 0.3).points
    canvas.overlay(region, [ribbon(trunk, r * 0.17, r * 0.09)], ink[0], 0.95)
    for turn in (-150, -105, -60, -20, 20):
        frond = Pen(x + r * 0.12, y - r * 0.3).curve(x + r * 0.5, y - r * 0.52, x + r * 0.78, y - r * 0.1)
        frond.curve(x + r * 0.45, y - r * 0.3, x + r * 0.12, y - r * 0.3)
        canvas.overlay(region, [turned(frond.points, turn + 20, x + r * 0.12, y - r * 0.3)], ink[0], 0.95)


def _brush(canvas: Canvas, region: Region, x: float, y: float, r: float, ink: Pair) -> None:
    for i, width in enumerate((0.5, 0.34, 0.22)):
        dy = (i - 0.9) * r * 0.55
        swash = spline(
            [(x - r * 1.1, y + dy + r * 0.2), (x - r * 0.3, y + dy - r * 0.14), (x + r * 1.1, y + dy)], False, 10
        )
        canvas.overlay(region, [ribbon(swash, r * width, r * 0.06)], ink[i % 2], 0.9)


def _grid(canvas: Canvas, region: Region, x: float, y: float, r: float, ink: Pair) -> None:
    cell = r * 0.52
    for i in range(9):
        cx, cy = x + (i % 3 - 1) * cell * 1.22, y + (i // 3 - 1) * cell * 1.22
        half = cell / 2
        shape = box(cx - half, cy - half, cx + half, cy + half, half if i % 2 else cell * 0.1)
        canvas.overlay(region, [shape], ink[(i * 2) % 3 % 2], 0.93)


EMBLEMS: tuple[Emblem, ...] = (_sunset, _peaks, _star, _chevrons, _orbit, _heart, _blossom, _palm, _brush, _grid)


def print_emblem(
    canvas: Canvas, region: Region, x: float, y: float, radius: float, ink: Pair, rng: np.random.Generator
) -> None:
    """Print one of the emblems on a part."""
    EMBLEMS[int(rng.integers(len(EMBLEMS)))](canvas, region, x, y, radius, ink)
