"""The gold set: constructed interviews with two independent raters each, half of them held out by problem.

All of it was written and rated by language models; no person has rated them. Writers saw the question, the level and a profile,
never a case's files; raters saw the transcript, the scale, and then the points of the rubric.
"""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from interviewer.errors import InputError
from interviewer.record.transcript import Line, Transcript
from interviewer.steps import STEPS
from knowledge.case import Level

FOLDER = Path(__file__).with_name("gold")
SPLIT = FOLDER / "split.yaml"
RECOMMENDATIONS = ("strong_no_hire", "no_hire", "hire", "strong_hire")
Point = Literal["m", "p", "n"]  # met, partly, not met


class Loose(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class Mistake(Loose):
    """A substantive error: the turn of the transcript it stands in (from 0), what it is, whether it was corrected."""

    turn: int
    what: str
    corrected: bool = False


class Rater(Loose):
    """What one rater gave: levels 0 to 4 by step and cross-cutting, the recommendation, errors, and marks of the rubric's points."""

    steps: dict[str, int]
    cross_cutting: dict[str, int] = {}
    recommendation: Literal["strong_no_hire", "no_hire", "hire", "strong_hire"]
    errors: tuple[Mistake, ...] = ()
    points: dict[str, Point] = {}

    @property
    def rank(self) -> int:
        """The recommendation as a number, 0 to 3."""
        return RECOMMENDATIONS.index(self.recommendation)


class Gold(Loose):
    """One interview of the set. `planted` are the errors that its writer put in."""

    id: str
    case: str
    target_level: Level
    profile: str
    made: str
    turns: tuple[Line, ...]
    raters: tuple[Rater, ...]
    planted: tuple[Mistake, ...] = ()

    @property
    def transcript(self) -> Transcript:
        return Transcript(id=self.id, case=self.case, target_level=self.target_level, lines=self.turns)

    @property
    def text(self) -> str:
        """The candidate's words."""
        return " ".join(line.text for line in self.turns if line.role == "candidate")

    def level(self, step: str) -> float:
        """The raters' mean level of a step."""
        return sum(r.steps[step] for r in self.raters) / len(self.raters)

    @property
    def rank(self) -> float:
        """The raters' mean recommendation, 0 to 3."""
        return sum(r.rank for r in self.raters) / len(self.raters)

    @property
    def uneven(self) -> bool:
        """Whether the raters found some steps better than others by two levels or more."""
        levels = [self.level(s) for s in STEPS]
        return max(levels) - min(levels) >= 2


@lru_cache(maxsize=4)
def everything(folder: Path = FOLDER) -> tuple[Gold, ...]:
    """All interviews of the set, by id; InputError names the file that is not right."""
    return tuple(_one(file) for file in sorted(folder.glob("*.json")))


def _one(file: Path) -> Gold:
    try:
        found = Gold.model_validate_json(file.read_text("utf-8"))
    except ValidationError as error:
        first = error.errors()[0]
        raise InputError(f"{file}: {'.'.join(map(str, first['loc']))}: {first['msg']}") from error
    if len(found.raters) < 2 or any(set(r.steps) != set(STEPS) for r in found.raters):
        raise InputError(f"{file}: needs two raters, each with a level for {', '.join(STEPS)}")
    return found


@lru_cache(maxsize=4)
def held_cases(file: Path = SPLIT) -> frozenset[str]:
    """The problems that are held out: what is fitted or looked at by hand is on the others."""
    told: dict[str, Any] = yaml.safe_load(file.read_text("utf-8"))
    return frozenset(told["held_out"])


def half(held: bool = False) -> list[Gold]:
    """The tuning half, or the held-out one."""
    return [g for g in everything() if (g.case in held_cases()) == held]


@lru_cache(maxsize=1)
def by_id() -> dict[str, Gold]:
    return {g.id: g for g in everything()}


def errors_of(file: Path) -> list[str]:
    """What is wrong with a file of the set, for whoever adds one; nothing when it is right."""
    try:
        found = _one(file)
    except (InputError, json.JSONDecodeError) as error:
        return [str(error)]
    words = sum(len(line.text.split()) for line in found.turns)
    turns = len(found.turns)
    wrong = [f"{file}: {words} words; a round has 700 to 2,700" for _ in [0] if not 700 <= words <= 2_700]
    wrong += [f"{file}: an error stands in turn {m.turn} of {turns}" for m in found.planted if not 0 <= m.turn < turns]
    return wrong
