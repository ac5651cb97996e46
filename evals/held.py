"""An interview that was held, as a file: a head, its turns, its end and its scorecard, one JSON object a line. Values only."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from interviewer.errors import InputError
from interviewer.record.archive import Record
from interviewer.state import Claim, InterviewState, Role, Turn
from interviewer.steps import total

State = Literal["open", "finished", "invalid"]


class Loose(BaseModel):
    """Frozen; keys that another version wrote are let be."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class Head(Loose):
    """Who talks with whom on what. `whole` is the round in seconds; `script`, `pick` and `sentences` belong to written answers."""

    id: str
    case: str
    level: str = "senior"
    minutes: float = 45
    whole: float = 0.0
    interviewer: str = "embedded"
    candidate: str = ""
    persona: str = ""
    script: str = ""
    pick: str = ""
    sentences: int = 0
    pace: float = 130.0
    turns: int = 60


class Anchored(Loose):
    """What a question hangs on."""

    text: str = ""
    verbatim: bool = False
    turn: int = 0


class Heard(Loose):
    """A claim as it was read; `measured` when a number goes with it."""

    target: str
    polarity: str = "asserted"
    depth: str = "named"
    measured: bool = False


class Said(Loose):
    """One turn: what was said, when (seconds of the interview's clock), and for the interviewer's the move behind it."""

    index: int
    role: Role
    text: str
    step: str = ""
    clock: float = 0.0
    pressed: str = ""
    kind: str = ""
    about: str | None = None
    why: str = ""
    question: str = ""
    topic: str = ""
    note: str = ""
    say: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    near: tuple[str, ...] = ()
    offers: str | None = None
    anchor: Anchored | None = None
    frames: tuple[str, ...] = ()
    claims: tuple[Heard, ...] = ()
    work: dict[str, Any] = {}


class End(Loose):
    """How it ended: `invalid` is a run that failed, and `why` says of what; `asked` is what the candidate's model took."""

    status: State = "open"
    why: str = ""
    clock: float = 0.0
    asked: dict[str, float] = {}


class Held(Loose):
    """A whole held interview."""

    head: Head
    turns: tuple[Said, ...] = ()
    end: End = End()
    score: dict[str, Any] | None = None


def row(turn: Turn) -> dict[str, Any]:
    """A turn of the record as its line: the move's parts stand beside the words."""
    whole = turn.model_dump(mode="json", exclude_defaults=True)
    move, body = whole.pop("move", {}), {k: v for k, v in whole.items() if k != "reading"}
    claims = [_claim(c) for c in turn.claims()]
    return {**move, "clock": turn.clock, **body, "step": turn.step, **({"claims": claims} if claims else {})}


def _claim(claim: Claim) -> dict[str, Any]:
    return {"target": claim.target, "polarity": claim.polarity, "depth": claim.depth, "measured": bool(claim.numbers)}


def of_turns(head: Head, turns: Iterable[Turn], end: End | None = None) -> Held:
    """A held interview from the turns of the record."""
    return Held(head=head, turns=tuple(Said.model_validate(row(t)) for t in turns), end=end or End())


def of_record(record: Record, turns: Iterable[Turn]) -> Held:
    """An interview of the record that people held, in the same form."""
    terms, kept = record.terms, list(turns)
    state = InterviewState(terms=terms)
    for turn in kept:
        state = state.after(turn)
    head = Head(
        id=record.id, case=record.terms.case, level=terms.level, minutes=terms.minutes,
        whole=total(terms.minutes, terms.pace), interviewer=terms.models.get("interviewer", "embedded"),
    )  # fmt: skip
    return of_turns(head, kept, End(status="finished" if state.finished else "open", clock=state.clock))


def write(path: Path, head: Head, turns: Iterable[Turn], end: End, score: dict[str, Any] | None = None) -> None:
    """The whole file anew, in one move: whoever reads it meanwhile sees the old one or the new one."""
    lines = [
        {"line": "head", **head.model_dump()},
        *({"line": "turn", **row(turn)} for turn in turns),
        {"line": "end", **end.model_dump()},
        *([{"line": "score", **score}] if score else []),
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.part")
    beside.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8")
    os.replace(beside, path)


def read(path: Path) -> Held:
    """A held interview from its file; InputError names file, line and what is wrong."""
    parts: dict[str, list[Any]] = {"head": [], "turn": [], "end": [], "score": []}
    for number, line in _lines(path):
        kind = line.pop("line", None)
        if kind not in parts:
            raise InputError(f"{path}: line {number}: `line` must be one of {', '.join(parts)}, not {kind!r}")
        parts[kind].append(line)
    if len(parts["head"]) != 1:
        raise InputError(f"{path}: needs one line that is the head, as `python -m evals.hold` writes it")
    whole = {"head": parts["head"][0], "turns": parts["turn"], "end": (parts["end"] or [{}])[-1]}
    try:
        return Held.model_validate({**whole, "score": (parts["score"] or [None])[-1]})
    except ValidationError as error:
        first = error.errors()[0]
        raise InputError(f"{path}: {'.'.join(map(str, first['loc']))}: {first['msg']}") from error


def _lines(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot be read: {error}") from error
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            found = json.loads(line)
        except json.JSONDecodeError as error:
            raise InputError(f"{path}: line {number}: not JSON: {error.msg}") from error
        if not isinstance(found, dict):
            raise InputError(f"{path}: line {number}: must be an object")
        yield number, found
