"""Past interviews: when, what, how far, and the way back in or to the debrief. Knows only their rows of the record."""

from __future__ import annotations

from datetime import datetime

import streamlit as st

from interviewer.record.archive import Record
from ui import session, style
from ui.turns import Hub

MOST = 50


def show(hub: Hub) -> None:
    """Draw the list of all interviews, the newest first."""
    st.button("Lobby", icon=":material/arrow_back:", type="tertiary", on_click=session.go, args=("lobby",), key="back")
    st.html('<h1 class="title">Your interviews</h1>')
    records = hub.office.past()
    if not records:
        st.caption("None yet.")
    for record in records[:MOST]:
        row(hub, record)
    if len(records) > MOST:
        st.caption(f"{len(records) - MOST} older ones: `interviewer past` lists them all.")


def row(hub: Hub, record: Record) -> None:
    """One interview and its button."""
    done = record.status == "finished"
    with st.container(horizontal=True, vertical_alignment="center", key=f"row-{record.id}"):
        st.html(_line(hub, record))
        st.button(
            "Debrief" if done else "Resume", key=f"open-{record.id}", on_click=session.go,
            args=("debrief" if done else "room", record.id),
        )  # fmt: skip


def _line(hub: Hub, record: Record) -> str:
    terms = record.terms
    when = datetime.fromisoformat(record.created).astimezone().strftime("%d %b %Y, %H:%M").lstrip("0")
    said = f"{record.version} turns · {style.minutes(record.clock)} on the clock"
    return (
        f'<div class="past"><b>{style.safe(hub.title(terms.case))}</b> <span class="tag {record.status}">{record.status}</span>'
        f"<br><small>{when} · {terms.level} · {terms.minutes:.0f} min · {said}</small></div>"
    )
