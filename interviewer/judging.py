"""What a grading worker is asked and what it answers: one step at a time. Values only; who judges is not known here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, Protocol

from interviewer.scorecard import Evidence
from interviewer.state import Value
from knowledge.case import Criterion, Pitfall, Step

Line = tuple[str, str]
JudgedDepth = Literal["absent", "named", "justified", "weighed", "quantified", "wrong", "unrated"]


class Sheet(Value):
    """What a worker judges at once: a step's criteria and pitfalls, and the passages of the notes they rest on (by criterion id)."""

    step: Step
    question: str
    target_level: str
    criteria: tuple[Criterion, ...]
    pitfalls: tuple[Pitfall, ...]
    passages: dict[str, str] = {}


class Judged(Value):
    """One criterion as judged: quotes first, then the reason, then the depth."""

    criterion: str
    evidence: tuple[Evidence, ...] = ()
    reason: str
    failure: bool = False
    depth: JudgedDepth


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
    """A worker's judgement of one step. `outside` is what was argued soundly and is not on the sheet; `trouble` says what failed."""

    step: Step
    verdicts: tuple[Judged, ...]
    errors: tuple[JudgedError, ...] = ()
    outside: tuple[Evidence, ...] = ()
    trouble: str = ""


class Judge(Protocol):
    """Judges one sheet against a transcript of (role, text) lines; a quote names the index of its line.

    Raises ModelError when a model fails; what cannot be judged is `unrated` with a reason.
    """

    name: str
    parallel: int

    def judge(self, sheet: Sheet, transcript: Sequence[Line]) -> StepJudgement: ...
