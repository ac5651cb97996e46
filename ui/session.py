"""What one browser tab remembers: its address (page, interview) and a few words between two runs. Knows no interview."""

from __future__ import annotations

from typing import Literal

import streamlit as st

Page = Literal["lobby", "room", "debrief", "past"]


def page() -> Page:
    """The page that the address asks for."""
    if not interview():
        return "past" if st.query_params.get("page") == "past" else "lobby"
    return "debrief" if st.query_params.get("page") == "debrief" else "room"


def interview() -> str:
    """The id in the address, or nothing."""
    return st.query_params.get("interview", "")


def go(to: Page, ident: str = "") -> None:
    """Change the address, and with it the page. In a callback; elsewhere follow it with `st.rerun()`."""
    address = {"interview": ident} if ident else {}
    if to in ("debrief", "past"):
        address["page"] = to
    st.session_state.pop(f"version:{ident}", None)
    tell("")
    st.query_params.from_dict(address)


def arrived(ident: str) -> bool:
    """Whether this tab comes to the room of this interview from another page."""
    return f"version:{ident}" not in st.session_state


def saw(ident: str, version: int) -> None:
    """This tab now shows the interview at `version`."""
    st.session_state[f"version:{ident}"] = version


def seen(ident: str, default: int) -> int:
    """The version that this tab showed last: an answer belongs to it."""
    return st.session_state.get(f"version:{ident}", default)


def tell(notice: str) -> None:
    """Words that stay on the page until others, or none, take their place."""
    st.session_state["notice"] = notice


def told() -> str:
    """The words that stand."""
    return st.session_state.get("notice", "")


def put_back(key: str, text: str) -> None:
    """Give a text to an input again; before the input is drawn."""
    st.session_state[key] = text


def keep(key: str, value: str) -> None:
    """Hold a text for the next run, to be taken by `take`."""
    st.session_state[f"kept:{key}"] = value


def take(key: str) -> str:
    """The text held by `keep`, once."""
    return st.session_state.pop(f"kept:{key}", "")
