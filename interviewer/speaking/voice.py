"""A move becomes words. Knows the public part of a move and the transcript; never notes, rubric or reference answers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from interviewer.speaking.phrases import Brief, compose
from interviewer.state import Work

__all__ = ["Brief", "EmbeddedVoice", "Line", "Speech", "Voice", "pieces"]

Line = tuple[str, str]


@dataclass
class Speech:
    """Words as they come. Iterate it once; afterwards `text`, `frames` and `work` say what was spoken and by whom."""

    words: Iterator[str]
    frames: tuple[str, ...] = ()
    work: Work = field(default_factory=Work)
    text: str = ""

    def __iter__(self) -> Iterator[str]:
        for piece in self.words:
            self.text += piece
            yield piece


class Voice(Protocol):
    """Speaks a brief. `name` is shown to the candidate; ModelError when a model fails before the words are whole.

    One that `chooses` is handed the options of a move beside the decided question, and what it says is checked.
    """

    name: str
    chooses: bool

    def speak(self, brief: Brief, transcript: Sequence[Line]) -> Speech: ...


class EmbeddedVoice:
    """Speaks in authored sentences: no model, no key, well under a millisecond."""

    name = "embedded"
    chooses = False

    def speak(self, brief: Brief, transcript: Sequence[Line]) -> Speech:
        text, frames = compose(brief, Counter(brief.frames))
        return Speech(words=pieces(text), frames=frames, work=Work(worker=self.name))


def pieces(text: str) -> Iterator[str]:
    """`text` word by word, its spaces kept."""
    words = text.split(" ")
    for place, word in enumerate(words):
        yield word if place == len(words) - 1 else word + " "
