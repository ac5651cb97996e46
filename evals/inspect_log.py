"""A run as logs of Inspect, one a suite, for `inspect view`. Needs the extra: pip install 'ml-design-interviewer[inspect]'."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from evals.runs import Row, Run
from interviewer.errors import SetupError

if TYPE_CHECKING:
    from inspect_ai.log import EvalLog


def write(run: Run, folder: Path) -> list[Path]:
    """Write `<run>-<suite>.eval` for each suite of the run; SetupError when the package is missing."""
    try:
        from inspect_ai.log import write_eval_log
    except ImportError as error:
        raise SetupError("Inspect's log format needs a package: pip install 'ml-design-interviewer[inspect]'") from error
    written = []
    for suite in run.head.suites:
        rows = [row for row in run.rows if row.suite == suite]
        if rows:
            path = folder / f"{run.head.id}-{suite}.eval"
            write_eval_log(_log(run, suite, rows), str(path))
            written.append(path)
    return written


def _log(run: Run, suite: str, rows: Sequence[Row]) -> EvalLog:
    """One suite as a log: a sample a row (a repeat is an epoch), its values as they are, its scores, and the figures as metrics."""
    from inspect_ai.log import EvalConfig, EvalDataset, EvalLog, EvalMetric, EvalResults, EvalSample, EvalScore, EvalSpec
    from inspect_ai.scorer import Score

    head = run.head
    figures = [f for f in run.end.figures if f.suite == suite and f.value is not None]
    metrics = {
        f.name: EvalMetric(name=f.name, value=f.value or 0.0, metadata={"low": f.low, "high": f.high, "n": f.n}) for f in figures
    }
    samples = [
        EvalSample(
            id=row.id.partition("#")[0], epoch=row.repeat + 1, input=row.unit, target="", metadata={"case": row.case, "error": row.error},
            scores={n: Score(value=v, explanation=_told(row)) for n, v in row.scores.items()},
        )
        for row in rows
    ]  # fmt: skip
    spec = EvalSpec(
        created=head.started, task=suite, dataset=EvalDataset(name=suite, samples=len(rows)), config=EvalConfig(epochs=max(r.repeat for r in rows) + 1),
        model=next(iter(head.models.values()), "embedded"), metadata={"run": head.id, "commit": head.commit, "prompts": head.prompts, "rubric": head.rubric, "made": head.made},
    )  # fmt: skip
    return EvalLog(
        status="success" if run.sound else "error", eval=spec, samples=samples,
        results=EvalResults(total_samples=len(rows), completed_samples=sum(r.ok for r in rows), scores=[EvalScore(name=suite, scorer=suite, metrics=metrics)]),
    )  # fmt: skip


def _told(row: Row) -> str:
    return json.dumps(row.values, ensure_ascii=False, indent=1)
