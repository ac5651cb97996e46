"""Answers, sentences and questions that outsiders wrote from a case's question alone, with a reader's marks beside them."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from interviewer.steps import STEP

HERE = Path(__file__).parent / "listening"
SETS = ("development", "held_out")
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


def answers(which: str) -> list[Answer]:
    """The marked answers of one set."""
    return [Answer(**row) for row in _load("answers", which)]


def sentences_of(which: str) -> list[dict[str, Any]]:
    """Sentences about mistakes: `text`, and whether it is `asserted`."""
    return _load("sentences", which)


def questions_of(which: str) -> list[dict[str, Any]]:
    """Clarifying questions: `text`, the facts that are `needed` to answer it, and those that are `ok` beside."""
    return _load("questions", which)


def _load(kind: str, which: str) -> list[dict[str, Any]]:
    return json.loads((HERE / which / f"{kind}.json").read_text("utf-8"))
