"""A graph in layers: Mermaid source in, rows with few crossings out. Knows no size and no place."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

SWEEPS = 12
_NODE = re.compile(r'^(\w+)\["(.*)"\]$')
_GROUP = re.compile(r"^subgraph (\w+)")
_ARROW = re.compile(r"^(\w+) -->(?:\|(.*)\|)? (\w+)$")

TOP = "serving"  # the group that stands above the others


@dataclass(frozen=True)
class Node:
    """A component and the group it stands in."""

    label: str
    group: str


@dataclass
class Graph:
    """Components by id and arrows (start, end, label)."""

    nodes: dict[str, Node] = field(default_factory=dict)
    arrows: list[tuple[str, str, str]] = field(default_factory=list)


def parse(source: str) -> Graph:
    """The graph in Mermaid source as `knowledge.case.Diagram` writes it; other lines, and arrows to nowhere, are left out."""
    graph, group, arrows = Graph(), "", []
    for line in map(str.strip, source.splitlines()):
        if match := _GROUP.match(line):
            group = match[1]
        elif line == "end":
            group = ""
        elif match := _NODE.match(line):
            graph.nodes[match[1]] = Node(match[2], group)
        elif match := _ARROW.match(line):
            arrows.append((match[1], match[3], match[2] or ""))
    graph.arrows = [a for a in arrows if a[0] in graph.nodes and a[1] in graph.nodes and a[0] != a[1]]
    return graph


@dataclass(frozen=True)
class Layered:
    """The layers from top to bottom, bends of long arrows among the names, and each arrow as the names it passes, downwards."""

    layers: list[list[str]]
    chains: list[list[str]]


def layered(graph: Graph) -> Layered:
    """The components in layers: cycles cut, long arrows bent around what lies between, few crossings."""
    down = _acyclic(graph)
    chains, layers = _chains(graph, down, _layers(graph, down))
    return Layered(_ordered(layers, chains), chains)


def _acyclic(graph: Graph) -> list[tuple[str, str]]:
    """Each arrow as (upper, lower): serving stands above what feeds it, and arrows that close a cycle are turned round."""
    back = {(a, b) for a, b, _ in graph.arrows if graph.nodes[a].group != TOP and graph.nodes[b].group == TOP}
    after: dict[str, list[str]] = {name: [] for name in graph.nodes}
    for start, end, _ in graph.arrows:
        if (start, end) not in back:
            after[start].append(end)
    place: dict[str, int] = {}

    def visit(name: str, path: frozenset[str]) -> None:
        place[name] = len(place)
        for end in after[name]:
            if end in path or end == name:
                back.add((name, end))
            elif end not in place:
                visit(end, path | {name})

    entered = {end for _, end, _ in graph.arrows}
    for name in sorted(graph.nodes, key=lambda n: n in entered):
        if name not in place:
            visit(name, frozenset())
    return [(end, start) if (start, end) in back else (start, end) for start, end, _ in graph.arrows]


def _layers(graph: Graph, down: Sequence[tuple[str, str]]) -> dict[str, int]:
    """How deep each component stands: below all that lead to it; one that nothing leads to just above what it leads to."""
    layer = dict.fromkeys(graph.nodes, 0)
    for _ in graph.nodes:
        for upper, lower in down:
            layer[lower] = max(layer[lower], layer[upper] + 1)
    lowers = {lower for _, lower in down}
    for name in graph.nodes:
        ends = [layer[lower] for upper, lower in down if upper == name]
        if name not in lowers and ends:
            layer[name] = min(ends) - 1
    return layer


def _chains(graph: Graph, down: Sequence[tuple[str, str]], layer: dict[str, int]) -> tuple[list[list[str]], list[list[str]]]:
    """Each arrow as the names it passes, bends included, and the layers with them."""
    layers: list[list[str]] = [[] for _ in range(max(layer.values()) + 1)]
    for name in graph.nodes:
        layers[layer[name]].append(name)
    chains = []
    for number, (upper, lower) in enumerate(down):
        chain = [upper]
        for depth in range(layer[upper] + 1, layer[lower]):
            bend = f"|{number}|{depth}"
            layers[depth].append(bend)
            chain.append(bend)
        chains.append([*chain, lower])
    return chains, layers


def _ordered(layers: list[list[str]], chains: Sequence[Sequence[str]]) -> list[list[str]]:
    """The layers, each sorted by the middle of its neighbours, sweep after sweep; the order with the fewest crossings is kept."""
    links = [pair for chain in chains for pair in pairwise(chain)]
    best, fewest = [list(row) for row in layers], _crossings(layers, links)
    for sweep in range(SWEEPS):
        rows = range(1, len(layers)) if sweep % 2 == 0 else range(len(layers) - 2, -1, -1)
        for row in rows:
            beside = layers[row - 1] if sweep % 2 == 0 else layers[row + 1]
            layers[row] = _sorted(layers[row], {name: n for n, name in enumerate(beside)}, links)
        crossings = _crossings(layers, links)
        if crossings < fewest:
            best, fewest = [list(row) for row in layers], crossings
    return best


def _sorted(row: Sequence[str], beside: dict[str, int], links: Sequence[tuple[str, str]]) -> list[str]:
    wish = {name: _mean(name, links, beside, own) for own, name in enumerate(row)}
    return sorted(row, key=lambda name: wish[name])


def _mean(name: str, links: Sequence[tuple[str, str]], place: dict[str, int], own: float) -> float:
    near = [place[b] for a, b in links if a == name and b in place] + [place[a] for a, b in links if b == name and a in place]
    return sum(near) / len(near) if near else own


def _crossings(layers: Sequence[Sequence[str]], links: Sequence[tuple[str, str]]) -> int:
    place = {name: (depth, n) for depth, row in enumerate(layers) for n, name in enumerate(row)}
    found = 0
    for first, (a, b) in enumerate(links):
        for c, d in links[first + 1 :]:
            if place[a][0] == place[c][0]:
                found += (place[a][1] - place[c][1]) * (place[b][1] - place[d][1]) < 0
    return found
