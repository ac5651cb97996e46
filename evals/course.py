"""What can be seen in the course of a round, with its case: points, steps, loops, the clock, the end. No model."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from evals.held import Heard, Held, Said
from evals.wording import Finding, alike, questions, unquoted
from interviewer.listening.numbers import numbers
from interviewer.steps import STEPS
from knowledge.case import CaseStudy

SHARE = 0.75  # of the words that are the candidate's
POINT_LIMIT = 3  # follow-ups on one point
FOLLOW_UPS = ("ask", "probe", "challenge", "hint", "advance", "redirect")
CARRIED = ("justified", "weighed", "quantified")
OFF_MINUTES = 1.5  # by which a time that is said may be wrong
LATE = 0.6  # share of a round by which half of it should have been said

_LEFT = re.compile(r"\b(\d+|[a-z]+(?:-[a-z]+)?) minutes? (?:are |is )?(?:left|remaining|to go|more)\b", re.IGNORECASE)
CLOCK = re.compile(
    r"\bhalf(?:way (?:through|in\b|point)| (?:of )?(?:the|our) time)|\bminutes? (?:are |is )?(?:left|remaining|to go)\b|\b(?:out of|over) time\b|\btime is (?:nearly|almost)\b|\bthe clock\b|\bleave time\b",
    re.IGNORECASE,
)
_NEARLY = re.compile(r"\b(?:nearly|almost) (?:out of time|over|up|done)\b|\btime is (?:nearly|almost)\b", re.IGNORECASE)
_HALF = re.compile(r"\bhalf(?:way (?:through|in\b|point)| (?:of )?(?:the|our) time)\b", re.IGNORECASE)


def checks(held: Held, case: CaseStudy) -> Iterator[Finding]:
    """All findings in the course of a round, in no order."""
    turns = held.turns
    yield from _share(turns)
    yield from _settled(turns, case)
    yield from _steps(held)
    yield from _twists(turns)
    yield from _loops(turns)
    yield from _clock(held)
    yield from _closing(held)


def share(turns: Sequence[Said]) -> float:
    """The candidate's share of the words, the opening with the question left out; 1 when nothing was said."""
    count = Counter({t.role: 0 for t in turns})
    for turn in turns:
        count[turn.role] += len(turn.text.split()) if turn.kind != "open" else 0
    return count["candidate"] / (sum(count.values()) or 1) if sum(count.values()) else 1.0


def _share(turns: Sequence[Said]) -> Iterator[Finding]:
    part = share(turns)
    if part < SHARE:
        yield Finding(turn=None, kind="share", text=f"the candidate has {part:.0%} of the words")


def _settled(turns: Sequence[Said], case: CaseStudy) -> Iterator[Finding]:
    """Points asked about after the candidate had carried them, by the reading that stands in the record."""
    kinds = {c.id: c.kind for c in case.rubric}
    carried: dict[str, int] = {}
    for turn in turns:
        for claim in turn.claims:
            if claim.polarity == "rejected":
                carried.pop(claim.target, None)
            elif _carries(claim, kinds.get(claim.target)):
                carried.setdefault(claim.target, turn.index)
        if turn.kind in ("ask", "probe", "advance") and turn.about in carried:
            yield Finding(
                turn=turn.index, kind="settled", text=f"{turn.about} was carried at turn {carried[turn.about]}: {turn.text}"
            )


def _carries(claim: Heard, kind: str | None) -> bool:
    if kind is None or claim.polarity != "asserted":
        return False
    return claim.measured if kind == "quantitative" else claim.depth in CARRIED


def _steps(held: Held) -> Iterator[Finding]:
    """Steps never entered in a round that the clock ended; one that the candidate left shows nothing."""
    if held.end.status != "finished" or _left(held):
        return
    entered = {t.step for t in held.turns if t.role == "interviewer"}
    if missing := [s for s in STEPS if s not in entered]:
        yield Finding(turn=None, kind="steps", text=f"never entered: {', '.join(missing)}")


def _twists(turns: Sequence[Said]) -> Iterator[Finding]:
    for turn in [t for t in turns if t.kind == "twist"][1:]:
        yield Finding(turn=turn.index, kind="twist", text=f"a second changed requirement: {turn.text}")


# --- going round, the clock, the end --------------------------------------------------------------------------------


def _loops(turns: Sequence[Said]) -> Iterator[Finding]:
    """A point that is followed up more than three times, and a question that is put more than three times."""
    points: Counter[str] = Counter()
    put: list[str] = []
    for turn in turns:
        if turn.kind in FOLLOW_UPS and turn.about:
            points[turn.about] += 1
            if points[turn.about] > POINT_LIMIT:
                yield Finding(turn=turn.index, kind="loop", text=f"{turn.about} for the {points[turn.about]}th time: {turn.text}")
        for question in questions(turn) if turn.role == "interviewer" else []:
            times = sum(alike(question, other) for other in put) + 1
            if times > POINT_LIMIT:
                yield Finding(turn=turn.index, kind="loop", text=f"put for the {times}th time: {question}")
            put.append(question)


def _clock(held: Held) -> Iterator[Finding]:
    """Times that are said and wrong, and a round that went past its half without a word about it."""
    whole = held.head.whole or held.head.minutes * 60
    said_any = False
    for turn in held.turns:
        if turn.role == "candidate" or turn.kind == "open":
            continue
        said_any = said_any or bool(CLOCK.search(turn.text))
        yield from _wrong_times(turn, whole)
    if not said_any and any(t.clock >= LATE * whole for t in held.turns if t.kind not in ("", "wrap_up", "close")):
        yield Finding(turn=None, kind="clock", text="half of the time went by and nothing was said about it")


def _wrong_times(turn: Said, whole: float) -> Iterator[Finding]:
    left = (whole - turn.clock) / 60
    for match in _LEFT.finditer(unquoted(turn.text)):
        stated = numbers(f"{match[1]} minutes")
        if stated and abs(stated[0].value / 60 - left) > OFF_MINUTES:
            yield Finding(turn=turn.index, kind="clock", text=f"{left:.0f} minutes are left: {match[0]}")
    if _HALF.search(turn.text) and not 0.4 <= turn.clock / whole <= 0.8:
        yield Finding(turn=turn.index, kind="clock", text=f"{turn.clock / whole:.0%} of the time is gone: {turn.text[:80]}")
    if _NEARLY.search(turn.text) and left > 0.2 * whole / 60:
        yield Finding(turn=turn.index, kind="clock", text=f"{left:.0f} minutes are left: {turn.text[:80]}")


def _closing(held: Held) -> Iterator[Finding]:
    """The round should end with a wrap-up question, where the clock allows one, and a closing word."""
    if held.end.status != "finished" or not held.turns or held.turns[-1].kind != "close":
        yield Finding(
            turn=None,
            kind="closing",
            text=f"the round was not closed ({held.end.status}{': ' * bool(held.end.why)}{held.end.why})",
        )
    elif not _left(held) and not any(t.kind == "wrap_up" for t in held.turns):
        yield Finding(turn=None, kind="closing", text="closed without a wrap-up question")


def _left(held: Held) -> bool:
    """Whether the candidate ended the round: by a button, in words, or because there was no more of them."""
    said = [t for t in held.turns if t.role == "candidate"]
    asked = bool(held.turns) and held.turns[-1].kind == "close" and "asked to finish" in held.turns[-1].why
    return bool(held.end.why) or asked or bool(said and said[-1].pressed == "finish")
