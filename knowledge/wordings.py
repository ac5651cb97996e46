"""Whether a case's cues and signals can do their work: patterns that mean nothing, signals that nothing meets. Knows no interview."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from knowledge.case import CaseStudy
from knowledge.matching import LONGEST_PHRASE, Cue, Overlap, Places
from knowledge.words import fold, stems, tokens

KIN = 0.20  # overlap with another signal from which a signal does not stand alone
LONE = 0.2  # share of the signals of one thing that may stand alone


def cue_findings(case: CaseStudy) -> Iterator[tuple[str, str, str]]:
    """(key, problem, mend) of each pattern that can never be met and, where they are many, each signal that stands alone."""
    for key, patterns in _patterns(case):
        for pattern in patterns:
            yield from ((f"{key}.cues", f"{pattern!r}: {problem}", mend) for problem, mend in _faults(pattern))
    yield from _orphans(case)


def _patterns(case: CaseStudy) -> Iterator[tuple[str, Sequence[str]]]:
    for fact in case.facts:
        yield f"facts[{fact.id}]", fact.cues
    for choice in case.choices:
        yield f"choices[{choice.id}]", choice.wordings
    for criterion in case.rubric:
        yield f"rubric[{criterion.id}]", criterion.cues
    for pitfall in case.pitfalls:
        yield f"pitfalls[{pitfall.id}]", pitfall.cues
    for twist in case.twists:
        yield f"twists[{twist.id}]", twist.cues


def _faults(pattern: str) -> Iterator[tuple[str, str]]:
    groups = [group.strip() for group in pattern.split(" + ")]
    if all(group.startswith("!") for group in groups):
        yield "wants nothing", "add a group that must occur"
    for group in groups:
        bare = group.removeprefix("!")
        if "+" in bare:
            yield f"the group {group!r} holds a '+'", "write ' + ' with a space on both sides"
        for alternative in bare.split("/"):
            sequence = stems(alternative)
            if not sequence:
                yield f"the alternative {alternative!r} has no word", "remove it"
            elif len(sequence) > LONGEST_PHRASE and len(fold(sequence)) > 1:
                yield f"the alternative {alternative!r} has more than {LONGEST_PHRASE} words", "shorten it"


def _orphans(case: CaseStudy) -> Iterator[tuple[str, str, str]]:
    """Where too many signals are met by no cue and are like no other: they would be found in these very words only."""
    owners = [(f"rubric[{c.id}]", c.cues, c.signals) for c in case.rubric]
    owners += [(f"pitfalls[{p.id}]", p.cues, p.signals) for p in case.pitfalls]
    owners += [(f"twists[{t.id}]", t.cues, t.signals) for t in case.twists]
    overlap = Overlap([signal for _, _, signals in owners for signal in signals])
    first = 0
    for key, patterns, signals in owners:
        mine = slice(first, first + len(signals))
        cues = [Cue(p) for p in patterns]
        lone = [s for place, s in enumerate(signals) if not _met(cues, s) and _kin(overlap.scores(s)[mine], place) < KIN]
        if len(lone) > LONE * len(signals):
            for signal in lone:
                yield f"{key}.signals", f"no cue meets {signal!r} and no other signal is like it", "add a cue or a second wording"
        first += len(signals)


def met(patterns: Sequence[str], text: str) -> bool:
    """Whether any of these cue patterns is met in `text`, taken as one sentence."""
    return _met([Cue(p) for p in patterns], text)


def _met(cues: Sequence[Cue], text: str) -> bool:
    words = tokens(text)
    places = Places(words, [0] * len(words))
    return any(cue.hits(places) for cue in cues if cue.wanted)


def _kin(scores: np.ndarray, place: int) -> float:
    return float(np.delete(scores, place).max(initial=0.0))
