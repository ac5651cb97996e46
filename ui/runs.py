"""Runs of the evals: what they measured, where grader and raters part, and two of them as a picture. Knows their files only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from interviewer.reporting.figures import STYLE, Bar, Dot, draw
from interviewer.steps import STEP, STEPS
from ui import runfile, session, style
from ui.runfile import RunFile
from ui.turns import Hub

NONE_YET = "No runs yet. `python -m evals run` in a terminal makes one; it needs no key, and it is here as soon as it has ended."


def show(hub: Hub) -> None:
    """Draw one run when the address names one, else the list."""
    folder = hub.office.settings.home / "runs"
    if (ident := session.about("run")) and (run := runfile.find(folder, ident)):
        st.button("All runs", icon=":material/arrow_back:", type="tertiary", on_click=session.go, args=("runs",), key="back")
        _run(run, [other for other in runfile.listed(folder) if other.id != run.id and other.figures])
    else:
        st.button("Lobby", icon=":material/arrow_back:", type="tertiary", on_click=session.go, args=("lobby",), key="back")
        _list(runfile.listed(folder))


def _list(runs: Sequence[RunFile]) -> None:
    st.html(
        '<h1 class="title">Runs</h1><p class="lead">How well the interviewer behaves and grades, measured. Each run says by which workers, '
        "prompts and commit it was made.</p>"
    )
    if not runs:
        st.caption(NONE_YET)
    for run in runs:
        with st.container(horizontal=True, vertical_alignment="center", key=f"row-{run.id}"):
            st.html(
                f'<div class="past"><b>{style.safe(run.title)}</b> <span class="tag">{style.safe(_status(run))}</span>'
                f"<br><small>{style.safe(_about(run))}</small></div>"
            )
            st.button("Look", key=f"open-{run.id}", on_click=session.go, args=("runs",), kwargs={"run": run.id})


def _status(run: RunFile) -> str:
    return str(run.end.get("status", "not finished"))


def _about(run: RunFile) -> str:
    head = run.head
    who = ", ".join(f"{job} {model}" for job, model in head.get("models", {}).items()) or "embedded workers"
    when = str(head.get("started", "")).replace("T", " ")[:16]
    failed = f", {run.failed} failed" if run.failed else ""
    return f"{when} · {', '.join(head.get('suites', []))} · {who} · {run.rows} of {head.get('samples', 0)} samples{failed} · commit {head.get('commit') or '?'}"


def _run(run: RunFile, others: Sequence[RunFile]) -> None:
    st.html(f'<h1 class="title">{style.safe(run.title)}</h1><p class="brow">{style.safe(_about(run))}</p>')
    st.caption(style.literal(style.sentence(str(run.head.get("made", "")))) + ".")
    if _status(run) != "finished":
        st.warning("This run is not finished: its figures are of what was measured so far.")
    other = _chosen(others)
    for suite in run.head.get("suites", []):
        _suite(run, other, suite)
    _sides(run.end.get("sides", []))


def _chosen(others: Sequence[RunFile]) -> RunFile | None:
    """The run to hold beside this one."""
    if not others:
        return None
    names = {"": "none", **{run.id: f"{run.title} · {_about(run)[:16]}" for run in others}}
    picked = st.selectbox("Beside it", list(names), format_func=names.__getitem__, key="beside")
    return next((run for run in others if run.id == picked), None)


def _suite(run: RunFile, other: RunFile | None, suite: str) -> None:
    figures = [f for f in run.figures if f["suite"] == suite]
    if not figures:
        return
    st.html(f'<h2 class="section">{style.safe(style.sentence(suite))}</h2>')
    if picture := _picture(figures, other):
        st.html(picture)
    st.html(_figures(figures, other))
    for table in run.end.get("tables", []):
        if table["suite"] == suite and table["rows"]:
            with st.expander(style.literal(table["title"])):
                st.html(_table(table["heads"], table["rows"]))


def _picture(figures: Sequence[dict[str, Any]], other: RunFile | None) -> str:
    """Dots and intervals of all figures from 0 to 1 on which more is better; the other run's below in the second colour."""
    there = {runfile.key(f): f for f in other.figures} if other else {}
    shown = [f for f in figures if f["better"] == "more" and f["value"] is not None]
    bars = [Bar(f["title"], [_dot(f), *([_dot(there.get(runfile.key(f)))] if other else [])], f["aim"]) for f in shown]
    if not bars:
        return ""
    told = f'<p class="brow">This run above, {style.safe(other.title)} below.</p>' if other else ""
    return f"<style>{STYLE}</style>{told}{draw(bars)}"


def _dot(figure: dict[str, Any] | None) -> Dot:
    return Dot(figure["value"], figure["low"], figure["high"]) if figure else Dot(None)


def _figures(figures: Sequence[dict[str, Any]], other: RunFile | None) -> str:
    there = {runfile.key(f): f for f in other.figures} if other else {}
    heads = ["figure", "value", "95 % interval", "aim", *([other.title] if other else []), ""]
    rows = [
        [f["title"], _number(f["value"]), _spread(f), _number(f["aim"]) if f["aim"] is not None else "",
         *([_number(there.get(runfile.key(f), {}).get("value"))] if other else []), f["beside"]]
        for f in figures
    ]  # fmt: skip
    return _table(heads, rows)


def _spread(figure: dict[str, Any]) -> str:
    return "" if figure["low"] is None or figure["high"] is None else f"{figure['low']:.2f} to {figure['high']:.2f}"


def _number(value: float | None) -> str:
    return "not measured" if value is None else f"{value:.3g}"


def _table(heads: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    head = "".join(f"<th>{style.safe(h)}</th>" for h in heads)
    body = "".join("<tr>" + "".join(f"<td>{style.safe(_text(cell))}</td>" for cell in row) + "</tr>" for row in rows)
    return f'<div class="scroll"><table class="plain"><tr>{head}</tr>{body}</table></div>'


def _text(cell: Any) -> str:
    return "" if cell is None else f"{cell:g}" if isinstance(cell, float) else str(cell)


# --- transcripts beside their grades ----------------------------------------------------------------------------------


def _sides(sides: Sequence[dict[str, Any]]) -> None:
    """The transcripts on which grader and raters are farthest apart, each with its grade beside it."""
    if not sides:
        return
    st.html('<h2 class="section">Where grader and raters part most</h2>')
    names = {n: f"{s['id']} · {s['case']} · {s['profile']} · {s['apart']:.2f} apart" for n, s in enumerate(sides)}
    side = sides[st.selectbox("Interview", list(names), format_func=names.__getitem__, key="side")]
    left, right = st.columns(2)
    with left:
        st.html(_grade(side))
    with right, st.container(height=640):
        st.html("".join(_turn(n, role, text) for n, (role, text) in enumerate(side["transcript"])))


def _grade(side: dict[str, Any]) -> str:
    given, raters = side["given"], side["raters"]
    rows = [[STEP[s].short, *(r["steps"].get(s) for r in raters), _level(given["steps"].get(s))] for s in STEPS]
    rows.append(
        [
            "recommendation",
            *(r["recommendation"].replace("_", " ") for r in raters),
            (given["recommendation"] or "none").replace("_", " "),
        ]
    )
    errors = [
        *((f"rater {n}", e) for n, r in enumerate(raters, 1) for e in r.get("errors", [])),
        *(("grader", e) for e in given["errors"]),
    ]
    told = "".join(f"<li>{name}, turn {e['turn']}: {style.safe(e['what'])}</li>" for name, e in errors)
    why = "".join(f"<li>{STEP[s].short}: {style.safe(text)}</li>" for s, text in given.get("reasons", {}).items())
    table = _table(["", *(f"rater {n}" for n in range(1, len(raters) + 1)), "grader"], rows)
    return f"{table}<h3>What the grader rests on</h3><ul>{why}</ul>" + (f"<h3>Errors</h3><ul>{told}</ul>" if told else "")


def _level(level: int | None) -> Any:
    return "unrated" if level is None else level


def _turn(number: int, role: str, text: str) -> str:
    return f'<p class="told {style.safe(role)}"><small>{number} {style.safe(role)}</small><br>{style.safe(text)}</p>'
