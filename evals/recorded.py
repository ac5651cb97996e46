"""Exchanges with a model kept in a file, to be heard again without one: for tests that need what a real mind answers.

    python -m evals.recorded --url http://127.0.0.1:8099/v1     hold the round of tests/recordings with the model there, and keep it

A recording is bound to the versions of the prompts and to the tiny case of the tests. What was not recorded is `NotCoveredError`:
a changed prompt needs a new recording, it never passes by an old one.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from interviewer.casefile import CaseFile
from interviewer.clock import VirtualClock
from interviewer.grading.grader import grade
from interviewer.grading.model_judge import ModelJudge
from interviewer.grading.scorecard import Scorecard
from interviewer.interview import Interview
from interviewer.listening.assessing import observed
from interviewer.listening.assessor import ModelAssessor
from interviewer.providers.models import ChatModel, Message, Whole, open_model
from interviewer.providers.reply import Usage
from interviewer.record.archive import Archive
from interviewer.record.transcript import of_record
from interviewer.settings import load as settings
from interviewer.speaking.model_voice import ModelVoice
from interviewer.state import Terms
from knowledge.library import load as case
from prompts import library as prompts

FOLDER = Path(__file__).parents[1] / "tests" / "recordings"
TINY = Path(__file__).parents[1] / "tests" / "cases" / "tiny"
PROMPTS = ("interviewer", "assessor", "grader", "across", "summary")
_STEP = re.compile(r'<sheet step="(\w+)">')


class NotCoveredError(LookupError):
    """Nothing was recorded for what is asked: the text says how to record it."""


class Tape:
    """The replies of one round by what they answer: the job, and which turn, step or part of the grade. `head` says how it was made."""

    def __init__(self, head: dict[str, Any], replies: dict[str, str]):
        self.head, self.replies = head, replies

    @classmethod
    def of(cls, file: Path) -> Tape:
        """The tape in a file."""
        lines = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
        return cls(lines[0], {row["key"]: row["reply"] for row in lines[1:]})

    def save(self, file: Path) -> None:
        """Writes the tape, a line each reply."""
        rows = [self.head, *({"key": key, "reply": reply} for key, reply in self.replies.items())]
        file.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")

    def reply(self, key: str) -> str:
        """What was answered; NotCoveredError when nothing was."""
        if key not in self.replies:
            raise NotCoveredError(f"{key} is not on the tape: record the round anew with `python -m evals.recorded`")
        return self.replies[key]


class Taped:
    """Stands in for a ChatModel of one job: from the tape, or from a `live` model whose replies go onto it."""

    name = "openai:recorded"

    def __init__(self, job: str, tape: Tape, live: ChatModel | None = None):
        self._job, self._tape, self._live, self._count = job, tape, live, 0
        self.spent = Usage()

    def stream(self, messages: Sequence[Message]) -> Pieces:
        """The reply in pieces, as a server would send it."""
        return Pieces(self._take(messages))

    def ask(self, messages: Sequence[Message], json: bool = True) -> Whole:
        return Whole(self._take(messages), Usage())

    def complete(self, messages: Sequence[Message], json: bool = True) -> str:
        return self._take(messages)

    def _take(self, messages: Sequence[Message]) -> str:
        key = f"{self._job}/{self._part(messages)}"
        if self._live:
            self._tape.replies[key] = self._live.complete(messages, json=self._job != "interviewer")
        return self._tape.reply(key)

    def _part(self, messages: Sequence[Message]) -> str:
        """Which request this is: a step of the grade by its name, all else by its number; a repair is one more."""
        step = _STEP.search(messages[1][1])
        mended = "/mended" * (len(messages) > 2 and self._job == "grader")
        if self._job == "grader":
            return f"{step[1] if step else 'summary' if '## Carried' in messages[1][1] else 'across'}{mended}"
        self._count += 1
        return str(self._count)


class Pieces(Iterator[str]):
    """A text in the pieces of a stream."""

    usage = Usage()

    def __init__(self, text: str):
        self._left = iter(re.findall(r"\S+\s*", text))

    def __next__(self) -> str:
        return next(self._left)

    def close(self) -> None: ...


def versions() -> dict[str, str]:
    """The prompts that speak, by id and what stands in them."""
    found = {name: prompts.load(name) for name in PROMPTS}
    return {p.id: hashlib.sha256(f"{p.system}\n{p.volatile}".encode()).hexdigest()[:16] for p in found.values()}


def answers() -> list[str]:
    """What the candidate of the recorded round says, turn by turn."""
    return (FOLDER / "answers.txt").read_text("utf-8").strip().split("\n\n")


def round_of(tape: Tape, folder: Path, live: ChatModel | None = None) -> tuple[Interview, Scorecard]:
    """The recorded round, held and graded: every word of a model comes from the tape (or from `live`, onto it)."""
    file = CaseFile(case(TINY))
    archive = Archive(folder / "record.db")
    record = archive.begin(Terms(case="tiny", pace="spoken"), file.entry.version)
    speaks, reads, grades = (Taped(job, tape, live) for job in ("interviewer", "assessor", "grader"))
    voice = ModelVoice(speaks, file.case.question)  # type: ignore[arg-type]
    interview = Interview(record.id, archive, file, voice, VirtualClock(), assessor=ModelAssessor(reads, file))  # type: ignore[arg-type]
    "".join(interview.speak())
    for answer in answers():
        "".join(interview.reply(answer))
        interview.settle()
    if not interview.finished:
        "".join(interview.press("finish"))
    card = grade(of_record(archive.record(record.id), interview.turns), file, ModelJudge(grades), observed(interview.turns))  # type: ignore[arg-type]
    archive.close()
    return interview, card


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--url", required=True)
    parser.add_argument("--model", default="openai:recorded")
    given = parser.parse_args()
    live = open_model(settings(model=given.model, base_url=given.url, api_key="none", timeout=3000), "grader")
    made = "answered by a language model through a manual endpoint; nobody has rated it"
    tape = Tape({"case": "tiny", "prompts": versions(), "made": made}, {})
    with tempfile.TemporaryDirectory() as folder:
        interview, card = round_of(tape, Path(folder), live)
    tape.save(FOLDER / "tiny.jsonl")
    for turn in interview.turns:
        print(f"{turn.role}: {turn.text}")
    print(card.recommendation, {s.step: s.level for s in card.steps})


if __name__ == "__main__":
    main()
