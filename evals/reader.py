"""A model reads a held interview as a stranger: which follow-ups hang on what was said, contradictions, tone. Quotes are checked here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

from evals.held import Held
from evals.wording import Finding
from interviewer.errors import ModelError
from interviewer.providers.fence import fence, neutralise
from interviewer.providers.models import ChatModel, Message
from interviewer.providers.structured import Loose, UnreadableError, read
from interviewer.quotes import locate
from prompts.library import Prompt, load

FOLLOW_UPS = ("ask", "probe", "challenge")  # moves whose questions are judged one by one
MEND = "Your answer cannot be used as it is: {}. Answer once more with the whole JSON object and nothing else."
Tone = Literal["praise", "cold", "rude", "lecturing", "leading", "unclear", "mechanical"]


class Probed(Loose):
    """One follow-up: the candidate's words it hangs on, why, whether it could have been asked unread, whether it follows."""

    turn: int
    quote: str = ""
    reason: str
    unread: bool
    follows: bool


class Against(Loose):
    """Two things that the interviewer, or the interviewer and the candidate, said and that cannot both be true."""

    turn: int
    quote: str
    earlier_turn: int
    earlier: str
    reason: str


class Toned(Loose):
    """Words that a calm and neutral colleague would not have said."""

    turn: int
    quote: str
    reason: str
    verdict: Tone


class Opinion(Loose):
    """A reader's opinion of one interview, as it was answered."""

    probes: tuple[Probed, ...]
    contradictions: tuple[Against, ...] = ()
    tone: tuple[Toned, ...] = ()


class Read(Loose):
    """An opinion with what stands: `probes` that are proved, the `unrated` turns with the reason, and what was found beside them."""

    reader: str
    prompt: str
    probes: tuple[Probed, ...] = ()
    unrated: dict[int, str] = {}
    findings: tuple[Finding, ...] = ()

    @property
    def unread(self) -> float | None:
        """The share of the rated follow-ups that could have been asked without reading the answer; None when none is rated."""
        return sum(p.unread for p in self.probes) / len(self.probes) if self.probes else None

    @property
    def follows(self) -> float | None:
        """The share of the rated follow-ups that follow from what was said."""
        return sum(p.follows for p in self.probes) / len(self.probes) if self.probes else None


class Reader:
    """Reads through a chat model: one call an interview, and one more to mend an answer that cannot be read."""

    def __init__(self, model: ChatModel, prompt: Prompt | None = None):
        self._model, self._prompt = model, prompt or load("judge")

    def read(self, held: Held, question: str) -> Read:
        """What stands of the opinion. A model that fails leaves every follow-up unrated, with the reason."""
        listed = [t.index for t in held.turns if t.kind in FOLLOW_UPS]
        try:
            opinion = self._opinion(self.messages(held, question, listed))
        except (ModelError, UnreadableError) as error:
            return Read(reader=self._model.name, prompt=self._prompt.id, unrated=dict.fromkeys(listed, str(error)))
        probes, unrated = _proved(held, listed, opinion.probes)
        return Read(
            reader=self._model.name, prompt=self._prompt.id, probes=tuple(probes), unrated=unrated,
            findings=(*_contradictions(held, opinion), *_tones(held, opinion)),
        )  # fmt: skip

    def messages(self, held: Held, question: str, listed: Sequence[int]) -> list[Message]:
        """What the model is sent: the rules, the question, the fenced transcript, the turns to judge."""
        told = self._prompt.fill(
            question=neutralise(question),
            transcript="\n".join(fence("turn", t.text or "(nothing)", index=t.index, by=t.role) for t in held.turns),
            probes=", ".join(map(str, listed)) or "none",
        )
        return [("system", told.system), ("user", told.volatile)]

    def _opinion(self, messages: list[Message]) -> Opinion:
        text = self._model.complete(messages)
        try:
            return read(text, Opinion)
        except UnreadableError as error:
            mended = [*messages, ("assistant", text), ("user", MEND.format(error))]
            return read(self._model.complete(mended), Opinion)


def _proved(held: Held, listed: Sequence[int], probes: Sequence[Probed]) -> tuple[list[Probed], dict[int, str]]:
    """The follow-ups that are judged, and why the others are not: one that is said to hang on words must show them."""
    given = {p.turn: p for p in reversed(probes)}
    kept, unrated = [], {}
    for turn in listed:
        probe = given.get(turn)
        said = [(t.index, t.text) for t in held.turns if t.role == "candidate" and t.index < turn]
        if probe is None:
            unrated[turn] = "the reader said nothing about it"
        elif not probe.unread and not locate(probe.quote, said, turn - 1):
            unrated[turn] = f'said to hang on "{probe.quote}", which nobody said'
        else:
            kept.append(probe)
    return kept, unrated


def _contradictions(held: Held, opinion: Opinion) -> Iterator[Finding]:
    for each in opinion.contradictions:
        mine = locate(each.quote, [(t.index, t.text) for t in held.turns if t.role == "interviewer"], each.turn)
        place = mine[0] if mine else each.turn
        before = locate(each.earlier, [(t.index, t.text) for t in held.turns if t.index < place], each.earlier_turn)
        if mine and before:
            text = f'"{mine[1]}" against "{before[1]}" (turn {before[0]}): {each.reason}'
            yield Finding(turn=place, kind="contradicts", text=text)


def _tones(held: Held, opinion: Opinion) -> Iterator[Finding]:
    for each in opinion.tone:
        mine = locate(each.quote, [(t.index, t.text) for t in held.turns if t.role == "interviewer"], each.turn)
        if mine:
            yield Finding(turn=mine[0], kind=f"tone:{each.verdict}", text=f'"{mine[1]}": {each.reason}')
