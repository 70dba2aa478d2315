"""Handbags: tote, satchel, hobo and bucket."""

import numpy as np

from data.sample.canvas import Canvas, Fold
from data.sample.curves import MIDDLE, Pen, box, ellipse, mirrored, points_of, ribbon, shifted, sided
from data.sample.emblems import print_emblem
from data.sample.fittings import inset_of, metal_of, ring
from data.sample.look import Look
from data.sample.palette import Colour, darker, ink


def handbag(canvas: Canvas, look: Look) -> None:
    """Draw a handbag: tote, satchel with a flap, rounded hobo, or bucket."""
    {"": _tote, "satchel": _satchel, "hobo": _hobo, "bucket": _bucket}[look.cut](canvas, look)


def _handle(canvas: Canvas, look: Look, half: float, top: float, base: float, tone: Colour, width: float = 7) -> None:
    pen = Pen(MIDDLE - half, base).cubic(MIDDLE - half + 2, top - 12, MIDDLE + half - 2, top - 12, MIDDLE + half, base)
    shine = [Fold(pen.points, width * 0.5, 0.14)]
    canvas.part(ribbon(pen.points, width), tone, depth=0.4, spread=3, folds=shine, cast=0.25)


def _tote(canvas: Canvas, look: Look) -> None:
    upper, lower = look.between(62, 76), look.between(74, 92)
    top, base = look.between(122, 136), look.between(254, 272)
    tone = look.accent if look.chance(0.35) else darker(look.colour, 0.2)
    rise = look.between(44, 60)
    _handle(canvas, look, 31, rise - 6, top + 6, darker(tone, 0.35), 6)
    canvas.part(ellipse(MIDDLE, top + 2, upper, 9), darker(look.colour, 0.5), depth=0.2)
    pen = Pen(MIDDLE, top + 7).curve(MIDDLE + upper * 0.6, top + 7, MIDDLE + upper, top + 1)
    pen.line(MIDDLE + lower, base - 12).curve(MIDDLE + lower + 1, base, MIDDLE + lower - 14, base + 1).line(
        MIDDLE, base + 4
    )
    folds = [
        Fold(
            Pen(MIDDLE + s * 48, top + 12).curve(MIDDLE + s * 42, top + 50, MIDDLE + s * 58, base - 16).points, 9, -0.08
        )
        for s in (-1, 1)
    ]
    folds += [Fold(points_of([(MIDDLE - 20, top + 20), (MIDDLE - 28, base - 20)]), 20, 0.10)]
    body = canvas.part(mirrored(pen.points), look.cloth(), depth=0.3, spread=12, folds=folds, grain=0.018)
    seam = ink(look.colour, 0.45)
    if look.pattern == "colour block":
        canvas.overlay(body, [box(0, base - look.between(34, 70), 240, 320)], look.accent)
    if look.pattern == "printed":
        print_emblem(canvas, body, MIDDLE, (top + base) / 2 + 14, 28, (look.accent, look.third), look.rng)
    rim = Pen(MIDDLE - upper - 2, top + 9).curve(MIDDLE, top + 20, MIDDLE + upper + 2, top + 9).points
    canvas.stitches(rim, seam, 0.7, 0.7, within=body)
    for side in (-1, 1):
        canvas.stitches(
            sided(points_of([(MIDDLE + upper - 5, top + 10), (MIDDLE + lower - 7, base - 10)]), side), seam, 0.6, 0.5
        )
    _handle(canvas, look, 33, rise, top + 34, tone, 7.5)
    metal = metal_of(look)
    for side in (-1, 1):
        tab = box(MIDDLE + side * 33 - 6, top + 24, MIDDLE + side * 33 + 6, top + 46, 3)
        canvas.part(tab, tone, depth=0.25, spread=3, cast=0.25)
        ring(canvas, MIDDLE + side * 33, top + 27, 4, metal)
    if look.chance(0.5):
        canvas.line(points_of([(MIDDLE + 33, top + 46), (MIDDLE + 40, top + 64)]), tone, 1.6)
        canvas.part(box(MIDDLE + 34, top + 62, MIDDLE + 47, top + 82, 4), look.accent, depth=0.25, spread=3, cast=0.25)


def _satchel(canvas: Canvas, look: Look) -> None:
    half, top, base = look.between(76, 88), look.between(132, 144), look.between(246, 258)
    cloth = look.cloth()
    tone = look.accent if look.chance(0.3) else darker(look.colour, 0.18)
    strap = Pen(MIDDLE - half + 6, top + 6).cubic(MIDDLE - 66, 16, MIDDLE + 66, 16, MIDDLE + half - 6, top + 6).points
    canvas.part(ribbon(strap, 6), tone, depth=0.4, spread=3)
    body = box(MIDDLE - half, top, MIDDLE + half, base, 15)
    canvas.part(body, cloth, depth=0.32, spread=11, grain=0.018)
    flap_low = base - look.between(32, 52)
    pen = (
        Pen(MIDDLE, top - 3).line(MIDDLE + half - 8, top - 3).curve(MIDDLE + half + 3, top, MIDDLE + half + 2, top + 16)
    )
    pen.curve(MIDDLE + half, flap_low - 6, MIDDLE + half - 26, flap_low).line(MIDDLE, flap_low + look.between(2, 10))
    flap = mirrored(pen.points)
    shine = [Fold(points_of([(MIDDLE - 50, top + 12), (MIDDLE + 30, top + 8)]), 14, 0.12)]
    canvas.part(flap, cloth, depth=0.3, spread=10, folds=shine, cast=0.4, grain=0.018)
    canvas.stitches(inset_of(flap, 5), ink(look.colour, 0.45), 0.6, 0.7)
    metal = metal_of(look)
    if look.chance(0.5):
        for side in (-1, 1):
            x = MIDDLE + side * half * 0.52
            canvas.part(box(x - 6, top + 26, x + 6, base - 18, 2), tone, depth=0.25, spread=3, cast=0.3)
            canvas.part(
                box(x - 9, flap_low - 16, x + 9, flap_low - 1, 2),
                metal,
                depth=0.3,
                spread=2,
                cast=0.3,
                holes=[box(x - 5.5, flap_low - 12.5, x + 5.5, flap_low - 4.5, 1)],
            )
    else:
        canvas.part(
            box(MIDDLE - 10, flap_low - 13, MIDDLE + 10, flap_low + 8, 3), metal, depth=0.4, spread=4, cast=0.35
        )
        canvas.part(box(MIDDLE - 4, flap_low - 6, MIDDLE + 4, flap_low + 2, 2), darker(metal, 0.4), depth=0.2, spread=2)
    for side in (-1, 1):
        ring(canvas, MIDDLE + side * (half - 4), top + 4, 5.5, metal)


def _hobo(canvas: Canvas, look: Look) -> None:
    half, low = look.between(80, 92), look.between(244, 262)
    tone = darker(look.colour, 0.15)
    strap = Pen(MIDDLE - half + 8, 142).cubic(MIDDLE - 62, 34, MIDDLE + 62, 34, MIDDLE + half - 8, 142).points
    canvas.part(ribbon(strap, 10), tone, depth=0.42, spread=4)
    pen = Pen(MIDDLE, 158).curve(MIDDLE + 44, 156, MIDDLE + half - 10, 132)
    pen.cubic(MIDDLE + half + 22, 180, MIDDLE + half - 4, low, MIDDLE + 28, low + 2).line(MIDDLE, low + 2)
    folds = []
    for i in range(7):
        share = -0.85 + i * 0.28
        line = Pen(MIDDLE + share * 66, 160 + 6 * (1 - abs(share))).curve(
            MIDDLE + share * 70, 190, MIDDLE + share * 50, look.between(206, 236)
        )
        folds.append(Fold(line.points, 8, -0.13 if i % 2 else 0.13))
    bag = canvas.part(mirrored(pen.points), look.cloth(), depth=0.38, spread=14, folds=folds, grain=0.018)
    edge = (
        Pen(MIDDLE - half + 8, 138)
        .curve(MIDDLE - 44, 160, MIDDLE, 162)
        .curve(MIDDLE + 44, 160, MIDDLE + half - 8, 138)
        .points
    )
    canvas.line(edge, darker(look.colour, 0.45), 2, 0.8, within=bag)
    canvas.stitches(edge, metal_of(look), 1.1, 0.9, 1.8, within=bag)
    metal = metal_of(look)
    for side in (-1, 1):
        ring(canvas, MIDDLE + side * (half - 9), 138, 6.5, metal)
    tassel = ribbon(points_of([(MIDDLE + 52, 156), (MIDDLE + 56, 196)]), 3, 12)
    canvas.part(
        tassel,
        look.accent if look.chance(0.6) else tone,
        depth=0.3,
        spread=4,
        cast=0.3,
        folds=[Fold(points_of([(MIDDLE + 54, 166), (MIDDLE + 56, 196)]), 4, -0.15)],
    )


def _bucket(canvas: Canvas, look: Look) -> None:
    upper, lower = look.between(62, 70), look.between(50, 58)
    top, base = 138.0, look.between(256, 270)
    tone = look.accent if look.chance(0.5) else darker(look.colour, 0.25)
    strap = (
        Pen(MIDDLE - upper + 2, top + 10).cubic(MIDDLE - 58, 30, MIDDLE + 58, 30, MIDDLE + upper - 2, top + 10).points
    )
    canvas.part(ribbon(strap, 6), tone, depth=0.4, spread=3)
    canvas.part(ellipse(MIDDLE, top + 3, upper, 13), darker(look.colour, 0.5), depth=0.25)
    pen = (
        Pen(MIDDLE, top + 15)
        .curve(MIDDLE + upper * 0.7, top + 14, MIDDLE + upper, top + 2)
        .line(MIDDLE + lower, base - 8)
    )
    pen.curve(MIDDLE + lower - 3, base + 1, MIDDLE + lower * 0.5, base + 5).line(MIDDLE, base + 6)
    folds = [Fold(points_of([(MIDDLE - 30, top + 20), (MIDDLE - 25, base - 10)]), 18, 0.16)]
    for x in (-44, -16, 12, 38):
        folds.append(
            Fold(
                Pen(MIDDLE + x, top + 16).curve(MIDDLE + x * 0.9, top + 40, MIDDLE + x * 0.8, top + 62).points, 7, -0.16
            )
        )
    body = canvas.part(mirrored(pen.points), look.cloth(), depth=0.4, spread=13, folds=folds, grain=0.018)
    canvas.overlay(
        body, [Pen(0, base - 24).curve(MIDDLE, base - 8, 240, base - 24).line(240, 320).line(0, 320).points], tone
    )
    cord = Pen(MIDDLE - upper + 2, top + 20).curve(MIDDLE, top + 38, MIDDLE + upper - 2, top + 20).points
    canvas.line(cord, darker(tone, 0.2), 2, within=body)
    for x in np.linspace(-50, 50, 7):
        canvas.part(ellipse(MIDDLE + x, top + 29 - 8 * (x / 56) ** 2, 2.4, 2.4), metal_of(look), depth=0.3, spread=2)
    for side in (-1, 1):
        end = Pen(MIDDLE + 2, top + 29).curve(MIDDLE + 7, top + 48, MIDDLE + 5, top + 64).points
        canvas.line(sided(end, side), tone, 1.8)
        canvas.part(ribbon(sided(shifted(end[-4:], 0, 4), side), 3, 6), darker(tone, 0.15), depth=0.3, spread=2)
