"""What an interview is at any moment, folded from its turns: frozen values, JSON both ways. No model, clock or disk."""

from __future__ import annotations

import re
from collections.abc import Iterable

from interviewer.turn import (
    Anchor,
    Ask,
    Assessment,
    Claim,
    Depth,
    Draft,
    Intent,
    Move,
    MoveKind,
    Number,
    Option,
    Pace,
    Polarity,
    Reading,
    Role,
    Slip,
    Status,
    TargetKind,
    Terms,
    Turn,
    Value,
    Work,
)
from knowledge.case import Level, Step

__all__ = [
    "FULL_ANSWER",
    "Anchor",
    "Ask",
    "Assessment",
    "Claim",
    "Depth",
    "Draft",
    "Intent",
    "InterviewState",
    "Level",
    "Move",
    "MoveKind",
    "Number",
    "Option",
    "Pace",
    "Polarity",
    "Reading",
    "Role",
    "RoomView",
    "Slip",
    "Status",
    "StepView",
    "TargetKind",
    "Terms",
    "Turn",
    "Value",
    "Work",
    "figures",
    "outweighed",
    "rank",
]

_FIGURE = re.compile(r"\d[\d,]*\d{2}")
FULL_ANSWER = 8  # different words known to the case


class InterviewState(Value):
    """All that the policy needs to know; `after(turn)` folds the record into it, so that it can always be made again."""

    terms: Terms
    step: Step = "clarify"
    entered: dict[str, float] = {"clarify": 0.0}
    spent: dict[str, float] = {}
    clock: float = 0.0
    told: tuple[str, ...] = ()
    claims: tuple[tuple[int, Claim], ...] = ()
    moves: tuple[Move, ...] = ()
    frames: tuple[str, ...] = ()
    empty: int = 0
    hints: tuple[str, ...] = ()
    answered: tuple[str, ...] = ()
    turns: int = 0
    last_answer: str = ""
    last_question: str = ""
    figures: frozenset[str] = frozenset()
    finished: bool = False

    def after(self, turn: Turn) -> InterviewState:
        """The state once `turn` is in the record."""
        spent = dict(self.spent)
        spent[self.step] = spent.get(self.step, 0.0) + max(0.0, turn.clock - self.clock)
        base = {
            "turns": turn.index + 1, "clock": max(self.clock, turn.clock), "spent": spent, "figures": self.figures | figures(turn.text),
        }  # fmt: skip
        return self.model_copy(update=base | (self._heard(turn) if turn.role == "candidate" else self._said(turn)))

    def _heard(self, turn: Turn) -> dict:
        reading = turn.reading or Reading()
        bare = not reading.substance and not reading.asks and not turn.pressed
        return {
            "claims": self.claims + tuple((turn.index, c) for c in turn.claims()),
            "empty": self.empty + 1 if bare else 0,
            "answered": self.answered + self._answers(turn, reading),
            "last_answer": turn.text,
        }

    def _answers(self, turn: Turn, reading: Reading) -> tuple[str, ...]:
        """The point that the last question was about, when this answer has met it, has substance, or gives it up: it is not asked again."""
        asked = self.moves[-1].about if self.moves else None
        met = turn.assessment.answered == "fully" if turn.assessed else reading.substance >= FULL_ANSWER  # type: ignore[union-attr]
        met = met or (not turn.text.strip() and bool(self.moves) and self.moves[-1].kind == "hint")
        met = met or ("stuck" in reading.intents and bool(self.moves) and self.moves[-1].kind != "redirect")
        return (asked,) if asked and met else ()

    def _said(self, turn: Turn) -> dict:
        move = turn.move
        if move is None:
            return {}
        entered = self.entered if move.step in self.entered else self.entered | {move.step: turn.clock}
        return {
            "step": move.step,
            "entered": entered,
            "told": self.told + tuple(f for f in move.facts if f not in self.told),
            "moves": (*self.moves, move),
            "frames": self.frames + turn.frames,
            "hints": (*self.hints, move.about) if move.kind == "hint" and move.about else self.hints,
            "last_question": turn.text,
            "finished": move.kind == "close",
        }

    @property
    def twists(self) -> tuple[str, ...]:
        """The twists that were put so far."""
        return tuple(m.about for m in self.moves if m.kind == "twist" and m.about)

    def asked(self, about: str) -> int:
        """How often something was probed, asked, challenged or hinted at."""
        return sum(m.about == about for m in self.moves)

    def standing(self) -> dict[str, tuple[int, Claim]]:
        """The latest strongest word on each criterion: a rejection replaces what was asserted before it."""
        best: dict[str, tuple[int, Claim]] = {}
        for index, claim in self.claims:
            if claim.kind != "criterion":
                continue
            old = best.get(claim.target)
            if old is None or claim.polarity == "rejected" or rank(claim) >= rank(old[1]):
                best[claim.target] = (index, claim)
        return best


def figures(text: str) -> frozenset[str]:
    """The larger figures of a text, as digits: "300,000 a day" has 300000; one or two digits stand for too many things."""
    return frozenset(found.replace(",", "") for found in _FIGURE.findall(text))


def rank(claim: Claim) -> int:
    """0 for what does not count, then 1 to 4 by depth."""
    if claim.polarity in ("rejected", "hypothetical"):
        return 0
    return 1 if claim.polarity == "hedged" else {"named": 1, "justified": 2, "weighed": 3, "quantified": 4}[claim.depth]


def outweighed(claim: Claim, same_turn: Iterable[Claim], point: str) -> bool:
    """Whether a turn that seems to make a mistake goes on to the right thing: `point` with a reason, or the mistake turned down."""
    later = [c for c in same_turn if c.start >= claim.end]
    return any((c.target == point and rank(c) >= 2) or (c.target == claim.target and c.polarity == "rejected") for c in later)


class StepView(Value):
    """One step as the room shows it. Seconds."""

    id: Step
    title: str
    short: str
    purpose: str
    planned: float
    spent: float
    here: bool
    entered: bool


class RoomView(Value):
    """Everything a screen may know of a running interview: no rubric, no notes, no reasons."""

    id: str
    title: str
    question: str
    terms: Terms
    status: Status
    turns: tuple[tuple[Role, str], ...]
    steps: tuple[StepView, ...]
    clock: float
    total: float
    voice: str
    grader: str
    version: int
    waiting: bool
    trouble: str = ""
    spent: str = ""
    notice: str = ""
