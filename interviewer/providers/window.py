"""What of a transcript fits a model: counts tokens and cuts, oldest of the middle first. Never touches the network."""

from __future__ import annotations

import hashlib
import math
import os
import re
import tempfile
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

Line = tuple[str, str]
Counter = Callable[[str], int]
NOTE = "note"  # the role of a line that says what was left out
BLOCK = 6  # lines dropped at once, so that the prefix stays the same for several turns
OVERHEAD = 6  # tokens that a message costs beside its text
SURE = 0.8  # share of the budget up to which an estimate is good enough

# the file's name in tiktoken's cache (sha1 of its address), and the sha256 without which tiktoken fetches it anew
_VOCABULARY = "fb374d419588a4632f3f557e76b4b70aebbca790"
_SHA256 = "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d"
_PIECE = re.compile(r"(?P<word>[^\W\d_]+)|(?P<number>\d+)|(?P<lines>\n+)|(?P<marks>[^\w\s]+|_+)")


@lru_cache(maxsize=1024)  # a transcript is counted anew each turn, and only its end is new
def estimate(text: str) -> int:
    """Tokens of `text`, about: within 3 to 10 % of o200k on English, notes and code."""
    total = 0.0
    for piece in _PIECE.finditer(text):
        size = len(piece[0])
        match piece.lastgroup:
            case "word" if piece[0].isascii():
                total += 1 + 0.55 * math.ceil(max(0, size - 7) / 5)
            case "word":  # other scripts: a token for each ideograph, for two or three letters else
                total += size * (0.9 if piece[0] > "\u2e80" else 0.4)
            case "number":
                total += math.ceil(size / 3)
            case "marks":
                total += math.ceil(size / 2)
            case _:
                total += 1
    return round(total)


def count(text: str) -> int:
    """Tokens of `text`: exact (o200k) when tiktoken's vocabulary is already on this machine, else estimated."""
    encoding = _encoding()
    return len(encoding.encode_ordinary(text)) if encoding else estimate(text)


def fit(transcript: Sequence[Line], budget: int, head: int = 1, counter: Counter | None = None) -> list[Line]:
    """The lines that fit into `budget` tokens: the first `head`, then a note of how many are left out, then the newest.

    The last line is always there; when even it is too long, its middle is left out, and says so. Tokens are counted
    exactly only where the estimate leaves a doubt.
    """
    lines = list(transcript)
    if sum(estimate(text) + OVERHEAD for _, text in lines) <= SURE * budget:
        return lines
    counter = counter or count
    sizes = [counter(text) + OVERHEAD for _, text in lines]
    if sum(sizes) <= budget:
        return lines
    head = min(head, len(lines) - 1)
    dropped, room = 0, budget - sum(sizes[:head]) - 2 * OVERHEAD - 20
    while sum(sizes[head + dropped :]) > room and head + dropped < len(lines) - 1:
        dropped = min(dropped + BLOCK, len(lines) - 1 - head)
    kept = lines[head + dropped :]
    if len(kept) == 1:
        kept = [(kept[0][0], clip(kept[0][1], max(room, 200), counter))]
    return [*lines[:head], *([(NOTE, left_out(dropped))] if dropped else []), *kept]


def left_out(lines: int) -> str:
    """The marker for turns that were dropped."""
    return f"[{lines} earlier turns are left out here to fit; what was said in them is not known now.]"


def clip(text: str, budget: int, counter: Counter = estimate) -> str:
    """`text` within about `budget` tokens: its beginning and end, and a note of how many words between are left out."""
    size = counter(text)
    if size <= budget:
        return text
    keep = int(len(text) * budget / size) // 2
    first, last = text[:keep], text[len(text) - keep :]
    words = len(text[keep : len(text) - keep].split())
    return f"{first}\n[{words} words are left out here to fit.]\n{last}"


@lru_cache(maxsize=1)
def _encoding() -> Any:
    """tiktoken's encoding, or None: asked only when it will find its file whole, else it would go to the network."""
    default = str(Path(tempfile.gettempdir()) / "data-gym-cache")
    folder = os.environ.get("TIKTOKEN_CACHE_DIR", os.environ.get("DATA_GYM_CACHE_DIR", default))
    file = Path(folder) / _VOCABULARY
    if not folder or not file.is_file() or hashlib.sha256(file.read_bytes()).hexdigest() != _SHA256:
        return None
    import tiktoken

    return tiktoken.get_encoding("o200k_base")
