"""Runs a judge over all sheets of a round, as often as it wants and side by side. Knows no case and no level."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TypeVar

from interviewer.errors import ModelError
from interviewer.grading.judging import Across, Judge, Judged, Line, Sheet, StepJudgement, Whole, WholeJudge
from interviewer.steps import STEP

Result = TypeVar("Result")
Runs = list[StepJudgement]
Task = Callable[[], StepJudgement | Across]


def sit(judge: Judge, sheets: Sequence[Sheet], whole: Whole, pairs: Sequence[Line]) -> tuple[list[Runs], Across | None]:
    """For each sheet its runs, and the round as a whole where the judge reads it so, else None."""
    if not isinstance(judge, WholeJudge):
        return [[run] for run in _side_by_side([partial(_judge, judge, sheet, pairs) for sheet in sheets], judge.parallel)], None
    tasks: list[Task] = [partial(judge.across, whole, pairs)]
    tasks += [partial(_judge, judge, sheet, pairs) for sheet in sheets for _ in range(judge.repeats)]
    done = _side_by_side(tasks, judge.parallel)
    runs = [each for each in done if isinstance(each, StepJudgement)]
    across = next((each for each in done if isinstance(each, Across)), None)
    return [runs[n : n + judge.repeats] for n in range(0, len(runs), judge.repeats)], across


def _side_by_side(tasks: Sequence[Callable[[], Result]], parallel: int) -> list[Result]:
    """What the tasks give, in their order."""
    if parallel <= 1:
        return [task() for task in tasks]
    with ThreadPoolExecutor(max_workers=parallel) as pool:
        return list(pool.map(lambda task: task(), tasks))


def _judge(judge: Judge, sheet: Sheet, pairs: Sequence[Line]) -> StepJudgement:
    """One step's judgement; a failed model leaves the step unrated and says why."""
    try:
        return judge.judge(sheet, pairs)
    except ModelError as error:
        verdicts = tuple(Judged(criterion=c.id, reason=str(error), depth="unrated") for c in sheet.criteria)
        return StepJudgement(step=sheet.step, verdicts=verdicts, trouble=f"{STEP[sheet.step].title}: {error}")
