"""What the mere style of an answer gives away about its grade: the baseline that a grader must beat. It reads no content."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from evals.gold import Gold

RIDGE = 3.0
_WORDS = {
    "because": r"\b(?:because|since|so that|therefore|that's why|which means)\b",
    "contrast": r"\b(?:but|although|however|instead|rather than|on the other hand|unless)\b",
    "condition": r"\b(?:if|when|otherwise|in case)\b",
    "hedge": r"\b(?:maybe|perhaps|i think|i guess|probably|kind of|sort of|somehow)\b",
    "filler": r"\b(?:um|uh|you know|basically|like)\b",
    "number": r"\b\d[\d.,]*|\b(?:ten|twenty|fifty|hundred|thousand|million|billion|percent)\b",
    "question": r"\?",
}


def features(text: str, turns: int) -> list[float]:
    """Rates per hundred words, and lengths: nothing of what is said."""
    words = max(1, len(text.split()))
    sentences = max(1, len(re.findall(r"[.!?]+", text)))
    long = sum(len(word) > 8 for word in text.split()) / words
    rates = [len(re.findall(pattern, text, re.IGNORECASE)) * 100 / words for pattern in _WORDS.values()]
    return [*rates, words / sentences, long * 100, words / 1000, words / max(1, turns) / 100]


def guesses(everything: Sequence[Gold]) -> dict[str, int]:
    """The recommendation (0 to 3) that style alone suggests for each interview, by a ridge regression on the other problems."""
    rows = np.array([features(g.text, sum(t.role == "candidate" for t in g.turns)) for g in everything])
    rows = (rows - rows.mean(axis=0)) / (rows.std(axis=0) + 1e-9)
    wanted = np.array([g.rank for g in everything])
    cases = np.array([g.case for g in everything])
    found: dict[str, int] = {}
    for case in sorted(set(cases)):
        others = cases != case
        if not others.any():
            found |= {g.id: 0 for g in everything}
            continue
        told = _ridge(rows[others], wanted[others], rows[~others])
        found |= {
            g.id: int(np.clip(round(v), 0, 3)) for g, v in zip((g for g in everything if g.case == case), told, strict=True)
        }
    return found


def _ridge(known: np.ndarray, wanted: np.ndarray, asked: np.ndarray) -> np.ndarray:
    """Predictions by ridge regression with an intercept; `known` is (n, k), `asked` (m, k)."""
    mean = wanted.mean()
    weights = np.linalg.solve(known.T @ known + RIDGE * np.eye(known.shape[1]), known.T @ (wanted - mean))
    return asked @ weights + mean
