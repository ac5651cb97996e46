"""Answers, sentences and questions that outsiders wrote from a case's question alone, with a reader's marks beside them."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from interviewer.steps import STEP

HERE = Path(__file__).parent / "listening"
SETS = ("development", "held_out")
FIRST = "video_recommendation"
BOTTLENECK_STEP = "serve"  # moments that are no step belong to this one


@dataclass(frozen=True)
class Answer:
    """One answer to the question `asked`; `marks` are one reader's, `second` another's (None where nobody read it twice)."""

    id: str
    moment: str
    asked: str
    text: str
    marks: list[dict[str, Any]]
    second: list[dict[str, Any]] | None = None
    level: str = field(default="", compare=False)

    @property
    def step(self) -> str:
        """The step at hand."""
        return self.moment if self.moment in STEP else BOTTLENECK_STEP

    @property
    def targets(self) -> set[tuple[str, str]]:
        """(kind, id) of all that is marked."""
        return {(mark["kind"], mark["target"]) for mark in self.marks}


def sets(case: str) -> tuple[str, ...]:
    """The sets that a case has."""
    return tuple(which for which in SETS if (HERE / case / which).is_dir())


def answers(which: str, case: str = FIRST) -> list[Answer]:
    """The answers of one set; those that nobody has marked have no marks."""
    return [Answer(**row) for row in _load("answers", which, case)]


def sentences_of(which: str, case: str = FIRST) -> list[dict[str, Any]]:
    """Sentences about mistakes: `text`, and whether it is `asserted`."""
    return _load("sentences", which, case)


def questions_of(which: str, case: str = FIRST) -> list[dict[str, Any]]:
    """Clarifying questions: `text`, and where they are labelled the facts that are `needed` to answer it and those `ok` beside."""
    return _load("questions", which, case)


def _load(kind: str, which: str, case: str) -> list[dict[str, Any]]:
    return json.loads((HERE / case / which / f"{kind}.json").read_text("utf-8"))
