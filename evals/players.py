"""Candidates for held interviews: a persona that a chat model plays, or answers written beforehand. Knows no case, rubric or grade."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Protocol

import yaml
from pydantic import Field, StringConstraints, ValidationError

from interviewer.errors import InputError, ModelError
from interviewer.providers.fence import fence, neutralise
from interviewer.providers.models import ChatModel
from interviewer.record.transcript import read
from interviewer.state import Value
from interviewer.steps import STEP, STEPS
from knowledge.case import Step
from prompts.library import Prompt, load

FOLDER = Path(__file__).with_name("personas")
SILENCE = "(silence)"
_SENTENCE = re.compile(r"(?<=[.!?])\s+")
_BROKEN = re.compile(
    r"\b(?:as|I am|I'm|I’m|just) an? (?:(?:AI|artificial intelligence)(?: (?:language )?model| assistant|(?=[,.;!?]|$))|(?:large )?language model|chatbot)\b"
    r"|\b(?:my|the) (?:skill card|persona(?! of\b))\b|\bsimulated candidate\b",
    re.IGNORECASE,
)
_BOTH_SIDES = re.compile(r"^\s*(?:\*\*)?interviewer(?:\*\*)?\s*:|</?turn\b", re.IGNORECASE | re.MULTILINE)
_LABEL = re.compile(r"^\s*(?:\*\*)?candidate(?:\*\*)?\s*:\s*", re.IGNORECASE)

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Level = Annotated[int, Field(ge=0, le=4)]
Line = tuple[str, str]


class Persona(Value):
    """A skill card: a level (0 to 4) for each step, what is known and missed in plain sentences, how they talk.

    `words` is the usual length of a turn from and to, `pause` the seconds before they speak (they count on the clock).
    A persona that `forges` writes what looks like the interviewer's or a system's words on purpose.
    """

    name: Text
    who: Text
    levels: dict[Step, Level]
    knows: tuple[Text, ...] = Field(min_length=1)
    misses: tuple[Text, ...] = Field(min_length=1)
    manner: tuple[Text, ...] = Field(min_length=1)
    words: tuple[int, int]
    pause: float = Field(default=6.0, ge=0)
    forges: bool = False

    def card(self) -> str:
        """The card as the player reads it."""
        levels = [f"- {STEP[step].title}: {self.levels[step]}" for step in STEPS]
        parts = [("Level by step", levels)] + [
            (title, [f"- {line}" for line in lines])
            for title, lines in (("What you know", self.knows), ("What you miss", self.misses), ("How you talk", self.manner))
        ]
        return "\n\n".join([self.who, *(f"{title}:\n" + "\n".join(lines) for title, lines in parts)])


class Candidate(Protocol):
    """Whoever answers. `answer` gives the next words ("" is silence), or None when they have nothing more and leave.

    It is asked with all that was said so far and keeps nothing itself, so that an interrupted interview goes on.
    """

    name: str
    pause: float

    def answer(self, question: str, transcript: Sequence[Line]) -> str | None: ...


class Player:
    """A persona that a chat model plays: it is shown the question, the card and the talk, and nothing else."""

    def __init__(self, model: ChatModel, persona: Persona, prompt: Prompt | None = None):
        self.name, self.pause, self.persona = persona.name, persona.pause, persona
        self.model, self._prompt = model, prompt or load("candidate")

    def answer(self, question: str, transcript: Sequence[Line]) -> str:
        """The next words; "" is silence. ModelError when the model fails or steps out of the role."""
        said = spoken(self.model.complete(self.messages(question, transcript), json=False))
        if broken := out_of_role(said, self.persona.forges):
            raise ModelError(f"The model {self.model.name} stepped out of the role of {self.name}: {broken!r}", "role")
        return said

    def messages(self, question: str, transcript: Sequence[Line]) -> list[Line]:
        """What the model is sent: the rules with question and card, then the talk, fenced turn by turn."""
        least, most = self.persona.words
        told = self._prompt.fill(
            question=neutralise(question),
            card=self.persona.card(),
            words=f"{least} to {most}",
            transcript="\n".join(fence("turn", text or SILENCE, by=role) for role, text in transcript),
        )
        return [("system", told.system), ("user", told.volatile)]


class Script:
    """Answers written beforehand, in their order; with `sentences` above 0 each is said in pieces of so many."""

    def __init__(self, name: str, answers: Sequence[str], sentences: int = 0):
        self.name, self.pause = name, 0.0
        self.answers = [piece for answer in answers for piece in _pieces(answer, sentences)]

    def answer(self, question: str, transcript: Sequence[Line]) -> str | None:
        """The answer that is due after what was said; None when all are said."""
        given = sum(role == "candidate" for role, _ in transcript)
        return self.answers[given] if given < len(self.answers) else None


def _pieces(answer: str, sentences: int) -> list[str]:
    if sentences <= 0:
        return [answer]
    parts = _SENTENCE.split(answer.strip())
    return [" ".join(parts[at : at + sentences]) for at in range(0, len(parts), sentences)]


def personas(folder: Path = FOLDER) -> list[str]:
    """The names of all personas."""
    return sorted(file.stem for file in folder.glob("*.yaml"))


def persona(name: str, folder: Path = FOLDER) -> Persona:
    """The persona of this name; InputError when there is none or its file is not right."""
    file = folder / f"{name}.yaml"
    if name not in personas(folder):
        raise InputError(f"no persona {name!r}: there are {', '.join(personas(folder))}")
    try:
        found = Persona.model_validate(yaml.safe_load(file.read_text("utf-8")))
    except (ValidationError, yaml.YAMLError) as error:
        raise InputError(f"{file}: {error}") from error
    if found.name != name or set(found.levels) != set(STEPS) or found.words[0] > found.words[1]:
        raise InputError(f"{file}: needs its own name, a level for each of {', '.join(STEPS)}, and words from less to more")
    return found


def script(path: Path, case: str, pick: str = "", sentences: int = 0) -> Script:
    """The answers of a file: a recorded interview (JSON; `pick` names one of several), else text with one answer a line."""
    if path.suffix not in (".json", ".jsonl"):
        try:
            lines = path.read_text("utf-8").splitlines()
        except OSError as error:
            raise InputError(f"{path}: cannot be read: {error.strerror}") from error
        return Script(path.stem, [line.strip() for line in lines], sentences)
    found = read(path, case=case)
    chosen = [t for t in found if pick in ("", t.id)]
    if len(chosen) != 1:
        raise InputError(f"{path}: name one of its interviews with --pick: {', '.join(t.id for t in found)}")
    return Script(chosen[0].id, [line.text for line in chosen[0].lines if line.role == "candidate"], sentences)


def spoken(reply: str) -> str:
    """A model's reply as the words that are said: its label and quotation marks taken off, (silence) as no word at all."""
    text = _LABEL.sub("", reply).strip()
    if len(text) > 1 and text[0] + text[-1] in ('""', "“”") and not set(text[1:-1]) & set('"“”'):
        text = text[1:-1].strip()
    return "" if text.lower().strip("().…* ") == "silence" else text


def out_of_role(text: str, forges: bool = False) -> str:
    """The words with which a player stopped being the candidate, or ""."""
    found = _BROKEN.search(text) or (None if forges else _BOTH_SIDES.search(text))
    return found.group().strip() if found else ""
