"""The library: cases by domain with what you did on them, the concept pages, and a search over what is open. Draws lists only."""

from __future__ import annotations

from datetime import datetime

import streamlit as st

from interviewer.office import CaseCard
from interviewer.record.shelf import Findings, Round
from interviewer.reporting.report import RECOMMENDATIONS
from ui import book, session, style
from ui.turns import Hub

ASKED = {"most": "asked most", "often": "asked often", "sometimes": "asked sometimes"}
OPENING = 260  # characters of a passage that a finding shows


def show(hub: Hub) -> None:
    """Draw the library, or the case or concept page of the address."""
    if slug := session.about("case"):
        book.case(hub, slug)
    elif slug := session.about("concept"):
        book.concept(hub, slug)
    else:
        _lists(hub)


def _lists(hub: Hub) -> None:
    st.button("Lobby", icon=":material/arrow_back:", type="tertiary", on_click=session.go, args=("lobby",), key="back")
    st.html(
        '<h1 class="title">Library</h1><p class="lead">What each case is about, and what you have done on it. '
        "Facts, criteria, notes and the reference design of a case open when a round on it is over.</p>"
    )
    query = st.text_input(
        "Search cases, open notes and concepts", placeholder="label delay, position bias, index memory", key="query"
    )
    if query and query.strip():
        with st.spinner("Searching"):
            _found(hub.office.shelf.search(query))
        return
    cards = [c for c in hub.cards() if not c.trouble]
    rounds = hub.office.shelf.rounds()
    for domain in dict.fromkeys(c.domains[0] for c in cards):
        st.html(f'<h2 class="section">{style.safe(style.sentence(domain))}</h2>')
        for card in (c for c in cards if c.domains[0] == domain):
            _case(hub, card, rounds.get(card.slug, []))
    _concepts(hub)


def _case(hub: Hub, card: CaseCard, rounds: list[Round]) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key=f"row-{card.slug}"):
        st.html(
            f'<div class="past"><b>{style.safe(card.title)}</b> <span class="tag">{ASKED[card.asked]}</span>'
            f"<br><small>{_done(rounds)}</small></div>"
        )
        st.button("Look", key=f"look-{card.slug}", on_click=session.go, args=("library",), kwargs={"case": card.slug})


def _done(rounds: list[Round]) -> str:
    if not rounds:
        return "not done yet"
    last = rounds[0]
    when = datetime.fromisoformat(last.when).astimezone().strftime("%d %b %Y").lstrip("0")
    verdict = RECOMMENDATIONS[last.recommendation or None].lower()
    times = "once" if len(rounds) == 1 else f"{len(rounds)} times, last"
    return f"done {times} on {when} for {last.level}: {verdict}"


def _concepts(hub: Hub) -> None:
    st.html('<h2 class="section">Concepts</h2>')
    if why := hub.office.shelf.why_concepts_closed():
        book.closed(why, "Reading a concept page now marks the score of that round.", hub.office.shelf.open_concepts)
        return
    for page in hub.office.shelf.concepts():
        with st.container(horizontal=True, vertical_alignment="center", key=f"row-concept-{page.slug}"):
            st.html(
                f'<div class="past"><b>{style.safe(page.title)}</b><br><small>{style.safe(_plain(page.summary))}</small></div>'
            )
            st.button("Read", key=f"read-{page.slug}", on_click=session.go, args=("library",), kwargs={"concept": page.slug})


def _found(findings: Findings) -> None:
    if not findings.found:
        st.caption("Nothing that is open is about that.")
    for n, hit in enumerate(findings.found):
        kind = {"case": "Case", "note": "Note", "concept": "Concept"}[hit.kind]
        with st.container(horizontal=True, vertical_alignment="center", key=f"row-found-{n}"):
            st.html(
                f'<div class="past"><b>{style.safe(hit.title)}</b> <span class="tag">{kind}</span>'
                f"<br><small>{style.safe(_shorten(hit.text))}</small></div>"
            )
            about = {"concept": hit.slug} if hit.kind == "concept" else {"case": hit.slug}
            st.button(
                "Look" if hit.kind == "case" else "Read", key=f"open-{n}", on_click=session.go, args=("library",), kwargs=about
            )
    if findings.closed:
        more = "passage is" if findings.closed == 1 else "passages are"
        st.caption(f"{findings.closed} more {more} in notes that are still closed to you.")


def _shorten(text: str) -> str:
    plain = _plain(text)
    return plain if len(plain) <= OPENING else plain[:OPENING].rsplit(" ", 1)[0] + " …"


def _plain(text: str) -> str:
    """Markdown without its marks, in one line."""
    return " ".join(text.replace("**", "").replace("`", "").split())
