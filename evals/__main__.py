"""The evals' command line.

    python -m evals run [SUITE ...]            measure; without names all five suites, on the embedded workers unless models are set
    python -m evals run --resume RUN           go on with a run that was interrupted; what was measured is kept
    python -m evals report RUN                 the run as one HTML page
    python -m evals compare A B                two runs, paired sample by sample: better, worse or inconclusive
    python -m evals compare --a ... --b ...    two prompt versions, rubrics, models or commits: both sides are run first
    python -m evals gate                       the deterministic part, held against gates.yaml and the baseline; exit code 1 when it fails
    python -m evals baseline RUN               take a run's figures as the baseline
    python -m evals calibrate                  fit the embedded grader on the tuning half of the gold set
    python -m evals held                       grade the held-out half once, and log the aggregates

A RUN is the path of a run's file, or its id or name under the folder of runs (INTERVIEWER_HOME/runs).
"""

from __future__ import annotations

import argparse
import sys
import time
import uuid
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from evals import runs, suites
from evals.runs import Figure, Head, Row, Run
from evals.suites import NAMES, Plan
from interviewer.errors import InputError, InterviewerError
from interviewer.settings import Settings, load


def main(words: Sequence[str] | None = None) -> int:
    """Exit code 0 when all is well, 1 when something was measured and is not good enough, 2 when something is not set up."""
    given = _arguments().parse_args(words)
    try:
        return given.does(given)
    except InterviewerError as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("interrupted: what was measured is kept; go on with `python -m evals run --resume RUN`", file=sys.stderr)
        return 130


# --- run ------------------------------------------------------------------------------------------------------------


def _run(given: argparse.Namespace) -> int:
    settings = _settings(given)
    folder = given.out or settings.home / "runs"
    if given.resume:
        path = found(given.resume, folder)
        head = runs.read(path).head
        plan, names = Plan(**{**head.plan, "cases": tuple(head.plan.get("cases", ()))}), head.suites
        _same(head, settings)
    else:
        names = tuple(given.suites or NAMES)
        plan = Plan(given.quick, False, tuple(given.case or ()), given.number, given.repeats, given.seed)
        head, path = None, None
    done = measure(names, plan, settings, folder, given.name, given.parallel, given.limit, path)
    print(told(done))
    print(write_page(done, folder))
    return 0 if done.sound else 1


def measure(
    names: Sequence[str], plan: Plan, settings: Settings, folder: Path, name: str = "", parallel: int = 2, dollars: float = 0.0,
    path: Path | None = None, progress: Callable[[int, int, Row], None] | None = None,
) -> Run:  # fmt: skip
    """Run suites and write the run's file; a `path` that exists is gone on with."""
    from evals.runner import run
    from evals.stage import Stage, commit, models, prompts

    wanted = suites.samples(names, plan)
    if not wanted:
        raise InputError("there is nothing to measure: no sample of these suites is on these cases")
    head = Head(
        id=uuid.uuid4().hex[:12], name=name, suites=tuple(names), plan=plan._asdict(), started=datetime.now(UTC).isoformat(timespec="seconds"),
        commit=commit(), models=models(settings), prompts=prompts(Stage(settings)) if models(settings) else {}, rubric=rubric(settings),
        samples=len(wanted),
    )  # fmt: skip
    path = path or runs.file(folder, head.id)
    return run(path, head, wanted, settings, parallel, dollars, progress or _Progress(str(path)).row)


def rubric(settings: Settings) -> str:
    """A short name for the cases and tables that grades rest on: it changes when one of them does."""
    import hashlib

    from interviewer.grading import calibrated, levels
    from knowledge.library import Library

    library = Library(settings.cases)
    versions = [library.entry(slug).version for slug in library.folders()]
    return f"{calibrated.scale().name}/{levels.FULLY_READ.name}/{hashlib.sha256(' '.join(versions).encode()).hexdigest()[:8]}"


def _same(head: Head, settings: Settings) -> None:
    """InputError when a run would go on with other workers than it was begun with."""
    from evals.stage import models

    if models(settings) != head.models:
        raise InputError(f"this run was begun with {head.models or 'the embedded workers'}: set the same models to go on with it")


class _Progress:
    """How far a run is: a line that is written over in a terminal, every tenth sample elsewhere."""

    def __init__(self, what: str):
        self._began, self._bad, self._last = time.perf_counter(), 0, 0.0
        print(what, file=sys.stderr, flush=True)

    def row(self, done: int, of: int, row: Row) -> None:
        self._bad += not row.ok
        if not row.ok:
            print(f"\n{row.id}: {row.error}", file=sys.stderr)
        now = time.perf_counter() - self._began
        line = f"{done} of {of} samples, {now:.0f} s" + (f", {self._bad} failed" if self._bad else "")
        if sys.stderr.isatty():
            print(f"\r{line}", end="\n" if done == of else "", file=sys.stderr, flush=True)
        elif done == of or now - self._last >= 10:
            self._last = now
            print(line, file=sys.stderr, flush=True)


def told(run: Run) -> str:
    """A run's figures as lines of text."""
    head = run.head
    who = ", ".join(f"{job}: {model}" for job, model in head.models.items()) or "embedded workers"
    lines = [
        f"# run {head.id} {head.name}  {who}  commit {head.commit or '?'}  {len(run.rows)} of {head.samples} samples, {run.end.seconds:.0f} s"
    ]
    lines += [f"# {head.made}"]
    lines += [figure(f) for f in run.end.figures]
    if run.errors:
        lines.append(f"{len(run.errors)} samples failed, for example {run.errors[0].id}: {run.errors[0].error}")
    if run.end.status == "stopped":
        lines.append(f"stopped: {run.end.why}")
    return "\n".join(lines)


def figure(f: Figure) -> str:
    """One figure as a line: value, interval, number of units, aim and what stands beside it."""
    value = "not measured" if f.value is None else f"{f.value:.3g}"
    spread = f" [{f.low:.3g}, {f.high:.3g}]" if f.low is not None and f.high is not None else ""
    sign = {True: "met", False: "MISSED", None: ""}[f.met]
    aim = f"  aim {f.aim:g} {sign}" if f.aim is not None else ""
    return f"{f.key:28} {value}{spread}  n {f.n}{aim}  {f.title}" + (f" ({f.beside})" if f.beside else "")


def write_page(run: Run, folder: Path) -> Path:
    """The run's HTML beside its file."""
    from evals.page import page

    path = folder / f"{run.head.id}.html"
    path.write_text(page(run), encoding="utf-8")
    return path


def found(name: str, folder: Path) -> Path:
    """The file of a run by its path, its id, or its name (the newest of that name); InputError when there is none."""
    if Path(name).is_file():
        return Path(name)
    for path in sorted(folder.glob("*.jsonl"), key=lambda p: -p.stat().st_mtime):
        if path.stem == name or runs.read(path).head.name == name:
            return path
    raise InputError(f"there is no run {name!r} in {folder}")


# --- the others -----------------------------------------------------------------------------------------------------


def _report(given: argparse.Namespace) -> int:
    folder = given.out or load().home / "runs"
    path = found(given.run, folder)
    run = runs.read(path)
    if given.inspect:
        from evals.inspect_log import write

        for file in write(run, path.parent):
            print(file)
        return 0
    print(write_page(run, path.parent))
    return 0


def _compare(given: argparse.Namespace) -> int:
    from evals.compare import command

    return command(given)


def _gate(given: argparse.Namespace) -> int:
    from evals.gates import command

    return command(given)


def _baseline(given: argparse.Namespace) -> int:
    from evals.gates import BASELINE, keep

    run = runs.read(found(given.run, given.out or load().home / "runs"))
    print(keep(run, given.file or BASELINE))
    return 0


def _calibrate(given: argparse.Namespace) -> int:
    from evals.calibrate import command

    return command(given)


def _held(given: argparse.Namespace) -> int:
    from evals.heldout import command

    return command(given)


def _settings(given: argparse.Namespace) -> Settings:
    flags = {f"model_{job}": getattr(given, job) for job in ("interviewer", "assessor", "grader", "candidate", "judge")}
    return load(model=given.model, prompts=given.prompts, cases=given.cases, **flags)


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m evals", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    run = _command(commands, "run", _run, "measure suites and write a run")
    run.add_argument("suites", nargs="*", metavar="SUITE", help=f"{', '.join(NAMES)} (default: all)")
    run.add_argument("--resume", metavar="RUN")
    run.add_argument("--name", default="", help="a name for the run, to find it again")
    _sampling(run)
    _workers(run)
    report = _command(commands, "report", _report, "a run as one HTML page")
    report.add_argument("run", metavar="RUN")
    report.add_argument("--inspect", action="store_true", help="write logs that `inspect view` reads instead")
    compare = _command(commands, "compare", _compare, "two runs, or two ways of doing something, paired")
    compare.add_argument("runs", nargs="*", metavar="RUN", help="two runs")
    for side in "ab":
        compare.add_argument(
            f"--{side}", metavar="KIND=WHAT", help="prompts=grader=v1 | cases=FOLDER | model=PROVIDER:NAME | commit=HASH | live"
        )
    compare.add_argument("--suite", default="grading", choices=NAMES, help="what both sides are run on")
    compare.add_argument("--json", action="store_true")
    _sampling(compare)
    _workers(compare)
    gate = _command(commands, "gate", _gate, "the deterministic gate")
    gate.add_argument("--run", metavar="RUN", help="hold this run against the gates instead of measuring")
    gate.add_argument("--junit", type=Path, help="write the result as JUnit XML")
    gate.add_argument("--markdown", type=Path, help="write a summary in Markdown")
    gate.add_argument("--parallel", type=int, default=2)
    baseline = _command(commands, "baseline", _baseline, "take a run's figures as the baseline")
    baseline.add_argument("run", metavar="RUN")
    baseline.add_argument("--file", type=Path)
    calibrate = _command(commands, "calibrate", _calibrate, "fit the embedded grader on the tuning half")
    calibrate.add_argument("--dry", action="store_true", help="print what it would reach and write nothing")
    held = _command(commands, "held", _held, "grade the held-out half and log the aggregates")
    held.add_argument("--why", required=True, help="why it is run: stands in the log")
    held.add_argument("--parallel", type=int, default=2)
    return parser


def _command(commands, name: str, does: Callable, help: str) -> argparse.ArgumentParser:
    parser = commands.add_parser(name, help=help)
    parser.add_argument("--out", type=Path, help="the folder of runs (default: INTERVIEWER_HOME/runs)")
    parser.set_defaults(does=does)
    return parser


def _sampling(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--quick", action="store_true", help="only the gate's part of each suite")
    parser.add_argument("--case", action="append", help="only this case (may be given several times)")
    parser.add_argument("--number", type=int, default=0, help="at most so many samples of a suite's main kind")
    parser.add_argument("--repeats", type=int, default=1)
    parser.add_argument("--seed", type=int, default=11)


def _workers(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--parallel", type=int, default=2, help="samples at once: processes for embedded workers, threads for models"
    )
    parser.add_argument("--limit", type=float, default=0.0, help="US dollars after which it stops (0: no limit)")
    parser.add_argument("--model", help="for all jobs: embedded or PROVIDER:NAME")
    for job in ("interviewer", "assessor", "grader", "candidate", "judge"):
        parser.add_argument(f"--{job}", help=f"the model of one job, as INTERVIEWER_MODEL_{job.upper()}")
    parser.add_argument("--prompts", help="versions of prompts, as INTERVIEWER_PROMPTS: grader=v1")
    parser.add_argument("--cases", type=Path, help="a folder of own cases, as INTERVIEWER_CASES")


if __name__ == "__main__":
    sys.exit(main())
