"""What a model that speaks may do instead of the decided move. Pure: no model, clock or disk."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from interviewer.deciding.desk import Desk, short
from interviewer.deciding.policy import MY_MISTAKE
from interviewer.deciding.probing import SURE_CUED, leads
from interviewer.state import Anchor, Move, Option, Slip, Turn, figures
from interviewer.steps import STEP, STEPS
from knowledge.case import Step
from knowledge.words import terms

OPEN_TO_CHOICE = ("ask", "probe", "challenge", "advance", "redirect")
FIXED_REDIRECTS = ("override", "answer_request", "foreign", "rude")
MOST_LEGAL = 3  # authored follow-ups, the decided one among them
MOST_DRAFTED = 2
NEAR_FACTS = 10  # facts handed along with what they asked
SAME = 0.6  # share of a draft's words that the last question had, from which it has been asked
FROM = 0.5  # share of a step's time from which going on is legal


def with_options(desk: Desk, move: Move, before: Turn | None) -> Move:
    """`move` with what else is legal now: follow-ups by rank, then what a model drafted on the answer before (`before` is its turn)."""
    near = _near_facts(desk, move)
    move = _perhaps_no_question(desk, move)
    move = move.model_copy(update={"unknown": ()})  # it sees for itself what no fact answers
    if move.facts:  # it tells them itself, as far as they answer what was asked
        texts = {desk.case.fact(f).says for f in move.facts}
        move = move.model_copy(update={"facts": (), "say": tuple(s for s in move.say if s not in texts)})
    if move.offers:  # the model sees for itself whether that fact is what they meant
        move = move.model_copy(update={"offers": None, "question": ""})
    if move.note == MY_MISTAKE:  # and whether they object to something that it said
        move = move.model_copy(update={"note": ""})
    if move.kind not in OPEN_TO_CHOICE or not move.question or (move.kind == "redirect" and move.topic in FIXED_REDIRECTS):
        return move.model_copy(update={"near": near})
    if move.due:  # the clock says that the round goes on: there is nothing to choose
        return move.model_copy(update={"kind": "advance", "near": near})
    found = [_decided(desk, move), *_late(desk, before), *_unanswered(desk, before), *_others(desk, move)]
    known = [o for o in found if figures(o.question) <= desk.state.figures | figures(desk.case.question)]
    legal = _distinct(known or found[:1])[:MOST_LEGAL]
    drafted = [] if before is None or before.assessment is None else list(_drafted(desk, before, legal))
    options = (*legal, *drafted[:MOST_DRAFTED])
    return move.model_copy(update={"near": near, "options": options, "offered": tuple(o.question for o in options)})


def _perhaps_no_question(desk: Desk, move: Move) -> Move:
    """Once the design is under way, a question that no fact surely answers is often none to us ("somebody else looks at it, then?"):
    the follow-up is there too, and the model sees which it is."""
    if move.kind != "answer" or move.facts or desk.step == "clarify" or move.topic == "meant":
        return move
    first = next(_others(desk, move), None)
    if first is None:
        return move
    parts = {"kind": first.kind, "step": first.step, "about": first.about, "anchor": first.anchor, "question": first.question}
    return move.model_copy(update=parts | {"offers": None, "why": f"{first.why} ({move.why})"})


def _decided(desk: Desk, move: Move) -> Option:
    return Option(
        kind=move.kind, step=move.step, about=move.about, anchor=_sure(desk, move.anchor), question=move.question,
        topic=_topic(desk, move.about, move.step), earlier=move.topic == "earlier", why=move.why, passages=move.passages,
    )  # fmt: skip


def _others(desk: Desk, move: Move) -> Iterator[Option]:
    """Where they ask to go; follow-ups on what was just said; then the next open core point, then the next step."""
    wanted = desk.reading.wants
    if wanted and wanted not in (desk.step, move.step):
        yield _option(desk, "advance", wanted, None, STEP[wanted].opening, f"they asked to talk about {STEP[wanted].spoken}")
    for lead in leads(desk, move.step):
        yield _option(desk, "probe", move.step, lead.criterion.id, lead.ask, lead.why, _sure(desk, lead.anchor))
    for point in desk.open_core(move.step, untouched=True):
        if not desk.state.asked(point.id) and (ask := desk.probe(point)):
            yield _option(desk, "ask", move.step, point.id, ask, f"not touched so far: {point.topic}")
    onward = _next(desk)
    rest = any(p.id != move.about for p in desk.open_points(move.step))
    if move.kind != "advance" and onward and (desk.used(desk.step) >= FROM or not rest):
        yield _into(desk, onward)


def _into(desk: Desk, step: Step) -> Option:
    """The way into a later step: its opening question, or an open point of it when they have begun it by themselves."""
    for point in desk.open_core(step) if desk.begun(step) else ():
        if not desk.state.asked(point.id) and (ask := desk.probe(point)):
            return _option(
                desk, "ask", step, point.id, ask, f"{STEP[step].spoken} has been begun already, and this is open: {point.topic}"
            )
    return _option(desk, "advance", step, None, STEP[step].opening, f"on to {STEP[step].spoken}")


def _next(desk: Desk) -> Step | None:
    """The next step that nobody has opened."""
    later = STEPS[STEPS.index(desk.step) + 1 :]
    return next((s for s in later if s not in desk.state.entered), None)


def _late(desk: Desk, before: Turn | None) -> Iterator[Option]:
    """Challenges of mistakes that a model noted in the answer before, by the authored question."""
    for slip in before.assessment.slips if before and before.assessment else ():
        pitfall = next((p for p in desk.case.pitfalls if p.id == slip.pitfall), None)
        if pitfall and not desk.state.asked(pitfall.id) and not _mended(desk, slip):
            anchor = _quoted(before.index, slip.quote)  # type: ignore[union-attr]
            yield _option(
                desk, "challenge", desk.step, pitfall.id, pitfall.challenge, f"asserted earlier: {pitfall.says}", anchor
            )


def _unanswered(desk: Desk, before: Turn | None) -> Iterator[Option]:
    """The question before the last one, when a model noted that the answer passed it by: once more, if nobody gave it up."""
    asked = desk.state.moves[-2] if len(desk.state.moves) > 1 else None
    if before is None or not before.assessed or before.assessment.answered != "not" or asked is None:  # type: ignore[union-attr]
        return
    open_still = asked.question and asked.about not in desk.state.answered and asked.kind in ("ask", "probe", "challenge")
    if open_still and sum(m.question == asked.question for m in desk.state.moves) == 1:
        why = f"passed by in turn {before.index}"
        yield _option(desk, "probe", asked.step, asked.about, asked.question, why).model_copy(update={"earlier": True})


def _mended(desk: Desk, slip: Slip) -> bool:
    """Whether the newest answer has taken a mistake back."""
    return "revises" in desk.reading.intents or any(
        c.target == slip.pitfall and c.polarity == "rejected" for c in desk.reading.claims
    )


def _drafted(desk: Desk, before: Turn, legal: Sequence[Option]) -> Iterator[Option]:
    """What a model drafted on the answer before, as far as its point is still open and not on the list."""
    taken = {o.about for o in legal} | {None}
    just = set(terms(desk.state.last_question))
    for draft in before.assessment.drafts:  # type: ignore[union-attr]
        point = desk.criterion(draft.about)
        words = set(terms(draft.question))
        if (
            draft.question in desk.asked
            or len(words & just) >= SAME * len(words)
            or (draft.about in taken and draft.about)
            or (point and not desk.open(point))
        ):
            continue
        why = f"drafted by the assessor on turn {before.index}" + (f": {point.topic}" if point else "")
        yield _option(
            desk, draft.kind, desk.step, draft.about, draft.question, why, _quoted(before.index, draft.says), drafted=True
        )


def _option(desk: Desk, kind, step, about, question, why, anchor: Anchor | None = None, drafted: bool = False) -> Option:
    passages = (f"{desk.case.slug}/{about}",) if about and desk.criterion(about) else ()
    return Option(
        kind=kind, step=step, about=about, anchor=anchor, question=question, topic=_topic(desk, about, step), drafted=drafted,
        earlier=bool(anchor and anchor.turn < desk.turn.index),
        why=why, passages=passages,
    )  # fmt: skip


def _topic(desk: Desk, about: str | None, step: str) -> str:
    """The public name of what a question is about."""
    point = desk.criterion(about)
    return point.topic if point else STEP[step].spoken


def _sure(desk: Desk, anchor: Anchor | None) -> Anchor | None:
    """A design is named to a model only when it was surely meant: it would take our word for it."""
    if anchor is None or anchor.choice is None:
        return anchor
    return anchor if any(c.target == anchor.choice and c.score >= SURE_CUED for _, c in desk.state.claims) else None


def _quoted(turn: int, words: str) -> Anchor | None:
    said = short(words)
    return Anchor(text=said, verbatim=True, turn=turn) if said else None


def _distinct(options: Iterable[Option]) -> list[Option]:
    """Each point and each question once."""
    found: dict[str, Option] = {}
    for option in options:
        if option.question not in {o.question for o in found.values()}:
            found.setdefault(option.about or option.question, option)
    return list(found.values())


def _near_facts(desk: Desk, move: Move) -> tuple[str, ...]:
    """Facts that answer what was asked, and those that a question may be about; told only as far as they answer it."""
    if move.kind in ("close", "wrap_up", "hint", "listen", "open") or (move.kind == "redirect" and move.topic in FIXED_REDIRECTS):
        return ()
    told = {fact for m in desk.state.moves for fact in m.facts}
    offered = (move.offers,) if move.offers else ()
    return tuple(dict.fromkeys((*move.facts, *(f for f in (*offered, *desk.near_facts) if f not in told))))[:NEAR_FACTS]
