"""The whiteboard: arrow lines with their drawing beside them, and pictures that are read into it. Knows diagrams, and no interview."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import streamlit as st

from interviewer.errors import InterviewerError
from interviewer.state import Work
from interviewer.whiteboard import diagram
from interviewer.whiteboard.eyes import Eyes
from ui import design, session
from ui.style import literal

TYPES = ("png", "jpg", "jpeg", "webp")
EXAMPLE = "client -> gateway -> ranker\nfeature store -> ranker: 20 ms\nranker -> client, event log"
HOW = "One line for each arrow. Words along it: `a -> b: words`. Several at once: `a -> b, c`. A longer name: `[name]`."
FROM_PICTURE = "Read from your picture: mend it, then add it to your answer. Until then it does not count."
_JS = Path(__file__).with_name("whiteboard.js").read_text(encoding="utf-8")
_CSS = (
    design.CSS
    + """
.scroll { max-height: 26rem; overflow: auto; }
.scroll:focus-visible { outline: 2px solid var(--st-primary-color); outline-offset: 4px; }
rect { fill: var(--st-background-color); stroke: color-mix(in srgb, var(--st-text-color) 25%, var(--st-background-color)); }
.along rect { stroke: none; }
"""
)
Fits = tuple[int, int]  # pixels, width and height, that a drawing is made smaller to fit into as far as it stays readable
_TALK: Fits = (520, 330)
_BOARD: Fits = (380, 215)
_SMALLEST, _LARGEST = 0.7, 0.95
_HEAD = re.compile(r'style="[^"]*" (viewBox="0 0 (\d+) (\d+)")')
_PARTS: dict = {}


def button(ident: str) -> None:
    """The button that opens and closes the whiteboard."""
    tip = "Write your design with arrows: it draws itself."
    st.button("Whiteboard", key=f"board-{ident}", shortcut="Alt+W", help=tip, on_click=_turn, args=(ident,))


def board(ident: str) -> None:
    """The whiteboard, when it is open. What is on it counts only once it is in an answer."""
    if fresh := session.take(f"read:{ident}"):
        session.keep(f"drawn:{ident}", f"{_held(f'drawn:{ident}').rstrip()}\n\n{fresh}".lstrip())
        session.keep(f"board:{ident}", "")
        session.keep(f"seen:{ident}", FROM_PICTURE)
        _turn(ident)
    if _held(f"board:{ident}"):
        _open(ident)
    _script(ident, session.take(f"add:{ident}"))


def _turn(ident: str) -> None:
    """Open what is closed, with what was on it; close what is open."""
    shut = not session.take(f"board:{ident}")
    session.keep(f"board:{ident}", "open" if shut else "")
    if shut:
        session.put_back(f"board-text-{ident}", _held(f"drawn:{ident}"))


def _held(key: str) -> str:
    """A text that stays held."""
    text = session.take(key)
    session.keep(key, text)
    return text


@st.fragment
def _open(ident: str) -> None:
    with st.container(key="board"):
        if seen := _held(f"seen:{ident}"):
            st.caption(seen)
        left, right = st.columns([5, 6], gap="small")
        with left:
            text = st.text_area(
                "Arrow lines", key=f"board-text-{ident}", height=150, placeholder=EXAMPLE, label_visibility="collapsed"
            )
            graph = diagram.sketch(text)
            pressed = st.button("Add to my answer", key=f"board-add-{ident}", disabled=graph is None)
        with right:
            if graph:
                picture(graph, f"board-drawing-{ident}", _BOARD)
            else:
                st.caption(HOW)
    session.keep(f"drawn:{ident}", text)
    if pressed and graph:
        session.keep(f"add:{ident}", _lines(text, graph))
        session.keep(f"board:{ident}", "")
        session.keep(f"seen:{ident}", "")
        st.rerun()


def _lines(text: str, graph: diagram.Graph) -> str:
    """What goes into the answer: the lines as they are, if an answer with them is read as what is drawn; else made plain."""
    return text.strip() if diagram.read(text) == graph else diagram.text(graph)


def under(text: str, key: str) -> None:
    """The drawing of what is drawn in an answer, if anything is."""
    if graph := diagram.read(text):
        picture(graph, key)


def picture(graph: diagram.Graph, key: str, fits: Fits = _TALK) -> None:
    """A diagram, drawn as the reference designs are."""
    if "picture" not in _PARTS:
        _PARTS["picture"] = st.components.v2.component("interviewer.drawing", css=_CSS, js=design.JS)
    _PARTS["picture"](key=key, data={"svg": _svg(graph, fits)}, width="content")


def look(eyes: Eyes, image: bytes, mime: str, ident: str, took: Callable[[Work], None]) -> str:
    """Read a picture onto the board of an interview, `took` what it took; a plain sentence when nothing came of it, "" when it did."""
    try:
        seen = eyes.look(image, mime)
    except InterviewerError as error:
        return str(error)
    took(seen.work)
    if seen.text:
        session.keep(f"read:{ident}", seen.text)
    return seen.notice


def told(trouble: str) -> str:
    """What the candidate is told when a picture could not be read."""
    return literal(f"{trouble} Your text is back in the box.")


@lru_cache(maxsize=128)
def _svg(graph: diagram.Graph, fits: Fits) -> str:
    drawn = diagram.svg(graph)
    return _HEAD.sub(lambda head: f'style="{_size(int(head[2]), int(head[3]), fits)}" {head[1]}', drawn, count=1)


def _size(wide: int, high: int, fits: Fits) -> str:
    """The size of a drawing as a style: smaller when it is tall, never too small to read."""
    scale = min(_LARGEST, max(_SMALLEST, min(fits[0] / wide, fits[1] / high)))
    return f"width:{round(wide * scale)}px;max-width:none"


def _script(ident: str, add: str) -> None:
    if "script" not in _PARTS:
        _PARTS["script"] = st.components.v2.component("interviewer.whiteboard", js=_JS)
    number = time.time_ns() // 1_000_000 if add else 0
    with st.container(key="board-script"):
        _PARTS["script"](key="board-keeper", data={"ident": ident, "add": add, "number": number}, height=0)
