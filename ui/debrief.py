"""The debrief page: waits for the scorecard and lays it out. Knows the scorecard's values, not how they are made."""

from __future__ import annotations

from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotYet
from functools import partial

import streamlit as st

from interviewer.errors import InputError, InterviewerError
from interviewer.grading.scorecard import Advice, ErrorFound, Moment, Scorecard
from interviewer.reporting import report
from ui import design, picture, points, session, style
from ui.turns import Hub


def show(hub: Hub) -> None:
    """Draw the debrief of the interview in the address, or say why there is none yet."""
    ident = session.interview()
    st.button("Lobby", icon=":material/arrow_back:", type="tertiary", on_click=session.go, args=("lobby",), key="back")
    if hub.record(ident).status != "finished" and not hub.interview(ident).finished:
        st.info("This interview still runs. Its debrief is written when it is finished.")
        st.button("Back to the interview", type="primary", on_click=session.go, args=("room", ident), key="room")
        return
    card = _wait(hub, ident)
    if card:
        _lay_out(hub, card)


def _wait(hub: Hub, ident: str) -> Scorecard | None:
    """The scorecard once it is there. While it is being made, say so; the work goes on when the page is closed."""
    job = hub.debrief(ident)
    place = st.empty()
    try:
        while not _ready(job):
            place.html(
                f'<p class="lead">{picture.DOTS} The debrief is being written: every step is read against its criteria.</p>'
            )
        place.empty()
        return job.result()
    except InputError as error:
        place.info(style.literal(str(error)))
    except InterviewerError as error:
        place.warning(style.literal(str(error)))
        st.button("Try again", type="primary", on_click=hub.forget_debrief, args=(ident,), key="again")
    return None


def _ready(job: Future[Scorecard]) -> bool:
    try:
        job.exception(timeout=0.25)
    except NotYet:
        return False
    return True


def _lay_out(hub: Hub, card: Scorecard) -> None:
    _verdict(card)
    _downloads(card)
    if card.trouble:
        _troubled(hub, card)
    _feedback(card)
    if card.pivotal:
        _section("What decided it")
        st.html("".join(_moment(m) for m in card.pivotal))
    _section("The steps")
    st.html(picture.steps(card.steps))
    _runs(card)
    _section("Across the steps")
    st.html(picture.across(card.cross_cutting))
    if card.errors:
        _section("Errors")
        st.html("".join(_error(e) for e in card.errors))
    _section("Point by point")
    points.show(card)
    if card.outside:
        _section("Argued, and not in our notes")
        st.caption("Reasoned statements that no criterion covers. They are shown because a sound route need not be ours.")
        st.html("".join(style.quote(e.quote, e.turn) for e in card.outside))
    _study(card)
    if card.diagram:
        _section("A reference design")
        design.draw(card.diagram)
    _behind(card)


def _section(title: str) -> None:
    st.html(f'<h2 class="section">{title}</h2>')


def _verdict(card: Scorecard) -> None:
    used, planned = sum(s.used for s in card.steps), sum(s.planned for s in card.steps)
    facts = [
        f"{style.minutes(used)} used, {style.minutes(planned)} planned for the steps" if planned else "",
        f"{card.hints} hint{'' if card.hints == 1 else 's'}" if card.hints else "no hints",
        report.graded_by(card),
        "you have done this case, or read its notes, before" if card.practised else "",
        "notes were open during the round" if card.opened else "",
    ]
    good = card.recommendation in ("hire", "strong_hire")
    reason = card.recommendation_reason
    st.html(
        f'<p class="brow">Debrief · {style.safe(card.title)} · target level {card.target_level}</p>'
        f'<h1 class="title verdict {"good" if good else "not"}">{report.RECOMMENDATIONS[card.recommendation]}</h1>'
        f'<p class="lead">{style.safe(style.sentence(reason))}.</p>'
        f'<p class="brow">{style.safe(" · ".join(f for f in facts if f))}</p>'
    )


def _downloads(card: Scorecard) -> None:
    forms = (
        ("HTML", report.html, "html", "text/html"),
        ("Markdown", report.markdown, "md", "text/markdown"),
        ("JSON", report.as_json, "json", "application/json"),
    )
    with st.container(horizontal=True, key="downloads", vertical_alignment="center"):
        for label, write, ending, mime in forms:
            name = f"debrief-{card.case}-{card.interview[:6]}.{ending}"
            st.download_button(
                label, partial(write, card), name, mime, key=f"save-{ending}", on_click="ignore", icon=":material/download:"
            )


def _troubled(hub: Hub, card: Scorecard) -> None:
    st.warning("  \n".join(style.literal(t) for t in card.trouble))
    st.button("Grade again", on_click=hub.grade_again, args=(card.interview,), key="regrade")


def _feedback(card: Scorecard) -> None:
    """What came of it in a few sentences, each with what it rests on."""
    if found := report.sections(card.feedback):
        _section(report.FEEDBACK)
    for title, advices in found:
        kind = {"What worked": "good", "What was missing": "not"}.get(title, "mended")
        st.html(f'<h3 class="group">{title}</h3>' + "".join(_advice(a, card, kind) for a in advices))
    if card.feedback and card.feedback.trouble:
        st.caption(style.literal(card.feedback.trouble))


def _advice(advice: Advice, card: Scorecard, kind: str) -> str:
    rests = report.rests_on(advice, card)
    below = f'<p class="brow">{style.safe(style.sentence(rests))}</p>' if rests else ""
    return f'<article class="moment {kind}"><p>{style.safe(advice.text)}</p>{below}</article>'


def _runs(card: Scorecard) -> None:
    """That the steps were graded more than once, and where the runs did not come to the same level."""
    if often := report.repeated(card):
        apart = [f"{s.title}: {told}" for s in card.steps if (told := report.runs(s))]
        st.caption(style.literal(" ".join([often, *(["; ".join(apart) + "."] if apart else [])])))


def _moment(moment: Moment) -> str:
    return (
        f'<article class="moment {"good" if moment.good else "not"}"><p>{style.safe(style.sentence(moment.what))}</p>'
        f"{style.quote(moment.quote, moment.turn) if moment.quote else ''}</article>"
    )


def _error(error: ErrorFound) -> str:
    back = '<span class="tag">taken back later</span>' if error.corrected else ""
    return (
        f'<article class="moment {"mended" if error.corrected else "not"}">'
        f"<p><b>{style.safe(style.sentence(error.what))}</b>{back}</p>"
        f"{style.quote(error.quote, error.turn)}<p>{style.safe(error.why)}</p>"
        f'<p class="mend"><b>Instead</b> {style.safe(error.correction)}</p></article>'
    )


def _study(card: Scorecard) -> None:
    if not card.study:
        return
    _section("What to study next")
    for item in card.study:
        with st.expander(f"**{style.literal(item.title)}** — {style.literal(item.why)}"):
            st.markdown(style.notes(item.text))
            st.html(style.sources(item.sources))


def _behind(card: Scorecard) -> None:
    """What lay behind the talk: the reasons of the interviewer, the words, the sources."""
    _section("Behind it")
    if card.notes_on_moves:
        with st.expander("Why the interviewer did what it did"):
            st.html(picture.moves(card.notes_on_moves))
    with st.expander("The transcript"):
        st.html(picture.transcript(card.transcript))
    if card.sources:
        with st.expander("Sources of this case"):
            st.html(style.sources(card.sources))
    if card.cost:
        with st.expander("What it took"):
            st.caption("  \n".join(map(style.literal, card.cost)))
