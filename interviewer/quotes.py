"""Does a quote really stand in a text? Whitespace, case and the shape of quotation marks aside. Knows only strings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from interviewer.providers.fence import neutralise

_SAME = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"', "–": "-", "—": "-", "‑": "-", "‹": "<", "⁅": "["})
_HIDDEN = frozenset("\u00ad\u200b\u200c\u200d\u2060\ufeff")
_WRAP = " \t\n\"'“”‘’"
MIN_WORDS = 2  # a single word proves vocabulary only, unless it is all that was said


def find(quote: str, text: str) -> str | None:
    """The span of `text` that `quote` repeats, as it stands there; None when there is none or it proves too little."""
    plain, places = _fold(text)
    for candidate in (quote, quote.strip(_WRAP + ".…"), quote.strip(_WRAP)):
        wanted = _fold(candidate)[0]
        if not wanted or (len(wanted.split()) < MIN_WORDS and wanted.strip(".!?,") != plain.strip(".!?,")):
            continue
        start = _whole_words(plain, wanted)
        if start >= 0:
            return text[places[start] : places[start + len(wanted) - 1] + 1]
    return None


def locate(quote: str, lines: Sequence[tuple[int, str]], claimed: int) -> tuple[int, str] | None:
    """The numbered line that really holds `quote`, and the span in it: the claimed one if it does, else the nearest."""
    for index, text in _nearest(lines, claimed):
        span = find(quote, text)
        if span is not None:
            return index, span
    return None


def _nearest(lines: Iterable[tuple[int, str]], claimed: int) -> list[tuple[int, str]]:
    return sorted(lines, key=lambda line: abs(line[0] - claimed))


def _whole_words(plain: str, wanted: str) -> int:
    """Where `wanted` begins in `plain`, not inside a longer word; -1 when nowhere."""
    start = plain.find(wanted)
    while start >= 0:
        before, after = plain[start - 1 : start], plain[start + len(wanted) : start + len(wanted) + 1]
        if not (_glued(before, wanted[0]) or _glued(wanted[-1], after)):
            return start
        start = plain.find(wanted, start + 1)
    return -1


def _glued(left: str, right: str) -> bool:
    return left[-1:].isalnum() and right[:1].isalnum()


def _fold(text: str) -> tuple[str, list[int]]:
    """`text` for comparing, and for each of its characters the offset in `text` that it came from."""
    out: list[str] = []
    places: list[int] = []
    for place, char in enumerate(neutralise(text).translate(_SAME)):
        if char in _HIDDEN:
            continue
        folded = " " if char.isspace() else char.casefold()
        if folded == " " and (not out or out[-1] == " "):
            continue
        out.extend(folded)
        places.extend([place] * len(folded))
    if out and out[-1] == " ":
        out.pop()
        places.pop()
    return "".join(out), places
