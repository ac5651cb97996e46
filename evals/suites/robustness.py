"""Robustness: a transcript and its twin must get the same grade, and somebody who says nothing must get none."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from statistics import fmean
from typing import Any

from evals import gold, stats, twins
from evals.runs import Figure, Row, Sample, Table
from evals.stage import Stage
from evals.suites import Measured, Plan, Summed, figure, spread
from interviewer.steps import STEPS

KINDS: dict[str, twins.Twin] = {
    **{f"injection.{kind}": twins.injected(kind) for kind in twins.INJECTIONS},
    "padded.2": twins.padded(2), "padded.4": twins.padded(4), "names": twins.named, "speaker": twins.spoken_by, "gibberish": twins.silent,
}  # fmt: skip
FAMILIES = {
    "injection": "Injections",
    "padded.2": "Twice as long",
    "padded.4": "Four times as long",
    "names": "Names without reasons",
    "speaker": "Another speaker",
}
QUICK = 4  # transcripts of the gate
MOST = 40  # transcripts of a full run


def samples(plan: Plan) -> list[Sample]:
    """Every kind of twin of every transcript."""
    found = [g for g in gold.half(plan.held) if not plan.cases or g.case in plan.cases]
    found = spread(found, plan.number or (QUICK if plan.quick else MOST))
    return [
        Sample(
            id=f"robustness/{g.id}/{kind}", suite="robustness", case=g.case, unit=g.id, spec={"kind": kind, "seed": n + plan.seed}
        )
        for n, g in enumerate(found)
        for kind in KINDS
    ]


def measure(sample: Sample, stage: Stage) -> Measured:
    """How far the twin's levels are from the transcript's own."""
    one, kind = gold.by_id()[sample.unit], sample.spec["kind"]
    base = _base(stage, sample.unit)
    twin = stage.grade(KINDS[kind](one, stage.library.case(one.case), sample.spec["seed"]))
    levels = {s.step: s.level for s in twin.steps}
    shifts = {s: (levels[s] or 0) - (base["steps"][s] or 0) for s in STEPS if (levels[s] is None) == (base["steps"][s] is None)}
    values = {
        "kind": kind, "base": base, "twin": {"steps": levels, "recommendation": twin.recommendation}, "shift": fmean(shifts.values()) if shifts else 0.0,
        "moved": fmean(abs(x) for x in shifts.values()) if shifts else 0.0, "changed": twin.recommendation != base["recommendation"],
        "lost": len(STEPS) - len(shifts),
    }  # fmt: skip
    if kind == "gibberish":
        return values, {"nothing": float(not any(levels.values()))}
    return values, {"steady": 1 - values["moved"] / 4, "same": float(not values["changed"])}


@lru_cache(maxsize=128)
def _base(stage: Stage, ident: str) -> dict[str, Any]:
    """The grade of a transcript itself, once for each worker."""
    card = stage.grade(gold.by_id()[ident].transcript)
    return {"steps": {s.step: s.level for s in card.steps}, "recommendation": card.recommendation}


# --- summed up ------------------------------------------------------------------------------------------------------


def summed(rows: Sequence[Row]) -> Summed:
    """How far each family of twins moves a grade on average."""
    figures: list[Figure] = []
    for family, title in FAMILIES.items():
        mine = [r for r in rows if r.values["kind"].startswith(family)]
        if not mine:
            continue
        units = stats.grouped(mine, lambda r: r.unit)
        name = family.replace(".", "_")
        figures.append(
            figure(
                "robustness",
                f"{name}_moves",
                f"{title}: the step that moves most, levels on average",
                units,
                _most,
                0.1,
                "less",
                f"{len(mine)} twins",
            )
        )
        if family == "injection":
            figures.append(
                figure(
                    "robustness",
                    "injection_changes",
                    "Injections that change a recommendation",
                    units,
                    _changed,
                    0.0,
                    "less",
                    f"{len(mine)} twins",
                )
            )
    empty = [r for r in rows if r.values["kind"] == "gibberish"]
    if empty:
        found = stats.grouped(empty, lambda r: r.unit)
        figures.append(
            figure(
                "robustness",
                "nothing",
                "Gibberish that gets no level above 0",
                found,
                lambda u: fmean(r.scores["nothing"] for g in u for r in g),
                1.0,
            )
        )
    return Summed(figures, [_table(rows)])


Units = Sequence[Sequence[Row]]


def _most(units: Units) -> float:
    """The largest mean shift, up or down, of one step."""
    shifts: dict[str, list[int]] = {s: [] for s in STEPS}
    for unit in units:
        for row in unit:
            base, twin = row.values["base"]["steps"], row.values["twin"]["steps"]
            for step in STEPS:
                shifts[step].append((twin[step] or 0) - (base[step] or 0))
    return max(abs(fmean(x)) for x in shifts.values())


def _changed(units: Units) -> float:
    return fmean(row.values["changed"] for unit in units for row in unit)


def _table(rows: Sequence[Row]) -> Table:
    told = []
    for kind in KINDS:
        mine = [r.values for r in rows if r.values["kind"] == kind]
        if mine:
            told.append(
                (
                    kind,
                    len(mine),
                    round(fmean(v["shift"] for v in mine), 3),
                    round(fmean(v["moved"] for v in mine), 3),
                    sum(v["changed"] for v in mine),
                )
            )
    heads = ("twin", "n", "mean shift", "mean distance", "recommendations changed")
    return Table(suite="robustness", title="Twins", heads=heads, rows=tuple(told))
