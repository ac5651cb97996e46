"""The candidate's desk: the answer box and the buttons. Says what was given; knows nothing of what becomes of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st

from interviewer.settings import EMBEDDED
from interviewer.state import RoomView
from ui import session, whiteboard
from ui.style import safe

_JS = Path(__file__).with_name("desk.js").read_text(encoding="utf-8")
_KEEPER: list = []


@dataclass(frozen=True)
class Given:
    """What the candidate gave: words, a button, or a picture with the words typed beside it."""

    text: str = ""
    button: str = ""
    picture: bytes = b""
    mime: str = ""


def draw(view: RoomView, speaking: bool) -> Given | None:
    """Draw the desk at the bottom of the page; what was given in this run, if anything."""
    paused = view.status == "paused"
    with st.bottom:
        button = _buttons(view, speaking, paused)
        whiteboard.board(view.id)
        if text := session.take("answer"):
            session.put_back("answer", text)
        hold = "Paused: press Continue to go on" if paused else "Your answer. Enter sends"
        files = {"accept_file": True, "file_type": whiteboard.TYPES, "max_upload_size": 10} if sees(view) else {}
        given = st.chat_input(hold, key="answer", disabled=paused, **files)  # type: ignore[call-overload]
        st.html(_worker(view))
        _keep_draft(view)
    return Given(button=button) if button else _given(given)


def sees(view: RoomView) -> bool:
    """Whether a model is set up that could read a picture."""
    return view.terms.models.get("eyes", EMBEDDED) != EMBEDDED


def _given(given: Any) -> Given | None:
    """What came out of the answer box: a text, or Streamlit's value of text and files."""
    text = (given if isinstance(given, str) else given.text or "") if given else ""
    if given and not isinstance(given, str) and given.files:
        return Given(text=text, picture=given.files[0].getvalue(), mime=given.files[0].type or "")
    return Given(text=text) if text.strip() else None


def _buttons(view: RoomView, speaking: bool, paused: bool) -> str:
    """The row of buttons. Their keys carry the version: a second click on the same picture does nothing."""
    off = speaking or view.waiting
    pause = ("Continue", "continue", False) if paused else ("Pause", "pause", off)
    rows = (
        ("Hint", "hint", "Alt+H", off or paused, "A small hint. It is noted in the debrief."),
        ("Move on", "next", "Alt+N", off or paused, "Go to the next step."),
        (pause[0], pause[1], "Alt+P", pause[2], None),
        ("Finish", "finish", "Alt+X", off, "Close the round and go to the debrief. Asks first."),
    )
    pressed = ""
    with st.container(horizontal=True, vertical_alignment="center", key="buttons"):
        for label, name, shortcut, disabled, tip in rows:
            kind = "primary" if name == "continue" else "secondary"
            if st.button(label, key=f"{name}-{view.version}", shortcut=shortcut, disabled=disabled, help=tip, type=kind):  # type: ignore[arg-type]
                pressed = name
        whiteboard.button(view.id)
    return pressed


def _worker(view: RoomView) -> str:
    name = "the embedded interviewer" if view.voice == EMBEDDED else safe(view.voice)
    spent = f" {safe(view.spent)}." if view.spent else ""
    return f'<p class="worker">You talk with {name}.{spent}<i> Shift+Enter makes a new line.</i></p>'


def _keep_draft(view: RoomView) -> None:
    """Keep what is typed but not sent in the browser, until the interview moves on; and put the cursor into the box."""
    if not _KEEPER:
        _KEEPER.append(st.components.v2.component("interviewer.deciding.desk", js=_JS))
    _KEEPER[0](key="keeper", data={"ident": view.id, "version": view.version}, height=0)
