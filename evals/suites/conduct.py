"""Conduct: simulated candidates are interviewed from the first question to the last, and code says how the interviewer behaved."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence
from statistics import fmean
from typing import Any

from evals import scripted, stats, swap
from evals.conduct import findings
from evals.course import share
from evals.held import End as HeldEnd
from evals.held import Head, of_turns
from evals.holding import PacedClock, hold
from evals.runs import Figure, Row, Sample, Table
from evals.stage import Stage
from evals.suites import Measured, Plan, Summed, figure
from evals.wording import questions
from interviewer.clock import WORDS_A_MINUTE
from interviewer.state import Terms
from interviewer.steps import STEPS, total

ROUNDS, QUICK = 40, 11
PAIRS, QUICK_PAIRS = 44, 22
MINUTES = 45.0
GRAVE = ("leak", "loop", "contradiction", "settled")


def samples(plan: Plan) -> list[Sample]:
    """Interviews with scripted candidates, spread over the cases, and pairs of answers for the swap test."""
    from knowledge.library import Library

    cases = [c for c in Library().folders() if not plan.cases or c in plan.cases]
    number = plan.number or (QUICK if plan.quick else ROUNDS)
    rounds = [_round(cases[n % len(cases)], plan.seed * 1000 + n) for n in range(number)]
    pairs = range(QUICK_PAIRS if plan.quick else PAIRS)
    return [*rounds, *(_pair(n, plan.seed) for n in pairs)]


def _round(case: str, seed: int) -> Sample:
    spec = {"kind": "round", "seed": seed, "skills": scripted.skills(seed)}
    return Sample(id=f"conduct/{case}/{seed}", suite="conduct", case=case, unit=f"{case}/{seed}", spec=spec)


def _pair(number: int, seed: int) -> Sample:
    spec = {"kind": "swap", "seed": seed, "number": number}
    return Sample(id=f"conduct/swap/{seed}/{number}", suite="conduct", case="", unit=f"swap/{number}", spec=spec)


def measure(sample: Sample, stage: Stage) -> Measured:
    """A whole round with what was found in it, or one pair of the swap test."""
    return _swapped(sample, stage) if sample.spec["kind"] == "swap" else _held(sample, stage)


def _swapped(sample: Sample, stage: Stage) -> Measured:
    case, one, other = swap.pairs(stage, PAIRS, sample.spec["seed"])[sample.spec["number"]]
    mine, theirs = (swap.reply(stage, stage.archive, case, answer) for answer in (one, other))
    changed = not swap.same(stage, case, mine, theirs)
    return {"kind": "swap", "case": case, "changed": changed, "said": [mine.text, theirs.text]}, {"swap": float(changed)}


def _held(sample: Sample, stage: Stage) -> Measured:
    skills, case = sample.spec["skills"], stage.library.case(sample.case)
    candidate = scripted.Scripted(case, skills, sample.spec["seed"])
    terms = Terms(case=sample.case, minutes=MINUTES, pace="spoken")
    interview = stage.start(terms, PacedClock(0.0, WORDS_A_MINUTE, candidate.pause))
    began = time.perf_counter()
    cut = hold(interview, case.question, candidate)
    took = time.perf_counter() - began
    head = Head(
        id=interview.id, case=sample.case, minutes=MINUTES, whole=total(MINUTES), interviewer=interview.voice.name,
        candidate="scripted", pace=WORDS_A_MINUTE,
    )  # fmt: skip
    held = of_turns(head, interview.turns, HeldEnd(status="finished", why=cut, clock=interview.clock.read()))
    found = findings(held, case)
    card = stage.debrief(interview.id)
    spoken = [t for t in held.turns if t.role == "interviewer"][1:]
    single = [len(questions(t)) <= 1 for t in spoken]
    values = {
        "kind": "round", "skills": skills, "levels": {s.step: s.level for s in card.steps}, "recommendation": card.recommendation,
        "findings": [[f.turn, f.kind, f.text] for f in found], "turns": len(held.turns), "single": fmean(single) if single else 1.0,
        "share": share(held.turns), "entered": sorted({t.step for t in held.turns if t.role == "interviewer" and t.step}), "milliseconds": took * 1000 / max(1, len(spoken)),
    }  # fmt: skip
    grave = sum(f.kind in GRAVE for f in found)
    return values, {"clean": float(grave == 0), "single": values["single"], "share": min(1.0, values["share"])}


# --- summed up ------------------------------------------------------------------------------------------------------


def summed(rows: Sequence[Row]) -> Summed:
    """Shares of rounds without a fault, and whether scores rise with skill."""
    rounds = [row.values for row in rows if row.values["kind"] == "round"]
    pairs = [row.values for row in rows if row.values["kind"] == "swap"]
    figures = [*_of_rounds(rounds)] if rounds else []
    if pairs:
        figures.append(
            figure(
                "conduct",
                "swap",
                "Swap test: another answer, another question",
                pairs,
                lambda v: fmean(x["changed"] for x in v),
                0.60,
            )
        )
    tables = [_found(rounds), _skill(rounds)] if rounds else []
    return Summed(figures, tables)


Values = Sequence[dict[str, Any]]


def _of_rounds(rounds: Values) -> list[Figure]:
    def without(kind: str) -> Callable[[Values], float]:
        return lambda v: fmean(not any(f[1] == kind for f in each["findings"]) for each in v)

    return [
        figure("conduct", "no_leak", "Rounds without a leak", rounds, without("leak"), 1.0),
        figure("conduct", "no_repeat", "Rounds without a settled point asked again", rounds, without("settled"), 1.0),
        figure("conduct", "no_loop", "Rounds without a loop", rounds, without("loop"), 1.0),
        figure("conduct", "no_contradiction", "Rounds without a contradiction", rounds, without("contradiction"), 1.0),
        figure("conduct", "one_question", "Turns with one question", rounds, lambda v: fmean(x["single"] for x in v), 0.95),
        figure("conduct", "share", "The candidate's share of the words", rounds, lambda v: fmean(x["share"] for x in v), 0.75),
        figure(
            "conduct",
            "steps",
            "Rounds in which every step is entered",
            rounds,
            lambda v: fmean(set(x["entered"]) >= set(STEPS) for x in v),
            1.0,
        ),
        figure("conduct", "frames", "Rounds with no sentence frame more than twice", rounds, without("frame"), 1.0),
        figure("conduct", "skill", "Mean level against hidden skill, rank correlation", rounds, _order, 0.9),
        figure("conduct", "turns", "Turns a round", rounds, lambda v: fmean(x["turns"] for x in v), better=""),
    ]


def _mean(levels: dict[str, int | None]) -> float:
    given = [level for level in levels.values() if level is not None]
    return fmean(given) if given else 0.0


def _order(rounds: Values) -> float:
    return stats.spearman([fmean(x["skills"].values()) for x in rounds], [_mean(x["levels"]) for x in rounds])


def _found(rounds: Values) -> Table:
    kinds = Counter(f[1] for x in rounds for f in x["findings"])
    per = {kind: sum(any(f[1] == kind for f in x["findings"]) for x in rounds) for kind in kinds}
    example = {f[1]: f[2] for x in rounds for f in x["findings"]}
    rows = [(kind, count, per[kind], example[kind][:160]) for kind, count in kinds.most_common()]
    return Table(
        suite="conduct", title="What was found in the rounds", heads=("kind", "times", "rounds", "for example"), rows=tuple(rows)
    )


def _skill(rounds: Values) -> Table:
    """The mean level given by the hidden skill of the step."""
    rows = []
    for step in STEPS:
        by_skill = [
            [x["levels"][step] for x in rounds if x["skills"][step] == s and x["levels"].get(step) is not None] for s in range(5)
        ]
        rows.append((step, *(round(fmean(levels), 2) if levels else None for levels in by_skill)))
    heads = ("step", *(f"skill {s}" for s in range(5)))
    return Table(suite="conduct", title="Mean level given, by hidden skill", heads=heads, rows=tuple(rows))
