"""What an interview is at any moment: frozen values, JSON both ways. No model, clock or disk."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal, Protocol

from pydantic import BaseModel, ConfigDict, Field

from knowledge.case import Level, Step

Role = Literal["interviewer", "candidate"]
Pace = Literal["typed", "spoken"]
Status = Literal["open", "paused", "finished"]
Polarity = Literal["asserted", "rejected", "hedged", "hypothetical"]
Depth = Literal["named", "justified", "weighed", "quantified"]
TargetKind = Literal["criterion", "choice", "pitfall", "twist"]
Intent = Literal[
    "answers", "asks", "revises", "hint", "advance", "deeper", "thinks", "stuck", "repeat", "off_topic", "override",
    "finish", "foreign", "rude", "objects",
]  # fmt: skip
MoveKind = Literal[
    "open",
    "answer",
    "listen",
    "repeat",
    "ask",
    "probe",
    "challenge",
    "hint",
    "redirect",
    "twist",
    "advance",
    "wrap_up",
    "close",
]


_TAKEN = ("tokens_in", "tokens_out", "first", "whole", "tokens_cached")
_FIGURE = re.compile(r"\d[\d,]*\d{2}")
FULL_ANSWER = 8  # different words known to the case


class Spent(Protocol):
    """What one call of a model took: tokens by the provider's count, times in milliseconds."""

    @property
    def tokens_in(self) -> int: ...
    @property
    def tokens_out(self) -> int: ...
    @property
    def first(self) -> float: ...
    @property
    def whole(self) -> float: ...
    @property
    def tokens_cached(self) -> int: ...


class Value(BaseModel):
    """Frozen; unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Number(Value):
    """A number that the candidate gave: `value` in base units of `unit` (seconds, bytes, ...; "" when bare)."""

    value: float
    unit: str = ""
    quote: str


class Claim(Value):
    """Something a candidate's text shows: of which target, with what polarity and support, and where.

    `start` and `end` are character offsets into the turn's text and `quote` is that very span. `weighed` says that an
    alternative or a cost is set against it, `failure` that a failure mode is considered. `judged` is the depth in the
    judgement of a model; without it the depth follows from the rest.
    """

    kind: TargetKind
    target: str
    polarity: Polarity = "asserted"
    reason: bool = False
    weighed: bool = False
    failure: bool = False
    numbers: tuple[Number, ...] = ()
    quote: str
    start: int
    end: int
    score: float = 1.0
    judged: Depth | None = None

    @property
    def depth(self) -> Depth:
        """How well it is supported where it is said."""
        if self.judged:
            return self.judged
        measured = any(n.unit for n in self.numbers)
        if self.numbers and (self.reason or self.weighed):
            return "quantified"
        if self.weighed:
            return "weighed"
        return "justified" if self.reason or measured else "named"


class Ask(Value):
    """One question of the candidate; `fact` is the id of the fact that answers it, None when the case has none.

    `maybe` are the facts that it may be about, the likeliest first, when none is sure enough to tell it.
    """

    text: str
    fact: str | None = None
    maybe: tuple[str, ...] = ()
    score: float = 0.0


class Reading(Value):
    """What one answer shows, at once and without a model. `substance` counts its different words that the case knows; 0 is nothing.

    `wants` is the step that the candidate asks to talk about next. `about` says what the answer is mostly about: shares of
    it by criterion and by choice, the largest ones of each kind, each kind summing to at most 1.
    """

    intents: tuple[Intent, ...] = ()
    claims: tuple[Claim, ...] = ()
    asks: tuple[Ask, ...] = ()
    numbers: tuple[Number, ...] = ()
    words: int = 0
    substance: int = 0
    slip: str = ""
    wants: Step | None = None
    about: dict[str, float] = Field(default={})

    def of(self, kind: TargetKind, *polarities: Polarity) -> list[Claim]:
        """The claims about one kind of target, of the given polarities (all when none is given)."""
        return [c for c in self.claims if c.kind == kind and (not polarities or c.polarity in polarities)]


class Anchor(Value):
    """What the interviewer refers to: an authored noun phrase of the candidate's design, or their words verbatim."""

    text: str
    verbatim: bool
    turn: int
    choice: str | None = None


class Option(Value):
    """A follow-up that a model may take in the place of the decided one; `topic` is its public subject, `earlier` says that
    what it hangs on was said before the last answer, `drafted` that a model drafted the question."""

    kind: MoveKind
    step: Step
    about: str | None = None
    anchor: Anchor | None = None
    question: str
    topic: str = ""
    earlier: bool = False
    drafted: bool = False
    why: str
    passages: tuple[str, ...] = ()


class Move(Value):
    """What the interviewer does next, and why. The voice is handed its public part only (`voice.Brief`).

    `about` is the criterion, pitfall or twist that it concerns and `facts` are the facts told: both private, like `why` and
    `passages`, which the debrief shows. Public are the rest: `say` holds authored sentences (facts, a twist, a hint), `unknown`
    the candidate's questions that the case leaves to them, `question` the one thing asked, `note` what is said of the clock.
    `due` says that the clock wants this move. `offers` is the fact that `question` asks about ("Do you mean ...?"), told when the candidate says yes. A model that speaks
    is handed more: the `options` it may take instead (their questions stay in the record as `offered`), and the facts `near`
    to a question, to be told if they answer it.
    """

    kind: MoveKind
    step: Step
    about: str | None = None
    facts: tuple[str, ...] = ()
    offers: str | None = None
    say: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    anchor: Anchor | None = None
    question: str = ""
    topic: str = ""
    note: str = ""
    why: str
    passages: tuple[str, ...] = ()
    due: bool = False
    options: tuple[Option, ...] = ()
    offered: tuple[str, ...] = ()
    near: tuple[str, ...] = ()


class Work(Value):
    """Who did a piece of work, with what, and what it took. Times in milliseconds, `first` to the first word.

    `tokens_cached` are those of `tokens_in` that the provider had kept. `event` says what was out of the ordinary.
    """

    worker: str = "embedded"
    prompt: str = ""
    tokens_in: int = 0
    tokens_out: int = 0
    first: float = 0.0
    whole: float = 0.0
    decide: float = 0.0
    event: str = ""
    tokens_cached: int = 0

    def spent(self, used: Spent) -> Work:
        """With what a call took."""
        return self.model_copy(update={name: getattr(used, name) for name in _TAKEN})

    def plus(self, used: Spent) -> Work:
        """With what one more call took."""
        return self.model_copy(update={name: getattr(self, name) + getattr(used, name) for name in _TAKEN})


class Slip(Value):
    """Something wrong that was asserted, as a model noted it: where, why, and the pitfall that it is, when the case lists it."""

    quote: str
    what: str
    why: str = ""
    pitfall: str | None = None
    passage: str = ""


class Draft(Value):
    """A question that a model drafted for the next turn, already tried for leaks. `says` are the candidate's words it hangs on."""

    kind: Literal["probe", "challenge"] = "probe"
    about: str | None = None
    says: str = ""
    question: str


class Assessment(Value):
    """A model's own reading of one answer, made while the candidate thinks: every quote stands in the answer.

    `answered` says how far the last question was answered. `noted` keeps requirements, numbers and commitments in a few
    words. `trouble` says why there is nothing else: the call failed, and is made again before the debrief.
    """

    answered: Literal["fully", "partly", "not", "no question"] = "no question"
    claims: tuple[Claim, ...] = ()
    slips: tuple[Slip, ...] = ()
    noted: tuple[str, ...] = ()
    drafts: tuple[Draft, ...] = ()
    dropped: int = 0
    work: Work = Work()
    trouble: str = ""


class Turn(Value):
    """One entry of the record: what was said, when on the interview's clock (seconds), and what lay behind it."""

    index: int
    role: Role
    text: str
    clock: float = 0.0
    step: Step = "clarify"
    pressed: Literal["", "hint", "next", "finish"] = ""
    move: Move | None = None
    reading: Reading | None = None
    assessment: Assessment | None = None
    frames: tuple[str, ...] = ()
    work: Work = Work()

    @property
    def assessed(self) -> bool:
        """Whether a model has read it."""
        return self.assessment is not None and not self.assessment.trouble

    def claims(self) -> tuple[Claim, ...]:
        """What it shows: on criteria a model's word where there is one, in all else the reader's."""
        read = self.reading.claims if self.reading else ()
        if not self.assessed:
            return read
        return (*(c for c in read if c.kind != "criterion"), *self.assessment.claims)  # type: ignore[union-attr]


class Terms(Value):
    """What was agreed before the round: fixed for its whole length, but for `opened`: its notes were read while it ran."""

    case: str
    level: Level = "senior"
    minutes: float = Field(default=45, ge=5, le=120)
    pace: Pace = "typed"
    mode: Literal["mock"] = "mock"
    models: dict[str, str] = {}
    persona: str = "calm"
    practised: bool = False
    opened: bool = False


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
