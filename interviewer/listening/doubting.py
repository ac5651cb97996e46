"""How likely an answer states something wrong: how near its words are to mistakes that are made in any problem, and how it insists.
Knows one answer and the next; no case, no verdict."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import NamedTuple

import numpy as np

from interviewer.listening.clauses import HYPOTHESIS, NEGATION
from interviewer.listening.recognising import Piece
from knowledge.matching import Wordings
from knowledge.mistakes import CommonMistake, common

LEANS = 0.5  # what it counts that a piece is nearer to assertions than to near misses
_INSISTS = re.compile(
    r"\b(?:always|never|exactly|by definition|of course|obviously|clearly|simply|definitely|certain(?:ly)?|proven?|proof|guarantee\w*|no need|"
    r"don't need|doesn't matter|isn't (?:a|an) (?:issue|problem)|harmless|negligible|noise|cancels?|averages? out|takes care|automatically|"
    r"i've (?:seen|done|had|run|shipped)|fine|stable|robust)\b",
    re.IGNORECASE,
)
_DEFENDS = re.compile(
    r"^(?:\W|um|uh|well|so|right|okay|yeah|hmm|honestly|look|i mean)*(?:no\b|not (?:really|at all|with|in)|nope|it (?:doesn't|won't|isn't)|"
    r"i (?:don't|wouldn't|disagree)|that's (?:fine|not|the point|exactly|intended|ok)|only if|actually|i'd (?:still|stand|keep)|"
    r"i'm (?:confident|comfortable|not worried))",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Doubt:
    """The common mistake that an answer is nearest to asserting, where, and how near (`score`; `second` is the next mistake's): about 0.5
    for anything, 2 for the same words. `like` and `near` are nearness by itself; `negated` and `supposed` tell of the words there."""

    mistake: CommonMistake
    start: int
    end: int
    score: float
    second: float
    like: float
    near: float
    negated: bool
    supposed: bool
    insists: int


@lru_cache(maxsize=1)
def _wordings() -> Wordings:
    """How common mistakes are said, compared and weighed once (about 0.3 s)."""
    return Wordings([(*m.signals, m.says) for m in common()], [m.near_misses for m in common()])


@lru_cache(maxsize=1)
def _small_talk() -> Wordings:
    """What people say about the talk itself, line by line."""
    lines = (resources.files("interviewer.listening") / "small_talk.txt").read_text("utf-8").splitlines()
    return Wordings([[line] for line in lines], [[] for _ in lines])


class Talk(NamedTuple):
    """How near sentences are to talk about the talk itself, and how much nearer than to any common mistake; shape (sentences,) each."""

    nearness: np.ndarray
    over_mistakes: np.ndarray


def talk_of(texts: Sequence[str]) -> Talk:
    """How much of each sentence is about the talk itself."""
    talk, wrong = ((near.words + near.sense).max(axis=1) for near in (w.near(list(texts)) for w in (_small_talk(), _wordings())))
    return Talk(talk, talk - wrong)


def doubt(cut: list[Piece]) -> Doubt | None:
    """The doubt about an answer in the pieces of it that are about the design; None when there are none."""
    if not cut:
        return None
    near = _wordings().near([piece.text for piece in cut])
    score = near.like + LEANS * (near.like - near.unlike)
    place, mistake = np.unravel_index(score.argmax(), score.shape)
    best, piece = np.sort(score.max(axis=0)), cut[int(place)]
    return Doubt(
        mistake=common()[int(mistake)], start=piece.start, end=piece.end, score=float(best[-1]), second=float(best[-2]), like=float(near.like.max()),
        near=float((near.words + near.sense).max()), negated=bool(NEGATION.search(piece.text)), supposed=bool(HYPOTHESIS.search(piece.text)),
        insists=sum(len(_INSISTS.findall(text)) for text in _longest(cut)),
    )  # fmt: skip


def _longest(cut: list[Piece]) -> list[str]:
    """The text of each sentence, once."""
    found: dict[int, str] = {}
    for piece in cut:
        found[piece.line] = max(found.get(piece.line, ""), piece.text, key=len)
    return list(found.values())


def defends(text: str) -> bool:
    """Whether an answer begins by turning the question down."""
    return bool(_DEFENDS.match(text))
