"""What the interviewer does next: state, reading and case in, a Move out, with its reason. Pure: no model, clock or disk."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from interviewer.intents import wants_the_answer
from interviewer.state import Anchor, Claim, InterviewState, Move, Reading, Turn, rank
from interviewer.steps import OVERRUN, STEP, STEPS, after, plan, reserve, total
from knowledge.case import CaseStudy, Criterion, Pitfall, Step

FOLLOW_UPS = {"mid": 2, "senior": 3, "staff": 4}  # probes that hang on a claim before a step is left, when time allows
POINT_LIMIT = 3  # follow-ups on one point
CLOSING = 150.0  # seconds kept for the wrap-up
TWIST_FROM, TWIST_UNTIL = 0.40, 0.80  # shares of the round in which the twist falls
SETTLED = 2  # rank from which a point is settled ("justified")
KIND_WEIGHT = {"core": 1.0, "bottleneck": 0.9, "tradeoff": 0.7, "quantitative": 0.6, "depth": 0.5}
WRAP_UP = "Which part of your design are you least sure of, and what would you do about it with another week?"
CHECK_SUM = "Could you take me through that arithmetic once more?"


@dataclass(frozen=True)
class Desk:
    """What the policy looks at: the case, where the round stands, the last answer's turn, and the passages found for it."""

    case: CaseStudy
    state: InterviewState
    turn: Turn
    passages: tuple[str, ...] = ()

    @property
    def reading(self) -> Reading:
        return self.turn.reading or Reading()

    @property
    def left(self) -> float:
        """Seconds left of the whole round."""
        return total(self.state.terms.minutes, self.state.terms.pace) - self.state.clock

    @property
    def planned(self) -> dict[str, float]:
        return plan(self.state.terms.minutes, self.state.terms.pace)

    def move(self, kind, why: str, **parts) -> Move:
        """A move with the passages it rests on."""
        parts.setdefault("step", self.state.step)
        about = parts.get("about") or ""
        own = (f"{self.case.slug}/{about}",) if about.split(".")[0] in STEPS else ()
        return Move(kind=kind, why=why, passages=tuple(dict.fromkeys((*own, *self.passages)))[:4], **parts)


def opening(case: CaseStudy, state: InterviewState) -> Move:
    """The first move: the question, the time, and the floor."""
    minutes = int(total(state.terms.minutes, state.terms.pace) / 60)
    return Move(
        kind="open", step="clarify", say=(case.question,), why="the round begins",
        question=f"We have {minutes} minutes and the floor is yours: {STEP['clarify'].opening[0].lower()}{STEP['clarify'].opening[1:]}",
    )  # fmt: skip


def decide(desk: Desk) -> Move:
    """The next move. The first rule that has something to say wins; facts asked for are told whatever comes after."""
    rules = (_finish, _out_of_time, _manners, _hint, _repeat, _next, _told, _silence, _listen, _challenge, _arithmetic, _overrun, _twist, _ahead, _probe, _open_point)
    for rule in rules:
        move = rule(desk)
        if move:
            return _with_facts(desk, _with_time(desk, move))
    return _with_facts(desk, _with_time(desk, _onward(desk, "nothing is left to ask in this step")))


# --- ends and manners -----------------------------------------------------------------------------------------------


def _finish(desk: Desk) -> Move | None:
    wrapped = any(m.kind == "wrap_up" for m in desk.state.moves)
    if desk.turn.pressed == "finish" or "finish" in desk.reading.intents:
        return desk.move("close", "the candidate asked to finish")
    if wrapped and not (set(desk.reading.intents) & {"repeat", "thinks"}):
        return desk.move("close", "the wrap-up question has been answered")
    return None


def _out_of_time(desk: Desk) -> Move | None:
    if desk.left <= 0:
        return desk.move("close", "the time is over")
    if desk.left <= CLOSING * desk.state.terms.minutes / 45:
        return _wrap_up(desk, "the clock leaves only the wrap-up", note="we are nearly out of time")
    return None


def _wrap_up(desk: Desk, why: str, note: str = "") -> Move:
    return desk.move("wrap_up", why, question=WRAP_UP, note=note, step=desk.state.step)


def _manners(desk: Desk) -> Move | None:
    """Meets what is not about the design, briefly, and goes back to the open question."""
    found = set(desk.reading.intents)
    topic = ""
    if "override" in found:
        topic = "override"
    elif wants_the_answer(desk.turn.text) and len(desk.reading.of("criterion")) < 2:
        topic = "answer_request"
    elif "foreign" in found:
        topic = "foreign"
    elif desk.reading.claims:
        return None
    elif "rude" in found:
        topic = "rude"
    elif "off_topic" in found and not desk.reading.asks:
        topic = "off_topic"
    if not topic:
        return None
    return desk.move("redirect", f"the turn was not about the design ({topic.replace('_', ' ')})", topic=topic, question=_open_question(desk))


def _open_question(desk: Desk) -> str:
    """The question that stands open: the last one asked, or the step's own."""
    for move in reversed(desk.state.moves):
        if move.question and move.kind not in ("redirect", "open"):
            return move.question
    return STEP[desk.state.step].opening


def _repeat(desk: Desk) -> Move | None:
    if "repeat" not in desk.reading.intents:
        return None
    if not desk.state.moves or desk.state.moves[-1].kind == "open":
        return desk.move("repeat", "asked to repeat", say=(desk.case.question,))
    last = desk.state.moves[-1]
    return desk.move("repeat", "asked to repeat", question=_open_question(desk), say=last.say, about=None)


def _hint(desk: Desk) -> Move | None:
    asked = desk.turn.pressed == "hint" or "hint" in desk.reading.intents
    if not asked and desk.state.empty < 2:
        return None
    point = _pending(desk) or next(iter(_open_core(desk, desk.state.step, untouched=True)), None)
    point = point or next(iter(_open_criteria(desk, desk.state.step)), None)
    if point is None or desk.state.hints.count(point.id) >= 1:
        rest = [c for c in _open_criteria(desk, desk.state.step) if c.id not in desk.state.hints]
        if not rest:
            return _onward(desk, "no hint is left in this step")
        point = rest[0]
    why = "a hint was asked for" if asked else "two turns were empty"
    return desk.move("hint", why, about=point.id, say=(point.hint,), topic=point.topic)


def _pending(desk: Desk) -> Criterion | None:
    """The criterion that the last question was about, when it is still open."""
    for move in reversed(desk.state.moves):
        if move.kind in ("probe", "ask", "hint") and move.about and move.step == desk.state.step:
            criterion = _criterion(desk.case, move.about)
            return criterion if criterion and not _settled(desk, criterion) else None
        if move.kind in ("advance", "open"):
            return None
    return None


def _next(desk: Desk) -> Move | None:
    if desk.turn.pressed == "next" or ("advance" in desk.reading.intents and not desk.reading.asks):
        wanted = _named_step(desk)
        return _onward(desk, "the candidate asked to move on", to=wanted)
    return None


def _named_step(desk: Desk) -> Step | None:
    """The step that the candidate's later claims belong to, when they have already begun it."""
    later = [c for c in _step_claims(desk) if STEPS.index(c) > STEPS.index(desk.state.step)]
    return later[-1] if later and desk.turn.pressed != "next" else None


def _told(desk: Desk) -> Move | None:
    """A turn that only asks is answered, and the candidate keeps the floor."""
    reading = desk.reading
    if not reading.asks or len([c for c in reading.claims if c.kind in ("criterion", "pitfall") and not _is_question(c, reading)]) >= 2:
        return None
    if reading.words > 25 * len(reading.asks) + 40:
        return None
    return desk.move("answer", "clarifying questions are answered from the case's facts")


def _is_question(claim: Claim, reading: Reading) -> bool:
    return any(ask.text and ask.text in claim.quote for ask in reading.asks)


def _silence(desk: Desk) -> Move | None:
    found = set(desk.reading.intents)
    if "stuck" in found and not desk.reading.of("criterion"):
        point = next((c for c in _open_core(desk, desk.state.step) if not desk.state.asked(c.id)), None)
        if point:
            probe = _probe_text(desk, point, ())
            return desk.move("redirect", "the candidate is stuck: another way in", topic="stuck", about=point.id, question=probe)
        return _onward(desk, "the candidate is stuck and nothing easier is left here")
    if not desk.turn.text.strip():
        return desk.move("redirect", "the turn was empty", topic="empty", question=_open_question(desk))
    return None


def _listen(desk: Desk) -> Move | None:
    if "thinks" in desk.reading.intents and not desk.reading.claims:
        return desk.move("listen", "the candidate thinks aloud")
    thin = desk.reading.words < 6 and not desk.reading.claims and not desk.reading.asks
    if thin and not desk.turn.pressed:
        return desk.move("redirect", "a few words without substance", topic="empty", question=_open_question(desk))
    return None


# --- what was said --------------------------------------------------------------------------------------------------


def _challenge(desk: Desk) -> Move | None:
    """Challenges an asserted pitfall, once, unless the same answer takes it back; one turn late names the earlier statement."""
    for late, claims in ((False, desk.reading.claims), (True, _previous_claims(desk))):
        for claim in claims:
            if claim.kind != "pitfall" or claim.polarity != "asserted" or desk.state.asked(claim.target):
                continue
            if _taken_back(desk, claim):
                continue
            pitfall = desk.case.pitfall(claim.target)
            anchor = _quote_anchor(desk.turn.index - 2, claim) if late else None
            return desk.move(
                "challenge", f"asserted: {pitfall.says}", about=pitfall.id, anchor=anchor, question=pitfall.challenge,
                topic="earlier" if late else "",
            )  # fmt: skip
    return _persisted(desk)


def _persisted(desk: Desk) -> Move | None:
    """Nothing more is asked of a challenged point: whether it was repaired is for the scorecard."""
    return None


def _previous_claims(desk: Desk) -> list[Claim]:
    return [c for index, c in desk.state.claims if index == desk.turn.index - 2]


def _taken_back(desk: Desk, claim: Claim) -> bool:
    later = [c for index, c in desk.state.claims if c.target == claim.target and (index, c.start) > (desk.turn.index - 3, claim.start)]
    return any(c.polarity == "rejected" for c in later) or "revises" in desk.reading.intents


def _arithmetic(desk: Desk) -> Move | None:
    if not desk.reading.slip or desk.state.asked("arithmetic") >= 2:
        return None
    anchor = Anchor(text=desk.reading.slip, verbatim=True, turn=desk.turn.index)
    return desk.move("challenge", "the arithmetic does not come out", about="arithmetic", anchor=anchor, question=CHECK_SUM)


def _overrun(desk: Desk) -> Move | None:
    state, step = desk.state, desk.state.step
    if after(step) is None:
        return None
    spent = state.spent.get(step, 0.0)
    if spent > OVERRUN * desk.planned[step] and not _must_stay(desk):
        return _onward(desk, "the step has overrun its share by 30 %", note="we should watch the clock")
    early = STEPS.index(step) < STEPS.index("evaluate")
    if early and desk.left < reserve(state.terms.minutes, state.terms.pace) + CLOSING:
        return _onward(desk, "eight minutes are kept for evaluation, serving and monitoring", to="evaluate", note="I want to leave time for the rest")
    return None


def _must_stay(desk: Desk) -> bool:
    """Whether a challenge has just been put and not yet been answered."""
    return False


def _twist(desk: Desk) -> Move | None:
    state = desk.state
    share = state.clock / total(state.terms.minutes, state.terms.pace)
    in_place = STEPS.index(state.step) >= STEPS.index("model") and state.step != "monitor"
    given = any(m.kind == "twist" for m in state.moves)
    if given or not in_place or not desk.reading.of("criterion") or share > TWIST_UNTIL:
        return None
    if share < TWIST_FROM and state.step not in ("evaluate", "serve"):
        return None
    twist = desk.case.twists[_pick(state, len(desk.case.twists))]
    return desk.move("twist", "the planned change of a requirement, in the middle of the round", about=twist.id, say=(twist.says,), question="What changes in your design?")


def _pick(state: InterviewState, among: int) -> int:
    """A choice that depends on what the candidate has said, and is the same whenever it is made again."""
    return sum(len(c.quote) for _, c in state.claims) % among


def _ahead(desk: Desk) -> Move | None:
    """When the candidate has gone ahead with substance, the round goes with them and comes back later."""
    steps = _step_claims(desk)
    here, now = desk.state.step, STEPS.index(desk.state.step)
    later = [s for s in steps if STEPS.index(s) > now]
    if here in steps or len(later) < 2:
        return None
    target = max(set(later), key=lambda s: (later.count(s), -STEPS.index(s)))
    point = _best_probe(desk, target)
    if point is None:
        return None
    return point.model_copy(update={"why": f"the candidate has gone ahead to {target}: the round goes with them. {point.why}"})


def _step_claims(desk: Desk) -> list[Step]:
    return [c.target.split(".")[0] for c in desk.reading.of("criterion", "asserted", "hedged")]  # type: ignore[misc]


# --- following up ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Lead:
    """A possible follow-up: its worth, its question, the criterion it opens, and what it hangs on."""

    worth: float
    criterion: Criterion
    ask: str
    anchor: Anchor | None
    why: str


def _probe(desk: Desk) -> Move | None:
    """Follows up on what was just said, as long as the step has follow-ups and time left."""
    state = desk.state
    done = sum(m.kind in ("probe", "challenge", "twist") and m.step == state.step for m in state.moves)
    if done >= FOLLOW_UPS[state.terms.level] + _spare(desk):
        return None
    return _best_probe(desk, state.step)


def _spare(desk: Desk) -> int:
    """Follow-ups more than usual where a step has used little of its share."""
    share = desk.state.spent.get(desk.state.step, 0.0) / desk.planned[desk.state.step]
    return 3 if share < 0.5 else 1 if share < 0.8 else 0


def _best_probe(desk: Desk, step: Step) -> Move | None:
    leads = [*_choice_leads(desk, step), *_claim_leads(desk, step), *_pressing_leads(desk, step)]
    asked = {m.question for m in desk.state.moves}
    fresh = [lead for lead in leads if lead.ask not in asked and lead.worth > 0]
    if not fresh:
        return None
    best = max(fresh, key=lambda lead: lead.worth)
    return desk.move(
        "probe", best.why, step=step, about=best.criterion.id, anchor=best.anchor, question=best.ask, topic=_tense(desk, best.anchor),
    )  # fmt: skip


def _tense(desk: Desk, anchor: Anchor | None) -> str:
    return "earlier" if anchor and anchor.turn < desk.turn.index else ""


def _choice_leads(desk: Desk, step: Step) -> Iterable[_Lead]:
    """Questions that a design of theirs invites: of this answer first, of an earlier one when nothing new was picked."""
    turns = {desk.turn.index: 1.0, desk.turn.index - 2: 0.35}
    for index, claim in desk.state.claims:
        if claim.kind != "choice" or claim.polarity != "asserted" or index not in turns:
            continue
        choice = desk.case.choice(claim.target)
        if any(m.anchor and m.anchor.choice == choice.id for m in desk.state.moves[-6:]):
            continue
        for place, question in enumerate(choice.questions):
            criterion = _criterion(desk.case, question.about)
            if criterion is None or not _open(desk, criterion):
                continue
            worth = turns[index] * _worth(desk, criterion, step) * (1.0 - 0.05 * place)
            anchor = Anchor(text=choice.phrase, verbatim=False, turn=index, choice=choice.id)
            yield _Lead(worth, criterion, question.ask, anchor, f"they picked {choice.phrase}; it opens {criterion.topic}")


def _claim_leads(desk: Desk, step: Step) -> Iterable[_Lead]:
    """X without Y: a point that this answer named without carrying it."""
    for claim in desk.reading.of("criterion", "asserted", "hedged"):
        criterion = desk.case.criterion(claim.target)
        if not _open(desk, criterion):
            continue
        anchor = _quote_anchor(desk.turn.index, claim)
        ask = _probe_text(desk, criterion, _said(desk))
        if ask and anchor:
            yield _Lead(0.9 * _worth(desk, criterion, step), criterion, ask, anchor, f"named without a reason: {criterion.topic}")


def _pressing_leads(desk: Desk, step: Step) -> Iterable[_Lead]:
    """Probes of the step whose `when` is what this answer said."""
    said = set(_said(desk))
    for criterion in desk.case.criteria(step):
        if not _open(desk, criterion):
            continue
        for probe in criterion.probes:
            met = [w for w in probe.when if w in said]
            if met:
                anchor = _anchor_for(desk, met[0])
                yield _Lead(0.95 * _worth(desk, criterion, step), criterion, probe.ask, anchor, f"{met[0]} makes it the natural question about {criterion.topic}")


def _worth(desk: Desk, criterion: Criterion, step: Step) -> float:
    """How much a follow-up is worth: weight and kind, the step at hand, the bar of the level, and what was asked before."""
    worth = criterion.weight * KIND_WEIGHT[criterion.kind]
    worth *= 1.0 if criterion.step == step else 0.45
    worth *= 1.0 if _expected(desk, criterion) else 0.4
    return worth * 0.4 ** desk.state.asked(criterion.id)


def _open_point(desk: Desk) -> Move | None:
    """An untouched core point of the step is asked for, as long as the step has time."""
    state = desk.state
    if state.spent.get(state.step, 0.0) > desk.planned[state.step]:
        return None
    most = 2 if state.terms.level == "mid" else 1
    asked = sum(m.kind == "ask" and m.step == state.step for m in state.moves)
    for criterion in _open_core(desk, state.step, untouched=True):
        if asked >= most + (state.spent.get(state.step, 0.0) < 0.6 * desk.planned[state.step]) or state.asked(criterion.id):
            continue
        ask = _probe_text(desk, criterion, _said(desk))
        if ask:
            return desk.move("ask", f"not touched so far: {criterion.topic}", about=criterion.id, question=ask)
    return None


def _onward(desk: Desk, why: str, to: Step | None = None, note: str = "") -> Move:
    """To the next step; after the last one back to open core points while there is time, else the wrap-up."""
    target = to or _next_step(desk)
    if target is None:
        return _come_back(desk) or _wrap_up(desk, "all steps are done")
    probe = None if target not in _begun(desk) else next((c for c in _open_core(desk, target) if not desk.state.asked(c.id)), None)
    if probe and (ask := _probe_text(desk, probe, _said(desk))):
        return desk.move("advance", f"{why}; the candidate has begun {target} already", step=target, about=probe.id, question=ask, note=note)
    return desk.move("advance", why, step=target, question=STEP[target].opening, note=note)


def _next_step(desk: Desk) -> Step | None:
    """The next step that is not settled already; a step that the candidate has covered is passed over."""
    step = after(desk.state.step)
    while step and step in desk.state.entered and not _open_core(desk, step):
        step = after(step)
    return step


def _begun(desk: Desk) -> set[str]:
    """Steps for which the candidate has already said at least two things."""
    counts: dict[str, int] = {}
    for target, (_, claim) in desk.state.standing().items():
        if rank(claim):
            counts[target.split(".")[0]] = counts.get(target.split(".")[0], 0) + 1
    return {step for step, count in counts.items() if count >= 2}


def _come_back(desk: Desk) -> Move | None:
    for step in STEPS:
        for criterion in _open_core(desk, step, untouched=True):
            if desk.state.asked(criterion.id):
                continue
            ask = _probe_text(desk, criterion, ())
            if ask:
                why = f"back to an open core point: {criterion.topic}"
                return desk.move("ask", why, step=step, about=criterion.id, question=ask, note="there is time to go back to one thing")
    return None


# --- small questions ------------------------------------------------------------------------------------------------


def _criterion(case: CaseStudy, ident: str) -> Criterion | None:
    return next((c for c in case.rubric if c.id == ident), None)


def _expected(desk: Desk, criterion: Criterion) -> bool:
    order = ("mid", "senior", "staff")
    return order.index(criterion.level) <= order.index(desk.state.terms.level)


def _settled(desk: Desk, criterion: Criterion) -> bool:
    """A point is settled once it is carried: justified, or for a quantitative one quantified."""
    held = desk.state.standing().get(criterion.id)
    if held is None:
        return False
    claim = held[1]
    if criterion.kind == "quantitative":
        return bool(claim.numbers) and rank(claim) > 0
    return rank(claim) >= SETTLED


def _open(desk: Desk, criterion: Criterion) -> bool:
    return not _settled(desk, criterion) and desk.state.asked(criterion.id) < POINT_LIMIT


def _open_criteria(desk: Desk, step: Step) -> list[Criterion]:
    rows = [c for c in desk.case.criteria(step) if _open(desk, c)]
    return sorted(rows, key=lambda c: -_worth(desk, c, step))


def _open_core(desk: Desk, step: str, untouched: bool = False) -> list[Criterion]:
    """Core points (and bottlenecks) of a step that are not settled; only those nobody has mentioned when `untouched`."""
    standing = desk.state.standing()
    rows = [c for c in _open_criteria(desk, step) if c.kind in ("core", "bottleneck") and _expected(desk, c)]  # type: ignore[arg-type]
    return [c for c in rows if not untouched or c.id not in standing]


def _said(desk: Desk) -> tuple[str, ...]:
    """Ids of all that this answer claims."""
    return tuple(c.target for c in desk.reading.claims if c.polarity in ("asserted", "hedged"))


def _probe_text(desk: Desk, criterion: Criterion, said: tuple[str, ...]) -> str:
    """The criterion's next question that has not been asked: one that fits what was said first, then one that needs nothing."""
    asked = {m.question for m in desk.state.moves}
    fresh = [p for p in criterion.probes if p.ask not in asked]
    fitting = [p for p in fresh if p.when and set(p.when) & set(said)] + [p for p in fresh if not p.when]
    return fitting[0].ask if fitting else ""


def _anchor_for(desk: Desk, target: str) -> Anchor | None:
    for claim in desk.reading.claims:
        if claim.target == target:
            if claim.kind == "choice":
                return Anchor(text=desk.case.choice(target).phrase, verbatim=False, turn=desk.turn.index, choice=target)
            return _quote_anchor(desk.turn.index, claim)
    return None


def _quote_anchor(turn: int, claim: Claim) -> Anchor | None:
    """The candidate's words verbatim, when they are short enough to be said."""
    words = short_quote(claim.quote)
    return Anchor(text=words, verbatim=True, turn=turn) if words else None


def short_quote(quote: str, most: int = 14) -> str:
    """A verbatim stretch of at most `most` words that reads as a unit: the whole quote, or its first clause; else ""."""
    for cut in (None, ", ", "; ", " because ", " so ", " and "):
        piece = (quote if cut is None else quote.split(cut)[0]).strip(" .,;:!?")
        if 3 <= len(piece.split()) <= most and '"' not in piece and "\n" not in piece:
            return piece
    return ""


# --- what is added to any move --------------------------------------------------------------------------------------


def _with_facts(desk: Desk, move: Move) -> Move:
    """Adds the answers to what was asked: each part from the facts; what the case leaves open is the candidate's call."""
    if not desk.reading.asks or move.kind in ("close", "repeat") or (move.kind == "redirect" and move.topic in ("override", "answer_request")):
        return move
    facts = list(dict.fromkeys(a.fact for a in desk.reading.asks if a.fact))
    unknown = [a.text for a in desk.reading.asks if not a.fact]
    says = tuple(desk.case.fact(f).says for f in facts)
    return move.model_copy(update={"facts": tuple(facts), "say": (*says, *move.say), "unknown": tuple(unknown)})


def _with_time(desk: Desk, move: Move) -> Move:
    """Says once that half the time is gone."""
    half = "half of the time is gone"
    whole = total(desk.state.terms.minutes, desk.state.terms.pace)
    said = any(half in m.note for m in desk.state.moves)
    if said or desk.state.clock < whole / 2 or move.kind in ("close", "wrap_up", "listen"):
        return move
    return move.model_copy(update={"note": f"{half}; {move.note}" if move.note else half})


def challenged(case: CaseStudy, move: Move) -> Pitfall | None:
    """The pitfall that a challenge was about."""
    return next((p for p in case.pitfalls if move.kind == "challenge" and p.id == move.about), None)
