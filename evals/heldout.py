"""The held-out half of the gold set: graded by one command, shown as aggregates only, and every run of it logged.

What is fitted or looked at by hand is on the other half. Beside every figure stands how often the half was run before.
"""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from pathlib import Path

from evals.runs import Figure, Run
from evals.suites import Plan
from interviewer.settings import load

LOG = Path(__file__).with_name("heldout.md")
HEAD = """# Runs of the held-out half

Every run of `python -m evals held`, in order. Transcripts and labels were written by language models; no person has rated them. Nothing was
fitted on these problems and no transcript of them was read while fitting. A figure that is chosen among many runs flatters: count them.
"""


def command(given: argparse.Namespace) -> int:
    """Measure, print and log the aggregates. The run's file stays out of the folder of runs, so that no page shows its transcripts."""
    import tempfile

    from evals.__main__ import figure, measure

    settings = load()
    with tempfile.TemporaryDirectory(prefix="evals-held-") as folder:
        run = measure(("grading", "robustness"), Plan(held=True), settings, Path(folder), "held", given.parallel)
    print("\n".join(figure(f) for f in run.end.figures))
    log(run, given.why)
    return 0 if run.sound else 1


def log(run: Run, why: str, file: Path = LOG) -> None:
    """Add one run to the log."""
    text = file.read_text("utf-8") if file.is_file() else HEAD
    number = text.count("\n## ") + 1
    who = ", ".join(f"{job} {model}" for job, model in run.head.models.items()) or "embedded workers"
    head = f"\n## {number}. {datetime.now(UTC):%Y-%m-%d}, commit {run.head.commit or '?'}, {who}\n\n{why}\n\n"
    file.write_text(text + head + "\n".join(_line(f) for f in run.end.figures) + "\n", encoding="utf-8")


def _line(f: Figure) -> str:
    value = "not measured" if f.value is None else f"{f.value:.3f}"
    spread = f" [{f.low:.3f}, {f.high:.3f}]" if f.low is not None and f.high is not None else ""
    aim = f", aim {f.aim:g}" if f.aim is not None else ""
    return f"- {f.title}: **{value}**{spread}{aim}, n {f.n}" + (f" ({f.beside})" if f.beside else "")
