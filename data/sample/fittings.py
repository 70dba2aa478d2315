"""The metal and the zips that bags and wallets share."""

import numpy as np

from data.sample.canvas import Canvas, Region
from data.sample.curves import box, ellipse, ribbon, shifted
from data.sample.look import Look
from data.sample.palette import Colour, darker
from data.sample.raster import Points

GOLD: Colour = (0.85, 0.71, 0.42)
STEEL: Colour = (0.74, 0.75, 0.77)


def metal_of(look: Look) -> Colour:
    """Return the metal of a bag's fittings."""
    return GOLD if look.chance(0.65) else STEEL


def ring(canvas: Canvas, x: float, y: float, radius: float, metal: Colour) -> None:
    """Draw a ring that joins a strap to a bag."""
    canvas.part(
        ellipse(x, y, radius, radius),
        metal,
        depth=0.4,
        spread=2,
        cast=0.3,
        holes=[ellipse(x, y, radius * 0.55, radius * 0.55)],
    )


def inset_of(outline: Points, inset: float) -> Points:
    """Return an outline drawn in by `inset` units on every side, where a seam runs."""
    centre = (outline.max(axis=0) + outline.min(axis=0)) / 2
    half = (outline.max(axis=0) - outline.min(axis=0)) / 2
    return np.asarray((outline - centre) * (1 - inset / half) + centre, dtype=np.float32)


def zip_line(canvas: Canvas, look: Look, line: Points, within: Region) -> None:
    """Draw a zip along a line on a part."""
    canvas.shade(shifted(ribbon(line, 6), 0, 2), 0.25, 1.6, within)
    canvas.line(line, darker(look.colour, 0.55), 3, within=within)
    canvas.stitches(line, STEEL, 1.1, 0.9, 1.7, within=within)
    x, y = float(line[len(line) // 3, 0]), float(line[len(line) // 3, 1])
    canvas.part(
        box(x - 2, y - 1, x + 2, y + 12, 2), STEEL if look.chance(0.5) else look.accent, depth=0.3, spread=2, cast=0.3
    )
