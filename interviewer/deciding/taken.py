"""Which of the legal moves a model took, found from what it said. Pure: no model, clock or disk."""

from __future__ import annotations

import re

from interviewer.listening.reading import Reader
from interviewer.state import Move, Option
from knowledge.case import Step
from knowledge.words import terms

TAKEN = 0.75  # likeness (0 to 2) of what was asked to an option from which that option was taken
TOLD, PARTLY_TOLD = 0.6, 0.2  # share of a fact's words that fell, from which it was told; the same beside one of its figures
PLAINLY = 0.5  # share of a question that is about one point, from which the round is where that point is
_FIGURE = re.compile(r"\d[\d.,]*\d|\d")
_SENTENCE = re.compile(r"[^.?!]*\?")


def settled(move: Move, spoken: str, reader: Reader, step: Step) -> Move:
    """`move` as it was spoken while the round stood in `step`: the option that was taken, or the model's own question; and
    which of the facts near were told."""
    told = tuple(f for f in move.near if _fell(reader.case.fact(f).says, spoken))
    move = move.model_copy(update={"facts": (*move.facts, *told), "near": ()})
    asked = " ".join(_SENTENCE.findall(spoken)).strip()
    if not move.options:
        return move
    if not asked:
        return move.model_copy(update={"question": "", "options": ()})
    likeness = reader.likeness(asked, [o.question for o in move.options])
    best = int(likeness.argmax())
    if likeness[best] >= TAKEN:
        return _taken(move, move.options[best])
    return _own(move, asked, reader, step)


def _taken(move: Move, option: Option) -> Move:
    if option.question == move.question:
        return move.model_copy(update={"options": ()})
    parts = {
        "kind": option.kind,
        "step": option.step,
        "about": option.about,
        "anchor": option.anchor,
        "question": option.question,
    }
    why = f"{option.why} (taken instead of: {move.why})"
    return move.model_copy(update=parts | {"why": why, "passages": option.passages or move.passages, "options": ()})


def _own(move: Move, asked: str, reader: Reader, step: Step) -> Move:
    """A question in the model's own words: a probe of the point that it is nearest to, in the step that it plainly belongs to."""
    about = reader.read(asked).about
    points = [t for t in about if "." in t]
    point = max(points, key=lambda t: about[t], default=None)
    kind = "advance" if move.kind == "advance" else "probe"
    why = f"the model's own question, near to {point or 'no point of the rubric'} (instead of: {move.why})"
    near = (
        point.split(".")[0] if point and kind != "advance" and (about[point] >= PLAINLY or point.startswith(f"{step}.")) else None
    )
    stays = move.step if kind == "advance" else step  # it was not led to where the decided question would have gone
    parts = {"kind": kind, "step": near or stays, "about": point, "anchor": None, "question": asked, "why": why}
    return move.model_copy(update=parts | {"options": ()})


def _fell(says: str, spoken: str) -> bool:
    """Whether a fact was told, and be it in part: most of its words, or figures of it with some of them."""
    words = set(terms(says))
    share = len(words & set(terms(spoken))) / max(1, len(words))
    same = set(_FIGURE.findall(says)) & set(_FIGURE.findall(spoken))
    return share >= TOLD or (len(same) == 1 and share >= PARTLY_TOLD) or (len(same) > 1 and share >= PARTLY_TOLD / 2)
