"""How well the graders agree with raters: recomputed from rated interviews that are kept in evals/rated.

    python -m evals.agreement            the embedded grader (graded anew) and, where one graded, a model (from the record)
    python -m evals.agreement --each     a line an interview besides

Of a model the verdicts are kept, and the levels are computed from them anew.

The interviews were written or played by language models, and rated blind by two others with the scale of the product; no person
has rated them. `unrated` counts as the farthest level.
"""

from __future__ import annotations

import argparse
import json
import re
import statistics
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from evals.stats import farthest, interval, kappa
from interviewer.casefile import CaseFile
from interviewer.grading import levels
from interviewer.grading.embedded_judge import EmbeddedJudge
from interviewer.grading.grader import grade
from interviewer.grading.scorecard import ErrorFound, Scorecard, StepResult, Verdict
from interviewer.record.transcript import Line, Transcript
from interviewer.steps import STEPS
from knowledge.case import Criterion
from knowledge.library import Library

FOLDER = Path(__file__).with_name("rated")
RECOMMENDATIONS = ("strong_no_hire", "no_hire", "hire", "strong_hire")
_BEYOND = re.compile(r"argued beyond our notes: (\d+)")


class Marks(NamedTuple):
    """Levels by step (None is unrated) and the recommendation."""

    steps: dict[str, int | None]
    recommendation: str | None


class Rated(NamedTuple):
    """One interview: what raters gave, and what a model that graded it gave (None when none did)."""

    id: str
    case: str
    profile: str
    transcript: Transcript
    raters: tuple[Marks, ...]
    model: Marks | None


def rated(folder: Path = FOLDER) -> list[Rated]:
    """All rated interviews."""
    return [_one(json.loads(file.read_text("utf-8"))) for file in sorted(folder.glob("*.json"))]


def _one(row: dict[str, Any]) -> Rated:
    transcript = Transcript(
        id=row["id"], case=row["case"], target_level=row["target_level"],
        lines=tuple(Line(role=t["role"], text=t["text"]) for t in row["turns"]),
    )  # fmt: skip
    raters = tuple(Marks(r["steps"], r["recommendation"]) for r in row["raters"])
    model = by_verdicts(row["case"], row["target_level"], row["model"]) if row.get("model") else None
    return Rated(row["id"], row["case"], row["profile"], transcript, raters, model)


def by_verdicts(case: str, target: str, kept: dict[str, Any]) -> Marks:
    """The levels that follow today from the verdicts and errors that a model once gave."""
    rubric = {c.id: c for c in _file(case).case.rubric}
    errors = [
        ErrorFound(
            what="",
            quote="",
            why="",
            correction="",
            pitfall=None,
            turn=e["turn"],
            step=e["step"],
            core=e["core"],
            corrected=e["corrected"],
        )
        for e in kept["errors"]
    ]
    results = []
    for step, row in kept["steps"].items():
        verdicts = [_verdict(rubric[ident], depth, failure) for ident, (depth, failure) in row["verdicts"].items()]
        level, why = levels.FULLY_READ.step_level(verdicts, [e for e in errors if e.step == step], target, row["beyond"])
        results.append(StepResult(step=step, title=step, level=level, status="rated", reason=why))
    given, _ = levels.FULLY_READ.recommendation(results, errors, target)
    return Marks({r.step: r.level for r in results}, given)


def _verdict(criterion: Criterion, depth: Any, failure: bool) -> Verdict:
    return Verdict(
        criterion=criterion.id, step=criterion.step, topic=criterion.topic, looks_for="", kind=criterion.kind, weight=criterion.weight,
        expected_from=criterion.level, depth=depth, reason="", failure=failure,
    )  # fmt: skip


def keep(card: Scorecard) -> dict[str, Any]:
    """What of a model's scorecard is kept beside a rated interview: its verdicts, errors, and by which prompts."""
    beyond = {s.step: int(found[1]) if (found := _BEYOND.search(s.reason)) else 0 for s in card.steps}
    steps = {
        s.step: {"verdicts": {v.criterion: [v.depth, v.failure] for v in s.verdicts}, "beyond": beyond[s.step]}
        for s in card.steps
    }
    errors = [{"turn": e.turn, "step": e.step, "core": e.core, "corrected": e.corrected, "quote": e.quote} for e in card.errors]
    across = {c.id: c.level for c in card.cross_cutting}
    return {"grader": card.grader, "prompts": list(card.prompts), "steps": steps, "errors": errors, "cross_cutting": across}


@lru_cache(maxsize=16)
def _file(case: str) -> CaseFile:
    return CaseFile(Library().entry(case))


def embedded(one: Rated) -> Marks:
    """What the embedded grader gives."""
    file = _file(one.case)
    return marks(grade(one.transcript, file, EmbeddedJudge(file.reader)))


def marks(card: Scorecard) -> Marks:
    """The marks on a scorecard."""
    return Marks({s.step: s.level for s in card.steps}, card.recommendation)


class Held(NamedTuple):
    """One interview's pairs of (grader, rater): of steps, and of the recommendation."""

    steps: list[tuple[int, int]]
    recommendation: list[tuple[int, int]]


def pairs(mine: Marks, raters: Sequence[Marks]) -> Held:
    """A grader's marks against each rater's."""
    steps = [(farthest(mine.steps.get(s), r.steps[s] or 0, 5), r.steps[s] or 0) for r in raters for s in STEPS]
    given = [RECOMMENDATIONS.index(r.recommendation or "") for r in raters]
    own = RECOMMENDATIONS.index(mine.recommendation) if mine.recommendation else None
    return Held(steps, [(farthest(own, g, 4), g) for g in given])


def on_steps(held: Sequence[Held]) -> float:
    return kappa([p for h in held for p in h.steps], 5)


def on_recommendation(held: Sequence[Held]) -> float:
    return kappa([p for h in held for p in h.recommendation], 4)


def line(name: str, held: Sequence[Held]) -> str:
    """One grader's agreement with the raters, in words and figures."""
    steps = [p for h in held for p in h.steps]
    whole = [p for h in held for p in h.recommendation]
    within = statistics.mean(abs(a - b) <= 1 for a, b in steps)
    _, low, high = interval(held, on_steps)
    _, lower, higher = interval(held, on_recommendation)
    return (
        f"{name:28} {len(held):3} interviews  steps: kappa {on_steps(held):.2f} [{low:.2f}, {high:.2f}], exact {statistics.mean(a == b for a, b in steps):.0%}, "
        f"within one {within:.0%}, bias {statistics.mean(a - b for a, b in steps):+.2f}  recommendation: kappa {on_recommendation(held):.2f} "
        f"[{lower:.2f}, {higher:.2f}], the same {statistics.mean(a == b for a, b in whole):.0%}"
    )


def each(one: Rated, graders: dict[str, Marks]) -> str:
    """One interview: the levels in the order of the steps, and the recommendation, of raters and graders."""
    rows = [(f"rater {n}", r) for n, r in enumerate(one.raters, 1)] + list(graders.items())
    told = [
        f"{name} {''.join('-' if m.steps.get(s) is None else str(m.steps[s]) for s in STEPS)} {m.recommendation}"
        for name, m in rows
    ]
    return f"{one.id:6} {one.case:22} {one.profile:18} {'  '.join(told)}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--each", action="store_true", help="a line an interview")
    given = parser.parse_args()
    found = rated()
    own = {one.id: embedded(one) for one in found}
    if given.each:
        for one in found:
            print(each(one, {"embedded": own[one.id]} | ({"model": one.model} if one.model else {})))
    by_model = [one for one in found if one.model]
    print(line("rater with rater", [pairs(one.raters[0], one.raters[1:]) for one in found]))
    print(line("embedded grader", [pairs(own[one.id], one.raters) for one in found]))
    if by_model:
        print(line("rater with rater, the same", [pairs(one.raters[0], one.raters[1:]) for one in by_model]))
        print(line("a model as the grader", [pairs(one.model, one.raters) for one in by_model if one.model]))
        print(line("embedded, on the same", [pairs(own[one.id], one.raters) for one in by_model]))


if __name__ == "__main__":
    main()
