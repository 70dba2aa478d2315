"""Jeans, trousers, shorts and track pants."""

import numpy as np

from data.sample.canvas import Canvas, Cloth, Fill, Fold, Region
from data.sample.curves import MIDDLE, Pen, box, ellipse, points_of, ribbon, shifted, sided
from data.sample.garment import ticks
from data.sample.look import Look
from data.sample.palette import Colour, darker, ink, lighter
from data.sample.raster import Points


def _legs(
    look: Look, waist: float, hip: float, knee: float, ankle: float, gap: float, top: float, end: float
) -> Points:
    """Return the outline of both legs; widths of knee and ankle are whole leg widths."""
    crotch = top + min(62.0, (end - top) * 0.52)
    hip_y, knee_y = top + 42, top + (end - top) * 0.58
    pen = Pen(MIDDLE, top + 2).line(MIDDLE + waist, top)
    pen.cubic(MIDDLE + waist + 3, top + 16, MIDDLE + hip, hip_y - 14, MIDDLE + hip, hip_y)
    outer_knee, outer_end = MIDDLE + gap * 0.7 + knee, MIDDLE + gap + ankle
    if end - top > 150:
        pen.cubic(MIDDLE + hip, hip_y + 30, outer_knee + 1, knee_y - 30, outer_knee, knee_y)
        pen.cubic(outer_knee - 1, knee_y + 30, outer_end, end - 30, outer_end, end)
        pen.curve((outer_end + MIDDLE + gap) / 2, end + 2.5, MIDDLE + gap, end + 1)
        pen.cubic(MIDDLE + gap, end - 30, MIDDLE + gap * 0.7, knee_y + 26, MIDDLE + gap * 0.6, knee_y)
        pen.cubic(MIDDLE + gap * 0.4, knee_y - 30, MIDDLE + 2, crotch + 16, MIDDLE, crotch)
    else:
        pen.curve(MIDDLE + hip + 2, (hip_y + end) / 2, outer_end, end - 3)
        pen.curve((outer_end + MIDDLE + gap) / 2, end + 3, MIDDLE + gap, end + 2)
        pen.curve(MIDDLE + gap * 0.4, (crotch + end) / 2, MIDDLE, crotch)
    right = pen.points
    return np.concatenate([right, sided(right, -1)[::-1]])


def _leg_folds(look: Look, top: float, end: float, spread: float, strength: float) -> list[Fold]:
    found = []
    for side in (-1, 1):
        for i in range(3):
            pull = Pen(MIDDLE + 3, top + 56 + i * 7).curve(
                MIDDLE + 14, top + 58 + i * 9, MIDDLE + 26 + i * 4, top + 52 + i * 14
            )
            found.append(Fold(sided(pull.points, side), 4, -strength * look.between(0.6, 1.2)))
            found.append(Fold(shifted(sided(pull.points, side), 0, -4), 4, strength * 0.7))
        if end - top < 150:
            continue
        knee = top + (end - top) * 0.58
        for _ in range(3):
            y, x = knee + look.between(-16, 16), spread * look.between(0.25, 0.6)
            crease = Pen(MIDDLE + x, y).curve(
                MIDDLE + x + 10, y + look.between(-5, 5), MIDDLE + x + 20, y + look.between(-3, 6)
            )
            found.append(Fold(sided(crease.points, side), 4, -strength * look.between(0.4, 0.9)))
        for i in range(3):
            y = end - 7 - i * look.between(8, 11)
            stack = Pen(MIDDLE + spread * 0.4, y).curve(MIDDLE + spread * 0.6, y + 4, MIDDLE + spread * 0.85, y - 2)
            found.append(Fold(sided(stack.points, side), 4, -strength * look.between(0.5, 1)))
    return found


def _fly(canvas: Canvas, look: Look, top: float, thread: Colour, dashed: bool) -> None:
    fly = Pen(MIDDLE + 8, top + 12).line(MIDDLE + 8, top + 36).curve(MIDDLE + 7, top + 46, MIDDLE, top + 50).points
    centre = points_of([(MIDDLE, top + 10), (MIDDLE, top + 60)])
    canvas.line(centre, ink(look.colour, 0.5), 0.8, 0.6)
    if dashed:
        canvas.stitches(fly, thread, 0.65, 0.9)
        canvas.stitches(shifted(fly, 2, 0.5), thread, 0.65, 0.7)
    else:
        canvas.line(fly, ink(look.colour, 0.35), 0.6, 0.4)


def _waistband(
    canvas: Canvas, look: Look, waist: float, top: float, fill: Fill, thread: Colour, height: float = 12
) -> None:
    pen = Pen(MIDDLE - waist - 0.5, top - 2).curve(MIDDLE, top + 3, MIDDLE + waist + 0.5, top - 2)
    pen.line(MIDDLE + waist + 1, top + height - 2).curve(MIDDLE, top + height + 3, MIDDLE - waist - 1, top + height - 2)
    inner = (
        Pen(MIDDLE - waist, top - 1.5)
        .curve(MIDDLE, top - 7, MIDDLE + waist, top - 1.5)
        .curve(MIDDLE, top + 3, MIDDLE - waist, top - 1.5)
    )
    canvas.part(inner.points, darker(look.colour, 0.45), depth=0.1)
    canvas.part(pen.points, fill, depth=0.25, spread=4, cast=0.25)
    low = Pen(MIDDLE - waist, top + height - 4).curve(MIDDLE, top + height + 1, MIDDLE + waist, top + height - 4).points
    canvas.stitches(low, thread, 0.5, 0.7)


def _loops(canvas: Canvas, look: Look, waist: float, top: float, fill: Fill) -> None:
    for x in (-0.78, -0.36, 0.36, 0.78):
        cx = MIDDLE + x * waist
        canvas.part(box(cx - 2, top - 3, cx + 2, top + 13, 1), fill, depth=0.3, spread=2, cast=0.3, rim=0.4)


def jeans(canvas: Canvas, look: Look) -> None:
    """Draw jeans: straight, skinny, bootcut or ripped, with faded thighs and contrast stitching."""
    waist, top = look.between(35, 38), 22.0
    ankle = {"skinny": 21.0, "bootcut": 36.0}.get(look.cut, look.between(25, 30))
    knee = {"skinny": 25.0, "bootcut": 27.0}.get(look.cut, look.between(29, 32))
    gap, end = look.between(7, 12), look.between(288, 300)
    cloth = look.cloth()
    thread = (0.86, 0.64, 0.36) if look.chance(0.75) else lighter(look.colour, 0.6)
    folds = _leg_folds(look, top, end, gap + ankle, 0.12)
    body = canvas.part(
        _legs(look, waist, waist + 9, knee, ankle, gap, top, end), cloth, depth=0.3, spread=9, folds=folds
    )
    fade = look.between(0.12, 0.34)
    for side in (-1, 1):
        canvas.shade(ellipse(MIDDLE + side * 24, top + 92, 9, 42), -fade, 9, body)
        canvas.shade(ellipse(MIDDLE + side * (gap * 0.7 + knee * 0.5), top + 168, 8, 24), -fade * 0.7, 8, body)
        seam = Pen(MIDDLE + waist + 6, top + 30).curve(
            MIDDLE + waist + 4, top + 70, MIDDLE + gap * 0.7 + knee - 2.5, top + 158
        )
        canvas.stitches(sided(seam.points, side), thread, 0.5, 0.55)
        pocket = Pen(MIDDLE + 15, top + 11).curve(MIDDLE + 18, top + 32, MIDDLE + waist + 6, top + 34).points
        canvas.shade(shifted(ribbon(sided(pocket, side), 4), 0, 2), 0.2, 1.5, body)
        canvas.stitches(sided(pocket, side), thread, 0.7, 0.95)
        canvas.stitches(shifted(sided(pocket, side), 0, 2.6), thread, 0.7, 0.95)
        _jeans_hem(canvas, look, side, gap, ankle, end, thread)
        if look.cut == "ripped":
            _rip(canvas, look, MIDDLE + side * (gap * 0.7 + knee * 0.52), top + look.between(140, 172), body)
    _fly(canvas, look, top, thread, True)
    _waistband(canvas, look, waist, top, cloth, thread)
    _loops(canvas, look, waist, top, cloth)
    canvas.part(ellipse(MIDDLE, top + 7, 2.6, 2.6), (0.78, 0.62, 0.42), depth=0.35, spread=2, cast=0.3)


def _jeans_hem(canvas: Canvas, look: Look, side: int, gap: float, ankle: float, end: float, thread: Colour) -> None:
    line = Pen(MIDDLE + gap, end - 5).curve(MIDDLE + gap + ankle / 2, end - 3, MIDDLE + gap + ankle, end - 6).points
    canvas.stitches(sided(line, side), thread, 0.6, 0.85)
    if look.cut == "" and look.gender == "Women":
        cuff = sided(
            points_of(
                [
                    (MIDDLE + gap - 1, end - 15),
                    (MIDDLE + gap + ankle + 1, end - 16),
                    (MIDDLE + gap + ankle + 1, end + 1),
                    (MIDDLE + gap - 1, end + 2),
                ]
            ),
            side,
        )
        canvas.part(cuff, lighter(look.colour, 0.4), depth=0.2, spread=4, cast=0.2)


def _rip(canvas: Canvas, look: Look, x: float, y: float, body: Region) -> None:
    wide = look.between(7, 11)
    hole = Pen(x - wide, y).curve(x, y - 7, x + wide, y + 1).curve(x, y + 8, x - wide, y)
    canvas.overlay(body, [hole.points], lighter(look.colour, 0.75))
    for i in range(4):
        dy = (i - 1.5) * 2.6
        canvas.line(
            points_of([(x - wide * 0.9, y + dy), (x + wide * 0.9, y + dy + 1)]),
            darker(look.colour, 0.1),
            0.5,
            0.6,
            within=body,
        )


def trousers(canvas: Canvas, look: Look) -> None:
    """Draw trousers with a pressed crease: formal, chinos, wide or cropped."""
    waist, top = look.between(34, 37), 22.0
    wide = look.cut == "wide leg"
    ankle = 48.0 if wide else {"cropped": 26.0}.get(look.cut, look.between(26, 30))
    knee = 41.0 if wide else look.between(30, 33)
    gap = 4.0 if wide else look.between(6, 10)
    end = 258.0 if look.cut == "cropped" else look.between(288, 300)
    cloth = look.cloth()
    seam = ink(look.colour, 0.4)
    folds = _leg_folds(look, top, end, gap + ankle, 0.05)
    body = canvas.part(
        _legs(look, waist, waist + 9, knee, ankle, gap, top, end), cloth, depth=0.26, spread=9, folds=folds
    )
    for side in (-1, 1):
        crease = Pen(MIDDLE + 20, top + 20).curve(MIDDLE + 22, top + 110, MIDDLE + gap + ankle * 0.5, end).points
        canvas.shade(shifted(ribbon(sided(crease, side), 5), 2, 0), 0.13, 2.2, body)
        canvas.shade(shifted(ribbon(sided(crease, side), 4), -3, 0), -0.14, 2, body)
        canvas.line(sided(crease, side), seam, 0.7, 0.45, within=body)
        pocket = points_of([(MIDDLE + 22, top + 11), (MIDDLE + waist + 6, top + 42)])
        canvas.line(sided(pocket, side), seam, 0.9, 0.7)
        if wide:
            canvas.stitches(points_of([(MIDDLE + side * 12, top + 12), (MIDDLE + side * 13, top + 36)]), seam, 0.6, 0.6)
    _fly(canvas, look, top, seam, False)
    _waistband(canvas, look, waist, top, cloth, seam)
    _loops(canvas, look, waist, top, cloth)
    canvas.part(ellipse(MIDDLE + 3, top + 7, 1.9, 1.9), darker(look.colour, 0.4), depth=0.35, spread=2, cast=0.2)


def shorts(canvas: Canvas, look: Look) -> None:
    """Draw shorts: chino, denim, cargo or sports."""
    waist, top = look.between(44, 48), 88.0
    end = top + (look.between(96, 110) if look.female else look.between(118, 136))
    gap, ankle = look.between(5, 8), look.between(52, 58)
    sport = look.cut == "sports"
    cloth = look.cloth()
    thread = (0.86, 0.66, 0.40) if look.pattern == "denim" else ink(look.colour, 0.4)
    folds = _leg_folds(look, top, end, gap + ankle, 0.10)
    for side in (-1, 1):
        for x in (18.0, 34.0, 50.0):
            line = points_of([(MIDDLE + x, end - look.between(30, 50)), (MIDDLE + x + 3, end - 4)])
            folds.append(Fold(sided(line, side), 6, -0.06))
    body = canvas.part(
        _legs(look, waist, waist + 12, 0, ankle, gap, top, end), cloth, depth=0.28, spread=10, folds=folds
    )
    for side in (-1, 1):
        hem = (
            Pen(MIDDLE + gap, end - 5)
            .curve(MIDDLE + gap + ankle / 2, end - 3, MIDDLE + gap + ankle + 3, end - 10)
            .points
        )
        canvas.stitches(sided(hem, side), thread, 0.6, 0.7, within=body)
        if sport:
            stripe = (
                Pen(MIDDLE + waist + 1, top + 8)
                .curve(MIDDLE + waist + 12, top + 60, MIDDLE + gap + ankle - 2, end + 3)
                .points
            )
            canvas.overlay(body, [ribbon(sided(stripe, side), 8)], look.accent)
        else:
            pocket = Pen(MIDDLE + 20, top + 11).curve(MIDDLE + 26, top + 34, MIDDLE + waist + 9, top + 36).points
            canvas.stitches(sided(pocket, side), thread, 0.7, 0.9)
        if look.cut == "cargo":
            _cargo_pocket(canvas, look, cloth, side, MIDDLE + 34, top + 62)
    if sport:
        _drawstring(canvas, look, waist, top)
    else:
        _fly(canvas, look, top, thread, True)
        _waistband(canvas, look, waist, top, cloth, thread)
        _loops(canvas, look, waist, top, cloth)
        canvas.part(ellipse(MIDDLE, top + 7, 2.3, 2.3), lighter(look.colour, 0.6), depth=0.35, spread=2, cast=0.3)


def _cargo_pocket(canvas: Canvas, look: Look, cloth: Cloth, side: int, x: float, y: float) -> None:
    seam = ink(look.colour)
    bag = sided(box(x, y, x + 25, y + 32, 2), side)
    canvas.part(bag, cloth, depth=0.15, spread=4, cast=0.25, rim=0.4)
    flap = sided(
        Pen(x - 1, y - 3).line(x + 26, y - 3).line(x + 26, y + 7).line(x + 12.5, y + 12).line(x - 1, y + 7).points, side
    )
    canvas.part(flap, cloth, depth=0.15, spread=3, cast=0.25, rim=0.4)
    canvas.stitches(shifted(flap[1:], 0, -2), seam, 0.5, 0.6)


def _drawstring(canvas: Canvas, look: Look, waist: float, top: float) -> None:
    band = box(MIDDLE - waist - 1, top - 4, MIDDLE + waist + 1, top + 13, 3)
    canvas.part(band, darker(look.colour, 0.15), depth=0.28, spread=4, cast=0.25)
    ticks(canvas, points_of([(MIDDLE - waist + 1, top + 4.5), (MIDDLE + waist - 1, top + 4.5)]), 14, 2.8, look.colour)
    cord = lighter(look.colour, 0.75) if sum(look.colour) < 1.9 else darker(look.colour, 0.5)
    for side in (-1, 1):
        line = Pen(MIDDLE + 4, top + 8).curve(MIDDLE + 9, top + 22, MIDDLE + 5, top + 38).points
        canvas.shade(shifted(ribbon(sided(line, side), 2.2), 1.4, 1.2), 0.3, 1)
        canvas.line(sided(line, side), cord, 1.7)


def track_pants(canvas: Canvas, look: Look) -> None:
    """Draw track pants: elastic waist with a cord, side stripes, cuffs."""
    waist, top = look.between(36, 40), 26.0
    gap, end = look.between(6, 10), look.between(286, 298)
    cuffed = look.chance(0.6)
    ankle, knee = (23.0, 33.0) if cuffed else (31.0, 34.0)
    cloth = look.cloth()
    folds = _leg_folds(look, top, end, gap + ankle, 0.13)
    body = canvas.part(
        _legs(look, waist, waist + 11, knee, ankle, gap, top, end), cloth, depth=0.3, spread=10, folds=folds
    )
    count = int(look.rng.integers(1, 4))
    for side in (-1, 1):
        pen = Pen(MIDDLE + waist + 2, top + 10).cubic(
            MIDDLE + waist + 13,
            top + 60,
            MIDDLE + gap * 0.7 + knee + 3,
            top + 110,
            MIDDLE + gap * 0.7 + knee - 1,
            top + 158,
        )
        pen.cubic(
            *(MIDDLE + gap * 0.7 + knee - 2, top + 190),
            *(MIDDLE + gap + ankle, end - 40),
            *(MIDDLE + gap + ankle, end + 4),
        )
        for i in range(count):
            stripe = shifted(pen.points, -3.5 - i * 5.5, 0)
            canvas.overlay(body, [ribbon(sided(stripe, side), 5 if count == 1 else 3)], look.accent)
        pocket = points_of([(MIDDLE + 25, top + 16), (MIDDLE + 33, top + 46)])
        canvas.line(sided(pocket, side), ink(look.colour, 0.5), 1, 0.7)
        if cuffed:
            cuff = sided(box(MIDDLE + gap - 1, end - 13, MIDDLE + gap + ankle + 1, end + 3, 3), side)
            canvas.part(cuff, darker(look.colour, 0.2), depth=0.3, spread=4, cast=0.2)
    _drawstring(canvas, look, waist, top)
