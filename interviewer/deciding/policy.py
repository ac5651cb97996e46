"""What the interviewer does next: the desk in, a Move out, with its reason. Pure: no model, clock or disk."""

from __future__ import annotations

from interviewer.deciding.challenging import challenges, checks_sums
from interviewer.deciding.desk import SUBSTANCE, Desk
from interviewer.deciding.onward import WRAP_UP, onward
from interviewer.deciding.probing import best_probe
from interviewer.listening.intents import agrees, asks_what_was_meant, says_yes, wants_other_words, wants_the_answer
from interviewer.state import Anchor, InterviewState, Move
from interviewer.steps import OVERRUN, STEP, STEPS, after, reserve, total
from knowledge.case import CaseStudy, Criterion, Step
from knowledge.words import terms

FOLLOW_UPS = {"mid": 2, "senior": 3, "staff": 4}  # that hang on a claim before a step is left, more where it has time
FEW = 4  # different words that the case knows, from which a request for a hint says what for
CLOSING = 150.0  # seconds of a 45-minute round kept for the wrap-up
TWIST_FROM, TWIST_UNTIL = 0.40, 0.80  # shares of the round in which the twist falls
TWIST_ANYWAY = 0.6  # share from which it comes although hardly a model was named
LATE_TURN = 16  # turns after which a quick candidate gets the twist although little time has gone
MOSTLY = 0.6  # share of an answer from which the round goes along with what it is about
LAST_STEPS: tuple[Step, ...] = ("evaluate", "serve", "monitor")
MY_MISTAKE = "then I took you wrongly, thank you"
WATCH = "we should watch the clock"
EARLY = 0.3  # share of the round before which nobody is told to watch the clock
QUIET = 8  # moves within which that is not said again
TAKE_IT = "Take it that way."
OTHER_WORDS = "Let me put it another way."
HALF = "half of the time is gone"
TWIST_QUESTION = "What changes in your design?"


def opening(case: CaseStudy, state: InterviewState) -> Move:
    """The first move: the question, the time, and the floor."""
    minutes = int(total(state.terms.minutes, state.terms.pace) / 60)
    floor = f"We have {minutes} minutes and the floor is yours: where would you like to start?"
    return Move(kind="open", step="clarify", say=(case.question,), question=floor, why="the round begins")


def decide(desk: Desk) -> Move:
    """The next move. The first rule that has something to say wins; facts asked for are told whatever comes after."""
    for rule in (
        _finish, _out_of_time, _confirms, _manners, _hint, _repeat, _wants_on, _answers, _stuck, _listens, challenges, checks_sums,
        _overrun, _twist, _goes_ahead, _follows_up, _asks_open_point,
    ):  # fmt: skip
        move = rule(desk)
        if move:
            break
    else:
        move = onward(desk, "nothing is left to ask in this step")
    return _with_facts(desk, _with_time(desk, _with_amends(desk, move)))


# --- the end, and manners -------------------------------------------------------------------------------------------


def _finish(desk: Desk) -> Move | None:
    if desk.turn.pressed == "finish" or "finish" in desk.reading.intents:
        return desk.move("close", "the candidate asked to finish")
    wrapped = any(m.kind == "wrap_up" for m in desk.state.moves)
    if wrapped and not set(desk.reading.intents) & {"repeat", "thinks"}:
        return desk.move("close", "the wrap-up question has been answered")
    return None


def _out_of_time(desk: Desk) -> Move | None:
    if desk.left <= 0:
        return desk.move("close", "the time is over")
    if desk.left <= CLOSING * desk.whole / 2700:
        return desk.move("wrap_up", "the clock leaves only the wrap-up", question=WRAP_UP, note="we are nearly out of time")
    return None


def _manners(desk: Desk) -> Move | None:
    """Meets what is not about the design, briefly, and goes back to the open question."""
    topic = _bad_manners(desk)
    if not topic:
        return None
    why = f"the turn was not about the design ({topic.replace('_', ' ')})"
    return _back_to_question(desk, why, topic)


def _bad_manners(desk: Desk) -> str:
    found, claims = set(desk.reading.intents), desk.reading.of("criterion", "asserted")
    if "override" in found and not claims and desk.reading.substance < SUBSTANCE:  # an answer with it is met as an answer
        return "override"
    if wants_the_answer(desk.turn.text) and len(claims) < 2:
        return "answer_request"
    if "foreign" in found:
        return "foreign"
    if claims:
        return ""
    return "rude" if "rude" in found else "off_topic" if "off_topic" in found and _little(desk) else ""


def _little(desk: Desk) -> bool:
    """Whether a turn says next to nothing about the design and asks nothing of the case."""
    return desk.reading.substance < SUBSTANCE and not any(a.fact or a.maybe for a in desk.reading.asks)


def _back_to_question(desk: Desk, why: str, topic: str) -> Move:
    question, anchor = _standing_question(desk)
    return desk.move("redirect", why, topic=topic, question=question, anchor=anchor)


def _standing_question(desk: Desk) -> tuple[str, Anchor | None]:
    """The question that stands open and what it hangs on: the last one asked, else the step's own."""
    asked = [m for m in desk.state.moves if m.question and m.kind not in ("redirect", "open") and m.step == desk.step]
    return (asked[-1].question, asked[-1].anchor) if asked else (STEP[desk.step].opening, None)


def _repeat(desk: Desk) -> Move | None:
    if "repeat" not in desk.reading.intents:
        return None
    last = desk.state.moves[-1] if desk.state.moves else None
    if last is None or last.kind in ("open", "answer"):
        return desk.move("repeat", "asked to repeat", say=last.say if last and last.kind == "answer" else (desk.case.question,))
    question, anchor = _standing_question(desk)
    point = desk.criterion(next((m.about for m in reversed(desk.state.moves) if m.question == question and m.about), last.about))
    other = desk.probe(point) if point and wants_other_words(desk.turn.text) else None
    if point and other and other != question:
        return desk.move(
            "repeat", "did not understand: the same point in other words", about=point.id, say=(OTHER_WORDS,), question=other
        )
    return desk.move("repeat", "asked to repeat", say=last.say, question=question, anchor=anchor)


def _hint(desk: Desk) -> Move | None:
    """A small nudge, when asked for or after two empty turns: on the point of the last question first."""
    asked = desk.turn.pressed == "hint" or "hint" in desk.reading.intents
    if not asked and desk.state.empty < 2:
        return None
    meant = sorted(desk.reading.about, key=lambda target: -desk.reading.about[target]) if desk.turn.pressed != "hint" else []
    named = [c for c in map(desk.criterion, meant[:2]) if c and desk.reading.substance >= FEW and c.step == desk.step]
    points = [*named, *_pending(desk), *desk.open_core(desk.step, untouched=True), *desk.open_points(desk.step)]
    fresh = [c for c in points if c.id not in desk.state.hints]
    if not fresh:
        return onward(desk, "no hint is left in this step")
    why = "a hint was asked for" if asked else "two turns were empty"
    return desk.move("hint", why, about=fresh[0].id, say=(fresh[0].hint,))


def _pending(desk: Desk) -> list[Criterion]:
    """The point that the last question was about, when it is still open."""
    last = next((m for m in reversed(desk.state.moves) if m.kind in ("probe", "ask", "advance")), None)
    point = desk.criterion(last.about) if last and last.step == desk.step else None
    return [point] if point and desk.open(point) else []


def _wants_on(desk: Desk) -> Move | None:
    if desk.turn.pressed == "next":
        return onward(desk, "the candidate asked to move on")
    wanted = desk.reading.wants
    if wanted == desk.step:
        return None
    if wanted:
        why = f"the candidate asked to talk about {STEP[wanted].spoken}"
        move = best_probe(desk, wanted) if wanted in desk.steps_said() else None
        return move.model_copy(update={"why": f"{why} and did: {move.why}"}) if move else onward(desk, why, to=wanted)
    if "advance" not in desk.reading.intents or any(a.fact for a in desk.reading.asks):
        return None
    later = [s for s in desk.steps_said() if STEPS.index(s) > STEPS.index(desk.step)]
    if not later:
        return onward(desk, "the candidate asked to move on")
    return best_probe(desk, later[-1]) or onward(desk, "the candidate asked to move on", to=later[-1])


def _answers(desk: Desk) -> Move | None:
    """A turn that mostly asks is answered, and the candidate keeps the floor."""
    reading = desk.reading
    if not reading.asks:
        return None
    if any(asks_what_was_meant(a.text) for a in reading.asks) and not any(a.fact for a in reading.asks):
        return desk.move("answer", "asked whether they understood the question", say=(TAKE_IT,), topic="meant")
    stated = [c for c in reading.of("criterion", "asserted") if not any(a.text in c.quote for a in reading.asks)]
    if len(stated) >= 3 and desk.step != "clarify":
        return None
    maybe = [fact for ask in reading.asks for fact in ask.maybe if fact not in _told(desk)]
    if maybe:
        asked = desk.case.fact(maybe[0]).asks[0].rstrip("?. ")
        question = f"Do you mean: {asked[:1].lower()}{asked[1:]}?"
        return desk.move("answer", "near to a fact, but not surely about it", offers=maybe[0], question=question)
    return desk.move("answer", "what was asked is answered from the facts of the case")


def _told(desk: Desk) -> set[str]:
    return {fact for move in desk.state.moves for fact in move.facts}


def _confirms(desk: Desk) -> Move | None:
    """A yes to "Do you mean ...?" is answered with that fact."""
    last = desk.state.moves[-1] if desk.state.moves else None
    if last is None or last.offers is None or not agrees(desk.turn.text):
        return None
    facts = tuple(dict.fromkeys((last.offers, *(a.fact for a in desk.reading.asks if a.fact))))
    says = tuple(desk.case.fact(fact).says for fact in facts)
    return desk.move("answer", "they said that this is what they meant", facts=facts, say=says)


def _stuck(desk: Desk) -> Move | None:
    if not desk.turn.text.strip() and not desk.turn.pressed:
        return _back_to_question(desk, "the turn was empty", "empty")
    if "stuck" not in desk.reading.intents or desk.reading.of("criterion") or desk.reading.substance >= SUBSTANCE:
        return None
    for point in desk.open_core(desk.step):
        if not desk.state.asked(point.id) and (ask := desk.probe(point)):
            return desk.move("redirect", f"stuck: another way in, by {point.topic}", topic="stuck", about=point.id, question=ask)
    return onward(desk, "the candidate is stuck and nothing easier is left here")


def _listens(desk: Desk) -> Move | None:
    if "thinks" in desk.reading.intents and not desk.reading.claims:
        return desk.move("listen", "the candidate thinks aloud")
    if not desk.reading.substance and not desk.turn.pressed and not desk.reading.asks:
        return _back_to_question(desk, "a few words without substance", "empty")
    return None


# --- the clock ------------------------------------------------------------------------------------------------------


def _overrun(desk: Desk) -> Move | None:
    """Asks to move on when the step has overrun by 30 %, or when the last three steps would not get their eight minutes, or for
    somebody who answers at length not an answer each."""
    if after(desk.step) is None:
        return None
    ahead = [s for s in LAST_STEPS if s not in desk.state.entered and s != desk.step]
    kept = max(reserve(desk.state.terms.minutes, desk.state.terms.pace), len(ahead) * desk.pause) + CLOSING * desk.whole / 2700
    if ahead and STEPS.index(desk.step) < STEPS.index("evaluate") and desk.left < kept:
        note = "I want to leave time for evaluation, serving and monitoring"
        return _due(desk, "eight minutes are kept for the last three steps", "evaluate", note)
    if ahead and desk.step in LAST_STEPS and desk.left < (len(ahead) + 1) * desk.pause + CLOSING * desk.whole / 2700:
        note = f"I want to leave time for {STEP[ahead[0]].spoken}"
        return _due(desk, "each of the last steps gets an answer of this candidate's length", ahead[0], note)
    if desk.used(desk.step) > OVERRUN:
        return _due(desk, "the step has overrun its share by 30 %", None, WATCH)
    return None


def _due(desk: Desk, why: str, to: Step | None, note: str) -> Move:
    """On, because the clock wants it; said aloud only now and then, for it sounds like a reproach."""
    lately = desk.state.clock < EARLY * desk.whole or any(m.due and m.note for m in desk.state.moves[-QUIET:])
    return onward(desk, why, to=to, note="" if lately and note == WATCH else note).model_copy(update={"due": True})


def _twist(desk: Desk) -> Move | None:
    """The planned change of a requirement: once, in the middle of the round, when a design stands."""
    state = desk.state
    if state.twists or not desk.reading.of("criterion") or desk.step not in ("model", "evaluate", "serve"):
        return None
    share = state.clock / desk.whole
    if desk.step == "model" and not desk.begun("model") and share < TWIST_ANYWAY:
        return None
    quick = desk.step == "serve" and len(state.entered) >= 5 and state.turns >= LATE_TURN
    if share > TWIST_UNTIL or (share < TWIST_FROM and not quick):
        return None
    twist = min(desk.case.twists, key=lambda t: _already(desk, t.says))
    why = "the planned change of a requirement, in the middle of the round"
    return desk.move("twist", why, about=twist.id, say=(twist.says,), question=TWIST_QUESTION)


def _already(desk: Desk, says: str) -> float:
    """The share of a twist's words that have fallen in the round: it should be something new."""
    state = desk.state
    talk = [desk.turn.text, *(m.question for m in state.moves), *(c.quote for _, c in state.claims)]
    words = set(terms(says))
    return len(words & set(terms(" ".join(talk)))) / max(1, len(words))


# --- where to go next -----------------------------------------------------------------------------------------------


def _goes_ahead(desk: Desk) -> Move | None:
    """When the candidate has gone ahead with substance, the round goes with them and comes back for open core points."""
    steps, here = desk.steps_said(), STEPS.index(desk.step)
    later = [s for s in steps if STEPS.index(s) > here]
    topic, share = desk.topic()
    if topic and share >= MOSTLY and topic in later and topic not in ("clarify", desk.step):
        later = [topic]
    elif len(later) < 2 or len(later) <= 2 * steps.count(desk.step):
        return None
    target = max(dict.fromkeys(later), key=lambda s: (later.count(s), -STEPS.index(s)))
    move = best_probe(desk, target)
    return move and move.model_copy(
        update={"why": f"the candidate has gone ahead to {target} and the round goes along: {move.why}"}
    )


def _follows_up(desk: Desk) -> Move | None:
    """Follows up on what was just said, as long as the step has follow-ups and time left."""
    spare = 1 if desk.used(desk.step) < 0.5 else 0
    done = sum(m.kind in ("probe", "challenge", "twist") and m.step == desk.step for m in desk.state.moves)
    return best_probe(desk, desk.step) if done < FOLLOW_UPS[desk.state.terms.level] + spare else None


def _asks_open_point(desk: Desk) -> Move | None:
    """An untouched core point of the step is asked for, as long as the step has time."""
    most = {"mid": 3, "senior": 2, "staff": 1}[desk.state.terms.level]
    asked = sum(m.kind == "ask" and m.step == desk.step for m in desk.state.moves)
    if asked >= most or desk.used(desk.step) > 0.9:
        return None
    for point in desk.open_core(desk.step, untouched=True):
        if not desk.state.asked(point.id) and (ask := desk.probe(point)):
            return desk.move("ask", f"not touched so far: {point.topic}", about=point.id, question=ask)
    return None


# --- what is added to any move --------------------------------------------------------------------------------------


def _with_facts(desk: Desk, move: Move) -> Move:
    """Adds the answers to what was asked, each part from the facts; what the case leaves open is the candidate's call.

    A yes to "Do you mean ...?" asks for that fact, whatever else the turn says.
    """
    refused = move.kind == "redirect" and move.topic in ("override", "answer_request", "off_topic")
    last = desk.state.moves[-1] if desk.state.moves else None
    meant = last.offers if last and last.offers and says_yes(desk.turn.text) and not move.facts else None
    if (
        not (desk.reading.asks or meant)
        or refused
        or move.topic == "meant"
        or move.facts
        or move.kind in ("close", "repeat", "hint")
        or (desk.reading.wants and not any(a.fact for a in desk.reading.asks))
    ):
        return move
    facts = tuple(dict.fromkeys([*([meant] if meant else []), *(a.fact for a in desk.reading.asks if a.fact)]))
    unknown = () if move.offers else tuple(a.text for a in desk.reading.asks if not a.fact)
    says = tuple(desk.case.fact(f).says for f in facts)
    return move.model_copy(update={"facts": facts, "say": (*says, *move.say), "unknown": unknown})


def _with_amends(desk: Desk, move: Move) -> Move:
    """When the candidate objects that they did not say that, it is owned before the round goes on."""
    if "objects" not in desk.reading.intents or move.kind in ("close", "redirect", "repeat"):
        return move
    return move.model_copy(update={"note": MY_MISTAKE})


def _with_time(desk: Desk, move: Move) -> Move:
    """Says once that half the time is gone."""
    said = any(HALF in m.note for m in desk.state.moves)
    through = len(desk.state.entered) == len(STEPS)  # what is left then is not half of anything
    if said or through or desk.state.clock < desk.whole / 2 or move.kind in ("close", "wrap_up", "listen"):
        return move
    return move.model_copy(update={"note": f"{HALF}; {move.note}" if move.note else HALF})
