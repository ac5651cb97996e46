"""What is said and done in a round, turn by turn: frozen values, JSON both ways. No model, clock or disk."""

from __future__ import annotations

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
