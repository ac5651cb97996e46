"""Two runs compared sample by sample: better, worse or inconclusive, with what it would take to see more. Knows no suite by name.

A side is a run, or a way of doing something (prompts, cases, a model, a commit), for which a run is made first.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from statistics import fmean
from typing import Literal

from evals import runs, stats
from evals.runs import MADE, Loose, Row, Run
from interviewer.errors import InputError
from interviewer.settings import load

ALPHA = 0.05
KINDS = ("prompts", "cases", "model", "commit", "live")
ROOT = Path(__file__).resolve().parent.parent
Verdict = Literal["better", "worse", "inconclusive"]


class Compared(Loose):
    """One score, second side minus first: `p` corrected for how many scores there are, `detectable` the smallest difference that so
    many units would show."""

    score: str
    n: int
    first: float
    second: float
    difference: float
    low: float
    high: float
    p: float
    detectable: float
    verdict: Verdict


class Comparison(Loose):
    """Two runs side by side. `alone` are samples that only one of them holds or measured."""

    first: str
    second: str
    scores: tuple[Compared, ...]
    alone: int = 0
    sound: bool = True
    made: str = MADE


def compare(first: Run, second: Run) -> Comparison:
    """Paired by sample and repeat, averaged by unit, tested by sign flips, corrected by Holm. InputError when nothing pairs."""
    mine, theirs = ({r.id: r for r in run.rows if r.ok} for run in (first, second))
    both = sorted(mine.keys() & theirs.keys())
    names = sorted({f"{mine[i].suite}.{s}" for i in both for s in mine[i].scores.keys() & theirs[i].scores.keys()})
    if not names:
        raise InputError("these two runs share no sample that both measured: run the same suites on the same samples")
    found = {name: _differences([(mine[i], theirs[i]) for i in both], name) for name in names}
    tests = {name: stats.paired(differences) for name, (differences, _, _) in found.items()}
    corrected = stats.holm({name: test.p for name, test in tests.items()})
    scores = [_compared(name, tests[name], corrected[name], *found[name][1:]) for name in names]
    alone = len(mine.keys() ^ theirs.keys())
    return Comparison(
        first=_name(first), second=_name(second), scores=tuple(scores), alone=alone, sound=first.sound and second.sound
    )


def _differences(pairs: Iterable[tuple[Row, Row]], name: str) -> tuple[list[float], float, float]:
    """The differences of one score, a unit each, and the means of both sides."""
    suite, _, score = name.partition(".")
    mine = [(a, b) for a, b in pairs if a.suite == suite and score in a.scores and score in b.scores]
    units = stats.grouped(mine, lambda pair: (pair[0].case, pair[0].unit))
    differences = [fmean(b.scores[score] - a.scores[score] for a, b in unit) for unit in units]
    return differences, fmean(a.scores[score] for a, _ in mine), fmean(b.scores[score] for _, b in mine)


def _compared(name: str, test: stats.Difference, p: float, first: float, second: float) -> Compared:
    clear = p < ALPHA and (test.low > 0 or test.high < 0)
    verdict: Verdict = ("better" if test.mean > 0 else "worse") if clear else "inconclusive"
    kept = {k: 0.0 if v != v else round(v, 5) for k, v in test._asdict().items()}
    return Compared(
        score=name, n=test.n, first=round(first, 5), second=round(second, 5), difference=kept["mean"], low=kept["low"], high=kept["high"],
        p=round(p, 5), detectable=kept["detectable"], verdict=verdict,
    )  # fmt: skip


def _name(run: Run) -> str:
    return run.head.name or run.head.id


def lines(found: Comparison) -> list[str]:
    """The comparison as text."""
    told = [f"# {found.second} against {found.first}", f"# {found.made}"]
    for c in found.scores:
        told.append(
            f"{c.score:30} {c.first:.3f} -> {c.second:.3f}  {c.difference:+.3f} [{c.low:+.3f}, {c.high:+.3f}]  p {c.p:.3f} (Holm)  n {c.n}  "
            f"{c.verdict.upper() if c.verdict != 'inconclusive' else c.verdict}; {c.n} units would show {c.detectable:.3f}"
        )
    if found.alone:
        told.append(f"{found.alone} samples stand on one side only and are left out")
    if not found.sound:
        told.append("one of the runs has too many failed samples: no verdict of it can be relied on")
    return told


# --- from the command line ------------------------------------------------------------------------------------------


def command(given: argparse.Namespace) -> int:
    """Compare two runs, or make them first. Exit code 1 when the second is worse in any score."""
    from evals.__main__ import found as find

    folder = given.out or load().home / "runs"
    if given.runs:
        if len(given.runs) != 2:
            raise InputError("name two runs, or two sides with --a and --b")
        first, second = (runs.read(find(name, folder)) for name in given.runs)
    elif given.a and given.b:
        first, second = (_side(side, given, folder) for side in (given.a, given.b))
    else:
        raise InputError("name two runs, or two sides with --a and --b, for example --a live --b prompts=grader=v1")
    told = compare(first, second)
    path = folder / f"compare-{first.head.id}-{second.head.id}.json"
    path.write_text(told.model_dump_json(indent=1), encoding="utf-8")
    print(json.dumps(told.model_dump(), ensure_ascii=False) if given.json else "\n".join([*lines(told), str(path)]))
    return int(not told.sound or any(c.verdict == "worse" for c in told.scores))


def _side(side: str, given: argparse.Namespace, folder: Path) -> Run:
    """The run of one side, made now."""
    kind, _, what = side.partition("=")
    if kind not in KINDS or (kind != "live" and not what):
        raise InputError(f"{side!r} is no side: use {' | '.join(f'{k}=...' for k in KINDS[:-1])} | live")
    words = [
        "run",
        given.suite,
        "--name",
        side,
        "--out",
        str(folder.resolve()),
        "--parallel",
        str(given.parallel),
        "--seed",
        str(given.seed),
    ]
    words += ["--quick"] * given.quick + [
        "--number",
        str(given.number),
        "--repeats",
        str(given.repeats),
        "--limit",
        str(given.limit),
    ]
    words += [word for case in given.case or () for word in ("--case", case)]
    words += [
        word
        for name in ("model", "interviewer", "assessor", "grader", "candidate", "judge")
        if getattr(given, name)
        for word in (f"--{name}", getattr(given, name))
    ]
    if kind == "commit":
        return _at(what, words, folder)
    if kind != "live":
        words += [f"--{kind}", what]
    return _made(words, ROOT, folder)


def _at(commit: str, words: Sequence[str], folder: Path) -> Run:
    """The run of a commit, made in a checkout of its own."""
    with tempfile.TemporaryDirectory(prefix="evals-commit-") as place:
        tree = Path(place) / "tree"
        done = subprocess.run(
            ["git", "-C", str(ROOT), "worktree", "add", "--detach", str(tree), commit], capture_output=True, text=True
        )
        if done.returncode:
            raise InputError(
                f"the commit {commit!r} cannot be checked out: {done.stderr.strip().splitlines()[-1] if done.stderr else '?'}"
            )
        try:
            return _made(words, tree, folder)
        finally:
            subprocess.run(["git", "-C", str(ROOT), "worktree", "remove", "--force", str(tree)], capture_output=True)


def _made(words: Sequence[str], tree: Path, folder: Path) -> Run:
    """A run made by a process of its own, so that code and prompts of `tree` are the ones that are used."""
    before = set(folder.glob("*.jsonl"))
    path = os.pathsep.join([str(tree), *filter(None, [os.environ.get("PYTHONPATH")])])
    done = subprocess.run(
        [sys.executable, "-m", "evals", *words], cwd=tree, env={**os.environ, "PYTHONPATH": path}, stdout=subprocess.DEVNULL
    )
    made = sorted(set(folder.glob("*.jsonl")) - before, key=lambda p: p.stat().st_mtime)
    if not made:
        raise InputError(
            f"no run was made of {words[words.index('--name') + 1]!r} (exit code {done.returncode}): its message stands above"
        )
    return runs.read(made[-1])
