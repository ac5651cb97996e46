"""What a grading worker is asked and what it answers: a step at a time, and the round as a whole. Values only; who judges is not known here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, Protocol, runtime_checkable

from interviewer.grading.scorecard import Evidence, Feedback, Moment, Scorecard
from interviewer.state import Value
from knowledge.case import Criterion, Pitfall, Step

Line = tuple[str, str]
JudgedDepth = Literal["absent", "named", "justified", "weighed", "quantified", "wrong", "unrated"]
Grade = Literal["strong", "shown", "weak", "failed"]


class Observed(Value):
    """An error that was noted while the round ran, for the grader to check. Without a step every step is shown it."""

    turn: int
    quote: str
    what: str
    why: str = ""
    step: Step | None = None


class Sheet(Value):
    """What a worker judges at once: a step's criteria and pitfalls, and the passages of the notes they rest on (by criterion id)."""

    step: Step
    question: str
    target_level: str
    criteria: tuple[Criterion, ...]
    pitfalls: tuple[Pitfall, ...]
    passages: dict[str, str] = {}
    observed: tuple[Observed, ...] = ()


class Judged(Value):
    """One criterion as judged: quotes first, then the reason, then the depth. `spread` is the lowest and highest depth of several runs."""

    criterion: str
    evidence: tuple[Evidence, ...] = ()
    reason: str
    failure: bool = False
    depth: JudgedDepth
    spread: tuple[JudgedDepth, ...] = ()


class JudgedError(Value):
    """A substantive error as found: `pitfall` names a known one, None one that the case does not list."""

    pitfall: str | None = None
    turn: int
    quote: str
    what: str
    why: str = ""
    correction: str = ""
    core: bool = True
    corrected: bool = False


class StepJudgement(Value):
    """A worker's judgement of one step. `outside` is what was argued soundly and is not on the sheet; `trouble` says what failed.

    `touched` is where the step was spoken of, for one that no verdict has a quote of. `estimate` is the level, 0 to 4 and between, of a worker whose weights were fitted on raters; None where the verdicts decide.
    """

    step: Step
    verdicts: tuple[Judged, ...]
    errors: tuple[JudgedError, ...] = ()
    outside: tuple[Evidence, ...] = ()
    trouble: str = ""
    touched: tuple[Evidence, ...] = ()
    estimate: float | None = None


class Whole(Value):
    """What a worker is told of a round as a whole: `moves` are the turn and kind of what the interviewer put to the candidate, if known."""

    question: str
    target_level: str
    moves: tuple[tuple[int, str], ...] = ()


class Instance(Value):
    """One place of the talk that shows a cross-cutting trait, well or badly."""

    turn: int
    quote: str
    reason: str
    grade: Grade


class Across(Value):
    """The traits of a round by their ids, each with its instances or with why it could not be judged, and what decided it."""

    instances: dict[str, tuple[Instance, ...]] = {}
    unrated: dict[str, str] = {}
    pivotal: tuple[Moment, ...] = ()
    trouble: str = ""


class Judge(Protocol):
    """Judges one sheet against a transcript of (role, text) lines; a quote names the index of its line.

    Raises ModelError when a model fails; what cannot be judged is `unrated` with a reason.
    """

    name: str
    parallel: int

    def judge(self, sheet: Sheet, transcript: Sequence[Line]) -> StepJudgement: ...


@runtime_checkable
class WholeJudge(Judge, Protocol):
    """A judge that reads a round as a whole too, and writes to the candidate what came of it.

    `repeats` is how often it wants each step to be judged, `prompts` are the versions it was told by. Neither `across` nor `advise`
    raises when a model fails: what they give says so.
    """

    repeats: int
    prompts: tuple[str, ...]

    def across(self, whole: Whole, transcript: Sequence[Line]) -> Across: ...

    def advise(self, card: Scorecard) -> Feedback: ...
