"""Whether an interviewer's words are true to the case and the candidate: numbers, answers given away, quotations. No model."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from evals.course import CLOCK
from evals.held import Said
from evals.wording import Finding, bare, sentences, unquoted
from interviewer.deciding.challenging import AGAIN
from interviewer.deciding.policy import TWIST_QUESTION, WRAP_UP
from interviewer.listening.numbers import numbers
from interviewer.state import Number
from interviewer.steps import STEP
from knowledge.case import CaseStudy
from knowledge.leaks import Ear, spoken
from knowledge.words import terms

SMALL = 20  # below which a bare number is a label, not a quantity
CLOSE_ENOUGH = 0.02  # by which two numbers may differ and be the same
ASKED_ANYWHERE = (*(step.opening for step in STEP.values()), WRAP_UP, TWIST_QUESTION, AGAIN)

_SUPPOSED = re.compile(r"\b(?:if|suppose|imagine|assume|let's say|what happens)\b|^say\b|\?$", re.IGNORECASE)
_QUOTE = re.compile(r'["“]([^"“”]*\S\s+\S[^"“”]*)["”]')


def checks(turns: Sequence[Said], case: CaseStudy) -> Iterator[Finding]:
    """All findings of what is not true to the case or the candidate, in no order."""
    yield from _numbers(turns, case)
    yield from _leaks(turns, case)
    yield from _quotes(turns, case)


def _numbers(turns: Sequence[Said], case: CaseStudy) -> Iterator[Finding]:
    """Numbers from nowhere: stated they contradict the one world of the round, supposed in a question they are only noted."""
    known, authored = _values(case.question), _authored(case)
    for turn in turns:
        if turn.role == "candidate":
            known += _values(turn.text)
            continue
        known += _values(" ".join(_given(turn, case)))
        handed = [*turn.say, turn.note, turn.anchor.text if turn.anchor else ""]
        handed += [turn.question] if turn.kind == "open" or _is_written(turn.question, authored) else []
        here = [*known, *_values(" ".join(handed))]
        for sentence in sentences(turn.text):
            if CLOCK.search(sentence):
                continue
            for number in _values(unquoted(sentence)):
                if not any(_same(number, other) for other in here):
                    kind = "number" if _SUPPOSED.search(sentence) else "contradiction"
                    yield Finding(turn=turn.index, kind=kind, text=f"{number.quote} comes from nowhere: {sentence}")


def _put(turn: Said, case: CaseStudy) -> list[str]:
    """What a changed requirement says, when this turn puts one."""
    return [t.says for t in case.twists if turn.kind == "twist" and t.id == turn.about]


def _values(text: str) -> list[Number]:
    """The numbers of a text that say how much of something; a bare small one ("step 2") does not."""
    return [n for n in numbers(text) if n.unit or n.value >= SMALL]


def _same(one: Number, other: Number) -> bool:
    fits = not one.unit or not other.unit or one.unit == other.unit
    return fits and abs(one.value - other.value) <= CLOSE_ENOUGH * max(abs(one.value), abs(other.value))


def _leaks(turns: Sequence[Said], case: CaseStudy) -> Iterator[Finding]:
    """Sentences that give an answer away which the candidate has not given; facts told and a changed requirement are no secret.

    Nor is what is authored to be asked, which the check of the case has tried. Where only the authored name of their design
    does it, it is `named`: whether they had that design, a reader must say.
    """
    ear, said, authored = Ear(case), set(terms(case.question)), _authored(case)
    for turn in turns:
        if turn.role == "candidate":
            said |= set(terms(turn.text))
            continue
        given = _given(turn, case)
        said |= set(terms(" ".join(given)))
        public = authored | {bare(s) for text in given for s in sentences(text)}
        handed = said | (set(terms(turn.question)) if _is_written(turn.question, authored) else set())
        named = set(terms(turn.anchor.text)) if turn.anchor else set()
        for sentence in sentences(turn.text) if turn.kind != "open" else []:
            leak = None if bare(sentence) in public else ear.gives_away(sentence, frozenset(handed))
            if leak:
                kind = "leak" if ear.gives_away(sentence, frozenset(handed | named)) else "named"
                yield Finding(turn=turn.index, kind=kind, text=f"{sentence} ({leak.criterion}: {', '.join(leak.shared)})")


def _authored(case: CaseStudy) -> set[str]:
    """The sentences of all that is written to be asked, and the questions that open the steps."""
    texts = [*(s.text for s in spoken(case) if not s.given), *ASKED_ANYWHERE]
    return {bare(s) for text in texts for s in sentences(text)}


def _is_written(question: str, authored: set[str]) -> bool:
    """Whether a question is one that the case or the policy has; a model's own one is not."""
    return all(bare(s) in authored for s in sentences(question))


def _given(turn: Said, case: CaseStudy) -> list[str]:
    """What a turn may say as it stands: the facts it tells, a changed requirement, and the wording of a fact that it offers."""
    offered = [f"Do you mean: {ask}" for f in case.facts if f.id == turn.offers for ask in f.asks]
    told = [f.says for f in case.facts if f.id in (*turn.facts, *turn.near)]
    return [*told, *_put(turn, case), *offered]


def _quotes(turns: Sequence[Said], case: CaseStudy) -> Iterator[Finding]:
    """Words in quotation marks that the candidate did not use."""
    heard = ""
    for turn in turns:
        if turn.role == "candidate":
            heard += f" {bare(turn.text)}"
            continue
        given = bare(" ".join([case.question, turn.question, *turn.say]))
        for quote in _QUOTE.findall(turn.text):
            if bare(quote) not in heard and bare(quote) not in given:
                yield Finding(turn=turn.index, kind="misquote", text=f'"{quote}" is not what they said')
