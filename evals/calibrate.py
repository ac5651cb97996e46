"""Fits the embedded grader on the tuning half of the gold set and writes `interviewer/grading/calibration.yaml`.

    python -m evals calibrate          fit, print what it reaches on problems it was not fitted on, and write the weights
    python -m evals calibrate --dry    the same without writing

Every figure printed is of a model that was fitted on the other problems (leave one problem out); the weights that are written are fitted on all
of the tuning half. The held-out half is not touched.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from functools import lru_cache
from pathlib import Path
from statistics import fmean
from typing import Any, NamedTuple, TypeVar

import numpy as np
import yaml

from evals import gold, stats
from evals.fitting import logistic
from evals.gold import Gold
from evals.stage import commit
from interviewer.casefile import CaseFile
from interviewer.grading import weighing
from interviewer.grading.weighing import ERROR_FEATURES, LEVEL_FEATURES, POINT_FEATURES, Chances
from interviewer.listening.reading import Reader
from interviewer.listening.tracing import Trace, trace
from interviewer.steps import STEPS
from knowledge.case import CaseStudy
from knowledge.library import Library

FILE = Path(weighing.__file__).with_name("calibration.yaml")
POINT_RIDGE, ERROR_RIDGE, LEVEL_RIDGE = 30.0, 10.0, 100.0
TRIED = np.arange(0.20, 0.90, 0.025)  # chances from which a point may count as met, or as partly met
OFFSETS = {
    "mid": 0.5,
    "senior": 0.0,
    "staff": -0.4,
}  # how much lower or higher the bar of a target level is than a senior's, in levels
GROUPS = {
    "without the points of the rubric": ("met", "partly", "core_met", "best", "all_met", "all_partly"),
    "without how it is argued": (
        "reason",
        "weighs",
        "failure",
        "numbers",
        "argues",
        "talk_reason",
        "talk_weighs",
        "talk_failure",
        "talk_numbers",
        "talk_argues",
    ),
    "without errors": ("errors", "all_errors", "surest_error"),
}
NAME = "fitted-1"
NOTE = "Fitted by `python -m evals calibrate` on the tuning half of evals/gold; do not edit by hand."


class Talk(NamedTuple):
    """One interview of the tuning half: its case, the traces of its answers, what is seen of its points, and the raters' marks of them
    (shape (criteria, raters), 0 not met to 2 met; None where nobody marked them); and the share of raters who name an error in each answer."""

    one: Gold
    case: CaseStudy
    traces: list[Trace]
    points: np.ndarray
    marks: np.ndarray | None
    named: np.ndarray


@lru_cache(maxsize=16)
def _reader(case: str) -> Reader:
    return CaseFile(Library().entry(case)).reader


def talk(one: Gold) -> Talk:
    """An interview with what is seen of it."""
    reader = _reader(one.case)
    asked, traces = "", []
    for turn, line in enumerate(one.turns):
        if line.role == "candidate" and (found := trace(reader, turn, line.text, asked)):
            traces.append(found)
        asked = line.text if line.role == "interviewer" else asked
    marked = all(r.points for r in one.raters)
    marks = np.array([["npm".index(r.points[c.id]) for r in one.raters] for c in reader.case.rubric]) if marked else None
    named = np.array([fmean(any(e.turn == t.turn for e in r.errors) for r in one.raters) for t in traces])
    return Talk(one, reader.case, traces, weighing.point_features(reader.case, traces), marks, named)


# --- fitting --------------------------------------------------------------------------------------------------------


def fit_points(talks: Sequence[Talk]) -> dict[str, Any]:
    """The weights of both chances, from talks whose points were marked."""
    marked = [t for t in talks if t.marks is not None]
    rows, marks = np.vstack([t.points for t in marked]), np.vstack([t.marks for t in marked if t.marks is not None])
    return {
        name: _named(POINT_FEATURES, *logistic(rows, (marks >= least).mean(axis=1), POINT_RIDGE))
        for name, least in (("met", 2), ("partly", 1))
    }


def fit_errors(talks: Sequence[Talk], points: Sequence[Chances]) -> dict[str, float]:
    """The weights of an answer's chance of an error."""
    rows = np.vstack([weighing.error_features(t.traces, p) for t, p in zip(talks, points, strict=True)])
    return _named(ERROR_FEATURES, *logistic(rows, np.concatenate([t.named for t in talks]), ERROR_RIDGE))


def fit_levels(talks: Sequence[Talk], heard: Sequence[Heard], without: Sequence[str] = ()) -> dict[str, float]:
    """The weights of a step's level, by ridge regression on the raters' mean level; features `without` are held at their mean."""
    rows = np.vstack([seen(t, h, without) for t, h in zip(talks, heard, strict=True)])
    wanted = np.array([t.one.level(s) for t in talks for s in STEPS])
    mean, spread = rows.mean(axis=0), rows.std(axis=0) + 1e-6
    x = (rows - mean) / spread
    slopes = np.linalg.solve(x.T @ x + LEVEL_RIDGE * np.eye(x.shape[1]), x.T @ (wanted - wanted.mean())) / spread
    return _named(LEVEL_FEATURES, slopes, float(wanted.mean() - (mean * slopes).sum()))


def seen(talk: Talk, heard: Heard, without: Sequence[str] = ()) -> np.ndarray:
    """What is seen of each step, shape (7, features)."""
    rows = weighing.level_features(talk.case, talk.traces, heard.points, heard.errors, talk.one.target_level)
    rows[:, [LEVEL_FEATURES.index(name) for name in without]] = 0.0
    return rows


def _named(names: Sequence[str], slopes: np.ndarray, bias: float) -> dict[str, float]:
    return {name: round(float(v), 5) for name, v in zip(names, slopes, strict=True)} | {"bias": round(bias, 5)}


# --- each problem by the others -------------------------------------------------------------------------------------


class Heard(NamedTuple):
    """What is made of one talk: the chances of its points, and of an error in each of its answers."""

    points: Chances
    errors: np.ndarray


class Apart(NamedTuple):
    """What is said of each talk by weights that were fitted on the other problems."""

    heard: list[Heard]
    estimates: np.ndarray


Made = TypeVar("Made")
Fitted = TypeVar("Fitted")


def by_others(talks: Sequence[Talk], fit: Callable[[list[int]], Fitted], apply: Callable[[int, Fitted], Made]) -> list[Made]:
    """For each talk what is made of it by weights fitted on the talks of other problems; `fit` gets their places."""
    found: dict[int, Made] = {}
    for case in sorted({t.one.case for t in talks}):
        weights = fit([n for n, t in enumerate(talks) if t.one.case != case])
        found |= {n: apply(n, weights) for n, t in enumerate(talks) if t.one.case == case}
    return [found[n] for n in range(len(talks))]


def heard_apart(talks: Sequence[Talk]) -> list[Heard]:
    """The chances of each talk's points and errors."""
    points = by_others(
        talks, lambda others: fit_points([talks[n] for n in others]), lambda n, w: weighing.chances(talks[n].points, w)
    )
    errors = by_others(
        talks,
        lambda others: fit_errors([talks[n] for n in others], [points[n] for n in others]),
        lambda n, w: weighing.errors(weighing.error_features(talks[n].traces, points[n]), {"error": w}),
    )
    return [Heard(p, e) for p, e in zip(points, errors, strict=True)]


def apart(talks: Sequence[Talk], heard: list[Heard], without: Sequence[str] = ()) -> Apart:
    """The estimates of each talk's steps as well."""
    told = by_others(
        talks,
        lambda others: fit_levels([talks[n] for n in others], [heard[n] for n in others], without),
        lambda n, w: weighing.estimates(seen(talks[n], heard[n], without), {"level": w}),
    )
    return Apart(heard, np.array(told))


def by_share(estimates: np.ndarray, wanted: np.ndarray) -> list[float]:
    """The estimates from which each level above 0 is given, so that each is given as often as raters give it."""
    flat, aim = estimates.ravel(), np.round(wanted.ravel())
    return [round(float(np.quantile(flat, (aim < grade).mean())), 3) for grade in range(1, 5)]


def by_spread(means: np.ndarray, wanted: np.ndarray) -> list[float]:
    """The means from which each recommendation above the lowest is given, so that they come out as far apart as the raters' do."""
    scale = wanted.std() / (means.std() + 1e-9)
    return [round(float((grade - 0.5 - wanted.mean()) / scale + means.mean()), 3) for grade in range(1, 4)]


def least(talks: Sequence[Talk], chances: Sequence[Chances]) -> tuple[float, float, float]:
    """From which chance a point counts as met and as partly met, and the macro-F1 that this reaches."""
    both = [(t.marks, c) for t, c in zip(talks, chances, strict=True) if t.marks is not None]
    marks, met, partly = (
        np.vstack([m for m, _ in both]),
        np.concatenate([c.met for _, c in both]),
        np.concatenate([c.partly for _, c in both]),
    )
    tried = ((macro(met >= a, partly >= b, marks), float(a), float(b)) for a in TRIED for b in TRIED)
    top, a, b = max(tried)
    return round(a, 3), round(b, 3), top


def macro(met: np.ndarray, partly: np.ndarray, marks: np.ndarray) -> float:
    """The mean F1 of met and of not met."""
    given = np.where(met, 2, np.where(partly, 1, 0))[:, None]
    return fmean(
        stats.f1(int(((given == m) & (marks == m)).sum()), int((given == m).sum()) * marks.shape[1], int((marks == m).sum()))
        for m in (2, 0)
    )


def mean_estimate(estimates: np.ndarray, one: Gold) -> float:
    """What the recommendation is read from: the mean of the steps, the bar of the target level taken into account."""
    return float(estimates.mean()) + OFFSETS[one.target_level]


# --- from the command line ------------------------------------------------------------------------------------------


def command(given: argparse.Namespace) -> int:
    """Fit, tell, and write unless `--dry`."""
    talks = [talk(one) for one in gold.half()]
    heard = heard_apart(talks)
    whole = apart(talks, heard)
    print(
        f"# {len(talks)} interviews of {len({t.one.case for t in talks})} problems, each problem by weights fitted on the others; {NOTE}"
    )
    print("\n".join(told(talks, whole)))
    for name, without in GROUPS.items():
        print(f"{name:36} {_short(talks, apart(talks, heard, without))}")
    if not given.dry:
        FILE.write_text(yaml.safe_dump(fitted(talks, whole), sort_keys=False), encoding="utf-8")
        print(FILE)
    return 0


def fitted(talks: Sequence[Talk], whole: Apart) -> dict[str, Any]:
    """All that is written: weights fitted on all talks, cuts and least chances on what each problem got from the others."""
    points = [h.points for h in whole.heard]
    met, partly, _ = least(talks, points)
    wanted = np.array([[t.one.level(s) for s in STEPS] for t in talks])
    means = np.array([mean_estimate(e, t.one) for e, t in zip(whole.estimates, talks, strict=True)])
    made = {"note": NOTE, "date": date.today().isoformat(), "commit": commit(), "interviews": len(talks)}
    return {
        "name": NAME, "made": made | {"problems": sorted({t.one.case for t in talks})}, **fit_points(talks), "error": fit_errors(talks, points),
        "level": fit_levels(talks, whole.heard), "least": {"met": met, "partly": partly}, "cuts": by_share(whole.estimates, wanted), "offsets": OFFSETS,
        "recommendation": by_spread(means, np.array([t.one.rank for t in talks])),
    }  # fmt: skip


def told(talks: Sequence[Talk], whole: Apart) -> Iterator[str]:
    """What is reached on each problem by the others, cuts included."""
    met, partly, top = least(talks, [h.points for h in whole.heard])
    yield f"points: macro-F1 {top:.3f}, met from {met}, partly from {partly}"
    yield f"{'everything':36} {_short(talks, whole)}"
    levels = graded(talks, whole)
    for k, step in enumerate(STEPS):
        pairs = [(int(levels[n, k]), r.steps[step]) for n, t in enumerate(talks) for r in t.one.raters]
        yield f"  {step:10} kappa {stats.kappa(pairs, 5):.2f}"


def graded(talks: Sequence[Talk], whole: Apart) -> np.ndarray:
    """The levels of each talk by cuts that were chosen on the other problems, shape (talks, 7)."""
    wanted = np.array([[t.one.level(s) for s in STEPS] for t in talks])
    found = by_others(
        talks,
        lambda others: by_share(whole.estimates[others], wanted[others]),
        lambda n, cuts: np.digitize(whole.estimates[n], cuts),
    )
    return np.maximum(1, np.array(found))


def ranked(talks: Sequence[Talk], whole: Apart) -> list[int]:
    """The recommendations, 0 to 3, in the same way."""
    means = np.array([mean_estimate(e, t.one) for e, t in zip(whole.estimates, talks, strict=True)])
    wanted = np.array([t.one.rank for t in talks])
    return by_others(
        talks, lambda others: by_spread(means[others], wanted[others]), lambda n, cuts: int(np.digitize(means[n], cuts))
    )


def _short(talks: Sequence[Talk], whole: Apart) -> str:
    levels = graded(talks, whole)
    steps = [(int(levels[n, k]), r.steps[s]) for n, t in enumerate(talks) for k, s in enumerate(STEPS) for r in t.one.raters]
    pairs = [(rank, r.rank) for rank, t in zip(ranked(talks, whole), talks, strict=True) for r in t.one.raters]
    return f"steps {stats.kappa(steps, 5):.3f}  recommendation {stats.kappa(pairs, 4):.3f}  profile {_profile(talks, levels):.2f}"


def _profile(talks: Sequence[Talk], levels: np.ndarray) -> float:
    uneven = [n for n, t in enumerate(talks) if t.one.uneven]
    mine = [x - levels[n].mean() for n in uneven for x in levels[n]]
    theirs = [talks[n].one.level(s) - fmean(talks[n].one.level(z) for z in STEPS) for n in uneven for s in STEPS]
    return stats.spearman(mine, theirs)
