"""Perfume, deodorant, lipstick, nail polish: bottles, cans and tubes with their gleam."""

import numpy as np

from data.sample.canvas import Canvas, Fill, Region
from data.sample.curves import MIDDLE, Pen, box, ellipse, mirrored, points_of, turned
from data.sample.emblems import print_emblem
from data.sample.look import Look
from data.sample.palette import METALS, Colour, darker, lighter, mix
from data.sample.raster import Points


def _gleam(canvas: Canvas, region: Region, x0: float, x1: float, y0: float, y1: float, strength: float = 1.0) -> None:
    """Light a cylinder: dark flanks, a bright streak on the left, a thin one on the right."""
    wide = x1 - x0
    canvas.shade(box(x0 - 4, y0, x0 + wide * 0.1, y1), 0.35 * strength, wide * 0.05, region)
    canvas.shade(box(x1 - wide * 0.22, y0, x1 + 4, y1), 0.42 * strength, wide * 0.08, region)
    canvas.shade(box(x0 + wide * 0.2, y0 + 2, x0 + wide * 0.34, y1 - 2), -0.5 * strength, wide * 0.035, region)
    canvas.shade(box(x1 - wide * 0.16, y0 + 2, x1 - wide * 0.11, y1 - 2), -0.3 * strength, wide * 0.02, region)


def _tube(
    canvas: Canvas, x0: float, x1: float, y0: float, y1: float, fill: Fill, radius: float = 3, strength: float = 1.0
) -> Region:
    region = canvas.part(box(x0, y0, x1, y1, radius), fill, depth=0.06, spread=4, grain=0, cast=0.2, rim=0.4)
    _gleam(canvas, region, x0, x1, y0, y1, strength)
    return region


def perfume(canvas: Canvas, look: Look) -> None:
    """Draw a scent bottle: glass with its liquid, a neck, a cap and a plain label."""
    half, top, base = look.between(48, 66), look.between(126, 146), 268.0
    metal = METALS["Gold"] if look.chance(0.55) else METALS["Silver"]
    outline = _bottle(look.cut, half, top, base)
    glass = lighter(look.colour, 0.66)
    body = canvas.part(outline, glass, depth=0.3, spread=7, grain=0, rim=0.45)
    centre = (outline.max(axis=0) + outline.min(axis=0)) / 2
    inner = np.asarray((outline - centre) * np.array([0.86, 0.87]) + centre, dtype=np.float32)
    level = top + look.between(18, 34)
    liquid = canvas.part(inner, lighter(look.colour, 0.12), depth=0.25, spread=8, grain=0, within=body, rim=0.2)
    canvas.overlay(liquid, [box(0, 0, 240, level)], lighter(look.colour, 0.72), 0.9)
    canvas.line(points_of([(0, level), (240, level)]), darker(look.colour, 0.2), 0.9, 0.5, within=liquid)
    canvas.line(
        points_of([(MIDDLE + 3, top), (MIDDLE + 1, base - 22)]), darker(look.colour, 0.35), 1, 0.4, within=liquid
    )
    canvas.shade(box(MIDDLE - half * 0.72, top + 8, MIDDLE - half * 0.5, base - 14, 4), -0.6, 2.2, body)
    canvas.shade(box(MIDDLE + half * 0.7, top + 12, MIDDLE + half * 0.78, base - 18, 3), -0.45, 1.4, body)
    canvas.shade(box(0, base - 16, 240, base + 4), 0.16, 6, body)
    _label(canvas, look, liquid, half, (top + base) / 2 + 20, metal)
    neck = half * 0.3
    _tube(canvas, MIDDLE - neck, MIDDLE + neck, top - 12, top + 2, metal, 2)
    wide = look.between(0.42, 0.62) * half
    high = look.between(34, 52)
    tone = look.colour if look.chance(0.35) else darker(look.colour, 0.75) if look.chance(0.5) else metal
    if look.chance(0.3):
        ball = canvas.part(ellipse(MIDDLE, top - 12 - wide, wide, wide), tone, depth=0.5, spread=wide * 0.7, grain=0)
        canvas.shade(ellipse(MIDDLE - wide * 0.35, top - 12 - wide * 1.35, wide * 0.22, wide * 0.16), -0.8, 1.6, ball)
    else:
        _tube(canvas, MIDDLE - wide, MIDDLE + wide, top - 12 - high, top - 11, tone, look.between(2, 10))


def _bottle(cut: str, half: float, top: float, base: float) -> Points:
    match cut:
        case "round":
            r = (base - top) / 2
            return ellipse(MIDDLE, top + r, r, r)
        case "tall":
            return box(MIDDLE - half * 0.66, top - 12, MIDDLE + half * 0.66, base, 7)
        case "curved":
            pen = (
                Pen(MIDDLE, top)
                .line(MIDDLE + half * 0.35, top)
                .cubic(
                    MIDDLE + half * 1.1, top + 14, MIDDLE + half * 0.5, (top + base) / 2, MIDDLE + half * 0.9, base - 14
                )
            )
            return mirrored(pen.curve(MIDDLE + half * 0.92, base, MIDDLE + half * 0.7, base).line(MIDDLE, base).points)
        case _:
            return box(MIDDLE - half, top, MIDDLE + half, base, 10)


def _label(canvas: Canvas, look: Look, region: Region, half: float, y: float, metal: Colour) -> None:
    paper = (0.98, 0.97, 0.95) if look.chance(0.6) else metal
    plate = box(MIDDLE - half * 0.44, y - 24, MIDDLE + half * 0.44, y + 16, 1.5)
    canvas.overlay(region, [plate], paper, 0.95)
    print_emblem(canvas, region, MIDDLE, y - 8, 8, (darker(look.colour, 0.3), metal), look.rng)
    canvas.overlay(region, [box(MIDDLE - half * 0.28, y + 7, MIDDLE + half * 0.28, y + 9)], darker(paper, 0.55), 0.8)


def deodorant(canvas: Canvas, look: Look) -> None:
    """Draw a spray can, or a roll-on with a big round cap."""
    if look.cut == "roll on":
        half = look.between(34, 40)
        pen = (
            Pen(MIDDLE, 134)
            .line(MIDDLE + half * 0.8, 134)
            .cubic(MIDDLE + half * 1.3, 160, MIDDLE + half * 0.9, 220, MIDDLE + half, 264)
        )
        body = canvas.part(
            mirrored(pen.curve(MIDDLE + half, 278, MIDDLE, 278).points), look.colour, depth=0.2, spread=8, grain=0
        )
        _gleam(canvas, body, MIDDLE - half, MIDDLE + half, 134, 278, 0.8)
        _tube(canvas, MIDDLE - half * 0.86, MIDDLE + half * 0.86, 72, 136, look.accent, 22, 0.8)
        _can_print(canvas, look, body, half, 200)
        return
    half = look.between(30, 37)
    base, top = 288.0, look.between(86, 100)
    body = canvas.part(
        box(MIDDLE - half, top, MIDDLE + half, base, 7), look.cloth(), depth=0.08, spread=4, grain=0, rim=0.4
    )
    band = look.accent
    canvas.overlay(body, [box(0, base - look.between(40, 80), 240, base)], band)
    swing = look.between(14, 40)
    wave = (
        Pen(0, 190)
        .curve(MIDDLE - 10, 190 - swing, MIDDLE, 176)
        .curve(MIDDLE + 20, 168 + swing, 240, 160)
        .line(240, 172)
        .curve(MIDDLE + 20, 186 + swing, MIDDLE, 190)
        .curve(MIDDLE - 10, 206 - swing, 0, 206)
    )
    canvas.overlay(body, [wave.points], look.third, 0.9)
    _can_print(canvas, look, body, half, 138)
    _gleam(canvas, body, MIDDLE - half, MIDDLE + half, top, base)
    shoulder = mirrored(
        Pen(MIDDLE, top - 12)
        .line(MIDDLE + half * 0.72, top - 12)
        .curve(MIDDLE + half, top - 8, MIDDLE + half, top + 3)
        .line(MIDDLE, top + 3)
        .points
    )
    collar = canvas.part(shoulder, METALS["Silver"], depth=0.15, spread=4, grain=0)
    _gleam(canvas, collar, MIDDLE - half, MIDDLE + half, top - 12, top + 3)
    tone = darker(look.colour, 0.5) if look.chance(0.5) else (0.2, 0.2, 0.22)
    _tube(canvas, MIDDLE - half * 0.72, MIDDLE + half * 0.72, top - 60, top - 11, tone, 9, 0.8)


def _can_print(canvas: Canvas, look: Look, body: Region, half: float, y: float) -> None:
    print_emblem(canvas, body, MIDDLE, y, half * 0.42, (lighter(look.accent, 0.1), look.third), look.rng)
    for i, wide in enumerate((0.5, 0.32)):
        bar = box(MIDDLE - half * wide, y + half * 0.62 + i * 6, MIDDLE + half * wide, y + half * 0.62 + i * 6 + 2.4)
        canvas.overlay(body, [bar], look.third, 0.8)


def lipstick(canvas: Canvas, look: Look) -> None:
    """Draw an open lipstick, with its cap beside it or not."""
    shell: Colour = [
        (0.14, 0.14, 0.16),
        METALS["Gold"],
        (0.95, 0.94, 0.93),
        METALS["Silver"],
        darker(look.colour, 0.6),
    ][int(look.rng.integers(5))]
    metal = METALS["Gold"] if look.chance(0.6) else METALS["Silver"]
    capped = look.chance(0.5)
    x = MIDDLE - 34 if capped else MIDDLE
    half = look.between(25, 29)
    tip = look.between(56, 74)
    pen = (
        Pen(x - half * 0.68, 176)
        .line(x - half * 0.68, tip + 44)
        .cubic(x - half * 0.66, tip + 10, x + half * 0.2, tip - 6, x + half * 0.5, tip)
    )
    pen.curve(x + half * 0.7, tip + 4, x + half * 0.68, tip + 22).line(x + half * 0.68, 176)
    bullet = canvas.part(pen.points, look.colour, depth=0.14, spread=5, grain=0)
    _gleam(canvas, bullet, x - half * 0.68, x + half * 0.68, tip, 176, 0.75)
    slant = Pen(x - half * 0.62, tip + 46).cubic(
        x - half * 0.55, tip + 14, x + half * 0.16, tip, x + half * 0.44, tip + 3
    )
    slant.curve(x + half * 0.6, tip + 8, x + half * 0.5, tip + 18).curve(
        x - half * 0.1, tip + 44, x - half * 0.62, tip + 46
    )
    canvas.shade(slant.points, -0.2, 1, bullet)
    _tube(canvas, x - half * 0.8, x + half * 0.8, 150, 206, metal, 2)
    _tube(canvas, x - half, x + half, 200, 284, shell, 3)
    _tube(canvas, x - half - 0.5, x + half + 0.5, 200, 207, metal, 1)
    if capped:
        cx = x + half * 2 + 16
        _tube(canvas, cx - half * 1.04, cx + half * 1.04, 172, 284, shell, 5)
        _tube(canvas, cx - half * 1.06, cx + half * 1.06, 276, 284, metal, 1)


def nail_polish(canvas: Canvas, look: Look) -> None:
    """Draw a bottle of nail polish with its long cap."""
    half = look.between(40, 50)
    top, base = look.between(176, 188), 282.0
    cap: Colour = (
        (0.12, 0.12, 0.14)
        if look.chance(0.6)
        else [METALS["Gold"], METALS["Silver"], (0.95, 0.95, 0.94)][int(look.rng.integers(3))]
    )
    if look.cut == "square":
        outline = box(MIDDLE - half * 0.86, top, MIDDLE + half * 0.86, base, 8)
    else:
        pen = (
            Pen(MIDDLE, top - 4)
            .line(MIDDLE + half * 0.36, top - 4)
            .cubic(MIDDLE + half * 0.5, top + 12, MIDDLE + half, top + 16, MIDDLE + half, top + 50)
        )
        outline = mirrored(
            pen.cubic(MIDDLE + half, base - 6, MIDDLE + half * 0.9, base, MIDDLE + half * 0.66, base)
            .line(MIDDLE, base)
            .points
        )
    glass = canvas.part(outline, lighter(look.colour, 0.55), depth=0.3, spread=6, grain=0, rim=0.45)
    centre = (outline.max(axis=0) + outline.min(axis=0)) / 2
    inner = np.asarray((outline - centre) * np.array([0.87, 0.88]) + centre, dtype=np.float32)
    paint = canvas.part(inner, look.colour, depth=0.3, spread=9, grain=0, within=glass, rim=0.15)
    if look.pattern == "glitter":
        for _ in range(60):
            x, y = look.between(-0.8, 0.8) * half + MIDDLE, look.between(top + 16, base - 8)
            canvas.overlay(
                paint,
                [turned(box(x - 1.3, y - 1.3, x + 1.3, y + 1.3), look.between(0, 90), x, y)],
                lighter(look.accent, 0.5),
                0.9,
            )
    canvas.shade(ellipse(MIDDLE - half * 0.5, (top + base) / 2 + 6, half * 0.1, (base - top) * 0.3), -0.75, 2, glass)
    canvas.shade(
        ellipse(MIDDLE + half * 0.72, (top + base) / 2 + 12, half * 0.04, (base - top) * 0.22), -0.5, 1.2, glass
    )
    wide = half * look.between(0.40, 0.48)
    high = look.between(44, 62)
    pen = (
        Pen(MIDDLE, high)
        .line(MIDDLE + wide * 0.66, high)
        .curve(MIDDLE + wide * 0.8, high, MIDDLE + wide * 0.82, high + 8)
    )
    stick = canvas.part(
        mirrored(pen.line(MIDDLE + wide, top + 2).line(MIDDLE, top + 3).points),
        cap,
        depth=0.1,
        spread=4,
        grain=0,
        cast=0.2,
    )
    _gleam(canvas, stick, MIDDLE - wide, MIDDLE + wide, high, top, 0.9)
    if look.chance(0.4):
        _tube(canvas, MIDDLE - wide - 1, MIDDLE + wide + 1, top - 5, top + 3, METALS["Silver"], 1)
    print_emblem(
        canvas, paint, MIDDLE, (top + base) / 2 + 12, 8, (mix(look.colour, (1, 1, 1), 0.75), (1.0, 1.0, 1.0)), look.rng
    )
