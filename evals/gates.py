"""The deterministic gate: figures held against fixed bounds and against the baseline. Embedded workers only, so that it repeats."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import yaml

from evals import runs
from evals.runs import Loose, Run
from evals.suites import NAMES, Plan
from interviewer.errors import InputError
from interviewer.settings import load

GATES = Path(__file__).with_name("gates.yaml")
BASELINE = Path(__file__).with_name("baseline.json")


class Gate(Loose):
    """What one figure must be: at least, at most, and no further from the baseline, on its bad side, than `slack`."""

    figure: str
    least: float | None = None
    most: float | None = None
    slack: float | None = None


class Checked(Loose):
    """One gate held against a run; `trouble` is why it does not pass, or ""."""

    figure: str
    value: float | None
    baseline: float | None = None
    trouble: str = ""


def gates(file: Path = GATES) -> list[Gate]:
    """All gates; InputError names what is wrong."""
    try:
        told = yaml.safe_load(file.read_text("utf-8")) or {}
        return [Gate(figure=name, **(bounds or {})) for name, bounds in told.items()]
    except (OSError, yaml.YAMLError, TypeError, ValueError) as error:
        raise InputError(f"{file}: is not a list of gates (FIGURE: {{least, most, slack}}): {error}") from error


def baseline(file: Path = BASELINE) -> dict[str, Any]:
    """The committed figures, with the commit they are of; empty when there are none."""
    return json.loads(file.read_text("utf-8")) if file.is_file() else {}


def keep(run: Run, file: Path = BASELINE) -> str:
    """Take a run's figures as the baseline; InputError when the run is not sound."""
    if not run.sound or run.end.status != "finished":
        raise InputError(f"the run {run.head.id} is not sound or not finished: it is no baseline")
    figures = {f.key: round(f.value, 4) for f in run.end.figures if f.value is not None}
    told = {
        "commit": run.head.commit,
        "made": run.head.made,
        "plan": run.head.plan,
        "rubric": run.head.rubric,
        "figures": figures,
    }
    file.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    return f"{file}: {len(figures)} figures of {run.head.commit or 'a run without a commit'}"


def check(run: Run, wanted: Iterable[Gate], kept: Mapping[str, Any]) -> list[Checked]:
    """Every gate against a run. A figure that was not measured does not pass, nor does anything of a run that is not sound."""
    base = kept.get("figures", {})
    return [_checked(gate, run, base.get(gate.figure)) for gate in wanted]


def _checked(gate: Gate, run: Run, base: float | None) -> Checked:
    figure = run.figure(gate.figure)
    value = figure.value if figure else None
    if value is None or figure is None:
        return Checked(figure=gate.figure, value=None, baseline=base, trouble="was not measured")
    wrong = []
    if not run.sound:
        wrong.append(f"{len(run.errors)} of {run.head.samples} samples failed")
    if gate.least is not None and value < gate.least - 1e-9:
        wrong.append(f"{value:.3f} is less than {gate.least}")
    if gate.most is not None and value > gate.most + 1e-9:
        wrong.append(f"{value:.3f} is more than {gate.most}")
    if gate.slack is not None and base is not None:
        worse = value - base if figure.better == "less" else base - value
        if worse > gate.slack + 1e-9:
            wrong.append(f"{value:.3f} is {worse:.3f} worse than the baseline's {base:.3f}; {gate.slack} is allowed")
    return Checked(figure=gate.figure, value=value, baseline=base, trouble="; ".join(wrong))


def lines(found: Iterable[Checked]) -> list[str]:
    """The result as text."""
    return [
        f"{'FAILED' if c.trouble else 'passed':7} {c.figure:30} {'' if c.value is None else f'{c.value:.3f}':>8}"
        + (f"  baseline {c.baseline:.3f}" if c.baseline is not None else "")
        + (f"  {c.trouble}" if c.trouble else "")
        for c in found
    ]


def junit(found: Iterable[Checked], seconds: float) -> str:
    """The result as JUnit XML, a test case a gate."""
    checked = list(found)
    suite = ElementTree.Element(
        "testsuite",
        name="evals",
        tests=str(len(checked)),
        failures=str(sum(bool(c.trouble) for c in checked)),
        time=f"{seconds:.1f}",
    )
    for each in checked:
        case = ElementTree.SubElement(suite, "testcase", classname="evals.gate", name=each.figure)
        if each.trouble:
            ElementTree.SubElement(case, "failure", message=each.trouble)
    return ElementTree.tostring(suite, encoding="unicode", xml_declaration=True)


def markdown(found: Iterable[Checked], run: Run) -> str:
    """The result as a table, for the summary of a CI job."""
    rows = [
        f"| {'❌' if c.trouble else '✅'} | `{c.figure}` | {'' if c.value is None else f'{c.value:.3f}'} | "
        f"{'' if c.baseline is None else f'{c.baseline:.3f}'} | {c.trouble} |"
        for c in found
    ]
    head = f"### Gate of {run.head.commit or run.head.id}\n\n{run.head.made}\n\n| | figure | value | baseline | |\n|---|---|---|---|---|\n"
    return head + "\n".join(rows) + "\n"


def command(given: argparse.Namespace) -> int:
    """Measure the gate's part of all suites (or take a run) and say what does not pass; exit code 1 then."""
    from evals.__main__ import found as find
    from evals.__main__ import measure

    settings = load(
        model="embedded", **{f"model_{job}": "embedded" for job in ("interviewer", "assessor", "grader", "candidate", "judge")}
    )
    folder = given.out or settings.home / "runs"
    if given.run:
        run = runs.read(find(given.run, folder))
    else:
        run = measure(NAMES, Plan(quick=True), settings, folder, name="gate", parallel=given.parallel)
    checked = check(run, gates(), baseline())
    print("\n".join(lines(checked)))
    for row in run.errors:
        print(f"{row.id}: {row.error}", file=sys.stderr)
    if given.junit:
        given.junit.write_text(junit(checked, run.end.seconds), encoding="utf-8")
    if given.markdown:
        given.markdown.write_text(markdown(checked, run), encoding="utf-8")
    return int(any(c.trouble for c in checked))
