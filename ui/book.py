"""One case or one concept page of the library, opened: or why it is closed, and how to open it anyway. Draws values only."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from interviewer.steps import STEP, STEPS
from ui import design, session, style
from ui.turns import Hub


def case(hub: Hub, slug: str) -> None:
    """The page of one case: the question, and the rest when it is open."""
    shelf = hub.office.shelf
    why = shelf.why_closed(slug)
    card = hub.office.card(slug)
    _back()
    st.html(
        f'<p class="brow">{style.safe(" · ".join(card.domains))} · {style.safe(", ".join(card.levels))}</p>'
        f'<h1 class="title">{style.safe(card.title)}</h1><p class="lead">{style.safe(card.question)}</p>'
    )
    st.button(
        "Be interviewed on it", type="primary", key="interview", on_click=session.go, args=("lobby",), kwargs={"case": slug}
    )
    if why:
        closed(
            f"{why} Facts, criteria, notes and the reference design stay closed until a round on it is over.",
            "Having read them, you cannot be interviewed on it in earnest: your next score on this case is marked as practised.",
            shelf.open_case, slug,
        )  # fmt: skip
        return
    _open(shelf.case(slug))


def concept(hub: Hub, slug: str) -> None:
    """One concept page."""
    shelf = hub.office.shelf
    _back()
    if why := shelf.why_concepts_closed():
        closed(why, "Reading a concept page now marks the score of that round.", shelf.open_concepts)
        return
    page = shelf.concept(slug)
    st.html(f'<p class="brow">Concept</p><h1 class="title">{style.safe(page.title)}</h1>')
    st.markdown(style.notes(page.summary))
    for section in page.sections:
        st.html(f'<h2 class="section">{style.safe(section.title)}</h2>')
        st.markdown(style.notes(section.text))
    st.html('<h2 class="section">Sources</h2>')
    st.html(style.sources(page.sources))


def closed(why: str, price: str, opens: Callable[..., None], *args: str) -> None:
    """Why something is closed, what it costs to open it, and the button that does."""
    st.warning(f"{style.literal(why)}  \n{style.literal(price)}", icon=":material/lock:")
    st.button("Open it anyway", key="unlock", on_click=opens, args=args)


def _back() -> None:
    st.button("Library", icon=":material/arrow_back:", type="tertiary", on_click=session.go, args=("library",), key="back")


def _open(entry) -> None:
    study = entry.case
    parts = {
        "Notes": lambda: _notes(entry), "Criteria": lambda: _criteria(study), "Facts and twists": lambda: _facts(study),
        "Mistakes": lambda: _mistakes(study), "Reference design": lambda: design.draw(study.diagram.mermaid()),
        "Numbers": lambda: _numbers(study), "Sources": lambda: _sources(study),
    }  # fmt: skip
    chosen = st.segmented_control("Part", list(parts), default="Notes", required=True, key="part", label_visibility="collapsed")
    parts[chosen or "Notes"]()


def _notes(entry) -> None:
    for step in STEPS:
        sections = [s for s in entry.notes if s.anchor.startswith(f"{step}.")]
        if sections:
            st.html(f'<h2 class="section">{style.safe(STEP[step].title)}</h2>')
        for section in sections:
            st.html(f'<h3 class="group">{style.safe(section.title)}</h3>')
            st.markdown(style.notes(section.text))


def _criteria(study) -> None:
    for step in STEPS:
        st.html(f'<h2 class="section">{style.safe(STEP[step].title)}</h2>')
        for c in study.criteria(step):
            tags = f'<span class="tag">{c.kind}</span> <span class="tag">from {c.level}</span>'
            st.html(
                f'<article class="point"><h4>{style.safe(style.sentence(c.topic))} {tags}</h4><p class="looks">{style.safe(c.looks_for)}</p>'
                f'<p class="mend"><b>A strong answer</b> {style.safe(c.strong)}</p></article>'
            )


def _facts(study) -> None:
    st.html('<h2 class="section">What the interviewer tells when asked</h2>')
    st.html("".join(_row(f.id.replace("_", " ") + (" (vague on purpose)" if f.vague else ""), f.says) for f in study.facts))
    st.html('<h2 class="section">What may change in the middle of the round</h2>')
    st.html("".join(_row(t.says, t.strong) for t in study.twists))


def _mistakes(study) -> None:
    for p in study.pitfalls:
        st.html(
            f'<article class="moment not"><p><b>{style.safe(style.sentence(p.says))}</b></p><p>{style.safe(p.why)}</p>'
            f'<p class="mend"><b>Instead</b> {style.safe(p.correction)}</p></article>'
        )


def _numbers(study) -> None:
    for e in study.estimates:
        inputs = ", ".join(f"{name} = {q.value:,g} {q.unit}" for name, q in e.inputs.items())
        st.html(
            _row(e.title, f"{e.formula} = {e.figure:,.4g} {e.unit}. Within a factor of {e.within:g} counts as right. {inputs}")
        )


def _sources(study) -> None:
    st.html(style.sources([f"{s.title}. {s.who}, {s.year}. {s.where}" for s in study.sources]))


def _row(title: str, text: str) -> str:
    return f'<article class="point"><h4>{style.safe(style.sentence(title))}</h4><p class="looks">{style.safe(text)}</p></article>'
