"""The debrief as one HTML page that needs nothing else: no script, no outside host; all text escaped. Knows the card's values only."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from html import escape
from importlib import resources

from interviewer.grading.scorecard import Advice, CrossResult, Evidence, Note, Scorecard, StepResult, Verdict
from interviewer.reporting import report_svg
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
from interviewer.whiteboard import diagram
from interviewer.whiteboard.layering import parse

_LINK = re.compile(r"https?://[^\s<>\"']+[^\s<>\"'.,;:)\]]")
_STRONG, _CODE = re.compile(r"\*\*(.+?)\*\*"), re.compile(r"`([^`]+)`")
_BULLET = re.compile(r"^(?:[-*]|\d+[.)])\s+")


def page(card: Scorecard) -> str:
    """The whole page."""
    body = "\n".join(part for make in _PARTS if (part := "".join(make(card))))
    style = (resources.files("interviewer.reporting") / "report.css").read_text("utf-8")
    head = (
        '<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="referrer" content="no-referrer">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f"<title>Debrief: {escape(card.title)}</title><style>{style}</style>"
    )
    return f'<!doctype html>\n<html lang="en"><head>{head}</head>\n<body><main>\n{body}\n</main></body></html>\n'


def _head(card: Scorecard) -> Iterator[str]:
    yield f'<p class="quiet">Debrief · {escape(subtitle(card))}</p><h1>{escape(card.title)}</h1><p class="quiet">{escape(card.question)}</p>'
    kind = card.recommendation or "none"
    yield f'<div class="verdict {kind}"><strong>{RECOMMENDATIONS[card.recommendation]}</strong>{escape(card.recommendation_reason)}</div>'
    if card.trouble:
        yield (
            '<div class="trouble"><strong>Not everything could be graded</strong>'
            + "".join(f"<p>{escape(t)}</p>" for t in card.trouble)
            + "</div>"
        )


def _feedback(card: Scorecard) -> Iterator[str]:
    if found := sections(card.feedback):
        yield f"<h2>{FEEDBACK}</h2>"
    for title, advices in found:
        tag = "ol" if title == "Learn next" else "ul"
        yield f'<h3>{title}</h3><{tag} class="advice">{"".join(_advice(a, card) for a in advices)}</{tag}>'
    if card.feedback and card.feedback.trouble:
        yield f'<p class="quiet">{escape(card.feedback.trouble)}</p>'


def _advice(advice: Advice, card: Scorecard) -> str:
    return f"<li>{escape(advice.text)}{_quiet(rests_on(advice, card))}</li>"


def _levels(card: Scorecard) -> Iterator[str]:
    yield f"<h2>The seven steps</h2><figure>{report_svg.bars(card.steps)}<figcaption>{SCALE}{' · ' * bool(repeated(card))}{repeated(card)}</figcaption></figure>"
    rows = ((s.title, _level(s), escape(s.shows) or "–", escape(s.reason) + _quiet(runs(s))) for s in card.steps)
    yield _table(("Step", "Level", "Shows", "Why"), rows)
    yield "<h3>Across the steps</h3>"
    yield _table(
        ("", "Level", "Why"),
        ((c.title, _level(c), escape(c.reason) + "".join(map(_quote, c.evidence[:1]))) for c in card.cross_cutting),
    )


def _moments(card: Scorecard) -> Iterator[str]:
    if card.pivotal:
        yield "<h2>What decided it</h2>"
    for moment in card.pivotal:
        tag = '<span class="tag good">for</span>' if moment.good else '<span class="tag bad">against</span>'
        yield f"<p>{tag} {escape(moment.what)}</p>"
        if moment.quote:
            yield _quote(Evidence(turn=moment.turn, quote=moment.quote))


def _errors(card: Scorecard) -> Iterator[str]:
    if card.errors:
        yield "<h2>Errors</h2>"
    for error in card.errors:
        later = ' <span class="tag good">corrected later</span>' if error.corrected else ""
        yield f'<div class="error{" corrected" if error.corrected else ""}"><p><strong>{escape(error.what)}</strong>{later}</p>'
        yield _quote(Evidence(turn=error.turn, quote=error.quote))
        yield "".join(
            f"<p><strong>{name}:</strong> {escape(text)}</p>"
            for name, text in (("Why it is wrong", error.why), ("Instead", error.correction))
            if text
        )
        yield f"{_note(error.note)}</div>"


def _criteria(card: Scorecard) -> Iterator[str]:
    yield "<h2>Point by point</h2>"
    for step in card.steps:
        yield f'<section><h3 id="{step.step}">{escape(step.title)} {_level(step)}</h3>'
        if step.level is None:
            yield f'<p class="quiet">{escape(step.reason)}</p>'
        for name, verdicts in groups(step):
            yield f"<h4>{name}</h4>" + "".join(map(_point, verdicts))
        yield "</section>"


def _point(verdict: Verdict) -> str:
    kind = {"absent": "missed", "quantified": "carried", "weighed": "carried", "justified": "carried"}.get(
        verdict.depth, verdict.depth
    )
    depth = f' <span class="tag">{verdict.depth}</span>' if kind == "carried" else ""
    return (
        f'<div class="point {kind}"><p><strong>{escape(verdict.topic[:1].upper() + verdict.topic[1:])}</strong>{depth} '
        f'<span class="quiet">{escape(verdict.reason)}</span>{_quiet(varied(verdict))}</p>{"".join(map(_quote, verdict.evidence))}'
        f"<details><summary>What a strong answer has</summary><div><p>{escape(verdict.looks_for)}</p>"
        f"{f'<p><em>{escape(verdict.strong)}</em></p>' if verdict.strong else ''}</div></details>{_note(verdict.note)}</div>"
    )


def _outside(card: Scorecard) -> Iterator[str]:
    if card.outside:
        yield "<h2>Argued, and not in our notes</h2>" + "".join(map(_quote, card.outside))


def _time(card: Scorecard) -> Iterator[str]:
    if timed(card):
        rows = [(s.title, minutes(s.planned), minutes(s.used)) for s in card.steps]
        used = sum(s.used for s in card.steps)
        yield "<h2>Time</h2>" + _table(("Step", "Planned", "Used"), [*rows, ("In all", "", minutes(used))])


def _diagram(card: Scorecard) -> Iterator[str]:
    if drawn := report_svg.diagram(card.diagram):
        keys = "".join(
            f'<span class="key {name}"></span>{words}'
            for name, words in (("serving", "serving path"), ("training", "training path"), ("both", "both"))
        )
        yield f"<h2>The reference design</h2><p>One sound design, not the only one.</p><figure>{drawn}<figcaption>{keys}</figcaption></figure>"


def _own_diagram(card: Scorecard) -> Iterator[str]:
    """All that the candidate has drawn in the round, as one graph, beside the components of the reference design."""
    graph = diagram.read("\n\n".join(text for role, text in card.transcript if role == "candidate"))
    if graph:
        found = diagram.against(graph, [node.label for node in parse(card.diagram).nodes.values()])
        there = ", ".join(label if label.lower() == name.lower() else f"{label} (yours: {name})" for label, name in found.there)
        yield f"<h2>Your diagram</h2><figure>{diagram.svg(graph)}</figure>"
        yield f"<p><strong>In your diagram:</strong> {escape(there) or 'none of the reference design'}.</p>"
        yield f"<p><strong>Not in it:</strong> {escape(', '.join(found.missing)) or 'nothing'}.</p>"


def _study(card: Scorecard) -> Iterator[str]:
    if card.study:
        yield "<h2>What to study next</h2>"
    for item in card.study:
        yield f'<h3>{escape(item.title)}</h3><p class="quiet">{escape(item.why)}</p>{prose(item.text)}{_sources(item.sources)}'


def _moves(card: Scorecard) -> Iterator[str]:
    if card.notes_on_moves:
        rows = ((_turn(n.turn), n.kind.replace("_", " "), escape(n.why) + _rests(n.passages)) for n in card.notes_on_moves)
        yield "<h2>Why the interviewer asked what it asked</h2>" + _table(("Turn", "Move", "Why"), rows)


def _rests(passages: Sequence[str]) -> str:
    return f'<br><span class="quiet">rests on {escape(", ".join(passages))}</span>' if passages else ""


def _transcript(card: Scorecard) -> Iterator[str]:
    if card.transcript:
        yield "<h2>Transcript</h2>"
    for turn, (role, text) in enumerate(card.transcript):
        who = "Interviewer" if role == "interviewer" else "You"
        yield f'<div class="said {escape(role)}" id="turn-{turn}"><span>{turn}</span><p><strong>{who}:</strong> {escape(spoken(role, text))}</p>{_sketch(role, text)}</div>'


def _sketch(role: str, text: str) -> str:
    """What the candidate has drawn in a turn."""
    graph = diagram.read(text) if role == "candidate" else None
    return f"<figure>{diagram.svg(graph)}</figure>" if graph else ""


def _foot(card: Scorecard) -> Iterator[str]:
    if card.sources:
        yield "<h2>Sources of the case</h2><ul>" + "".join(f"<li>{linked(s)}</li>" for s in card.sources) + "</ul>"
    if card.cost:
        yield "<h2>What it took</h2><ul>" + "".join(f"<li>{escape(line)}</li>" for line in card.cost) + "</ul>"
    yield f'<p class="quiet">Interview {escape(card.interview)} · {escape(graded_by(card))} · rubric {escape(card.rubric)}</p>'


_PARTS = (
    _head, _feedback, _levels, _moments, _errors, _criteria, _outside, _time, _own_diagram, _diagram, _study, _moves, _transcript, _foot,
)  # fmt: skip


# --- small pieces ---------------------------------------------------------------------------------------------------


def _level(result: StepResult | CrossResult) -> str:
    return f'<span class="tag{" open" if result.level is None else ""}">{level_words(result)}</span>'


def _quiet(text: str) -> str:
    return f' <span class="aside">{escape(text)}</span>' if text else ""


def _turn(turn: int) -> str:
    return f'<a href="#turn-{turn}">turn {turn}</a>'


def _quote(evidence: Evidence) -> str:
    return f'<blockquote>\u201c{escape(evidence.quote)}\u201d <span class="turn">{_turn(evidence.turn)}</span></blockquote>'


def _note(note: Note | None) -> str:
    if note is None:
        return ""
    return f'<details class="notes"><summary>Notes: {escape(note.title)}</summary><div>{prose(note.text)}{_sources(note.sources)}</div></details>'


def _sources(sources: Sequence[str]) -> str:
    return '<p class="quiet">Sources: ' + "; ".join(map(linked, sources)) + "</p>" if sources else ""


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; the cells are HTML already."""
    head = "".join(f"<th>{h}</th>" for h in heads)
    body = "".join(
        "<tr>"
        + "".join(
            f"<td{'' if n in (0, len(row) - 1) and len(row) > 3 else _figures(cell)}>{cell}</td>" for n, cell in enumerate(row)
        )
        + "</tr>"
        for row in rows
    )
    return f'<div class="scroll"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def _figures(cell: str) -> str:
    return ' class="number"' if re.fullmatch(r"[\d:.]+", cell) else ""


def linked(text: str) -> str:
    """Escaped text with its web addresses as links (they are followed only when clicked)."""
    parts, last = [], 0
    for match in _LINK.finditer(text):
        address = escape(match[0], quote=True)
        parts += [escape(text[last : match.start()]), f'<a href="{address}" rel="noreferrer">{address}</a>']
        last = match.end()
    return "".join([*parts, escape(text[last:])])


def prose(text: str) -> str:
    """The notes' small Markdown as HTML: paragraphs, lists, bold and code; everything else is escaped."""
    found = []
    for block in re.split(r"\n\s*\n", text.strip()):
        lines = block.splitlines()
        if lines and all(_BULLET.match(line) for line in lines):
            found.append("<ul>" + "".join(f"<li>{_inline(_BULLET.sub('', line))}</li>" for line in lines) + "</ul>")
        elif lines:
            found.append(f"<p>{_inline(' '.join(lines))}</p>")
    return "".join(found)


def _inline(text: str) -> str:
    return _STRONG.sub(r"<strong>\1</strong>", _CODE.sub(r"<code>\1</code>", escape(text)))
