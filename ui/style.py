"""How text and figures look: escaping, minutes, small pieces of HTML. Knows no interview."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from pathlib import Path

import streamlit as st

ICON = Path(__file__).with_name("icon.svg").read_text(encoding="utf-8")
LEFT_OVER = 40  # elements that the longest page can leave
_CSS = Path(__file__).with_name("style.css")
_ADDRESS = re.compile(r"(https?://[^\s<]+[^\s<.,;)])")
_MARKS = re.compile(r"([!\"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~])")


def dress() -> None:
    """Put the style sheet into the page; it takes no room."""
    st.html(_CSS)


def sweep() -> None:
    """Take away at once what the page before has left below; else it stays until a long run ends."""
    for _ in range(LEFT_OVER):
        st.empty()


def literal(text: str) -> str:
    """Markdown that shows `text`, or a piece of it, as it is: no formula, link, list, code or tag comes of it."""
    return _MARKS.sub(r"\\\1", text).replace("\n", "  \n")


def safe(text: str) -> str:
    """HTML that shows `text` as it is."""
    return html.escape(text, quote=True)


def minutes(seconds: float) -> str:
    """12:05"""
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"


def sentence(text: str) -> str:
    """Opens with a capital."""
    return text[:1].upper() + text[1:]


def quote(text: str, turn: int) -> str:
    """The candidate's own words, with the turn they stand in."""
    return f"<blockquote>“{safe(text)}” <cite>turn {turn}</cite></blockquote>"


def notes(text: str) -> str:
    """Our own notes as Markdown; a dollar sign is a price, not a formula."""
    return text.replace("$", "\\$")


def sources(lines: Sequence[str]) -> str:
    """Sources as a quiet list, their addresses as links."""
    return f'<ul class="sources">{"".join(f"<li>{_linked(safe(line))}</li>" for line in lines)}</ul>'


def _linked(text: str) -> str:
    return _ADDRESS.sub(r'<a href="\1" target="_blank" rel="noopener">\1</a>', text)
