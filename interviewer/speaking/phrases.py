"""The embedded voice's sentences: a brief in, grammatical text out. Knows the public part of a move and nothing else."""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Sequence

from interviewer.state import Anchor, Move, MoveKind, Option, Value
from interviewer.steps import STEP

MOST_USES = 2  # of one sentence frame in a round


class Ask(Value):
    """The public part of an option."""

    kind: MoveKind
    step_title: str
    anchor: Anchor | None = None
    question: str
    topic: str = ""
    earlier: bool = False


def _public(option: Option) -> Ask:
    return Ask(
        kind=option.kind, step_title=STEP[option.step].spoken, anchor=option.anchor, question=option.question, topic=option.topic,
        earlier=option.earlier,
    )  # fmt: skip


class Brief(Value):
    """The public part of a move: all that a voice is handed beside the transcript. `near` are facts that may answer what was asked."""

    kind: MoveKind
    step_title: str = ""
    say: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    anchor: Anchor | None = None
    question: str = ""
    topic: str = ""
    note: str = ""
    frames: tuple[str, ...] = ()
    asks: tuple[Ask, ...] = ()
    near: tuple[str, ...] = ()

    @classmethod
    def of(cls, move: Move, step_title: str, frames: Sequence[str] = (), near: Sequence[str] = ()) -> Brief:
        """The public part of `move`; `frames` are the sentence frames used so far in the round, `near` the texts of the facts near."""
        return cls(
            kind=move.kind, step_title=step_title, say=move.say, unknown=move.unknown, anchor=move.anchor,
            question=move.question, topic=move.topic, note=move.note, frames=tuple(frames), near=tuple(near),
            asks=tuple(_public(option) for option in move.options),
        )  # fmt: skip

    def texts(self) -> list[str]:
        """All authored and drafted words in it: what it hands out is no secret any more."""
        asked = [text for ask in self.asks for text in (ask.question, ask.topic, ask.anchor.text if ask.anchor else "")]
        return [*self.say, *self.near, self.question, self.step_title, self.anchor.text if self.anchor else "", *asked]


CHOICE_FRAMES = {
    "have": "You have {it}.",
    "stay": "Let's stay with {your} for a moment.",
    "take": "Take {your}.",
    "closer": "I'd like to look closer at {your}.",
    "brought": "You brought up {it}.",
    "ask": "Let me ask about {your}.",
    "part": "One part of your design is {it}.",
    "went": "You went for {it}.",
    "mention": "You mentioned {it}.",
    "curious": "I'm curious about {your}.",
    "design": "Your design has {it}.",
    "turn": "Let me turn to {your}.",
}
EARLIER_FRAMES = {
    "earlier": "Earlier you had {it}.",
    "back": "Going back to {your}:",
    "before": "Before that you brought up {it}.",
}
QUOTE_FRAMES = {
    "said": 'You said "{it}".',
    "just": 'You just said "{it}".',
    "pick": 'Let me pick up "{it}".',
    "words": 'In your words, "{it}".',
    "when": 'When you say "{it}":',
    "heard": 'I heard "{it}".',
    "note": 'I noted "{it}".',
    "put": 'You put it as "{it}".',
}
EARLIER_QUOTE_FRAMES = {
    "said_earlier": 'Earlier you said "{it}".',
    "said_before": 'Before that you said "{it}".',
    "return": 'I\'d like to return to "{it}".',
}
ADVANCE_FRAMES = {
    "move": "Let's move on to {it}.",
    "next": "Next, {it}.",
    "go": "I'd like to go on to {it}.",
    "turn": "Let's turn to {it}.",
    "time": "Time for {it}.",
}
BEGUN_FRAMES = {
    "on": "You have begun on {it} already.",
    "stay": "Something more on {it}.",
    "part": "One part of {it} is still open.",
}
BACK_FRAMES = {
    "back": "Let's go back to {it} first.",
    "return": "I'd like to return to {it}.",
    "open": "Something is still open on {it}.",
}
WAYS_ON = {"back": ("back", BACK_FRAMES), "begun": ("begun", BEGUN_FRAMES)}
TWIST_FRAMES = {"change": "Let me change one thing: {it}", "suppose": "Now something new: {it}"}
LISTEN_FRAMES = {
    "take": "Take your time.",
    "go": "Go on.",
    "listening": "I'm listening.",
    "carry": "Carry on.",
    "think": "Think it through.",
}
UNKNOWN_FRAMES = {
    "call": "That one is your call: say what you assume and carry on.",
    "assume": "I leave that open: pick an assumption and state it.",
    "decide": "Nothing is given there; decide what is reasonable.",
}
UNKNOWN_REST = {
    "rest": "For the rest, state what you assume.",
    "open": "Anything else there is yours to assume.",
    "free": "Beyond that, choose a sensible assumption.",
}
REDIRECTS = {
    "off_topic": {"back": "Let's come back to the design.", "park": "I'd rather keep to the system we are designing."},
    "override": {
        "role": "I'll stay in the role of the interviewer.",
        "keep": "That isn't something I can change; let's keep to the round.",
        "same": "The round goes on as it was set.",
    },
    "answer_request": {
        "yours": "I can't give you the answer in the round; you can ask for a hint.",
        "later": "What a strong answer has is in the debrief; here I'd like to hear yours.",
    },
    "rude": {"calm": "I hear that this is frustrating. Let's carry on with the design.", "fine": "All right. Let's carry on."},
    "foreign": {"english": "I can follow only English in this round, sorry.", "again": "Please say that in English."},
    "stuck": {"fine": "That's all right.", "well": "Fine, let's try it from another side."},
    "empty": {"quiet": "I didn't catch an answer there.", "still": "I still need a few words from you."},
}


def compose(brief: Brief, used: Counter[str]) -> tuple[str, tuple[str, ...]]:
    """What is said for a brief, and the frames it used. A frame is not used more than twice a round."""
    choose = _Chooser(brief, used)
    parts = [*brief.say] if brief.kind not in ("twist", "open") else []
    if brief.unknown:
        parts.append(choose("rest", UNKNOWN_REST) if parts else choose("unknown", UNKNOWN_FRAMES))
    if brief.note:
        parts.append(_sentence(brief.note))
    parts += _body(brief, choose)
    return " ".join(part for part in parts if part), tuple(choose.taken)


def _body(brief: Brief, choose: _Chooser) -> list[str]:
    match brief.kind:
        case "open":
            return [*brief.say, brief.question]
        case "listen":
            return [choose("listen", LISTEN_FRAMES)]
        case "twist":
            return [choose("twist", TWIST_FRAMES, _lower(" ".join(brief.say))), brief.question]
        case "advance":
            kind, frames = WAYS_ON.get(brief.topic, ("advance", ADVANCE_FRAMES))
            return [choose(kind, frames, brief.step_title), brief.question]
        case "redirect":
            return [choose(brief.topic, REDIRECTS.get(brief.topic, REDIRECTS["off_topic"])), *_anchored(brief, choose)]
        case "close":
            return ["Thank you, that is the round.", "Your debrief is being written."]
        case _:
            return _anchored(brief, choose)


def _anchored(brief: Brief, choose: _Chooser) -> list[str]:
    """The question, led in by what the candidate has: their design's noun phrase, their words, or neither."""
    if brief.anchor is None or not brief.question:
        return [brief.question]
    earlier = "earlier" in brief.topic
    if brief.anchor.verbatim:
        lead = choose("quote", EARLIER_QUOTE_FRAMES if earlier else QUOTE_FRAMES, brief.anchor.text)
    else:
        lead = choose("choice", EARLIER_FRAMES if earlier else CHOICE_FRAMES, brief.anchor.text)
    return [lead, _lower(brief.question) if lead.endswith(":") else brief.question]


class _Chooser:
    """Picks a frame that has been used least, the same one for the same round so far."""

    def __init__(self, brief: Brief, used: Counter[str]):
        self.taken: list[str] = []
        self._used, self._salt = used, brief.question + brief.topic

    def __call__(self, family: str, frames: dict[str, str], it: str = "") -> str:
        def order(name: str) -> tuple[int, int]:
            return self._used[f"{family}.{name}"], zlib.crc32((self._salt + name).encode())

        name = min(frames, key=order)
        if self._used[f"{family}.{name}"] >= MOST_USES and it and family in ("quote", "choice"):
            return ""
        self.taken.append(f"{family}.{name}")
        return frames[name].format(it=it, your=_yours(it))


def _yours(phrase: str) -> str:
    """A design's noun phrase as theirs: "your two-tower model" for "a two-tower model"."""
    head, _, rest = phrase.partition(" ")
    return f"your {rest}" if head in ("a", "an") else phrase


def _sentence(text: str) -> str:
    text = text[:1].upper() + text[1:]
    return text if text.endswith((".", "?", "!")) else text + "."


def _lower(text: str) -> str:
    """`text` with a small first letter, unless it opens with a name, an abbreviation or "I"."""
    first = text.split(" ", 1)[0]
    if first in ("I", "I'd", "I'm", "I'll") or first[1:] != first[1:].lower():
        return text
    return text[:1].lower() + text[1:]
