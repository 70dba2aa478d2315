"""Backpacks and duffel bags."""

from data.sample.canvas import Canvas, Cloth, Fold
from data.sample.curves import MIDDLE, Pen, box, mirrored, points_of, ribbon, sided
from data.sample.emblems import print_emblem
from data.sample.fittings import GOLD, inset_of, zip_line
from data.sample.look import Look
from data.sample.palette import Colour, darker, ink


def backpack(canvas: Canvas, look: Look) -> None:
    """Draw a backpack: rounded body, front pocket with a zip, top handle, straps; or a rucksack with a flap."""
    half, top, base = look.between(64, 72), look.between(56, 66), look.between(262, 276)
    cloth = look.cloth()
    trim = look.accent if look.chance(0.5) else darker(look.colour, 0.35)
    for side in (-1, 1):
        strap = (
            Pen(MIDDLE + 36, top + 14)
            .cubic(MIDDLE + half + 24, top + 30, MIDDLE + half + 24, base - 70, MIDDLE + half - 4, base - 24)
            .points
        )
        canvas.part(ribbon(sided(strap, side), 13), darker(look.colour, 0.45), depth=0.35, spread=5)
    handle = Pen(MIDDLE - 17, top + 8).cubic(MIDDLE - 15, top - 24, MIDDLE + 15, top - 24, MIDDLE + 17, top + 8).points
    canvas.part(ribbon(handle, 6), darker(look.colour, 0.4), depth=0.35, spread=3)
    pen = Pen(MIDDLE, top).curve(MIDDLE + half - 4, top, MIDDLE + half - 2, top + 56)
    pen.line(MIDDLE + half + 4, base - 20).curve(MIDDLE + half + 4, base, MIDDLE + half - 16, base).line(
        MIDDLE, base + 1
    )
    body = canvas.part(mirrored(pen.points), cloth, depth=0.36, spread=14, grain=0.02)
    seam = ink(look.colour, 0.45)
    if look.cut == "rucksack":
        _rucksack_front(canvas, look, cloth, half, top, base, trim)
        return
    arch = (
        Pen(MIDDLE - half + 10, top + 92)
        .cubic(MIDDLE - half + 8, top + 6, MIDDLE + half - 8, top + 6, MIDDLE + half - 10, top + 92)
        .points
    )
    zip_line(canvas, look, arch, body)
    if look.pattern == "colour block":
        canvas.overlay(body, [box(0, base - 40, 240, 320)], look.accent)
    pocket_top = look.between(152, 168)
    pocket = (
        Pen(MIDDLE, pocket_top)
        .line(MIDDLE + half - 22, pocket_top)
        .curve(MIDDLE + half - 8, pocket_top, MIDDLE + half - 8, pocket_top + 16)
    )
    pocket.line(MIDDLE + half - 7, base - 24).curve(MIDDLE + half - 8, base - 10, MIDDLE + half - 22, base - 10).line(
        MIDDLE, base - 9
    )
    front = canvas.part(
        mirrored(pocket.points), trim if look.chance(0.3) else cloth, depth=0.34, spread=10, cast=0.42, grain=0.02
    )
    line = (
        Pen(MIDDLE - half + 14, pocket_top + 18)
        .curve(MIDDLE, pocket_top + 13, MIDDLE + half - 14, pocket_top + 18)
        .points
    )
    zip_line(canvas, look, line, front)
    canvas.stitches(inset_of(mirrored(pocket.points), 5), seam, 0.5, 0.5)
    for side in (-1, 1):
        mesh = (
            Pen(MIDDLE + half - 5, base - 62)
            .curve(MIDDLE + half + 4, base - 60, MIDDLE + half + 6, base - 50)
            .line(MIDDLE + half + 4, base - 10)
            .line(MIDDLE + half - 5, base - 8)
            .points
        )
        canvas.part(sided(mesh, side), darker(look.colour, 0.5), depth=0.2, spread=4, within=body)
    canvas.part(box(MIDDLE - 12, top + 62, MIDDLE + 12, top + 76, 3), trim, depth=0.2, spread=3, cast=0.2)
    if look.pattern == "printed":
        print_emblem(canvas, front, MIDDLE, (pocket_top + base) / 2 + 8, 20, (look.accent, look.third), look.rng)


def _rucksack_front(
    canvas: Canvas, look: Look, cloth: Cloth, half: float, top: float, base: float, trim: Colour
) -> None:
    for side in (-1, 1):
        pocket = sided(box(MIDDLE + 7, base - 78, MIDDLE + half - 6, base - 10, 8), side)
        canvas.part(pocket, cloth, depth=0.34, spread=8, cast=0.35)
        flap = sided(box(MIDDLE + 5, base - 82, MIDDLE + half - 4, base - 54, 6), side)
        canvas.part(flap, cloth, depth=0.25, spread=6, cast=0.35)
    low = top + look.between(86, 102)
    pen = (
        Pen(MIDDLE, top - 5)
        .curve(MIDDLE + half + 2, top - 6, MIDDLE + half + 2, top + 44)
        .line(MIDDLE + half + 2, low - 16)
    )
    pen.curve(MIDDLE + half, low, MIDDLE + half - 18, low).line(MIDDLE, low + 2)
    flap = mirrored(pen.points)
    canvas.part(flap, cloth, depth=0.34, spread=12, cast=0.45, grain=0.02)
    canvas.stitches(inset_of(flap, 5), ink(look.colour, 0.45), 0.6, 0.6)
    leather = trim if look.chance(0.4) else (0.52, 0.33, 0.20)
    for side in (-1, 1):
        x = MIDDLE + side * 34
        canvas.part(box(x - 5, top + 36, x + 5, base - 40, 2), leather, depth=0.3, spread=3, cast=0.35)
        canvas.part(
            box(x - 8, low - 6, x + 8, low + 10, 2),
            GOLD,
            depth=0.3,
            spread=2,
            cast=0.3,
            holes=[box(x - 5, low - 2.5, x + 5, low + 6.5, 1)],
        )


def duffel_bag(canvas: Canvas, look: Look) -> None:
    """Draw a duffel bag: a lying cylinder with a zip, two handles and round ends."""
    half, top, base = look.between(92, 100), look.between(130, 140), look.between(228, 240)
    trim = look.accent if look.chance(0.6) else darker(look.colour, 0.4)
    back = Pen(MIDDLE - 42, top + 6).cubic(MIDDLE - 36, top - 62, MIDDLE + 36, top - 62, MIDDLE + 42, top + 6).points
    canvas.part(ribbon(back, 6.5), darker(trim, 0.3), depth=0.35, spread=3)
    pen = Pen(MIDDLE, top).line(MIDDLE + half - 26, top).curve(MIDDLE + half, top + 2, MIDDLE + half, (top + base) / 2)
    pen.curve(MIDDLE + half, base, MIDDLE + half - 24, base + 1).line(MIDDLE, base + 2)
    folds = [Fold(points_of([(MIDDLE - 70, top + 24), (MIDDLE + 60, top + 20)]), 22, 0.14)]
    folds += [
        Fold(Pen(MIDDLE + x, top + 8).curve(MIDDLE + x * 1.1, top + 40, MIDDLE + x * 0.97, base - 14).points, 7, -0.12)
        for x in (-62, -18, 22, 64)
    ]
    body = canvas.part(mirrored(pen.points), look.cloth(), depth=0.4, spread=14, folds=folds, grain=0.02)
    for side in (-1, 1):
        end = (
            Pen(MIDDLE + half - 24, top - 4)
            .curve(MIDDLE + half - 12, (top + base) / 2, MIDDLE + half - 24, base + 6)
            .line(240, base + 6)
            .line(240, top - 4)
            .points
        )
        canvas.overlay(
            body,
            [sided(end, side)],
            trim if look.pattern == "colour block" or (side and look.chance(0.5)) else darker(look.colour, 0.2),
        )
    zip_line(
        canvas, look, Pen(MIDDLE - half + 22, top + 9).curve(MIDDLE, top + 5, MIDDLE + half - 22, top + 9).points, body
    )
    for side in (-1, 1):
        strip = points_of([(MIDDLE + 41, top + 22), (MIDDLE + 44, base + 3)])
        canvas.part(ribbon(sided(strip, side), 8), trim, depth=0.2, spread=3, cast=0.25, within=body)
    front = Pen(MIDDLE - 42, top + 40).cubic(MIDDLE - 44, top - 52, MIDDLE + 44, top - 52, MIDDLE + 42, top + 40).points
    canvas.part(ribbon(front, 7.5), trim, depth=0.4, spread=3, cast=0.35)
    canvas.part(box(MIDDLE - 14, top - 36, MIDDLE + 14, top - 24, 4), darker(trim, 0.25), depth=0.4, spread=4, cast=0.2)
    canvas.part(box(MIDDLE - 24, base - 52, MIDDLE + 24, base - 14, 4), look.cloth(), depth=0.2, spread=5, cast=0.3)
    zip_line(canvas, look, points_of([(MIDDLE - 22, base - 44), (MIDDLE + 22, base - 44)]), body)
