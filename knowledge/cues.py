"""Patterns of words that a text may hold: groups of which all must occur close together, and groups of which none may. Knows no case."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from knowledge.case import Choice, Criterion, Pitfall, Twist
from knowledge.words import NEGATIVE, Token, fold, folded_spans, lexicon, stems, tokens

SPAN = 25  # words that a cue's groups may be apart
LONGEST_PHRASE = 6


@dataclass(frozen=True)
class Hit:
    """A cue that was met: the first token, the token after the last, and whether its own wording holds a negation."""

    first: int
    last: int
    negative: bool = False


class Cue:
    """One co-occurrence pattern: groups joined by " + ", alternatives by "/", "!" before a group that must not occur."""

    def __init__(self, pattern: str):
        groups = [group.strip() for group in pattern.split(" + ")]
        self.wanted = [_alternatives(g) for g in groups if not g.startswith("!")]
        self.barred = [_alternatives(g[1:]) for g in groups if g.startswith("!")]
        self.pattern = pattern
        self.negative = bool(NEGATIVE.search(" ".join(g for g in groups if not g.startswith("!"))))

    def hits(self, places: Places) -> list[Hit]:
        """Where the cue is met within `SPAN` words and two neighbouring sentences."""
        if not self.wanted or any(places.forms.isdisjoint(group) for group in self.wanted):
            return []
        spots = []
        for group in self.wanted:
            found = places.of(group)
            if not found:
                return []
            spots.append(found)
        rarest = min(spots, key=len)
        met = [hit for spot in rarest if (hit := self._around(spot, [s for s in spots if s is not rarest], places))]
        return [h for h in met if not self._barred(h, places)]

    def _around(self, spot: tuple[int, int], others: list[list[tuple[int, int]]], places: Places) -> Hit | None:
        first, last = spot
        for spots in others:
            near = min(spots, key=lambda s: (max(last, s[1]) - min(first, s[0]), s[0]))
            first, last = min(first, near[0]), max(last, near[1])
        tight = last - first <= SPAN and places.sentence[last - 1] - places.sentence[first] <= 1
        return Hit(first, last, self.negative) if tight else None

    def _barred(self, hit: Hit, places: Places) -> bool:
        lines = {places.sentence[hit.first], places.sentence[hit.last - 1]}
        return any(places.sentence[a] in lines for group in self.barred for a, _ in places.of(group))


class Places:
    """Where each stem, phrase and folded wording of a text stands; `sentence` tells each token's sentence."""

    def __init__(self, found: Sequence[Token], sentence: Sequence[int]):
        self.sentence = sentence
        self._at: dict[str, list[tuple[int, int]]] = defaultdict(list)
        sequence = [t.stem for t in found]
        for first in range(len(sequence)):
            for width in range(1, min(LONGEST_PHRASE, len(sequence) - first) + 1):
                self._at[" ".join(sequence[first : first + width])].append((first, first + width))
        for name, first, last in folded_spans(found):
            self._at[name].append((first, last))

    @cached_property
    def forms(self) -> frozenset[str]:
        """All that stands anywhere in the text."""
        return frozenset(self._at)

    def of(self, group: Iterable[str]) -> list[tuple[int, int]]:
        """All places of any alternative of a group, in order."""
        found = [self._at[form] for form in group if form in self._at]
        return found[0] if len(found) == 1 else sorted({spot for spots in found for spot in spots})


def met(cue: Cue, text: str) -> bool:
    """Whether a cue is met in `text`, taken as one sentence."""
    found = tokens(text)
    return bool(cue.hits(Places(found, [0] * len(found))))


def faults(pattern: str) -> Iterator[tuple[str, str]]:
    """(problem, mend) of a pattern that can never be met."""
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


def _alternatives(group: str) -> frozenset[str]:
    forms = set()
    for alternative in group.split("/"):
        sequence = stems(alternative)
        if sequence:
            forms.add(" ".join(sequence))
            forms |= {name} if (name := lexicon().get(sequence)) else set()
            folded = fold(sequence)
            forms |= {folded[0]} if len(folded) == 1 else set()
    return frozenset(forms)


def patterns(thing: Criterion | Choice | Pitfall | Twist) -> list[str]:
    """The cues of something, those of a mistake each with the words that keep all of them from counting."""
    bars = thing.bars if isinstance(thing, Pitfall) else []
    return [f"{cue} + !{'/'.join(bars)}" if bars else cue for cue in thing.cues]
