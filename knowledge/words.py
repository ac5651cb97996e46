"""Text to comparable words: tokens with their places, stems, and a lexicon of wordings folded into one. Knows no case."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from importlib import resources
from typing import NamedTuple

import Stemmer
import yaml

_TOKEN = re.compile(r"[a-zA-Z]+(?:['’][a-zA-Z]+)?|\d+(?:[.,]\d+)*")
_STEMMER = Stemmer.Stemmer("english")
MOST_WORDS = 6  # of one lexicon wording

STOP = frozenset(
    [
        "a",
        "about",
        "above",
        "after",
        "again",
        "all",
        "also",
        "am",
        "an",
        "and",
        "any",
        "are",
        "as",
        "at",
        "be",
        "been",
        "being",
        "both",
        "but",
        "by",
        "can",
        "could",
        "did",
        "do",
        "does",
        "doing",
        "done",
        "down",
        "each",
        "etc",
        "even",
        "few",
        "for",
        "from",
        "further",
        "get",
        "gets",
        "getting",
        "go",
        "goes",
        "going",
        "got",
        "had",
        "has",
        "have",
        "having",
        "he",
        "her",
        "here",
        "him",
        "his",
        "how",
        "i",
        "if",
        "in",
        "into",
        "is",
        "it",
        "its",
        "itself",
        "just",
        "kind",
        "know",
        "let",
        "like",
        "lot",
        "made",
        "make",
        "makes",
        "making",
        "many",
        "may",
        "me",
        "mean",
        "more",
        "most",
        "much",
        "my",
        "need",
        "needs",
        "no",
        "nor",
        "not",
        "now",
        "of",
        "off",
        "oh",
        "ok",
        "okay",
        "on",
        "once",
        "one",
        "only",
        "or",
        "other",
        "our",
        "out",
        "over",
        "own",
        "per",
        "put",
        "really",
        "right",
        "said",
        "same",
        "say",
        "see",
        "she",
        "should",
        "so",
        "some",
        "something",
        "sort",
        "stuff",
        "such",
        "sure",
        "take",
        "than",
        "that",
        "the",
        "their",
        "them",
        "then",
        "there",
        "these",
        "they",
        "thing",
        "things",
        "think",
        "this",
        "those",
        "through",
        "to",
        "too",
        "uh",
        "um",
        "under",
        "until",
        "up",
        "us",
        "use",
        "used",
        "uses",
        "using",
        "very",
        "want",
        "was",
        "way",
        "we",
        "well",
        "were",
        "what",
        "when",
        "where",
        "which",
        "while",
        "who",
        "whom",
        "why",
        "will",
        "with",
        "would",
        "yeah",
        "yes",
        "you",
        "your",
    ]
)


class Token(NamedTuple):
    """One word of a text: as written in lower case, its stem, and its character span."""

    word: str
    stem: str
    start: int
    end: int


# Words that the stemmer would throw together although they mean different things here.
_APART = {
    "position": "position",
    "positions": "position",
    "positional": "position",
    "paged": "paged",
    "pager": "pager",
    "probably": "probably",
    "likely": "likely",
}


@lru_cache(maxsize=50_000)
@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """The Snowball stem of one lower-case word."""
    return _APART.get(word) or _STEMMER.stemWord(word)


def tokens(text: str) -> list[Token]:
    """The words and numbers of `text`, in order, with their places in it."""
    found = []
    for match in _TOKEN.finditer(text):
        word = match.group().lower().replace("’", "'")
        found.append(Token(word, stem(word.removesuffix("'s")), match.start(), match.end()))
    return found


def stems(text: str) -> tuple[str, ...]:
    """The stems of `text`, stop words included."""
    return tuple(t.stem for t in tokens(text))


@lru_cache(maxsize=1)
def lexicon() -> dict[tuple[str, ...], str]:
    """Stem sequence of a wording to its folded form ("~ann")."""
    raw = yaml.load((resources.files("knowledge") / "lexicon.yaml").read_text("utf-8"), Loader=yaml.CSafeLoader)
    return {stems(wording): f"~{name}" for name, wordings in raw.items() for wording in wordings}


@lru_cache(maxsize=1)
def _widths() -> dict[str, int]:
    """How many stems the longest wording of the lexicon has that begins with a stem."""
    found: dict[str, int] = {}
    for wording in lexicon():
        found[wording[0]] = max(found.get(wording[0], 0), len(wording))
    return found


def fold(sequence: Sequence[str]) -> list[str]:
    """The stems with every wording of the lexicon replaced by its folded form, longest first."""
    table, widths, out, place = lexicon(), _widths(), [], 0
    while place < len(sequence):
        for width in range(min(widths.get(sequence[place], 0), len(sequence) - place), 0, -1):
            name = table.get(tuple(sequence[place : place + width]))
            if name:
                out.append(name)
                place += width
                break
        else:
            out.append(sequence[place])
            place += 1
    return out


def folded_spans(found: Sequence[Token]) -> list[tuple[str, int, int]]:
    """Every wording of the lexicon in a token list: (folded form, first token, token after the last), overlaps included."""
    table, spans = lexicon(), []
    sequence = [t.stem for t in found]
    for place in range(len(sequence)):
        for width in range(1, min(MOST_WORDS, len(sequence) - place) + 1):
            name = table.get(tuple(sequence[place : place + width]))
            if name:
                spans.append((name, place, place + width))
    return spans


_STOP_STEMS = frozenset(stem(word) for word in STOP)


def terms(text: str) -> list[str]:
    """What `text` is about: folded stems without stop words, in order."""
    return list(_terms(text))


@lru_cache(maxsize=8_192)
def _terms(text: str) -> tuple[str, ...]:
    return tuple(term for term in fold(stems(text)) if term not in _STOP_STEMS)


@lru_cache(maxsize=20_000)
def folded(word: str) -> str:
    """The one term of a single word; "" for a stop word."""
    return next(iter(terms(word)), "")


NEGATIVE = re.compile(r"\b(?:no|not|never|without|skip\w*|ignor\w*|don't|doesn't|needn't|unnecessary|nothing)\b", re.IGNORECASE)
