"""The debrief as Markdown: what the candidate said is escaped. Knows the card's values only."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from interviewer.grading.levels import RANK
from interviewer.grading.scorecard import Scorecard, Verdict
from interviewer.reporting.report import (
    FEEDBACK,
    RECOMMENDATIONS,
    SCALE,
    graded_by,
    groups,
    level_words,
    minutes,
    repeated,
    rests_on,
    runs,
    sections,
    spoken,
    subtitle,
    timed,
    varied,
)  # fmt: skip

_ENTITY = re.compile(r"&(?=#?\w+;)")  # what a page would read as a character
_SPECIAL = re.compile(r"([\\`*_\[\]<>|~$])")
_LINE_START = re.compile(r"^(\s*)([-+#=]|\d+(?=[.)](?:\s|$)))", re.MULTILINE)


def text(card: Scorecard) -> str:
    """The whole text."""
    parts = [
        _head(card), _feedback(card), _levels(card), _moments(card), _errors(card), _criteria(card), _outside(card), _time(card),
        _diagram(card), _study(card), _moves(card), _transcript(card), _foot(card),
    ]  # fmt: skip
    return "\n".join("\n".join(part) + "\n" for part in (list(p) for p in parts) if part)


def escape(text: str) -> str:
    """Markdown that shows `text` as it is."""
    return _LINE_START.sub(r"\1\\\2", _SPECIAL.sub(r"\\\1", _ENTITY.sub("&amp;", text))).strip()


def _head(card: Scorecard) -> Iterator[str]:
    yield f"# {escape(card.title)}: debrief\n"
    yield f"**{RECOMMENDATIONS[card.recommendation]}**: {escape(card.recommendation_reason)}\n"
    yield f"{subtitle(card)}\n"
    yield f"> {_lines(card.question)}"
    for trouble in card.trouble:
        yield f"\n**Could not be graded:** {escape(trouble)}"


def _feedback(card: Scorecard) -> Iterator[str]:
    if found := sections(card.feedback):
        yield f"## {FEEDBACK}"
    for title, advices in found:
        yield f"\n### {title}\n"
        for number, advice in enumerate(advices, 1):
            rests = rests_on(advice, card)
            mark = f"{number}." if title == "Learn next" else "-"
            yield f"{mark} {_cell(advice.text)}" + (f" *({_cell(rests)})*" if rests else "")
    if card.feedback and card.feedback.trouble:
        yield f"\n{escape(card.feedback.trouble)}"


def _levels(card: Scorecard) -> Iterator[str]:
    yield f"## Levels\n\n{SCALE}\n"
    if often := repeated(card):
        yield f"{often}\n"
    yield "| Step | Level | Shows | Why |\n|---|---|---|---|"
    yield from (f"| {s.title} | {level_words(s)} | {s.shows or '–'} | {_cell(s.reason)}{_quiet(runs(s))} |" for s in card.steps)
    yield "\n| Across the steps | Level | Why |\n|---|---|---|"
    yield from (f"| {c.title} | {level_words(c)} | {_cell(c.reason)} |" for c in card.cross_cutting)


def _moments(card: Scorecard) -> Iterator[str]:
    if card.pivotal:
        yield "## What decided it\n"
    for moment in card.pivotal:
        yield f"- **{'For' if moment.good else 'Against'}**: {escape(moment.what)}"
        if moment.quote:
            yield _quote(moment.quote, moment.turn, "  ")


def _errors(card: Scorecard) -> Iterator[str]:
    if card.errors:
        yield "## Errors\n"
    for error in card.errors:
        yield f"### {escape(error.what)}{' (corrected later)' if error.corrected else ''}\n"
        yield _quote(error.quote, error.turn)
        yield from _pairs(
            ("Why it is wrong", error.why), ("Instead", error.correction), ("Notes", error.note.title if error.note else "")
        )


def _criteria(card: Scorecard) -> Iterator[str]:
    yield "## Point by point"
    for step in card.steps:
        yield f"\n### {step.title}: {level_words(step)}\n"
        if step.level is None:
            yield f"{escape(step.reason)}\n"
        for name, verdicts in groups(step):
            yield f"#### {name}\n"
            for verdict in verdicts:
                yield from _verdict(verdict)


def _verdict(verdict: Verdict) -> Iterator[str]:
    yield f"- **{escape(verdict.topic)}** ({verdict.depth.replace('_', ' ')}): {escape(verdict.reason)}{_quiet(varied(verdict))}"
    yield from (_quote(e.quote, e.turn, "  ") for e in verdict.evidence)
    yield f"  - Looked for: {escape(verdict.looks_for)}"
    if verdict.strong and RANK[verdict.depth] < RANK["justified"]:
        yield f"  - A strong answer: {escape(verdict.strong)}"
    if verdict.note:
        yield f"  - Notes: {escape(verdict.note.title)} ({escape(verdict.note.id)})"


def _outside(card: Scorecard) -> Iterator[str]:
    if card.outside:
        yield "## Argued, and not in our notes\n"
        yield from (_quote(e.quote, e.turn) + "\n" for e in card.outside)


def _time(card: Scorecard) -> Iterator[str]:
    if timed(card):
        yield "## Time\n\n| Step | Planned | Used |\n|---|---|---|"
        yield from (f"| {s.title} | {minutes(s.planned)} | {minutes(s.used)} |" for s in card.steps)


def _diagram(card: Scorecard) -> Iterator[str]:
    if card.diagram:
        yield f"## The reference design\n\n```mermaid\n{card.diagram.replace('```', '')}\n```"


def _study(card: Scorecard) -> Iterator[str]:
    if card.study:
        yield "## What to study next\n"
    for item in card.study:
        yield f"### {escape(item.title)}\n\n{escape(item.why)}\n"
        yield from filter(None, [item.text, *_sources(item.sources)])


def _moves(card: Scorecard) -> Iterator[str]:
    if card.notes_on_moves:
        yield "## Why the interviewer asked what it asked\n"
    for note in card.notes_on_moves:
        rests = f" (rests on {escape(', '.join(note.passages))})" if note.passages else ""
        yield f"- Turn {note.turn}, {note.kind.replace('_', ' ')}: {escape(note.why)}{rests}"


def _transcript(card: Scorecard) -> Iterator[str]:
    if card.transcript:
        yield "## Transcript\n"
    for turn, (role, text) in enumerate(card.transcript):
        yield f"**{turn} {role.capitalize()}:** {_lines(spoken(role, text))}\n"


def _foot(card: Scorecard) -> Iterator[str]:
    if card.sources:
        yield "## Sources of the case\n"
        yield from (f"- {escape(source)}" for source in card.sources)
        yield ""
    if card.cost:
        yield "## What it took\n"
        yield from (f"- {escape(line)}" for line in card.cost)
        yield ""
    yield "---\n"
    yield f"Interview `{card.interview}` · {escape(graded_by(card))} · rubric {escape(card.rubric)}"


def _quote(quote: str, turn: int, indent: str = "") -> str:
    return f"{indent}> \u201c{_lines(quote, indent)}\u201d (turn {turn})"


def _lines(text: str, indent: str = "") -> str:
    return escape(text).replace("\n", f"  \n{indent}> ")


def _quiet(text: str) -> str:
    return f" *({escape(text)})*" if text else ""


def _cell(text: str) -> str:
    return escape(text).replace("\n", " ")


def _pairs(*pairs: tuple[str, str]) -> Iterator[str]:
    yield from (f"\n**{name}:** {escape(text)}" for name, text in pairs if text)


def _sources(sources: Sequence[str]) -> Iterable[str]:
    return [f"\nSources: {escape('; '.join(sources))}"] if sources else []
