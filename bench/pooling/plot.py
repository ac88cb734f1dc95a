"""Line charts as SVG: few lines, named where they end, readable on white and on dark pages. Pure."""

from __future__ import annotations

import math
from dataclasses import dataclass
from xml.sax.saxutils import escape

WIDTH, HEIGHT = 640, 360
LEFT, RIGHT, TOP, BOTTOM = 70, 110, 44, 48
COLOURS = ("#0f766e", "#b45309", "#4338ca")
NEAREST_LABELS = 16


@dataclass(frozen=True)
class Line:
    name: str
    points: list[tuple[float, float]]


def chart(title: str, x_name: str, y_name: str, lines: list[Line], logarithmic: bool) -> str:
    """One chart; x is logarithmic always, y where asked for. Every value must be above 0."""
    xs = sorted({x for line in lines for x, _ in line.points})
    ys = [y for line in lines for _, y in line.points]
    low, high = (10 ** math.floor(math.log10(min(ys))), 10 ** math.ceil(math.log10(max(ys)))) if logarithmic else (0.0, _round_up(max(ys)))

    def across(x: float) -> float:
        span = math.log(xs[-1] / xs[0]) or 1.0
        return LEFT + (WIDTH - LEFT - RIGHT) * math.log(x / xs[0]) / span

    def up(y: float) -> float:
        share = math.log(y / low) / math.log(high / low) if logarithmic else y / high
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * share

    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="system-ui, sans-serif" font-size="12">',
             f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
             f'<text x="{LEFT}" y="20" font-size="15" font-weight="600" fill="#111827">{escape(title)}</text>',
             f'<text x="{LEFT}" y="36" fill="#6b7280">{escape(y_name)}</text>',
             f'<text x="{(LEFT + WIDTH - RIGHT) / 2}" y="{HEIGHT - 10}" text-anchor="middle" fill="#6b7280">{escape(x_name)}</text>']
    for tick in _ticks(low, high, logarithmic):
        parts.append(f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{up(tick):.1f}" y2="{up(tick):.1f}" stroke="#e5e7eb"/>')
        parts.append(f'<text x="{LEFT - 8}" y="{up(tick) + 4:.1f}" text-anchor="end" fill="#6b7280">{tick:,.10g}</text>')
    for x in xs:
        parts.append(f'<text x="{across(x):.1f}" y="{HEIGHT - BOTTOM + 18}" text-anchor="middle" fill="#6b7280">{x:,.10g}</text>')
    labels: list[float] = []
    for line, colour in zip(lines, COLOURS):
        path = " ".join(f"{across(x):.1f},{up(y):.1f}" for x, y in line.points)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [f'<circle cx="{across(x):.1f}" cy="{up(y):.1f}" r="3" fill="{colour}"/>' for x, y in line.points]
        end_x, end_y = line.points[-1]
        place = _apart(up(end_y) + 4, labels)
        labels.append(place)
        parts.append(f'<text x="{across(end_x) + 8:.1f}" y="{place:.1f}" font-weight="600" fill="{colour}">{escape(line.name)}</text>')
    return "\n".join([*parts, "</svg>"]) + "\n"


def _apart(place: float, taken: list[float]) -> float:
    while any(abs(place - other) < NEAREST_LABELS for other in taken):
        place -= NEAREST_LABELS
    return place


def _round_up(value: float) -> float:
    unit = 10 ** math.floor(math.log10(value))
    return next(unit * factor for factor in (1, 2, 4, 5, 8, 10) if unit * factor >= value)


def _ticks(low: float, high: float, logarithmic: bool) -> list[float]:
    if not logarithmic:
        return [high * part / 4 for part in range(5)]
    return [10.0**power for power in range(round(math.log10(low)), round(math.log10(high)) + 1)]
