"""What one answer leaves behind for whoever grades a whole talk: of each point and mistake how likely it was made, and where, and
what kinds of sentences were said. Knows one answer at a time, no verdict and no level."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from interviewer.listening.aside import without_asides
from interviewer.listening.clauses import argues, foresees_failure, gives_reason, vague, weighs
from interviewer.listening.doubting import Doubt, doubt
from interviewer.listening.numbers import numbers
from interviewer.listening.reading import Reader, span_of
from interviewer.listening.recognising import probability
from knowledge.words import terms

MOST_NUMBERS = 3  # of one sentence that count


class Sentence(NamedTuple):
    """One sentence as it was said: does it give a reason, weigh, foresee a failure, argue; how vague it is, its numbers and terms,
    and how near it is to the nearest point of the case."""

    text: str
    reason: bool
    weighs: bool
    failure: bool
    argues: bool
    vague: int
    numbers: int
    terms: int
    near: float


@dataclass(frozen=True)
class Trace:
    """One answer. Arrays over the case's criteria, shape (criteria,): `chance` that it makes the point (in its likeliest piece), how
    near that piece is (`near`), how much nearer to wordings than to near misses (`leaning`), nearness to a wording (`like`) and
    of the question (`asked`); `line` is the sentence of that piece and `spans` its place in the text. `mistakes` are chances of
    the case's pitfalls, shape (pitfalls,), `steps` how near the answer is to each step, shape (7,); `doubt` is about mistakes that
    are made in any problem.
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
    doubt: Doubt


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
    whole = {p.line: float(near[n, points].max()) for n, p in enumerate(heard.cut) if p.text == heard.lines[p.line].text}
    return Trace(
        turn=turn, text=text, chance=chance[best, points], near=near[best, points],
        leaning=(heard.near.like - heard.near.unlike)[best, points], like=heard.near.like[:, points].max(axis=0),
        asked=reader.question(asked)[points], line=np.array([p.line for p in pieces]),
        spans=[span_of(heard.lines[p.line], p) for p in pieces], mistakes=chance[:, mistakes].max(axis=0),
        steps=reader.leaning(heard, asked), sentences=[_sentence(line.text, whole.get(n)) for n, line in enumerate(heard.lines)],
        doubt=doubt(heard.text, heard.cut),
    )  # fmt: skip


def _sentence(text: str, near: float | None) -> Sentence:
    return Sentence(
        text=text, reason=gives_reason(text), weighs=weighs(text), failure=foresees_failure(text), argues=argues(text), vague=int(vague(text)),
        numbers=min(MOST_NUMBERS, len(numbers(text))), terms=len(set(terms(text))), near=near or 0.0,
    )  # fmt: skip
