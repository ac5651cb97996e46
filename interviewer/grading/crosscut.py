"""The four cross-cutting levels: from verdicts, errors and the shape of the talk, or from a judge's instances. Deterministic; no model."""

from __future__ import annotations

from collections.abc import Sequence

from interviewer.grading.judging import Across, Grade, Instance
from interviewer.grading.levels import RANK
from interviewer.grading.scorecard import CROSS_TITLES, CrossResult, ErrorFound, Evidence, StepResult
from interviewer.listening.aside import without_asides
from interviewer.listening.clauses import gives_reason, weighs
from interviewer.listening.numbers import numbers, slip
from interviewer.record.transcript import Transcript
from interviewer.whiteboard.diagram import unarrowed


def cross_cutting(transcript: Transcript, steps: Sequence[StepResult], errors: Sequence[ErrorFound]) -> tuple[CrossResult, ...]:
    """Trade-offs, quantities, communication, adaptation: each 0 to 4, or unrated where the round gave no occasion."""
    if all(s.status == "unrated" for s in steps):
        return tuple(_result(ident, None, "no step could be rated") for ident in CROSS_TITLES)
    lines = tuple(line.model_copy(update={"text": without_asides(line.text)}) for line in transcript.lines)
    transcript = transcript.model_copy(update={"lines": lines})
    return (
        _tradeoffs(steps),
        _quantities(transcript, steps),
        _communication(transcript, steps),
        _adaptation(transcript, steps, errors),
    )


def _tradeoffs(steps: Sequence[StepResult]) -> CrossResult:
    verdicts = [v for s in steps for v in s.verdicts]
    weighed = [v for v in verdicts if RANK[v.depth] >= 3]
    carried = [v for v in verdicts if RANK[v.depth] >= 2]
    spread = len({v.step for v in weighed})
    level = 0 if not verdicts else _steps_up(len(weighed), (1, 3, 7, 14)) if carried else 0
    level = min(level, max(1, spread)) if weighed else min(level, 1)
    if carried and not level:
        level = 1
    return _result(
        "tradeoffs",
        level,
        f"{_count(len(weighed), 'point')} weighed, in {_count(spread, 'step')}",
        [v.evidence[0] for v in weighed if v.evidence],
    )


def _quantities(transcript: Transcript, steps: Sequence[StepResult]) -> CrossResult:
    used = [v for s in steps for v in s.verdicts if v.depth == "quantified"]
    given = sum(len(numbers(text)) for role, text in transcript.pairs() if role == "candidate")
    slips = [(n, wrong) for n, (role, text) in enumerate(transcript.pairs()) if role == "candidate" and (wrong := slip(text))]
    level = _steps_up(len(used), (1, 3, 6, 11)) if given else 0
    level = max(level, 1) if given >= 3 else level
    level = min(level, 2) if slips else level
    reason = f"{_count(given, 'number')} given, {_count(len(used), 'point')} resting on them" + (
        f", {len(slips)} do not come out" if slips else ""
    )
    evidence = [v.evidence[0] for v in used if v.evidence] or [Evidence(turn=n, quote=wrong) for n, wrong in slips]
    return _result("quantitative", level, reason, evidence)


def _communication(transcript: Transcript, steps: Sequence[StepResult]) -> CrossResult:
    """Structure and drive: how much of the talk carries something, and whether every step is reached with substance."""
    rated = [s.level or 0 for s in steps if s.status == "rated"]
    reached = sum(level >= 2 for level in rated)
    said = [text for role, text in transcript.pairs() if role == "candidate" and text.strip()]
    argued = sum(gives_reason(unarrowed(t)) or weighs(t) for t in said) / max(1, len(said))
    mean = sum(rated) / max(1, len(rated))
    level = 0 if not said else max(1, min(4, round(0.55 * mean + 0.25 * reached / 7 * 4 + 0.2 * argued * 4)))
    return _result("communication", level, f"{reached} of 7 steps carry substance; {argued:.0%} of the turns argue")


def _adaptation(transcript: Transcript, steps: Sequence[StepResult], errors: Sequence[ErrorFound]) -> CrossResult:
    """What became of pushback: errors put right, and whether the turns after a question argue rather than repeat."""
    replies = answers(transcript.pairs())
    if not replies:
        return _result("adaptation", None, "no question was put after the opening")
    argued = [(n, text) for n, text in replies if gives_reason(unarrowed(text)) and (weighs(text) or numbers(text))]
    rated = [s.level or 0 for s in steps if s.status == "rated"]
    mean = sum(rated) / max(1, len(rated))
    stood = sum(not e.corrected and not e.unsure for e in errors)
    level = max(0, min(4, round(0.7 * mean + 0.3 * 4 * len(argued) / len(replies))) - (1 if stood >= 2 else 0))
    reason = f"{len(argued)} of {len(replies)} answers to questions argue their point" + (
        f"; {stood} error{'s' * (stood > 1)} stood" if stood else ""
    )
    return _result("adaptation", level, reason, [Evidence(turn=n, quote=text.split(". ")[0][:200]) for n, text in argued[:2]])


def answers(pairs: Sequence[tuple[str, str]]) -> list[tuple[int, str]]:
    """What the candidate said to questions that were put after the opening, with the turns."""
    return [(n, pairs[n][1]) for n in range(3, len(pairs)) if pairs[n][0] == "candidate" and "?" in pairs[n - 1][1]]


# --- from a judge's instances ----------------------------------------------------------------------------------------

WORDS: tuple[Grade, ...] = ("strong", "shown", "weak", "failed")


def of_instances(across: Across) -> tuple[CrossResult, ...]:
    """The four levels from the instances that a judge found; unrated, with its reason, where it could not judge."""
    return tuple(_judged(ident, across) for ident in CROSS_TITLES)


def level_of(strong: int, shown: int, weak: int, failed: int) -> int:
    """A level, 0 to 4, from how many instances were of each grade.

    4: at least three strong ones, more than all others together, and no failure; 3: two strong, or one among three good ones, and
    at least twice as many good as bad; 2: good ones that the bad do not outnumber two to one; 1: mostly weak; 0: nothing, or
    failures and little else. It leans on shares and not on counts, because a judge picks the most telling places and a long
    round offers more of them. One strong place lifts nothing far, because one good moment happens to many; and no number of
    them makes a failure exceptional.
    """
    good, bad = strong + shown, weak + failed
    if not good:
        return 1 if weak > failed else 0
    if strong >= 3 and strong > shown + weak and not failed:
        return 4
    if (strong >= 2 or (strong and good >= 3)) and good >= 2 * bad:
        return 3
    return 2 if 2 * good > bad else 1


def _judged(ident: str, across: Across) -> CrossResult:
    if ident in across.unrated or ident not in across.instances:
        return _result(ident, None, across.unrated.get(ident) or across.trouble or "the grader said nothing about it")
    found = across.instances[ident]
    counts = {word: sum(i.grade == word for i in found) for word in WORDS}
    level = level_of(**counts)
    telling = sorted(found, key=lambda i: WORDS.index(i.grade), reverse=level <= 1)
    told = ", ".join(f"{count} {word}" for word, count in counts.items() if count)
    reason = f"{told}: {_sides(telling)}" if found else "nothing in the talk shows it"
    return _result(ident, level, reason, [Evidence(turn=i.turn, quote=i.quote) for i in telling])


def _sides(telling: Sequence[Instance]) -> str:
    """What the most telling instance shows, and beside it what the one at the other end shows."""
    ends = [telling[0]] + [telling[-1]] * ((telling[0].grade in WORDS[:2]) != (telling[-1].grade in WORDS[:2]))
    return "; ".join(i.reason.rstrip(". ") for i in ends)


def _steps_up(count: int, stairs: tuple[int, ...]) -> int:
    return sum(count >= stair for stair in stairs)


def _result(ident: str, level: int | None, reason: str, evidence: Sequence[Evidence] = ()) -> CrossResult:
    return CrossResult(
        id=ident,
        title=CROSS_TITLES[ident],
        level=level,
        status="unrated" if level is None else "rated",
        reason=reason,
        evidence=tuple(evidence[:3]),
    )


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'s' * (number != 1)}"
