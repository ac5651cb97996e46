"""Which authored wordings stand in a text, and where: cues by co-occurrence, signals by weighted overlap. Knows no case, polarity or policy."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from knowledge.words import NEGATIVE, Token, fold, folded_spans, lexicon, stems, terms

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
        if not self.wanted:
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

    def of(self, group: Iterable[str]) -> list[tuple[int, int]]:
        """All places of any alternative of a group, in order."""
        found = [self._at[form] for form in group if form in self._at]
        return found[0] if len(found) == 1 else sorted({spot for spots in found for spot in spots})


class Overlap:
    """Weighted overlap of texts with authored sentences: cosine of stemmed, folded log-tf x idf vectors."""

    def __init__(self, sentences: Sequence[str]):
        bags = [Counter(terms(s)) for s in sentences]
        seen = Counter(term for bag in bags for term in bag)
        self._column = {term: place for place, term in enumerate(seen)}
        self._idf = np.array([math.log((1 + len(bags)) / (1 + n)) + 1 for n in seen.values()], dtype=np.float32)
        self._unknown = math.log(1 + len(bags)) + 1
        self._by_term = np.zeros((len(self._column), len(bags)), dtype=np.float32)
        for row, bag in enumerate(bags):
            columns, weights = self._weigh(bag)
            self._by_term[columns, row] = weights

    def knows(self, term: str) -> bool:
        """Whether a folded stem stands in any authored sentence."""
        return term in self._column

    def scores(self, text: str) -> np.ndarray:
        """Cosine of `text` with each authored sentence, shape (sentences,). Words never seen count in the length of the text."""
        columns, weights = self._weigh(Counter(terms(text)))
        return weights @ self._by_term[columns]

    def _weigh(self, bag: Counter[str]) -> tuple[list[int], np.ndarray]:
        """The columns of a text's known terms and their weights, of unit length together with its unknown ones."""
        known = [(self._column[term], count) for term, count in bag.items() if term in self._column]
        columns = [column for column, _ in known]
        weights = np.array([1 + math.log(count) for _, count in known], dtype=np.float32) * self._idf[columns]
        unknown = (len(bag) - len(known)) * (0.5 * self._unknown) ** 2
        length = math.sqrt(float(weights @ weights) + unknown)
        return columns, weights / length if length else weights


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
