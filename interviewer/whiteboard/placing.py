"""A layered graph as a picture: boxes, arrows and labels with their places in pixels. Values only; draws nothing."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from interviewer.whiteboard.layering import SWEEPS, Graph, Node, layered

BOX, LINE, PAD, ACROSS, DOWN, MARGIN, BEND = 150.0, 15.0, 18.0, 28.0, 62.0, 12.0, 34.0  # pixels

Point = tuple[float, float]


@dataclass
class Box:
    """A component's box: its middle, its size and its lines of text."""

    x: float
    y: float
    width: float
    height: float
    lines: list[str]
    group: str


@dataclass(frozen=True)
class Route:
    """An arrow's way from the upper box to the lower one; `back` when it points upwards."""

    points: list[Point]
    back: bool


@dataclass(frozen=True)
class Label:
    """Words beside an arrow, at their middle."""

    x: float
    y: float
    text: str


@dataclass(frozen=True)
class Drawing:
    """Everything with its place, in pixels."""

    width: float
    height: float
    boxes: list[Box]
    arrows: list[Route]
    labels: list[Label]


def arrange(graph: Graph) -> Drawing:
    """The picture of a graph, from top to bottom."""
    found = layered(graph)
    layers, chains = found.layers, found.chains
    layer = {name: depth for depth, row in enumerate(layers) for name in row}
    boxes = {name: _box(node) for name, node in graph.nodes.items()}
    middle = _middles(layers, boxes)
    across = _across(layers, chains, boxes)
    for name, box in boxes.items():
        box.x, box.y = across[name], middle[layer[name]]
    routes, labels = _routes(graph, chains, boxes, across, middle, layer)
    return _framed(list(boxes.values()), routes, labels)


def _box(node: Node) -> Box:
    lines = textwrap.wrap(node.label, 20) or [""]
    return Box(0, 0, BOX, LINE * len(lines) + PAD, lines, node.group)


def _middles(layers: Sequence[Sequence[str]], boxes: dict[str, Box]) -> list[float]:
    """The height of each layer's middle."""
    middles, top = [], MARGIN
    for row in layers:
        height = max((boxes[name].height for name in row if name in boxes), default=LINE + PAD)
        middles.append(top + height / 2)
        top += height + DOWN
    return middles


def _across(layers: Sequence[Sequence[str]], chains: Sequence[Sequence[str]], boxes: dict[str, Box]) -> dict[str, float]:
    """The middle of each box and bend from left to right: near its neighbours, in order, nothing overlapping."""
    links = [pair for chain in chains for pair in pairwise(chain)]
    wide = {name: boxes[name].width if name in boxes else BEND for row in layers for name in row}
    x: dict[str, float] = {}
    for row in layers:
        left = 0.0
        for name in row:
            x[name] = left + wide[name] / 2
            left += wide[name] + ACROSS
    for sweep in range(SWEEPS):
        for row in layers if sweep % 2 == 0 else reversed(layers):
            wish = {name: _wish(name, links, x) for name in row}
            for name, place in _spread(row, wish, wide):
                x[name] = place
    return x


def _wish(name: str, links: Sequence[tuple[str, str]], x: dict[str, float]) -> float:
    near = [x[b] for a, b in links if a == name] + [x[a] for a, b in links if b == name]
    return sum(near) / len(near) if near else x[name]


def _spread(row: Sequence[str], wish: dict[str, float], wide: dict[str, float]) -> Iterator[tuple[str, float]]:
    """Places as near to the wishes as order and widths allow: pushed right, pushed left, and the mean of both."""
    right, left = {}, {}
    edge = float("-inf")
    for name in row:
        right[name] = max(wish[name], edge + wide[name] / 2)
        edge = right[name] + wide[name] / 2 + ACROSS
    edge = float("inf")
    for name in reversed(row):
        left[name] = min(wish[name], edge - wide[name] / 2)
        edge = left[name] - wide[name] / 2 - ACROSS
    yield from ((name, (right[name] + left[name]) / 2) for name in row)


def _routes(
    graph: Graph,
    chains: Sequence[Sequence[str]],
    boxes: dict[str, Box],
    across: dict[str, float],
    middle: Sequence[float],
    layer: dict[str, int],
) -> tuple[list[Route], list[Label]]:
    leaving, entering = _ports(chains, across, 1), _ports(chains, across, -2)
    routes, labels = [], []
    for number, (chain, (start, _, text)) in enumerate(zip(chains, graph.arrows, strict=True)):
        upper, lower = boxes[chain[0]], boxes[chain[-1]]
        bends = [(across[name], middle[layer[chain[0]] + n]) for n, name in enumerate(chain[1:-1], 1)]
        points = [
            (upper.x + leaving[number], upper.y + upper.height / 2),
            *bends,
            (lower.x + entering[number], lower.y - lower.height / 2),
        ]
        routes.append(Route(points, back=start != chain[0]))
        if text:
            labels.append((points, text))
    return routes, _placed(labels, list(boxes.values()))


def _ports(chains: Sequence[Sequence[str]], across: dict[str, float], towards: int) -> list[float]:
    """Where on its box's edge each arrow starts or ends, from the middle: side by side, in the order of where they go."""
    own = 0 if towards == 1 else -1
    shift = [0.0] * len(chains)
    for name in {chain[own] for chain in chains}:
        mine = sorted((n for n, chain in enumerate(chains) if chain[own] == name), key=lambda n: across[chains[n][towards]])
        step = min(26.0, (BOX - 30) / max(1, len(mine) - 1))
        for place, number in enumerate(mine):
            shift[number] = (place - (len(mine) - 1) / 2) * step
    return shift


def _placed(wanted: Sequence[tuple[Sequence[Point], str]], boxes: Sequence[Box]) -> list[Label]:
    """Each label on its arrow, where it covers no box and the other labels least; short arrows choose first."""
    taken = [(b.x, b.y, b.width, b.height) for b in boxes]
    found = []
    for points, text in sorted(wanted, key=lambda pair: len(pair[0])):
        spots = [(*spot, *size_of(text)) for spot in _along(points)]
        best = min(spots, key=lambda spot: sum(_covered(spot, other) for other in taken))
        taken.append(best)
        found.append(Label(best[0], best[1], text))
    return found


def size_of(text: str) -> tuple[float, float]:
    """Width and height of a label in pixels, a little generous."""
    lines = wrapped(text)
    return 5.9 * max(map(len, lines)) + 6, 12.0 * len(lines) + 2


def wrapped(text: str) -> list[str]:
    """A label's lines."""
    return textwrap.wrap(text, 20) or [""]


def _along(points: Sequence[Point]) -> Iterator[Point]:
    """Places on an arrow, from its middle outwards."""
    segments = list(pairwise(points))
    order = sorted(range(len(segments)), key=lambda n: abs(n - (len(segments) - 1) / 2))
    for share in (0.5, 0.38, 0.62, 0.28, 0.72, 0.18, 0.82):
        bend = share * share * (3 - 2 * share)
        for (x, y), (to_x, to_y) in (segments[n] for n in order):
            yield x + (to_x - x) * bend, y + (to_y - y) * share


def _covered(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> float:
    """The area that two rectangles (middle, size) share."""
    wide = (one[2] + other[2]) / 2 - abs(one[0] - other[0])
    high = (one[3] + other[3]) / 2 - abs(one[1] - other[1])
    return wide * high if wide > 0 and high > 0 else 0.0


def _framed(boxes: list[Box], routes: list[Route], labels: list[Label]) -> Drawing:
    """Everything moved so that it begins at the margin."""
    xs = (
        [b.x - b.width / 2 for b in boxes]
        + [x for r in routes for x, _ in r.points]
        + [a.x - size_of(a.text)[0] / 2 for a in labels]
    )
    far = (
        [b.x + b.width / 2 for b in boxes]
        + [x for r in routes for x, _ in r.points]
        + [a.x + size_of(a.text)[0] / 2 for a in labels]
    )
    move = MARGIN - min(xs)
    for box in boxes:
        box.x += move
    moved = [Route([(x + move, y) for x, y in r.points], r.back) for r in routes]
    shifted = [Label(a.x + move, a.y, a.text) for a in labels]
    return Drawing(max(far) + move + MARGIN, max(b.y + b.height / 2 for b in boxes) + MARGIN, boxes, moved, shifted)
