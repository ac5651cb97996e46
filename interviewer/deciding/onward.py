"""On to the next step, back to what is open, or to the end: where a round goes when nothing more is asked here. Pure."""

from __future__ import annotations

from interviewer.deciding.desk import Desk
from interviewer.deciding.probing import best_probe
from interviewer.state import Move
from interviewer.steps import STEP, STEPS, after
from knowledge.case import Step

MOST_MOVES = 45  # of a round: whoever answers in a few words is not kept for as long as the clock would allow
BEFORE_DESIGN = ("clarify", "frame")  # not gone back to at the end: the design has answered them
BACK_TO, BEGUN = "back", "begun"  # what kind of advance it is, where it is not into something new
BACK = "there is time to go back to some things"
BACK_UNTIL = 0.15  # share of the round that must be left for that
WRAP_UP = "Which part of your design are you least sure of, and what would you do about it with another week?"


def onward(desk: Desk, why: str, to: Step | None = None, note: str = "") -> Move:
    """To the next step; after the last one back to open core points while there is time, else the wrap-up."""
    target = to or _next_step(desk)
    back = bool(target and STEPS.index(target) < STEPS.index(desk.step))
    if target is None:
        return _comes_back(desk) or desk.move("wrap_up", "all steps are done", question=WRAP_UP)
    ahead = desk.topic()[0] not in (None, desk.step) and not to
    if target and ahead and (move := best_probe(desk, target) or _main_point(desk, target)):
        return move.model_copy(update={"why": f"{why}; the answer was already about {target}: {move.why}", "note": note})
    opened = any(m.question == STEP[target].opening for m in desk.state.moves)
    begun = [c for c in desk.open_core(target) if not desk.state.asked(c.id)] if opened or desk.begun(target) else []
    for point in begun:
        if ask := desk.probe(point):
            why = f"{why}; {target} has been begun already, so one open point of it: {point.topic}"
            return desk.move(
                "advance", why, step=target, about=point.id, question=ask, note=note, topic=BACK_TO if back else BEGUN
            )
    if opened:  # its question has been asked, and no point of it is left that has not been
        later = next((s for s in STEPS[STEPS.index(target) :] if s not in desk.state.entered), None)
        if later is None:
            return _comes_back(desk) or desk.move("wrap_up", "all steps are done", question=WRAP_UP)
        target, back = later, False
    return desk.move("advance", why, step=target, question=STEP[target].opening, note=note, topic=BACK_TO if back else "")


def _main_point(desk: Desk, step: Step) -> Move | None:
    """A question on the open point of a step that the answer is nearest to."""
    near = sorted(desk.open_points(step), key=lambda point: -desk.reading.about.get(point.id, 0.0))
    for point in near:
        if desk.reading.about.get(point.id) and (ask := desk.probe(point)):
            return desk.move("ask", f"nearest to what was said: {point.topic}", step=step, about=point.id, question=ask)
    return None


def _next_step(desk: Desk) -> Step | None:
    """The next step that is not done already: a skipped one first, then onward; one that has nothing open is passed over."""
    skipped = [s for s in STEPS[: STEPS.index(desk.step)] if s not in desk.state.entered]
    for earlier in skipped:
        if desk.open_core(earlier, untouched=True):
            return earlier
    step = after(desk.step)
    while step and step in desk.state.entered and not desk.open_core(step, untouched=True):
        step = after(step)
    return step or next((s for s in STEPS if s not in desk.state.entered), None)


def _comes_back(desk: Desk) -> Move | None:
    """With time left at the end: core points that nobody has mentioned, then those that were not carried, then the deeper ones."""
    if desk.left < BACK_UNTIL * desk.whole or len(desk.state.moves) >= MOST_MOVES:
        return None
    late = [step for step in reversed(STEPS) if step not in BEFORE_DESIGN]
    untouched = [
        p for step in STEPS if step != "clarify" for p in desk.open_core(step, untouched=True) if not desk.state.asked(p.id)
    ]
    shaky = [p for step in late for p in desk.open_core(step) if desk.state.asked(p.id) <= 1]
    deeper = [p for step in late for p in desk.open_points(step) if desk.expected(p) and not desk.state.asked(p.id)]
    for point in (*untouched, *shaky, *deeper):
        if ask := desk.probe(point):
            why = f"back to an open point, as there is time: {point.topic}"
            note = "" if any(m.note == BACK for m in desk.state.moves) else BACK
            return desk.move("ask", why, step=point.step, about=point.id, question=ask, note=note)
    return None
