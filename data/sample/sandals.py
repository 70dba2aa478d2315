"""Light shoes in pairs, seen from above: flats, flip flops and sandals."""

import numpy as np

from data.sample.canvas import Canvas, Fill, Fold
from data.sample.curves import MIDDLE, Pen, Place, box, ellipse, ribbon, shifted, sided, spline
from data.sample.look import Look
from data.sample.palette import Colour, brightness, darker, ink, mix
from data.sample.raster import Points

_INSOLE: Colour = (0.86, 0.72, 0.55)
_GOLD: Colour = (0.84, 0.70, 0.42)


def _sole_shape(spread: float) -> Points:
    """Return the outline of a right foot's sole seen from above, toes up, standing right of the middle."""
    x = MIDDLE + spread
    return spline(
        [
            *[(x + 26, 286), (x + 47, 266), (x + 50, 222), (x + 56, 170), (x + 62, 116), (x + 56, 72), (x + 36, 48)],
            *[(x + 14, 58), (x + 4, 92), (x + 6, 140), (x + 9, 190), (x + 6, 240), (x + 9, 270)],
        ]
    )


def flats(canvas: Canvas, look: Look) -> None:
    """Draw a pair of ballet flats from above, with a bow, a strap or a cap toe."""
    spread = look.between(3, 8)
    cloth = look.cloth()
    pointed = look.cut == "pointed"
    x = MIDDLE + spread
    bow = look.accent if look.chance(0.5) else darker(look.colour, 0.12)
    for side in (-1, 1):
        outline = _sole_shape(spread)
        if pointed:
            outline = spline(
                [
                    *[
                        (x + 26, 286),
                        (x + 47, 266),
                        (x + 49, 222),
                        (x + 54, 170),
                        (x + 58, 116),
                        (x + 46, 70),
                        (x + 27, 34),
                    ],
                    *[(x + 13, 66), (x + 5, 104), (x + 6, 144), (x + 9, 190), (x + 6, 240), (x + 9, 270)],
                ]
            )
        canvas.part(sided(shifted(outline, 1.5, 3), side), darker(look.colour, 0.6), depth=0.1)
        shoe = canvas.part(sided(outline, side), cloth, depth=0.4, spread=9)
        mouth = spline(
            [
                *[(x + 27, 277), (x + 40, 262), (x + 42, 220), (x + 46, 172), (x + 48, 130), (x + 33, 112)],
                *[(x + 17, 128), (x + 14, 172), (x + 16, 216), (x + 13, 262)],
            ]
        )
        inside = canvas.part(sided(mouth, side), mix(_INSOLE, (1, 1, 1), 0.25), depth=0.3, spread=7, rim=0.5)
        canvas.shade(sided(shifted(ribbon(mouth, 9), -3, -3), side), 0.28, 4, inside)
        canvas.line(sided(mouth, side), ink(look.colour, 0.35), 1.5, 0.7)
        if look.cut == "cap toe":
            cap = Pen(x - 10, 92).curve(x + 30, 70, x + 74, 92).line(x + 74, 30).line(x - 10, 30).points
            canvas.overlay(shoe, [sided(cap, side)], look.accent)
        elif look.cut == "mary jane":
            strap = ribbon(Pen(x + 8, 178).curve(x + 28, 168, x + 54, 178).points, 8)
            canvas.part(sided(strap, side), look.colour, depth=0.3, spread=3, cast=0.35)
            canvas.part(ellipse(MIDDLE + side * (spread + 51), 177, 3.4, 3.4), _GOLD, depth=0.3, spread=2, cast=0.2)
        else:
            _top_bow(canvas, bow, MIDDLE + side * (spread + 33), 105)


def _top_bow(canvas: Canvas, tone: Colour, x: float, y: float) -> None:
    for side in (-1, 1):
        loop = (
            Pen(x, y).curve(x + 6, y - 9, x + 15, y - 7).curve(x + 17, y + 1, x + 14, y + 7).curve(x + 6, y + 7, x, y)
        )
        canvas.part(sided(loop.points, side, x), tone, depth=0.35, spread=3, cast=0.35)
    canvas.part(ellipse(x, y, 3.4, 4), tone, depth=0.35, spread=2, cast=0.2)


def flip_flops(canvas: Canvas, look: Look) -> None:
    """Draw a pair of flip flops from above: a patterned sole and a strap from between the toes."""
    spread = look.between(3, 7)
    x = MIDDLE + spread
    sole: Fill = look.cloth()
    edge = look.accent if look.chance(0.5) else darker(look.colour, 0.35)
    strap = look.accent if look.chance(0.65) else darker(look.colour, 0.3)
    thick = look.between(8, 13)
    for side in (-1, 1):
        outline = sided(_sole_shape(spread), side)
        canvas.part(shifted(outline, 2, 4), edge, depth=0.2, spread=5)
        inner = canvas.part(outline, sole, depth=0.2, spread=6)
        rim = np.asarray(
            (outline - outline.mean(axis=0)) * np.array([0.86, 0.94]) + outline.mean(axis=0), dtype=np.float32
        )
        canvas.line(rim, ink(look.colour, 0.4), 0.8, 0.35, closed=True)
        canvas.shade(sided(ellipse(x + 30, 258, 15, 18), side), 0.08, 6, inner)
        post = (x + 24, 92.0)
        right = Pen(*post).curve(x + 50, 112, x + 59, 176).points
        left = Pen(*post).curve(x + 6, 116, x + 5, 178).points
        for branch in (right, left):
            band = ribbon(sided(branch, side), thick * 0.75, thick * 1.15)
            canvas.part(band, strap, depth=0.4, spread=4, cast=0.4)
        canvas.part(
            ellipse(MIDDLE + side * (post[0] - MIDDLE), post[1], 5, 6),
            darker(strap, 0.15),
            depth=0.4,
            spread=3,
            cast=0.3,
        )


def sandals(canvas: Canvas, look: Look) -> None:
    """Draw a pair of sandals from above: straps across a shaped footbed."""
    spread = look.between(6, 10)
    leather = look.cloth()
    bed = _footbed(look)
    edge = darker(bed, 0.55)
    metal = _GOLD if look.chance(0.55) else (0.75, 0.76, 0.78)
    high = look.between(-6, 6)
    for side in (-1, 1):
        outline = sided(_sole_shape(spread), side)
        canvas.part(shifted(outline, 2, 4), edge, depth=0.2, spread=4)
        inner = canvas.part(outline, bed, depth=0.26, spread=7, grain=0.03)
        centre = (outline.max(axis=0) + outline.min(axis=0)) / 2
        line = np.asarray((outline - centre) * np.array([0.85, 0.94]) + centre, dtype=np.float32)
        canvas.stitches(line, ink(bed, 0.45), 0.6, 0.6)
        canvas.shade(ellipse(MIDDLE + side * (spread + 28), 252, 15, 20), 0.12, 6, inner)
        canvas.shade(ellipse(MIDDLE + side * (spread + 34), 112, 18, 26), 0.08, 7, inner)
        _straps(canvas, look, leather, side, spread, high, metal)


def _footbed(look: Look) -> Colour:
    if look.chance(0.25):
        return darker(look.colour, 0.35) if brightness(look.colour) > 0.3 else mix(look.colour, (0.5, 0.5, 0.5), 0.3)
    return mix(_INSOLE, (0.48, 0.34, 0.24), look.between(0.0, 0.7))


def _band(canvas: Canvas, look: Look, fill: Fill, side: int, span: tuple[float, float], y: float, wide: float) -> None:
    """Lay a strap straight over the foot, from one edge of the sole to the other, a little bowed."""
    x0, x1 = span
    middle, bow = (x0 + x1) / 2, 7 + wide * 0.1
    pen = Pen(x0, y - wide / 2).curve(middle, y - wide / 2 - bow * 1.6, x1, y - wide / 2)
    pen.line(x1 + 1, y + wide / 2).curve(middle, y + wide / 2 - bow, x0 - 1, y + wide / 2)
    line = Pen(x0, y).curve(middle, y - bow * 1.4, x1, y).points
    shine = [Fold(sided(shifted(line[2:-2], 0, -wide * 0.14), side), wide * 0.5, 0.12)]
    canvas.part(sided(pen.points, side), fill, depth=0.36, spread=max(4, wide * 0.3), folds=shine, cast=0.45, rim=0.45)
    for dy in (-0.36, 0.36):
        canvas.stitches(sided(shifted(line[1:-1], 0, dy * wide), side), ink(look.colour, 0.45), 0.5, 0.6)


def _slanted(canvas: Canvas, look: Look, fill: Fill, side: int, start: Place, end: Place, wide: float) -> None:
    """Lay a strap across the foot at a slant."""
    line = Pen(*start).curve((start[0] + end[0]) / 2 - 1, (start[1] + end[1]) / 2 - 9, *end).points
    canvas.part(sided(ribbon(line, wide), side), fill, depth=0.36, spread=5, cast=0.45, rim=0.45)
    for dx in (-0.36, 0.36):
        canvas.stitches(sided(shifted(line, dx * wide, 0), side), ink(look.colour, 0.45), 0.5, 0.5)


def _clasp(canvas: Canvas, side: int, x: float, y: float, metal: Colour) -> None:
    x = MIDDLE + side * (x - MIDDLE)
    hole = box(x - 3.2, y - 4.6, x + 3.2, y + 4.6, 1)
    canvas.part(box(x - 6, y - 7.5, x + 6, y + 7.5, 2), metal, depth=0.4, spread=2, cast=0.35, holes=[hole])


def _straps(canvas: Canvas, look: Look, fill: Fill, side: int, spread: float, high: float, metal: Colour) -> None:
    x = MIDDLE + spread
    front, back = 104 + high, 160 + high
    match look.cut:
        case "cross strap":
            _slanted(canvas, look, fill, side, (x + 2, 96 + high), (x + 58, 164 + high), 20)
            _slanted(canvas, look, fill, side, (x + 62, 96 + high), (x + 5, 164 + high), 20)
        case "slide":
            _band(canvas, look, fill, side, (x + 1, x + 63), 130 + high, 56)
        case "t bar":
            _band(canvas, look, fill, side, (x + 1, x + 64), 104 + high, 10)
            stem = Pen(x + 33, 94 + high).curve(x + 32, 140, x + 30, 196).points
            canvas.part(sided(ribbon(stem, 8), side), fill, depth=0.35, spread=3, cast=0.35)
            _heel_strap(canvas, fill, side, x, 6)
            _band(canvas, look, fill, side, (x + 5, x + 54), 202, 10)
            _clasp(canvas, side, x + 50, 199, metal)
        case "sports":
            _heel_strap(canvas, fill, side, x, 11)
            for y, wide, right in ((110.0, 24.0, 64.0), (158.0, 22.0, 59.0), (214.0, 16.0, 54.0)):
                _band(canvas, look, fill, side, (x + 2, x + right), y, wide)
                tab = sided(box(x + right - 27, y - wide * 0.46, x + right - 7, y + wide * 0.22, 3), side)
                canvas.part(tab, look.accent, depth=0.25, spread=3, cast=0.2)
        case _:
            for y, right in ((front, 64.0), (back, 59.0)):
                _band(canvas, look, fill, side, (x + 1, x + right), y, 28)
                _clasp(canvas, side, x + right - 16, y - 4, metal)


def _heel_strap(canvas: Canvas, fill: Fill, side: int, x: float, wide: float) -> None:
    line = (
        Pen(x + 7, 206).cubic(x + 4, 250, x + 8, 290, x + 27, 290).cubic(x + 47, 290, x + 51, 250, x + 51, 206).points
    )
    canvas.part(sided(ribbon(line, wide), side), fill, depth=0.35, spread=3, cast=0.3)
