"""Follow-ups that hang on what was just said: possible ones are gathered and weighed, and the best is taken. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from interviewer.deciding.desk import Desk, quote
from interviewer.state import Anchor, Move
from knowledge.case import Criterion, Step
from knowledge.words import terms

SURE_CUED = 0.9  # the same for a design that has cues: then most that are picked reach it
EARLIER = 0.35  # worth of a design named one answer before, against one named just now
SURE = 0.75  # chance of a claim from which it is named or quoted aloud: better no quote than a loose one
UNQUOTED = 0.6  # worth of a point that was named so loosely that the question must stand by itself
NAMED = 0.85  # worth of a point that was named without being carried, against a design's own question
OCCASION = 0.8  # worth of a question whose occasion was just given
ASIDE = 0.35  # worth of a follow-up to a side remark, against one to what the answer is mostly about
LEAST_ABOUT = 0.12  # share of an answer from which a point that it does not claim is near to it
RECENT = 8  # moves within which the same design is not brought up again


_LATER = re.compile(
    r"\b(?:(?:come|get|circle|go) back to|get to (?:that|it|this)|(?:for|until) later|later on|park (?:that|it|this)|leave (?:that|it|this) (?:for|aside)|next year|at some point)\b",
    re.IGNORECASE,
)
_POINTING = re.compile(r"\b(?:that|this|your) (?:number|figure|average|estimate|metric)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Lead:
    """A possible follow-up: its worth, its question, the point it opens, and what it hangs on."""

    worth: float
    criterion: Criterion
    ask: str
    anchor: Anchor | None
    why: str


def leads(desk: Desk, step: Step) -> list[Lead]:
    """The follow-ups that the last answer invites while the round is in `step`, the worthiest first."""
    found = (*_designs(desk, step), *_named(desk, step), *_occasions(desk, step), *_near(desk, step))
    fresh = [lead for lead in found if lead.ask not in desk.asked and _points_at_something(desk, lead)]
    answer = set(terms(desk.turn.text))
    return sorted(fresh, key=lambda lead: -lead.worth * (1 + 0.06 * len(answer & set(terms(lead.ask)))))


def best_probe(desk: Desk, step: Step) -> Move | None:
    """The worthiest follow-up to the last answer while the round is in `step`; None when nothing hangs on it."""
    best = next(iter(leads(desk, step)), None)
    if best is None:
        return None
    earlier = "earlier" if best.anchor and best.anchor.turn < desk.turn.index else ""
    return desk.move("probe", best.why, step=step, about=best.criterion.id, anchor=best.anchor, question=best.ask, topic=earlier)


def _points_at_something(desk: Desk, lead: Lead) -> bool:
    """Whether a question that says "that number" follows a design or words that hold one."""
    if not _POINTING.search(lead.ask):
        return True
    if lead.anchor is None or lead.anchor.choice is None:
        return lead.anchor is not None and any(c.isdigit() for c in lead.anchor.text)
    return desk.case.choice(lead.anchor.choice).step == lead.criterion.step


def _designs(desk: Desk, step: Step) -> Iterable[Lead]:
    """Questions that a design of theirs invites: of this answer, or of the one before when it still has some."""
    recent = {m.anchor.choice for m in desk.state.moves[-RECENT:] if m.anchor}
    share = {desk.turn.index: 1.0, desk.turn.index - 2: EARLIER}
    refused = {c.target for _, c in desk.state.claims if c.kind == "choice" and c.polarity == "rejected"}
    for index, claim in desk.state.claims:
        if claim.kind != "choice" or claim.polarity != "asserted" or index not in share or claim.target in (recent | refused):
            continue
        choice = desk.case.choice(claim.target)
        if claim.score < (SURE_CUED if choice.cues else SURE) or _LATER.search(claim.quote):
            continue
        anchor = Anchor(text=choice.phrase, verbatim=False, turn=index, choice=choice.id)
        for place, question in enumerate(choice.questions):
            criterion = desk.criterion(question.about)
            if criterion and desk.open(criterion):
                focus = _focus(desk, choice.id, criterion.id) if index == desk.turn.index else 1.0
                worth = share[index] * desk.worth(criterion, step) * focus * (1.0 - 0.05 * place)
                yield Lead(worth, criterion, question.ask, anchor, f"they picked {choice.phrase}, which opens {criterion.topic}")


def _named(desk: Desk, step: Step) -> Iterable[Lead]:
    """X without Y: a point that this answer named without carrying it."""
    for claim in desk.reading.of("criterion", "asserted", "hedged"):
        if _LATER.search(claim.quote):
            continue
        criterion = desk.case.criterion(claim.target)
        sure = claim.score >= SURE
        ask = desk.probe(criterion, claim.quote)
        anchor = quote(desk.turn.index, claim) if sure else None
        anchor = anchor if anchor and _belongs(anchor.text, ask, criterion) else None
        if ask and desk.open(criterion):
            worth = (NAMED if anchor else UNQUOTED) * desk.worth(criterion, step) * _focus(desk, criterion.id)
            yield Lead(worth, criterion, ask, anchor, f"named without a reason or a number: {criterion.topic}")


def _belongs(words: str, ask: str, criterion: Criterion) -> bool:
    """Whether words of the candidate and a question are about one thing, so that the one can lead into the other."""
    return len(set(terms(words)) & set(terms(f"{ask} {criterion.topic}"))) >= 1


def _near(desk: Desk, step: Step) -> Iterable[Lead]:
    """Points of the step that the answer is about without surely claiming them: asked plainly."""
    for criterion in desk.open_points(step):
        if desk.reading.about.get(criterion.id, 0.0) >= LEAST_ABOUT and (ask := desk.probe(criterion)):
            worth = UNQUOTED * desk.worth(criterion, step) * _focus(desk, criterion.id)
            yield Lead(worth, criterion, ask, None, f"what was said is near to it: {criterion.topic}")


def _occasions(desk: Desk, step: Step) -> Iterable[Lead]:
    """Probes of the step whose occasion (`when`) is something that this answer said."""
    said = {c.target for c in desk.reading.claims if c.polarity in ("asserted", "hedged") and c.score >= SURE}
    for criterion in desk.open_points(step):
        for probe in criterion.probes:
            met = [w for w in probe.when if w in said]
            anchor = desk.anchor(met[0]) if met else None
            if anchor:
                why = f"they brought up {_name(desk, met[0])}, the occasion to ask about {criterion.topic}"
                worth = OCCASION * desk.worth(criterion, step) * _focus(desk, met[0], criterion.id)
                yield Lead(worth, criterion, probe.ask, anchor, why)


def _focus(desk: Desk, *targets: str) -> float:
    """1 for what the answer is mostly about, down to `ASIDE` for what it only touches."""
    about = desk.reading.about
    most = {kind: max((share for t, share in about.items() if ("." in t) == kind), default=0.0) for kind in (True, False)}
    share = max((about.get(t, 0.0) / most["." in t] for t in targets if most["." in t]), default=0.0)
    return ASIDE + (1 - ASIDE) * share**0.5


def _name(desk: Desk, target: str) -> str:
    """A design, a point or a mistake as people call it."""
    case = desk.case
    names = {c.id: c.phrase for c in case.choices} | {c.id: c.topic for c in case.rubric} | {p.id: p.says for p in case.pitfalls}
    return names.get(target, target)
