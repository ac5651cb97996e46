"""A whiteboard written as text, as a graph: components, arrows, what is missing. Values only: no model, clock or disk."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from interviewer.state import Value
from interviewer.whiteboard.arrows import Arrow, Found, find
from interviewer.whiteboard.boxes import stands_free
from interviewer.whiteboard.layering import TOP
from knowledge.words import terms

MOST_NODES, MOST_EDGES = 60, 120
ALIKE = 0.5  # share of words that the names of one thing have in common
GROWN = 2  # letters by which a word may be longer than the one it grew out of
PLAIN = 0.3  # weight of a word that says little of a component
_PLAIN = frozenset(terms("service server system model store data pipeline layer api job stage engine db path"))
_SPACE = re.compile(r"[\s_/-]+")
_SIGN = re.compile(r"<?[-=]+\[|\][-=]+>?|<?[-=.─]+[>▶►]|<[-=]+|[→⟶➔➜➝⇢←⟵↔⟷⇄⇆⇌↓]|--(?=\s)")
_EXPLAINS = re.compile(r":|\s(?:of|for)\s")
_REMARK = re.compile(r"\s*\([^()]*\)")
_CALM = re.compile(r"[\w %/'’+-]+")


class Edge(Value):
    """An arrow of the candidate's diagram: from one node's name to another's, "" when nothing stands along it."""

    source: str
    target: str
    label: str = ""


class Graph(Value):
    """What the candidate has drawn: names in the order of the arrows, those without an arrow last."""

    nodes: tuple[str, ...]
    edges: tuple[Edge, ...] = ()

    def sources(self) -> tuple[str, ...]:
        """Where it begins: nodes that send and that nothing leads to."""
        into, out = {e.target for e in self.edges}, {e.source for e in self.edges}
        return tuple(n for n in self.nodes if n in out and n not in into)

    def sinks(self) -> tuple[str, ...]:
        """Where it ends: nodes that are reached and send nothing."""
        into, out = {e.target for e in self.edges}, {e.source for e in self.edges}
        return tuple(n for n in self.nodes if n in into and n not in out)

    def parts(self) -> tuple[tuple[str, ...], ...]:
        """The nodes that hang together, whichever way the arrows point: the largest part first."""
        return _together(
            self.nodes, _next(self.nodes, [*self.edges, *(Edge(source=e.target, target=e.source) for e in self.edges)])
        )

    def cycles(self) -> tuple[tuple[str, ...], ...]:
        """The sets of nodes that lie on a way back to themselves (strongly connected, two and more)."""
        ahead = {n: _reached(n, _next(self.nodes, self.edges)) for n in self.nodes}
        both = {n: {m for m in ahead[n] if n in ahead[m]} for n in self.nodes}
        return tuple(part for part in _together(self.nodes, both) if len(part) > 1)


class Likeness(Value):
    """A reference design beside the candidate's: (reference label, the candidate's name) for what is there, and labels that are not."""

    there: tuple[tuple[str, str], ...] = ()
    missing: tuple[str, ...] = ()


_found = lru_cache(maxsize=256)(find)


@lru_cache(maxsize=256)
def read(text: str) -> Graph | None:
    """The graph of all arrow lines in `text`, None when nothing is drawn. One name in other case, spacing or number is one node."""
    found = _found(text)
    return _graph(found) if found.arrows else None


def sketch(text: str) -> Graph | None:
    """The graph of a text that is a drawing and nothing else, such as a whiteboard: more of it is taken as drawn than in an answer."""
    lines = [line for line in text.splitlines() if not line.lstrip().startswith(("```", "~~~"))]
    return read("\n".join(["```", *lines, "```"]))


def spans(text: str) -> tuple[tuple[int, int], ...]:
    """Where in `text` (character offsets) something is drawn, in order; what lies between is prose."""
    return tuple(sorted(_found(text).spans)) if read(text) else ()


def unarrowed(text: str) -> str:
    """`text`, as long as before, with commas where arrows are drawn: for a reader of prose, to whom an arrow means "therefore"."""
    pieces, last = [], 0
    for start, end in spans(text):
        pieces += [text[last:start], _SIGN.sub(lambda sign: ",".ljust(len(sign[0])), text[start:end])]
        last = end
    return "".join([*pieces, text[last:]])


def words(graph: Graph) -> str:
    """The graph as plain sentences, for workers that read prose."""
    lines = [
        f"{e.source[:1].upper()}{e.source[1:]} sends to {e.target}{f' ({e.label})' if e.label else ''}." for e in graph.edges
    ]
    return " ".join([*lines, *(f"{name[:1].upper()}{name[1:]} stands alone." for name in _alone(graph))])


def text(graph: Graph) -> str:
    """The graph as arrow lines, one arrow a line; `read` gives the same graph again."""
    lines = [f"{_name(e.source)} {_arrow(e.label)} {_name(e.target)}{_after(e.label)}" for e in graph.edges]
    return "\n".join([*lines, *(f"[{name}]" for name in _alone(graph))])


def mermaid(graph: Graph) -> str:
    """The graph as the Mermaid source that our own drawing takes (`report_svg.diagram`): what was written first stands on top."""
    ident = {name: f"n{n}" for n, name in enumerate(graph.nodes)}
    first, *boxes = [f'  {ident[name]}["{name}"]' for name in graph.nodes]
    arrows = [f"  {ident[e.source]} -->{f'|{e.label}|' if e.label else ''} {ident[e.target]}" for e in graph.edges]
    return "\n".join(["flowchart TD", f"  subgraph {TOP}[ ]", first, "  end", *boxes, *arrows])


@lru_cache(maxsize=128)
def svg(graph: Graph) -> str:
    """The graph as inline SVG, in the drawing of the reference designs: names escaped, nothing asked of any host."""
    from interviewer.reporting.report_svg import diagram

    return diagram(mermaid(graph)).replace('class="box serving"', 'class="box"')  # the group is for the place, not the colour


def prompt_text(answer: str) -> str:
    """An answer as a model is given it: where it holds a diagram, with the graph spelt out below.

    Names and labels are the candidate's own words: the whole belongs inside the candidate's fence.
    """
    graph = read(answer)
    if graph is None:
        return answer
    apart = [" + ".join(part) for part in graph.parts()[1:]]
    lines = ["[the diagram in this answer, as a graph]", text(graph)]
    lines += [f"not connected to the rest: {'; '.join(apart)}"] if apart else []
    lines += [f"in a cycle: {'; '.join(' + '.join(part) for part in graph.cycles())}"] if graph.cycles() else []
    return "\n".join([answer, "", *lines, "[end of the diagram]"])


def against(graph: Graph, components: Sequence[str]) -> Likeness:
    """Which of a reference design's components (their labels) the candidate has drawn, by the likeness of names, the likest first.

    A node stands for one component at most. Of a label, what follows a colon or an "of" only explains it.
    """
    pairs = [(alike(_EXPLAINS.split(label)[0], name), label, name) for label in components for name in graph.nodes]
    found: dict[str, str] = {}
    for score, label, name in sorted(pairs, key=lambda pair: -pair[0]):
        if score >= ALIKE and label not in found and name not in found.values():
            found[label] = name
    there = tuple((label, found[label]) for label in components if label in found)
    return Likeness(there=there, missing=tuple(label for label in components if label not in found))


def alike(one: str, other: str) -> float:
    """How alike two names are, 0 to 1: the share of words in common, those that say little ("service", "store") weighing less."""
    mine, theirs = _terms(one), _terms(other)
    shared = [term for term in mine if any(_same(term, t) for t in theirs)]
    if not shared or (all(t in _PLAIN for t in shared) and len(shared) < max(len(mine), len(theirs))):
        return 0.0
    return min(1.0, 2 * _weight(shared) / (_weight(mine) + _weight(theirs)))


@lru_cache(maxsize=2048)
def _terms(name: str) -> frozenset[str]:
    return frozenset(terms(_SPACE.sub(" ", name)))


def _same(one: str, other: str) -> bool:
    """The same word, or one that grew out of the other ("rank", "ranker")."""
    short, long = sorted((one, other), key=len)
    return one == other or (len(short) >= 4 and long.startswith(short) and len(long) - len(short) <= GROWN)


def _weight(found: Iterable[str]) -> float:
    return sum(PLAIN if term in _PLAIN else 1.0 for term in found)


# --- from arrows to a graph -------------------------------------------------------------------------------------------


def _graph(found: Found) -> Graph | None:
    nodes: dict[str, str] = {}
    edges: dict[tuple[str, str], str] = {}
    for arrow in found.arrows:
        _take(_full(arrow, found.names), nodes, edges)
    for name in (found.names.get(n, n) for n in [*found.alone, *found.names.values()]):
        if len(nodes) < MOST_NODES and not _known(name, nodes):
            nodes[_key(name)] = name
    if not edges:
        return None
    return Graph(
        nodes=tuple(nodes.values()), edges=tuple(Edge(source=s, target=t, label=label) for (s, t), label in edges.items())
    )


def _full(arrow: Arrow, names: dict[str, str]) -> Arrow:
    return Arrow(names.get(arrow.source, arrow.source), names.get(arrow.target, arrow.target), arrow.label)


def _take(arrow: Arrow, nodes: dict[str, str], edges: dict[tuple[str, str], str]) -> None:
    """One more arrow, if it leads from one node to another and there is room for it. Of two alike the first label stands."""
    fresh = dict(nodes)
    ends = [_known(name, fresh) or fresh.setdefault(_key(name), name) for name in (arrow.source, arrow.target)]
    pair = (ends[0], ends[1])
    if ends[0] == ends[1] or len(fresh) > MOST_NODES or (pair not in edges and len(edges) >= MOST_EDGES):
        return
    nodes |= fresh
    edges[pair] = edges.get(pair) or arrow.label


def _known(name: str, nodes: dict[str, str]) -> str:
    """The node that a name means: the same name, or the only one that differs by a remark in brackets; "" when it is new."""
    if (key := _key(name)) in nodes:
        return nodes[key]
    bare = _key(_REMARK.sub("", name))
    same = [node for node in nodes.values() if _key(_REMARK.sub("", node)) == bare]
    return same[0] if len(same) == 1 and (bare == key or _key(same[0]) == bare) else ""


@lru_cache(maxsize=4096)
def _key(name: str) -> str:
    """A name without case, spacing and plural."""
    return "".join(_single(word) for word in _SPACE.split(name.casefold()))


def _single(word: str) -> str:
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 4 and word.endswith(("ches", "shes", "xes", "sses")) and word != "caches":
        return word[:-2]
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")) else word


# --- the graph as text ------------------------------------------------------------------------------------------------


def _name(name: str) -> str:
    return name if stands_free(name) else f"[{name}]"


def _arrow(label: str) -> str:
    return f"-[{label}]->" if label and not _CALM.fullmatch(label) else "->"


def _after(label: str) -> str:
    return f": {label}" if label and _CALM.fullmatch(label) else ""


def _alone(graph: Graph) -> list[str]:
    drawn = {end for e in graph.edges for end in (e.source, e.target)}
    return [name for name in graph.nodes if name not in drawn]


def _next(nodes: Iterable[str], edges: Iterable[Edge]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {name: set() for name in nodes}
    for edge in edges:
        found[edge.source].add(edge.target)
    return found


def _reached(start: str, after: dict[str, set[str]]) -> set[str]:
    """All nodes that one can get to from `start`, itself only by a way back."""
    seen: set[str] = set()
    ahead = list(after[start])
    while ahead:
        if (name := ahead.pop()) not in seen:
            seen.add(name)
            ahead += after[name]
    return seen


def _together(nodes: Sequence[str], after: dict[str, set[str]]) -> tuple[tuple[str, ...], ...]:
    """The nodes in groups that reach each other, the largest first."""
    found: list[tuple[str, ...]] = []
    left = list(nodes)
    while left:
        group = _reached(left[0], after) | {left[0]}
        found.append(tuple(n for n in nodes if n in group))
        left = [n for n in left if n not in group]
    return tuple(sorted(found, key=len, reverse=True))
