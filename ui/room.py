"""The room: the talk, the steps, the clock and the buttons. Sees what `Interview.view()` shows and nothing behind it."""

from __future__ import annotations

from functools import partial

import streamlit as st

from interviewer.errors import StaleError
from interviewer.settings import EMBEDDED
from interviewer.state import RoomView
from ui import desk, session, style, whiteboard
from ui.desk import Given
from ui.head import head
from ui.turns import Hub, Turn

COMMANDS = {"/hint": "hint", "/next": "next", "/finish": "finish", "/pause": "pause"}
PRESSED = ("(asked for a hint)", "(asked to move on)", "(finished the round)", "(no answer)")
LATE = "The interview had moved on before that arrived, so it was not taken. Your text is back in the box."
BLIND = "No model is set up here that could read a picture."
EARLY = "The interviewer was still speaking, so that was not taken. Your text is back in the box."


def show(hub: Hub) -> None:
    """Draw the room of the interview in the address, after taking what was just said or pressed."""
    ident = session.interview()
    hub.touch(ident)
    if not hub.trouble(ident):
        hub.speak(ident)
    turn = hub.running(ident)  # before the view: what is done by then is in it
    view = hub.interview(ident).view()
    if view.status == "finished":
        _after(hub, view)
        return
    head(hub, ident)
    _talk(view)
    talk = st.container(key="now")
    if session.arrived(ident):
        style.sweep()
    _answer(hub, view, speaking=turn is not None)
    with talk:
        _now(hub, view, turn)
    session.saw(ident, view.version)


def _answer(hub: Hub, view: RoomView, speaking: bool) -> None:
    """The bottom of the page; what comes out of it is taken at once and the page drawn anew."""
    given = desk.draw(view, speaking)
    if not given:
        return
    if given.picture:
        _picture(hub, view, given)
        st.rerun()
    pressed = given.button or COMMANDS.get(given.text.strip().lower(), "")
    if pressed == "finish":
        _confirm(hub, view)
    elif pressed in ("pause", "continue"):
        _stop_or_go(hub, view.id, pressed)
        st.rerun()
    else:
        _send(hub, view, "" if pressed else given.text, pressed)
        st.rerun()


def _send(hub: Hub, view: RoomView, text: str, pressed: str) -> None:
    session.tell("")
    try:
        hub.send(view.id, text, session.seen(view.id, view.version), pressed)
    except StaleError:
        if text:
            session.keep("answer", text)
            session.tell(EARLY if hub.running(view.id) else LATE)


def _picture(hub: Hub, view: RoomView, given: Given) -> None:
    """Read a picture onto the whiteboard. It is no answer yet: the words beside it go back into the box, whatever comes of it."""
    session.keep("answer", given.text)
    session.tell("")
    with st.bottom, st.spinner("Reading your picture ..."):
        eyes, interview = hub.office.eyes(view.terms.models.get("eyes", EMBEDDED)), hub.interview(view.id)
        trouble = BLIND if eyes is None else interview.over_limit()
        if eyes and not trouble:
            trouble = whiteboard.look(eyes, given.picture, given.mime, view.id, partial(interview.took, "eyes"))
    session.tell(whiteboard.told(trouble) if trouble else "")


def _stop_or_go(hub: Hub, ident: str, what: str) -> None:
    interview = hub.interview(ident)
    if what == "pause":
        interview.pause()
    else:
        interview.go_on()


@st.dialog("Finish the round?")
def _confirm(hub: Hub, view: RoomView) -> None:
    left = [s.short for s in view.steps if not s.entered]
    st.write(f"Not reached yet: {', '.join(left)}." if left else "You have been in every step.")
    st.write("The interviewer closes, and the debrief is written from what was said so far.")
    with st.container(horizontal=True):
        if st.button("Finish and see the debrief", type="primary", key="finish-yes"):
            _send(hub, view, "", "finish")
            st.rerun()
        if st.button("Keep going", key="finish-no"):
            st.rerun()


# --- the talk ---------------------------------------------------------------------------------------------------------


def _talk(view: RoomView) -> None:
    for n, (role, text) in enumerate(view.turns):
        with st.chat_message(role):
            st.html(f'<div class="said{" pressed" if text in PRESSED else ""}">{style.safe(text)}</div>')
            if role == "candidate":
                whiteboard.under(text, f"drawing-{n}")


def _now(hub: Hub, view: RoomView, turn: Turn | None) -> None:
    """What happens at the end of the talk: words that are coming, a model that failed, a clock that stands."""
    if notice := session.told():
        st.info(notice)
    if view.notice:
        st.info(style.literal(view.notice))
    if turn:
        _follow(turn)
        st.rerun()
    if trouble := hub.trouble(view.id):
        _failed(hub, view, trouble)
    elif view.status == "paused":
        away = hub.interview(view.id).clock.away
        why = (
            "You were away for more than three minutes, so the clock stopped when you left."
            if away
            else "Paused. The clock stands."
        )
        st.info(f"{why} Press **Continue** to go on where you were.")


def _follow(turn: Turn) -> None:
    with st.chat_message("interviewer"):
        place = st.empty()
        while not turn.wait(0.25):
            place.html(
                '<div class="said waiting" role="status" aria-label="The interviewer is thinking"><i></i><i></i><i></i></div>'
            )
        with place.container():
            st.write_stream(style.literal(words) for words in turn.follow())


def _failed(hub: Hub, view: RoomView, trouble: str) -> None:
    st.warning(style.literal(trouble) + "  \nThe clock stands.")
    with st.container(horizontal=True):
        st.button("Try again", key=f"again-{view.version}", type="primary", on_click=hub.speak, args=(view.id,))
        st.button(
            "Go on with the embedded interviewer", key=f"embedded-{view.version}", on_click=hub.go_embedded, args=(view.id,)
        )


def _after(hub: Hub, view: RoomView) -> None:
    """A finished round: its words, and the way to the debrief, which is already being written."""
    hub.debrief(view.id)
    st.html(
        f'<p class="brow">Finished · {style.minutes(view.clock)} on the clock</p><h1 class="title">{style.safe(view.title)}</h1>'
        f'<p class="lead said">{style.safe(view.turns[-1][1])}</p>'
    )
    with st.container(horizontal=True):
        st.button(
            "Read the debrief",
            type="primary",
            shortcut="Ctrl+Enter",
            on_click=session.go,
            args=("debrief", view.id),
            key="debrief",
        )
        st.button("Back to the lobby", on_click=session.go, args=("lobby",), key="lobby")
    with st.expander("The talk"):
        _talk(view)
