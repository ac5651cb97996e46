"""Recorded interviews: read, checked, normalised. Knows no model and no case."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

from interviewer.errors import InputError
from interviewer.record.archive import Record
from interviewer.state import InterviewState, Move, Role, Turn, Value
from knowledge.case import Level, Step

PRESSED = {"hint": "(asked for a hint)", "next": "(asked to move on)", "finish": "(ended the round)"}


class Line(Value):
    """One turn of a recorded interview; `step` and `move` are known only when we held it."""

    role: Role
    text: str
    step: Step | None = None
    pressed: str = ""
    move: Move | None = None


class Transcript(Value):
    """A whole interview to be graded. `spent` (seconds a step) and `entered` are None when there was no clock."""

    id: str
    case: str
    target_level: Level = "senior"
    question: str = ""
    lines: tuple[Line, ...]
    minutes: float = 45
    pace: str = "spoken"
    spent: dict[str, float] | None = None
    entered: tuple[str, ...] | None = None
    hints: int = 0
    practised: bool = False
    opened: bool = False

    def shown(self) -> list[tuple[str, str]]:
        """(role, text) of every turn for a reader: a pressed button in words."""
        return [(line.role, line.text or PRESSED.get(line.pressed, "")) for line in self.lines]

    def pairs(self) -> list[tuple[str, str]]:
        """(role, text) of every turn."""
        return [(line.role, line.text) for line in self.lines]


def of_record(record: Record, turns: Sequence[Turn]) -> Transcript:
    """The transcript of an interview that we held."""
    state = InterviewState(terms=record.terms)
    for turn in turns:
        state = state.after(turn)
    return Transcript(
        id=record.id, case=record.terms.case, target_level=record.terms.level, minutes=record.terms.minutes, pace=record.terms.pace,
        lines=tuple(Line(role=t.role, text=t.text, step=t.step, pressed=t.pressed, move=t.move) for t in turns),
        spent=dict(state.spent), entered=tuple(state.entered), hints=len(state.hints), practised=record.terms.practised,
        opened=record.terms.opened,
    )  # fmt: skip


def read(path: Path, case: str | None = None, level: str | None = None) -> list[Transcript]:
    """The interviews of one JSON or JSON-lines file; `case` and `level` fill what a file leaves out.

    InputError names file, place and mend.
    """
    try:
        text = path.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: byte {error.start}: not UTF-8 text: save it as UTF-8") from error
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from error
    return [_transcript(path, place, raw, case, level) for place, raw in _parse(path, text)]


def _parse(path: Path, text: str) -> list[tuple[str, Any]]:
    if not text.strip():
        raise InputError(f"{path}: is empty: it should hold an object with `turns`")
    try:
        whole = json.loads(text)
    except json.JSONDecodeError as error:
        if path.suffix != ".jsonl":
            raise InputError(f"{path}: line {error.lineno}, column {error.colno}: not JSON: {error.msg}") from error
        return _parse_lines(path, text)
    if isinstance(whole, list):
        return [(f"[{place}]", raw) for place, raw in enumerate(whole)]
    return [("", whole)]


def _parse_lines(path: Path, text: str) -> list[tuple[str, Any]]:
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            found.append((f"line {number}", json.loads(line)))
        except json.JSONDecodeError as error:
            raise InputError(f"{path}: line {number}, column {error.colno}: not JSON: {error.msg}") from error
    return found


def _transcript(path: Path, place: str, raw: Any, case: str | None, level: str | None) -> Transcript:
    where = f"{path}: {place}: " if place else f"{path}: "
    if not isinstance(raw, dict):
        raise InputError(f"{where}must be an object with `turns`, not {type(raw).__name__}")
    target = level or raw.get("target_level") or "senior"
    if target not in ("mid", "senior", "staff"):
        raise InputError(f"{where}target_level: {target!r} is not a level: use mid, senior or staff")
    slug = case or raw.get("case")
    if not isinstance(slug, str) or not slug:
        raise InputError(f"{where}case: missing: add it, or name one with --case")
    lines = _lines(where, raw.get("turns"))
    if not any(line.role == "candidate" and line.text.strip() for line in lines):
        raise InputError(f"{where}turns: no turn of the candidate has text: there is nothing to grade")
    ident = raw.get("id", path.stem if not place else f"{path.stem}{place}")
    return Transcript(
        id=str(ident), case=slug, target_level=cast(Level, target), question=str(raw.get("question") or ""), lines=tuple(lines)
    )


def _lines(where: str, turns: Any) -> list[Line]:
    if not isinstance(turns, list) or not turns:
        raise InputError(f"{where}turns: must be a list of {{'role', 'text'}} with at least one turn")
    return [_line(f"{where}turns[{place}]", turn) for place, turn in enumerate(turns)]


def _line(where: str, turn: Any) -> Line:
    if not isinstance(turn, dict):
        raise InputError(f"{where}: must be an object with `role` and `text`")
    role = turn.get("role")
    if role not in ("interviewer", "candidate"):
        raise InputError(f"{where}.role: {role!r}: use `interviewer` or `candidate`")
    if not isinstance(turn.get("text"), str):
        raise InputError(f"{where}.text: must be a text (an empty one for silence)")
    return Line(role=role, text=turn["text"])
