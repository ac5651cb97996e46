"""The criteria of one step after another, grouped by how they came out. Knows the scorecard's values only."""

from __future__ import annotations

import streamlit as st

from interviewer.grading.scorecard import Scorecard, StepResult, Verdict
from interviewer.reporting.report import groups, runs, varied
from interviewer.steps import STEP
from ui import style

DEPTH = {"justified": "with a reason", "weighed": "weighed against an alternative", "quantified": "with numbers"}


@st.fragment
def show(card: Scorecard) -> None:
    """A choice of the step, and its criteria in groups."""
    by_id: dict[str, StepResult] = {s.step: s for s in card.steps}
    chosen = st.segmented_control(
        "Step", list(by_id), default=_first(card), required=True, format_func=lambda s: _label(by_id[s]), key="points-step",
        label_visibility="collapsed",
    )  # fmt: skip
    step = by_id[chosen or _first(card)]
    if quiet := runs(step) or ("" if step.level is not None else style.sentence(step.reason)):
        st.caption(style.literal(quiet))
    for title, verdicts in groups(step):
        st.html(f'<h3 class="group">{title} <small>{len(verdicts)}</small></h3>')
        for verdict in verdicts:
            _criterion(verdict)


def _first(card: Scorecard) -> str:
    return next((s.step for s in card.steps if s.level is not None), card.steps[0].step)


def _label(step: StepResult) -> str:
    return f"{STEP[step.step].short} {'–' if step.level is None else step.level}"


def _criterion(verdict: Verdict) -> None:
    carried = verdict.depth in DEPTH
    how = f' <span class="tag">{DEPTH[verdict.depth]}</span>' if carried else ""
    how += f' <span class="tag">{style.safe(varied(verdict))}</span>' if varied(verdict) else ""
    shown = carried or not verdict.strong
    strong = "" if shown else f'<p class="mend"><b>A strong answer</b> {style.safe(verdict.strong)}</p>'
    st.html(
        f'<article class="point {verdict.depth}"><h4>{style.safe(style.sentence(verdict.topic))}{how}</h4>'
        f'<p class="looks">{style.safe(verdict.looks_for)}</p>'
        f"{''.join(style.quote(e.quote, e.turn) for e in verdict.evidence)}"
        f'<p class="reason">{style.safe(style.sentence(verdict.reason))}</p>{strong}</article>'
    )
    if verdict.note:
        with st.expander(f"The note it rests on: {style.literal(verdict.note.title)}", type="compact"):
            if carried and verdict.strong:
                st.html(f'<p class="mend"><b>A strong answer</b> {style.safe(verdict.strong)}</p>')
            st.markdown(style.notes(verdict.note.text))
            st.html(style.sources(verdict.note.sources))
