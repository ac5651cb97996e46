"""The first whole sentences of a text, as many as fit. Knows only strings."""

from __future__ import annotations

import re

from interviewer.providers.window import estimate

_END = re.compile(r"(?<=[.!?:])\s+(?=[A-Z*\-])")


def opening(text: str, budget: int) -> str:
    """The first whole sentences of `text` that take at most `budget` tokens together; always the first one."""
    kept: list[str] = []
    left = budget
    for sentence in _END.split(text.strip()):
        left -= estimate(sentence)
        if kept and left < 0:
            break
        kept.append(sentence)
    return " ".join(kept)
