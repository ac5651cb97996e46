"""A chat model speaks a brief. Knows a move's public part and the transcript; never notes, rubric or strong answers."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence

from interviewer.errors import ModelError
from interviewer.providers.fence import fence, neutralise
from interviewer.providers.models import ChatModel, Message, Usage
from interviewer.providers.window import NOTE, estimate, fit
from interviewer.speaking.phrases import Ask
from interviewer.speaking.voice import Brief, Line, Speech
from interviewer.state import Anchor, Work
from interviewer.whiteboard.diagram import prompt_text
from prompts.library import Prompt, load, persona

BEGIN = "[The candidate has taken a seat. The round begins.]"
BUDGET = 24_000  # tokens of one request, so that a model with a context of 32k has room to answer
SMALLEST = 2_000  # tokens of a request below which rules, question and newest answer no longer fit
PASSING = ("rate", "server", "connection")  # failures that are often over in a moment
PAUSE, PATIENCE = 0.5, 2.0  # seconds before the one further try, and the longest wait asked for that is waited for a turn
FOLLOW_UPS = ("ask", "probe", "challenge", "advance")


class ModelVoice:
    """Speaks through a chat model, streamed. `question` and `level` are the round's: with the persona they stand in front of
    every request and never change."""

    chooses = True

    def __init__(
        self, model: ChatModel, question: str = "", level: str = "senior", who: str = "calm", prompt: Prompt | None = None,
        budget: int = BUDGET,
    ):  # fmt: skip
        self.name = model.name
        self._model, self._prompt, self._budget = model, prompt or load("interviewer"), budget
        self._fixed = {"persona": persona(who), "question": neutralise(question), "level": level}

    def speak(self, brief: Brief, transcript: Sequence[Line]) -> Speech:
        """The words as they come. ModelError while iterating: the text so far is then emptied and must not be kept."""
        speech = Speech(words=iter(()), work=Work(worker=self.name, prompt=self._prompt.id))
        speech.words = self._say(speech, brief, list(transcript))
        return speech

    def messages(self, brief: Brief, transcript: Sequence[Line]) -> list[Message]:
        """What the model is sent: rules, as much transcript as fits (the candidate's words fenced), the brief last."""
        told = self._prompt.fill(**self._fixed, brief="\n".join(lines(brief)))
        room = self._budget - estimate(told.system) - estimate(told.volatile)
        said = [_message(line) for line in fit(transcript, room)]
        if said and said[0][0] == "assistant":  # some providers want the user to begin
            said.insert(0, ("user", BEGIN))
        return [("system", told.system), *_merged([*said, ("user", told.volatile)])]

    def _say(self, speech: Speech, brief: Brief, transcript: list[Line]) -> Iterator[str]:
        again = True
        while True:
            messages = self.messages(brief, transcript)
            reply = self._model.stream(messages)
            try:
                yield from reply
                return
            except ModelError as error:
                if not speech.text and again and error.kind in PASSING and error.wait <= PATIENCE:
                    again = False
                    time.sleep(max(PAUSE, error.wait))
                elif speech.text or not self._shrinks(error, messages):
                    speech.text = ""
                    raise
            finally:
                reply.close()
                speech.work = speech.work.plus(_taken(reply.usage, messages, speech.text))

    def _shrinks(self, error: ModelError, messages: Sequence[Message]) -> bool:
        """A model whose context is smaller than we thought gets half as much from now on, if that leaves enough."""
        half = sum(estimate(text) for _, text in messages) // 2
        if error.kind != "context" or half < SMALLEST:
            return False
        self._budget = half
        return True


def _taken(used: Usage, messages: Sequence[Message], heard: str) -> Usage:
    """What a reply took; estimated where it was paid for and nobody counted it: hung up, broken off, or a server that does not count."""
    if used.tokens_in or not heard:
        return used
    return used._replace(tokens_in=sum(estimate(text) for _, text in messages), tokens_out=estimate(heard))


def lines(brief: Brief) -> list[str]:
    """The brief as lines of `name: value`, those that say something. Neutralised: anchors and drafts may hold the candidate's words."""
    moved = "follow up" if brief.kind in FOLLOW_UPS else brief.kind.replace("_", " ")
    reason = f" ({brief.topic})" if brief.kind == "redirect" else ""
    parts = [
        ("move", moved + reason), ("step", brief.step_title), ("clock", brief.note), ("say", " ".join(brief.say)),
        ("facts", " | ".join(brief.near)), ("not given", " | ".join(brief.unknown)),
    ]  # fmt: skip
    told = [f"{name}: {' '.join(text.split())}" for name, text in parts if text]
    return [neutralise(line) for line in (*told, *_asks(brief))]


def _asks(brief: Brief) -> list[str]:
    """The questions that are legal now; a question alone when there is no choice."""
    if brief.asks:
        return ["ask one of these, or your own on the same topic:", *(f"- {_named(ask)}{ask.question}" for ask in brief.asks)]
    on = "(now, begun already) " if brief.topic == "begun" else f"(on to {brief.step_title}, now) "
    marked = {"challenge": "(challenge) ", "advance": on}.get(brief.kind, "")
    return [f"ask: {marked}{_hung(brief.anchor, brief.topic == 'earlier')}{brief.question}"] if brief.question else []


def _named(ask: Ask) -> str:
    """What an option is, in front of its question."""
    if ask.kind == "advance" and ask.topic == ask.step_title:  # into a step as a whole, not to one point of it
        return f"(on to {ask.step_title}) "
    passed_by = "(not answered so far) " if ask.earlier and ask.anchor is None else ""
    return f"{passed_by}{'(challenge) ' if ask.kind == 'challenge' else ''}[{ask.topic}] {_hung(ask.anchor, ask.earlier)}"


def _hung(anchor: Anchor | None, earlier: bool) -> str:
    if anchor is None:
        return ""
    when = " earlier" if earlier else ""
    return f'they said{when} "{anchor.text}": ' if anchor.verbatim else f"they have{when} {anchor.text}: "


def _message(line: Line) -> Message:
    role, text = line
    if role == "candidate":
        return "user", fence("candidate", prompt_text(text))
    return ("user", fence("summary", text)) if role == NOTE else ("assistant", neutralise(text))


def _merged(messages: Sequence[Message]) -> list[Message]:
    """Neighbours of one role become one message: many servers insist on turns that alternate."""
    merged: list[Message] = []
    for role, text in messages:
        if merged and merged[-1][0] == role:
            merged[-1] = (role, f"{merged[-1][1]}\n\n{text}")
        else:
            merged.append((role, text))
    return merged
