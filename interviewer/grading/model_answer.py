"""The forms in which a grading model answers. Values only."""

from __future__ import annotations

from typing import Literal

from interviewer.grading.judging import Grade, JudgedDepth
from interviewer.providers.structured import Loose


class Quote(Loose):
    turn: int | None = None
    quote: str


class Verdict(Loose):
    criterion: str
    evidence: list[Quote] = []
    reason: str
    failure: bool = False
    depth: JudgedDepth


class WrongClaim(Loose):
    pitfall: str | None = None
    turn: int | None = None
    quote: str
    what: str
    why: str = ""
    correction: str = ""
    core: bool = True
    corrected: bool = False


class Answer(Loose):
    """Of one step."""

    verdicts: list[Verdict]
    errors: list[WrongClaim] = []
    outside: list[Quote] = []


class Seen(Loose):
    turn: int | None = None
    quote: str
    reason: str
    grade: Grade


class Decided(Loose):
    turn: int | None = None
    quote: str
    what: str
    good: bool


class AcrossAnswer(Loose):
    """Of the round as a whole."""

    tradeoffs: list[Seen]
    quantitative: list[Seen]
    communication: list[Seen]
    adaptation: list[Seen]
    pivotal: list[Decided] = []


class Told(Loose):
    text: str
    cites: list[str] = []
    note: str | None = None


class FeedbackAnswer(Loose):
    """To the candidate."""

    strengths: list[Told]
    gaps: list[Told]
    next: list[Told]


Section = Literal["strengths", "gaps", "next"]
SECTIONS: tuple[Section, ...] = ("strengths", "gaps", "next")
