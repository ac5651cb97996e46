"""What a model cites, held against what the candidate said; and when two quotes are one statement. Knows only lines and strings."""

from __future__ import annotations

from collections.abc import Sequence

from interviewer.grading.scorecard import Evidence
from interviewer.quotes import locate


class Testimony:
    """The candidate's lines with their indexes, to find quotes in. `lines` are (role, text)."""

    def __init__(self, lines: Sequence[tuple[str, str]]):
        self.said = [(index, text) for index, (role, text) in enumerate(lines) if role == "candidate"]

    def find(self, quote: str, turn: int | None) -> Evidence | None:
        """The quote as it stands in the candidate's turn (the named one, else the nearest); None when it was never said."""
        place = locate(quote, self.said, -1 if turn is None else turn)
        return Evidence(turn=place[0], quote=place[1]) if place else None

    @property
    def silent(self) -> bool:
        """Whether the candidate said nothing at all."""
        return not any(text.strip() for _, text in self.said)


def same(one: Evidence, other: Evidence) -> bool:
    """Whether two quotes are of one statement: of one turn, and one holds the other."""
    a, b = (" ".join(e.quote.lower().split()) for e in (one, other))
    return one.turn == other.turn and (a in b or b in a)
