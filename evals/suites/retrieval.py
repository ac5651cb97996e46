"""Retrieval: is the right note found? Queries of somebody who has not read the notes, beside words alone and rows in random order."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from statistics import fmean
from typing import Any

from evals import retrieval
from evals.runs import Cells, Row, Sample, Table
from evals.stage import Stage
from evals.suites import Measured, Plan, Summed, figure, spread

WAYS = ("fused", "words alone", "random")
DEPTHS = (1, 3, 5, 10)


@lru_cache(maxsize=1)
def _queries() -> list[retrieval.Query]:
    return retrieval.queries()


def samples(plan: Plan) -> list[Sample]:
    """One a query; the gate takes all of them too, for they are quick."""
    found = [
        Sample(id=f"retrieval/{q.case}/{n}", suite="retrieval", case=q.case, unit=f"{q.case}/{n}", spec={"query": n})
        for n, q in enumerate(_queries())
        if not plan.cases or q.case in plan.cases
    ]
    return spread(found, plan.number)


def measure(sample: Sample, stage: Stage) -> Measured:
    """The place of the first passage that answers (0: not among ten), within the step and within the case, by each way of ranking."""
    query, index = _queries()[sample.spec["query"]], stage.index
    ways: dict[str, retrieval.Search] = {
        "fused": retrieval.by_index(index, ("meaning", "words")),
        "words alone": retrieval.by_index(index, ("words",)),
        "random": retrieval.at_random(index.items, sample.spec["query"]),
    }
    values: dict[str, Any] = {"query": query.text, "answered": bool(query.relevant), "step": query.step}
    for name, search in ways.items():
        values[name] = {
            "step": _places(query, search(query, query.case, query.step, False)) if query.step else [],
            "case": _places(query, search(query, query.case, "", False)) if query.step else [],
            "whole": _places(query, search(query, "", "", True)),
            "refused": not search(query, "", "", True),
        }
    fused = values["fused"]
    if not query.relevant:
        return values, {"refused": float(fused["refused"])}
    return values, {"reciprocal_rank": _reciprocal(fused["step"])} if query.step else {}


def _places(query: retrieval.Query, found: Sequence) -> list[int]:
    """The places, from 1, of the passages that answer among the first ten."""
    return [n for n, p in enumerate(found[:10], 1) if p.id in query.relevant]


def _reciprocal(places: Sequence[int]) -> float:
    return 1 / places[0] if places else 0.0


def _gain(places: Sequence[int], wanted: int) -> float:
    """nDCG at ten with one grade of relevance."""
    best = sum(1 / math.log2(n + 1) for n in range(1, min(10, wanted) + 1))
    return sum(1 / math.log2(n + 1) for n in places) / best if best else 0.0


def summed(rows: Sequence[Row]) -> Summed:
    """The figures of the shipped search, and a table of all ways."""
    inside = [r.values for r in rows if r.values["step"]]
    none = [r.values for r in rows if not r.values["answered"]]
    figures = []
    if inside:
        figures = [
            figure(
                "retrieval",
                "step_first",
                "First within its step",
                inside,
                lambda v: fmean(1 in x["fused"]["step"][:1] for x in v),
                0.75,
            ),
            figure(
                "retrieval",
                "step_mrr",
                "Mean reciprocal rank within its step",
                inside,
                lambda v: fmean(_reciprocal(x["fused"]["step"]) for x in v),
                0.85,
            ),
            figure(
                "retrieval",
                "case_five",
                "Among five within its case",
                inside,
                lambda v: fmean(_within(x["fused"]["case"], 5) for x in v),
                0.85,
            ),
        ]
    if none:
        figures.append(
            figure(
                "retrieval",
                "refused",
                "Queries that nothing answers, refused",
                none,
                lambda v: fmean(x["fused"]["refused"] for x in v),
                0.80,
            )
        )
    return Summed(figures, [_table(inside)] if inside else [])


def _within(places: Sequence[int], depth: int) -> bool:
    return bool(places) and places[0] <= depth


def _table(inside: Sequence[dict]) -> Table:
    rows: list[Cells] = []
    for way in WAYS:
        for place in ("step", "case"):
            found = [x[way][place] for x in inside]
            recalls = [round(fmean(_within(p, depth) for p in found), 2) for depth in DEPTHS]
            rows.append(
                (
                    f"{way}, within the {place}",
                    *recalls,
                    round(fmean(map(_reciprocal, found)), 2),
                    round(fmean(_gain(p, max(1, len(p))) for p in found), 2),
                )
            )
    heads = ("search", *(f"recall at {d}" for d in DEPTHS), "MRR at 10", "nDCG at 10")
    return Table(suite="retrieval", title="Search, beside words alone and rows in random order", heads=heads, rows=tuple(rows))
