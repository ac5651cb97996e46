"""A scorecard: its values and the arithmetic from evidence to levels to a recommendation. Deterministic; no model, no text."""

from __future__ import annotations

from typing import Literal

from interviewer.state import Value
from knowledge.case import Kind, Level, Step

Recommendation = Literal["strong_no_hire", "no_hire", "hire", "strong_hire"]
VerdictDepth = Literal["absent", "named", "justified", "weighed", "quantified", "wrong", "unrated", "not_reached"]
ResultStatus = Literal["rated", "unrated", "not_reached"]
CROSS = ("tradeoffs", "quantitative", "communication", "adaptation")
CROSS_TITLES = {
    "tradeoffs": "Trade-off reasoning",
    "quantitative": "Quantitative reasoning",
    "communication": "Communication and drive",
    "adaptation": "Adaptation",
}


class Evidence(Value):
    """A verbatim quote of the candidate and the index of the turn it stands in."""

    turn: int
    quote: str


class Note(Value):
    """Where a verdict comes from: a section of the case's notes, with its text for the debrief."""

    id: str
    title: str
    text: str = ""
    sources: tuple[str, ...] = ()


class Verdict(Value):
    """The judgement of one criterion. `reason` says in one sentence what carried it; `spread` is the lowest and the highest depth when
    it was judged more than once, else empty."""

    criterion: str
    step: Step
    topic: str
    looks_for: str
    kind: Kind
    weight: int
    expected_from: Level
    depth: VerdictDepth
    reason: str
    failure: bool = False
    evidence: tuple[Evidence, ...] = ()
    strong: str = ""
    note: Note | None = None
    spread: tuple[VerdictDepth, ...] = ()


class StepResult(Value):
    """A step's level, 0 to 4 (None when not rated), the level of engineer it shows, and its verdicts.

    `runs` is how many judgements it rests on, `spread` the lowest and highest level among them when there are several; `estimate`
    is the level before it was cut to a whole one, where a fitted grader gave it.
    """

    step: Step
    title: str
    level: int | None
    status: ResultStatus
    reason: str
    shows: str = ""
    evidence: tuple[Evidence, ...] = ()
    verdicts: tuple[Verdict, ...] = ()
    planned: float = 0.0
    used: float = 0.0
    runs: int = 1
    spread: tuple[int, ...] = ()
    estimate: float | None = None


class CrossResult(Value):
    """A cross-cutting level, 0 to 4 (None when not rated)."""

    id: str
    title: str
    level: int | None
    status: ResultStatus
    reason: str
    evidence: tuple[Evidence, ...] = ()


PERHAPS = "perhaps "  # begins what is told of an error that nobody is sure of


class ErrorFound(Value):
    """A substantive error that was asserted; `corrected` when it was taken back later."""

    turn: int
    what: str
    pitfall: str | None
    step: Step
    core: bool
    quote: str
    why: str
    correction: str
    corrected: bool = False
    note: Note | None = None

    @property
    def unsure(self) -> bool:
        """Whether it only comes near to a mistake: something to look at again, which caps and counts for nothing."""
        return self.what.startswith(PERHAPS)


class Moment(Value):
    """A moment that decided something, for better or worse; without a quote it is a whole step."""

    turn: int = 0
    quote: str = ""
    what: str
    good: bool


class StudyItem(Value):
    """What to learn next: a section of the notes (`id`) and the sources behind it."""

    title: str
    why: str
    text: str = ""
    sources: tuple[str, ...] = ()
    id: str = ""


class Advice(Value):
    """A sentence or two to the candidate. `cites` are the criteria and errors (E1, E2, ...) it rests on, `note` what to read."""

    text: str
    cites: tuple[str, ...] = ()
    note: str = ""


class Feedback(Value):
    """What came of a round in a few sentences. `trouble` says why a model that should have written it did not."""

    strengths: tuple[Advice, ...] = ()
    gaps: tuple[Advice, ...] = ()
    next: tuple[Advice, ...] = ()
    by: str = "embedded"
    trouble: str = ""


class MoveNote(Value):
    """Why the interviewer did what it did at one turn, and on which passages it rested."""

    turn: int
    kind: str
    why: str
    passages: tuple[str, ...] = ()


class Scorecard(Value):
    """The whole debrief as values. `recommendation` is None when too little could be rated; `prompts` are the versions that a model
    was told by, `cost` says in lines what it took."""

    interview: str
    case: str
    title: str
    question: str
    target_level: Level
    recommendation: Recommendation | None
    recommendation_reason: str
    steps: tuple[StepResult, ...]
    cross_cutting: tuple[CrossResult, ...]
    errors: tuple[ErrorFound, ...] = ()
    pivotal: tuple[Moment, ...] = ()
    study: tuple[StudyItem, ...] = ()
    hints: int = 0
    notes_on_moves: tuple[MoveNote, ...] = ()
    outside: tuple[Evidence, ...] = ()
    diagram: str = ""
    sources: tuple[str, ...] = ()
    transcript: tuple[tuple[str, str], ...] = ()
    grader: str = "embedded"
    rubric: str = ""
    trouble: tuple[str, ...] = ()
    practised: bool = False
    opened: bool = False
    feedback: Feedback | None = None
    prompts: tuple[str, ...] = ()
    cost: tuple[str, ...] = ()

    def step(self, ident: str) -> StepResult:
        """The result of one step."""
        return next(s for s in self.steps if s.step == ident)

    def compact(self) -> dict:
        """The form that grading files use: levels, evidence, recommendation and errors by the ids of the scale."""
        return {
            "id": self.interview,
            "case": self.case,
            "target_level": self.target_level,
            "steps": {s.step: _row(s) for s in self.steps},
            "cross_cutting": {c.id: _row(c) for c in self.cross_cutting},
            "recommendation": self.recommendation,
            "errors": [{"turn": e.turn, "what": e.what, "quote": e.quote, "corrected": e.corrected} for e in self.errors],
            "criteria": {
                v.criterion: {"depth": v.depth, "evidence": [e.model_dump() for e in v.evidence]}
                for s in self.steps
                for v in s.verdicts
            },
            "grader": self.grader,
            "prompts": list(self.prompts),
            "rubric": self.rubric,
        }


def _row(result: StepResult | CrossResult) -> dict:
    row: dict = {"level": result.level, "status": result.status, "evidence": [e.model_dump() for e in result.evidence]}
    if result.status == "unrated":
        row["reason"] = result.reason
    return row
