"""A run as one HTML page that opens from disk: no script, no outside host, all text escaped. Knows the run's values only."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from importlib import resources

from evals.runs import Figure, Run, Side, Table
from interviewer.reporting.figures import STYLE, Bar, Dot, draw
from interviewer.steps import STEP, STEPS

_STYLE = """main { max-width: 64rem; } .pair { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); gap: 1.5rem; align-items: start; }
.pair > section { max-height: 40rem; overflow-y: auto; padding-right: .6rem; } @media (max-width: 50rem) { .pair { grid-template-columns: 1fr; } .pair > section { max-height: none; } }
td.number, th.number { text-align: right; } .missed { color: var(--bad); font-weight: 600; } .met { color: var(--good); }"""


def page(run: Run) -> str:
    """The whole page."""
    style = (resources.files("interviewer.reporting") / "report.css").read_text("utf-8")
    head = run.head
    return "\n".join(
        [
            "<!doctype html>", '<html lang="en"><head><meta charset="utf-8">', '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>{escape(head.name or head.id)}: evals</title><style>{style}\n{STYLE}\n{_STYLE}</style></head><body><main>",
            f"<h1>{escape(head.name or 'Run')} <span class='quiet'>{escape(head.id)}</span></h1>", *_about(run),
            *(part for suite in head.suites for part in _suite(run, suite)), *_errors(run), *_sides(run.end.sides), "</main></body></html>",
        ]
    )  # fmt: skip


def _about(run: Run) -> Iterator[str]:
    head = run.head
    who = ", ".join(f"{job}: {model}" for job, model in head.models.items()) or "the embedded workers"
    told = [
        head.started,
        f"commit {head.commit or 'unknown'}",
        f"workers: {who}",
        f"rubric {head.rubric}",
        f"{len(run.rows)} of {head.samples} samples, {run.end.seconds:.0f} s",
    ]
    spent, dollars = sum(r.fresh for r in run.rows), sum(r.dollars for r in run.rows)
    told += [f"{spent:,} tokens asked for, ${dollars:.2f} as far as prices are known"] if spent else []
    yield f"<p class='quiet'>{escape(' · '.join(filter(None, told)))}</p>"
    yield f"<p><strong>{escape(head.made[:1].upper() + head.made[1:])}.</strong></p>"
    if run.end.status != "finished":
        yield f"<p class='trouble'>This run is not finished{escape(': ' + run.end.why if run.end.why else '')}.</p>"
    if not run.sound:
        yield f"<p class='trouble'>{len(run.errors)} samples failed, which is too many: these figures cannot be relied on.</p>"


def _suite(run: Run, suite: str) -> Iterator[str]:
    figures = [f for f in run.end.figures if f.suite == suite]
    if not figures:
        return
    yield f"<h2>{escape(suite.capitalize())}</h2>"
    shown = [f for f in figures if drawable(f)]
    if shown:
        bars = [Bar(f.title, (Dot(f.value, f.low, f.high),), f.aim) for f in shown]
        yield f"<figure>{draw(bars)}<figcaption>95 % intervals by resampling; the dashed line is the aim.</figcaption></figure>"
    yield from _figures(figures)
    for table in run.end.tables:
        if table.suite == suite:
            yield from _table(table)


def drawable(figure: Figure) -> bool:
    """Whether a figure lives on the scale from 0 to 1, more being better."""
    return figure.better == "more" and figure.value is not None and -0.5 <= figure.value <= 1.0


def _figures(figures: Sequence[Figure]) -> Iterator[str]:
    yield "<div class='scroll'><table><tr><th>figure</th><th class='number'>value</th><th>95 % interval</th><th class='number'>aim</th><th class='number'>n</th><th></th></tr>"
    for f in figures:
        value = "not measured" if f.value is None else f"{f.value:.3g}"
        spread = f"{f.low:.3g} to {f.high:.3g}" if f.low is not None and f.high is not None else ""
        mark = {True: "met", False: "missed", None: ""}[f.met]
        aim = "" if f.aim is None else f"{f.aim:g}"
        yield (
            f"<tr><td>{escape(f.title)}</td><td class='number {mark}'>{value}</td><td class='number'>{spread}</td><td class='number'>{aim}</td>"
            f"<td class='number'>{f.n}</td><td class='quiet'>{escape(f.beside)}</td></tr>"
        )
    yield "</table></div>"


def _table(table: Table) -> Iterator[str]:
    yield f"<h3>{escape(table.title)}</h3>"
    if table.note:
        yield f"<p class='quiet'>{escape(table.note)}</p>"
    if not table.rows:
        return
    numeric = [all(_numeric(row[n]) for row in table.rows) for n in range(len(table.heads))]
    sign = [" class='number'" if is_number else "" for is_number in numeric]
    yield (
        "<div class='scroll'><table><tr>"
        + "".join(f"<th{s}>{escape(h)}</th>" for s, h in zip(sign, table.heads, strict=True))
        + "</tr>"
    )
    for row in table.rows:
        yield "<tr>" + "".join(f"<td{s}>{_cell(cell)}</td>" for s, cell in zip(sign, row, strict=True)) + "</tr>"
    yield "</table></div>"


def _numeric(cell: str | float | int | None) -> bool:
    return not isinstance(cell, str) or cell.rstrip("%").isdigit()


def _cell(cell: str | float | int | None) -> str:
    return "" if cell is None else escape(f"{cell:g}" if isinstance(cell, float) else str(cell))


def _errors(run: Run) -> Iterator[str]:
    if run.errors:
        yield f"<h2>Samples that failed</h2><p class='quiet'>{len(run.errors)} of {run.head.samples}; they count against the run.</p><ul>"
        yield from (f"<li><code>{escape(row.id)}</code>: {escape(row.error)}</li>" for row in run.errors)
        yield "</ul>"


# --- transcripts beside their grades ----------------------------------------------------------------------------------


def _sides(sides: Sequence[Side]) -> Iterator[str]:
    if not sides:
        return
    yield "<h2>Where grader and raters are farthest apart</h2>"
    for side in sides:
        yield f"<details><summary>{escape(side.id)} · {escape(side.case)} · {escape(side.profile)} · {side.apart:.2f} apart</summary><div class='pair'>"
        yield "<section>" + "".join(_grade(side)) + "</section><section>" + "".join(_talk(side)) + "</section></div></details>"


def _grade(side: Side) -> Iterator[str]:
    """Levels of the raters beside the grader's, its reasons, and the errors that each named."""
    raters, given = side.raters, side.given
    yield "<table><tr><th>step</th>" + "".join(f"<th>rater {n}</th>" for n in range(1, len(raters) + 1)) + "<th>grader</th></tr>"
    for step in STEPS:
        level = given.get("steps", {}).get(step)
        cells = [*(r["steps"].get(step) for r in raters), "unrated" if level is None else level]
        yield f"<tr><td>{escape(STEP[step].short)}</td>" + "".join(f"<td class='number'>{_cell(c)}</td>" for c in cells) + "</tr>"
    told = [*(r["recommendation"] for r in raters), given.get("recommendation") or "none"]
    yield "<tr><td>recommendation</td>" + "".join(f"<td>{escape(t.replace('_', ' '))}</td>" for t in told) + "</tr></table>"
    yield f"<p class='quiet'>{escape(given.get('why') or '')}</p><ul>"
    yield from (f"<li>{escape(STEP[step].short)}: {escape(why)}</li>" for step, why in given.get("reasons", {}).items())
    yield "</ul><h4>Errors</h4><ul>"
    for name, errors in [
        *((f"rater {n}", r.get("errors", ())) for n, r in enumerate(raters, 1)),
        ("grader", given.get("errors", ())),
    ]:
        yield from (
            f"<li>{name}, turn {e['turn']}: {escape(e['what'])}{' (corrected)' if e.get('corrected') else ''}</li>"
            for e in errors
        )
    yield "</ul>"


def _talk(side: Side) -> Iterator[str]:
    for turn, (role, text) in enumerate(side.transcript):
        yield f"<div class='said {escape(role)}'><span>{turn}</span><p>{escape(text)}</p></div>"
