"""Outlines: polylines in design units, a space 240 wide and 320 high with y downwards."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from data.sample.raster import Points

MIDDLE = 120.0
Place = tuple[float, float]


def points_of(places: Sequence[Place]) -> Points:
    """Return places as an (n, 2) float32 array."""
    return np.asarray(places, dtype=np.float32).reshape(-1, 2)


class Pen:
    """Traces an outline from a first place through lines and Bezier curves."""

    def __init__(self, x: float, y: float) -> None:
        self._places: list[Place] = [(x, y)]

    def line(self, x: float, y: float) -> Pen:
        """Go straight to (x, y)."""
        self._places.append((x, y))
        return self

    def curve(self, cx: float, cy: float, x: float, y: float) -> Pen:
        """Go to (x, y) along a quadratic curve pulled towards (cx, cy)."""
        x0, y0 = self._places[-1]
        return self.cubic(
            x0 + (cx - x0) * 2 / 3, y0 + (cy - y0) * 2 / 3, x + (cx - x) * 2 / 3, y + (cy - y) * 2 / 3, x, y
        )

    def cubic(self, ax: float, ay: float, bx: float, by: float, x: float, y: float) -> Pen:
        """Go to (x, y) along a cubic curve with controls a and b."""
        x0, y0 = self._places[-1]
        span = abs(ax - x0) + abs(ay - y0) + abs(bx - ax) + abs(by - ay) + abs(x - bx) + abs(y - by)
        steps = 12 if span < 100 else 26
        for step in range(1, steps + 1):
            t = step / steps
            u = 1 - t
            w0, w1, w2, w3 = u * u * u, 3 * u * u * t, 3 * u * t * t, t * t * t
            self._places.append((w0 * x0 + w1 * ax + w2 * bx + w3 * x, w0 * y0 + w1 * ay + w2 * by + w3 * y))
        return self

    @property
    def points(self) -> Points:
        """The outline so far."""
        return points_of(self._places)


def reflected(points: Points, axis: float = MIDDLE) -> Points:
    """Return the outline on the other side of a vertical axis."""
    other = points.copy()
    other[:, 0] = 2 * axis - other[:, 0]
    return other


def mirrored(points: Points, axis: float = MIDDLE) -> Points:
    """Close one half of an outline with its reflection."""
    return np.concatenate([points, reflected(points, axis)[::-1]])


def sided(points: Points, side: int, axis: float = MIDDLE) -> Points:
    """Return points drawn for the right side (1), or their reflection for the left one (-1)."""
    return points if side > 0 else reflected(points, axis)


def spline(places: Sequence[Place], closed: bool = True, steps: int = 8) -> Points:
    """Return a smooth curve (Catmull-Rom) through every place."""
    knots = points_of(places)
    if closed:
        padded = np.concatenate([knots[-1:], knots, knots[:2]])
    else:
        padded = np.concatenate([knots[:1], knots, knots[-1:]])
    t = np.linspace(0, 1, steps, endpoint=False, dtype=np.float32)[None, :, None]
    p0, p1, p2, p3 = (padded[i : len(padded) - 3 + i, None, :] for i in range(4))
    curve = 0.5 * (2 * p1 + (p2 - p0) * t + (2 * p0 - 5 * p1 + 4 * p2 - p3) * t**2 + (3 * p1 - p0 - 3 * p2 + p3) * t**3)
    flat = curve.reshape(-1, 2)
    return np.asarray(flat if closed else np.concatenate([flat, knots[-1:]]), dtype=np.float32)


def ellipse(cx: float, cy: float, rx: float, ry: float, start: float = 0, end: float = 360) -> Points:
    """Return an ellipse, or the arc of it between two angles in degrees (0 right, 90 down)."""
    angle = np.radians(np.linspace(start, end, 49 if end - start > 90 else 17))
    return np.stack([cx + rx * np.cos(angle), cy + ry * np.sin(angle)], axis=1).astype(np.float32)


def box(x0: float, y0: float, x1: float, y1: float, radius: float = 0) -> Points:
    """Return a rectangle with rounded corners."""
    r = min(radius, (x1 - x0) / 2, (y1 - y0) / 2)
    if r <= 0:
        return points_of([(x0, y0), (x1, y0), (x1, y1), (x0, y1)])
    corners = [(x1 - r, y0 + r, -90), (x1 - r, y1 - r, 0), (x0 + r, y1 - r, 90), (x0 + r, y0 + r, 180)]
    return np.concatenate([ellipse(x, y, r, r, start, start + 90) for x, y, start in corners])


def ribbon(line: Points, width: float, end_width: float | None = None) -> Points:
    """Return the outline of a band along a line, `width` wide at its start and `end_width` at its end."""
    half = np.linspace(width / 2, (width if end_width is None else end_width) / 2, len(line), dtype=np.float32)[:, None]
    return _thickened(line, np.asarray(half, dtype=np.float32))


def lens(line: Points, width: float) -> Points:
    """Return a band that is `width` wide in the middle and tapers to both ends, like a fold in cloth."""
    half = (np.sin(np.linspace(0, np.pi, len(line))) * width / 2).astype(np.float32)[:, None]
    return _thickened(line, half)


def _thickened(line: Points, half: Points) -> Points:
    ahead = np.gradient(line, axis=0)
    length = np.maximum(np.hypot(ahead[:, 0], ahead[:, 1]), 1e-6)[:, None]
    across = np.stack([-ahead[:, 1], ahead[:, 0]], axis=1) / length
    return np.concatenate([line + across * half, (line - across * half)[::-1]]).astype(np.float32)


def resampled(line: Points, spacing: float) -> Points:
    """Return places along a line at equal distances of about `spacing`."""
    step = np.hypot(*np.diff(line, axis=0).T)
    reach = np.concatenate([[0.0], np.cumsum(step)])
    count = max(2, round(float(reach[-1]) / spacing) + 1)
    at = np.linspace(0, reach[-1], count)
    return np.stack([np.interp(at, reach, line[:, 0]), np.interp(at, reach, line[:, 1])], axis=1).astype(np.float32)


def turned(points: Points, degrees: float, cx: float, cy: float) -> Points:
    """Return the points turned clockwise about a centre."""
    a = np.radians(degrees)
    cos, sin = float(np.cos(a)), float(np.sin(a))
    dx, dy = points[:, 0] - cx, points[:, 1] - cy
    return np.stack([cx + dx * cos - dy * sin, cy + dx * sin + dy * cos], axis=1).astype(np.float32)


def shifted(points: Points, dx: float, dy: float) -> Points:
    """Return the points moved by (dx, dy)."""
    return np.asarray(points + np.array([dx, dy], dtype=np.float32), dtype=np.float32)
