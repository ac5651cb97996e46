"""The pictures of a debrief as inline SVG: step levels as bars, the reference design as boxes and arrows. Knows no page."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from interviewer.grading.scorecard import StepResult
from interviewer.whiteboard.layering import parse
from interviewer.whiteboard.placing import Drawing, Point, arrange, size_of, wrapped

LABEL, UNIT, ROW, WIDTH = 250, 62, 34, 660  # of the bars, in pixels


def bars(steps: Sequence[StepResult]) -> str:
    """One bar a step, 0 to 4. A step without a level gets a dashed frame with the word, never a bar of no length."""
    height = 26 + ROW * len(steps)
    told = "; ".join(f"{s.title}: {_said(s)}" for s in steps)
    parts = [f'<svg class="bars" viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{escape(told)}">']
    for level in range(5):
        x = LABEL + level * UNIT
        parts.append(
            f'<line class="grid" x1="{x}" y1="22" x2="{x}" y2="{height - 4}"/><text class="tick" x="{x}" y="14">{level}</text>'
        )
    parts += [_bar(step, 26 + ROW * row) for row, step in enumerate(steps)]
    return "".join([*parts, "</svg>"])


def _said(step: StepResult) -> str:
    return str(step.level) if step.level is not None else step.status.replace("_", " ")


def _bar(step: StepResult, top: float) -> str:
    middle = top + ROW / 2
    title = f'<text class="name" x="{LABEL - 12}" y="{middle + 4}">{escape(step.title)}</text>'
    if step.level is None:
        frame = f'<rect class="none" x="{LABEL}" y="{top + 7}" width="{4 * UNIT}" height="{ROW - 14}" rx="4"/>'
        return title + frame + f'<text class="none" x="{LABEL + 2 * UNIT}" y="{middle + 4}">{_said(step)}</text>'
    bar = f'<rect class="level l{step.level}" x="{LABEL}" y="{top + 7}" width="{max(3, step.level * UNIT)}" height="{ROW - 14}" rx="3"/>'
    shows = f"{step.level} · {step.shows}" if step.shows else str(step.level)
    return title + bar + f'<text class="shows" x="{LABEL + 4 * UNIT + 14}" y="{middle + 4}">{escape(shows)}</text>'


# --- the reference design -------------------------------------------------------------------------------------------


def diagram(source: str) -> str:
    """Mermaid source as a picture; empty when there is nothing in it to draw."""
    graph = parse(source)
    if not graph.nodes:
        return ""
    drawing = arrange(graph)
    names = "; ".join(f"{graph.nodes[a].label} to {graph.nodes[b].label}" for a, b, _ in graph.arrows)
    head = (
        f'<svg class="design" style="min-width:{round(drawing.width * 0.72)}px;max-width:{round(drawing.width * 1.15)}px" '
        f'viewBox="0 0 {drawing.width:.0f} {drawing.height:.0f}" role="img" aria-label="{escape(names)}">'
    )
    marker = '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto-start-reverse"><path d="M0 0 8 4 0 8z"/></marker></defs>'
    return head + marker + "".join([*_arrows(drawing), *_boxes(drawing), *_labels(drawing)]) + "</svg>"


def _boxes(drawing: Drawing) -> list[str]:
    found = []
    for box in drawing.boxes:
        left, top = box.x - box.width / 2, box.y - box.height / 2
        first = box.y - (len(box.lines) - 1) * 7.5 + 4.2
        text = "".join(
            f'<tspan x="{box.x:.1f}" y="{first + 15 * n:.1f}">{escape(line)}</tspan>' for n, line in enumerate(box.lines)
        )
        shape = f'<rect x="{left:.1f}" y="{top:.1f}" width="{box.width:.1f}" height="{box.height:.1f}" rx="7"/>'
        found.append(f'<g class="box {escape(box.group)}">{shape}<text>{text}</text></g>')
    return found


def _arrows(drawing: Drawing) -> list[str]:
    return [
        f'<path class="arrow" d="{_curve(a.points)}" marker-{"start" if a.back else "end"}="url(#tip)"/>' for a in drawing.arrows
    ]


def _curve(points: Sequence[Point]) -> str:
    """A smooth way down through the points, vertical at each."""
    (x, y), path = points[0], f"M{points[0][0]:.1f} {points[0][1]:.1f}"
    for to_x, to_y in points[1:]:
        bend = (to_y - y) / 2
        path += f"C{x:.1f} {y + bend:.1f} {to_x:.1f} {to_y - bend:.1f} {to_x:.1f} {to_y:.1f}"
        x, y = to_x, to_y
    return path


def _labels(drawing: Drawing) -> list[str]:
    found = []
    for label in drawing.labels:
        lines = wrapped(label.text)
        first = label.y - (len(lines) - 1) * 6 + 3.5
        text = "".join(
            f'<tspan x="{label.x:.1f}" y="{first + 12 * n:.1f}">{escape(line)}</tspan>' for n, line in enumerate(lines)
        )
        wide, high = size_of(label.text)
        back = f'<rect x="{label.x - wide / 2 + 2:.1f}" y="{label.y - high / 2:.1f}" width="{wide - 4:.1f}" height="{high:.1f}"/>'
        found.append(f'<g class="along">{back}<text>{text}</text></g>')
    return found
