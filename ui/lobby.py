"""The lobby: what this is, and the terms of a new interview. Sees of a case its title and question only."""

from __future__ import annotations

from typing import TypeVar, cast

import streamlit as st

from interviewer.errors import InterviewerError
from interviewer.office import CaseCard
from interviewer.settings import EMBEDDED, ROUND
from interviewer.state import Level, Pace, Terms
from interviewer.steps import STEPS, total
from ui import past, session, style
from ui.turns import Hub

LEVELS = {
    "mid": "clear and correct choices; the interviewer leads a little more",
    "senior": "choices with reasons, trade-offs handled, numbers where they decide",
    "staff": "you lead; failure modes, numbers and costs come from you",
}
LENGTHS = {20: "20 min", 45: "45 min", 60: "60 min"}
PACES = {"typed": "Typed", "spoken": "Spoken"}
PERSONAS = {
    "calm": "attentive, neutral, unhurried",
    "tough": "terse and sceptical, presses on the weakest claim",
    "friendly": "warm and relaxed, asks just as much",
}
RECENT = 3
ORDER = ("most", "often", "sometimes")
FIRST = "video_recommendation"  # the case that a newcomer sees: famous, and the one with the most wordings
T = TypeVar("T")


def show(hub: Hub) -> None:
    """Draw the lobby."""
    st.html(
        f'<p class="brow">Mock interview</p><h1 class="title">ML system design</h1>'
        f'<p class="lead">One open question, {len(STEPS)} steps, one clock. The interviewer listens to <em>your</em> design, '
        "asks about what you just said and keeps the time. Afterwards a debrief shows what carried, what was only named and "
        "what was missing, each with your own words.</p>"
    )
    cards = _usable(hub)
    if not cards:
        st.info("There is no case to interview on. Set INTERVIEWER_CASES to a folder that holds one.")
        return
    card = _case(cards)
    terms = _terms(hub, card)
    if st.button("Start the interview", type="primary", key="start", shortcut="Ctrl+Enter"):
        _start(hub, terms)
    st.caption("The clock starts when the question has been asked. Closing the page loses nothing: come back and go on.")
    st.button(
        "Library: cases, notes and concepts",
        type="tertiary",
        icon=":material/menu_book:",
        on_click=session.go,
        args=("library",),
        key="library",
    )
    if (hub.office.settings.home / "runs").is_dir():
        st.button(
            "Runs: how well it interviews and grades", type="tertiary", icon=":material/monitoring:", on_click=session.go, args=("runs",),
            key="runs",
        )  # fmt: skip
    _recent(hub)


def _usable(hub: Hub) -> list[CaseCard]:
    """The cases, those that are asked most first; one that cannot be used is told with the mend."""
    for card in hub.cards():
        if card.trouble:
            st.warning(style.literal(f"The case {card.slug} cannot be used. {card.trouble}"))
    return sorted((c for c in hub.cards() if not c.trouble), key=lambda c: (c.slug != FIRST, ORDER.index(c.asked), c.title))


def _case(cards: list[CaseCard]) -> CaseCard:
    if len(cards) > 1:
        titles = {c.slug: c.title for c in cards}
        slugs = list(titles)
        wanted = session.about("case")
        first = slugs.index(wanted) if wanted in titles else 0
        slug = st.selectbox("Case", slugs, index=first, format_func=lambda s: titles[s], key=f"case-{wanted}")
        card = next(c for c in cards if c.slug == slug)
    else:
        card = cards[0]
    st.html(f'<section class="case"><h2>{style.safe(card.title)}</h2><p>{style.safe(card.question)}</p></section>')
    return card


def _terms(hub: Hub, card: CaseCard) -> Terms:
    levels = [level for level in LEVELS if level in card.levels] or list(LEVELS)
    usual = "senior" if "senior" in levels else levels[0]
    with st.container(horizontal=True, gap="large", key="terms"):
        level = _choice("Level you interview for", {v: v.capitalize() for v in levels}, usual, "level")
        minutes = _choice("Length", LENGTHS, 45, "minutes")
        pace = _choice("Pace", PACES, "typed", "pace")
    st.caption(f"{level.capitalize()}: {LEVELS[level]}.  \n{_pace(minutes, pace)}")
    models = _who(hub)
    persona = hub.office.settings.persona if models["interviewer"] == EMBEDDED else _manner(hub)
    return Terms(
        case=card.slug, level=cast(Level, level), minutes=minutes, pace=cast(Pace, pace), models=models, persona=persona,
    )  # fmt: skip


def _choice(label: str, options: dict[T, str], usual: T, key: str) -> T:
    chosen = st.segmented_control(label, list(options), default=usual, required=True, format_func=lambda o: options[o], key=key)
    return usual if chosen is None else chosen


def _pace(minutes: int, pace: str) -> str:
    whole = f"{int(total(minutes, pace) / 60)} minutes on the clock."
    if pace == "typed":
        return f"Typed: you type your answers. Typing is slower than talking, so the plan is stretched by half: {whole}"
    return f"Spoken: you talk, and dictate or note down what you say. The plan is that of a live round: {whole}"


def _who(hub: Hub) -> dict[str, str]:
    """Which workers interview, read and grade; a choice only where a model is set up."""
    settings = hub.office.settings
    models = [m for m in dict.fromkeys(settings.model_for(job) for job in ROUND) if m != EMBEDDED]
    if not models:
        st.html(
            '<p class="who"><b>Who interviews</b><em>The embedded interviewer</em>It runs on this machine and needs no key. '
            "A model can speak instead: set <code>INTERVIEWER_MODEL</code> before you start the app.</p>"
        )
        return {"interviewer": EMBEDDED}
    chosen = {"interviewer": _interviewer(models, settings.model_for("interviewer"))}
    usual = settings.agreed(chosen)
    with st.container(horizontal=True, gap="medium", key="others"):
        if chosen["interviewer"] != EMBEDDED:
            chosen["assessor"] = _worker("Who reads along", models, usual["assessor"], "assessor")
        chosen["grader"] = _worker("Who grades", models, usual["grader"], "grader")
    return chosen


def _interviewer(models: list[str], usual: str) -> str:
    names = {m: f"The model {m}" for m in models} | {EMBEDDED: "The embedded interviewer"}
    notes = ["speaks through your provider and key"] * len(models) + ["runs on this machine, needs no key"]
    options = list(names)
    chosen = st.radio(
        "Who interviews", options, index=options.index(usual), format_func=lambda m: names[m], captions=notes, key="who"
    )
    return chosen or usual


def _worker(label: str, models: list[str], usual: str, key: str) -> str:
    """A model, or what runs here; begins anew with what is usual when that changes."""
    options = [*models, EMBEDDED]
    return st.selectbox(
        label, options, index=options.index(usual), key=f"{key}-{usual}", width=330,
        format_func=lambda m: "Embedded, on this machine" if m == EMBEDDED else m,
    )  # fmt: skip


def _manner(hub: Hub) -> str:
    usual = hub.office.settings.persona
    names = {each: each.capitalize() for each in dict.fromkeys([*PERSONAS, usual])}
    chosen = _choice("How it behaves", names, usual, "persona")
    if line := PERSONAS.get(chosen):
        st.caption(f"{names[chosen]}: {line}. The grade is the same.")
    return chosen


def _start(hub: Hub, terms: Terms) -> None:
    try:
        interview = hub.start(terms)
    except InterviewerError as error:
        st.error(style.literal(str(error)))
        return
    session.go("room", interview.id)
    st.rerun()


def _recent(hub: Hub) -> None:
    records = hub.office.past()
    if not records:
        return
    st.html('<h2 class="section">Your interviews</h2>')
    for record in records[:RECENT]:
        past.row(hub, record)
    if len(records) > RECENT:
        st.button(f"All {len(records)} interviews", type="tertiary", on_click=session.go, args=("past",), key="all")
