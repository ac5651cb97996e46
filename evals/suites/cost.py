"""Cost: what a whole round takes, by job: calls, tokens fresh and kept by the provider, dollars, and how long somebody waits."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from statistics import fmean, median
from typing import Any

from evals import scripted
from evals.holding import PacedClock, hold
from evals.runs import Row, Sample, Table
from evals.stage import Stage
from evals.suites import Measured, Plan, Summed, figure
from interviewer.clock import WORDS_A_MINUTE
from interviewer.providers.bill import bill, works
from interviewer.state import Terms, Work

ROUNDS, QUICK = 6, 2
CACHED = 0.1  # what a token that the provider has kept costs beside a fresh one


def samples(plan: Plan) -> list[Sample]:
    """Rounds with scripted candidates."""
    from knowledge.library import Library

    cases = [c for c in Library().folders() if not plan.cases or c in plan.cases]
    number = plan.number or (QUICK if plan.quick else ROUNDS)
    return [
        Sample(id=f"cost/{cases[n % len(cases)]}/{n}", suite="cost", case=cases[n % len(cases)], unit=f"{n}", spec={"seed": plan.seed * 1000 + n})
        for n in range(number)
    ]  # fmt: skip


def measure(sample: Sample, stage: Stage) -> Measured:
    """One round with its grade: what each job took, and how long each reply did."""
    case = stage.library.case(sample.case)
    candidate = scripted.Scripted(case, dict.fromkeys(scripted.STEPS, 3), sample.spec["seed"])
    interview = stage.start(Terms(case=sample.case, pace="spoken"), PacedClock(0.0, WORDS_A_MINUTE, candidate.pause))
    hold(interview, case.question, candidate)
    before = stage.tally.spent
    card = stage.debrief(interview.id)
    graded = stage.tally.spent - before
    spoken = [t.work for t in interview.turns if t.role == "interviewer"][1:]
    jobs = {c.job: c.model_dump(mode="json") for c in bill(works(interview.turns)).costs}
    values: dict[str, Any] = {
        "replies": len(spoken), "jobs": jobs, "grading": graded, "grader": card.grader, "decide": [w.decide for w in spoken],
        "first": [w.first for w in spoken], "whole": [w.whole for w in spoken], "equivalents": sum(map(_equivalents, spoken)),
    }  # fmt: skip
    return values, {}


def _equivalents(work: Work) -> float:
    """Tokens in, those that the provider had kept counted as a tenth, and tokens out."""
    return work.tokens_in - work.tokens_cached + CACHED * work.tokens_cached + work.tokens_out


def summed(rows: Sequence[Row]) -> Summed:
    """Times and tokens of a round."""
    values = [r.values for r in rows]

    def times(key: str) -> Callable[[Sequence[dict]], float]:
        return lambda v: median(x for each in v for x in each[key])

    figures = [
        figure("cost", "decide", "Milliseconds from answer to decision, median", values, times("decide"), 30.0, better="less"),
        figure(
            "cost",
            "calls",
            "Calls of a model a reply",
            values,
            lambda v: fmean(_calls(x) / max(1, x["replies"]) for x in v),
            better="less",
        ),
        figure(
            "cost",
            "speaking",
            "Token equivalents a reply of the interviewer",
            values,
            lambda v: fmean(x["equivalents"] / max(1, x["replies"]) for x in v),
            better="less",
        ),
        figure("cost", "grading", "Tokens to grade a round", values, lambda v: fmean(x["grading"] for x in v), better="less"),
    ]
    if any(x for each in values for x in each["first"]):
        figures.append(
            figure("cost", "first_word", "Milliseconds to the first word, median", values, times("first"), better="less")
        )
    return Summed(figures, [_table(values)])


def _calls(values: dict[str, Any]) -> int:
    return sum(cost["calls"] for job, cost in values["jobs"].items() if job == "interviewer")


def _table(values: Sequence[dict]) -> Table:
    jobs = sorted({job for v in values for job in v["jobs"]})
    rows = []
    for job in jobs:
        mine = [v["jobs"][job] for v in values if job in v["jobs"]]
        dollars = [c["dollars"] for c in mine]
        rows.append(
            (job, *(round(fmean(c[key] for c in mine)) for key in ("calls", "tokens_in", "tokens_cached", "tokens_out")),
             None if None in dollars else round(fmean(dollars), 4))
        )  # fmt: skip
    heads = ("job", "calls", "tokens in", "of them kept", "tokens out", "dollars")
    return Table(
        suite="cost",
        title="A round, by job",
        heads=heads,
        rows=tuple(rows),
        note="" if rows else "No model was asked: the embedded workers take no tokens.",
    )
