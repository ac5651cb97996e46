"""The head of the room: case, steps, clock, question. Its tick tells the clock that a page is there. Knows what a view shows."""

from __future__ import annotations

import streamlit as st

from interviewer.state import RoomView, StepView
from interviewer.steps import OVERRUN
from ui import session, style
from ui.turns import Hub


def head(hub: Hub, ident: str) -> None:
    """Draw the head; it stays at the top of the window."""
    view = hub.interview(ident).view()
    with st.container(key="head"):
        _tick(hub, ident, (view.version, view.status))
        with st.container(key="head-foot", horizontal=True, vertical_alignment="top"):
            with st.expander("The question", type="compact"):
                st.html(f'<div class="said">{style.safe(view.question)}</div>')
            st.button(
                "Leave",
                type="tertiary",
                key="leave",
                on_click=_leave,
                args=(hub, ident),
                help="Pauses the round and goes to the lobby",
            )


def _leave(hub: Hub, ident: str) -> None:
    interview = hub.interview(ident)
    if not hub.running(ident) and interview.status == "open":
        interview.pause()
    session.go("lobby")


@st.fragment(run_every=1)
def _tick(hub: Hub, ident: str, drawn: tuple[int, str]) -> None:
    hub.touch(ident)
    view = hub.interview(ident).view()
    st.html(_html(view))
    if (view.version, view.status) != drawn:  # another tab, or the clock, has moved the interview on
        st.rerun()


def _html(view: RoomView) -> str:
    here = next(s for s in view.steps if s.here)
    left = view.total - view.clock
    state = "paused" if view.status == "paused" else "left" if left >= 0 else "over"
    kind = " still" if view.waiting or view.status == "paused" else " late" if left < 0 else ""
    return (
        f'<div class="head"><div class="top"><span class="name">{style.safe(view.title)}</span>'
        f'<span class="clock{kind}" role="timer"><b>{style.minutes(abs(left))}</b> <small>{state}</small></span></div>'
        f'<ol class="steps">{"".join(_step(s) for s in view.steps)}</ol>'
        f'<p class="here"><b>{view.steps.index(here) + 1} of {len(view.steps)} · {here.title}</b>'
        f"<span>{here.purpose}</span></p></div>"
    )


def _step(step: StepView) -> str:
    kind = "here" if step.here else "done" if step.entered else "ahead"
    part = 100 if kind == "done" else min(100, round(100 * step.spent / step.planned)) if step.entered else 0
    over = " over" if step.spent > step.planned * OVERRUN else ""
    told = {"here": "you are here", "done": "visited", "ahead": "ahead"}[kind]
    title = f"{step.title}: {told}, {style.minutes(step.spent)} of {style.minutes(step.planned)} planned"
    current = ' aria-current="step"' if step.here else ""
    return (
        f'<li class="{kind}{over}" title="{title}"{current}><span class="bar"><i style="width:{part}%"></i></span>'
        f'<span class="label">{step.short}</span></li>'
    )
