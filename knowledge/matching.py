"""How near a text stands to authored sentences: by the rare words they share and by what both are about. Knows no polarity or policy."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np

from knowledge.vectors import Vectors
from knowledge.words import terms

BEST = 3  # sentences of a target that count: one alone may agree by chance


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
        return self.table([text])[0]

    def table(self, texts: Sequence[str]) -> np.ndarray:
        """The same for many texts at once, shape (texts, sentences)."""
        weighed = [self._weigh(Counter(terms(text))) for text in texts]
        used = sorted({column for columns, _ in weighed for column in columns})
        place = {column: n for n, column in enumerate(used)}
        weights = np.zeros((len(texts), len(used)), dtype=np.float32)
        for row, (columns, found) in enumerate(weighed):
            weights[row, [place[column] for column in columns]] = found
        return weights @ self._by_term[used]

    def _weigh(self, bag: Counter[str]) -> tuple[list[int], np.ndarray]:
        """The columns of a text's known terms and their weights, of unit length together with its unknown ones."""
        known = [(self._column[term], count) for term, count in bag.items() if term in self._column]
        columns = [column for column, _ in known]
        weights = np.array([1 + math.log(count) for _, count in known], dtype=np.float32) * self._idf[columns]
        unknown = (len(bag) - len(known)) * (0.5 * self._unknown) ** 2
        length = math.sqrt(float(weights @ weights) + unknown)
        return columns, weights / length if length else weights


class Near(NamedTuple):
    """How near pieces of text stand to targets, each of shape (pieces, targets).

    `words` and `sense` are the means of the best overlaps and cosines with what says the target; `like` and `unlike` the
    best sum of both with a sentence that says it and with one that only sounds like it.
    """

    words: np.ndarray
    sense: np.ndarray
    like: np.ndarray
    unlike: np.ndarray


class Wordings:
    """Authored sentences by target: those that say it, and near misses that only sound like it."""

    def __init__(self, said: Sequence[Sequence[str]], unlike: Sequence[Sequence[str]]):
        self.targets = len(said)
        self._sentences = [s for group in said for s in group] + [s for group in unlike for s in group]
        self._said = _places(said, 0)
        self._unlike = _places(unlike, sum(map(len, said)))
        self.overlap = Overlap(self._sentences)
        self.vectors = Vectors(self._sentences)
        self._words_of = [Counter(term for s in group for term in set(terms(s))) for group in said]

    def near(self, pieces: Sequence[str], without: float = 2.0) -> Near:
        """How near each piece stands to each target. Sentences that overlap any piece by more than `without` are left out."""
        words = self.overlap.table(pieces)
        sense = self.vectors.of(pieces) @ self.vectors.reference.T
        copied = (words > without).any(axis=0)
        words[:, copied] = 0
        sense[:, copied] = 0
        said_words, said_sense = _padded(words)[:, self._said], _padded(sense)[:, self._said]
        unlike = _padded(words + sense)[:, self._unlike].max(axis=2)
        return Near(_best(said_words), _best(said_sense), (said_words + said_sense).max(axis=2), unlike)

    def typical(self, target: int, term: str) -> float:
        """How much a folded stem tells of a target: often in its sentences, rarely in those of others."""
        count = self._words_of[target][term]
        return count / max(1, len(self._said[target])) * math.log(self.targets / self._spread[term]) if count else 0.0

    @cached_property
    def _spread(self) -> Counter[str]:
        return Counter(term for words in self._words_of for term in words)


def _places(groups: Sequence[Sequence[str]], first: int) -> np.ndarray:
    """Rows of each group's sentences, padded with -1 (a column of zeros), shape (groups, most sentences of one)."""
    rows = np.full((len(groups), max(1, max(map(len, groups), default=1))), -1)
    for place, group in enumerate(groups):
        rows[place, : len(group)] = np.arange(first, first + len(group))
        first += len(group)
    return rows


def _padded(scores: np.ndarray) -> np.ndarray:
    return np.pad(scores, ((0, 0), (0, 1)))


def _best(scores: np.ndarray) -> np.ndarray:
    """The mean of the best of each target, shape (pieces, targets)."""
    width = scores.shape[2]
    if width <= BEST:
        return scores.mean(axis=2)
    return np.partition(scores, width - BEST, axis=2)[:, :, width - BEST :].mean(axis=2)
