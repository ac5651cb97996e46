"""What a whole talk shows of every point and step, as numbers, and what the fitted weights make of them. Knows no quote and no table.

Three small models, fitted on the tuning half of the gold set (`python -m evals calibrate`): how likely a rater would call a point met, or
partly met, from where it was most likely said and how it was argued there; how likely a rater
names an error in an answer; and how high a rater would put a step, from its points,
from how the talk on it is argued, and from mistakes. Counts and maxima are used and no rates, so that talk without content moves nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from importlib import resources
from typing import Any, NamedTuple

import numpy as np
import yaml

from interviewer.listening.doubting import defends
from interviewer.listening.tracing import Sentence, Trace
from interviewer.steps import STEPS
from knowledge.case import CaseStudy

FAR = -5.0  # the log odds of what was not said at all
SHARP = 0.05  # how sharply an answer belongs to the step that it is nearest to
LEVELS = {"mid": 0.0, "senior": 1.0, "staff": 2.0}
POINT_FEATURES = (
    "surest", "second", "third", "near", "leaning", "like", "reason", "weighs", "numbers", "failure", "vague", "argues", "beside", "terms",
    "answer_reason", "answer_weighs", "answer_argues", "answer_numbers", "asked", "when_asked", "step_mates", "all_points",
    "talk_reason", "talk_weighs", "talk_failure", "talk_numbers", "talk_argues", "core", "quantitative", "bottleneck", "tradeoff", "weight", "level",
    "mistake", *STEPS,
)  # fmt: skip
LEVEL_FEATURES = (
    "met", "partly", "core_met", "best", "all_met", "all_partly", "reason", "weighs", "failure", "numbers", "argues", "talk_reason", "talk_weighs",
    "talk_failure", "talk_numbers", "talk_argues", "errors", "all_errors", "surest_error", "target", *STEPS,
)  # fmt: skip
ERROR_FEATURES = (
    "score", "second", "like", "near", "negated", "supposed", "known_mistake", "insists", "defended_next", "defends", "reason", "weighs", "vague",
    "numbers", "points_made", "all_met", "all_partly",
)  # fmt: skip


class Chances(NamedTuple):
    """The chance that a rater calls each criterion met, and at least partly met; shape (criteria,) each."""

    met: np.ndarray
    partly: np.ndarray


def point_features(case: CaseStudy, traces: Sequence[Trace]) -> np.ndarray:
    """What is seen of each criterion over a whole talk, shape (criteria, features)."""
    odds = _odds(np.array([t.chance for t in traces]))
    order, best = np.sort(odds, axis=0)[::-1], odds.argmax(axis=0)
    asked = np.array([t.asked for t in traces])
    talk, steps = _counts(traces), np.array([STEPS.index(c.step) for c in case.rubric])
    wrong = _mistakes(case, traces)
    rows = []
    for n, criterion in enumerate(case.rubric):
        trace = traces[best[n]]
        said, around = trace.sentences[trace.line[n]], trace.sentences[max(0, trace.line[n] - 1) : trace.line[n] + 3]
        mates = (steps == steps[n]) & (np.arange(len(steps)) != n)
        ranks = [order[place, n] if place < len(traces) else FAR for place in range(3)]
        rows.append(
            [*ranks, max(t.near[n] for t in traces), trace.leaning[n], max(t.like[n] for t in traces), said.reason, said.weighs,
             said.numbers, said.failure, min(said.vague, 3), said.argues, any(s.reason or s.weighs for s in around), min(said.terms, 25) / 10,
             *_counts([trace])[[0, 1, 4, 3]], asked[:, n].max(), odds[asked[:, n].argmax(), n], order[0, mates].mean() if mates.any() else FAR,
             order[0].mean(), *talk, criterion.kind == "core", criterion.kind == "quantitative", criterion.kind == "bottleneck",
             criterion.kind == "tradeoff", criterion.weight, LEVELS[criterion.level], max(wrong.get(criterion.id, [0.0])),
             *(float(steps[n] == k) for k in range(len(STEPS)))]
        )  # fmt: skip
    return np.array(rows, dtype=float)


def error_features(traces: Sequence[Trace], chances: Chances) -> np.ndarray:
    """What speaks for an error in each answer of a talk, shape (answers, features)."""
    rows = []
    for n, trace in enumerate(traces):
        doubt, after = trace.doubt, traces[n + 1].text if n + 1 < len(traces) else ""
        if doubt is None:
            rows.append([0.0] * len(ERROR_FEATURES))
            continue
        said = [s for s in trace.sentences if s.counts]
        rows.append(
            [doubt.score, doubt.second, doubt.like, doubt.near, doubt.negated, doubt.supposed, _odds(trace.mistakes).max(), np.log1p(doubt.insists),
             defends(after), defends(trace.text), np.log1p(sum(s.reason for s in said)), np.log1p(sum(s.weighs for s in said)),
             min(3, sum(s.vague for s in said)), np.log1p(sum(s.numbers for s in said)), np.sort(trace.chance)[-3:].mean(), chances.met.mean(),
             chances.partly.mean()]
        )  # fmt: skip
    return np.array(rows, dtype=float)


def level_features(case: CaseStudy, traces: Sequence[Trace], chances: Chances, wrong: np.ndarray, target: str) -> np.ndarray:
    """What is seen of each step over a whole talk, shape (7, features); `wrong` are the chances of an error by answer."""
    weight = np.array([c.weight for c in case.rubric], dtype=float)
    core = np.array([c.kind in ("core", "bottleneck") for c in case.rubric])
    steps = np.array([STEPS.index(c.step) for c in case.rubric])
    share = np.array([t.steps for t in traces])
    share = np.exp((share - share.max(axis=1, keepdims=True)) / SHARP)
    share /= share.sum(axis=1, keepdims=True)
    counts = np.array([_plain_counts(t.sentences) for t in traces])  # reason, weighs, failure, numbers, argues
    every, talk = _mean(chances.met, weight), np.log1p(counts.sum(axis=0))
    rows = []
    for k in range(len(STEPS)):
        mine = steps == k
        rows.append(
            [_mean(chances.met[mine], weight[mine]), _mean(chances.partly[mine], weight[mine]),
             _mean(chances.met[mine & core], weight[mine & core]) if (mine & core).any() else every, chances.met[mine].max(initial=0.0), every,
             _mean(chances.partly, weight), *np.log1p((counts * share[:, k : k + 1]).sum(axis=0)), *talk,
             (wrong * share[:, k]).sum(), np.log1p(wrong.sum()), wrong.max(initial=0.0), LEVELS[target], *(float(k == j) for j in range(len(STEPS)))]
        )  # fmt: skip
    return np.array(rows, dtype=float)


def _mean(values: np.ndarray, weight: np.ndarray) -> float:
    return float((values * weight).sum() / weight.sum()) if weight.sum() else 0.0


def _odds(chance: np.ndarray) -> np.ndarray:
    kept = np.clip(chance, 1e-4, 1 - 1e-4)
    return np.log(kept / (1 - kept))


def _plain_counts(sentences: Sequence[Sentence]) -> list[float]:
    """How many substantial sentences give a reason, weigh, foresee a failure; numbers; and how many argue."""
    full = list({s.text: s for s in sentences if s.counts}.values())
    return [
        sum(s.reason for s in full),
        sum(s.weighs for s in full),
        sum(s.failure for s in full),
        sum(s.numbers for s in full),
        sum(s.argues for s in full),
    ]


def _counts(traces: Sequence[Trace]) -> np.ndarray:
    return np.log1p(np.array([_plain_counts(t.sentences) for t in traces], dtype=float).sum(axis=0))


def _mistakes(case: CaseStudy, traces: Sequence[Trace]) -> dict[str, list[float]]:
    """The chances of mistakes by the point of the notes that they are about."""
    chance = np.array([t.mistakes for t in traces]).max(axis=0)
    found: dict[str, list[float]] = {}
    for pitfall, value in zip(case.pitfalls, chance, strict=True):
        found.setdefault(pitfall.notes, []).append(float(value))
    return found


# --- the fitted weights ---------------------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def weights() -> dict[str, Any]:
    """The fitted weights, as they stand in `calibration.yaml`."""
    return yaml.safe_load((resources.files("interviewer.grading") / "calibration.yaml").read_text("utf-8"))


def chances(seen: np.ndarray, fitted: dict[str, Any]) -> Chances:
    """The chances of each criterion from what is seen of it."""
    met, partly = (
        1 / (1 + np.exp(-(seen @ _vector(fitted[name], POINT_FEATURES) + fitted[name]["bias"]))) for name in ("met", "partly")
    )
    return Chances(met, np.maximum(met, partly))


def errors(seen: np.ndarray, fitted: dict[str, Any]) -> np.ndarray:
    """The chance of each answer that a rater names an error in it, shape (answers,); 0 where nothing is about the design."""
    chance = 1 / (1 + np.exp(-(seen @ _vector(fitted["error"], ERROR_FEATURES) + fitted["error"]["bias"])))
    return np.where(seen.any(axis=1), chance, 0.0)


def estimates(seen: np.ndarray, fitted: dict[str, Any]) -> np.ndarray:
    """The level, 0 to 4 and between, that a rater would give to each step; shape (7,)."""
    return np.clip(seen @ _vector(fitted["level"], LEVEL_FEATURES) + fitted["level"]["bias"], 0.0, 4.0)


def _vector(fitted: dict[str, float], names: Sequence[str]) -> np.ndarray:
    return np.array([fitted[name] for name in names])
