"""The app: `streamlit run ui/app.py` or `interviewer app`. Draws the page of the address; knows nothing of what is on it."""

from __future__ import annotations

import streamlit as st

from interviewer.errors import InterviewerError
from ui import debrief, library, lobby, past, room, runs, session, style
from ui.turns import Hub, hub

PAGES = {
    "lobby": lobby.show,
    "room": room.show,
    "debrief": debrief.show,
    "past": past.show,
    "library": library.show,
    "runs": runs.show,
}


def main() -> None:
    """Draw one page."""
    st.set_page_config(page_title="ML system design interview", page_icon=style.ICON, layout="centered")
    style.dress()
    try:
        show(hub())
    except InterviewerError as error:
        complain(str(error))


def show(found: Hub) -> None:
    """The page of the address."""
    PAGES[session.page()](found)


def complain(message: str) -> None:
    """What went wrong, in words, and the way back."""
    st.warning(style.literal(message))
    if session.page() != "lobby":
        st.button("Back to the lobby", on_click=session.go, args=("lobby",))


main()
