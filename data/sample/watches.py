"""Wristwatches."""

import numpy as np

from data.sample.canvas import Canvas
from data.sample.curves import MIDDLE, Pen, box, ellipse, mirrored, points_of, ribbon, shifted, sided
from data.sample.look import Look
from data.sample.palette import METALS, Colour, brightness, darker, ink, lighter, metal_for, mix
from data.sample.raster import Points


def watch(canvas: Canvas, look: Look) -> None:
    """Draw a wristwatch: round or square case, leather strap or metal bracelet, plain or with small dials."""
    metallic = (
        max(look.colour) - min(look.colour) < 0.06 and 0.5 < brightness(look.colour) < 0.85
    ) or look.pattern == "metal"
    case = look.colour if metallic else metal_for(look.rng)
    size = look.between(50, 58) if look.female else look.between(60, 70)
    cx, cy = MIDDLE, 160.0
    if metallic:
        _bracelet(canvas, look, case, size)
    else:
        _strap(canvas, look, size)
    square = look.cut == "square"
    shape = (
        box(cx - size * 0.86, cy - size * 0.92, cx + size * 0.86, cy + size * 0.92, 16)
        if square
        else ellipse(cx, cy, size, size)
    )
    crown = box(cx + size * (0.84 if square else 0.97), cy - 7, cx + size + 9, cy + 7, 3)
    canvas.part(crown, case, depth=0.4, spread=3)
    for i in range(4):
        canvas.line(
            points_of([(cx + size, cy - 5 + i * 3.3), (cx + size + 9, cy - 5 + i * 3.3)]), darker(case, 0.5), 0.5, 0.5
        )
    canvas.part(shape, case, depth=0.5, spread=7, cast=0.4, grain=0.004)
    canvas.line(_shrunk(shape, 0.94), lighter(case, 0.6), 1.4, 0.7, closed=True)
    face = _face_colour(look)
    bezel = _shrunk(shape, 0.84)
    canvas.part(bezel, darker(case, 0.55), depth=0.1, rim=0.3)
    dial = canvas.part(_shrunk(shape, 0.81), face, depth=0.12, spread=8, grain=0)
    canvas.shade(shifted(_shrunk(shape, 0.5), -size * 0.15, -size * 0.2), -0.10, 8, dial)
    _dial(canvas, look, cx, cy, size * 0.78, face, square)
    glare = Pen(cx - size * 0.62, cy - size * 0.2).curve(
        cx - size * 0.5, cy - size * 0.6, cx - size * 0.05, cy - size * 0.7
    )
    glare.line(cx + size * 0.1, cy - size * 0.7).curve(
        cx - size * 0.3, cy - size * 0.45, cx - size * 0.5, cy + size * 0.1
    )
    canvas.shade(glare.points, -0.14, 1, dial)


def _face_colour(look: Look) -> Colour:
    pick = look.between(0, 1)
    if pick < 0.4:
        return (0.96, 0.955, 0.94)
    if pick < 0.65:
        return (0.11, 0.12, 0.14)
    return darker(look.accent, 0.1) if pick < 0.8 else (0.15, 0.22, 0.38)


def _shrunk(points: Points, share: float) -> Points:
    centre = (points.max(axis=0) + points.min(axis=0)) / 2
    return np.asarray((points - centre) * share + centre, dtype=np.float32)


def _dial(canvas: Canvas, look: Look, cx: float, cy: float, reach: float, face: Colour, square: bool) -> None:
    mark = (0.97, 0.97, 0.96) if brightness(face) < 0.5 else (0.16, 0.16, 0.18)
    if look.chance(0.3):
        mark = (0.85, 0.70, 0.40)

    def at(turn: float, share: float) -> tuple[float, float]:
        a = np.radians(turn - 90)
        stretch = min(1 / max(abs(np.cos(a)), abs(np.sin(a)), 0.75), 1.28) * 0.9 if square else 1.0
        return float(cx + np.cos(a) * reach * share * stretch), float(cy + np.sin(a) * reach * share * stretch)

    if look.cut == "chronograph":
        for dx, dy in ((-0.42, 0.0), (0.42, 0.0), (0.0, 0.44)):
            x, y = cx + dx * reach, cy + dy * reach
            canvas.part(ellipse(x, y, reach * 0.23, reach * 0.23), mix(face, mark, 0.18), depth=0.15, spread=3, rim=0.5)
            canvas.line(points_of([(x, y), (x + reach * 0.08, y - reach * 0.15)]), mark, 0.8)
    canvas.lines([points_of([at(i * 6, 0.95), at(i * 6, 0.99)]) for i in range(60)], mark, 0.6, 0.6)
    long = [points_of([at(i * 30, 0.78 if i % 3 else 0.72), at(i * 30, 0.93)]) for i in range(12)]
    canvas.lines(long, mark, 2.0 if look.chance(0.5) else 1.3)
    hour, minute = look.between(0, 12), look.between(0, 60)
    for turn, share, width in ((hour * 30, 0.52, 3.4), (minute * 6, 0.8, 2.4)):
        hand = ribbon(points_of([at(turn + 180, 0.1), at(turn, share)]), width, width * 0.5)
        canvas.part(hand, mark, depth=0.1, cast=0.25, rim=0.2, grain=0)
    canvas.line(points_of([at(minute * 6 + 130, 0.16), at(minute * 6 - 50, 0.85)]), (0.80, 0.24, 0.2), 0.9)
    canvas.part(ellipse(cx, cy, 2.6, 2.6), mark, depth=0.3, cast=0.2, spread=2)


def _strap(canvas: Canvas, look: Look, size: float) -> None:
    half = size * look.between(0.50, 0.58)
    cloth = look.cloth()
    thread = ink(look.colour, 0.6) if look.chance(0.5) else lighter(look.colour, 0.6)
    for side in (-1, 1):
        near, far = 160 + side * size * 0.7, 160 + side * 146
        pen = Pen(MIDDLE + half, near).curve(
            MIDDLE + half * 0.8, 160 + side * 105, MIDDLE + half * 0.78, far - side * 12
        )
        pen.curve(MIDDLE + half * 0.76, far, MIDDLE + half * 0.4, far).line(MIDDLE, far + side * 2)
        strap = mirrored(pen.points)
        canvas.part(strap, cloth, depth=0.38, spread=9, grain=0.02)
        edge = pen.points[1:-3]
        for flank in (-1, 1):
            canvas.stitches(shifted(sided(edge, flank), -flank * 4, 0), thread, 0.6, 0.8)
        if side > 0:
            for i in range(5):
                canvas.part(ellipse(MIDDLE, 246 + i * 11, 1.7, 2.1), darker(look.colour, 0.7), depth=0, rim=0.2)
        else:
            canvas.part(
                box(MIDDLE - half * 0.95, 22, MIDDLE + half * 0.95, 40, 3),
                METALS["Steel"],
                depth=0.35,
                spread=3,
                cast=0.3,
                holes=[box(MIDDLE - half * 0.72, 26, MIDDLE + half * 0.72, 36, 2)],
            )
            canvas.part(
                box(MIDDLE - half * 0.86, 58, MIDDLE + half * 0.86, 67, 2), cloth, depth=0.35, spread=3, cast=0.35
            )


def _bracelet(canvas: Canvas, look: Look, case: Colour, size: float) -> None:
    half = size * look.between(0.48, 0.56)
    two_tone = look.chance(0.3)
    for side in (-1, 1):
        for i in range(9):
            y = 160 + side * (size * 0.72 + 5 + i * 10.5)
            wide = half * (1 - 0.024 * i)
            for x0, x1, tone in (
                (-1.0, -0.42, case),
                (0.42, 1.0, case),
                (-0.42, 0.42, METALS["Gold"] if two_tone else lighter(case, 0.22)),
            ):
                link = box(MIDDLE + x0 * wide, y - 5, MIDDLE + x1 * wide, y + 5, 2)
                canvas.part(link, tone, depth=0.45, spread=4, rim=0.5, grain=0.006)
