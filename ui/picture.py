"""The scorecard drawn as small pieces of HTML: levels, times, moves, transcript. Values in, strings out; draws nothing itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from interviewer.grading.scorecard import CrossResult, MoveNote, StepResult
from interviewer.steps import OVERRUN
from ui.style import minutes, quote, safe, sentence

LEVEL = {0: "not addressed", 1: "superficial", 2: "partial", 3: "solid", 4: "exceptional"}
STATUS = {"not_reached": "not reached", "unrated": "not rated", "rated": ""}
Result = TypeVar("Result", StepResult, CrossResult)
Part = Callable[[Any], str]
DOTS = '<span class="said waiting"><i></i><i></i><i></i></span>'


def steps(results: Sequence[StepResult]) -> str:
    """The seven steps: level, what it shows, time used against plan."""
    return _table(results, lambda r: f"shows {safe(r.shows)}" if r.shows else "", _time)


def across(results: Sequence[CrossResult]) -> str:
    """The cross-cutting levels, each with a quote where there is one."""
    return _table(results, lambda r: "", lambda r: "", _one)


def _table(results: Sequence[Result], shows: Part, side: Part, below: Part = lambda r: "") -> str:
    """Two rows for each result: title, level and what it shows; then the reason, and what stands beside and below it."""
    rows = "".join(
        f'<tr class="{_kind(r.level)}"><th scope="row">{safe(r.title)}</th><td class="bars">{bars(r.level)}</td>'
        f'<td class="word">{word(r.level, r.status)}</td><td class="shows">{shows(r)}</td></tr>'
        f'<tr class="why"><td colspan="4"><div><span>{safe(sentence(r.reason))}</span>{side(r)}</div>{below(r)}</td></tr>'
        for r in results
    )
    return f'<table class="levels">{rows}</table>'


def bars(level: int | None) -> str:
    """A level from 0 to 4 as four blocks."""
    said = "no level" if level is None else f"level {level} of 4"
    blocks = "".join(f'<i class="{"on" if level is not None and n < level else ""}"></i>' for n in range(4))
    return f'<span class="blocks{"" if level is not None else " none"}" role="img" aria-label="{said}">{blocks}</span>'


def word(level: int | None, status: str) -> str:
    """A level in words."""
    return STATUS[status] if level is None else f"<b>{level}</b> {LEVEL[level]}"


def moves(notes: Sequence[MoveNote]) -> str:
    """Why the interviewer did what it did, turn by turn."""
    rows = "".join(
        f'<tr><td>{n.turn}</td><th scope="row">{safe(n.kind.replace("_", " "))}</th><td>{safe(sentence(n.why))}'
        f"{''.join(f'<br><code>{safe(p)}</code>' for p in n.passages)}</td></tr>"
        for n in notes
    )
    head = '<tr><th scope="col">Turn</th><th scope="col">Move</th><th scope="col">Why, and the notes it rests on</th></tr>'
    return f'<table class="moves">{head}{rows}</table>'


def transcript(lines: Sequence[tuple[str, str]]) -> str:
    """The talk with its turn numbers."""
    return "".join(
        f'<div class="line {safe(role)}"><span>{n}</span><div><small>{safe(role)}</small>'
        f'<div class="said">{safe(text) or "<em>(a button)</em>"}</div></div></div>'
        for n, (role, text) in enumerate(lines)
    )


def _kind(level: int | None) -> str:
    return "none" if level is None else f"l{level}"


def _time(result: StepResult) -> str:
    if not result.planned:
        return ""
    over = " over" if result.used > result.planned * OVERRUN else ""
    part = min(100, round(100 * result.used / result.planned))
    told = f"{minutes(result.used)} of {minutes(result.planned)}"
    return f'<small class="time{over}"><span><i style="width:{part}%"></i></span>{told}</small>'


def _one(result: CrossResult) -> str:
    return quote(result.evidence[0].quote, result.evidence[0].turn) if result.evidence else ""
