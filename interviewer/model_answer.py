"""What a grading model answers, read from its text: our own last mile. Knows no model and no transcript."""

from __future__ import annotations

import re
from typing import Literal, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from interviewer.judging import Grade, JudgedDepth

_FENCED = re.compile(r"```[a-zA-Z]*\s*\n(.*?)```", re.DOTALL)


class Loose(BaseModel):
    """Keys that we did not ask for are let be; those that we did must be right."""

    model_config = ConfigDict(extra="ignore", frozen=True)


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
Form = TypeVar("Form", bound=Loose)


class UnreadableError(ValueError):
    """An answer that is not the JSON that was asked for; the text says what is wrong with it, for the model to mend."""


def read(text: str, form: type[Form]) -> Form:
    """The answer in a model's reply, a code fence or words around it aside; UnreadableError says where it is wrong."""
    try:
        return form.model_validate_json(_object(text))
    except ValidationError as error:
        wrong = [f"{'.'.join(map(str, e['loc'])) or 'the reply'}: {e['msg']}" for e in error.errors()[:8]]
        raise UnreadableError("; ".join(wrong)) from error


def _object(text: str) -> str:
    """The JSON object in `text`: what a code fence holds, else from the first brace to the last."""
    fenced = _FENCED.search(text)
    inner = fenced[1] if fenced else text
    start, end = inner.find("{"), inner.rfind("}")
    return inner[start : end + 1] if 0 <= start < end else inner
