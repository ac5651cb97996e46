"""Grading: gold transcripts are graded again and held against their raters. Never re-interviewed."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from statistics import fmean
from typing import Any

from evals import gold, stats, style
from evals.gold import Gold, Rater
from evals.runs import Cells, Figure, Row, Sample, Side, Table
from evals.stage import Stage
from evals.suites import Measured, Plan, Summed, figure, spread
from interviewer.grading.scorecard import Scorecard
from interviewer.steps import STEPS

NEAR = 2  # turns by which an error may be found off its place: the answer before or after
WORST = 10  # transcripts shown side by side
QUICK = 12  # transcripts of the gate
MARK = {"absent": "n", "wrong": "n", "named": "p", "justified": "m", "weighed": "m", "quantified": "m"}
LOW, SOLID = ("buzzword", "confidently wrong"), ("solid", "solid in plain words")
Pairs = list[tuple[int, int]]


def samples(plan: Plan) -> list[Sample]:
    """One for each transcript of the half."""
    found = [g for g in gold.half(plan.held) if not plan.cases or g.case in plan.cases]
    found = spread(found, plan.number or (QUICK if plan.quick else 0))
    return [Sample(id=f"grading/{g.id}", suite="grading", case=g.case, unit=g.id) for g in found]


def measure(sample: Sample, stage: Stage) -> Measured:
    """The scorecard of one transcript."""
    one = gold.by_id()[sample.unit]
    card = stage.grade(one.transcript)
    values = given(card)
    return values, scores(one, values)


def given(card: Scorecard) -> dict[str, Any]:
    """What of a scorecard is compared and shown."""
    return {
        "grader": card.grader, "rubric": card.rubric, "recommendation": card.recommendation, "why": card.recommendation_reason,
        "steps": {s.step: s.level for s in card.steps}, "reasons": {s.step: s.reason for s in card.steps},
        "cross_cutting": {c.id: c.level for c in card.cross_cutting},
        "points": {v.criterion: v.depth for s in card.steps for v in s.verdicts},
        "quotes": {v.criterion: [[e.turn, e.quote] for e in v.evidence] for s in card.steps for v in s.verdicts if v.evidence},
        "errors": [{"turn": e.turn, "what": e.what, "quote": e.quote, "corrected": e.corrected} for e in card.errors],
    }  # fmt: skip


def scores(one: Gold, values: dict[str, Any]) -> dict[str, float]:
    """How near the grade is to the raters, 0 to 1, for comparing two runs transcript by transcript."""
    steps = [abs(stats.farthest(values["steps"].get(s), round(one.level(s)), 5) - one.level(s)) / 4 for s in STEPS]
    near = {"steps": 1 - fmean(steps), "recommendation": 1 - abs(_rank(values, one) - one.rank) / 3}
    points = [mark == r.points[p] for r in one.raters for p, mark in _marks(values).items() if p in r.points]
    return near | ({"points": fmean(points)} if points else {})


def _rank(values: dict[str, Any], one: Gold) -> int:
    mine = values["recommendation"]
    return stats.farthest(gold.RECOMMENDATIONS.index(mine) if mine else None, round(one.rank), 4)


def _marks(values: dict[str, Any]) -> dict[str, str]:
    return {point: MARK[depth] for point, depth in values["points"].items() if depth in MARK}


# --- summed up ------------------------------------------------------------------------------------------------------


def summed(rows: Sequence[Row]) -> Summed:
    """Agreement with the raters, beside the raters with each other and what needs no reading."""
    units = stats.grouped([(gold.by_id()[r.unit], r.values) for r in rows if r.unit in gold.by_id()], lambda pair: pair[0].id)
    if not units:
        return Summed()
    tables = [_matrix(units), _by_step(units), _by_profile(units), _by_point(units)]
    return Summed(tuple(_figures(units)), tuple(t for t in tables if t.rows), tuple(_sides(units)))


Units = Sequence[Sequence[tuple[Gold, dict[str, Any]]]]  # by transcript, one entry a repeat


def _figures(units: Units) -> Iterator[Figure]:
    raters = [[(one, _as_given(one.raters[1])) for one, _ in unit[:1]] for unit in units]
    beside = f"raters with each other {_whole_kappa(_first(raters)):.2f}, style alone {_style_kappa(units):.2f}"
    yield figure("grading", "recommendation", "Recommendation, weighted kappa", units, _whole_kappa, 0.85, beside=beside)
    copied = [[(one, _copied(v)) for one, v in unit] for unit in units]
    beside = f"raters {_step_kappa(_first(raters)):.2f}, one overall grade in every step {_step_kappa(copied):.2f}"
    yield figure("grading", "steps", "Steps pooled, weighted kappa", units, _step_kappa, 0.80, beside=beside)
    lowest = min(STEPS, key=lambda s: _one_step(s)(units))
    yield figure("grading", "lowest_step", f"The lowest step ({lowest}), weighted kappa", units, _one_step(lowest), 0.60)
    uneven = [unit for unit in units if unit[0][0].uneven]
    beside = f"raters {_profile(_first(raters, uneven)):.2f}; {len(uneven)} uneven candidates"
    yield figure("grading", "profile", "Profile agreement, rank correlation", uneven, _profile, 0.5, beside=beside)
    yield figure("grading", "coverage", "Steps that could be graded", units, _coverage, 0.98)
    yield figure("grading", "within_one", "Steps within one level of a rater", units, _within_one)
    yield figure("grading", "bias", "Mean of grader minus rater, levels", units, _bias, better="")
    beside = f"raters {_points(_first(raters)):.2f}"
    yield figure("grading", "points", "Points of the rubric, macro-F1 of met and not met", units, _points, 0.70, beside=beside)
    wanted = sum(len(_known(unit[0][0])) for unit in units)
    yield figure(
        "grading", "errors_found", "Planted errors that both raters saw, found", units, _recall, 0.5, beside=f"{wanted} errors"
    )
    yield figure("grading", "errors_right", "Errors named that a rater named as well", units, _precision, 0.8)
    yield figure("grading", "order", "Buzzword and confidently wrong below every solid one", units, _order, 1.0)


def _as_given(rater: Rater) -> dict[str, Any]:
    """A rater's marks in the form of a grade, to be held against the other rater."""
    depths = {"m": "justified", "p": "named", "n": "absent"}
    return {
        "steps": rater.steps,
        "recommendation": rater.recommendation,
        "points": {p: depths[m] for p, m in rater.points.items()},
    }


def _first(raters: Units, of: Units | None = None) -> Units:
    """Units whose only rater is the first one."""
    ids = {unit[0][0].id for unit in of} if of is not None else None
    kept = [unit for unit in raters if ids is None or unit[0][0].id in ids]
    return [[(one.model_copy(update={"raters": one.raters[:1]}), v) for one, v in unit] for unit in kept]


def _copied(values: dict[str, Any]) -> dict[str, Any]:
    levels = [level for level in values["steps"].values() if level is not None]
    overall = round(fmean(levels)) if levels else None
    return values | {"steps": dict.fromkeys(STEPS, overall)}


def _each(units: Units) -> Iterator[tuple[Gold, dict[str, Any], Rater]]:
    return ((one, values, rater) for unit in units for one, values in unit for rater in one.raters)


def _whole_kappa(units: Units) -> float:
    return stats.kappa([(_rank_for(values, rater), rater.rank) for _, values, rater in _each(units)], 4)


def _rank_for(values: dict[str, Any], rater: Rater) -> int:
    mine = values["recommendation"]
    return stats.farthest(gold.RECOMMENDATIONS.index(mine) if mine else None, rater.rank, 4)


def _step_pairs(units: Units, steps: Sequence[str] = STEPS) -> Pairs:
    return [
        (stats.farthest(values["steps"].get(s), rater.steps[s], 5), rater.steps[s])
        for _, values, rater in _each(units)
        for s in steps
    ]


def _step_kappa(units: Units) -> float:
    return stats.kappa(_step_pairs(units), 5)


def _one_step(step: str) -> Callable[[Units], float]:
    return lambda units: stats.kappa(_step_pairs(units, (step,)), 5)


def _profile(units: Units) -> float:
    """How alike grader and raters see which steps are better than the rest of the same candidate."""
    mine, theirs = [], []
    for unit in units:
        for one, values in unit:
            levels = [stats.farthest(values["steps"].get(s), round(one.level(s)), 5) for s in STEPS]
            wanted = [one.level(s) for s in STEPS]
            mine += [x - fmean(levels) for x in levels]
            theirs += [x - fmean(wanted) for x in wanted]
    return stats.spearman(mine, theirs) if mine else math.nan


def _coverage(units: Units) -> float:
    levels = [values["steps"].get(s) for unit in units for _, values in unit for s in STEPS]
    return fmean(level is not None for level in levels)


def _within_one(units: Units) -> float:
    return fmean(abs(a - b) <= 1 for a, b in _step_pairs(units))


def _bias(units: Units) -> float:
    return fmean(a - b for a, b in _step_pairs(units))


def _point_pairs(units: Units) -> list[tuple[str, str]]:
    return [
        (mark, rater.points[point])
        for _, values, rater in _each(units)
        for point, mark in _marks(values).items()
        if point in rater.points
    ]


def _points(units: Units) -> float:
    pairs = _point_pairs(units)
    return fmean(_f1(pairs, mark) for mark in "mn") if pairs else math.nan


def _f1(pairs: Sequence[tuple[str, str]], mark: str) -> float:
    right = sum(a == b == mark for a, b in pairs)
    return stats.f1(right, sum(a == mark for a, _ in pairs), sum(b == mark for _, b in pairs))


# --- errors ---------------------------------------------------------------------------------------------------------


def _known(one: Gold) -> list[int]:
    """The turns of errors that the writer planted and both raters saw (that both saw, where nothing was planted); one a place."""
    first, second = ([e.turn for e in rater.errors] for rater in one.raters[:2])
    both = [t for t in first if any(abs(t - u) <= NEAR for u in second)]
    planted = [e.turn for e in one.planted]
    seen = [t for t in both if not planted or any(abs(t - p) <= NEAR for p in planted)]
    return [t for n, t in enumerate(seen) if t not in seen[:n]]


def _recall(units: Units) -> float:
    found = [
        any(abs(e["turn"] - turn) <= NEAR for e in values["errors"]) for unit in units for one, values in unit for turn in _known(one)
    ]  # fmt: skip
    return fmean(found) if found else math.nan


def _precision(units: Units) -> float:
    right = []
    for unit in units:
        for one, values in unit:
            named = [e.turn for rater in one.raters for e in rater.errors]
            right += [any(abs(e["turn"] - turn) <= NEAR for turn in named) for e in values["errors"]]
    return fmean(right) if right else math.nan


def _order(units: Units) -> float:
    """The share of pairs on one problem (and level) that stand in the right order by recommendation, then mean level."""
    placed = [(one, _place(values)) for unit in units for one, values in unit]
    pairs = [
        low < high for a, low in placed for b, high in placed if a.case == b.case and a.profile in LOW and b.profile in SOLID
    ]
    return fmean(pairs) if pairs else math.nan


def _place(values: dict[str, Any]) -> tuple[int, float]:
    levels = [level for level in values["steps"].values() if level is not None]
    rank = gold.RECOMMENDATIONS.index(values["recommendation"]) if values["recommendation"] else -1
    return rank, fmean(levels) if levels else 0.0


def _style_kappa(units: Units) -> float:
    """What the style of the words alone reaches, each problem guessed from the others."""
    guessed = style.guesses(gold.everything())
    told = [[(one, {"recommendation": gold.RECOMMENDATIONS[guessed[one.id]]}) for one, _ in unit] for unit in units]
    return _whole_kappa(told)


# --- for the report -------------------------------------------------------------------------------------------------


def _matrix(units: Units) -> Table:
    pairs = [(_rank_for(values, rater), rater.rank) for _, values, rater in _each(units)]
    names = [name.replace("_", " ") for name in gold.RECOMMENDATIONS]
    rows: list[Cells] = [
        (f"rater: {name}", *(sum(p == (mine, theirs) for p in pairs) for mine in range(4))) for theirs, name in enumerate(names)
    ]
    return Table(suite="grading", title="Recommendation: raters and grader", heads=("", *names), rows=tuple(rows))


def _by_step(units: Units) -> Table:
    rows: list[Cells] = []
    for step in STEPS:
        pairs = _step_pairs(units, (step,))
        marks = [(a, b) for a, b in _by_prefix(units, step)]
        rows.append(
            (step, round(stats.kappa(pairs, 5), 2), f"{fmean(a == b for a, b in pairs):.0%}", f"{fmean(abs(a - b) <= 1 for a, b in pairs):.0%}",
             round(fmean(abs(a - b) for a, b in pairs), 2), round(fmean(a - b for a, b in pairs), 2),
             round(fmean(_f1(marks, m) for m in "mn"), 2) if marks else None)
        )  # fmt: skip
    heads = ("step", "kappa", "exact", "within one", "mean error", "bias", "points, macro-F1")
    return Table(suite="grading", title="By step", heads=heads, rows=tuple(rows))


def _by_prefix(units: Units, step: str) -> list[tuple[str, str]]:
    return [
        (mark, rater.points[point])
        for _, values, rater in _each(units)
        for point, mark in _marks(values).items()
        if point in rater.points and point.startswith(f"{step}.")
    ]


def _by_profile(units: Units) -> Table:
    names = sorted({unit[0][0].profile for unit in units})
    rows: list[Cells] = []
    for name in names:
        mine = [unit for unit in units if unit[0][0].profile == name]
        pairs = [(_rank_for(values, rater), rater.rank) for _, values, rater in _each(mine)]
        rows.append(
            (name, len(mine), round(fmean(b for _, b in pairs), 2), round(fmean(a for a, _ in pairs), 2), round(_bias(mine), 2))
        )
    heads = ("profile", "n", "raters (0 to 3)", "grader (0 to 3)", "bias of steps")
    return Table(suite="grading", title="By profile", heads=heads, rows=tuple(rows))


def _by_point(units: Units) -> Table:
    """The criteria that are read worst, by problem."""
    found: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for one, values, rater in _each(units):
        for point, mark in _marks(values).items():
            if point in rater.points:
                found.setdefault((one.case, point), []).append((mark, rater.points[point]))
    order = sorted(found.items(), key=lambda item: fmean(a == b for a, b in item[1]))[:20]
    sign = {"m": 2, "p": 1, "n": 0}
    rows = [
        (case, point, f"{fmean(a == b for a, b in p):.0%}", round(fmean(sign[a] - sign[b] for a, b in p), 2))
        for (case, point), p in order
    ]
    heads = ("problem", "point", "as the raters", "bias (0 to 2)")
    return Table(suite="grading", title="The points that are read worst", heads=heads, rows=tuple(rows))


def _sides(units: Units) -> Iterator[Side]:
    """The transcripts on which grader and raters are farthest apart; of the held-out half nothing is shown."""
    open_ = [unit[0] for unit in units if unit[0][0].case not in gold.held_cases()]
    worst = sorted(open_, key=lambda pair: scores(*pair)["steps"] + scores(*pair)["recommendation"])[:WORST]
    for one, values in worst:
        raters = tuple(
            {"steps": r.steps, "recommendation": r.recommendation, "errors": [e.model_dump() for e in r.errors]}
            for r in one.raters
        )
        near = scores(one, values)
        yield Side(
            id=one.id, case=one.case, profile=one.profile, apart=round(1 - (near["steps"] + near["recommendation"]) / 2, 3), raters=raters,
            given=values, transcript=tuple((line.role, line.text) for line in one.turns),
        )  # fmt: skip
