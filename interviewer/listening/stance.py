"""Whether a mistake is stated as the candidate's own view: signs of negation, supposing and repair, weighed. Knows no case.

A false challenge ends trust and a missed one ends the use of the round, so the signs are weighed rather than obeyed: their
weights are fitted on marked sentences (`python -m evals.fitting`).
"""

from __future__ import annotations

import math
import re
from typing import Any

from interviewer.listening.clauses import (
    HYPOTHESIS,
    NEGATION,
    REJECTION_AFTER,
    Sentence,
    bare,
    clause_text,
    hedges,
    of_others,
    polarity,
    rest_of,
    takes_back,
)
from interviewer.listening.recognising import weights
from interviewer.state import Polarity

SIGNS = (
    "strict", "plain", "negated_inside", "negated_clause", "negated_sentence", "dismissed_after", "dismissed_next", "supposed_clause",
    "supposed_sentence", "others_clause", "others_sentence", "hedged", "taken_back", "asked", "but_next", "leaning", "like",
)  # fmt: skip
_BUT = re.compile(r"\s*(?:but|however|though|except|yet)\b", re.IGNORECASE)


def signs(sentence: Sentence, first: int, last: int, before: str, after: str, leaning: float, like: float) -> dict[str, float]:
    """What speaks for and against an assertion at tokens `first` to `last`; `leaning` is how much nearer it stands to an assertion."""
    text, clause = sentence.text, clause_text(sentence, first, last)
    inside = text[sentence.words[first].start - sentence.start : sentence.words[last - 1].end - sentence.start]
    found = {
        "strict": polarity(sentence, first, last, before, after, strict=True) == "asserted",
        "plain": polarity(sentence, first, last, before, after) == "asserted",
        "negated_inside": NEGATION.search(bare(inside)),
        "negated_clause": NEGATION.search(bare(clause)),
        "negated_sentence": NEGATION.search(bare(text)),
        "dismissed_after": REJECTION_AFTER.search(rest_of(sentence, last)),
        "dismissed_next": REJECTION_AFTER.search(after[:80]),
        "supposed_clause": HYPOTHESIS.search(clause),
        "supposed_sentence": HYPOTHESIS.search(text),
        "others_clause": of_others(clause),
        "others_sentence": of_others(text),
        "hedged": hedges(clause),
        "taken_back": takes_back(text, after),
        "asked": text.rstrip().endswith("?"),
        "but_next": _BUT.match(after),
    }
    return {name: float(bool(value)) for name, value in found.items()} | {"leaning": leaning, "like": like}


def own_view(seen: dict[str, float], fitted: dict[str, Any] | None = None) -> float:
    """The probability that the mistake is stated as the candidate's own view."""
    fitted = fitted or weights()["stance"]
    return 1 / (1 + math.exp(-(fitted["bias"] + sum(fitted[name] * seen[name] for name in SIGNS))))


def stance(own: float, sentence: Sentence, first: int, last: int, before: str, after: str) -> Polarity:
    """How a mistake is meant that is their own view with probability `own`: asserted when that is likelier, else as the signs say."""
    if own >= 0.5 and not takes_back(sentence.text, after):
        return "asserted"
    meant = polarity(sentence, first, last, before, after, strict=True)
    return "rejected" if meant == "asserted" else meant
