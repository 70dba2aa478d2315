"""Earrings, necklaces, pendants, rings and bracelets."""

import numpy as np

from data.sample.canvas import Canvas
from data.sample.curves import MIDDLE, Pen, ellipse, mirrored, points_of, resampled, ribbon, shifted, turned
from data.sample.look import Look
from data.sample.palette import Colour, darker, lighter
from data.sample.raster import Points

_GEMS: tuple[Colour, ...] = (
    *((0.80, 0.20, 0.30), (0.16, 0.52, 0.42), (0.20, 0.36, 0.72), (0.55, 0.34, 0.68), (0.95, 0.95, 0.97)),
    *((0.18, 0.64, 0.68), (0.93, 0.68, 0.72), (0.95, 0.93, 0.88)),
)


def _stone(look: Look) -> Colour:
    return look.accent if look.chance(0.25) else _GEMS[int(look.rng.integers(len(_GEMS)))]


def _gem(canvas: Canvas, x: float, y: float, rx: float, ry: float, colour: Colour, metal: Colour) -> None:
    """Draw a cut stone in its setting."""
    canvas.part(ellipse(x, y, rx + 2.6, ry + 2.6), metal, depth=0.5, spread=3, cast=0.25, grain=0)
    stone = canvas.part(ellipse(x, y, rx, ry), colour, depth=0.35, spread=rx * 0.7, grain=0)
    angle = np.radians(np.arange(8) * 45 + 22.5)
    table = np.stack([x + rx * 0.55 * np.cos(angle), y + ry * 0.55 * np.sin(angle)], axis=1).astype(np.float32)
    edge = np.stack([x + rx * np.cos(angle), y + ry * np.sin(angle)], axis=1).astype(np.float32)
    canvas.shade(table, -0.28, 0.6, stone)
    canvas.lines(
        [points_of([tuple(a), tuple(b)]) for a, b in zip(table, edge, strict=True)], lighter(colour, 0.7), 0.5, 0.5
    )
    canvas.part(
        ellipse(x - rx * 0.35, y - ry * 0.4, rx * 0.17 + 0.4, ry * 0.14 + 0.4),
        (1, 1, 1),
        depth=0,
        rim=0,
        alpha=0.9,
        grain=0,
    )


def _pearl(canvas: Canvas, x: float, y: float, radius: float, colour: Colour) -> None:
    ball = canvas.part(
        ellipse(x, y, radius, radius), colour, depth=0.5, spread=radius * 0.9, cast=0.2, grain=0, rim=0.35
    )
    canvas.shade(ellipse(x - radius * 0.35, y - radius * 0.4, radius * 0.3, radius * 0.26), -0.85, 0.7, ball)


def _chain(canvas: Canvas, line: Points, metal: Colour, width: float = 2.2) -> None:
    canvas.line(line, darker(metal, 0.55), width * 0.75)
    canvas.stitches(line, darker(metal, 0.5), width + 0.9, 0.8, width * 1.5)
    canvas.stitches(line, metal, width, 1.0, width * 1.5)
    canvas.stitches(shifted(line, -0.4, -0.5), lighter(metal, 0.6), width * 0.4, 0.9, width * 1.5)


def earrings(canvas: Canvas, look: Look) -> None:
    """Draw a pair of earrings: hoops, drops, studs, or chandeliers."""
    metal = look.colour
    stone = _stone(look)
    for x in (MIDDLE - 48, MIDDLE + 48):
        hook = Pen(x, 92).cubic(x - 2, 58, x + 20, 56, x + 14, 84).points
        match look.cut:
            case "hoop":
                ring = ellipse(x, 160, 38, 44)
                canvas.part(ring, metal, depth=0.55, spread=4, holes=[ellipse(x, 158.5, 31, 36.5)], grain=0, rim=0.45)
                _pearl(canvas, x, 117, 4.5, lighter(metal, 0.2))
            case "stud":
                for i in range(10):
                    a = i * np.pi / 5
                    _gem(canvas, x + 21 * np.cos(a), 160 + 21 * np.sin(a), 4.4, 4.4, lighter(stone, 0.5), metal)
                _gem(canvas, x, 160, 14, 14, stone, metal)
            case "chandelier":
                canvas.line(hook, metal, 1.8)
                _gem(canvas, x, 104, 7, 7, stone, metal)
                fan = (
                    Pen(x, 112)
                    .curve(x + 34, 122, x + 34, 160)
                    .curve(x, 176, x - 34, 160)
                    .curve(x - 34, 122, x, 112)
                    .points
                )
                inner = np.asarray((fan - fan.mean(axis=0)) * 0.72 + fan.mean(axis=0), dtype=np.float32)
                canvas.part(fan, metal, depth=0.5, spread=4, holes=[inner], grain=0)
                _gem(canvas, x, 144, 8, 10, stone, metal)
                for i, dx in enumerate((-28.0, -14.0, 0.0, 14.0, 28.0)):
                    length = 24 + 8 * (2 - abs(i - 2))
                    y = 168 - abs(dx) * 0.12
                    canvas.line(points_of([(x + dx, y), (x + dx, y + length)]), metal, 1.2)
                    _pearl(canvas, x + dx, y + length + 4, 4.6, lighter(stone, 0.15))
            case _:
                canvas.line(hook, metal, 1.8)
                _pearl(canvas, x, 96, 4, metal)
                canvas.line(points_of([(x, 98), (x, 122)]), metal, 1.4)
                drop = mirrored(
                    Pen(x, 118).cubic(x + 5, 142, x + 27, 164, x + 20, 190).curve(x + 14, 206, x, 206).points, x
                )
                inner = np.asarray((drop - drop.mean(axis=0)) * 0.8 + drop.mean(axis=0), dtype=np.float32)
                canvas.part(drop, metal, depth=0.5, spread=4, grain=0, rim=0.4)
                glass = canvas.part(inner, stone, depth=0.45, spread=9, grain=0, rim=0.3)
                canvas.shade(ellipse(x - 6, 176, 4, 12), -0.6, 2, glass)


def necklace(canvas: Canvas, look: Look) -> None:
    """Draw a necklace: strands of beads, or a chain with links of growing size."""
    metal = look.colour
    bead = lighter(look.accent, 0.1) if look.chance(0.5) else (0.96, 0.94, 0.90)
    strands = int(look.rng.integers(1, 4))
    for i in range(strands):
        half, low = 82 - i * 10.0, 262 - i * 26.0
        line = Pen(MIDDLE - half * 0.55, 42).cubic(MIDDLE - half * 1.5, 140, MIDDLE - half * 0.7, low, MIDDLE, low)
        line.cubic(MIDDLE + half * 0.7, low, MIDDLE + half * 1.5, 140, MIDDLE + half * 0.55, 42)
        if look.cut == "chain":
            _chain(canvas, line.points, metal, 4.6 - i * 0.8)
            continue
        places = resampled(line.points, 11.5 if i == 0 else 10)
        canvas.line(line.points, metal, 1.2)
        for j, (x, y) in enumerate(places[1:-1]):
            size = 3.6 + 3.4 * np.sin(np.pi * (j + 1) / len(places)) ** 2 - i * 0.4
            _pearl(canvas, float(x), float(y), float(size), metal if j % 6 == 3 else bead)
    clasp = Pen(MIDDLE - 45, 42).cubic(MIDDLE - 28, 24, MIDDLE + 28, 24, MIDDLE + 45, 42).points
    _chain(canvas, clasp, metal, 2.4)


def pendant(canvas: Canvas, look: Look) -> None:
    """Draw a fine chain with a pendant: heart, drop, disc or cross-shaped leaf."""
    metal = look.colour
    line = Pen(MIDDLE - 58, 40).cubic(MIDDLE - 52, 120, MIDDLE - 24, 172, MIDDLE, 192)
    line.cubic(MIDDLE + 24, 172, MIDDLE + 52, 120, MIDDLE + 58, 40).cubic(
        MIDDLE + 40, 18, MIDDLE - 40, 18, MIDDLE - 58, 40
    )
    _chain(canvas, line.points, metal, 2.6)
    x, y = MIDDLE, 226.0
    canvas.part(ellipse(x, 195, 5, 6), metal, depth=0.5, spread=2, holes=[ellipse(x, 195, 2.4, 3.2)], grain=0)
    stone = _stone(look)
    match look.cut:
        case "heart":
            pen = (
                Pen(x, y + 32)
                .cubic(x - 56, y - 4, x - 30, y - 44, x, y - 16)
                .cubic(x + 30, y - 44, x + 56, y - 4, x, y + 32)
            )
            canvas.part(pen.points, metal, depth=0.6, spread=9, grain=0, rim=0.45)
            _gem(canvas, x, y - 2, 9, 9, stone, metal)
        case "disc":
            canvas.part(ellipse(x, y, 29, 29), metal, depth=0.5, spread=7, grain=0, rim=0.45)
            canvas.line(ellipse(x, y, 23, 23), darker(metal, 0.35), 1, 0.7)
            for i in range(8):
                petal = turned(ellipse(x, y - 12, 4, 8), i * 45, x, y)
                canvas.part(petal, lighter(stone, 0.1), depth=0.3, spread=3, rim=0.3, grain=0)
            _pearl(canvas, x, y, 5, lighter(metal, 0.3))
        case _:
            drop = mirrored(
                Pen(x, y - 28)
                .cubic(x + 4, y - 6, x + 28, y + 8, x + 20, y + 26)
                .curve(x + 14, y + 38, x, y + 38)
                .points,
                x,
            )
            canvas.part(drop, metal, depth=0.55, spread=5, grain=0, rim=0.45)
            _gem(canvas, x, y + 14, 13, 15, stone, metal)


def ring(canvas: Canvas, look: Look) -> None:
    """Draw a ring standing up, with a stone, a row of stones or a plain engraved band."""
    metal = look.colour
    cx, cy, rx, ry = MIDDLE, 178.0, look.between(64, 72), look.between(68, 76)
    thick = look.between(9, 14)
    back = ellipse(cx, cy - 6, rx - 3, ry - 3)
    canvas.part(
        back, darker(metal, 0.45), depth=0.4, spread=5, holes=[ellipse(cx, cy - 4, rx - thick, ry - thick)], grain=0
    )
    band = canvas.part(
        ellipse(cx, cy, rx, ry),
        metal,
        depth=0.65,
        spread=6,
        holes=[ellipse(cx, cy - 5, rx - thick + 1, ry - thick)],
        grain=0,
        rim=0.5,
    )
    canvas.shade(ribbon(ellipse(cx, cy, rx - thick * 0.45, ry - thick * 0.4, 110, 170), thick * 0.3), -0.7, 1.6, band)
    canvas.shade(ribbon(ellipse(cx, cy, rx - thick * 0.45, ry - thick * 0.4, 20, 60), thick * 0.3), -0.5, 1.6, band)
    stone, top = _stone(look), cy - ry + 3
    if look.cut == "band":
        for i in range(-3, 4):
            a = np.radians(-90 + i * 14)
            size = 6.4 - abs(i) * 0.6
            _gem(canvas, cx + (rx - 5) * float(np.cos(a)), cy + (ry - 5) * float(np.sin(a)), size, size, stone, metal)
        return
    for side in (-1, 1):
        claw = points_of([(cx + side * 10, top + 16), (cx + side * 22, top - 12)])
        canvas.part(ribbon(claw, 6, 4), metal, depth=0.4, spread=2, grain=0)
        _gem(canvas, cx + side * 30, top + 9, 6, 6, lighter(stone, 0.5), metal)
    _gem(canvas, cx, top - 8, 22, 19, stone, metal)


def bracelet(canvas: Canvas, look: Look) -> None:
    """Draw a bracelet: beads, or a cuff in one colour with a band of stones."""
    metal = look.colour
    cx, cy, rx, ry = MIDDLE, 160.0, 86.0, look.between(48, 58)
    if look.cut == "bangle":
        wide = look.between(20, 32)
        arc_back, arc = ellipse(cx, cy - wide / 2, rx, ry, 180, 360), ellipse(cx, cy - wide / 2, rx, ry, 0, 180)
        canvas.part(
            np.concatenate([arc_back, shifted(arc_back[::-1], 0, wide)]),
            darker(metal, 0.4),
            depth=0.35,
            spread=7,
            grain=0,
        )
        front = canvas.part(
            np.concatenate([arc, shifted(arc[::-1], 0, wide)]), metal, depth=0.6, spread=9, cast=0.3, grain=0, rim=0.5
        )
        canvas.shade(ribbon(ellipse(cx, cy, rx, ry, 96, 150), wide * 0.35), -0.45, 3, front)
        for i in range(9):
            a = np.radians(26 + i * 16)
            _gem(
                canvas,
                cx + rx * float(np.cos(a)),
                cy + ry * float(np.sin(a)),
                4.6,
                wide * 0.2,
                _stone(look) if i == 0 else look.accent,
                metal,
            )
        return
    beads = 30
    order = sorted(range(beads), key=lambda i: float(np.sin(2 * np.pi * i / beads)))
    canvas.line(ellipse(cx, cy, rx, ry), darker(metal, 0.3), 1.2)
    for i in order:
        a = 2 * np.pi * i / beads
        size = 9.2 + 1.6 * np.sin(a)
        tone = look.accent if i % 5 == 2 else lighter(metal, 0.25) if i % 5 == 4 else metal
        _pearl(
            canvas,
            float(cx + rx * np.cos(a)),
            float(cy + ry * np.sin(a)),
            float(size),
            darker(tone, 0.2 - 0.2 * float(np.sin(a))) if np.sin(a) < 0 else tone,
        )
