"""Wallets and clutches."""

from data.sample.canvas import Canvas, Fill, Fold
from data.sample.curves import MIDDLE, Pen, box, ellipse, mirrored, points_of, ribbon
from data.sample.fittings import inset_of, metal_of, zip_line
from data.sample.look import Look
from data.sample.palette import Colour, darker, ink, lighter, mix


def clutch(canvas: Canvas, look: Look) -> None:
    """Draw a clutch: envelope or framed, some on a chain."""
    half, top, base = look.between(88, 98), look.between(124, 134), look.between(226, 240)
    metal = metal_of(look)
    if look.chance(0.45):
        chain = (
            Pen(MIDDLE - half + 10, top + 4).cubic(MIDDLE - 70, 36, MIDDLE + 70, 36, MIDDLE + half - 10, top + 4).points
        )
        canvas.line(chain, darker(metal, 0.3), 1.2)
        canvas.stitches(chain, metal, 3, 1.0, 4.2)
    cloth = look.cloth()
    if look.cut == "framed":
        pen = (
            Pen(MIDDLE, top)
            .line(MIDDLE + half - 18, top)
            .curve(MIDDLE + half + 8, top + 60, MIDDLE + half - 6, base - 10)
        )
        pen.curve(MIDDLE + half - 14, base + 3, MIDDLE, base + 3)
        folds = [
            Fold(
                Pen(MIDDLE + x * 0.8, top + 10).curve(MIDDLE + x, top + 50, MIDDLE + x * 1.05, base - 18).points,
                9,
                0.12 * (-1) ** i,
            )
            for i, x in enumerate((-60, -40, -18, 8, 30, 54))
        ]
        canvas.part(mirrored(pen.points), cloth, depth=0.38, spread=12, folds=folds)
        canvas.part(
            box(MIDDLE - half + 14, top - 7, MIDDLE + half - 14, top + 6, 4), metal, depth=0.45, spread=4, cast=0.3
        )
        for side in (-1, 1):
            canvas.part(ellipse(MIDDLE + side * 5, top - 10, 5, 5), lighter(metal, 0.3), depth=0.5, spread=4, cast=0.2)
        return
    canvas.part(box(MIDDLE - half, top, MIDDLE + half, base, 5), cloth, depth=0.28, spread=9)
    tip = look.between(36, 62)
    pen = Pen(MIDDLE, top - 2).line(MIDDLE + half - 2, top - 2).line(MIDDLE + half + 1, top + 8)
    pen.line(MIDDLE + 8, top + tip).curve(MIDDLE + 3, top + tip + 3, MIDDLE, top + tip + 3)
    flap = mirrored(pen.points)
    canvas.part(flap, look.accent if look.pattern == "colour block" else cloth, depth=0.26, spread=9, cast=0.42)
    canvas.stitches(inset_of(flap, 4.5), ink(look.colour, 0.45), 0.55, 0.65)
    canvas.part(ellipse(MIDDLE, top + tip - 8, 6, 6), metal, depth=0.45, spread=4, cast=0.35)


def wallet(canvas: Canvas, look: Look) -> None:
    """Draw a wallet: a folded one with cards looking out, or a long one with a zip or a snap."""
    cloth: Fill = look.cloth()
    seam = ink(look.colour, 0.5)
    if look.female or look.cut == "zip":
        _long_wallet(canvas, look, cloth, seam)
        return
    half, top, base = look.between(84, 94), look.between(104, 114), look.between(226, 238)
    x0, x1 = MIDDLE - half, MIDDLE + half
    canvas.part(box(x0 + 4, top - 8, x1 - 4, base - 10, 6), darker(look.colour, 0.45), depth=0.2)
    cards = [look.accent, look.third, mix(look.accent, (1, 1, 1), 0.5)]
    for i in range(int(look.rng.integers(2, 4))):
        canvas.part(
            box(x0 + 14 + i * 5, top - 22 + i * 9, x1 - 22 + i * 4, top + 40, 5),
            cards[i],
            depth=0.1,
            spread=4,
            cast=0.3,
        )
    front = box(x0, top + 6, x1, base, 9)
    shine = [Fold(points_of([(x0 + 20, top + 30), (x1 - 60, top + 24)]), 26, 0.12)]
    body = canvas.part(front, cloth, depth=0.32, spread=10, folds=shine, cast=0.35, grain=0.03)
    canvas.stitches(inset_of(front, 5), lighter(seam, 0.2) if look.chance(0.3) else seam, 0.7, 0.85)
    canvas.shade(box(x0 - 2, top + 6, x0 + 9, base, 2), 0.22, 4, body)
    if look.chance(0.55):
        tab = box(x1 - 34, (top + base) / 2 - 9, x1 + 6, (top + base) / 2 + 13, 9)
        canvas.part(tab, darker(look.colour, 0.15), depth=0.3, spread=4, cast=0.35)
        canvas.part(ellipse(x1 - 20, (top + base) / 2 + 2, 5, 5), metal_of(look), depth=0.45, spread=3, cast=0.3)
    elif look.chance(0.6):
        canvas.overlay(body, [box(x0, base - 42, x1, base - 30)], look.accent, 0.9)
    else:
        canvas.part(box(x1 - 36, base - 24, x1 - 14, base - 14, 2), metal_of(look), depth=0.35, spread=2, cast=0.2)


def _long_wallet(canvas: Canvas, look: Look, cloth: Fill, seam: Colour) -> None:
    half, top, base = look.between(92, 100), look.between(112, 120), look.between(214, 226)
    outline = box(MIDDLE - half, top, MIDDLE + half, base, 11)
    metal = metal_of(look)
    shine = [Fold(points_of([(MIDDLE - 70, top + 22), (MIDDLE + 40, top + 18)]), 24, 0.13)]
    body = canvas.part(outline, cloth, depth=0.34, spread=10, folds=shine, grain=0.03)
    if look.cut == "zip" or look.chance(0.45):
        line = points_of([(MIDDLE - half - 2, top + 8), (MIDDLE + half + 2, top + 8)])
        zip_line(canvas, look, line, body)
        canvas.stitches(inset_of(outline, 13), seam, 0.6, 0.6)
        pull = Pen(MIDDLE + half - 8, top + 8).curve(MIDDLE + half + 8, top + 20, MIDDLE + half + 4, top + 48).points
        canvas.part(ribbon(pull, 3, 8), look.accent, depth=0.3, spread=3, cast=0.3)
        return
    low = top + look.between(58, 74)
    pen = (
        Pen(MIDDLE, top - 1)
        .line(MIDDLE + half - 6, top - 1)
        .curve(MIDDLE + half + 1, top, MIDDLE + half + 1, top + 10)
        .line(MIDDLE + half, low - 20)
    )
    flap = mirrored(pen.curve(MIDDLE + half - 30, low, MIDDLE, low + 2).points)
    canvas.part(
        flap, look.accent if look.pattern == "colour block" else cloth, depth=0.3, spread=9, cast=0.42, grain=0.03
    )
    canvas.stitches(inset_of(flap, 5), seam, 0.6, 0.75)
    canvas.part(ellipse(MIDDLE, low - 8, 6, 6), metal, depth=0.5, spread=4, cast=0.35)
