"""Socks, as a pair."""

from data.sample.canvas import Canvas, Fold
from data.sample.curves import Pen, box, points_of
from data.sample.look import Look
from data.sample.palette import darker, ink


def socks(canvas: Canvas, look: Look) -> None:
    """Draw a pair of socks: crew, ankle or knee length, ribbed cuff, heel and toe."""
    top = {"ankle": 128.0, "knee": 22.0}.get(look.cut, look.between(56, 80))
    contrast = look.accent if look.chance(0.6) else darker(look.colour, 0.25)
    pen = Pen(64, top).line(112, top).cubic(112, 150, 112, 190, 116, 212).curve(124, 232, 158, 246)
    pen.curve(190, 258, 184, 280).curve(178, 298, 150, 296)
    pen.cubic(110, 292, 72, 280, 64, 250).cubic(60, 220, 66, 180, 64, top)
    folds = [
        Fold(Pen(112, 216).curve(98, 222, 88, 238).points, 6, -0.16),
        Fold(Pen(114, 204).curve(102, 212, 94, 218).points, 5, -0.1),
        Fold(Pen(122, 232).curve(110, 244, 106, 256).points, 5, -0.1),
        Fold(points_of([(82, top + 20), (84, 200)]), 9, 0.1),
    ]
    sock = canvas.part(pen.points, look.cloth(), depth=0.34, spread=12, folds=folds)
    canvas.overlay(sock, [Pen(54, 226).curve(84, 232, 98, 262).line(86, 300).line(50, 300).points], contrast)
    canvas.overlay(sock, [Pen(150, 236).curve(142, 270, 152, 306).line(200, 306).line(200, 236).points], contrast)
    canvas.line(Pen(64, 228).curve(86, 234, 97, 264).points, ink(look.colour, 0.4), 0.6, 0.5, within=sock)
    cuff = box(62, top - 5, 114, top + 22, 4)
    canvas.part(cuff, contrast if look.chance(0.55) else look.colour, depth=0.3, spread=6, cast=0.15)
    ribs = [points_of([(66 + i * 3.2, top - 4), (66 + i * 3.2, top + 21)]) for i in range(15)]
    canvas.lines(ribs, ink(look.colour, 0.5), 0.6, 0.28)
    if look.cut != "ankle" and look.chance(0.5):
        for i in range(2):
            canvas.overlay(sock, [box(40, top + 30 + i * 12, 130, top + 36 + i * 12)], contrast)
    canvas.echo(look.between(26, 36), look.between(-12, -4), dim=0.06)
