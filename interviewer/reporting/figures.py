"""Figures with their intervals as a picture in plain HTML: a dot and a line for each, for one run or two. Knows no run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from typing import NamedTuple

SCALE = (0.0, 0.25, 0.5, 0.75, 1.0)
STYLE = """.dots { --first: var(--accent, #2f6f6b); --second: #b4552d; font-size: .88rem; margin: .8rem 0; }
.dots .bar { display: grid; grid-template-columns: minmax(8rem, 17rem) minmax(8rem, 1fr) 3.2rem; gap: 0 .9rem; align-items: center; padding: .22rem 0; }
.dots .bar > b { font-weight: 400; text-align: right; line-height: 1.25; } .dots .value { font-variant-numeric: tabular-nums; }
.dots .track { position: relative; height: 1rem; border-bottom: 1px solid var(--line, #e2ded4); }
.dots .track i { position: absolute; display: block; } .dots .track i.grid { top: 0; bottom: 0; width: 1px; background: var(--line, #e2ded4); }
.dots .track i.aim { top: -.1rem; bottom: -.1rem; width: 0; border-left: 2px dashed var(--warm, var(--warn, #8a6116)); }
.dots .track i.spread { top: .42rem; height: .2rem; border-radius: .1rem; opacity: .55; } .dots .track i.dot { top: .2rem; width: .62rem; height: .62rem; margin-left: -.31rem; border-radius: 50%; }
.dots .first { background: var(--first); } .dots .second { background: var(--second); }
.dots .ticks { height: 1.1rem; border: 0; color: var(--quiet, #5d666b); font-size: .75rem; } .dots .ticks span { position: absolute; transform: translateX(-50%); }"""


class Dot(NamedTuple):
    """One figure from 0 to 1 with its interval; None where it was not measured or has none."""

    value: float | None
    low: float | None = None
    high: float | None = None


class Bar(NamedTuple):
    """One figure of the picture: a title, a dot for each run, and the aim."""

    title: str
    dots: Sequence[Dot]
    aim: float | None = None


def draw(bars: Sequence[Bar]) -> str:
    """The picture; what lies below 0 is drawn at 0 and told as it is. The page needs `STYLE` once."""
    ticks = "".join(f'<span style="left:{_at(t)}">{t:g}</span>' for t in SCALE)
    head = f'<div class="bar"><b></b><div class="track ticks">{ticks}</div><span></span></div>'
    return f'<div class="dots">{head}{"".join(part for bar in bars for part in _bar(bar))}</div>'


def _bar(bar: Bar) -> Iterator[str]:
    for place, (dot, name) in enumerate(zip(bar.dots, ("first", "second"), strict=False)):
        title = escape(bar.title) if not place else ""
        value = "none" if dot.value is None else f"{dot.value:.2f}"
        yield f'<div class="bar"><b>{title}</b><div class="track">{"".join(_track(bar, dot, name))}</div><span class="value">{value}</span></div>'


def _track(bar: Bar, dot: Dot, name: str) -> Iterator[str]:
    yield from (f'<i class="grid" style="left:{_at(t)}"></i>' for t in SCALE)
    if bar.aim is not None:
        yield f'<i class="aim" style="left:{_at(bar.aim)}" title="aim {bar.aim:g}"></i>'
    if dot.value is None:
        return
    if dot.low is not None and dot.high is not None:
        wide = max(0.0, _inside(dot.high) - _inside(dot.low)) * 100
        yield f'<i class="spread {name}" style="left:{_at(dot.low)};width:{wide:.1f}%"></i>'
    yield f'<i class="dot {name}" style="left:{_at(dot.value)}"></i>'


def _inside(value: float) -> float:
    return max(0.0, min(1.0, value))


def _at(value: float) -> str:
    return f"{_inside(value) * 100:.1f}%"
