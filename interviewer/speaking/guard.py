"""What a model says, checked in code as it is spoken: no answer given away, one question, no praise. Knows no model, move or case file."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from interviewer.speaking import trim
from interviewer.speaking.phrases import Brief
from interviewer.speaking.voice import Speech
from knowledge.leaks import Ear
from knowledge.words import terms

MOST_SENTENCES = 5  # beside those that tell facts; a turn that rambles on ends there
A_FACT = 3  # sentences that may be spent on one fact, or on one thing left to them
PRAISED = "praise was left out"
PROMISED = "a promise was left out"
SECOND = "a second question was left out"
INSTEAD = "Let me put that differently."
FLOOR = "Go on."  # where nothing authored is left to say: a turn without a word is no turn
_END = re.compile(r"[.?!]+[\"'”’)]*(?=\s|$)")
_QUOTED = re.compile(r'["“]([^"“”]{3,})["”]')


@dataclass
class Guard:
    """Lets a model's words through as they come and holds back what must not be said.

    `said` are the terms that have fallen in the talk, `heard` the candidate's words so far (for what is quoted of them), `instead`
    the authored question that takes the place of a leak. `event` then says what happened.
    """

    ear: Ear
    said: frozenset[str]
    heard: str
    instead: str = ""
    most: int = MOST_SENTENCES
    say: tuple[str, ...] = ()
    event: str = ""
    _sentence: str = ""
    _out: int = 0
    _asked: bool = False
    _count: int = 0
    _ended: bool = False
    _text: str = field(default="")

    def pieces(self, words: Iterable[str]) -> Iterator[str]:
        """The words that may be heard, as soon as they may."""
        for piece in words:
            yield from self._told(self._take(piece))
            if self._ended:
                break
        if not self._ended:
            yield from self._told(self._close())
        if not re.search(r"\w", self._text):
            self.event = f"{self.event}; the authored question was put"
            yield from self._told(self._authored() or FLOOR)

    def _told(self, released: str) -> Iterator[str]:
        released = released if self._text else released.lstrip()
        if released:
            self._text += released
            yield released

    def _take(self, piece: str) -> str:
        """Adds a piece; what of the sentence may go out now."""
        self._sentence += piece
        released = ""
        while not self._ended and (end := _END.search(self._sentence)) and end.end() < len(self._sentence):
            rest = self._sentence[end.end() :]
            self._sentence = self._sentence[: end.end()]
            released += self._close()
            self._sentence, self._out = rest, 0
        return released if self._ended else released + self._ahead()

    def _ahead(self) -> str:
        """The words of an unfinished sentence that may go out before it is whole."""
        cut = self._sentence.rfind(" ", 0, trim.safe(self._sentence))
        if cut <= self._out or self._held_back(self._sentence[:cut]):
            return ""
        released, self._out = self._sentence[self._out : cut], cut
        return self._true_quotes(released)

    def _held_back(self, begun: str) -> bool:
        plain = begun.strip()
        if self._asked or self._count >= self.most or trim.waits(plain):
            return True
        return plain.count('"') % 2 == 1 or plain.count("“") > plain.count("”") or self.ear.nearing(plain, self.said)

    def _close(self) -> str:
        """The sentence is whole: the rest of it, or what is said in its place."""
        whole, out = trim.one_question(self._sentence), self._out
        if whole != self._sentence:
            self.event = self.event or SECOND
        self._sentence, self._out = "", 0
        if not whole.strip():
            return ""
        if not out and (dropped := self._dropped(whole)):
            self.event = self.event or dropped
            return ""
        if leak := self.ear.gives_away(whole, self.said):
            return self._instead(whole[:out], f"leak: {', '.join(leak.shared)} ({leak.criterion})")
        self._count += 1
        self._asked = self._asked or "?" in whole
        told = whole if out else self._mended(whole)
        return self._true_quotes(told[out:] if out else told)

    def _dropped(self, whole: str) -> str:
        """Why a whole sentence is left out; "" when it is not."""
        if self._asked and "?" in whole:
            return SECOND
        if self._count >= self.most:
            return "what went beyond a turn was left out"
        bare = trim.without_praise(whole.strip())
        return (PRAISED if not bare else "") or (PROMISED if not trim.without_promise(bare) else "")

    def _mended(self, whole: str) -> str:
        """A sentence without praise or a promise at its head and without marks of writing."""
        bare = whole.lstrip()
        lead = whole[: len(whole) - len(bare)]
        unpraised = trim.without_praise(trim.without_marks(bare))
        cut = trim.without_promise(unpraised)
        if cut != bare:
            self.event = self.event or (PROMISED if cut != unpraised else PRAISED)
            cut = cut[:1].upper() + cut[1:]
        return lead + cut

    def _true_quotes(self, text: str) -> str:
        """Marks of quotation stay only around words that the candidate has used."""
        heard = _plain(self.heard)
        return _QUOTED.sub(lambda found: found[0] if _plain(found[1]) in heard else found[1], text)

    def _instead(self, begun: str, why: str) -> str:
        """The end of a turn that would have given an answer away: the authored question."""
        self.event, self._ended = why, True
        if self._asked or not (authored := self._authored()):
            return "." if begun.strip() else ""
        return f"{' ... ' if begun.strip() else ' '}{INSTEAD} {authored}"

    def _authored(self) -> str:
        """What must still be said (a hint, a changed requirement, of which less than half has fallen), then the question."""
        fell = set(terms(self._text))
        owed = [text for text in self.say if len(set(terms(text)) & fell) < len(set(terms(text))) / 2]
        return " ".join(text for text in (*owed, self.instead) if text)


def guarded(speech: Speech, brief: Brief, talk: Sequence[tuple[str, str]], question: str, ear: Ear) -> Speech:
    """A model's speech with the guard between it and the candidate. `talk` is all that was said so far, (role, text), to `question`."""
    most = MOST_SENTENCES + A_FACT * (len(brief.say) + len(brief.near) + len(brief.unknown))
    said = fallen([question, *(text for _, text in talk), *brief.texts()])
    heard = " ".join(text for role, text in talk if role == "candidate")
    guard = Guard(ear, said, heard, _spare(brief), most, brief.say)
    return Checked(speech, guard)


def _spare(brief: Brief) -> str:
    """What is asked in the place of a leak: the last that was offered, for it hangs most on what was said and the model may have
    passed the first by because it was answered; the decided question where there was no choice."""
    return brief.asks[-1].question if brief.asks else brief.question


class Checked(Speech):
    """A speech as the guard lets it through: `text` is what was heard, and what the guard did stands in `work.event`."""

    def __init__(self, speech: Speech, guard: Guard):
        super().__init__(words=iter(()))
        self._speech, self._guard = speech, guard

    def __iter__(self) -> Iterator[str]:
        try:
            for piece in self._guard.pieces(self._speech):
                self.text += piece
                yield piece
        finally:
            self._hang_up()
            self.work = self._speech.work.model_copy(update={"event": self._guard.event})
        self.text = self.text.strip()

    def _hang_up(self) -> None:
        """End the model's reply when the guard has ended the turn before it."""
        if close := getattr(self._speech.words, "close", None):
            close()


def _plain(text: str) -> str:
    return " ".join(re.sub(r"[^\w\s]", " ", text.casefold()).split())


def fallen(texts: Iterable[str]) -> frozenset[str]:
    """The terms of all that was said in a talk."""
    return frozenset(term for text in texts for term in terms(text))
