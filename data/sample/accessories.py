"""Sunglasses, belts, ties, caps, scarves and umbrellas."""

from itertools import pairwise

import numpy as np

from data.sample.canvas import Canvas, Cloth, Fill, Fold
from data.sample.curves import MIDDLE, Pen, box, ellipse, mirrored, points_of, ribbon, shifted, sided
from data.sample.emblems import print_emblem
from data.sample.look import Look
from data.sample.palette import METALS, Colour, darker, ink, lighter, metal_for, mix
from data.sample.raster import Points


def sunglasses(canvas: Canvas, look: Look) -> None:
    """Draw sunglasses from the front: aviator, wayfarer, round, cat eye or wraparound."""
    frame = look.colour
    lens_colour = _lens_colour(look)
    wide, gap, y = look.between(42, 46), look.between(9, 12), 160.0
    cx = MIDDLE + gap + wide
    thin = look.cut in ("aviator", "round")
    rim_width = 2.4 if thin else look.between(4.5, 7)
    for side in (-1, 1):
        temple = Pen(cx + wide - 4, y - 22).curve(cx + wide + 12, y - 18, cx + wide + 6, y + 24).points
        canvas.part(ribbon(sided(temple, side), 5, 3), darker(frame, 0.3), depth=0.35, spread=3)
    for side in (-1, 1):
        lens = sided(_lens_outline(look.cut, cx, y, wide), side)
        glass = canvas.part(lens, lens_colour, depth=0.12, spread=6, grain=0, rim=0.2)
        canvas.shade(box(0, y + 4, 240, y + 60), -0.30, 16, glass)
        canvas.shade(box(0, y - 60, 240, y - 20), 0.35, 12, glass)
        x = MIDDLE + side * (gap + wide)
        streak = points_of([(x - 22, y + 22), (x - 6, y - 26), (x + 4, y - 26), (x - 12, y + 22)])
        canvas.shade(streak, -0.22, 1.2, glass)
        outer = np.asarray((lens - lens.mean(axis=0)) * (1 + rim_width / wide) + lens.mean(axis=0), dtype=np.float32)
        fill: Fill = look.cloth() if not thin else frame
        canvas.part(outer, fill, depth=0.5, spread=3, holes=[lens], rim=0.5)
    if look.cut == "aviator":
        canvas.part(
            ribbon(Pen(MIDDLE - 17, y - 25).curve(MIDDLE, y - 31, MIDDLE + 17, y - 25).points, 2.6),
            frame,
            depth=0.4,
            spread=2,
        )
    bridge = Pen(MIDDLE - gap - 2, y - 10).curve(MIDDLE, y - 22, MIDDLE + gap + 2, y - 10).points
    canvas.part(ribbon(bridge, 2.6 if thin else 6), frame, depth=0.4, spread=3)
    if not thin:
        for side in (-1, 1):
            canvas.part(
                ellipse(MIDDLE + side * (cx - MIDDLE + wide - 1), y - 21, 1.8, 1.8),
                METALS["Silver"],
                depth=0.3,
                spread=2,
            )


def _lens_colour(look: Look) -> Colour:
    choices: tuple[Colour, ...] = (
        *((0.16, 0.17, 0.19), (0.30, 0.20, 0.14), (0.17, 0.27, 0.22), (0.20, 0.26, 0.40)),
        *((0.42, 0.24, 0.30), (0.16, 0.17, 0.19)),
    )
    return choices[int(look.rng.integers(len(choices)))]


def _lens_outline(cut: str, cx: float, y: float, wide: float) -> Points:
    match cut:
        case "aviator":
            pen = Pen(cx - wide + 2, y - 16).curve(cx - wide + 4, y - 27, cx - 12, y - 27)
            pen.curve(cx + wide - 4, y - 28, cx + wide - 1, y - 12).cubic(
                cx + wide, y + 14, cx + 18, y + 36, cx - 2, y + 34
            )
            return pen.cubic(cx - 24, y + 32, cx - wide + 3, y + 8, cx - wide + 2, y - 16).points
        case "round":
            return ellipse(cx, y, wide * 0.88, wide * 0.88)
        case "cat eye":
            pen = (
                Pen(cx - wide + 3, y - 12)
                .curve(cx - 18, y - 25, cx + wide - 8, y - 32)
                .curve(cx + wide + 7, y - 32, cx + wide + 2, y - 16)
            )
            pen.cubic(cx + wide - 4, y + 16, cx + 16, y + 26, cx - 6, y + 25)
            return pen.cubic(cx - 28, y + 24, cx - wide, y + 8, cx - wide + 3, y - 12).points
        case "wraparound":
            pen = (
                Pen(cx - wide, y - 10)
                .curve(cx - 10, y - 24, cx + wide + 4, y - 17)
                .curve(cx + wide + 4, y + 6, cx + 20, y + 16)
            )
            return pen.curve(cx - 22, y + 24, cx - wide + 5, y + 8).curve(cx - wide - 1, y, cx - wide, y - 10).points
        case _:
            pen = (
                Pen(cx - wide + 2, y - 22)
                .curve(cx, y - 27, cx + wide - 1, y - 25)
                .curve(cx + wide + 2, y + 2, cx + wide - 10, y + 18)
            )
            pen.curve(cx + wide - 18, y + 27, cx - 4, y + 26).curve(cx - wide + 8, y + 25, cx - wide + 5, y + 6)
            return pen.curve(cx - wide + 2, y - 8, cx - wide + 2, y - 22).points


def belt(canvas: Canvas, look: Look) -> None:
    """Draw a belt, rolled up with its buckle in front."""
    wide = look.between(24, 28) if look.female else look.between(32, 38)
    cloth = look.cloth()
    inside = mix(darker(look.colour, 0.3), (0.62, 0.48, 0.34), 0.5)
    cx, cy, rx, ry = MIDDLE, 142.0, look.between(84, 92), look.between(34, 42)
    thread = ink(look.colour, 0.6) if look.chance(0.5) else lighter(look.colour, 0.5)

    def band(scale: float, start: float, end: float) -> Points:
        arc = ellipse(cx, cy, rx * scale, ry * scale, start, end)
        return np.concatenate([arc, shifted(arc[::-1], 0, wide)])

    for scale in (1.0, 0.8):
        canvas.part(band(scale, 180, 360), inside, depth=0.2, spread=6, rim=0.4)
    for scale in (0.8, 1.0):
        canvas.part(band(scale, 0, 180), cloth, depth=0.42, spread=9, cast=0.45, rim=0.45, grain=0.02)
        for dy in (3.5, wide - 3.5):
            canvas.stitches(shifted(ellipse(cx, cy, rx * scale, ry * scale, 2, 178), 0, dy), thread, 0.6, 0.75)
    front = cy + ry
    for i in range(5):
        a = np.radians(52 - i * 8.0)
        x, y = cx + rx * np.cos(a), cy + ry * np.sin(a) + wide / 2
        canvas.part(ellipse(x, y, 2, 2.4), darker(look.colour, 0.7), depth=0, rim=0.3)
    metal = metal_for(look.rng)
    half = wide * 0.62
    buckle = box(cx - half - 12, front - 6, cx + half, front + wide + 6, 5 if look.chance(0.6) else 14)
    hole = box(cx - half - 6, front, cx + half - 6, front + wide, 3)
    canvas.part(buckle, metal, depth=0.5, spread=4, cast=0.45, holes=[hole], rim=0.5)
    canvas.part(
        ribbon(points_of([(cx - half - 8, front + wide / 2), (cx + half + 2, front + wide / 2)]), 4, 3),
        metal,
        depth=0.45,
        spread=2,
        cast=0.4,
    )
    canvas.part(
        box(cx + half + 9, front - 4.5, cx + half + 18, front + wide + 0.5, 2),
        cloth,
        depth=0.3,
        spread=3,
        cast=0.4,
        rim=0.5,
    )


def tie(canvas: Canvas, look: Look) -> None:
    """Draw a necktie hanging from its knot, or a bow tie."""
    cloth = look.cloth().along(look.between(38, 48) if look.pattern == "striped" else 0)
    if look.cut == "bow tie":
        _bow_tie(canvas, look, cloth)
        return
    wide = look.between(23, 29) if look.cut != "slim" else look.between(16, 19)
    band = darker(look.colour, 0.25)
    loop = Pen(MIDDLE - 12, 96).cubic(MIDDLE - 36, 50, MIDDLE - 46, 14, MIDDLE, 13)
    loop.cubic(MIDDLE + 46, 14, MIDDLE + 36, 50, MIDDLE + 12, 96)
    canvas.part(ribbon(loop.points, 9), cloth if look.pattern == "plain" else band, depth=0.34, spread=4)
    tail = Pen(MIDDLE + 6, 110).line(MIDDLE + wide * 0.55 + 7, 272).line(MIDDLE + 9, 288).line(MIDDLE - 8, 272).points
    canvas.part(tail, band, depth=0.2, spread=5)
    pen = Pen(MIDDLE, 112).line(MIDDLE + 10, 112).curve(MIDDLE + wide * 0.74, 190, MIDDLE + wide, 276)
    folds = [
        Fold(points_of([(MIDDLE - 2, 124), (MIDDLE - wide * 0.3, 270)]), 10, 0.12),
        Fold(points_of([(MIDDLE + 2, 114), (MIDDLE + 5, 162)]), 7, -0.22),
    ]
    blade = mirrored(pen.line(MIDDLE, 276 + wide * 1.05).points)
    canvas.part(blade, cloth, depth=0.34, spread=8, folds=folds, cast=0.3)
    knot = (
        Pen(MIDDLE, 84).line(MIDDLE + 18, 84).curve(MIDDLE + 19, 94, MIDDLE + 12, 115).curve(MIDDLE, 119, MIDDLE, 118)
    )
    across = cloth.along(-40 if look.pattern == "striped" else 0)
    canvas.part(mirrored(knot.points), across, depth=0.38, spread=6, cast=0.4)


def _bow_tie(canvas: Canvas, look: Look, cloth: Cloth) -> None:
    strap = Pen(MIDDLE - 84, 150).cubic(MIDDLE - 70, 90, MIDDLE + 70, 90, MIDDLE + 84, 150).points
    canvas.part(ribbon(strap, 8), darker(look.colour, 0.25), depth=0.3, spread=3)
    for side in (-1, 1):
        pen = Pen(MIDDLE + 4, 152).curve(MIDDLE + 40, 132, MIDDLE + 84, 124).curve(MIDDLE + 92, 160, MIDDLE + 84, 198)
        pen.curve(MIDDLE + 40, 190, MIDDLE + 4, 170)
        folds = [
            Fold(
                Pen(MIDDLE + side * 10, 158 + d)
                .curve(MIDDLE + side * 30, 157 + d * 2, MIDDLE + side * 56, 156 + d * 3)
                .points,
                6,
                -0.22,
            )
            for d in (0, 6)
        ]
        canvas.part(sided(pen.points, side), cloth, depth=0.36, spread=10, folds=folds, cast=0.2)
    canvas.part(box(MIDDLE - 11, 146, MIDDLE + 11, 177, 7), cloth, depth=0.4, spread=6, cast=0.4)


def cap(canvas: Canvas, look: Look) -> None:
    """Draw a cap from the side: a dome of panels, a brim, a button on top."""
    cloth = look.cloth()
    brim = look.accent if look.chance(0.4) or look.pattern == "colour block" else darker(look.colour, 0.12)
    y = look.between(186, 194)
    high = look.between(92, 104)
    under = Pen(112, y).curve(176, y - 2, 226, y + 24).curve(176, y + 22, 106, y + 14).points
    canvas.part(under, darker(brim, 0.5), depth=0.2, spread=4)
    pen = Pen(22, y + 8).curve(16, y - 50, 50, y - high + 18).curve(76, y - high - 8, 104, y - high)
    pen.curve(146, y - high + 8, 156, y - 38).curve(160, y - 10, 158, y + 4).curve(90, y + 18, 22, y + 8)
    shine = [Fold(Pen(50, y - 70).curve(36, y - 46, 34, y - 12).points, 14, 0.1)]
    dome = canvas.part(pen.points, cloth, depth=0.4, spread=16, folds=shine)
    seam = ink(look.colour, 0.45)
    front = Pen(98, y - high).curve(128, y - 60, 124, y + 12).line(170, y + 12).line(170, y - high).points
    if look.pattern == "colour block":
        canvas.overlay(dome, [front], look.accent)
    for line in (
        Pen(98, y - high).curve(130, y - 60, 124, y + 10).points,
        Pen(98, y - high).curve(70, y - 60, 72, y + 14).points,
        Pen(98, y - high).curve(44, y - 66, 34, y + 8).points,
    ):
        canvas.line(line, seam, 0.7, 0.6, within=dome)
        canvas.stitches(shifted(line, -2.6, 0), seam, 0.5, 0.5, within=dome)
    for x, yy in ((88.0, y - high + 38), (56.0, y - high + 44)):
        canvas.part(ellipse(x, yy, 2.2, 2.6), darker(look.colour, 0.5), depth=0.1, rim=0.3)
    if look.pattern in ("printed", "plain", "colour block") and look.chance(0.7):
        print_emblem(
            canvas,
            dome,
            139,
            y - 40,
            15,
            (look.accent, look.third) if look.pattern != "colour block" else (look.colour, look.third),
            look.rng,
        )
    visor = Pen(104, y + 6).cubic(118, y - 16, 146, y - 20, 160, y - 12).cubic(196, y - 8, 222, y + 8, 230, y + 24)
    visor.curve(231, y + 29, 225, y + 28).cubic(196, y + 10, 150, y + 6, 104, y + 12)
    plate = canvas.part(visor.points, brim, depth=0.34, spread=6, cast=0.35)
    for i in range(3):
        line = Pen(108, y + 2 + i * 3).cubic(140, y - 13 + i * 6, 196, y - 4 + i * 5, 226, y + 23 + i).points
        canvas.stitches(line, ink(brim, 0.4), 0.5, 0.5, within=plate)
    canvas.part(ellipse(98, y - high - 0.5, 6, 3.4), brim, depth=0.35, spread=2, cast=0.2)


def scarf(canvas: Canvas, look: Look) -> None:
    """Draw a scarf, looped round once with two fringed ends, or folded flat."""
    cloth = look.cloth()
    fringe = look.accent if look.chance(0.3) else darker(look.colour, 0.08)
    ends = ((MIDDLE - 30, -6.0, look.between(244, 262)), (MIDDLE + 22, 5.0, look.between(262, 284)))
    for x, lean, low in ends:
        wide = look.between(21, 25)
        pen = (
            Pen(x - wide * 0.7, 108)
            .curve(x - wide, 180, x + lean - wide, low)
            .line(x + lean + wide, low + 1)
            .curve(x + wide, 180, x + wide * 0.7, 108)
        )
        strands = [
            points_of(
                [
                    (x + lean + t * wide, low - 1),
                    (x + lean + t * wide + look.between(-1.6, 1.6), low + look.between(15, 20)),
                ]
            )
            for t in np.linspace(-0.95, 0.95, 15)
        ]
        canvas.lines(strands, darker(fringe, 0.3), 1.7)
        canvas.lines([shifted(s, -0.4, 0) for s in strands], fringe, 1.1)
        folds = []
        for t in (-0.6, -0.1, 0.4, 0.75):
            line = Pen(x + t * wide * 0.7, 112).curve(x + t * wide, 180, x + lean + t * wide * 1.1, low - 6).points
            folds += [Fold(line, 7, -0.15), Fold(shifted(line, -5, 0), 5, 0.11)]
        canvas.part(pen.points, cloth.along(lean * 0.5, (x, 0)), depth=0.3, spread=8, folds=folds, cast=0.3)
    back = (
        Pen(MIDDLE - 62, 84)
        .cubic(MIDDLE - 48, 30, MIDDLE + 48, 30, MIDDLE + 62, 84)
        .curve(MIDDLE, 66, MIDDLE - 62, 84)
        .points
    )
    behind = canvas.part(back, cloth.along(-10), depth=0.34, spread=8)
    canvas.shade(back, 0.34, 3, behind)
    pen = (
        Pen(MIDDLE - 64, 76)
        .cubic(MIDDLE - 72, 104, MIDDLE - 34, 138, MIDDLE, 140)
        .cubic(MIDDLE + 36, 138, MIDDLE + 72, 104, MIDDLE + 64, 76)
    )
    pen.cubic(MIDDLE + 48, 98, MIDDLE + 24, 104, MIDDLE, 104).cubic(MIDDLE - 24, 104, MIDDLE - 48, 98, MIDDLE - 64, 76)
    folds = []
    for d in (8.0, 18.0, 27.0):
        line = (
            Pen(MIDDLE - 58, 88 + d * 0.5)
            .cubic(MIDDLE - 40, 100 + d, MIDDLE + 40, 100 + d, MIDDLE + 58, 88 + d * 0.5)
            .points
        )
        folds += [Fold(line, 6, -0.18), Fold(shifted(line, 0, -5), 5, 0.13)]
    canvas.part(pen.points, cloth.along(12), depth=0.36, spread=9, folds=folds, cast=0.42)


def umbrella(canvas: Canvas, look: Look) -> None:
    """Draw an open umbrella with scalloped panels and a curved handle."""
    cx, rim, top = MIDDLE, look.between(156, 166), look.between(64, 74)
    half = look.between(92, 100)
    cloth = look.cloth()
    wood = (0.55, 0.36, 0.22) if look.chance(0.6) else (0.2, 0.2, 0.22)
    shaft = points_of([(cx, top - 12), (cx, 272)])
    canvas.part(ribbon(shaft, 3.4), METALS["Steel"], depth=0.4, spread=2)
    hook = Pen(cx, 252).line(cx, 274).cubic(cx, 298, cx + 30, 298, cx + 29, 272).points
    canvas.part(ribbon(hook, 8), wood, depth=0.45, spread=4)
    edges = np.cos(np.linspace(np.pi, 0, 7)) * half
    for x0, x1 in pairwise(edges):
        under = (
            Pen(cx + x0, rim)
            .curve(cx + (x0 + x1) / 2, rim - 11, cx + x1, rim)
            .curve(cx + (x0 + x1) / 2, rim + 7, cx + x0, rim)
        )
        canvas.part(under.points, darker(look.colour, 0.55), depth=0.1)
    panels: list[Fill] = [cloth, look.accent if look.pattern == "colour block" else cloth]
    for i, (x0, x1) in enumerate(pairwise(edges)):
        pen = (
            Pen(cx, top).curve(cx + x0 * 0.78, top + 16, cx + x0, rim).curve(cx + (x0 + x1) / 2, rim - 13, cx + x1, rim)
        )
        pen.curve(cx + x1 * 0.78, top + 16, cx, top)
        light = [
            Fold(
                Pen(cx + (x0 + x1) * 0.1, top + 20)
                .curve(cx + (x0 + x1) * 0.34, top + 40, cx + (x0 + x1) * 0.46, rim - 20)
                .points,
                14,
                0.12,
            )
        ]
        canvas.part(pen.points, panels[i % 2], depth=0.3, spread=9, folds=light, rim=0.45)
    canvas.part(ribbon(points_of([(cx, top - 18), (cx, top + 3)]), 3, 5), METALS["Steel"], depth=0.4, spread=2)
