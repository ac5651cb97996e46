"""What one answer leaves behind for whoever grades a whole talk: of each point and mistake how likely it was made, and where, and
what kinds of sentences were said. Knows one answer at a time, no verdict and no level."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from interviewer.listening.aside import without_asides
from interviewer.listening.clauses import argues, foresees_failure, gives_reason, vague, weighs
from interviewer.listening.doubting import Doubt, doubt, talk_of
from interviewer.listening.numbers import numbers
from interviewer.listening.reading import Heard, Reader, span_of
from interviewer.listening.recognising import probability
from knowledge.words import terms

SMALL = 0.2  # how much nearer to talk about the talk than to any point or mistake a sentence must be to be left out
ENOUGH = 5  # different terms from which a sentence says something
MOST_NUMBERS = 3  # of one sentence that count


class Sentence(NamedTuple):
    """One sentence as it was said: does it give a reason, weigh, foresee a failure, argue; how vague it is, its numbers and terms,
    and whether it is about the talk itself and not about the design."""

    text: str
    reason: bool
    weighs: bool
    failure: bool
    argues: bool
    vague: int
    numbers: int
    terms: int
    small: bool

    @property
    def counts(self) -> bool:
        """Whether it is about the design and says something of it."""
        return not self.small and self.terms >= ENOUGH


@dataclass(frozen=True)
class Trace:
    """One answer. Arrays over the case's criteria, shape (criteria,): `chance` that it makes the point (in its likeliest piece), how
    near that piece is (`near`), how much nearer to wordings than to near misses (`leaning`), nearness to a wording (`like`) and
    of the question (`asked`); `line` is the sentence of that piece and `spans` its place in the text. `mistakes` are chances of
    the case's pitfalls, shape (pitfalls,), `steps` how near the answer is to each step, shape (7,); `doubt` is about mistakes that
    are made in any problem, None when no sentence is about the design.
    """

    turn: int
    text: str
    chance: np.ndarray
    near: np.ndarray
    leaning: np.ndarray
    like: np.ndarray
    asked: np.ndarray
    line: np.ndarray
    spans: list[tuple[int, int]]
    mistakes: np.ndarray
    steps: np.ndarray
    sentences: list[Sentence]
    doubt: Doubt | None


def trace(reader: Reader, turn: int, text: str, asked: str = "") -> Trace | None:
    """The trace of an answer to the question `asked`; None when there is nothing in it."""
    heard = reader.hear(without_asides(text))
    if not heard.cut:
        return None
    chance = probability(reader.see(heard, "", asked), reader.targets)
    points, mistakes = (
        np.array([n for n, (kind, _) in enumerate(reader.ids) if kind == wanted]) for wanted in ("criterion", "pitfall")
    )
    best = chance[:, points].argmax(axis=0)
    near = heard.near.words + heard.near.sense
    pieces = [heard.cut[n] for n in best]
    small = _small(heard, near[:, points])
    return Trace(
        turn=turn, text=text, chance=chance[best, points], near=near[best, points],
        leaning=(heard.near.like - heard.near.unlike)[best, points], like=heard.near.like[:, points].max(axis=0),
        asked=reader.question(asked)[points], line=np.array([p.line for p in pieces]),
        spans=[span_of(heard.lines[p.line], p) for p in pieces], mistakes=chance[:, mistakes].max(axis=0),
        steps=reader.leaning(heard, asked), sentences=[_sentence(line.text, n in small) for n, line in enumerate(heard.lines)],
        doubt=doubt([p for p in heard.cut if p.line not in small]),
    )  # fmt: skip


def _small(heard: Heard, near: np.ndarray) -> set[int]:
    """The sentences that are about the talk itself: nearer to small talk than to any point (`near`, shape (pieces, criteria)) or mistake."""
    best: dict[int, float] = {}
    for n, piece in enumerate(heard.cut):
        best[piece.line] = max(best.get(piece.line, 0.0), float(near[n].max()))
    lines = [line.text for line in heard.lines]
    talk = talk_of(lines)
    return {n for n in range(len(lines)) if min(talk.over_mistakes[n], talk.nearness[n] - best.get(n, 0.0)) > SMALL}


def _sentence(text: str, small: bool) -> Sentence:
    return Sentence(
        text=text, reason=gives_reason(text), weighs=weighs(text), failure=foresees_failure(text), argues=argues(text), vague=int(vague(text)),
        numbers=min(MOST_NUMBERS, len(numbers(text))), terms=len(set(terms(text))), small=small,
    )  # fmt: skip
