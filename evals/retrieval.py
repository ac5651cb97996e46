"""Is the right note found? Queries of somebody who has not read the notes, beside each ranking alone and rows in random order.

    python -m evals.retrieval              all cases, as a table
    python -m evals.retrieval --misses     and every query whose passage was not first

The queries were written by language models that saw the question of the case and nothing else; which passages answer them was
marked by another after the queries were fixed. No person has rated them.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from knowledge.index import Index
from knowledge.library import Library
from knowledge.passages import Passage, passages, stamp

FOLDER = Path(__file__).with_name("retrieval")
WAYS = {"fused": ("meaning", "words"), "words alone": ("words",), "meaning alone": ("meaning",)}
DEEP = 10
DRAWS = 20  # of rows in random order
AIMS = {"step_first": 0.75, "step_mrr": 0.85, "case_five": 0.85, "whole_five": 0.80, "refused": 0.80}


class Query(NamedTuple):
    """One query and the passages that answer it; none where the notes surely do not cover it. `step` is that of the first."""

    case: str
    text: str
    relevant: frozenset[str]
    step: str


def queries() -> list[Query]:
    """All queries of all cases."""
    found = []
    for file in sorted(FOLDER.glob("*.json")):
        for row in json.loads(file.read_text("utf-8")):
            notes = [r for r in row["relevant"] if r.startswith(f"{file.stem}/")]
            step = notes[0].split("/")[1].split(".")[0] if notes else ""
            found.append(Query(file.stem, row["text"], frozenset(row["relevant"]), step))
    return found


Search = Callable[[Query, str, str, bool], Sequence[Passage]]


def figures(asked: Sequence[Query], search: Search) -> dict[str, float]:
    """Recall at one and MRR within case and step, recall at five within a case, right case or concept among five of the whole index,
    and the share of queries without an answer that were refused."""
    inside = [q for q in asked if q.step]
    first, ranks, five = [], [], []
    for query in inside:
        place = _place(query, search(query, query.case, query.step, False))
        first.append(place == 1)
        ranks.append(1 / place if place else 0.0)
        five.append(bool(_place(query, search(query, query.case, "", False)[:5])))
    about = [q for q in asked if q.relevant]
    whole = [any(p.case == q.case or p.id in q.relevant for p in search(q, "", "", True)[:5]) for q in about]
    none = [not search(q, "", "", True) for q in asked if not q.relevant]
    return {
        "step_first": statistics.mean(first), "step_mrr": statistics.mean(ranks), "case_five": statistics.mean(five),
        "whole_five": statistics.mean(whole), "refused": statistics.mean(none) if none else 0.0,
    }  # fmt: skip


def _place(query: Query, found: Sequence[Passage]) -> int:
    """The place of the first passage that answers, from 1; 0 when none does."""
    return next((n for n, p in enumerate(found, 1) if p.id in query.relevant), 0)


def by_index(index: Index, ways: Sequence[str]) -> Search:
    """The search as it is shipped, by some of its rankings."""

    def search(query: Query, case: str, step: str, concepts: bool) -> list[Passage]:
        return [f.passage for f in index.search(query.text, DEEP, case, step, concepts, ways)]

    return search


def at_random(items: Sequence[Passage], seed: int) -> Search:
    """The allowed passages in random order."""
    draw = random.Random(seed)

    def search(_: Query, case: str, step: str, concepts: bool) -> list[Passage]:
        allowed = [
            p for p in items
            if (p.kind == "concept" and concepts) or (p.kind == "note" and case in ("", p.case) and step in ("", p.step))
        ]  # fmt: skip
        return draw.sample(allowed, min(DEEP, len(allowed)))

    return search


def misses(asked: Sequence[Query], index: Index) -> Iterator[str]:
    """Every query whose passage was not first within its step, or that was not refused though nothing answers it."""
    for query in asked:
        found = [f.passage.id for f in index.search(query.text, 3, query.case, query.step, False)] if query.step else []
        if query.step and (not found or found[0] not in query.relevant):
            yield f"{query.case} {query.step}: {query.text!r}: first {found[:1]}, wanted {sorted(query.relevant)}"
        if not query.relevant and (wrong := index.search(query.text, 1)):
            yield f"{query.case}: {query.text!r} is not covered, found {wrong[0].passage.id}"


def main(argv: Sequence[str] | None = None) -> int:
    """Print the table; 1 when there is nothing to measure."""
    parser = argparse.ArgumentParser(prog="python -m evals.retrieval", description=__doc__)
    parser.add_argument("--misses", action="store_true", help="print each miss of the shipped search")
    told = parser.parse_args(argv)
    asked = queries()
    if not asked:
        print(f"no queries under {FOLDER}")
        return 1
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
        _table(asked, Path(home), told.misses)
    return 0


def _table(asked: Sequence[Query], home: Path, show: bool) -> None:
    library = Library()
    begun = time.perf_counter()
    index = Index(home, stamp(library), lambda: passages(library))
    built = time.perf_counter() - begun
    begun = time.perf_counter()
    Index(home, stamp(library), lambda: passages(library))
    opened = time.perf_counter() - begun
    print(
        f"# {len(asked)} queries over {len({q.case for q in asked})} cases, {len(index.items)} passages "
        "(queries and marks by language models; no person has rated them)"
    )
    print(f"{'':16}" + "".join(f"{name:>12}" for name in AIMS))
    print(f"{'aim':16}" + "".join(f"{aim:12.2f}" for aim in AIMS.values()))
    for name, ways in WAYS.items():
        print(_line(name, figures(asked, by_index(index, ways))))
    draws = [figures(asked, at_random(index.items, seed)) for seed in range(DRAWS)]
    print(_line("random order", {name: statistics.mean(d[name] for d in draws) for name in AIMS}))
    times = []
    for query in asked:
        begun = time.perf_counter()
        index.search(query.text, 5)
        times.append((time.perf_counter() - begun) * 1000)
    print(f"built in {built:.1f} s, opened again in {opened:.2f} s; one search {statistics.median(times):.1f} ms (median)")
    if show:
        print("\n".join(misses(asked, index)))


def _line(name: str, row: dict[str, float]) -> str:
    return f"{name:16}" + "".join(f"{row[key]:12.2f}" for key in AIMS)


if __name__ == "__main__":
    raise SystemExit(main())
