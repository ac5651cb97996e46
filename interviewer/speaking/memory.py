"""What of a long talk a model is handed: the newest turns word for word, the older ones as notes made in code. Knows no model and no prompt."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from interviewer.deciding.desk import short
from interviewer.listening.clauses import sentences
from interviewer.listening.numbers import numbers
from interviewer.providers.window import NOTE, OVERHEAD, estimate
from interviewer.state import Turn
from interviewer.steps import STEP
from knowledge.case import CaseStudy

VERBATIM = 5_000  # tokens of talk from which the older part becomes notes, at the next border between two steps
LATEST = 1.25  # times that, from which it does so without waiting for one
AGAIN = 3_000  # tokens of new talk from which more of it becomes notes
KEPT = 6  # turns that stay word for word
SURE = 0.6  # chance of a claim from which its words are kept
WORDS = 12  # of one thing kept
BEFORE, AFTER = 4, 4  # words kept around its numbers
PRESSED = {"hint": "(asked for a hint)", "next": "(asked to move on)", "finish": "(finished the round)"}
_ASSUMED = re.compile(r"\b(?:assum\w+|suppose|requirement|must|budget|at most|at least|out of scope|in scope)\b", re.IGNORECASE)

Line = tuple[str, str]


def lines(turns: Sequence[Turn], case: CaseStudy) -> list[Line]:
    """The talk as (role, text): all of it while it is short; else notes, which are added to and never rewritten, and the rest."""
    borders = [0, *_folds(turns, case)]
    told: list[Line] = [(NOTE, notes(turns[first:last], case)) for first, last in pairwise(borders)]
    return [*told, *verbatim(turns[borders[-1] :])]


def verbatim(turns: Sequence[Turn]) -> list[Line]:
    """Turns word for word; a pressed button in words."""
    return [(turn.role, turn.text or PRESSED.get(turn.pressed, "")) for turn in turns]


def _folds(turns: Sequence[Turn], case: CaseStudy) -> list[int]:
    """Up to which turns the talk was made notes, fold by fold: decided by what came before each turn only, so that it stays so."""
    folds: list[int] = []
    size, noted, limit = 0, 0, VERBATIM
    for place, turn in enumerate(turns):
        start = folds[-1] if folds else 0
        border = place > 0 and turn.role == "interviewer" and turn.step != turns[place - 1].step
        if size > limit and (border or size > LATEST * limit) and place - KEPT > start:
            folds.append(_at_a_question(turns, place - KEPT))
            noted += estimate(notes(turns[start : folds[-1]], case))
            size = noted + sum(_size(t) for t in turns[folds[-1] : place])
            limit = size + AGAIN
        size += _size(turn)
    return folds


def _at_a_question(turns: Sequence[Turn], place: int) -> int:
    return place if turns[place].role == "interviewer" else place + 1


def _size(turn: Turn) -> int:
    return estimate(turn.text) + OVERHEAD


def notes(turns: Sequence[Turn], case: CaseStudy) -> str:
    """What must not be lost of some turns: what they were told, and by step their requirements, numbers and commitments."""
    told = dict.fromkeys(fact for t in turns if t.move for fact in t.move.facts)
    twists = dict.fromkeys(t.move.about for t in turns if t.move and t.move.kind == "twist" and t.move.about)
    says = {f.id: f.says for f in case.facts}  # a fact may have left the case since
    given = [says[f] for f in told if f in says] + [w.says for w in case.twists if w.id in twists]
    parts = ["[The talk so far, as notes]"]
    parts += [f"You told them: {' '.join(given)}"] if given else []
    for step in STEP:
        kept = [line for t in turns if t.role == "candidate" and t.step == step for line in kept_of(t)]
        parts += [f"{STEP[step].title}, they said: {'; '.join(dict.fromkeys(kept))}."] if kept else []
    asked = dict.fromkeys(topic for t in turns if (topic := _topic(t, case)))
    return "\n".join([*parts, *([f"You asked about: {', '.join(asked)}."] if asked else [])])


def _topic(turn: Turn, case: CaseStudy) -> str:
    about = turn.move.about if turn.move else None
    return next((c.topic for c in case.rubric if c.id == about), "")


def kept_of(turn: Turn) -> list[str]:
    """What of one answer is kept: a model's notes where there are some, else its claims and assumptions; and every number."""
    kept = list(turn.assessment.noted) if turn.assessed else list(dict.fromkeys(_claimed(turn)))  # type: ignore[union-attr]
    for sentence in sentences(turn.text):
        known = {(n.value, n.unit) for n in numbers(" ".join(kept))}
        missing = [n.quote for n in numbers(sentence.text) if (n.value, n.unit) not in known]
        if missing or (not turn.assessed and _ASSUMED.search(sentence.text)):
            kept.append(_cut(sentence.text, missing))
    return list(dict.fromkeys(kept))


def _claimed(turn: Turn) -> Iterator[str]:
    for claim in turn.reading.claims if turn.reading else ():
        if claim.kind in ("criterion", "choice") and claim.score >= SURE and claim.polarity != "hypothetical":
            yield ("not: " if claim.polarity == "rejected" else "") + (short(claim.quote) or _cut(claim.quote))


def _cut(text: str, around: Sequence[str] = ()) -> str:
    """At most `WORDS` words of a text; with numbers to keep, the stretch from before the first to after the last of them."""
    words = text.split()
    if len(words) <= WORDS:
        return " ".join(words).rstrip(".")
    starts = {quote.split()[0] for quote in around if quote.split()}
    places = [n for n, word in enumerate(words) if any(start in word for start in starts)]
    first, last = (max(0, places[0] - BEFORE), places[-1] + AFTER) if places else (0, WORDS)
    return " ".join(words[first:last]).rstrip(".,;")
