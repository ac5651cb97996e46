"""How likely a piece of an answer says what a target's wordings say: one small logistic model for every target of every case.

Its weights are fitted on marked answers (`python -m evals.fitting`) and know no case: only how near a piece stands to a
target, how much nearer than to its rivals, whether the target belongs to the step at hand, and how much else supports it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any, NamedTuple

import numpy as np
import yaml

from interviewer.listening.clauses import Sentence
from knowledge.matching import Near

LEAST_WORDS = 4  # of a piece that is less than a sentence
SHORT = 8  # words of a sentence that is also read together with the next
FEATURES = ("words", "sense", "lead", "at_hand", "length", "whole", "elsewhere", "question", "cued", "like", "unlike")
KINDS = ("criterion", "choice", "pitfall", "twist")


class Piece(NamedTuple):
    """A stretch of an answer: its sentence, its tokens within it, its span and its text."""

    line: int
    first: int
    last: int
    start: int
    end: int
    text: str


def pieces(text: str, lines: Sequence[Sentence]) -> list[Piece]:
    """The sentences, their clauses and pairs of clauses, and short sentences together with the next."""
    found = []
    for place, line in enumerate(lines):
        found.append(Piece(place, 0, len(line.words), line.start, line.end, line.text))
        edges = [
            (line.clauses[a][0], line.clauses[b][1])
            for a in range(len(line.clauses))
            for b in (a, a + 1)
            if b < len(line.clauses)
        ]
        for first, last in edges:
            if last - first >= LEAST_WORDS and last - first < len(line.words):
                start, end = line.words[first].start, line.words[last - 1].end
                found.append(Piece(place, first, last, start, end, text[start:end]))
        if len(line.words) <= SHORT and place + 1 < len(lines):
            after = lines[place + 1]
            found.append(Piece(place + 1, 0, len(after.words), line.start, after.end, text[line.start : after.end]))
    return [p for p in found if p.last > p.first]


@dataclass(frozen=True)
class Targets:
    """What can be recognised, column by column: kinds and steps, as numbers of `KINDS` and of the steps, and which have cues."""

    kinds: np.ndarray
    steps: np.ndarray
    cued: np.ndarray


def features(
    targets: Targets, cut: Sequence[Piece], near: Near, whole: Near, question: Near, cued: np.ndarray, step: int
) -> np.ndarray:
    """What the model sees of each piece and target, shape (pieces, targets, features).

    `near` is of the pieces, `whole` of the answer, `question` of what was asked; `cued` tells where a cue is met, shape
    (pieces, targets); `step` is the step at hand.
    """
    both = near.words + near.sense
    start, end = np.array([p.start for p in cut]), np.array([p.end for p in cut])
    apart = (end[None, :] <= start[:, None]) | (start[None, :] >= end[:, None])
    elsewhere = np.stack([both[others].max(axis=0) if others.any() else np.zeros(both.shape[1]) for others in apart])
    length = np.log([max(1, len(p.text.split())) for p in cut])
    at_hand = (targets.steps == step) | (targets.kinds == KINDS.index("twist"))
    wide = np.ones_like(both)
    return np.stack(
        [
            near.words, near.sense, _lead(both, targets.kinds), wide * at_hand, wide * length[:, None], wide * whole.sense[0],
            elsewhere, wide * question.sense[0], cued, near.like, near.unlike,
        ],
        axis=-1,
    )  # fmt: skip


def _lead(both: np.ndarray, kinds: np.ndarray) -> np.ndarray:
    """How much nearer a piece stands to a target than to the next of its kind; for all but the first how much less near."""
    lead = np.zeros_like(both)
    for kind in np.unique(kinds):
        mine = np.flatnonzero(kinds == kind)
        if len(mine) < 2:
            continue
        group = both[:, mine]
        top = np.partition(group, len(mine) - 2, axis=1)[:, -2:]
        second, best = top.min(axis=1, keepdims=True), top.max(axis=1, keepdims=True)
        lead[:, mine] = np.where(group >= best, group - second, group - best)
    return lead


@lru_cache(maxsize=1)
def weights() -> dict[str, Any]:
    """The fitted weights, as they stand in `weights.yaml`."""
    return yaml.safe_load((resources.files("interviewer.listening") / "weights.yaml").read_text("utf-8"))


def probability(seen: np.ndarray, targets: Targets, fitted: dict[str, Any] | None = None) -> np.ndarray:
    """The probability that a reader marks the target, by piece, shape (pieces, targets)."""
    fitted = fitted or weights()["recognising"]
    mine = [
        fitted["cued" if cued else "plain"][KINDS[min(kind, 2)]] for kind, cued in zip(targets.kinds, targets.cued, strict=True)
    ]
    slope = np.array([[weight[name] for name in FEATURES] for weight in mine])
    bias = np.array([weight["bias"] for weight in mine])
    return 1 / (1 + np.exp(-((seen * slope).sum(axis=-1) + bias)))


def least(targets: Targets) -> np.ndarray:
    """The probability from which each target counts as said."""
    given = weights()["least"]
    return np.array(
        [given["cued" if cued else "plain"][KINDS[min(kind, 2)]] for kind, cued in zip(targets.kinds, targets.cued, strict=True)]
    )
