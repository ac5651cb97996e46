"""Whether what the interviewer may say aloud gives a criterion's answer away. Knows the case's words only."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cached_property

from knowledge.case import CaseStudy, Criterion, Value
from knowledge.cues import Cue, met
from knowledge.matching import Overlap
from knowledge.words import folded_spans, stems, terms, tokens

# Calibrated on `video_recommendation`: 70 questions written to leak (tests/leaky.yaml) against all that is asked there.
USUAL = 50  # texts and answers that have a word from which it gives nothing away; a word of one alone counts 1
SHARED = 2.0  # what the words that a text shares with an answer must weigh to be a leak
LIKE_AN_ANSWER = 0.45  # overlap with a signal of the criterion from which a text reads like the answer itself
LIKE_SHARED = 1.2  # rarity of the shared words from which such a text leaks
COVERED, LIKE_COVERED = 0.5, 0.3  # share of what the text is about that the answer must have, weighed alike
GIVEN = 1.6  # by which both are stricter for facts and twists, which give what a strong answer builds on
NEARING = 0.9  # what a sentence's beginning may share with one answer before it is held back until it is whole
ORDINARY = 3  # texts that use a technique's name from which it counts as an ordinary word of the case
METHODS = frozenset(
    f"~{name}" for name in (
        "ann", "twotower", "gbdt", "dl", "multitask", "rerank", "featurestore", "kvstore", "kafka", "cache", "canary", "shadow", "rollback",
        "abtest", "guardrail", "ndcg", "auc", "ips", "explore", "quantize", "distill", "transformer", "autoencoder", "llm",
    )
)  # fmt: skip

_NUMERALS = frozenset(stems("two dual twin 2"))


class Spoken(Value):
    """A text that a candidate may hear: its key in the case, what its speaker may take as said, and whether it is a given."""

    key: str
    text: str
    said: frozenset[str] = frozenset()
    given: bool = False


class Leak(Value):
    """A spoken text that holds the answer of a criterion; `shared` are the words that give it away."""

    key: str
    text: str
    criterion: str
    shared: tuple[str, ...]

    @property
    def problem(self) -> str:
        return f"{self.text!r} gives the answer of {self.criterion} away ({', '.join(self.shared)})"


def leaks(case: CaseStudy) -> list[Leak]:
    """Every spoken text of the case that gives an answer away."""
    ear = Ear(case)
    return [leak for text in spoken(case) for criterion in case.rubric if (leak := ear.leak(text, criterion))]


def pairs(case: CaseStudy) -> int:
    """How many pairs of a spoken text and a criterion are tried."""
    return len(spoken(case)) * len(case.rubric)


def spoken(case: CaseStudy) -> list[Spoken]:
    """All that the interviewer may say: topics, hints, probes, questions, challenges, facts and twists."""
    return [*_of_criteria(case), *_of_choices(case), *_givens(case)]


def _of_criteria(case: CaseStudy) -> Iterator[Spoken]:
    said = _said(case)
    for criterion in case.rubric:
        key = f"rubric[{criterion.id}]"
        yield Spoken(key=f"{key}.topic", text=criterion.topic)
        yield Spoken(key=f"{key}.hint", text=criterion.hint)
        for probe in criterion.probes:
            yield Spoken(
                key=f"{key}.probes", text=probe.ask, said=frozenset().union(*(said.get(name, frozenset()) for name in probe.when))
            )
    for pitfall in case.pitfalls:
        yield Spoken(key=f"pitfalls[{pitfall.id}].challenge", text=pitfall.challenge, said=said[pitfall.id])


def _of_choices(case: CaseStudy) -> Iterator[Spoken]:
    for choice in case.choices:
        for question in choice.questions:
            yield Spoken(key=f"choices[{choice.id}].questions", text=question.ask, said=frozenset(terms(choice.phrase)))


def _givens(case: CaseStudy) -> Iterator[Spoken]:
    yield from (Spoken(key=f"facts[{fact.id}].says", text=fact.says, given=True) for fact in case.facts)
    yield from (Spoken(key=f"twists[{twist.id}].says", text=twist.says, given=True) for twist in case.twists)


def _said(case: CaseStudy) -> dict[str, frozenset[str]]:
    """What a candidate has said when a choice, criterion or pitfall is what a question hangs on."""
    found = {choice.id: choice.phrase for choice in case.choices} | {p.id: p.says for p in case.pitfalls}
    return {name: frozenset(terms(text)) for name, text in found.items()} | {
        c.id: frozenset(terms(f"{c.topic} {c.looks_for}")) for c in case.rubric
    }


class Ear:
    """Compares spoken texts with the answers of one case; the case's question and a criterion's topic are no secret."""

    def __init__(self, case: CaseStudy):
        self._case = case
        self._open = set(terms(f"{case.title} {case.question}"))
        self._answers = {c.id: set(terms(f"{c.strong} {c.looks_for}")) for c in case.rubric}
        self._signals = Overlap([signal for c in case.rubric for signal in c.signals])
        self._cues = {c.id: [Cue(pattern) for pattern in c.cues] for c in case.rubric}
        self._owners = [c.id for c in case.rubric for _ in c.signals]
        self._spoken = Counter(word for text in spoken(case) for word in set(terms(text.text)))
        self._answered = Counter(word for words in self._answers.values() for word in words)

    def leak(self, text: Spoken, criterion: Criterion, free: bool = False) -> Leak | None:
        """The leak of a text into a criterion, if it is one. What is given may say all that is to be clarified; in `free` speech
        a folded word is often an ordinary one ("the real time that somebody watched"), and alone gives nothing away."""
        if text.given and criterion.step == "clarify":
            return None
        about = set(terms(text.text)) - self._open - text.said - set(terms(criterion.topic))
        shared = sorted(about & self._answers[criterion.id], key=lambda word: -self._rarity(word))
        weight = sum(map(self._rarity, shared))
        covered = weight / (sum(map(self._rarity, about)) or 1)
        strict = GIVEN if text.given else 1.0
        much = weight >= SHARED * strict and covered >= COVERED * strict
        if much or (not text.given and self._told(text, criterion, shared, weight, covered, free)):
            return Leak(key=text.key, text=text.text, criterion=criterion.id, shared=tuple(word.lstrip("~") for word in shared))
        return None

    def gives_away(self, text: str, said: frozenset[str]) -> Leak | None:
        """The leak of a free text into any criterion, when `said` are the terms that have fallen in the talk so far.

        Stricter than for authored texts: nor may it name a technique of the case that nobody has named.
        """
        spoken_now = Spoken(key="speech", text=text, said=said)
        found = next((leak for c in self._case.rubric if (leak := self.leak(spoken_now, c, free=True))), None)
        return found or self._names(text, said)

    def nearing(self, text: str, said: frozenset[str]) -> bool:
        """Whether the beginning of a sentence could still become a leak: what it shares with an answer begins to weigh."""
        words = set(terms(text)) - self._open - said
        if words & self.names:
            return True
        return any(sum(map(self._rarity, words & answer)) >= NEARING for answer in self._answers.values())

    def _names(self, text: str, said: frozenset[str]) -> Leak | None:
        named = sorted(m for m in (set(terms(text)) - said) & self.names if not _pieced(m, text, said))
        if not named:
            return None
        owner = next((c.id for c in self._case.rubric if set(named) & self._answers[c.id]), self._case.slug)
        return Leak(key="speech", text=text, criterion=owner, shared=tuple(word.lstrip("~") for word in named))

    @cached_property
    def names(self) -> frozenset[str]:
        """The methods of the case's answers and designs that its interviewer does not use as ordinary words."""
        texts = [*(f"{c.strong} {c.looks_for}" for c in self._case.rubric), *(c.phrase for c in self._case.choices)]
        named = {word for text in texts for word in terms(text)} & METHODS
        topics = set(terms(" ".join(c.topic for c in self._case.rubric)))
        return frozenset(w for w in named - self._open - topics if self._spoken[w] < ORDINARY)

    def _told(self, text: Spoken, criterion: Criterion, shared: Sequence[str], weight: float, covered: float, free: bool) -> bool:
        """Whether the text names the technique asked for, or reads like the answer. What is to be clarified is asked, not told."""
        if not free and covered >= COVERED and any(word in self._techniques[criterion.id] for word in shared):
            return True
        if criterion.step == "clarify" or weight < LIKE_SHARED or covered < LIKE_COVERED:
            return False
        if any(met(cue, text.text) for cue in self._cues[criterion.id]):
            return True
        nearest = max(
            (n for n, owner in zip(self._signals.scores(text.text), self._owners, strict=True) if owner == criterion.id),
            default=0.0,
        )
        return float(nearest) >= LIKE_AN_ANSWER

    def _rarity(self, word: str) -> float:
        """1 for a word of one text or answer, 0 for a usual one; a number meets another by chance and counts half."""
        rarity = max(0.0, 1 - math.log(max(1, self._answered[word] + self._spoken[word])) / math.log(USUAL))
        return rarity / 2 if word[0].isdigit() else rarity

    @cached_property
    def _techniques(self) -> dict[str, set[str]]:
        """By criterion the names of techniques (folded words) that its `looks_for` alone has."""
        looked = {c.id: {w for w in terms(c.looks_for) if w.startswith("~")} for c in self._case.rubric}
        spread = Counter(word for words in looked.values() for word in words)
        rare = {w for w in spread if spread[w] == 1 and self._answered[w] <= 2 and self._spoken[w] < ORDINARY}
        return {ident: words & rare for ident, words in looked.items()}


def _pieced(method: str, text: str, said: frozenset[str]) -> bool:
    """Whether a method is named by words that have fallen one by one ("the user tower", "the video tower": "the two towers")."""
    words = tokens(text)
    spans = [(first, last) for form, first, last in folded_spans(words) if form == method]
    return any(all(w.stem in said or w.stem in _NUMERALS for w in words[first:last]) for first, last in spans)


def found(case: CaseStudy, questions: Sequence[tuple[str, str]]) -> list[bool]:
    """For questions written to leak, (criterion id, text): whether each is found."""
    ear = Ear(case)
    return [ear.leak(Spoken(key="", text=text), case.criterion(ident)) is not None for ident, text in questions]
