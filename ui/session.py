"""What one browser tab remembers: its address (page, interview) and a few words between two runs. Knows no interview."""

from __future__ import annotations

from typing import Literal

import streamlit as st

Page = Literal["lobby", "room", "debrief", "past", "library", "runs"]
APART = ("past", "library", "runs")  # pages that belong to no interview


def page() -> Page:
    """The page that the address asks for."""
    asked = st.query_params.get("page")
    if not interview():
        return asked if asked in APART else "lobby"  # type: ignore[return-value]
    return "debrief" if asked == "debrief" else "room"


def interview() -> str:
    """The id in the address, or nothing."""
    return st.query_params.get("interview", "")


def about(what: Literal["case", "concept", "run"]) -> str:
    """The case, concept or run in the address, or nothing."""
    return st.query_params.get(what, "")


def go(to: Page, ident: str = "", *, case: str = "", concept: str = "", run: str = "") -> None:
    """Change the address, and with it the page. In a callback; elsewhere follow it with `st.rerun()`."""
    address = {name: value for name, value in (("interview", ident), ("case", case), ("concept", concept), ("run", run)) if value}
    if to in ("debrief", *APART):
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
